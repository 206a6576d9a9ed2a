"""New posts in the middle of a run: where a re-tasked drone goes."""

import numpy as np

from sim.arrays import Ints
from sim.errors import InputError
from sim.kernel.columns import Records
from sim.rules.patrol import PATROLS, STATIC
from sim.setup.grid import Reach, build_reach
from sim.setup.monitors import (
    Track,
    build_posts,
    build_tracks,
    check_endurance,
    post_circles,
    stretch,
    track_segments,
)
from sim.setup.plan import Plan
from sim.world.world import World


def build_retasked_post(
    plan: Plan, world: World, d: int, from_km: float, to_km: float, offset_km: float | None
) -> tuple[Records, Track]:
    """Lay a post for one drone along a stretch of the line, flown from the base it has.

    Parameters
    ----------
    plan, world
        The run.
    d
        Row of the drone.
    from_km, to_km
        Chainages of the stretch.
    offset_km
        Offset of the track; the one of the drone's group where none is given.

    Returns
    -------
    post : ndarray of `POST`, shape (1,)
    track : Track

    Raises
    ------
    InputError
        When the stretch does not lie on the line, or is out of the drone's reach.
    """
    drone = world.drones[d]
    name = plan.group_names[int(drone["group"])]
    spec = plan.scenario.monitors[name]
    if world.posts["patrol"][drone["post"]] != STATIC:
        spec = spec.model_copy(update={"patrol": "shuttle"})
    if offset_km is not None:
        spec = spec.model_copy(update={"offset_km": offset_km})
    if not from_km < to_km:
        message = f"retask.to_km = {to_km}: must be greater than from_km = {from_km}"
        raise InputError(message)
    start, end = stretch("retask", from_km, to_km, plan.line)
    detail_km = plan.scenario.line.generalise_km
    [track] = build_tracks("retask", spec, plan.line, np.array([start, end]), detail_km)
    home = world.posts[drone["post"]]
    base = np.array([[home["base_x"], home["base_y"]]])
    platform = plan.scenario.platforms[spec.platform]
    patrol, zones = PATROLS.index(spec.patrol), len(world.zones)
    post = build_posts(plan.line, patrol, platform, [track], base, zones)
    check_endurance(f"retask of {plan.drone_names[d]}", platform, post)
    post["platform"] = drone["platform"]
    post["group"] = drone["group"]
    return post, track


def _joined(reach: Reach, cells: int, added: Reach, posts: int) -> Reach:
    """Add the reach of one more post to those of `posts` others."""
    rows = added.rows.copy()
    rows["post"] = posts
    cell_of = np.repeat(np.arange(cells + 1), np.diff(reach.start))
    added_cell = np.repeat(np.arange(cells + 1), np.diff(added.start))
    all_cells: Ints = np.concatenate([cell_of, added_cell])
    order = np.argsort(all_cells, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(all_cells, minlength=cells + 1))])
    last = reach.post_start[-1] + len(added.post_blocks)
    return Reach(
        start.astype(np.int32),
        np.concatenate([reach.rows, rows])[order],
        np.append(reach.post_start, last).astype(np.int32),
        np.concatenate([reach.post_blocks, added.post_blocks]),
    )


def add_post(plan: Plan, world: World, post: Records, track: Track) -> int:
    """Add a post to a running world.

    Returns
    -------
    int
        Row of the post.
    """
    number = len(world.posts)
    post = post.copy()
    post["first_vertex"] = 0
    added = build_reach(plan.grid, post, track.xy)
    reach = Reach(world.reach_start, world.reach, world.post_start, world.post_blocks)
    joined = _joined(reach, plan.grid.cells, added, number)
    post["first_vertex"] = len(world.track_xy)
    world.put("posts", np.concatenate([world.posts, post]))
    world.put("track_xy", np.concatenate([world.track_xy, track.xy]))
    circle = post_circles(post, world.track_xy, world.platforms, number)
    world.put("circles", np.concatenate([world.circles, circle]))
    segments = track_segments(track.xy, track.along_km, [len(track.xy)])
    world.put("segments", np.concatenate([world.segments, segments]))
    world.put("track_at", np.concatenate([world.track_at, track.along_km]))
    world.put("reach_start", joined.start)
    world.put("reach", joined.rows)
    world.put("post_start", joined.post_start)
    world.put("post_blocks", joined.post_blocks)
    if len(track.xy) + 1 > len(world.visits):
        world.put("visits", np.empty((len(track.xy) + 1, 2)))
    return number
