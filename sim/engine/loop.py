"""The loop: take what comes next, until a given time.

Three sorted streams are merged: the calendar, the onsets of the candidates, and the changes that no
agent has a hand in (weather, engagement, forces). At one instant changes come first, then
the calendar, then onsets.
"""

import numpy as np

from sim.kernel.calendar import drop_first, is_tied, next_time
from sim.kernel.compile import compiled, handler
from sim.rules.cue import begin_search, end_search, resume_patrol, send_to_confirm, take_search_look
from sim.rules.drone import launch_or_wait, lose_drone, switch_group, weather_changed
from sim.rules.flight import update_stage
from sim.rules.headquarters import (
    choose_tied_report,
    finish_desk_work,
    pass_to_next_station,
    receive_report,
)
from sim.rules.regime import (
    apply_engagement,
    change_regime,
    count_if_unanswered,
    enter_regime,
    watch_if_grave,
)
from sim.rules.sensor import choose_tied_look, schedule_first_looks, take_look
from sim.rules.start import start_drone
from sim.rules.support_unit import (
    answer_call,
    end_job,
    give_up_call,
    record_arrival,
    set_unit_present,
)
from sim.rules.violation import MADE_UP, PREVENTED, UNDETECTED, add_to_live, happens, remove_ended
from sim.rules.weather import is_jammed
from sim.world.events import (
    CALL,
    CALL_EXPIRED,
    CUE,
    DESK_DONE,
    DOUBTFUL_REPORT,
    DRONE_KINDS,
    DRONE_LOST,
    DRONE_READY,
    DRONE_REPLACED,
    GO_ON,
    GRAVE_DUE,
    LOOK,
    SEARCH_BEGINS,
    SEARCH_ENDS,
    SEARCH_LOOK,
    SURE_REPORT,
    UNIT_ARRIVED,
    UNIT_READY,
    WORSEN,
    schedule_report,
)
from sim.world.world import World

WEATHER_CHANGE = 0
US_CHANGE = 1  # to this state
GROUP_CHANGE = 2  # a group of monitors flies, or not
UNIT_CHANGE = 3  # a unit comes, or goes

DONE = 0
MORE_ROOM = 1


@compiled
def start_agents(world: World) -> None:
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
        schedule_report(world, v, source, world.report_at[v, source])
    watch_if_grave(world, v, t)
    if violation.nature != MADE_UP:
        remove_ended(world, violation.cell, t)
        add_to_live(world, v)
        schedule_first_looks(world, v, t)


@handler
def _take_change(world: World, row: int) -> None:
    change = world.changes[row]
    t, subject, level = change.time, change.subject, change.level
    if change.what == WEATHER_CHANGE:
        world.zones[subject].weather = level
        weather_changed(world, subject, t)
    elif change.what == US_CHANGE:
        apply_engagement(world, level, t)
    elif change.what == GROUP_CHANGE:
        switch_group(world, subject, level != 0, t)
    else:
        set_unit_present(world, subject, level != 0, t)


@compiled
def _take_drone_event(world: World, kind: int, d: int, number: int, epoch: int, t: float) -> None:
    drone = world.drones[d]
    if drone.epoch != epoch:
        return
    if kind == DRONE_LOST:
        lose_drone(world, d, t)
    elif kind in (DRONE_READY, DRONE_REPLACED):
        launch_or_wait(world, d, t)
    elif kind == SEARCH_BEGINS:
        begin_search(world, d, t)
    elif kind == SEARCH_LOOK:
        take_search_look(world, d, number, t)
    elif kind == SEARCH_ENDS:
        end_search(world, d, t)
    else:
        resume_patrol(world, d, t)


@handler
def _take_regime_event(world: World, kind: int, v: int, epoch: int, t: float) -> None:
    if kind == GRAVE_DUE:
        count_if_unanswered(world, v, t)
    elif kind == WORSEN:
        change_regime(world, 1, epoch, t)
    else:
        change_regime(world, -1, epoch, t)


@compiled
def _take_report_event(world: World, kind: int, v: int, second: int, t: float) -> None:
    if kind == GO_ON:
        pass_to_next_station(world, v, 0, t)
    elif kind == DESK_DONE:
        finish_desk_work(world, v, second, t)
    else:
        receive_report(world, v, second, t)


@compiled
def _choose_among_tied(world: World, row: int) -> None:
    """Choose which of the looks or reports of one instant is taken next, if there are several."""
    event = world.events[row]
    if event.kind == LOOK:
        if is_tied(world, row, event.next):
            choose_tied_look(world, row)
    elif event.kind in (DOUBTFUL_REPORT, SURE_REPORT) and is_tied(world, row, event.next):
        choose_tied_report(world, row)


@compiled
def _take_event(world: World) -> None:
    row = world.calendar[0].next
    _choose_among_tied(world, row)
    event = world.events[row]
    t, until = event.time, event.until
    kind, first, second, epoch = event.kind, event.first, event.second, event.epoch
    drop_first(world)
    if kind in DRONE_KINDS:
        _take_drone_event(world, kind, first, second, epoch, t)
    elif kind == LOOK:
        take_look(world, first, second, epoch, until, t)
    elif kind in (GO_ON, DOUBTFUL_REPORT, SURE_REPORT, DESK_DONE):
        _take_report_event(world, kind, first, second, t)
    elif kind == CUE:
        send_to_confirm(world, first, t)
    elif kind == CALL:
        answer_call(world, first, t)
    elif kind == UNIT_ARRIVED:
        record_arrival(world, first, second, t)
    elif kind == UNIT_READY:
        end_job(world, second, t)
    elif kind == CALL_EXPIRED:
        give_up_call(world, first)
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
    clock, calendar = world.clock[0], world.calendar[0]
    room = most_pushes(world)
    next_change = _next_change(world)
    next_onset = _next_onset(world)
    while True:
        # a report that passes a closed station by may become a call at once: two events
        if calendar.pending + clock.live + 2 * clock.queued + room > len(world.events):
            return MORE_ROOM
        if clock.sorties + len(world.drones) > len(world.sorties):
            return MORE_ROOM
        next_event = next_time(world)
        # a renewed attack ends the run before its time
        if min(next_event, next_change, next_onset) > min(until, calendar.horizon):
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
    clock.now = max(clock.now, min(until, calendar.horizon))
    for d in range(len(world.drones)):
        update_stage(world, d, clock.now)
    for zone in range(len(world.zones)):
        is_jammed(world, zone, clock.now)  # so that the latest spell is the present one
    return DONE
