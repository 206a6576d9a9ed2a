"""Oracle, part 1: the zones' weather and jamming, and the posts with their tracks and bases."""

import bisect
import math
from dataclasses import dataclass
from itertools import pairwise

from sim.geography import ContactLine
from sim.scenario import MonitorGroup, Scenario

type Point = tuple[float, float]


def distance_km(a: Point, b: Point) -> float:
    """Return the straight distance between two points in the plane."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


class Surroundings:
    """Weather level and jamming of each zone at any time, from the pre-drawn changes."""

    def __init__(
        self,
        initial: list[tuple[int, int]],
        changes: list[tuple[float, int, int, int]],
        length_km: float,
    ) -> None:
        self.length_km = length_km
        self.change_times = sorted({time for time, _, _, _ in changes})
        self._times: list[list[float]] = [[-math.inf] for _ in initial]
        self._states: list[list[tuple[int, int]]] = [[state] for state in initial]
        for time, zone, what, level in sorted(changes):
            weather, jammed = self._states[zone][-1]
            after = (level, jammed) if what == 0 else (weather, level)
            self._times[zone].append(time)
            self._states[zone].append(after)

    def zone(self, chainage_km: float) -> int:
        """Return the zone in which a chainage lies."""
        zones = len(self._times)
        return min(zones - 1, int(chainage_km / self.length_km * zones))

    def at(self, zone: int, t: float) -> tuple[int, bool]:
        """Return the weather level (0 fair, 1 poor, 2 severe) and whether there is jamming."""
        index = bisect.bisect_right(self._times[zone], t) - 1
        weather, jammed = self._states[zone][index]
        return weather, bool(jammed)


class Track:
    """A polyline flown along in one of the four patrol patterns."""

    def __init__(self, vertices: list[Point], patrol: str) -> None:
        self.vertices = vertices
        self.patrol = patrol
        self.along_km = [0.0]
        for a, b in pairwise(vertices):
            self.along_km.append(self.along_km[-1] + distance_km(a, b))
        self.length_km = self.along_km[-1]
        self.period_km = 2 * self.length_km if patrol == "shuttle" else self.length_km
        back = [self.period_km - s for s in reversed(self.along_km)] if patrol == "shuttle" else []
        self.vertices_at_km = self.along_km + back  # path positions of the vertices

    def position(self, w_km: float) -> Point:
        """Return the point at a path position; beyond the end a shuttle is on its way back."""
        if self.patrol == "static":
            return self.vertices[0]
        s = self.period_km - w_km if w_km > self.length_km else w_km
        i = bisect.bisect_right(self.along_km, s) - 1
        i = min(max(i, 0), len(self.vertices) - 2)
        leg = self.along_km[i + 1] - self.along_km[i]
        share = (s - self.along_km[i]) / leg if leg > 0 else 0.0
        (ax, ay), (bx, by) = self.vertices[i], self.vertices[i + 1]
        return (ax + share * (bx - ax), ay + share * (by - ay))

    def nearest(self, point: Point) -> tuple[float, Point]:
        """Return the path position and place of the track's nearest point to a point."""
        best = (distance_km(self.vertices[0], point), 0.0, self.vertices[0])
        for i, (a, b) in enumerate(pairwise(self.vertices)):
            leg = distance_km(a, b)
            if leg == 0.0:
                continue
            dot = (point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])
            share = min(1.0, max(0.0, dot / leg**2))
            foot = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            candidate = (distance_km(foot, point), self.along_km[i] + share * leg, foot)
            # of points as near as each other, the first
            if candidate[0] < best[0] - 1e-9:
                best = candidate
        return best[1], best[2]


@dataclass(frozen=True)
class Post:
    """One track with its base."""

    track: Track
    base: Point
    entry_km: float
    entry: Point
    middle_km: float
    farthest_km: float  # from the base to the track's farthest vertex


def _points(array: object) -> list[Point]:
    rows: list[Point] = [(float(row[0]), float(row[1])) for row in array]  # type: ignore[attr-defined]
    return rows


def lay_posts(scenario: Scenario, line: ContactLine, group: MonitorGroup) -> list[Post]:
    """Return the posts of a group in order of chainage."""
    low = 0.0 if group.from_km is None else group.from_km
    high = line.length_km if group.to_km is None else group.to_km
    parts = 1
    if group.patrol in ("shuttle", "static"):
        parts = max(1, group.count) if group.posts is None else group.posts
    width = (high - low) / parts
    detail = scenario.line.generalise_km
    posts = []
    for number in range(parts):
        a, b = low + number * width, low + (number + 1) * width
        middle = (a + b) / 2
        if group.patrol == "static":
            vertices = _points([line.point(middle, group.offset_km)])
        else:
            vertices = _points(line.track(a, b, group.offset_km, detail))
        if group.patrol == "circuit":
            back = group.return_offset_km
            offset = group.offset_km if back is None else back
            home = _points(line.track(a, b, offset, detail))[::-1]
            vertices = [*vertices, *home, vertices[0]]
        if group.base_lon is not None and group.base_lat is not None:
            base = _points([line.to_plane(group.base_lon, group.base_lat)])[0]
        else:
            base = _points([line.point(middle, group.base_offset_km)])[0]
        track = Track(vertices, group.patrol)
        entry_km, entry = track.nearest(base)
        farthest = max(distance_km(base, vertex) for vertex in vertices)
        posts.append(Post(track, base, entry_km, entry, middle, farthest))
    return posts
