"""Means, shares, quantiles and differences with intervals; the run is the statistical unit.

Events within a run share weather, activity and busy units, so they are not independent; runs
with different seeds are. Every interval here comes from one value a run.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, ndtri, stdtrit

CONFIDENCE = 0.95

INDICATORS = frozenset({"ceasefire_held", "backstop_honoured"})
"""Measures that are 1 or 0 in each run: their mean is a chance."""

_NOT_MEASURES = {"point", "replication", "seed", "error"}


class Interval(NamedTuple):
    """An estimate with its confidence interval, all in the unit of the values."""

    estimate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Estimate a mean from one value a run.

    Parameters
    ----------
    values
        One value a run; NaN (undefined in that run) is left out.
    confidence
        Chance that such an interval holds the mean.

    Returns
    -------
    Interval
        Mean and Student's t interval; bounds NaN with fewer than two values.

    References
    ----------
    Law, A. M., Simulation Modeling and Analysis, 5th ed. 2015, section 4.5.
    """
    sample = _defined(values)
    n = len(sample)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    mean = float(sample.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan)
    half = _t_factor(n, confidence) * float(sample.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half)


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """Estimate a share from independent trials, such as runs that meet a requirement.

    Parameters
    ----------
    successes, trials
        Numbers of successes and of trials.
    confidence
        Chance that such an interval holds the share, on average.

    Returns
    -------
    Interval
        Observed share and Wilson's score interval, within 0 to 1; NaN without trials.

    Raises
    ------
    ValueError
        If there are more successes than trials, or fewer than none.

    References
    ----------
    Wilson, E. B., J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: must be between 0 and all")
    if trials == 0:
        return Interval(np.nan, np.nan, np.nan)
    z = float(ndtri((1 + confidence) / 2))
    share = successes / trials
    scale = 1 / (1 + z**2 / trials)
    middle = scale * (share + z**2 / (2 * trials))
    half = scale * z * (share * (1 - share) / trials + z**2 / (4 * trials**2)) ** 0.5
    # At the ends of the range the bound is exact; rounding must not push it past.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Interval(share, low, high)


def indicator_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Estimate a chance from one yes (1) or no (0) a run.

    Parameters
    ----------
    values
        One value a run, 0 or 1; NaN (undefined in that run) is left out.
    confidence
        Chance that such an interval holds the chance, on average.

    Returns
    -------
    Interval
        Share of runs and Wilson's score interval; NaN without any value.
    """
    sample = _defined(values)
    return wilson_interval(int(sample.sum()), len(sample), confidence)


def quantile_interval(
    values: ArrayLike, quantile: float, confidence: float = CONFIDENCE
) -> Interval:
    """Estimate a quantile over runs, whatever the distribution.

    Parameters
    ----------
    values
        One value a run; NaN is left out.
    quantile
        Between 0 and 1.
    confidence
        Least chance that the interval holds the quantile.

    Returns
    -------
    Interval
        Sample quantile (linear) and order statistics around it; a bound is NaN where there are
        too few runs to state it.

    References
    ----------
    David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1.
    """
    sample = np.sort(_defined(values))
    n = len(sample)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    # below[k]: chance that at most k of n runs lie below the quantile.
    below = bdtr(np.arange(n, dtype=np.float64), n, quantile)
    tail = (1 - confidence) / 2
    lower = int(np.searchsorted(below, tail, side="right")) - 1
    upper = int(np.searchsorted(below, 1 - tail, side="left"))
    return Interval(
        float(np.quantile(sample, quantile)),
        float(sample[lower]) if lower >= 0 else np.nan,
        float(sample[upper]) if upper < n else np.nan,
    )


def paired_difference(
    first: ArrayLike, second: ArrayLike, confidence: float = CONFIDENCE
) -> Interval:
    """Estimate the mean of ``second - first`` over runs with the same seeds.

    With common random numbers most of the noise of two design points is the same and drops out
    of their difference.

    Parameters
    ----------
    first, second
        One value a replication, in the same order; pairs with a NaN are left out.
    confidence
        Chance that such an interval holds the mean difference.

    Raises
    ------
    ValueError
        If the numbers of replications differ.
    """
    before, after = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if before.shape != after.shape:
        raise ValueError(f"{before.size} and {after.size} replications: pairs need the same number")
    return mean_interval(after - before, confidence)


def summarise(
    runs: pd.DataFrame,
    factors: Sequence[str],
    measures: Sequence[str] | None = None,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Summarise runs by design point.

    Parameters
    ----------
    runs
        One row a run, as `sweep` returns them.
    factors
        Columns that tell one design point from another.
    measures
        Columns to summarise; None = all numbers that are neither factors nor keys.
    confidence
        Chance that an interval holds the mean.

    Returns
    -------
    DataFrame
        One row a point: the factors, ``runs`` (that went well), ``failed``, and for each measure
        ``<measure>_mean``, ``_low`` and ``_high`` (Student's t over runs, as `mean_interval`;
        Wilson's interval for `INDICATORS`). A measure that is undefined in some run that went well
        also has ``<measure>_n``: the runs that its mean is of.
    """
    return without_full_counts(summarise_with_counts(runs, factors, measures, confidence))


def summarise_with_counts(
    runs: pd.DataFrame,
    factors: Sequence[str],
    measures: Sequence[str] | None = None,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Summarise runs as `summarise`, with ``<measure>_n`` for every measure.

    Parts of a summary that were made one by one can so be joined before `without_full_counts`.
    """
    names = list(measures) if measures is not None else measure_columns(runs, factors)
    failed = runs["error"].ne("") if "error" in runs else pd.Series(False, index=runs.index)
    by = _group_keys(runs, factors)
    table = pd.DataFrame({key: runs.groupby(by, sort=False)[key].first() for key in factors})
    table["runs"] = (~failed).groupby(by, sort=False).sum()
    table["failed"] = failed.groupby(by, sort=False).sum()
    groups = runs.groupby(by, sort=False)[names]
    mean, count = groups.mean(), groups.count()
    half = _t_factor(count.to_numpy(), confidence) * groups.std(ddof=1) / np.sqrt(count)
    low, high = mean - half, mean + half
    for name in INDICATORS.intersection(names):
        shares = runs.groupby(by, sort=False)[name].apply(indicator_interval, confidence=confidence)
        low[name], high[name] = shares.map(lambda s: s.low), shares.map(lambda s: s.high)
    columns = {
        f"{name}_{part}": values[name]
        for name in names
        for part, values in (("mean", mean), ("low", low), ("high", high), ("n", count))
    }
    return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1).reset_index(
        drop=True
    )


def without_full_counts(summary: pd.DataFrame) -> pd.DataFrame:
    """Leave out ``<measure>_n`` of the measures that are defined in every run that went well."""
    means = [str(name) for name in summary if str(name).endswith("_mean")]
    counts = [f"{name.removesuffix('_mean')}_n" for name in means]
    full = [name for name in counts if name in summary and summary[name].equals(summary["runs"])]
    return summary.drop(columns=full)


def measure_columns(runs: pd.DataFrame, factors: Sequence[str]) -> list[str]:
    """List the columns of runs that are measures."""
    others = _NOT_MEASURES | set(factors)
    return [name for name in runs.select_dtypes("number").columns if name not in others]


def _group_keys(runs: pd.DataFrame, factors: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of each run's design point, counted as they appear."""
    if "point" in runs:
        return runs["point"].to_numpy(dtype=np.int64)
    if not factors:
        return np.zeros(len(runs), dtype=np.int64)
    numbers = runs.groupby(list(factors), sort=False, dropna=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _defined(values: ArrayLike) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=np.float64).ravel()
    return sample[~np.isnan(sample)]


def _t_factor(n: int | NDArray[np.int64], confidence: float) -> NDArray[np.float64]:
    """Return Student's t for samples of n values; NaN below two."""
    degrees = np.asarray(n, dtype=np.float64) - 1
    factor = stdtrit(np.maximum(degrees, 1), (1 + confidence) / 2)
    return np.where(degrees >= 1, factor, np.nan)
