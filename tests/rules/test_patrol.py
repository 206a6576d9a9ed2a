"""Where a drone on station is, and when a place is in its view, against brute force."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from engine_scenarios import TINY, Floats, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.patrol import (
    CIRCUIT,
    GRAZE_KM,
    PATROLS,
    SHUTTLE,
    STATIC,
    STREAM,
    next_visit,
    path_position,
    point_in_view,
    stretches_in_view,
    track_point,
    track_position,
)
from sim.setup.draw import make_world
from sim.setup.monitors import track_segments
from sim.setup.plan import build_plan
from sim.world.rows import PostRow, ReachRow

WORLD = make_world(build_plan(scenario(TINY)), 1)
TOLERANCE_KM = 3e-6
SAMPLES = 400

COORDINATE = st.integers(-60, 60).map(lambda tenth: tenth / 4.0)
POINT = st.tuples(COORDINATE, COORDINATE)
POLYLINE = st.lists(POINT, min_size=2, max_size=7).filter(
    lambda vertices: any(one != other for one, other in pairwise(vertices))
)
RADIUS = st.integers(1, 60).map(lambda tenth: tenth / 8.0)
MOVING = st.sampled_from([SHUTTLE, CIRCUIT, STREAM])


class Visit(NamedTuple):
    way_km: float
    stay_km: float


class Patrol:
    """A world with one post on a track, and its geometry in plain NumPy."""

    def __init__(self, patrol: int, vertices: list[tuple[float, float]], radius_km: float) -> None:
        xy = np.array(vertices)
        if patrol == CIRCUIT:
            xy = np.concatenate([xy, xy[:1]])
        if patrol != STATIC:
            moved = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > 0.0])
            xy = xy[moved]
        self.xy, self.patrol, self.radius_km = np.ascontiguousarray(xy), patrol, radius_km
        steps = np.hypot(*np.diff(xy, axis=0).T)
        self.at = np.concatenate([[0.0], np.cumsum(steps)])
        self.track_km = float(self.at[-1])
        self.period_km = {SHUTTLE: 2.0 * self.track_km, STATIC: 0.0}.get(patrol, self.track_km)
        self._install()

    def _install(self) -> None:
        post = np.zeros(1, dtype=PostRow.dtype)
        post["patrol"], post["vertices"] = self.patrol, len(self.xy)
        post["track_km"], post["period_km"] = self.track_km, self.period_km
        post["speed_kmh"], post["radius_km"] = 50.0, self.radius_km
        reach = np.zeros(1, dtype=ReachRow.dtype)
        reach["end_segment"] = max(1, len(self.xy) - 1)
        reach["gap_from"] = reach["gap_to"] = -1
        for name, column in (
            ("posts", post),
            ("track_xy", self.xy),
            ("segments", track_segments(self.xy, self.at, [len(self.xy)])),
            ("track_at", self.at),
            ("reach", reach),
            ("visits", np.empty((len(self.xy) + 1, 2))),
        ):
            WORLD.put(name, column)
        self.post = WORLD.posts[0]

    def points(self, path_km: Floats) -> Floats:
        """Return the points (n, 2) at places on the path."""
        along = np.mod(path_km, self.period_km)
        if self.patrol == SHUTTLE:
            along = np.where(along > self.track_km, self.period_km - along, along)
        x, y = (np.interp(along, self.at, column) for column in self.xy.T)
        return np.column_stack([x, y])

    def distance(self, path_km: Floats, x: float, y: float) -> Floats:
        return np.hypot(*(self.points(path_km) - (x, y)).T)

    def next_visit(self, x: float, y: float, path_km: float) -> Visit:
        count = stretches_in_view(WORLD, WORLD.reach[0], x, y)
        return Visit(*next_visit(WORLD, self.post, count, path_km))


def check_visit(patrol: Patrol, x: float, y: float, path_km: float, visit: Visit) -> None:
    """Check a visit against the distance to the point all along the path."""
    radius = patrol.radius_km

    def distance(from_km: float, to_km: float) -> Floats:
        places = path_km + np.linspace(from_km, to_km, SAMPLES, endpoint=False)
        return patrol.distance(places, x, y)

    if not np.isfinite(visit.way_km):
        assert np.all(distance(0.0, patrol.period_km) >= radius - TOLERANCE_KM)
        return
    assert 0.0 <= visit.way_km <= patrol.period_km
    assert np.all(distance(0.0, visit.way_km) >= radius - TOLERANCE_KM) or visit.way_km == 0.0
    if not np.isfinite(visit.stay_km):
        assert np.all(distance(0.0, patrol.period_km) <= radius + TOLERANCE_KM)
        return
    ends = [visit.way_km + visit.stay_km] + [visit.way_km] * (visit.way_km > 0.0)
    inside = np.linspace(visit.way_km, visit.way_km + visit.stay_km, SAMPLES)[1:-1]
    assert np.all(patrol.distance(path_km + inside, x, y) <= radius + TOLERANCE_KM)
    for end in ends:
        at = (path_km + end) % patrol.period_km
        at_seam = patrol.patrol == STREAM and min(at, patrol.period_km - at) <= TOLERANCE_KM
        at_rim = abs(patrol.distance(np.array([at]), x, y)[0] - radius) <= TOLERANCE_KM
        assert at_rim or at_seam


@given(MOVING, POLYLINE, RADIUS, POINT, st.floats(0.0, 0.999))
def test_next_visit_against_the_distance_along_the_path(
    kind: int,
    vertices: list[tuple[float, float]],
    radius_km: float,
    point: tuple[float, float],
    share: float,
) -> None:
    """Catches a visit that comes early or late, ends early, or is missed, on any patrol."""
    patrol = Patrol(kind, vertices, radius_km)
    path_km = share * patrol.period_km
    check_visit(patrol, *point, path_km, patrol.next_visit(*point, path_km))


@given(MOVING, POLYLINE, RADIUS, POINT)
def test_visits_of_one_period_add_up_to_the_time_in_view(
    kind: int, vertices: list[tuple[float, float]], radius_km: float, point: tuple[float, float]
) -> None:
    """Catches a visit that is skipped or counted twice when one follows from the end of another."""
    patrol = Patrol(kind, vertices, radius_km)
    in_view = 0.0
    path_km = 0.0
    for _ in range(4 * len(patrol.xy) + 4):
        visit = patrol.next_visit(*point, path_km % patrol.period_km)
        start = path_km + visit.way_km
        if start >= patrol.period_km:
            break
        end = min(start + visit.stay_km, patrol.period_km)
        in_view += end - start
        path_km = end
        if path_km >= patrol.period_km:
            break
    least, most = segment_lengths_in_disc(patrol, point)
    passes = 2.0 if kind == SHUTTLE else 1.0
    assert passes * least - SLACK_KM <= in_view <= passes * most + SLACK_KM


QUAD_SEGS = 400
SLACK_KM = 2e-3
"""For the stretches that are no visits because they are shorter than `GRAZE_KM`, and rounding."""


def segment_lengths_in_disc(patrol: Patrol, point: tuple[float, float]) -> tuple[float, float]:
    """Return bounds of the length of track in a disc, from a polygon within it and one around it.

    One polygon alone is no match where a track grazes the disc: a chord changes with the root of
    its distance from the edge.
    """
    segments = shapely.linestrings(np.stack([patrol.xy[:-1], patrol.xy[1:]], axis=1))
    around_km = patrol.radius_km / np.cos(np.pi / (4 * QUAD_SEGS))
    lengths = []
    for radius_km in (patrol.radius_km, around_km):
        polygon = shapely.Point(point).buffer(radius_km, quad_segs=QUAD_SEGS)
        lengths.append(float(shapely.length(shapely.intersection(segments, polygon)).sum()))
    return lengths[0], lengths[1]


@given(st.sampled_from([SHUTTLE, CIRCUIT]), POLYLINE, RADIUS, POINT)
def test_stretches_in_view_against_a_disc(
    kind: int, vertices: list[tuple[float, float]], radius_km: float, point: tuple[float, float]
) -> None:
    """Catches wrong intersections of track and footprint, unsorted or unjoined stretches."""
    patrol = Patrol(kind, vertices, radius_km)
    count = stretches_in_view(WORLD, WORLD.reach[0], *point)
    found = WORLD.visits[:count]
    lengths = found[:, 1] - found[:, 0]
    assert np.all(lengths >= 0.0)
    assert np.all(found[1:, 0] > found[:-1, 1] + GRAZE_KM)
    least, most = segment_lengths_in_disc(patrol, point)
    assert least - SLACK_KM <= lengths.sum() <= most + SLACK_KM


def test_a_track_that_grazes_the_footprint() -> None:
    """Catches a chord that is lost or too long where the track only just enters the footprint."""
    patrol = Patrol(SHUTTLE, [(2.5, 1.0), (-6.75, 2.5)], 7.25)
    point = (-4.25, -5.25)
    count = stretches_in_view(WORLD, WORLD.reach[0], *point)
    length = float((WORLD.visits[:count, 1] - WORLD.visits[:count, 0]).sum())
    least, most = segment_lengths_in_disc(patrol, point)
    assert 0.07 < least <= length <= most < 0.09


@given(POINT, RADIUS, POINT)
def test_a_static_post_sees_its_disc(
    post: tuple[float, float], radius_km: float, point: tuple[float, float]
) -> None:
    """Catches a static footprint of another size or place; the rim belongs to it."""
    patrol = Patrol(STATIC, [post], radius_km)
    apart = (point[0] - post[0]) ** 2 + (point[1] - post[1]) ** 2
    assert point_in_view(WORLD, patrol.post, *point) == (apart <= radius_km**2)
    assert path_position(patrol.post, 0.0, 1.0, 9.0) == 0.0
    assert track_point(WORLD, patrol.post, 0.0) == post


@given(MOVING, POLYLINE, st.floats(0.0, 0.999), st.floats(0.0, 30.0))
def test_position_on_the_path(
    kind: int, vertices: list[tuple[float, float]], share: float, hours: float
) -> None:
    """Catches a drone that turns at the wrong place, or flies at another speed."""
    patrol = Patrol(kind, vertices, 1.0)
    start = share * patrol.period_km
    path_km = path_position(patrol.post, start, 2.0, 2.0 + hours)
    found = track_point(WORLD, patrol.post, track_position(patrol.post, path_km))
    expected = patrol.points(np.array([start + 50.0 * hours]))[0]
    gap = np.hypot(*(np.array(found) - expected))
    at_seam = min(path_km, patrol.period_km - path_km) <= TOLERANCE_KM
    assert gap <= TOLERANCE_KM or (kind == STREAM and at_seam)


def test_a_shuttle_has_its_end_in_view_without_a_break() -> None:
    """Catches two visits, each with a look at entry, where a drone turns within view."""
    patrol = Patrol(SHUTTLE, [(0.0, 0.0), (10.0, 0.0)], 2.0)
    assert patrol.next_visit(10.0, 0.0, 0.0) == (8.0, 4.0)
    assert patrol.next_visit(0.0, 0.0, 10.0) == (8.0, 4.0)
    assert patrol.next_visit(5.0, 0.0, 0.0) == (3.0, 4.0)
    assert patrol.next_visit(5.0, 0.0, 7.0) == (6.0, 4.0)
    assert patrol.next_visit(5.0, 0.0, 4.0) == (0.0, 3.0)
    assert patrol.next_visit(5.0, 3.0, 4.0)[0] == np.inf


def test_patrol_codes_have_names() -> None:
    """Catches a patrol whose code and name disagree: scenarios name, compiled code counts."""
    assert [PATROLS[code] for code in (SHUTTLE, CIRCUIT, STREAM, STATIC)] == [
        "shuttle",
        "circuit",
        "stream",
        "static",
    ]
