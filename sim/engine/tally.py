"""One pass over the violations of a run: the counts, sums and times that measures are made of."""

import numpy as np

from sim.agents.violation import (
    ANSWERED,
    ATTRIBUTED,
    CONFIRMED,
    DETECTED,
    DISMISSED,
    EXPIRED,
    FALSE_ALARM,
    LOST,
    NOT_RULED,
    REAL,
    UNDER_WAY,
    UNDETECTED,
    WAITING,
)
from sim.kernel.compiled import compiled
from sim.kernel.world import Records

TALLY = np.dtype(
    [
        ("violations", "i8"),
        ("detected", "i8"),
        ("known", "i8"),  # detected, or over without
        ("heard_or_over", "i8"),  # reported, or over without
        ("reported", "i8"),
        ("confirmed", "i8"),
        ("ruled", "i8"),
        ("attributed", "i8"),
        ("dismissed", "i8"),  # though true
        ("summoned", "i8"),  # reported and grave enough for a call, made or to come
        ("answered", "i8"),
        ("timely", "i8"),  # answered while live
        ("within", "i8"),  # answered within the standard
        ("settled", "i8"),  # whether within the standard or not is decided
        ("grave", "i8"),  # grave enough, and decided whether answered
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
TIMES = np.dtype([("response_h", "f8"), ("total_h", "f8"), ("seen", "?")], align=True)
"""Times of a call to arrival; infinite if it is never answered, up to now and not seen if open."""


@compiled
def _tally_call(sums: Records, times: Records, row: Records, now: float, standard_h: float) -> None:
    """Count one violation that support is called for."""
    answered = row.status == ANSWERED
    never = row.status in (LOST, EXPIRED, DISMISSED)
    arrival = np.inf if never else (row.arrived if answered else now)
    response_h = arrival - row.reported
    entry = times[sums.summoned]
    entry.response_h = response_h
    entry.total_h = arrival - row.onset
    entry.seen = answered or never
    sums.summoned += 1
    sums.settled += answered or never or response_h > standard_h
    if answered:
        sums.answered += 1
        sums.timely += row.arrived <= row.end
        sums.within += response_h <= standard_h
        sums.response_h += response_h
        sums.total_h += entry.total_h


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
def tally(
    rows: Records,
    cases: Records,
    limits: tuple[float, float, float, int],
    sums: Records,
    delays_h: Records,
    times: Records,
) -> None:
    """Count violations and collect their times.

    Parameters
    ----------
    rows
        Violations; candidates that did not happen are passed over, false ones counted apart.
    cases
        What is known and ruled of each.
    limits
        Present time (h), first onset that counts (h), response standard (h), least severity that
        support is called for.
    sums
        `TALLY` (1,), zero on entry.
    delays_h
        Room for the detection delays (h) of all rows.
    times
        `TIMES`, room for all rows.
    """
    now, first_h, standard_h, min_severity = limits
    total = sums[0]
    for v in range(len(rows)):
        row = rows[v]
        if row.status < UNDETECTED or row.onset < first_h:
            continue
        if row.nature != REAL:
            if row.status > UNDETECTED:
                _tally_false(total, row, cases[v])
            continue
        total.violations += 1
        over = row.end <= now
        seen = not np.isnan(row.detected)
        if seen:
            delays_h[total.detected] = row.detected - row.onset
            total.delay_h += row.detected - row.onset
            total.detected += 1
        total.known += over or seen
        total.heard_or_over += over or row.status > UNDETECTED
        if row.status > UNDETECTED:
            _tally_ruling(total, row, cases[v])
        if row.severity >= min_severity:
            missed = over and row.status == UNDETECTED
            total.grave += missed or row.status in (ANSWERED, LOST, EXPIRED, DISMISSED)
            if row.status > DETECTED:
                _tally_call(total, times, row, now, standard_h)
        if row.status >= WAITING:
            _tally_dispatch(total, row)
