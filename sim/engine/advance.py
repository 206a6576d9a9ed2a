"""The loop: take what comes next, until a given time.

Three sorted streams are merged: the calendar, the onsets of the candidates, and the changes of
weather and jamming. At one instant changes come first, then the calendar, then onsets.
"""

import numpy as np

from sim.agents.deployment import start_drone
from sim.agents.drone import (
    came_on_station,
    fly_home,
    jamming_changed,
    land,
    lose,
    turned_around,
    weather_changed,
)
from sim.agents.sensor import first_looks, take_look
from sim.agents.support_unit import arrive, be_ready, call, expire
from sim.agents.violation import PREVENTED, UNDETECTED, enlist, happens, strike_ended
from sim.kernel.calendar import (
    CALL,
    CALL_EXPIRED,
    DRONE_LANDED,
    DRONE_LOST,
    DRONE_OFF_STATION,
    DRONE_ON_STATION,
    DRONE_READY,
    DRONE_REPLACED,
    LOOK,
    UNIT_ARRIVED,
    UNIT_READY,
    drop_first,
)
from sim.kernel.compiled import compiled
from sim.kernel.world import World, column

SETTINGS = np.dtype(
    [
        ("feedback", "i4"),
        ("min_severity", "i4"),
        ("waiting_room", "i4"),
        ("travel_is_busy", "i4"),
        ("sector_first", "i4"),
        ("calm_effect", "f8"),
        ("calm_h", "f8"),
        ("calm_radius_km", "f8"),
        ("answered_offspring_drop", "f8"),
        ("max_wait_h", "f8"),
        ("most_h_per_km", "f8"),
        ("forward_step_km", "f8"),
    ],
    align=True,
)
CHANGE = np.dtype(
    [("time", "f8"), ("zone", "i4"), ("what", "i4"), ("level", "i4")],
    align=True,
)
column("changes", CHANGE)
column("settings", SETTINGS)
WEATHER_CHANGE = 0
JAMMING_CHANGE = 1

DONE = 0
MORE_ROOM = 1


@compiled
def start(world: World) -> None:
    """Set every drone to its state at time 0."""
    for d in range(len(world.drones)):
        start_drone(world, d)


@compiled
def _take_onset(world: World, v: int) -> None:
    violation = world.violations[v]
    t = violation.onset
    if not happens(world, v, t):
        violation.status = PREVENTED
        return
    violation.status = UNDETECTED
    strike_ended(world, violation.cell, t)
    enlist(world, v)
    first_looks(world, v, t)


@compiled
def _take_change(world: World, row: int) -> None:
    change = world.changes[row]
    zone = world.zones[change.zone]
    if change.what == WEATHER_CHANGE:
        zone.weather = change.level
        weather_changed(world, change.zone, change.time)
    else:
        zone.jammed = change.level
        jamming_changed(world, change.zone, change.time)


@compiled
def _take_drone_event(world: World, kind: int, d: int, epoch: int, t: float) -> None:
    drone = world.drones[d]
    if drone.epoch != epoch:
        return
    if kind == DRONE_LOST:
        lose(world, d, t)
    elif kind in (DRONE_READY, DRONE_REPLACED):
        turned_around(world, d, t)
    elif kind == DRONE_ON_STATION:
        came_on_station(world, d, t)
    elif kind == DRONE_OFF_STATION:
        fly_home(world, d, t)
    elif kind == DRONE_LANDED:
        land(world, d, t)


@compiled
def _take_event(world: World) -> None:
    event = world.heap[0]
    t, until = event.time, event.until
    kind, first, second, epoch = event.kind, event.first, event.second, event.epoch
    drop_first(world)
    if kind <= DRONE_REPLACED:
        _take_drone_event(world, kind, first, epoch, t)
    elif kind == LOOK:
        take_look(world, first, second, epoch, until, t)
    elif kind == CALL:
        call(world, first, t)
    elif kind == UNIT_ARRIVED:
        arrive(world, first, second, t)
    elif kind == UNIT_READY:
        be_ready(world, second, t)
    elif kind == CALL_EXPIRED:
        expire(world, first)


@compiled
def advance(world: World, until: float) -> int:
    """Take all that happens up to and including a time.

    Parameters
    ----------
    world
        The world of a run; changed in place.
    until
        Time (h) up to which to advance; no later than the end of the run.

    Returns
    -------
    int
        `DONE`, or `MORE_ROOM` when the caller must enlarge the tables and call again; no event is
        lost.
    """
    clock = world.clock[0]
    room = 2 * len(world.drones) + 16
    while True:
        if clock.pending + clock.live + room > len(world.heap):
            return MORE_ROOM
        if clock.sorties + len(world.drones) > len(world.sorties):
            return MORE_ROOM
        next_event = world.heap[0].time if clock.pending > 0 else np.inf
        next_change = np.inf
        if clock.next_change < len(world.changes):
            next_change = world.changes[clock.next_change].time
        next_onset = np.inf
        if clock.next_candidate < len(world.violations):
            next_onset = world.violations[clock.next_candidate].onset
        if min(next_event, next_change, next_onset) > until:
            break
        clock.events += 1
        if next_change <= next_event and next_change <= next_onset:
            clock.next_change += 1
            _take_change(world, clock.next_change - 1)
        elif next_event <= next_onset:
            _take_event(world)
        else:
            clock.next_candidate += 1
            _take_onset(world, clock.next_candidate - 1)
    clock.now = max(clock.now, until)
    return DONE
