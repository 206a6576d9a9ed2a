"""Posts and patrols: where a drone on station is, and when a place is in its view.

On station a drone moves along the track of its post at constant speed, so everything is closed
form. The
*path* is the drone's way through one period of its patrol, seen as a circle:

* shuttle: the track there and back, a circle of twice the track's length;
* circuit: the closed track, a circle of its length;
* stream: the open track one way; who leaves at the far end is relieved at the near end;
* static: a point.
"""

import numpy as np

from sim.kernel.compile import compiled
from sim.world.rows import PostRow, ReachRow
from sim.world.world import World

BLOCK_CELLS = 32
"""Cells in a row of the grid, those of one block: a bit each of `BlockRow.cells`."""


SHUTTLE = 0
CIRCUIT = 1
STREAM = 2
STATIC = 3
PATROLS = ("shuttle", "circuit", "stream", "static")

GRAZE_KM = 1e-6
"""Stretches shorter than this are not visits but rounding at the edge of a footprint.

After ten years at 1,000 km/h a place on the path is known to 1e-8 km.
"""


@compiled
def _folded(way: float, period: float) -> float:
    """Return the remainder of a way, from 0 up to the period: as `%`, in a third of the time."""
    rest = way - period * np.floor(way / period)
    return rest if 0.0 <= rest < period else 0.0


@compiled
def path_position(post: PostRow, path_start: float, since: float, t: float) -> float:
    """Return where on its path (km) a drone is at `t` that was at `path_start` at `since`."""
    if post.period_km <= 0.0:
        return 0.0
    return _folded(path_start + post.speed_kmh * (t - since), post.period_km)


@compiled
def track_position(post: PostRow, path_km: float) -> float:
    """Return the place along the track (km) that belongs to a place on the path."""
    if post.patrol == SHUTTLE and path_km > post.track_km:
        return float(post.period_km - path_km)
    return path_km


@compiled
def track_point(world: World, post: PostRow, along_km: float) -> tuple[float, float]:
    """Return the point in the plane (km) at a place along the track."""
    first = post.first_vertex
    last = first + post.vertices - 1
    low = first
    high = last
    while high - low > 1:
        middle = (low + high) >> 1
        if world.track_at[middle] <= along_km:
            low = middle
        else:
            high = middle
    if low == last:
        return world.track_xy[low, 0], world.track_xy[low, 1]
    length = world.track_at[low + 1] - world.track_at[low]
    share = min(1.0, max(0.0, (along_km - world.track_at[low]) / length)) if length > 0.0 else 0.0
    x = world.track_xy[low, 0] + share * (world.track_xy[low + 1, 0] - world.track_xy[low, 0])
    y = world.track_xy[low, 1] + share * (world.track_xy[low + 1, 1] - world.track_xy[low, 1])
    return x, y


@compiled
def _segment_in_view(
    world: World, vertex: int, x: float, y: float, radius_km: float
) -> tuple[float, float]:
    """Return the part (km along the track) of one segment within the radius of a point.

    The part is empty (from > to) when the segment stays outside.
    """
    segment = world.segments[vertex]
    length = segment.to_km - segment.from_km
    if length <= 0.0:
        return 1.0, 0.0
    dx, dy = x - segment.x, y - segment.y
    across = segment.unit_x * dy - segment.unit_y * dx
    left = radius_km * radius_km - across * across
    if left <= 0.0:
        return 1.0, 0.0
    half = np.sqrt(left)
    foot = segment.unit_x * dx + segment.unit_y * dy
    return segment.from_km + max(0.0, foot - half), segment.from_km + min(length, foot + half)


@compiled
def stretches_in_view(world: World, reach: ReachRow, x: float, y: float) -> int:
    """Write the stretches of a post's track from which a point is in view; return their number.

    The stretches (km along the track, ascending, touching ones joined) go to `world.visits`.
    """
    post = world.posts[reach.post]
    count = 0
    segment = reach.first_segment - 1
    while segment + 1 < reach.end_segment:
        segment += 1
        if segment == reach.gap_from:
            segment = reach.gap_to
        vertex = post.first_vertex + segment
        from_km, to_km = _segment_in_view(world, vertex, x, y, post.radius_km)
        if from_km > to_km:
            continue
        if count > 0 and from_km <= world.visits[count - 1, 1] + GRAZE_KM:
            world.visits[count - 1, 1] = to_km
        else:
            world.visits[count, 0] = from_km
            world.visits[count, 1] = to_km
            count += 1
    if post.patrol == CIRCUIT and count > 1:
        touches_start = world.visits[0, 0] <= GRAZE_KM
        if touches_start and world.visits[count - 1, 1] >= post.track_km - GRAZE_KM:
            world.visits[0, 0] = world.visits[count - 1, 0] - post.track_km
            count -= 1
    return count


@compiled
def _from_here(
    from_km: float, length_km: float, path_km: float, period_km: float
) -> tuple[float, float]:
    """Return how far it is to a stretch of the path and how far it then goes on (km)."""
    passed = path_km - from_km
    if passed < 0.0:
        passed += period_km
    elif passed >= period_km:  # the stretch begins before the start of the path
        passed -= period_km
    if passed < length_km - GRAZE_KM:
        return 0.0, length_km - passed
    return period_km - passed, length_km


@compiled
def _on_path(post: PostRow, from_km: float, to_km: float) -> tuple[float, float]:
    """Return where on the path a stretch of track begins, and how long it is in view (km).

    A shuttle that turns within the stretch has it in view without a break, there and back.
    """
    length_km = to_km - from_km
    if post.patrol == SHUTTLE:
        if from_km <= GRAZE_KM and to_km >= post.track_km - GRAZE_KM:
            return 0.0, post.period_km
        if from_km <= GRAZE_KM:
            return -to_km, 2.0 * to_km
        if to_km >= post.track_km - GRAZE_KM:
            return from_km, 2.0 * (post.track_km - from_km)
    return from_km, length_km


@compiled
def next_visit(world: World, post: PostRow, count: int, path_km: float) -> tuple[float, float]:
    """Return the way (km) to the next place with the point in view, and the way in view.

    Parameters
    ----------
    world, post
        The world, with `count` stretches in `world.visits`, and the post they belong to.
    count
        Number of stretches, from `stretches_in_view`.
    path_km
        Where on the path the drone is.

    Returns
    -------
    tuple of float
        Zero and what is left of it for a visit under way; infinite ways for never and for always.
    """
    best = np.inf
    stay = 0.0
    for row in range(count):
        from_km = world.visits[row, 0]
        to_km = world.visits[row, 1]
        if to_km - from_km <= GRAZE_KM:
            continue
        start_km, length_km = _on_path(post, from_km, to_km)
        if length_km >= post.period_km - GRAZE_KM and post.patrol != STREAM:
            return 0.0, np.inf
        way, view = _from_here(start_km, length_km, path_km, post.period_km)
        if way < best:
            best, stay = way, view
        if post.patrol == SHUTTLE and length_km <= to_km - from_km + GRAZE_KM:
            # the same stretch again on the way back
            start_km = post.period_km - to_km
            way, view = _from_here(start_km, length_km, path_km, post.period_km)
            if way < best:
                best, stay = way, view
    return best, stay


@compiled
def point_in_view(world: World, post: PostRow, x: float, y: float) -> bool:
    """Tell whether a static post sees a point."""
    dx = x - world.track_xy[post.first_vertex, 0]
    dy = y - world.track_xy[post.first_vertex, 1]
    return bool(dx * dx + dy * dy <= post.radius_km * post.radius_km)
