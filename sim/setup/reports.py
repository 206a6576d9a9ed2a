"""What is drawn for reports: who tells of what and when, false reports, marks and desk times."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints, Ints32
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.rules.headquarters import TASKS
from sim.scenario import Headquarters, Scenario
from sim.scenario.mission import UNITED_STATES
from sim.setup.streams import stream
from sim.setup.violations import Law
from sim.statistics.distributions import EXPONENTIAL, LAWS, LOGNORMAL, lognormal_sigma
from sim.world.lots import name_number
from sim.world.rows import RefereeRow, SourceRow, StationRow


class Source(NamedTuple):
    """A source of reports besides the monitors, made ready for drawing."""

    name: str
    reports: Flags  # (kinds,)
    share: float
    delay_h: float
    delay_law: int
    false_per_h: float
    false_law: Law | None  # what its false reports are drawn from


class FalseSight(NamedTuple):
    """Clutter of one name, made ready for drawing."""

    name: str
    per_h: float
    law: Law
    look_kind: int


class DeskTimes(NamedTuple):
    """Service time of a station."""

    name: str
    service_h: float
    law: int
    sigma: float  # of the logarithm, for the lognormal


@dataclass(frozen=True)
class Reporting:
    """Everything about reports that no seed changes."""

    horizon_h: float
    drawn: bool  # whether any report may need confirmation, a desk or a ruling
    sources: tuple[Source, ...]
    clutter: tuple[FalseSight, ...]
    desks: tuple[DeskTimes, ...]
    source_records: Records
    station_records: Records
    referee: Records
    made_up_kind: int  # column of the look chances that nobody sees


def _only(law: Law, weights: Floats) -> Law:
    """Return a law whose kinds are drawn with other weights."""
    edges = np.cumsum(weights)
    return law._replace(kind_edges=edges / edges[-1])


def _clutter(scenario: Scenario, law: Law) -> tuple[FalseSight, ...]:
    kinds = list(scenario.violations.kinds)
    ready = []
    for number, (name, spec) in enumerate(scenario.clutter.items()):
        weights = np.array([float(kind == spec.taken_for) for kind in kinds])
        own = _only(law, weights)._replace(
            duration_h=np.full(len(kinds), spec.mean_duration_min / 60.0),
            duration_law=np.full(len(kinds), EXPONENTIAL),
            offset_sd_km=np.full(len(kinds), spec.offset_sd_km),
        )
        ready.append(FalseSight(name, spec.rate_per_day / 24.0, own, len(kinds) + number))
    return tuple(ready)


def _sources(scenario: Scenario, law: Law) -> tuple[Source, ...]:
    kinds = scenario.violations.kinds
    shares = np.array([kind.share for kind in kinds.values()])
    ready = []
    for name, spec in scenario.reports.items():
        reports = np.array([spec.kinds is None or kind in spec.kinds for kind in kinds])
        ready.append(
            Source(
                name,
                reports,
                spec.share,
                spec.delay_min / 60.0,
                LAWS.index(spec.delay),
                spec.false_per_day / 24.0,
                _only(law, shares * reports) if spec.false_per_day > 0.0 else None,
            )
        )
    return tuple(ready)


def station_records(stations: dict[str, Headquarters]) -> Records:
    """Return the records of the stations, open and idle."""
    records = np.zeros(len(stations), dtype=StationRow.dtype)
    for record, spec in zip(records, stations.values(), strict=True):
        record["task"] = TASKS.index(spec.task)
        record["desks"] = spec.desks
        record["min_severity"] = spec.min_severity
        record["american"] = spec.nation == UNITED_STATES
        record["waits"] = spec.while_closed == "wait"
        record["recognises"] = spec.recognises_false
    return records


def _source_records(scenario: Scenario) -> Records:
    records = np.zeros(len(scenario.reports), dtype=SourceRow.dtype)
    for record, (name, spec) in zip(records, scenario.reports.items(), strict=True):
        record["name"] = name_number(name)
        record["confirmed"] = spec.confirmed
        record["american"] = spec.nation == UNITED_STATES
        record["attribution"] = spec.attribution_chance
    return records


def _referee(scenario: Scenario) -> Records:
    record = np.zeros(1, dtype=RefereeRow.dtype)
    for name in RefereeRow.dtype.names or ():
        record[name] = getattr(scenario.referee, name)
    return record


def build_reporting(scenario: Scenario, law: Law) -> Reporting:
    """Make reports ready for drawing.

    Parameters
    ----------
    scenario
        The scenario.
    law
        What violations are drawn from; false reports look like them.
    """
    kinds = len(scenario.violations.kinds)
    doubtful = not all(platform.confirms for platform in scenario.monitor_platforms().values())
    return Reporting(
        horizon_h=scenario.run.duration_days * 24.0,
        drawn=bool(
            doubtful
            or scenario.cueing.poor_look_share > 0.0
            or scenario.reports
            or scenario.clutter
            or scenario.headquarters
        ),
        sources=_sources(scenario, law),
        clutter=_clutter(scenario, law),
        desks=tuple(
            DeskTimes(
                name,
                spec.service_min / 60.0,
                LAWS.index(spec.service),
                lognormal_sigma(spec.service_cv),
            )
            for name, spec in scenario.headquarters.items()
        ),
        source_records=_source_records(scenario),
        station_records=station_records(dict(scenario.headquarters)),
        referee=_referee(scenario),
        made_up_kind=kinds + len(scenario.clutter),
    )


def clutter_chances(scenario: Scenario) -> Floats:
    """Return the chance that one look takes clutter for a violation, shape (platforms, clutter)."""
    platforms = tuple(scenario.monitor_platforms())
    chances = np.empty((len(platforms), len(scenario.clutter)))
    for column, spec in enumerate(scenario.clutter.values()):
        other = spec.look_chance.get("default", 0.0)
        chances[:, column] = [spec.look_chance.get(platform, other) for platform in platforms]
    return chances


@compiled
def _fill_cases(cases: Records, at: Ints, marks: Floats, thresholds: Floats) -> None:
    """Write all fields of cases into their rows of the table."""
    for v in range(len(at)):
        case = cases[at[v]]
        case.confirm_threshold = thresholds[v]
        case.false_mark = marks[0, v]
        case.dismissal_mark = marks[1, v]
        case.attribution_mark = marks[2, v]
        case.doubt = case.unattributed = 1.0
        case.queued = case.waited = 0.0
        case.confirmed = case.ruled = np.nan
        case.ruling = case.station = 0
        case.first_source = -2
        case.cued = case.next_queued = -1


def draw_cases(spec: Reporting, seed: int, prefix: str, cases: Records, at: Ints) -> None:
    """Draw the marks of cases and write them into their rows."""
    count = len(at)
    if spec.drawn:
        rng = stream(seed, f"{prefix}cases")
        _fill_cases(cases, at, rng.random((3, count)), rng.standard_exponential(count))
    else:
        _fill_cases(cases, at, np.zeros((3, count)), np.zeros(count))


@compiled
def _set_column(table: Floats, at: Ints, column: int, values: Floats) -> None:
    """Write values into their rows of a column."""
    for v in range(len(at)):
        table[at[v], column] = values[v]


def draw_desk_hours(spec: Reporting, seed: int, prefix: str, hours: Floats, at: Ints) -> None:
    """Draw the time (h) that a desk of each station needs for each candidate."""
    for column, desk in enumerate(spec.desks):
        rng = stream(seed, f"{prefix}headquarters/{desk.name}")
        if desk.law == EXPONENTIAL:
            _set_column(hours, at, column, desk.service_h * rng.standard_exponential(len(at)))
        elif desk.law == LOGNORMAL:
            normal = rng.standard_normal(len(at))
            mean_1 = np.exp(desk.sigma * normal - 0.5 * desk.sigma * desk.sigma)
            _set_column(hours, at, column, desk.service_h * mean_1)
        else:
            hours[at, column] = desk.service_h


@compiled
def _fill_report_times(
    report_at: Floats,
    at: Ints,
    column: int,
    onset: Floats,
    kinds: Ints32,
    reports: Flags,
    share: float,
    uniform: Floats,
    delay_h: float,
    multiple: Floats,
) -> None:
    """Write when a source reports the candidates that it tells of."""
    for v in range(len(at)):
        told = uniform[v] < share and reports[kinds[v]]
        report_at[at[v], column] = onset[v] + delay_h * multiple[v] if told else np.inf


def draw_report_times(
    spec: Reporting,
    seed: int,
    report_at: Floats,
    at: Ints,
    onset: Floats,
    kinds: Ints32,
) -> None:
    """Draw when each source reports each violation (h), infinite for never."""
    for column, source in enumerate(spec.sources):
        rng = stream(seed, f"reports/{source.name}")
        uniform = rng.random(len(at))
        random = source.delay_law == EXPONENTIAL
        multiple = rng.standard_exponential(len(at)) if random else np.ones(len(at))
        reports, share, delay_h = source.reports, source.share, source.delay_h
        _fill_report_times(
            report_at, at, column, onset, kinds, reports, share, uniform, delay_h, multiple
        )
