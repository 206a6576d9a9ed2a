"""Posts laid out from the scenario's monitor groups: tracks, bases and the drones."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Floats, Ints, Ints32
from sim.errors import InputError
from sim.geography import ContactLine
from sim.geography.offsets import STEP_KM
from sim.geography.tracks import offset_track
from sim.kernel.columns import Records
from sim.kernel.instants import SAME_H
from sim.rules.patrol import CIRCUIT, PATROLS, SHUTTLE, STATIC, STREAM
from sim.rules.weather import NEVER, POOR, SEVERE
from sim.scenario import MonitorGroup, Platform, Scenario
from sim.world.lots import name_number
from sim.world.rows import CircleRow, DroneRow, PlatformRow, PostRow, SegmentRow

TIE_KM = 1e-6
"""Distances closer together than this count as equal."""

_WEATHER_LIMITS = {"poor": POOR, "severe": SEVERE, "never": NEVER}


@dataclass(frozen=True, eq=False)
class Track:
    """A patrol track: vertices (n, 2) in km and the stretch of line it belongs to."""

    xy: Floats
    from_km: float
    to_km: float

    @cached_property
    def along_km(self) -> Floats:
        """Distance of each vertex along the track, km."""
        steps = np.hypot(*np.diff(self.xy, axis=0).T)
        return np.concatenate([[0.0], np.cumsum(steps)])


class Crew(NamedTuple):
    """How the drones of a group share its posts."""

    drones: Ints  # their rows
    in_line: bool  # all follow each other along one path
    of_post: Ints  # (drones,) which post of the group each serves
    behind: Floats  # (drones,) share of the cycle, or path, by which each follows the first


@dataclass(frozen=True)
class Monitors:
    """All monitors of a scenario, laid out: the arrays that runs start from."""

    posts: Records
    drones: Records
    tracks: tuple[Track, ...]
    random_posts: Ints32  # posts whose place is drawn in each run
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


def build_tracks(
    key: str, group: MonitorGroup, line: ContactLine, edges_km: Floats, generalise_km: float
) -> list[Track]:
    """Lay the tracks of the posts between the edges (n + 1,) of stretches of the line.

    Raises
    ------
    InputError
        When the line leaves no room for a place at the offset.
    """
    ends = list(pairwise(edges_km.tolist()))
    if group.patrol == "static":
        middles = line.point(_middles(edges_km), group.offset_km, key=f"{key}.offset_km")
        return [Track(xy.reshape(1, 2), *each) for xy, each in zip(middles, ends, strict=True)]
    stretches = line.stretches(edges_km)
    return [
        Track(_track_xy(group, xy, generalise_km), *each)
        for xy, each in zip(stretches, ends, strict=True)
    ]


def _middles(edges_km: Floats) -> Floats:
    return np.asarray(0.5 * (edges_km[:-1] + edges_km[1:]))


def _track_xy(group: MonitorGroup, stretch_xy: Floats, generalise_km: float) -> Floats:
    """Return the vertices (n, 2) of the track of one post that moves along a stretch of line."""
    out = offset_track(stretch_xy, group.offset_km, generalise_km)
    if group.patrol != "circuit":
        return out
    back_km = group.offset_km if group.return_offset_km is None else group.return_offset_km
    back = out if back_km == group.offset_km else offset_track(stretch_xy, back_km, generalise_km)
    closed = np.concatenate([out, back[::-1], out[:1]])
    moved = np.concatenate([[True], np.hypot(*np.diff(closed, axis=0).T) > 0.0])
    return np.asarray(closed[moved])


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


def _base_points(key: str, line: ContactLine, group: MonitorGroup, edges_km: Floats) -> Floats:
    """Return the bases (n, 2) of the posts between edges (n + 1,)."""
    if group.base_lon is not None and group.base_lat is not None:
        base = np.asarray(line.to_plane(group.base_lon, group.base_lat), dtype=np.float64)
        return np.tile(base, (len(edges_km) - 1, 1))
    return line.point(_middles(edges_km), group.base_offset_km, key=f"{key}.base_offset_km")


def build_posts(
    line: ContactLine,
    patrol: int,
    platform: Platform,
    tracks: list[Track],
    bases: Floats,
    zones: int,
) -> Records:
    """Return the records of posts, without their numbers of group, platform and vertex.

    Parameters
    ----------
    line
        The contact line.
    patrol
        Number of the way of patrolling.
    platform
        What flies there.
    tracks
        Track of each post.
    bases
        Base (n, 2) of each post, km.
    zones
        Number of zones of weather and jamming.
    """
    posts = np.zeros(len(tracks), dtype=PostRow.dtype)
    entries = [_nearest_on_track(*each) for each in zip(tracks, bases, strict=True)]
    track_km = np.array([track.along_km[-1] for track in tracks])
    posts["patrol"] = patrol
    posts["vertices"] = [len(track.xy) for track in tracks]
    posts["first_drone"] = -1
    posts["out_h"] = np.nan
    posts["track_km"] = track_km
    posts["period_km"] = {SHUTTLE: 2.0, STATIC: 0.0}.get(patrol, 1.0) * track_km
    posts["speed_kmh"] = platform.speed_kmh / line.length_factor
    posts["radius_km"] = platform.radius_km
    posts["base_x"], posts["base_y"] = bases.T
    posts["entry_km"] = [along for along, _ in entries]
    posts["entry_x"], posts["entry_y"] = np.array([xy for _, xy in entries]).reshape(-1, 2).T
    if platform.endurance_h is not None:
        far_km = _farthest_km(np.concatenate([t.xy for t in tracks]), posts["vertices"], bases)
        posts["return_h"] = far_km / transit_speed_kmh(platform)
    middles = 0.5 * np.array([track.from_km + track.to_km for track in tracks])
    posts["zone"] = np.minimum(zones - 1, middles / line.length_km * zones)
    return posts


def _farthest_km(xy: Floats, vertices: NDArray[np.integer], places: Floats) -> Floats:
    """Return how far each track goes (km) from a place of its own.

    Parameters
    ----------
    xy
        Vertices of all tracks, one after another.
    vertices
        How many each track has (n,), at least 1.
    places
        A place for each track (n, 2), km.
    """
    away_km = np.hypot(*(xy - np.repeat(places, vertices, axis=0)).T)
    return np.asarray(np.maximum.reduceat(away_km, np.cumsum(vertices) - vertices))


def _edges(key: str, group: MonitorGroup, line: ContactLine) -> Floats:
    """Return the edges (posts + 1,) of the stretches (km) of a group's posts."""
    start, end = stretch(key, group.from_km, group.to_km, line)
    return np.linspace(start, end, group.post_count + 1)


def check_endurance(key: str, platform: Platform, posts: Records) -> None:
    """Refuse posts if there is one that a drone cannot reach and come home from.

    Raises
    ------
    InputError
        Naming `key`, when the way there and home takes all the endurance.
    """
    away_km = np.hypot(posts["entry_x"] - posts["base_x"], posts["entry_y"] - posts["base_y"])
    out_h = away_km / transit_speed_kmh(platform)
    for needed_h in (out_h + posts["return_h"]).tolist():
        _check_needed(key, platform, needed_h)


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


def _check_tracks_everywhere(key: str, group: MonitorGroup, line: ContactLine) -> None:
    """Find the places for posts at random beforehand, or refuse an offset that has none."""
    if line.is_straight:
        return
    line.lay_places(group.offset_km, key=f"{key}.offset_km")
    if group.base_lon is None:
        line.lay_places(group.base_offset_km, key=f"{key}.base_offset_km")


def build_monitors(scenario: Scenario, line: ContactLine, zones: int) -> Monitors:
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
        first_post = len(tracks)
        edges_km = _edges(key, group, line)
        laid = build_tracks(key, group, line, edges_km, scenario.line.generalise_km)
        bases = _base_points(key, line, group, edges_km)
        post = build_posts(line, PATROLS.index(group.patrol), platform, laid, bases, zones)
        check_endurance(key, platform, post)
        post["platform"] = platform_names.index(group.platform)
        post["group"] = number
        if group.placement == "random" and group.patrol == "static":
            _check_all_places(key, group, line, platform)
            _check_tracks_everywhere(key, group, line)
            random_posts += range(first_post, first_post + len(post))
        posts.append(post)
        tracks += laid
        drone = np.zeros(group.count, dtype=DroneRow.dtype)
        drone["group"] = number
        drone["platform"] = platform_names.index(group.platform)
        drone["name"] = [name_number(f"{name}-{k + 1}") for k in range(group.count)]
        drone["post"] = first_post + np.arange(group.count) % len(laid)
        crews[name] = _crew(drone, sum(map(len, drones)), PATROLS.index(group.patrol))
        drones.append(drone)
    all_drones = np.concatenate([*drones, np.empty(0, DroneRow.dtype)])
    all_posts = np.concatenate([*posts, np.empty(0, PostRow.dtype)])
    all_posts["first_vertex"] = np.cumsum(all_posts["vertices"]) - all_posts["vertices"]
    all_drones["next_post"] = all_drones["post"]
    all_drones["next_here"] = -1
    all_drones["sortie"] = -1
    all_drones["cue"] = -1
    return Monitors(
        all_posts,
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


def track_segments(xy: Floats, along_km: Floats, vertices: ArrayLike) -> Records:
    """Return the segment that begins at each vertex of tracks.

    Parameters
    ----------
    xy
        Vertices (n, 2) of the tracks, one after another, km.
    along_km
        Where along their track they lie (n,).
    vertices
        How many each track has.

    Returns
    -------
    ndarray of `SegmentRow`, shape (n,)
        The last of each track has no length.
    """
    following = np.arange(len(xy)) + 1
    last = np.cumsum(vertices, dtype=np.int64) - 1
    following[last] = last
    units = np.zeros_like(xy)
    steps_km = (along_km[following] - along_km)[:, None]
    np.divide(xy[following] - xy, steps_km, out=units, where=steps_km > 0.0)
    segments = np.empty(len(xy), dtype=SegmentRow.dtype)
    segments["x"], segments["y"] = xy.T
    segments["unit_x"], segments["unit_y"] = units.T
    segments["from_km"], segments["to_km"] = along_km, along_km[following]
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
    ndarray of `CircleRow`
        By post; those that can not be cued are left out.
    """
    cueable = np.flatnonzero(platforms["can_be_cued"][posts["platform"]])
    circles = np.zeros(len(cueable), dtype=CircleRow.dtype)
    if len(cueable) == 0:
        return circles
    mine = posts[cueable]
    vertices = mine["vertices"].astype(np.int64)
    first = np.cumsum(vertices) - vertices
    xy = track_xy[np.repeat(mine["first_vertex"] - first, vertices) + np.arange(vertices.sum())]
    middles = 0.5 * (np.minimum.reduceat(xy, first) + np.maximum.reduceat(xy, first))
    circles["post"] = first_post + cueable
    circles["x"], circles["y"] = middles.T
    circles["radius_km"] = _farthest_km(xy, vertices, middles) + mine["radius_km"]
    circles["transit_kmh"] = platforms["transit_kmh"][mine["platform"]]
    return circles


def platform_records(scenario: Scenario) -> Records:
    """Return the records of the platforms in use, in the order of the scenario."""
    platforms = scenario.monitor_platforms()
    records = np.zeros(len(platforms), dtype=PlatformRow.dtype)
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
