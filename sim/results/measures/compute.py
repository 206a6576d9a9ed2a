"""Measures: what a run is judged by, each with its unit and definition.

All measures of a run come from its world alone, so the headless run, the Mesa model and the batch
runner share one definition. docs/measures.md says of which violations each is taken, and what
becomes of those that the end of the run cuts off.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.arrays import Flags, Floats
from sim.kernel.columns import Records
from sim.results.measures.definitions import MEASURES
from sim.results.measures.selection import (
    TIMES,
    Condition,
    Request,
    check_request,
    choose,
    spans_of,
)
from sim.results.measures.tally import (
    ALL_ENDS,
    ANSWER,
    COURSE,
    GRAVE_ENDS,
    HELP,
    LIMITS,
    TALLY,
    tally,
)
from sim.results.measures.totals import Totals, of_totals, ratio, totals
from sim.setup.plan import Plan
from sim.setup.united_states import Course, draw_engagement
from sim.statistics.incidence import CENSORED, NEVER, REACHED, incidence
from sim.statistics.survival import survival_quantiles
from sim.world.world import World

type Marks = Mapping[float, Totals]
"""Totals of a run by time (h)."""

ALL: Flags = np.zeros(0, dtype=np.bool_)
"""The choice of all violations."""
MAIN = (
    "n_violations",
    "detection_rate",
    "confirmed_rate",
    "attribution_rate",
    "answered_share",
    "within_standard_share",
    "time_to_arrival_mean_min",
    "response_time_restricted_mean_min",
)
"""What a breakdown shows of each part."""


def _limits(plan: Plan, now: float, first_h: float) -> Records:
    """Return the limits of a tally; a short run follows at least the first half of its onsets."""
    spec = plan.scenario
    row = np.zeros(1, dtype=LIMITS)
    follow_up_h = spec.measures.follow_up_h
    first_h = max(first_h, 24.0 * spec.run.warmup_days)
    row["now"], row["first"], row["follow_up"] = now, first_h, follow_up_h
    row["last_followed"] = now - min(follow_up_h, max(0.0, now - first_h) / 2.0)
    row["standard"] = spec.measures.standard_min / 60.0
    row["min_severity"] = spec.command.min_severity
    return row


class _Past(NamedTuple):
    """The candidates whose onset has come."""

    rows: Records
    cases: Records
    report_at: Floats
    now: float

    @classmethod
    def of(cls, world: World) -> "_Past":
        past = world.past_candidates
        columns = (world.violations[:past], world.cases[:past], world.report_at[:past])
        return cls(*columns, world.now)


def _of_violations(
    past: _Past, plan: Plan, chosen: Flags = ALL, first_h: float = 0.0
) -> dict[str, float]:
    """Return the measures that follow from the violations chosen."""
    n, sums, limits = len(past.rows), np.zeros(1, dtype=TALLY), _limits(plan, past.now, first_h)
    courses, helps, answers = (np.empty(n, dtype=kind) for kind in (COURSE, HELP, ANSWER))
    tally(past.rows, past.cases, past.report_at, chosen, limits, sums, courses, helps, answers)
    total = sums[0]
    answers = answers[: total["summoned"]]
    watched = [
        *((end, courses[: total["violations"]]) for end in ALL_ENDS),
        *((end, helps[: total["grave"]]) for end in GRAVE_ENDS),
        ("response", answers),
    ]
    found = {end: _incidence(entries, end, limits) for end, entries in watched}
    courses = courses[: total["violations"]]
    delays_h = courses["detection"][courses["detection_code"] == REACHED]
    response_h = np.ascontiguousarray(answers["response_h"])
    values = {
        **_shares({end: share for end, (share, _) in found.items()}, total),
        **_means({end: 60.0 * mean for end, (_, mean) in found.items()}, total),
        **_quantiles("detection_delay", delays_h, np.ones(len(delays_h), dtype=np.bool_)),
        **_quantiles("response_time", response_h, np.ascontiguousarray(answers["seen"])),
        **_quantiles("time_to_arrival", *_followed_times(helps[: total["grave"]])),
    }
    if all(station.task != "ruling" for station in plan.scenario.headquarters.values()):
        values |= {"attribution_rate": np.nan, "time_to_ruling_mean_min": np.nan}
    return values


def _incidence(entries: Records, end: str, limits: Records) -> tuple[float, float]:
    times = np.ascontiguousarray(entries[end])
    codes = np.ascontiguousarray(entries[f"{end}_code"])
    return incidence(times, codes, float(limits["follow_up"][0]))


def _followed_times(helps: Records) -> tuple[Floats, Flags]:
    """Return times to arrival, infinite beyond the follow-up window, and which are not cut off."""
    codes = helps["time_to_arrival_code"]
    hours: Floats = np.where(codes == NEVER, np.inf, helps["time_to_arrival"])
    return hours, codes != CENSORED


def _quantiles(name: str, hours: Floats, observed: Flags) -> dict[str, float]:
    median, most = survival_quantiles(hours, observed, (0.5, 0.9))
    return {f"{name}_p50_min": 60.0 * median, f"{name}_p90_min": 60.0 * most}


def _shares(share: Mapping[str, float], total: Records) -> dict[str, float]:
    """Return counts, and shares of violations, reports and calls."""
    waited = total["held_up"] + total["waiting"] + total["expired"]
    return {
        "n_violations": float(total["violations"]),
        "detection_rate": share["detection"],
        "confirmed_rate": share["confirmation"],
        "reported_share": share["report"],
        "attribution_rate": ratio(total["followed_attributed"], total["followed"]),
        "answered_share": ratio(total["grave_followed_answered"], total["grave_followed"]),
        "within_standard_share": share["standard"],
        "timely_share": share["timely"],
        "confirmed_share": ratio(total["confirmed"], total["reported"]),
        "attributed_share": ratio(total["attributed"], total["ruled"]),
        "dismissed_share": ratio(total["dismissed"], total["ruled"]),
        "lost_share": ratio(total["lost"], total["calls"]),
        "waited_share": ratio(waited, total["calls"]),
        "false_reports": float(total["false_reports"]),
        "false_attributed": float(total["false_attributed"]),
        "false_trips": float(total["false_trips"]),
    }


def _means(restricted_min: Mapping[str, float], total: Records) -> dict[str, float]:
    """Return mean times: restricted ones of all, and plain ones of those it came to."""
    return {
        "time_to_report_mean_min": restricted_min["time_to_report"],
        "time_to_confirmation_mean_min": restricted_min["time_to_confirmation"],
        "time_to_ruling_mean_min": restricted_min["time_to_ruling"],
        "time_to_arrival_mean_min": restricted_min["time_to_arrival"],
        "response_time_restricted_mean_min": restricted_min["response"],
        "detection_delay_mean_min": 60.0 * ratio(total["delay_h"], total["detected"]),
        "response_time_mean_min": 60.0 * ratio(total["response_h"], total["answered"]),
        "total_time_mean_min": 60.0 * ratio(total["total_h"], total["answered"]),
        "chain_time_mean_min": 60.0 * ratio(total["chain_h"], total["calls"]),
        "wait_mean_min": 60.0 * ratio(total["wait_h"], total["sent"]),
        "travel_distance_mean_km": ratio(total["distance_km"], total["sent"]),
    }


def _of_the_run(world: World, total: Totals, until_h: float = np.inf) -> dict[str, float]:
    """Return the measures of forces and of the ceasefire up to a time."""
    state = world.regime[0]
    ended = bool(state["ended"] < until_h)
    return {
        **of_totals(total),
        "ceasefire_held": float(not ended),
        "ceasefire_end_day": float(state["ended"]) / 24.0 if ended else np.nan,
        "backstop_honoured": float(state["honoured"]) if ended else np.nan,
    }


def measure(plan: Plan, world: World) -> dict[str, float]:
    """Return all measures of a run so far.

    Parameters
    ----------
    plan, world
        The plan, and a world of it at any time.

    Returns
    -------
    dict
        Value by name, in the order of `MEASURES`; nan where a measure is undefined.
    """
    values = _of_violations(_Past.of(world), plan) | _of_the_run(world, totals(world))
    return {name: values[name] for name in MEASURES}


def course_of(plan: Plan, seed: int, requests: Sequence[Request]) -> Course | None:
    """Return the states of the United States in a run, if a request is about them."""
    if all(condition.key != "us" for request in requests for condition in request.conditions):
        return None
    return draw_engagement(plan.scenario.united_states, plan.horizon_h, seed)


def mark_times(plan: Plan, seed: int, requests: Sequence[Request]) -> list[float]:
    """Return the times (h) at which `measure_requests` has to know the totals of a run.

    Parameters
    ----------
    plan, seed
        The run.
    requests
        What will be asked for.

    Returns
    -------
    list of float
        Ascending, after 0 and before the end of the run.
    """
    course = course_of(plan, seed, requests)
    spans = [
        span
        for request in requests
        if request.conditions and not MEASURES[request.name].selectable
        for span in spans_of(request.conditions, plan.scenario, course, plan.horizon_h)
    ]
    return sorted({t for span in spans for t in span if 0.0 < t < plan.horizon_h})


def measure_requests(
    plan: Plan, world: World, seed: int, requests: Sequence[Request], marks: Marks
) -> dict[str, float]:
    """Return measures of parts of a run.

    Parameters
    ----------
    plan, world, seed
        A run, at its end.
    requests
        What is asked for; requests with equal conditions are measured in one pass.
    marks
        Totals at the times that `mark_times` returns.

    Returns
    -------
    dict
        Value by the text of the request.

    Raises
    ------
    InputError
        When a request names what the scenario does not have.
    """
    course = course_of(plan, seed, requests)
    past, last = _Past.of(world), totals(world)
    parts: dict[tuple[tuple[Condition, ...], bool], dict[str, float]] = {}
    values = {}
    for request in requests:
        check_request(request, plan.scenario)
        selectable = MEASURES[request.name].selectable
        part = (request.conditions, selectable)
        if part not in parts:
            parts[part] = (
                _of_chosen(past, plan, request.conditions, course)
                if selectable
                else _of_spans(plan, world, request.conditions, course, (marks, last))
            )
        values[str(request)] = parts[part][request.name]
    return values


def _of_chosen(
    past: _Past, plan: Plan, conditions: Sequence[Condition], course: Course | None
) -> dict[str, float]:
    chosen = choose(conditions, past.rows, plan.scenario, course)
    times = [condition for condition in conditions if condition.key in TIMES]
    spans = spans_of(times, plan.scenario, course, plan.horizon_h)
    return _of_violations(past, plan, chosen, spans[0][0] if spans else 0.0)


def _of_spans(
    plan: Plan,
    world: World,
    conditions: Sequence[Condition],
    course: Course | None,
    known: tuple[Marks, Totals],
) -> dict[str, float]:
    marks, last = known
    nothing = dict.fromkeys(last, 0.0)
    spans = spans_of(conditions, plan.scenario, course, plan.horizon_h)
    total = dict(nothing)
    for begin, end in spans:
        before = marks[begin] if begin > 0.0 else nothing
        after = marks[end] if end < plan.horizon_h else last
        for name in total:
            total[name] += after[name] - before[name]
    return _of_the_run(world, total, spans[-1][1] if spans else 0.0)


def breakdown(plan: Plan, world: World) -> pd.DataFrame:
    """Return the main measures by kind, domain, severity, side, sector and phase.

    Returns
    -------
    DataFrame
        Columns `by`, `value`, and those of `MAIN`.
    """
    spec, past = plan.scenario, _Past.of(world)
    domains = list(dict.fromkeys(kind.domain for kind in spec.violations.kinds.values()))
    parts = {
        "kind": plan.kinds,
        "domain": domains,
        "severity": [str(level) for level in range(1, 6)],
        "side": ["russian", "ukrainian"],
        "sector": [str(number + 1) for number in range(spec.line.sectors)],
        "phase": [phase.name for phase in spec.violations.phases],
    }
    rows = []
    for by, values in parts.items():
        for value in values:
            found = _of_chosen(past, plan, [Condition(by, "=", (value,))], None)
            rows.append({"by": by, "value": value, **{name: found[name] for name in MAIN}})
    return pd.DataFrame(rows)
