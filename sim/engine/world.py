"""The world of one run: the plan's arrays, and what is drawn for the run."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.loop import DONE, advance, most_pushes, start
from sim.kernel.calendar import EVENT, empty_calendar, put_together, take_apart
from sim.kernel.compile import is_cached, mark_cached
from sim.kernel.memory import keep_memory
from sim.kernel.world import CLOCK, Records, World
from sim.setup.changes import draw_politics
from sim.setup.escalation import draw_regime
from sim.setup.grid import lay_reach
from sim.setup.monitors import post_circles, transit_speed_kmh
from sim.setup.plan import Plan, empty_sorties
from sim.setup.reports import draw_candidates
from sim.setup.streams import stream
from sim.setup.support import order_bases, set_sectors
from sim.setup.weather import draw_surroundings

CALENDAR_ROOM = 4096


def _draw_drones(plan: Plan, seed: int) -> tuple[Records, NDArray[np.float64]]:
    """Return the drones at their places in the cycle, and thresholds of loss (drones, lives).

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
    return drones, hazard


def _draw_posts(plan: Plan, seed: int) -> tuple[Records, NDArray[np.float64]]:
    """Return posts and track vertices, with the posts at random places drawn."""
    posts = plan.monitors.posts.copy()
    random_posts = plan.monitors.random_posts
    track_xy = plan.track_xy.copy()
    if len(random_posts) == 0:
        return posts, track_xy
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
        share = places / plan.line.length_km * plan.surroundings.zones
        posts["zone"][mine] = np.minimum(plan.surroundings.zones - 1, share)
    return posts, track_xy


def _draw_bases(plan: Plan, seed: int) -> tuple[Records, NDArray[np.int32], NDArray[np.float64]]:
    """Return bases and their order along the line, with the bases at random places drawn."""
    support = plan.support
    bases = support.bases.copy()
    if len(support.random_bases) == 0:
        return bases, support.near.bases.copy(), support.near.hours.copy()
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
    return bases, near.bases, near.hours


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
    clock = np.zeros(1, dtype=CLOCK)
    clock["horizon"] = plan.horizon_h
    clock["lots"] = run_lots = int(stream(seed, "lots").integers(2**63))
    drones, loss_hazard = _draw_drones(plan, seed)
    posts, track_xy = _draw_posts(plan, seed)
    circles, reach = plan.circles, plan.reach
    if len(plan.monitors.random_posts) > 0:
        circles = post_circles(posts, track_xy, plan.platforms)
        reach = lay_reach(plan.grid, posts, track_xy)
    bases, near_bases, near_hours = _draw_bases(plan, seed)
    drawn = draw_candidates(plan.reporting, plan.process, plan.frame, seed)
    regime, thresholds = draw_regime(plan.escalation, seed)
    zones, spells, changes = draw_surroundings(plan.surroundings, seed)
    stations = plan.reporting.station_records.copy()
    queues = (len(stations), 6)
    units = plan.support.units.copy()
    us, leads, changes = draw_politics(
        plan, (seed, run_lots), changes, drones, units, bases, stations
    )
    most_segments = int(posts["vertices"].max(initial=1)) + 1
    return World(
        clock=clock,
        settings=plan.settings.copy(),
        events=np.empty(CALENDAR_ROOM + 8 * len(drones), dtype=EVENT),
        days=np.full(_pages(CALENDAR_ROOM), -1, dtype=np.int32),
        calendar=empty_calendar(),
        drones=drones,
        drone_zones=posts["zone"][drones["next_post"]],
        loss_hazard=loss_hazard,
        platforms=plan.platforms.copy(),
        evidence=plan.looks.evidence.copy(),
        sure=plan.looks.sure.copy(),
        posts=posts,
        circles=circles.copy(),
        track_xy=track_xy,
        segments=plan.segments.copy(),
        track_at=plan.track_at.copy(),
        reach_start=reach.start.copy(),
        reach=reach.rows.copy(),
        post_start=reach.post_start.copy(),
        post_blocks=reach.post_blocks.copy(),
        visits=np.empty((most_segments, 2)),
        sorties=empty_sorties(plan.sortie_room),
        violations=drawn.rows,
        cases=drawn.cases,
        report_at=drawn.report_at,
        desk_hours=drawn.desk_hours,
        sources=plan.reporting.source_records.copy(),
        stations=stations,
        station_head=np.full(queues, -1, dtype=np.int32),
        station_tail=np.full(queues, -1, dtype=np.int32),
        referee=plan.reporting.referee.copy(),
        us=us,
        regimes=plan.escalation.rules.copy(),
        regime=regime,
        regime_thresholds=thresholds,
        cell_live=np.full(plan.grid.cells + 1, -1, dtype=np.int32),
        block_live=np.zeros(plan.grid.blocks, dtype=np.int64),
        answers=np.empty((len(drawn.rows), 2)),
        zones=zones,
        spells=spells,
        changes=changes,
        units=units,
        bases=bases,
        fits=plan.support.fits.copy(),
        leads=leads,
        kind_domains=plan.support.kind_domains.copy(),
        near_bases=near_bases,
        near_hours=near_hours,
        near_slack=plan.support.near.slack_km.copy(),
        forward=plan.support.forward.copy(),
        queue_head=np.full((len(plan.kinds), 6), -1, dtype=np.int32),
        queue_tail=np.full((len(plan.kinds), 6), -1, dtype=np.int32),
    )


def _pages(room: int) -> int:
    """Return the number of lists for a calendar that has room for so many events."""
    return 1 << max(0, room // 4 - 1).bit_length()


def _grown(array: Records, room: int) -> Records:
    grown = np.zeros(max(room, 2 * len(array)), dtype=array.dtype)
    grown[: len(array)] = array
    return grown


def make_room(world: World) -> None:
    """Make the calendar and the sortie table large enough for whatever the next event may enter."""
    clock = world.clock[0]
    most = clock["pending"] + clock["live"] + 2 * clock["queued"]
    events = int(most) + most_pushes(world) + 64
    if events > len(world.events):
        chain = take_apart(world)
        world.put("events", _grown(world.events, events))
        world.put("days", np.full(_pages(len(world.events)), -1, dtype=np.int32))
        put_together(world, chain)
    sorties = int(clock["sorties"]) + 2 * len(world.drones) + 64
    if sorties > len(world.sorties):
        world.put("sorties", _grown(world.sorties, sorties))


PER_VIOLATION = ("cases", "report_at", "desk_hours", "answers")
"""Columns with a row for each row of `violations`."""


def start_world(world: World) -> None:
    """Set every agent to its state at time 0.

    Raises
    ------
    ValueError
        If a column of `PER_VIOLATION` has not as many rows as there are violations: the compiled
        rules would write beyond its end.
    """
    rows = len(world.violations)
    for name in PER_VIOLATION:
        if len(getattr(world, name)) != rows:
            message = f"{name}: {len(getattr(world, name))} rows for {rows} violations"
            raise ValueError(message)
    start(world)


def advance_world(world: World, until_h: float) -> None:
    """Take all that happens up to and including a time.

    Parameters
    ----------
    world
        A started world; its arrays are changed in place.
    until_h
        Time (h), at most the end of the run.
    """
    cold = not is_cached()
    while advance(world, until_h) != DONE:
        make_room(world)
    if cold:
        mark_cached()
