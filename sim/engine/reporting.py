"""What is drawn for reports: who tells of what and when, false reports, marks and desk times."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.headquarters import REFEREE, SOURCE, STATION, TASKS
from sim.agents.violation import CASE, CLUTTER, MADE_UP, REAL, VIOLATION
from sim.engine.incidents import EXPONENTIAL, LAWS, LOGNORMAL, Frame, Law, fill_and_place
from sim.engine.streams import stream
from sim.kernel.world import Records
from sim.scenario import Headquarters, Scenario
from sim.scenario.mission import UNITED_STATES

type Floats = NDArray[np.float64]


class Source(NamedTuple):
    """A source of reports besides the monitors, made ready for drawing."""

    name: str
    reports: NDArray[np.bool_]  # (kinds,)
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


class Desk(NamedTuple):
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
    desks: tuple[Desk, ...]
    source_records: Records
    station_records: Records
    referee: Records
    made_up_kind: int  # column of the look chances that nobody sees


@dataclass(frozen=True)
class Batch:
    """Candidates of one origin with all that is drawn for their reports."""

    rows: Records
    cases: Records
    report_at: Floats  # (rows, sources)
    desk_hours: Floats  # (rows, stations)


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
    records = np.zeros(len(stations), dtype=STATION)
    for record, spec in zip(records, stations.values(), strict=True):
        record["task"] = TASKS.index(spec.task)
        record["desks"] = spec.desks
        record["min_severity"] = spec.min_severity
        record["american"] = spec.nation == UNITED_STATES
        record["waits"] = spec.while_closed == "wait"
        record["recognises"] = spec.recognises_false
    return records


def _source_records(scenario: Scenario) -> Records:
    records = np.zeros(len(scenario.reports), dtype=SOURCE)
    for record, spec in zip(records, scenario.reports.values(), strict=True):
        record["confirmed"] = spec.confirmed
        record["american"] = spec.nation == UNITED_STATES
        record["attribution"] = spec.attribution_chance
    return records


def _referee(scenario: Scenario) -> Records:
    record = np.zeros(1, dtype=REFEREE)
    for name in REFEREE.names or ():
        record[name] = getattr(scenario.referee, name)
    return record


def lay_reporting(scenario: Scenario, law: Law) -> Reporting:
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
            Desk(
                name,
                spec.service_min / 60.0,
                LAWS.index(spec.service),
                float(np.sqrt(np.log1p(spec.service_cv**2))),
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


def _empty_cases(count: int) -> Records:
    cases = np.zeros(count, dtype=CASE)
    cases["doubt"] = cases["unattributed"] = 1.0
    cases["confirmed"] = cases["ruled"] = np.nan
    cases["first_source"] = -2
    cases["cued"] = cases["next_queued"] = -1
    return cases


def _draw_cases(spec: Reporting, seed: int, prefix: str, count: int) -> Records:
    cases = _empty_cases(count)
    if spec.drawn:
        rng = stream(seed, f"{prefix}cases")
        cases["false_mark"], cases["dismissal_mark"], cases["attribution_mark"] = rng.random(
            (3, count)
        )
        cases["confirm_threshold"] = rng.standard_exponential(count)
    return cases


def _draw_desks(spec: Reporting, seed: int, prefix: str, count: int) -> Floats:
    hours = np.empty((count, len(spec.desks)))
    for column, desk in enumerate(spec.desks):
        rng = stream(seed, f"{prefix}headquarters/{desk.name}")
        if desk.law == EXPONENTIAL:
            hours[:, column] = desk.service_h * rng.standard_exponential(count)
        elif desk.law == LOGNORMAL:
            normal = rng.standard_normal(count)
            hours[:, column] = desk.service_h * np.exp(
                desk.sigma * normal - 0.5 * desk.sigma * desk.sigma
            )
        else:
            hours[:, column] = desk.service_h
    return hours


def _draw_reports(spec: Reporting, seed: int, rows: Records) -> Floats:
    """Return when each source reports each violation (h), infinite for never."""
    at = np.full((len(rows), len(spec.sources)), np.inf)
    for column, source in enumerate(spec.sources):
        rng = stream(seed, f"reports/{source.name}")
        told = (rng.random(len(rows)) < source.share) & source.reports[rows["kind"]]
        delay = np.full(len(rows), source.delay_h)
        if source.delay_law == EXPONENTIAL:
            delay *= rng.standard_exponential(len(rows))
        at[told, column] = (rows["onset"] + delay)[told]
    return at


def _batch(spec: Reporting, seed: int, prefix: str, rows: Records, report_at: Floats) -> Batch:
    cases = _draw_cases(spec, seed, prefix, len(rows))
    return Batch(rows, cases, report_at, _draw_desks(spec, seed, prefix, len(rows)))


def _false_rows(
    spec: Reporting, frame: Frame, seed: int, prefix: str, per_h: float, law: Law
) -> Records:
    """Draw false incidents, evenly in time and along the line."""
    rng = stream(seed, prefix)
    count = rng.poisson(per_h * spec.horizon_h)
    rows = np.zeros(count, dtype=VIOLATION)
    rows["onset"] = np.sort(rng.random(count)) * spec.horizon_h
    rows["chainage"] = rng.random(count) * frame.line.length_km
    rows["parent"] = -1
    fill_and_place(rows, law, frame, rng, seed, f"{prefix}/")
    return rows


def _false_batches(spec: Reporting, frame: Frame, seed: int) -> list[Batch]:
    batches = []
    for clutter in spec.clutter:
        prefix = f"clutter/{clutter.name}"
        rows = _false_rows(spec, frame, seed, prefix, clutter.per_h, clutter.law)
        rows["nature"] = CLUTTER
        rows["look_kind"] = clutter.look_kind
        untold = np.full((len(rows), len(spec.sources)), np.inf)
        batches.append(_batch(spec, seed, f"{prefix}/", rows, untold))
    for column, source in enumerate(spec.sources):
        if source.false_law is None:
            continue
        prefix = f"reports/{source.name}/false"
        rows = _false_rows(spec, frame, seed, prefix, source.false_per_h, source.false_law)
        rows["nature"] = MADE_UP
        rows["look_kind"] = spec.made_up_kind
        at = np.full((len(rows), len(spec.sources)), np.inf)
        at[:, column] = rows["onset"]
        batches.append(_batch(spec, seed, f"{prefix}/", rows, at))
    return batches


def _laid(parts: list[Any], places: list[NDArray[np.int64]]) -> Any:
    """Lay the rows of several arrays at their places in one."""
    merged = np.empty((sum(map(len, parts)), *parts[0].shape[1:]), dtype=parts[0].dtype)
    for part, place in zip(parts, places, strict=True):
        merged[place] = part
    return merged


def _merged(batches: list[Batch]) -> Batch:
    """Put candidates of all origins in the order of their onsets; the first are the violations."""
    onset = np.concatenate([batch.rows["onset"] for batch in batches])
    place_of = np.empty(len(onset), dtype=np.int64)
    place_of[np.argsort(onset, kind="stable")] = np.arange(len(onset))
    ends = np.cumsum([len(batch.rows) for batch in batches])
    places = np.split(place_of, ends[:-1])
    parents = batches[0].rows["parent"]
    is_child = parents >= 0
    parents[is_child] = place_of[parents[is_child]]
    return Batch(
        _laid([batch.rows for batch in batches], places),
        _laid([batch.cases for batch in batches], places),
        _laid([batch.report_at for batch in batches], places),
        _laid([batch.desk_hours for batch in batches], places),
    )


def draw_reporting(spec: Reporting, frame: Frame, violations: Records, seed: int) -> Batch:
    """Draw the reports of a run, true and false.

    Parameters
    ----------
    spec, frame
        What is drawn, and where incidents take place.
    violations
        The violations of the run, in the order of onset.
    seed
        Seed of the run.

    Returns
    -------
    Batch
        Violations and false incidents together, in the order of onset.
    """
    violations["nature"] = REAL
    report_at = _draw_reports(spec, seed, violations)
    real = _batch(spec, seed, "", violations, report_at)
    false = _false_batches(spec, frame, seed)
    return _merged([real, *false]) if false else real
