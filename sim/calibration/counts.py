"""Daily counts: the negative binomial law that the engine's Gamma days imply.

The engine multiplies the background rate of each day by a Gamma activity with mean 1 and shape k.
A day's count is then negative binomial with mean m and variance m + m^2 / k, and, days being
independent, a cell of c days is negative binomial with mean c m and shape c k.

References
----------
Cameron, A. C. and Trivedi, P. K. (2013), Regression Analysis of Count Data, 2nd ed., chapter 3.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.special import digamma, gammaln
from scipy.stats import kstest, nbinom

from sim.arrays import Floats, Ints
from sim.calibration.likelihood import Likelihood
from sim.calibration.places import NO_SCENARIO, NO_SPOTS, lay_places, locate_counts
from sim.calibration.result import Calibration, Daily, Estimate, Residuals
from sim.calibration.shares import fit_shares
from sim.calibration.table import Counts, each_words, phase_of
from sim.geography import ContactLine
from sim.scenario import Scenario

MOST_K = 1e4
"""A shape this large cannot be told from Poisson days."""
_LEAST_K = 1e-3
LEAST_PAIRS = 10

NO_OFFSPRING = (
    "Counts cannot tell overdispersed days from incidents that set off others on the same day: "
    "branching_ratio is set to 0 and all of the spread goes to overdispersion_k."
)
NO_HOURS = "Counts by day do not tell the time of day: hour_weights stay as the scenario has them."
NO_PLACES = "The table has no places: hot_spots stay as the scenario has them."
MODEL = "negative binomial counts by day (Gamma days, no offspring)"


def count_likelihood(counts: Floats, days: Floats, phase: Ints) -> Likelihood:
    """Return the likelihood of counts, with one rate for each phase.

    Parameters
    ----------
    counts, days
        Count and length (days) of each cell.
    phase
        Phase of each cell, from 0.

    Returns
    -------
    Likelihood
        Of log rate per day, log factor of each later phase, log k.
    """
    phases = int(phase.max()) + 1

    def at(point: Floats) -> tuple[float, Floats]:
        factors = np.concatenate([[0.0], point[1:phases]])
        mean = days * np.exp(point[0] + factors[phase])
        shape = days * np.exp(point[phases])
        total = shape + mean
        value = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1.0)
        value += -shape * np.log1p(mean / shape) + counts * np.log(mean / total)
        by_mean = shape * (counts - mean) / total
        by_shape = digamma(counts + shape) - digamma(shape) - np.log1p(mean / shape)
        by_shape = shape * (by_shape + (mean - counts) / total)
        by_phase = np.bincount(phase, weights=by_mean, minlength=phases)
        gradient = np.concatenate([[by_mean.sum()], by_phase[1:], [by_shape.sum()]])
        return float(value.sum()), gradient

    low = np.concatenate([[-12.0], np.full(phases - 1, -21.0), [np.log(_LEAST_K)]])
    high = np.concatenate([[21.0], np.full(phases - 1, 21.0), [np.log(MOST_K)]])
    return Likelihood(at, low, high)


def fit_counts(
    table: Counts, splits: tuple[date, ...] = (), confidence: float = 0.95
) -> Calibration:
    """Fit the process to counts by day.

    Parameters
    ----------
    table
        The counts.
    splits
        First days of later phases, each with a rate of its own.
    confidence
        Chance that an interval holds the value.

    Raises
    ------
    InputError
        If a phase holds no cell, or nothing was counted in one.
    """
    counts, days = table.count.astype(np.float64), table.days.astype(np.float64)
    phase = phase_of(table, splits)
    likelihood = count_likelihood(counts, days, phase)
    phases = len(splits) + 1
    means = np.array([counts[phase == p].sum() / days[phase == p].sum() for p in range(phases)])
    start = np.log(np.concatenate([means[:1], means[1:] / means[0], [1.0]]))
    point, height = likelihood.best(start)
    covariance = likelihood.covariance(point)
    names = ["rate_per_day", *(f"phases.{p}.factor" for p in range(1, phases)), "overdispersion_k"]
    units = ["1/day", *["ratio"] * (phases - 1), "shape"]
    estimates = []
    for index, (key, unit) in enumerate(zip(names, units, strict=True)):
        low, high = likelihood.interval(point, index, covariance, confidence)
        at_end = index == phases and point[index] > likelihood.high[index] - 1e-6
        value = np.inf if at_end else float(np.exp(point[index]))
        estimates.append(Estimate(key, value, float(np.exp(low)), float(np.exp(high)), unit))
    mean = days * np.exp(point[0] + np.concatenate([[0.0], point[1:phases]])[phase])
    return Calibration(
        record=table.words,
        number=len(counts),
        model=MODEL,
        estimates=tuple(estimates),
        log_likelihood=height,
        confidence=confidence,
        residuals=count_residuals(counts, mean, days * np.exp(point[phases])),
        daily=count_range(table, mean, days * np.exp(point[phases]), confidence),
        cannot=(NO_OFFSPRING, NO_HOURS, *_no_places(table)),
        notes=(*each_words(table.violations_each), *_notes(table, counts, mean)),
        first_day=table.first.isoformat(),
        phase_days=(0, *((split - table.first).days for split in splits)),
        reading=table.reading,
    )


def _no_places(table: Counts) -> Iterator[str]:
    """Say why places are not told, if they are not."""
    yield NO_PLACES if table.sites is None else NO_SCENARIO


def fit_placed_counts(
    table: Counts,
    scenario: Scenario,
    line: ContactLine,
    splits: tuple[date, ...] = (),
    confidence: float = 0.95,
) -> Calibration:
    """Fit the process to incidents with places whose days alone are known.

    Their number by day gives rate and overdispersion, and where they were the shares of hot spots,
    as if each had its place by itself.

    Parameters
    ----------
    table
        The counts, with the sites of the incidents.
    scenario, line
        The scenario whose hot spots are meant, and its line.
    splits, confidence
        As for `fit_counts`.

    Raises
    ------
    InputError
        If a place is not on the line, or too few are near it, or a phase holds none.
    """
    if table.sites is None:
        return fit_counts(table, splits, confidence)
    table = locate_counts(table, table.sites, scenario, line)
    found = fit_counts(table, splits, confidence)
    cannot = tuple(words for words in found.cannot if words not in (NO_PLACES, NO_SCENARIO))
    if table.sites is None or not scenario.violations.hot_spots:
        return replace(found, cannot=(*cannot, NO_SPOTS))
    places = lay_places(table.sites.chainage_km, scenario, line)
    shares, height = fit_shares(places, table.sites.day, confidence)
    return replace(
        found, model=f"{MODEL}, places from hot spots and an even spread", cannot=cannot,
        estimates=(*found.estimates, *shares), log_likelihood=found.log_likelihood + height,
    )  # fmt: skip


def count_residuals(counts: Floats, mean: Floats, shape: Floats) -> Residuals:
    """Return the mid-chances of counts below those seen, which are about uniform."""
    share = shape / (shape + mean)
    below = nbinom.cdf(counts - 1.0, shape, share)
    uniform = np.asarray(below + 0.5 * nbinom.pmf(counts, shape, share), dtype=np.float64)
    test = kstest(uniform, "uniform")
    return Residuals(uniform, "cells", float(test.statistic), float(test.pvalue))


def count_range(table: Counts, mean: Floats, shape: Floats, confidence: float) -> Daily:
    """Return the record with the fitted mean and range of each cell."""
    share, tail = shape / (shape + mean), (1.0 - confidence) / 2.0
    return Daily(
        day=table.start + table.days / 2.0,
        count=table.count / table.days,
        mean=mean / table.days,
        low=nbinom.ppf(tail, shape, share) / table.days,
        high=nbinom.ppf(1.0 - tail, shape, share) / table.days,
    )


def _notes(table: Counts, counts: Floats, mean: Floats) -> tuple[str, ...]:
    """Say how counts of neighbouring days hang together, which the process leaves out."""
    follows = table.start[1:] == table.start[:-1] + table.days[:-1]
    pairs = int(follows.sum())
    if pairs < LEAST_PAIRS:
        return ("Too few cells follow one another to tell whether days are independent.",)
    ratio = np.log((counts + 0.5) / mean)
    now, then = ratio[1:][follows], ratio[:-1][follows]
    if np.ptp(now) == 0.0 or np.ptp(then) == 0.0:
        return ()
    correlation = float(np.corrcoef(now, then)[0, 1])
    half = 1.96 / pairs**0.5
    verdict = "more than chance" if abs(correlation) > half else "no more than chance"
    words = (
        f"Neighbouring cells ({pairs} pairs): correlation of log counts {correlation:.2f}, "
        f"{verdict} (independent days stay within {half:.2f}); the process has independent days."
    )
    return (words,)
