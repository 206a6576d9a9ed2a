"""Fitting incidents: from the table to estimates, intervals and residuals."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.special import expit
from scipy.stats import kstest, nbinom

from sim.arrays import Floats, Ints
from sim.calibration.clock import UNITS_MIN, on_unit
from sim.calibration.days import gap_chances
from sim.calibration.events import (
    HOURS,
    Process,
    Record,
    event_likelihood,
    process_at,
    starts,
    terms_of,
)
from sim.calibration.likelihood import Likelihood
from sim.calibration.places import NO_SCENARIO, NO_SPOTS, lay_places, locate_events
from sim.calibration.result import INFORMATION, Calibration, Daily, Estimate, Residuals
from sim.calibration.shares import part_bounds, spot_estimates
from sim.calibration.table import Events, each_words
from sim.errors import InputError
from sim.geography import ContactLine
from sim.scenario import Scenario

MOST_A_DAY = 4000
"""More incidents on one day take too much memory; a table of counts serves then."""
LEAST_A_BLOCK = 30
"""Blocks of hours are made so long that they hold about this many incidents on average."""
LEAST_BRANCHING = 1e-3
HOURLY_MIN = 60
_WIDTHS_H = (1, 2, 3, 4, 6, 8, 12, 24)
_ROUGH_H = 0.5
_COARSE = 4.0
"""A delay shorter than this many units of rounding is drawn out by it."""

NO_PLACES = "The table has no places: hot_spots and offspring_spread_km stay as they are."


class Fit(NamedTuple):
    """A maximum and what it belongs to."""

    record: Record
    likelihood: Likelihood
    point: Floats
    height: float
    covariance: Floats
    process: Process


def fit_events(
    table: Events,
    splits: tuple[date, ...] = (),
    confidence: float = 0.95,
    scenario: Scenario | None = None,
    line: ContactLine | None = None,
) -> Calibration:
    """Fit the process to incidents with times, and places where a scenario is given.

    Parameters
    ----------
    table
        The incidents.
    splits
        First days of later phases, each with a rate of its own.
    confidence
        Chance that an interval holds the value, each by itself.
    scenario, line
        The scenario whose hot spots are meant, and its line.

    Raises
    ------
    InputError
        If a place is not on the line, a phase holds no incident, or a day too many.
    """
    placed = len(table.chainage_km) > 0 or len(table.lon) > 0
    if placed and scenario is not None and line is not None:
        table = locate_events(table, scenario, line)
    record = make_record(table, splits, scenario if placed else None, line)
    fit = climb(record)
    estimates = [
        *_levels(fit, confidence),
        *_core(fit, confidence),
        *_hours(fit, confidence),
        *_shares(fit, confidence),
    ]
    return Calibration(
        record=table.words,
        number=len(record.time_h),
        model="Hawkes process with exponential delays on Gamma days"
        + (", normal distances and hot spots" if record.places else ""),
        estimates=tuple(estimates),
        log_likelihood=fit.height,
        confidence=confidence,
        residuals=gap_residuals(fit),
        daily=_daily(fit, confidence),
        cannot=tuple(_cannot(placed, scenario, record)),
        notes=tuple(_notes(table, fit)),
        first_day=table.first.isoformat(),
        phase_days=(0, *((split - table.first).days for split in splits)),
        reading=table.reading,
    )


def make_record(
    table: Events, splits: tuple[date, ...], scenario: Scenario | None, line: ContactLine | None
) -> Record:
    """Make incidents ready for the likelihood."""
    time_h, order, _ = spread_ties(table.time_h)
    starts_on = np.array([(split - table.first).days for split in splits], dtype=np.int64)
    phase = np.searchsorted(starts_on, np.arange(table.days), side="right").astype(np.int64)
    width = next(w for w in _WIDTHS_H if w == HOURS or len(time_h) * w / HOURS >= LEAST_A_BLOCK)
    block = ((time_h % HOURS) // width).astype(np.int64)
    places = None
    if scenario is not None and line is not None:
        places = lay_places(table.chainage_km[order], scenario, line)
    record = Record(time_h, table.days, phase, block, HOURS // width, places)
    per_day = np.bincount(record.day, minlength=table.days)
    if per_day.max() > MOST_A_DAY:
        message = (
            f"{table.name}: one day holds {per_day.max():,} incidents; at most {MOST_A_DAY:,} "
            "can be fitted one by one: use a table of counts"
        )
        raise InputError(message)
    for number in range(len(splits) + 1):
        if per_day[phase == number].sum() == 0:
            raise InputError(f"--split: phase {number + 1} of {table.name} holds no incident")
    return record


class Spread(NamedTuple):
    """Times with ties spread out.

    Attributes
    ----------
    time_h
        Times (h), ascending, shape (incidents,).
    order
        Which incident of the table each is, shape (incidents,).
    unit_h
        What at least half of the times were rounded to (h); 0 where none can be told.
    """

    time_h: Floats
    order: Ints
    unit_h: float


def spread_ties(time_h: Floats) -> Spread:
    """Spread incidents with the same rounded time evenly over what it was rounded to.

    Where at least half of the times are full hours, say, each that is one is taken to be rounded
    to the hour, and the rest to what they have in common.

    Parameters
    ----------
    time_h
        Times (h), ascending, shape (incidents,).
    """
    minutes = 60.0 * time_h
    unit = _unit(minutes, 0.5)
    coarse = on_unit(minutes, unit) if unit else np.ones(len(time_h), dtype=bool)
    fine = _unit(minutes[~coarse], 1.0) if not coarse.all() else unit
    width = np.where(coarse, unit or 1.0 / 60.0, fine or 1.0 / 60.0) / 60.0
    same = np.unique(time_h, return_inverse=True, return_counts=True)
    times, of, number = same
    rank = np.arange(len(time_h)) - np.concatenate([[0], np.cumsum(number)[:-1]])[of]
    spread = times[of] + np.where(number[of] > 1, rank / number[of] * width, 0.0)
    order = np.argsort(spread, kind="stable").astype(np.int64)
    return Spread(spread[order], order, unit / 60.0)


def _unit(minutes: Floats, share: float) -> int:
    """Return the coarsest unit (minutes), up to an hour, of which a share are multiples."""
    units = (unit for unit in UNITS_MIN if unit <= HOURLY_MIN)
    return next((unit for unit in units if on_unit(minutes, unit).mean() >= share), 0)


def climb(record: Record) -> Fit:
    """Find the maximum of the likelihood, from several starts."""
    likelihood = event_likelihood(record)
    tops = [likelihood.best(start) for start in starts(record)]
    point, height = max(tops, key=lambda top: top[1])
    covariance = likelihood.covariance(point)
    process = process_at(point, record.layout)
    return Fit(record, likelihood, point, height, covariance, process)


def _profile(fit: Fit, index: int, confidence: float) -> tuple[float, float]:
    return fit.likelihood.interval(fit.point, index, fit.covariance, confidence)


def _levels(fit: Fit, confidence: float) -> Iterator[Estimate]:
    for index in range(fit.record.layout.phases):
        key = "rate_per_day" if index == 0 else f"phases.{index}.factor"
        low, high = np.exp(_profile(fit, index, confidence))
        unit = "ratio" if index else "1/day"
        yield Estimate(key, float(np.exp(fit.point[index])), float(low), float(high), unit)


def _core(fit: Fit, confidence: float) -> Iterator[Estimate]:
    """Estimate overdispersion and self-excitation."""
    layout, process = fit.record.layout, fit.process
    low, high = np.exp(_profile(fit, layout.k, confidence))
    at_end = fit.point[layout.k] > fit.likelihood.high[layout.k] - 1e-6
    value = np.inf if at_end else process.k
    yield Estimate("overdispersion_k", value, float(low), float(high), "shape")
    low, high = expit(_profile(fit, layout.k + 1, confidence))
    yield Estimate("branching_ratio", process.branching, float(low), float(high), "ratio")
    if process.branching < LEAST_BRANCHING:
        return
    low, high = np.exp(_profile(fit, layout.k + 2, confidence))
    yield Estimate("offspring_decay_h", process.decay_h, float(low), float(high), "h")
    if layout.placed:
        low, high = np.exp(_profile(fit, layout.spread, confidence))
        yield Estimate("offspring_spread_km", process.spread_km, float(low), float(high), "km")


def _hours(fit: Fit, confidence: float) -> Iterator[Estimate]:
    layout, weight = fit.record.layout, fit.process.weight
    if layout.blocks == 1:
        return
    parts = weight / layout.blocks
    covariance = fit.covariance[layout.hours, layout.hours]
    bounds = part_bounds(parts, covariance, len(fit.record.time_h), confidence)
    width = HOURS // layout.blocks
    for hour in range(HOURS):
        block = hour // width
        low, high = (layout.blocks * bound for bound in bounds[block])
        key, value = f"hour_weights.{hour}", float(weight[block])
        yield Estimate(key, value, low, high, "weight", INFORMATION)


def _shares(fit: Fit, confidence: float) -> Iterator[Estimate]:
    places, share = fit.record.places, fit.process.share
    if places is None or not places.spots:
        return
    where = fit.record.layout.shares
    covariance = fit.covariance[where, where]
    bounds = part_bounds(share, covariance, len(fit.record.time_h), confidence)
    yield from spot_estimates(places.spots, share, bounds, INFORMATION)


def gap_residuals(fit: Fit) -> Residuals:
    """Return the chance of each gap between incidents, given all before it (in time only)."""
    record, process = fit.record, fit.process
    terms = terms_of(record, process)
    hour = record.time_h % HOURS
    edges = np.linspace(0.0, HOURS, record.blocks + 1)
    passed = np.interp(hour, edges, np.concatenate([[0.0], np.cumsum(process.weight)]))
    spent = terms.exposure[record.day] * passed / record.blocks
    uniform = gap_chances(
        terms.background, process.branching * terms.kernel, record.first, terms.exposure, spent,
        process.k, process.branching * set_off_between(record.time_h, process.decay_h),
    )  # fmt: skip
    test = kstest(uniform, "uniform")
    return Residuals(uniform, "gaps", float(test.statistic), float(test.pvalue))


def set_off_between(time_h: Floats, decay_h: float) -> Floats:
    """Return the offspring that all earlier incidents leave to each gap, at branching ratio 1."""
    expected = np.zeros(len(time_h))
    level = 0.0
    for i in range(1, len(time_h)):
        fade = float(np.exp(-(time_h[i] - time_h[i - 1]) / decay_h))
        expected[i] = (level + 1.0) * (1.0 - fade)
        level = (level + 1.0) * fade
    return expected


def _daily(fit: Fit, confidence: float) -> Daily:
    """Return daily counts with their range, by mean and variance of clusters within a day."""
    record, process = fit.record, fit.process
    background, n = process.level[record.phase], process.branching
    mean = background / (1.0 - n)
    spread = (background + background**2 / process.k) / (1.0 - n) ** 2
    spread += background * n / (1.0 - n) ** 3
    share, tail = np.minimum(mean / spread, 1.0 - 1e-9), (1.0 - confidence) / 2.0
    shape = mean * share / (1.0 - share)
    return Daily(
        day=np.arange(0.5, record.days),
        count=np.bincount(record.day, minlength=record.days).astype(np.float64),
        mean=mean,
        low=np.asarray(nbinom.ppf(tail, shape, share), dtype=np.float64),
        high=np.asarray(nbinom.ppf(1.0 - tail, shape, share), dtype=np.float64),
    )


def _cannot(placed: bool, scenario: Scenario | None, record: Record) -> Iterator[str]:
    if not placed:
        yield NO_PLACES
    elif scenario is None:
        yield NO_SCENARIO
    elif record.places is not None and not record.places.spots:
        yield NO_SPOTS
    if record.blocks == 1:
        yield "Too few incidents to tell the time of day: hour_weights stay as they are."


def _notes(table: Events, fit: Fit) -> Iterator[str]:
    yield from each_words(table.violations_each)
    unit = spread_ties(table.time_h).unit_h
    if unit and fit.process.branching >= LEAST_BRANCHING and fit.process.decay_h < _COARSE * unit:
        yield (
            f"Times are rounded to {60.0 * unit:g} min, which is coarse beside the fitted delay of "
            "offspring: offspring_decay_h is too long, and branching_ratio may be off."
        )
    if fit.process.decay_h > HOURS:
        yield (
            "The fitted delay of offspring is longer than a day: slow changes of the rate look "
            "like that too; try --split."
        )
    if unit >= _ROUGH_H:
        yield (
            f"Times are rounded to {60.0 * unit:g} min, so that the test of the gaps may accuse "
            "the process although it is right."
        )
    yield from _at_ends(fit)
    if fit.process.branching < LEAST_BRANCHING:
        yield "No sign of self-excitation: offspring_decay_h and _spread_km stay as they are."


def _at_ends(fit: Fit) -> Iterator[str]:
    """Name what was fitted to the end of the range that is searched."""
    layout = fit.record.layout
    names = {layout.k + 2: "offspring_decay_h"}
    if layout.placed:
        names[layout.spread] = "offspring_spread_km"
    if fit.process.branching >= LEAST_BRANCHING:
        for index, name in names.items():
            if min(fit.point[index] - fit.likelihood.low[index],
                   fit.likelihood.high[index] - fit.point[index]) < 1e-6:  # fmt: skip
                yield f"{name} lies at the end of the range that is searched: do not trust it."
    if fit.point[layout.k + 1] > fit.likelihood.high[layout.k + 1] - 1e-6:
        yield "branching_ratio lies at the end of the range that is searched: do not trust it."
