"""Draw the world of a run: the plan's arrays, and what is drawn for its seed."""

import numpy as np

from sim.kernel.calendar import EventRow, empty_calendar, pages
from sim.kernel.columns import Records
from sim.kernel.memory import keep_memory
from sim.setup.candidates import draw_candidates
from sim.setup.changes import draw_changes
from sim.setup.escalation import draw_regime
from sim.setup.grid import Reach, build_reach
from sim.setup.monitors import post_circles, transit_speed_kmh
from sim.setup.plan import Plan, shared_columns
from sim.setup.streams import stream
from sim.setup.support import order_bases, set_sectors
from sim.setup.weather import draw_weather
from sim.world.rows import ClockRow, SortieRow
from sim.world.world import World

CALENDAR_ROOM = 4096


type Columns = dict[str, Records]


def _draw_drones(plan: Plan, seed: int) -> Columns:
    """Draw where in their cycle drones start, and their thresholds of loss.

    Rows are drawn drone by drone from the stream of the group, so that a drone's row does not
    depend on how many others there are.
    """
    drones = plan.monitors.drones.copy()
    most_lives = max(plan.lives.values(), default=1)
    hazard = np.empty((len(drones), most_lives))
    for name, crew in plan.monitors.crews.items():
        rng = stream(seed, f"monitors/{name}")
        common, shares = rng.random(), rng.random(len(crew.drones))
        start = common if crew.in_line else shares[crew.of_post]
        drones["cycle_share"][crew.drones] = (start + crew.behind) % 1.0
        lives = plan.lives[name]
        losses = stream(seed, f"losses/{name}").standard_exponential((len(crew.drones), lives))
        hazard[crew.drones] = losses[:, np.arange(most_lives) % lives]
    return {"drones": drones, "loss_hazard": hazard}


def _views(circles: Records, reach: Reach) -> Columns:
    """Return the columns that tell what posts can see."""
    return {
        "circles": circles,
        "reach_start": reach.start,
        "reach": reach.rows,
        "post_start": reach.post_start,
        "post_blocks": reach.post_blocks,
    }


def _copied(columns: Columns) -> Columns:
    """Copy columns of the plan, which a run must not change."""
    return {name: column.copy() for name, column in columns.items()}


def _draw_posts(plan: Plan, seed: int) -> Columns:
    """Draw the places of posts that the scenario lays at random."""
    posts = plan.monitors.posts.copy()
    random_posts = plan.monitors.random_posts
    track_xy = plan.track_xy.copy()
    if len(random_posts) == 0:
        return {"posts": posts, "track_xy": track_xy} | _copied(_views(plan.circles, plan.reach))
    for number, name in enumerate(plan.group_names):
        mine = random_posts[posts["group"][random_posts] == number]
        if len(mine) == 0:
            continue
        group = plan.scenario.monitors[name]
        low = min(plan.monitors.tracks[post].from_km for post in mine)
        high = max(plan.monitors.tracks[post].to_km for post in mine)
        places = low + (high - low) * stream(seed, f"posts/{name}").random(len(mine))
        points = plan.line.point(places, group.offset_km)
        track_xy[posts["first_vertex"][mine]] = points
        posts["entry_x"][mine], posts["entry_y"][mine] = points.T
        platform = plan.scenario.platforms[group.platform]
        if group.base_lon is None:
            bases = plan.line.point(places, group.base_offset_km)
            posts["base_x"][mine], posts["base_y"][mine] = bases.T
        away_km = np.hypot(
            posts["entry_x"][mine] - posts["base_x"][mine],
            posts["entry_y"][mine] - posts["base_y"][mine],
        )
        posts["return_h"][mine] = away_km / transit_speed_kmh(platform)
        share = places / plan.line.length_km * plan.weather.zones
        posts["zone"][mine] = np.minimum(plan.weather.zones - 1, share)
    circles = post_circles(posts, track_xy, plan.platforms)
    reach = build_reach(plan.grid, posts, track_xy)
    return {"posts": posts, "track_xy": track_xy} | _views(circles, reach)


def _draw_bases(plan: Plan, seed: int) -> Columns:
    """Draw the places of bases that the scenario lays at random; order all along the line."""
    support = plan.support
    bases = support.bases.copy()
    near = support.near
    if len(support.random_bases) == 0:
        near_bases, near_hours = near.bases.copy(), near.hours.copy()
        return {"bases": bases, "near_bases": near_bases, "near_hours": near_hours}
    low, high, offset = support.random_stretch.T
    shares = np.empty(len(low))
    names = np.array(support.base_groups)[support.random_bases]
    for name in dict.fromkeys(names):
        mine = names == name
        shares[mine] = stream(seed, f"bases/{name}").random(int(mine.sum()))
    chainage = low + shares * (high - low)
    at = support.random_bases
    bases["x"][at], bases["y"][at] = plan.line.point(chainage, offset).T
    set_sectors(plan.line, bases, plan.scenario.line.sectors)
    near = order_bases(plan.line, bases, support.forward)
    return {"bases": bases, "near_bases": near.bases, "near_hours": near.hours}


def _draw_candidates(plan: Plan, seed: int) -> Columns:
    """Draw the candidates, and all reports of them."""
    drawn = draw_candidates(plan.reporting, plan.process, plan.terrain, seed)
    return {
        "violations": drawn.rows,
        "cases": drawn.cases,
        "report_at": drawn.report_at,
        "desk_hours": drawn.desk_hours,
        "answers": np.empty((len(drawn.rows), 2)),
    }


def _empty_columns(plan: Plan) -> Columns:
    """Return the columns that a run fills: the calendar, lists, queues, scratch and sorties."""
    drones, stations = len(plan.monitors.drones), len(plan.reporting.station_records)
    most_segments = int(plan.monitors.posts["vertices"].max(initial=1)) + 1
    queues = {"station": (stations, 6), "queue": (len(plan.kinds), 6)}
    return {
        "calendar": empty_calendar(plan.horizon_h),
        "events": np.empty(CALENDAR_ROOM + 8 * drones, dtype=EventRow.dtype),
        "days": np.full(pages(CALENDAR_ROOM), -1, dtype=np.int32),
        "visits": np.empty((most_segments, 2)),
        "sorties": np.empty(plan.sortie_room, dtype=SortieRow.dtype),
        "cell_live": np.full(plan.grid.cells + 1, -1, dtype=np.int32),
        "block_live": np.zeros(plan.grid.blocks, dtype=np.int64),
    } | {
        f"{name}_{end}": np.full(shape, -1, dtype=np.int32)
        for name, shape in queues.items()
        for end in ("head", "tail")
    }


def make_world(plan: Plan, seed: int) -> World:
    """Draw everything that a run needs and lay out its world, at time 0 and not yet started.

    Its arrays are its own: what is written into them changes neither the plan nor other runs.

    Parameters
    ----------
    plan
        The plan of the scenario.
    seed
        Seed of the run, >= 0.
    """
    keep_memory()
    clock = np.zeros(1, dtype=ClockRow.dtype)
    clock["lots"] = int(stream(seed, "lots").integers(2**63))
    columns: Columns = {"clock": clock, **_empty_columns(plan)}
    columns |= _copied(shared_columns(plan))
    columns |= _draw_drones(plan, seed)
    columns |= _draw_posts(plan, seed)
    columns |= _draw_bases(plan, seed)
    columns |= _draw_candidates(plan, seed)
    columns |= draw_regime(plan.escalation, seed)
    columns |= draw_weather(plan.weather, seed)
    columns |= draw_changes(plan, seed, columns)
    columns["drone_zones"] = columns["posts"]["zone"][columns["drones"]["next_post"]]
    return World(**columns)
