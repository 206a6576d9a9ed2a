"""The loop: take what comes next, until a given time.

Three sorted streams are merged: the calendar, the onsets of the candidates, and the changes that no
agent has a hand in (weather, engagement, forces). At one instant changes come first, then
the calendar, then onsets.
"""

import numpy as np

from sim.kernel.calendar import (
    CALL,
    CALL_EXPIRED,
    CUE,
    DESK_DONE,
    DRONE_AT_CUE,
    DRONE_BACK,
    DRONE_CUE_LOOK,
    DRONE_CUE_OVER,
    DRONE_LOST,
    DRONE_READY,
    DRONE_REPLACED,
    GO_ON,
    GRAVE_DUE,
    LOOK,
    REPORT,
    TIP,
    UNIT_ARRIVED,
    UNIT_READY,
    WORSEN,
    drop_first,
    is_tied,
    next_time,
    push,
)
from sim.kernel.compile import compiled, handler
from sim.kernel.world import World, column
from sim.rules.cue import at_cue, back_on_track, cue, cue_look, leave_cue
from sim.rules.drone import (
    lose,
    switch_group,
    turned_around,
    weather_changed,
)
from sim.rules.flight import settle
from sim.rules.headquarters import choose_source, desk_done, hear, pass_on
from sim.rules.regime import (
    await_answer,
    change_regime,
    engagement_changed,
    enter_regime,
    grave_due,
)
from sim.rules.sensor import choose_look, first_looks, take_look
from sim.rules.start import start_drone
from sim.rules.support_unit import arrive, be_ready, call, expire, set_present
from sim.rules.violation import MADE_UP, PREVENTED, UNDETECTED, enlist, happens, strike_ended
from sim.rules.weather import is_jammed

SETTINGS = np.dtype(
    [
        ("feedback", "i4"),
        ("min_severity", "i4"),
        ("waiting_room", "i4"),
        ("travel_is_busy", "i4"),
        ("dispatch_rule", "i4"),
        ("cueing", "i4"),
        ("cue_severity", "i4"),
        ("escalation", "i4"),
        ("grave_severity", "i4"),
        ("calm_effect", "f8"),
        ("calm_h", "f8"),
        ("calm_radius_km", "f8"),
        ("answered_offspring_drop", "f8"),
        ("attributed_offspring_drop", "f8"),
        ("max_wait_h", "f8"),
        ("most_h_per_km", "f8"),
        ("forward_step_km", "f8"),
        ("search_h", "f8"),
        ("cue_flight_h", "f8"),  # longest flight to confirm a report
        ("answer_within_h", "f8"),
        ("memory_h", "f8"),
        ("us_deterrence", "f8"),
        ("backstop_chance", "f8"),
    ],
    align=True,
)
CHANGE = np.dtype(
    [
        ("time", "f8"),
        ("subject", "i4"),  # a zone, a group of monitors, or a unit
        ("what", "i4"),
        ("level", "i4"),
    ],
    align=True,
)
column("changes", CHANGE)
column("settings", SETTINGS)
WEATHER_CHANGE = 0
US_CHANGE = 1  # to this state
GROUP_CHANGE = 2  # a group of monitors flies, or not
UNIT_CHANGE = 3  # a unit comes, or goes

DONE = 0
MORE_ROOM = 1


@compiled
def start(world: World) -> None:
    """Set every drone, and the regime, to its state at time 0."""
    for d in range(len(world.drones)):
        start_drone(world, d)
    if world.settings[0].escalation:
        enter_regime(world, world.regime[0].level, 0.0)


@handler
def _take_onset(world: World, v: int) -> None:
    violation = world.violations[v]
    t = violation.onset
    if not happens(world, v, t):
        violation.status = PREVENTED
        return
    violation.status = UNDETECTED
    for source in range(world.report_at.shape[1]):
        kind = REPORT if world.sources[source].confirmed else TIP
        push(world, world.report_at[v, source], kind, v, source, 0, 0.0)
    await_answer(world, v, t)
    if violation.nature != MADE_UP:
        strike_ended(world, violation.cell, t)
        enlist(world, v)
        first_looks(world, v, t)


@handler
def _take_change(world: World, row: int) -> None:
    change = world.changes[row]
    t, subject, level = change.time, change.subject, change.level
    if change.what == WEATHER_CHANGE:
        world.zones[subject].weather = level
        weather_changed(world, subject, t)
    elif change.what == US_CHANGE:
        engagement_changed(world, level, t)
    elif change.what == GROUP_CHANGE:
        switch_group(world, subject, level != 0, t)
    else:
        set_present(world, subject, level != 0, t)


@compiled
def _take_drone_event(world: World, kind: int, d: int, number: int, epoch: int, t: float) -> None:
    drone = world.drones[d]
    if drone.epoch != epoch:
        return
    if kind == DRONE_LOST:
        lose(world, d, t)
    elif kind in (DRONE_READY, DRONE_REPLACED):
        turned_around(world, d, t)
    elif kind == DRONE_AT_CUE:
        at_cue(world, d, t)
    elif kind == DRONE_CUE_LOOK:
        cue_look(world, d, number, t)
    elif kind == DRONE_CUE_OVER:
        leave_cue(world, d, t)
    else:
        back_on_track(world, d, t)


@handler
def _take_regime_event(world: World, kind: int, v: int, epoch: int, t: float) -> None:
    if kind == GRAVE_DUE:
        grave_due(world, v, t)
    elif kind == WORSEN:
        change_regime(world, 1, epoch, t)
    else:
        change_regime(world, -1, epoch, t)


@compiled
def _take_report_event(world: World, kind: int, v: int, second: int, t: float) -> None:
    if kind == GO_ON:
        pass_on(world, v, 0, t)
    elif kind == DESK_DONE:
        desk_done(world, v, second, t)
    else:
        hear(world, v, second, t)


@compiled
def _choose(world: World, row: int) -> None:
    """Choose which of the looks or reports of one instant is taken next, if there are several."""
    event = world.events[row]
    if event.kind == LOOK:
        if is_tied(world, row, event.next):
            choose_look(world, row)
    elif event.kind in (TIP, REPORT) and is_tied(world, row, event.next):
        choose_source(world, row)


@compiled
def _take_event(world: World) -> None:
    row = world.calendar[0].next
    _choose(world, row)
    event = world.events[row]
    t, until = event.time, event.until
    kind, first, second, epoch = event.kind, event.first, event.second, event.epoch
    drop_first(world)
    if kind <= DRONE_BACK:
        _take_drone_event(world, kind, first, second, epoch, t)
    elif kind == LOOK:
        take_look(world, first, second, epoch, until, t)
    elif kind in (GO_ON, TIP, REPORT, DESK_DONE):
        _take_report_event(world, kind, first, second, t)
    elif kind == CUE:
        cue(world, first, t)
    elif kind == CALL:
        call(world, first, t)
    elif kind == UNIT_ARRIVED:
        arrive(world, first, second, t)
    elif kind == UNIT_READY:
        be_ready(world, second, t)
    elif kind == CALL_EXPIRED:
        expire(world, first)
    else:
        _take_regime_event(world, kind, first, epoch, t)


@compiled
def most_pushes(world: World) -> int:
    """Return how many events one event may enter, looks and reports in queues not counted."""
    return 4 * len(world.drones) + int(world.report_at.shape[1]) + 16


@compiled
def _next_change(world: World) -> float:
    """Return the time (h) of the change that comes next, infinite if there is none."""
    row = world.clock[0].next_change
    return float(world.changes[row].time) if row < len(world.changes) else np.inf


@compiled
def _next_onset(world: World) -> float:
    """Return the onset (h) of the candidate that comes next, infinite if there is none."""
    row = world.clock[0].next_candidate
    return float(world.violations[row].onset) if row < len(world.violations) else np.inf


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
    room = most_pushes(world)
    next_change = _next_change(world)
    next_onset = _next_onset(world)
    while True:
        # a report that passes a closed station by may become a call at once: two events
        if clock.pending + clock.live + 2 * clock.queued + room > len(world.events):
            return MORE_ROOM
        if clock.sorties + len(world.drones) > len(world.sorties):
            return MORE_ROOM
        next_event = next_time(world)
        # a renewed attack ends the run before its time
        if min(next_event, next_change, next_onset) > min(until, clock.horizon):
            break
        clock.events += 1
        if next_change <= next_event and next_change <= next_onset:
            clock.next_change += 1
            _take_change(world, clock.next_change - 1)
            next_change = _next_change(world)
        elif next_event <= next_onset:
            _take_event(world)
        else:
            clock.next_candidate += 1
            _take_onset(world, clock.next_candidate - 1)
            next_onset = _next_onset(world)
    clock.now = max(clock.now, min(until, clock.horizon))
    for d in range(len(world.drones)):
        settle(world, d, clock.now)
    for zone in range(len(world.zones)):
        is_jammed(world, zone, clock.now)  # so that the latest spell is the present one
    return DONE
