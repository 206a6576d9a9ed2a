"""Measures of some of the violations: `detection_rate[kind=heavy_weapons,severity>=4]`.

A condition names a property, an operator and one or more values (`kind=a|b`); several conditions
hold together. What is of the run as a whole can be taken over times alone: days, phases, and states
of the United States.
"""

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from sim.arrays import Flags
from sim.errors import InputError
from sim.kernel.columns import Records
from sim.results.measures.definitions import MEASURES
from sim.rules.headquarters import US_STATES
from sim.rules.violation import SIDES
from sim.scenario import Scenario
from sim.scenario.messages import did_you_mean
from sim.scenario.violations import Kind
from sim.setup.united_states import Course

type Spans = list[tuple[float, float]]

TIMES = ("day", "phase", "us")
KEYS = ("kind", "domain", "severity", "side", "sector", *TIMES)
"""Properties of a violation by which it can be chosen."""
DOMAINS = get_args(Kind.model_fields["domain"].annotation)
_ORDERED = ("severity", "sector", "day")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_REQUEST = re.compile(r"\s*([A-Za-z0-9_]+)\s*(?:\[(.*)\])?\s*", re.DOTALL)
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(>=|<=|=|<|>)\s*(.+?)\s*", re.DOTALL)
EXAMPLE = "detection_rate[kind=heavy_weapons,severity>=4]"


@dataclass(frozen=True)
class Condition:
    """One condition on a violation or on a time."""

    key: str
    compare: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.key}{self.compare}{'|'.join(self.values)}"


@dataclass(frozen=True)
class Request:
    """A measure and the conditions on what it is taken of; without any, of the whole run."""

    name: str
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        chosen = ",".join(map(str, self.conditions))
        return f"{self.name}[{chosen}]" if chosen else self.name

    def also(self, conditions: Sequence[Condition]) -> "Request":
        """Return the request with further conditions."""
        return Request(self.name, _in_order((*self.conditions, *conditions)))


def parse_request(text: str) -> Request:
    """Read a measure with or without conditions, such as `answered_share[domain=land]`.

    Raises
    ------
    InputError
        When the measure or a property is not known, or a condition cannot be read.
    """
    match = _REQUEST.fullmatch(text)
    if match is None:
        raise InputError(f"measure {text!r}: must be a name, or like {EXAMPLE}")
    name, inside = match[1], match[2]
    if name not in MEASURES:
        raise InputError(f"unknown measure {name}{did_you_mean(name, MEASURES)}")
    if inside is None:
        return Request(name)
    request = Request(name, parse_conditions(inside, text))
    times_only = all(condition.key in TIMES for condition in request.conditions)
    if not MEASURES[name].selectable and not times_only:
        raise InputError(
            f"measure {text!r}: {name} is of the run as a whole; it can be taken by "
            f"{', '.join(TIMES)}, not by {', '.join(KEYS[: -len(TIMES)])}"
        )
    return request


def parse_conditions(inside: str, text: str) -> tuple[Condition, ...]:
    """Read what stands between the brackets of `text`, in the order of `KEYS`.

    Raises
    ------
    InputError
        When a property is not known or a condition cannot be read.
    """
    return _in_order([_condition(part, text) for part in inside.split(",")])


def _in_order(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    distinct = dict.fromkeys(conditions)
    return tuple(sorted(distinct, key=lambda condition: KEYS.index(condition.key)))


def parse_window(text: str, source: str) -> tuple[Condition, ...]:
    """Read a stretch of days such as `30:60` as conditions; an end left out is that of the run.

    Raises
    ------
    InputError
        When it is not two numbers of days, the first below the second.
    """
    first, colon, last = text.partition(":")
    try:
        begin, end = float(first or 0.0), float(last or "inf")
    except ValueError:
        begin, end = np.nan, np.nan
    if not colon or not 0.0 <= begin < end or begin == end == 0.0:
        raise InputError(f"{source} {text}: must be FROM:TO in days, such as 30:60")
    window = [Condition("day", ">=", (first,))] if begin > 0.0 else []
    return tuple(window + ([Condition("day", "<", (last,))] if np.isfinite(end) else []))


def split_requests(text: str) -> tuple[str, ...]:
    """Split measures at the commas that stand outside of brackets."""
    parts = re.split(r",(?![^\[]*\])", text)
    return tuple(part.strip() for part in parts if part.strip())


def _condition(part: str, text: str) -> Condition:
    match = _CONDITION.fullmatch(part)
    if match is None:
        raise InputError(f"measure {text!r}: {part.strip()!r} must be like kind=shelling")
    key, compare = match[1], match[2]
    if key not in KEYS:
        raise InputError(f"measure {text!r}: unknown property {key}{did_you_mean(key, KEYS)}")
    values = tuple(value.strip() for value in match[3].split("|"))
    ordered = key in _ORDERED
    if compare != "=" and (not ordered or len(values) > 1):
        what = "takes one value with >=, <=, > or <" if ordered else "takes = alone"
        raise InputError(f"measure {text!r}: {key} {what}")
    if ordered:
        _check_numbers(key, values, text)
    if key == "day" and compare == "=":
        raise InputError(f"measure {text!r}: day is a time: write day>=30,day<60")
    return Condition(key, compare, values)


def _check_numbers(key: str, values: Sequence[str], text: str) -> None:
    for value in values:
        try:
            number = float(value)
        except ValueError:
            number = np.nan
        if not np.isfinite(number) or (key != "day" and number != round(number)):
            kind = "a number of days" if key == "day" else "a whole number"
            raise InputError(f"measure {text!r}: {key} must be {kind}, not {value!r}")


def check_request(request: Request, scenario: Scenario) -> None:
    """Refuse conditions that name what a scenario does not have.

    Raises
    ------
    InputError
        When a kind, phase, sector or another value does not exist there.
    """
    known: dict[str, Sequence[str]] = {
        "kind": list(scenario.violations.kinds),
        "domain": DOMAINS,
        "severity": [str(level) for level in range(1, 6)],
        "side": SIDES,
        "sector": [str(number + 1) for number in range(scenario.line.sectors)],
        "phase": [phase.name for phase in scenario.violations.phases],
        "us": US_STATES,
    }
    for condition in request.conditions:
        if condition.key == "day":
            continue
        for value in condition.values:
            words = known[condition.key]
            named = str(int(float(value))) if condition.key in _ORDERED else value
            if named not in words:
                hint = did_you_mean(value, words) or "; the scenario has none"
                raise InputError(f"measure {request}: unknown {condition.key} {value}{hint}")


def choose(
    conditions: Sequence[Condition], rows: Records, scenario: Scenario, course: Course | None
) -> Flags:
    """Tell which violations fulfil all conditions.

    Parameters
    ----------
    conditions
        Of a request that `check_request` has let pass.
    rows
        Violations (n,).
    scenario
        Their scenario.
    course
        States of the United States over the run; needed for a condition on `us`.

    Returns
    -------
    ndarray
        (n,); empty where there is no condition.
    """
    chosen = np.ones(len(rows) if conditions else 0, dtype=np.bool_)
    for condition in conditions:
        chosen &= _fulfil(condition, rows, scenario, course)
    return chosen


def _fulfil(
    condition: Condition, rows: Records, scenario: Scenario, course: Course | None
) -> Flags:
    key, values = condition.key, condition.values
    if key in ("phase", "us"):
        spans = spans_of([condition], scenario, course, np.inf)
        found = [(rows["onset"] >= begin) & (rows["onset"] < end) for begin, end in spans]
        return _any(found, len(rows))
    if key in _ORDERED:
        numbers = {"severity": "severity", "sector": "sector", "day": "onset"}[key]
        own = rows[numbers] / 24.0 if key == "day" else rows[numbers] + (key == "sector")
        compare = _OPERATORS[condition.compare]
        return _any([compare(own, float(value)) for value in values], len(rows))
    if key == "domain":
        kinds = scenario.violations.kinds.values()
        wanted = [k for k, kind in enumerate(kinds) if kind.domain in values]
        return np.isin(rows["kind"], wanted)
    names = list(scenario.violations.kinds) if key == "kind" else list(SIDES)
    return np.isin(rows[key], [names.index(value) for value in values])


def _any(masks: Sequence[Flags], length: int) -> Flags:
    found = np.zeros(length, dtype=np.bool_)
    for mask in masks:
        found |= mask
    return found


def spans_of(
    conditions: Sequence[Condition], scenario: Scenario, course: Course | None, end_h: float
) -> Spans:
    """Return the stretches of time (h) in which all conditions on time hold, in order."""
    spans: Spans = [(0.0, end_h)]
    for condition in conditions:
        spans = _common(spans, _stretches(condition, scenario, course))
    return spans


def _stretches(condition: Condition, scenario: Scenario, course: Course | None) -> Spans:
    if condition.key == "day":
        t = 24.0 * float(condition.values[0])
        return [(t, np.inf)] if condition.compare in (">", ">=") else [(-np.inf, t)]
    if condition.key == "phase":
        phases = scenario.violations.phases
        states = [phase.name for phase in phases]
        starts = [24.0 * phase.from_day for phase in phases]
    else:
        if course is None:
            message = f"{condition}: the states of the United States of this run are not known"
            raise InputError(message)
        states = [US_STATES[state] for state in course.states]
        starts = [float(t) for t in course.times_h]
    ends = [*starts[1:], np.inf]
    return [
        (begin, end)
        for begin, end, state in zip(starts, ends, states, strict=True)
        if state in condition.values
    ]


def _common(some: Spans, others: Spans) -> Spans:
    pairs = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(begin, end) for begin, end in pairs if begin < end]
