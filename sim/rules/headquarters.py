"""The command chain: reports, the desks they pass, and the referee's rulings.

A report is opened by the first detection of a violation or by another source. An unconfirmed one
may first send a drone (`sim.rules.cue`); then it passes the stations in their order and becomes a
call for support. Graver reports are worked on first, older ones first among equals.
"""

import numpy as np

from sim.kernel.calendar import bring_forward, is_tied, next_time
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H
from sim.rules.support_unit import answer_call
from sim.rules.violation import (
    AT_DESK,
    ATTRIBUTED,
    CONFIRMED,
    CUEING,
    DELAYED,
    DETECTED,
    DISMISSED,
    FALSE_ALARM,
    NOT_ATTRIBUTED,
    NOT_FOUND,
    REAL,
    UNCONFIRMED,
    UNKNOWN,
)
from sim.world.events import (
    schedule_call,
    schedule_cue,
    schedule_desk_end,
    schedule_going_on,
    schedule_search_end,
)
from sim.world.lots import lot
from sim.world.world import World

ANALYSIS = 0
RULING = 1
COORDINATION = 2
TASKS = ("analysis", "ruling", "coordination")

ENGAGED = 0
SUSPENDED = 1
WITHDRAWN = 2
US_STATES = ("engaged", "suspended", "withdrawn")

AWAY = 1  # the United States are not engaged
SHUT = 2  # for good

MONITOR = -1
NOBODY = -2
"""Who reported a violation first, where it was no other source."""


@compiled
def record_detection(world: World, v: int, d: int, sure: bool, t: float) -> None:
    """Take note of a look of a monitor that carried the evidence to its threshold."""
    violation = world.violations[v]
    drone = world.drones[d]
    drone.detections += 1
    if np.isnan(violation.detected):
        violation.detected = t
        violation.detector = d
    _update_knowledge(world, v, sure, world.platforms[drone.platform].attribution, MONITOR, t)


@handler
def choose_tied_report(world: World, row: int) -> None:
    """Of sources that tell of one violation at one instant, let the first be drawn by lot."""
    v = world.events[row].first
    other = world.events[row].next
    while is_tied(world, row, other):
        mine = world.sources[world.events[row].second].name
        if lot(world, v, world.sources[world.events[other].second].name) < lot(world, v, mine):
            bring_forward(world, row, other)
        other = world.events[other].next


@handler
def receive_report(world: World, v: int, source: int, t: float) -> None:
    """Take in the report of a source; it is silent while its nation is not there."""
    violation = world.violations[v]
    spec = world.sources[source]
    if violation.grade == CONFIRMED or (spec.american and world.us[0].state != ENGAGED):
        return
    sure = spec.confirmed != 0
    if sure and np.isnan(violation.detected):
        violation.detected = t
    if sure or violation.grade == UNKNOWN:
        _update_knowledge(world, v, sure, spec.attribution, source, t)


@compiled
def _update_knowledge(
    world: World, v: int, sure: bool, attribution: float, source: int, t: float
) -> None:
    """Open the case of a violation, or let a second sighting confirm it."""
    violation = world.violations[v]
    case = world.cases[v]
    new = violation.grade == UNKNOWN
    if sure:
        violation.grade = CONFIRMED
        case.confirmed = t
    elif new:
        violation.grade = UNCONFIRMED
    if new or sure:
        case.unattributed *= 1.0 - attribution
    if not sure and source == MONITOR:
        # from here on only looks that confirm count, towards a threshold of their own
        violation.evidence = 0.0
        violation.threshold = case.confirm_threshold
    if new:
        violation.reported = t
        case.first_source = source
        _open_report(world, v, t)
    elif sure and violation.status == CUEING:
        _call_off_search(world, v, t)


@compiled
def _open_report(world: World, v: int, t: float) -> None:
    """Send a report on its way: to the drones if it needs a second look, else to the desks."""
    violation = world.violations[v]
    settings = world.settings[0]
    if (
        violation.grade == UNCONFIRMED
        and settings.cueing
        and violation.severity >= settings.cue_severity
    ):
        violation.status = CUEING
        schedule_cue(world, v, t)
    else:
        pass_to_next_station(world, v, 0, t)


@compiled
def _call_off_search(world: World, v: int, t: float) -> None:
    """Tell the drone under way that the report is confirmed; `sim.rules.cue` takes it back."""
    d = world.cases[v].cued
    if d < 0:
        return  # the search for a drone is still to come, at this very instant
    schedule_search_end(world, d, t)


@compiled
def give_up_search(world: World, d: int, t: float) -> None:
    """Let the report of a drone that cannot go on looking go on as it is."""
    v = world.drones[d].cue
    world.drones[d].cue = -1
    pass_to_next_station(world, v, 0, t)


@compiled
def release_report(world: World, d: int, t: float) -> None:
    """Let the report of a drone go on; by an event where others may do so at this instant."""
    if next_time(world) <= t + SAME_H:
        schedule_going_on(world, world.drones[d].cue, t)
        world.drones[d].cue = -1
    else:
        give_up_search(world, d, t)


@compiled
def close_search(world: World, d: int, t: float) -> None:
    """Let the report of a drone that has looked go on, confirmed or not found."""
    violation = world.violations[world.drones[d].cue]
    if violation.grade != CONFIRMED:
        violation.grade = NOT_FOUND
    release_report(world, d, t)


@compiled
def pass_to_next_station(world: World, v: int, first: int, t: float) -> None:
    """Bring a report to the next station, from `first` on, that deals with it."""
    violation = world.violations[v]
    for s in range(first, len(world.stations)):
        station = world.stations[s]
        if violation.severity < station.min_severity or (station.closed and not station.waits):
            continue
        violation.status = AT_DESK
        world.cases[v].station = s
        if station.closed or station.busy >= station.desks:
            _queue_report(world, v, s, t)
        else:
            _begin_desk_work(world, v, s, t)
        return
    _finish_chain(world, v, t)


@compiled
def _finish_chain(world: World, v: int, t: float) -> None:
    """Turn a report that passed all stations into a call, if it is grave enough."""
    violation = world.violations[v]
    settings = world.settings[0]
    if violation.severity < settings.min_severity:
        violation.status = DETECTED
        return
    violation.status = DELAYED
    delay = violation.delay
    lead = world.leads[world.kind_domains[violation.kind]]
    if lead.present == 0:
        delay += lead.absent_delay_h
    if delay > 0.0:
        schedule_call(world, v, t + delay)
    else:
        answer_call(world, v, t)


@compiled
def _update_totals(world: World, s: int, t: float) -> None:
    """Add up the hours of work and of waiting since they were last added up."""
    station = world.stations[s]
    station.busy_h += station.busy * (t - station.since)
    station.queue_h += station.queued * (t - station.since)
    station.since = t


@compiled
def _begin_desk_work(world: World, v: int, s: int, t: float) -> None:
    _update_totals(world, s, t)
    world.stations[s].busy += 1
    schedule_desk_end(world, v, s, t + world.desk_hours[v, s])


@compiled
def _queue_report(world: World, v: int, s: int, t: float) -> None:
    """Let a report wait for a desk, last among those of its severity."""
    _update_totals(world, s, t)
    station = world.stations[s]
    severity = world.violations[v].severity
    case = world.cases[v]
    case.queued = t
    case.next_queued = -1
    tail = world.station_tail[s, severity]
    if tail >= 0:
        world.cases[tail].next_queued = v
    else:
        world.station_head[s, severity] = v
    world.station_tail[s, severity] = v
    station.queued += 1
    world.clock[0].queued += 1
    station.longest = max(station.longest, station.queued)


@compiled
def _next_report(world: World, s: int, t: float) -> int:
    """Take the gravest, then oldest, report out of a station's queue; -1 if it is empty."""
    _update_totals(world, s, t)
    for severity in range(5, 0, -1):
        v = int(world.station_head[s, severity])
        if v < 0:
            continue
        case = world.cases[v]
        world.station_head[s, severity] = case.next_queued
        if case.next_queued < 0:
            world.station_tail[s, severity] = -1
        world.stations[s].queued -= 1
        world.clock[0].queued -= 1
        case.waited += t - case.queued
        return v
    return -1


@compiled
def _fill_desks(world: World, s: int, t: float) -> None:
    """Put waiting reports on the free desks of an open station."""
    station = world.stations[s]
    while not station.closed and station.busy < station.desks and station.queued > 0:
        _begin_desk_work(world, _next_report(world, s, t), s, t)


@handler
def finish_desk_work(world: World, v: int, s: int, t: float) -> None:
    """Finish the work of a station on a report."""
    _update_totals(world, s, t)
    station = world.stations[s]
    station.busy -= 1
    station.served += 1
    _fill_desks(world, s, t)
    if station.task == ANALYSIS:
        kept = not _is_recognised(world, v, station.recognises, t)
    elif station.task == RULING:
        kept = _rule(world, v, t)
    else:
        kept = True
    if kept:
        pass_to_next_station(world, v, s + 1, t)


@compiled
def _is_recognised(world: World, v: int, chance: float, t: float) -> bool:
    """Tell whether a false report is recognised now, and drop it if so."""
    if world.violations[v].nature == REAL:
        return False
    case = world.cases[v]
    case.doubt *= 1.0 - chance
    if case.false_mark <= case.doubt:
        return False
    _dismiss(world, v, t)
    return True


@compiled
def _dismiss(world: World, v: int, t: float) -> None:
    world.violations[v].status = DISMISSED
    world.cases[v].ruling = FALSE_ALARM
    world.cases[v].ruled = t


@compiled
def _rule(world: World, v: int, t: float) -> bool:
    """Rule on a report; tell whether it is taken for true."""
    violation = world.violations[v]
    case = world.cases[v]
    referee = world.referee[0]
    recognises, dismisses = referee.recognises_unconfirmed, referee.dismisses_unconfirmed
    if violation.grade == CONFIRMED:
        recognises, dismisses = referee.recognises_confirmed, 0.0
    elif violation.grade == NOT_FOUND:
        recognises, dismisses = referee.recognises_not_found, referee.dismisses_not_found
    if _is_recognised(world, v, recognises, t):
        return False
    if violation.nature == REAL and case.dismissal_mark < dismisses:
        _dismiss(world, v, t)
        return False
    case.ruled = t
    attributed = case.attribution_mark < 1.0 - case.unattributed
    case.ruling = ATTRIBUTED if attributed else NOT_ATTRIBUTED
    return True


@compiled
def apply_us_state(world: World, state: int, t: float) -> None:
    """Open or close the stations of the United States."""
    us = world.us[0]
    if us.state == ENGAGED:
        us.engaged_h += t - us.since
    us.state = state
    us.since = t
    # all at once: what leaves one that closes must not find the next still open
    for s in range(len(world.stations)):
        station = world.stations[s]
        if station.american:
            station.closed = station.closed & ~AWAY if state == ENGAGED else station.closed | AWAY
    for s in range(len(world.stations)):
        station = world.stations[s]
        if not station.american:
            continue
        if station.closed and not station.waits:
            _release_queue(world, s, t)
        _fill_desks(world, s, t)


@compiled
def _release_queue(world: World, s: int, t: float) -> None:
    """Let all reports that wait for a station go on without it."""
    station = world.stations[s]
    while station.queued > 0:
        station.left += 1
        pass_to_next_station(world, _next_report(world, s, t), s + 1, t)


@compiled
def close_station(world: World, s: int, t: float) -> None:
    """Close a station for good: what is on its desks is finished, all else passes it by."""
    station = world.stations[s]
    station.closed |= SHUT
    station.waits = 0
    _release_queue(world, s, t)
