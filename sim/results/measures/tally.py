"""One pass over the violations of a run: the counts, sums and times that measures are made of."""

import numpy as np

from sim.arrays import Flags, Floats
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.kernel.instants import SAME_H
from sim.rules.violation import (
    ANSWERED,
    ATTRIBUTED,
    CONFIRMED,
    DETECTED,
    DISMISSED,
    EXPIRED,
    FALSE_ALARM,
    LOST,
    NOT_ATTRIBUTED,
    NOT_RULED,
    REAL,
    UNDER_WAY,
    UNDETECTED,
    WAITING,
)
from sim.statistics.incidence import CENSORED, NEVER, REACHED

TALLY = np.dtype(
    [
        ("violations", "i8"),
        ("detected", "i8"),  # while they last
        ("reported", "i8"),
        ("confirmed", "i8"),  # of the reported
        ("ruled", "i8"),
        ("attributed", "i8"),
        ("dismissed", "i8"),  # though true
        ("summoned", "i8"),  # reported and grave enough for a call, made or to come
        ("answered", "i8"),
        ("grave", "i8"),  # grave enough for support, reported or not
        ("followed", "i8"),  # begun early enough to be followed up
        ("followed_attributed", "i8"),
        ("grave_followed", "i8"),
        ("grave_followed_answered", "i8"),
        ("calls", "i8"),
        ("waiting", "i8"),
        ("lost", "i8"),
        ("expired", "i8"),
        ("sent", "i8"),
        ("held_up", "i8"),  # sent, but not at once
        ("false_reports", "i8"),
        ("false_attributed", "i8"),
        ("false_trips", "i8"),
        ("delay_h", "f8"),  # sums: onset to detection
        ("chain_h", "f8"),  # report to call, of the called
        ("response_h", "f8"),  # report to arrival, of the answered
        ("total_h", "f8"),  # onset to arrival, of the answered
        ("wait_h", "f8"),  # call to dispatch, of those sent
        ("distance_km", "f8"),  # of those sent
    ],
    align=True,
)
LIMITS = np.dtype(
    [
        ("now", "f8"),  # h
        ("first", "f8"),  # h, first onset that counts
        ("follow_up", "f8"),  # h from onset, or from the report, that times are followed
        ("last_followed", "f8"),  # h, last onset that was followed so long
        ("standard", "f8"),  # h
        ("min_severity", "i8"),  # least that support is called for
    ],
    align=True,
)


def _ends(*names: str) -> list[tuple[str, str]]:
    """Return fields for the time (h) to each end and its code, as `incidence` takes them."""
    return [(name, "f8") for name in names] + [(f"{name}_code", "i1") for name in names]


ALL_ENDS = ("detection", "confirmation", "report", "time_to_report", "time_to_confirmation",
            "time_to_ruling")  # fmt: skip
GRAVE_ENDS = ("standard", "timely", "time_to_arrival")
COURSE = np.dtype(_ends(*ALL_ENDS), align=True)
"""What became known of one violation, and when."""
HELP = np.dtype(_ends(*GRAVE_ENDS), align=True)
"""When one violation grave enough for support was reached."""
ANSWER = np.dtype([*_ends("response"), ("response_h", "f8"), ("seen", "?")], align=True)
"""When one report grave enough for support was answered: `response_h` is infinite for never, and up
to the present, and not seen, if it is open."""


@compiled
def _by(end: float, t: float, over: bool, now: float, onset: float) -> tuple[float, int]:
    """Return time and code of what happens at `t`, nan for not yet, if it does by `end`."""
    if t <= end + SAME_H:
        return t - onset, REACHED
    if over:
        return end - onset, NEVER
    return now - onset, CENSORED


@compiled
def _within(t: float, since: float, limits: Records) -> tuple[float, int]:
    """Return time since `since` and code of what happens at `t` and is followed for a window.

    What can never happen is watched to the end as well: when that is, is known of everything.
    """
    if t - since <= limits.follow_up:
        return t - since, REACHED
    watched = limits.now - since
    if watched >= limits.follow_up:
        return limits.follow_up, NEVER
    return watched, CENSORED


@compiled
def _note_course(
    entry: Records, row: Records, case: Records, silent: bool, limits: Records
) -> None:
    """Note when one violation was detected, confirmed, reported and ruled on."""
    now, onset, over = limits.now, row.onset, row.end <= limits.now
    reported = np.nan if row.status == UNDETECTED else row.reported
    kept = case.ruling in (ATTRIBUTED, NOT_ATTRIBUTED)
    entry.detection, entry.detection_code = _by(row.end, row.detected, over, now, onset)
    entry.confirmation, entry.confirmation_code = _by(row.end, case.confirmed, over, now, onset)
    entry.report, entry.report_code = _by(np.inf, reported, False, now, onset)
    if silent:
        entry.report, entry.report_code = row.end - onset, NEVER
    entry.time_to_report, entry.time_to_report_code = _within(reported, onset, limits)
    entry.time_to_confirmation, entry.time_to_confirmation_code = _within(
        case.confirmed, onset, limits
    )
    entry.time_to_ruling, entry.time_to_ruling_code = _within(
        case.ruled if kept else np.nan, onset, limits
    )


@compiled
def _note_help(entry: Records, row: Records, silent: bool, limits: Records) -> None:
    """Note when one violation that is grave enough for support was reached, if in time."""
    now, onset = limits.now, row.onset
    arrived = row.arrived if row.status == ANSWERED else np.nan
    decided = row.reported + limits.standard
    heard = row.status != UNDETECTED
    entry.standard, entry.standard_code = _by(
        decided, arrived, heard and decided <= now, now, onset
    )
    if silent:
        entry.standard, entry.standard_code = row.end - onset, NEVER
    entry.timely, entry.timely_code = _by(row.end, arrived, row.end <= now, now, onset)
    entry.time_to_arrival, entry.time_to_arrival_code = _within(arrived, onset, limits)


@compiled
def _tally_call(sums: Records, answers: Records, row: Records, limits: Records) -> None:
    """Count one reported violation that support is called for."""
    answered = row.status == ANSWERED
    entry = answers[sums.summoned]
    arrived = row.arrived if answered else np.nan
    entry.response, entry.response_code = _within(arrived, row.reported, limits)
    if row.status in (LOST, EXPIRED, DISMISSED):
        arrived = np.inf
    entry.seen = not np.isnan(arrived)
    entry.response_h = (arrived if entry.seen else limits.now) - row.reported
    sums.summoned += 1
    if answered:
        sums.answered += 1
        sums.response_h += row.arrived - row.reported
        sums.total_h += row.arrived - row.onset


@compiled
def _tally_dispatch(sums: Records, row: Records) -> None:
    """Count what has become of one call."""
    sums.calls += 1
    sums.chain_h += row.called - row.reported
    if row.status in (UNDER_WAY, ANSWERED):
        sums.sent += 1
        sums.held_up += row.dispatched > row.called
        sums.wait_h += row.dispatched - row.called
        sums.distance_km += row.distance
    else:
        sums.waiting += row.status == WAITING
        sums.lost += row.status == LOST
        sums.expired += row.status == EXPIRED


@compiled
def _tally_ruling(sums: Records, row: Records, case: Records) -> None:
    """Count what is known and ruled of one reported violation."""
    sums.reported += 1
    sums.confirmed += row.grade == CONFIRMED
    sums.ruled += case.ruling != NOT_RULED
    sums.attributed += case.ruling == ATTRIBUTED
    sums.dismissed += case.ruling == FALSE_ALARM


@compiled
def _tally_false(sums: Records, row: Records, case: Records) -> None:
    """Count one false report, and the trip made for it."""
    sums.false_reports += 1
    sums.false_attributed += case.ruling == ATTRIBUTED
    sums.false_trips += row.status in (UNDER_WAY, ANSWERED)


@compiled
def _report_due(report_at: Floats, v: int, now: float) -> bool:
    """Tell whether a source is still to report what nobody has reported so far."""
    due = False
    for source in range(report_at.shape[1]):
        due |= now < report_at[v, source] < np.inf
    return due


@compiled
def _tally_violation(
    total: Records, row: Records, case: Records, course: Records, limits: Records
) -> None:
    """Count one violation."""
    total.violations += 1
    if course.detection_code == REACHED:
        total.detected += 1
        total.delay_h += course.detection
    followed = row.onset <= limits.last_followed
    total.followed += followed
    total.followed_attributed += followed and case.ruling == ATTRIBUTED
    if row.status > UNDETECTED:
        _tally_ruling(total, row, case)
    if row.status >= WAITING:
        _tally_dispatch(total, row)
    if row.severity >= limits.min_severity:
        total.grave += 1
        total.grave_followed += followed
        total.grave_followed_answered += followed and row.status == ANSWERED


@compiled
def tally(
    rows: Records,
    cases: Records,
    report_at: Floats,
    chosen: Flags,
    limits: Records,
    sums: Records,
    courses: Records,
    helps: Records,
    answers: Records,
) -> None:
    """Count violations and collect the times of what they come to.

    Parameters
    ----------
    rows
        Violations (n,); candidates that did not happen are passed over, false ones counted apart.
    cases
        What is known and ruled of each (n,).
    report_at
        When each source reports it (n, sources), h; infinite for not at all.
    chosen
        Which rows are asked for (n,); empty for all.
    limits
        `LIMITS` (1,).
    sums
        `TALLY` (1,), zero on entry.
    courses, helps, answers
        Room (n,) for a `COURSE` of each violation, a `HELP` of each that is grave enough for
        support, and an `ANSWER` of each report of these; filled from the left, as far as the fields
        `violations`, `grave` and `summoned` of `sums` say.
    """
    limit, total = limits[0], sums[0]
    for v in range(len(rows)):
        row, case = rows[v], cases[v]
        if row.status < UNDETECTED or row.onset < limit.first:
            continue
        if len(chosen) > 0 and not chosen[v]:
            continue
        if row.nature != REAL:
            if row.status > UNDETECTED:
                _tally_false(total, row, case)
            continue
        silent = row.status == UNDETECTED and row.end <= limit.now
        silent = silent and not _report_due(report_at, v, limit.now)
        course = courses[total.violations]
        _note_course(course, row, case, silent, limit)
        _tally_violation(total, row, case, course, limit)
        if row.severity >= limit.min_severity:
            _note_help(helps[total.grave - 1], row, silent, limit)
            if row.status > DETECTED:
                _tally_call(total, answers, row, limit)
