"""Posts laid out from the scenario's monitor groups: tracks, bases and the drones."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.flight import DRONE
from sim.agents.patrol import (
    CIRCLE,
    CIRCUIT,
    PATROLS,
    POST,
    SEGMENT,
    SHUTTLE,
    STATIC,
    STREAM,
)
from sim.agents.sensor import PLATFORM
from sim.agents.zone import NEVER, POOR, SEVERE
from sim.errors import InputError
from sim.geography import ContactLine
from sim.geography.beside import STEP_KM
from sim.kernel.instants import SAME_H
from sim.kernel.lots import name_number
from sim.kernel.world import Records
from sim.scenario import MonitorGroup, Platform, Scenario

type Floats = NDArray[np.float64]

TIE_KM = 1e-6
"""Distances closer together than this count as equal."""

_WEATHER_LIMITS = {"poor": POOR, "severe": SEVERE, "never": NEVER}


@dataclass(frozen=True, eq=False)
class Track:
    """A patrol track: vertices (n, 2) in km and the stretch of line it belongs to."""

    xy: Floats
    from_km: float
    to_km: float

    @property
    def along_km(self) -> Floats:
        """Distance of each vertex along the track, km."""
        steps = np.hypot(*np.diff(self.xy, axis=0).T)
        return np.concatenate([[0.0], np.cumsum(steps)])


class Crew(NamedTuple):
    """How the drones of a group share its posts."""

    drones: NDArray[np.int64]  # their rows
    in_line: bool  # all follow each other along one path
    of_post: NDArray[np.int64]  # (drones,) which post of the group each serves
    behind: Floats  # (drones,) share of the cycle, or path, by which each follows the first


@dataclass(frozen=True)
class Monitors:
    """All monitors of a scenario, laid out: the arrays that runs start from."""

    posts: Records
    drones: Records
    tracks: tuple[Track, ...]
    random_posts: NDArray[np.int32]  # posts whose place is drawn in each run
    crews: dict[str, Crew]  # by group of monitors


def transit_speed_kmh(platform: Platform) -> float:
    """Return the speed (km/h) to and from the station; infinite for what stands at its post."""
    return platform.transit_speed_kmh or platform.speed_kmh or np.inf


def stretch(
    group_key: str, from_km: float | None, to_km: float | None, line: ContactLine
) -> tuple[float, float]:
    """Return the stretch of line (km) of a group, the whole line where none is stated.

    Raises
    ------
    InputError
        When the stretch does not lie on the line.
    """
    start = 0.0 if from_km is None else from_km
    end = line.length_km if to_km is None else to_km
    for key, value in (("from_km", from_km), ("to_km", to_km)):
        if value is not None and not 0.0 <= value <= line.length_km + 1e-6:
            message = f"{group_key}.{key} = {value}: the line is {line.length_km:.1f} km long"
            raise InputError(message)
    return start, min(end, line.length_km)


def lay_track(
    key: str,
    group: MonitorGroup,
    line: ContactLine,
    stretch_km: tuple[float, float],
    generalise_km: float,
) -> Track:
    """Lay the track of one post along a stretch of the line.

    Raises
    ------
    InputError
        When the line leaves no room for a place at the offset.
    """
    from_km, to_km = stretch_km
    if group.patrol == "static":
        middle_km = 0.5 * (from_km + to_km)
        middle = line.point(middle_km, group.offset_km, key=f"{key}.offset_km")
        return Track(np.asarray(middle, dtype=np.float64).reshape(1, 2), from_km, to_km)
    out = line.track(from_km, to_km, group.offset_km, generalise_km)
    if group.patrol != "circuit":
        return Track(out, from_km, to_km)
    back_km = group.offset_km if group.return_offset_km is None else group.return_offset_km
    back = out if back_km == group.offset_km else line.track(from_km, to_km, back_km, generalise_km)
    closed = np.concatenate([out, back[::-1], out[:1]])
    moved = np.concatenate([[True], np.hypot(*np.diff(closed, axis=0).T) > 0.0])
    return Track(closed[moved], from_km, to_km)


def _nearest_on_track(track: Track, base: Floats) -> tuple[float, Floats]:
    """Return where along a track (km), and at which point, it is nearest to a base."""
    if len(track.xy) == 1:
        return 0.0, track.xy[0]
    start, step = track.xy[:-1], np.diff(track.xy, axis=0)
    square = np.einsum("ij,ij->i", step, step)
    share = np.clip(np.einsum("ij,ij->i", base - start, step) / square, 0.0, 1.0)
    points = start + share[:, None] * step
    away = np.hypot(*(points - base).T)
    # of places equally near (both legs of a circuit) the first, whatever rounding says
    best = int(np.argmax(away <= away.min() + TIE_KM))
    return float(track.along_km[best] + share[best] * np.sqrt(square[best])), points[best]


def _base_point(key: str, line: ContactLine, group: MonitorGroup, track: Track) -> Floats:
    if group.base_lon is not None and group.base_lat is not None:
        return np.asarray(line.to_plane(group.base_lon, group.base_lat), dtype=np.float64)
    middle = 0.5 * (track.from_km + track.to_km)
    return line.point(middle, group.base_offset_km, key=f"{key}.base_offset_km")


def lay_post(
    line: ContactLine, patrol: int, platform: Platform, track: Track, base: Floats, zones: int
) -> Records:
    """Return the record (1,) of a post, without its numbers of group, platform and vertex."""
    post = np.zeros(1, dtype=POST)
    entry_km, entry = _nearest_on_track(track, base)
    track_km = float(track.along_km[-1])
    transit = transit_speed_kmh(platform)
    post["patrol"] = patrol
    post["vertices"] = len(track.xy)
    post["first_drone"] = -1
    post["out_h"] = np.nan
    post["track_km"] = track_km
    post["period_km"] = {SHUTTLE: 2.0 * track_km, STATIC: 0.0}.get(patrol, track_km)
    post["speed_kmh"] = platform.speed_kmh / line.length_factor
    post["radius_km"] = platform.radius_km
    post["base_x"], post["base_y"] = base
    post["entry_km"] = entry_km
    post["entry_x"], post["entry_y"] = entry
    if platform.endurance_h is not None:
        post["return_h"] = np.hypot(*(track.xy - base).T).max() / transit
    middle = 0.5 * (track.from_km + track.to_km)
    post["zone"] = min(zones - 1, int(middle / line.length_km * zones))
    return post


def _group_tracks(
    key: str, group: MonitorGroup, line: ContactLine, generalise_km: float
) -> list[Track]:
    start, end = stretch(key, group.from_km, group.to_km, line)
    single = group.patrol in ("circuit", "stream")
    count = 1 if single else (group.count if group.posts is None else group.posts)
    edges = np.linspace(start, end, count + 1)
    return [
        lay_track(key, group, line, (float(low), float(high)), generalise_km)
        for low, high in pairwise(edges)
    ]


def check_endurance(key: str, platform: Platform, post: Records) -> None:
    """Refuse a post that a drone cannot reach and come home from.

    Raises
    ------
    InputError
        Naming `key`, when the way there and home takes all the endurance.
    """
    away_km = np.hypot(post["entry_x"] - post["base_x"], post["entry_y"] - post["base_y"])
    out_h = away_km / transit_speed_kmh(platform)
    _check_needed(key, platform, float(out_h + post["return_h"]))


def _check_needed(key: str, platform: Platform, needed_h: float) -> None:
    if platform.endurance_h is not None and needed_h + SAME_H >= platform.endurance_h:
        message = (
            f"{key}: the way to the track and home takes {needed_h:.1f} h, but the endurance is "
            f"{platform.endurance_h:g} h; move the base or shorten the stretch"
        )
        raise InputError(message)


def _check_all_places(key: str, group: MonitorGroup, line: ContactLine, platform: Platform) -> None:
    """Refuse a stretch over which posts at random places may lie out of reach of their one base."""
    if group.base_lon is None or group.base_lat is None or platform.endurance_h is None:
        return
    start, end = stretch(key, group.from_km, group.to_km, line)
    base = line.to_plane(group.base_lon, group.base_lat)
    # the farthest place of a polyline is a vertex; the offset may add to it
    away_km = float(np.hypot(*(line.stretch(start, end) - base).T).max()) + abs(group.offset_km)
    # near a bend a post may lie at another part of the line
    every = np.linspace(start, end, int((end - start) / STEP_KM) + 2)
    places = line.point(every, group.offset_km, key=f"{key}.offset_km")
    away_km = max(away_km, float(np.hypot(*(places - base).T).max()))
    _check_needed(key, platform, 2.0 * away_km / transit_speed_kmh(platform))


def _lay_all_places(key: str, group: MonitorGroup, line: ContactLine) -> None:
    """Find the places for posts at random beforehand, or refuse an offset that has none."""
    if line.is_straight:
        return
    line.lay_places(group.offset_km, key=f"{key}.offset_km")
    if group.base_lon is None:
        line.lay_places(group.base_offset_km, key=f"{key}.base_offset_km")


def lay_monitors(scenario: Scenario, line: ContactLine, zones: int) -> Monitors:
    """Lay out the posts and drones of all monitor groups.

    Raises
    ------
    InputError
        When a stretch does not lie on the line, the line leaves no room at an offset, or a post is
        out of a drone's reach.
    """
    posts: list[Records] = []
    drones: list[Records] = []
    tracks: list[Track] = []
    random_posts: list[int] = []
    crews: dict[str, Crew] = {}
    platform_names = list(scenario.monitor_platforms())
    for number, (name, group) in enumerate(scenario.monitors.items()):
        if group.count == 0:
            continue
        key = f"monitors.{name}"
        platform = scenario.platforms[group.platform]
        first_post = len(posts)
        for track in _group_tracks(key, group, line, scenario.line.generalise_km):
            base = _base_point(key, line, group, track)
            patrol = PATROLS.index(group.patrol)
            post = lay_post(line, patrol, platform, track, base, zones)
            check_endurance(key, platform, post[0])
            post["platform"] = platform_names.index(group.platform)
            post["group"] = number
            post["first_vertex"] = sum((len(other.xy) for other in tracks), 0)
            if group.placement == "random" and group.patrol == "static":
                _check_all_places(key, group, line, platform)
                _lay_all_places(key, group, line)
                random_posts.append(len(posts))
            posts.append(post)
            tracks.append(track)
        drone = np.zeros(group.count, dtype=DRONE)
        drone["group"] = number
        drone["platform"] = platform_names.index(group.platform)
        drone["name"] = [name_number(f"{name}-{k + 1}") for k in range(group.count)]
        drone["post"] = first_post + np.arange(group.count) % (len(posts) - first_post)
        crews[name] = _crew(drone, sum(map(len, drones)), PATROLS.index(group.patrol))
        drones.append(drone)
    all_drones = np.concatenate([*drones, np.empty(0, DRONE)])
    all_drones["next_post"] = all_drones["post"]
    all_drones["next_here"] = -1
    all_drones["sortie"] = -1
    all_drones["cue"] = -1
    return Monitors(
        np.concatenate([*posts, np.empty(0, POST)]),
        all_drones,
        tuple(tracks),
        np.array(random_posts, dtype=np.int32),
        crews,
    )


def _crew(drones: Records, first: int, patrol: int) -> Crew:
    """Return how the drones of a group, from row `first` on, follow each other."""
    count = len(drones)
    rows = first + np.arange(count)
    of_post = (drones["post"] - drones["post"].min()).astype(np.int64)
    if patrol in (CIRCUIT, STREAM):
        return Crew(rows, True, of_post, np.arange(count) / count)
    # those who share a post follow each other evenly through the cycle
    crew = np.bincount(of_post)[of_post]
    turn = np.arange(count) // (of_post.max() + 1)
    return Crew(rows, False, of_post, turn / crew)


def track_segments(xy: Floats, along_km: Floats) -> Records:
    """Return the segment that begins at each vertex of a track.

    Parameters
    ----------
    xy
        Vertices (n, 2), km.
    along_km
        Where along the track they lie (n,).

    Returns
    -------
    ndarray of `SEGMENT`, shape (n,)
        The last has no length.
    """
    units = np.zeros_like(xy)
    steps_km = np.diff(along_km)[:, None]
    np.divide(np.diff(xy, axis=0), steps_km, out=units[:-1], where=steps_km > 0.0)
    segments = np.empty(len(xy), dtype=SEGMENT)
    segments["x"], segments["y"] = xy.T
    segments["unit_x"], segments["unit_y"] = units.T
    segments["from_km"], segments["to_km"] = along_km, np.append(along_km[1:], along_km[-1:])
    return segments


def post_circles(
    posts: Records, track_xy: Floats, platforms: Records, first_post: int = 0
) -> Records:
    """Return the circles around what the drones of posts can see, for those that can be cued.

    The search for a drone to send passes over all of them, so what it needs lies close together.

    Parameters
    ----------
    posts, platforms
        Their records.
    track_xy
        Vertices (n, 2) of all tracks, km.
    first_post
        Row of the first of these posts.

    Returns
    -------
    ndarray of `CIRCLE`
        By post; those that can not be cued are left out.
    """
    cueable = np.flatnonzero(platforms["can_be_cued"][posts["platform"]])
    circles = np.zeros(len(cueable), dtype=CIRCLE)
    circles["post"] = first_post + cueable
    for circle, post in zip(circles, posts[cueable], strict=True):
        first = int(post["first_vertex"])
        track = track_xy[first : first + int(post["vertices"])]
        middle = 0.5 * (track.min(axis=0) + track.max(axis=0))
        circle["x"], circle["y"] = middle
        circle["radius_km"] = np.hypot(*(track - middle).T).max() + post["radius_km"]
        circle["transit_kmh"] = platforms["transit_kmh"][post["platform"]]
    return circles


def platform_records(scenario: Scenario) -> Records:
    """Return the records of the platforms in use, in the order of the scenario."""
    platforms = scenario.monitor_platforms()
    records = np.zeros(len(platforms), dtype=PLATFORM)
    for record, platform in zip(records, platforms.values(), strict=True):
        record["transit_kmh"] = transit_speed_kmh(platform)
        record["endurance_h"] = np.inf if platform.endurance_h is None else platform.endurance_h
        record["turnaround_h"] = platform.turnaround_h
        record["radius_km"] = platform.radius_km
        look = platform.look_interval_min
        record["look_h"] = np.inf if look is None else look / 60.0
        record["loss_per_h"] = platform.loss_per_1000_h / 1000.0
        record["jamming_loss_factor"] = platform.jamming_loss_factor
        record["replacement_h"] = platform.replacement_days * 24.0
        record["cost_per_h"] = platform.cost_per_flight_h_usd
        record["weather_limit"] = _WEATHER_LIMITS[platform.grounded_by]
        record["attribution"] = platform.attribution_chance
        record["confirms"] = platform.confirms
        record["can_be_cued"] = platform.confirms and np.isfinite(record["transit_kmh"])
    return records
