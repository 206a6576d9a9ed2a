"""Runs summarised by design point: means with intervals, and of how many runs they are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.arrays import Ints
from sim.results.measures import measure_scale
from sim.statistics.intervals import CONFIDENCE, mean_bounds, moments

_NOT_MEASURES = {"point", "replication", "seed", "error"}


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
        ``<measure>_mean``, ``_low`` and ``_high``: the interval of the mean over runs from
        `sim.statistics.intervals.mean_bounds`, which stays where the measure can be. A measure
        that is undefined in some run that went well also has ``<measure>_n``: the runs that its
        mean is of.
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
    mean, deviation, count = groups.mean(), groups.std(ddof=1), groups.count()
    columns: dict[str, ArrayLike] = {}
    for name in names:
        found = moments(mean[name], deviation[name], count[name])
        low, high = mean_bounds(found, measure_scale(str(name)), confidence)
        columns |= {f"{name}_mean": mean[name], f"{name}_low": low, f"{name}_high": high}
        columns[f"{name}_n"] = count[name]
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


def _group_keys(runs: pd.DataFrame, factors: Sequence[str]) -> Ints:
    """Return the number of each run's design point, counted as they appear."""
    if "point" in runs:
        return runs["point"].to_numpy(dtype=np.int64)
    if not factors:
        return np.zeros(len(runs), dtype=np.int64)
    numbers = runs.groupby(list(factors), sort=False, dropna=False).ngroup()
    return np.asarray(numbers, dtype=np.int64)
