"""Where the spread of results comes from: uncertain inputs, or chance within runs.

Points are a sample of the uncertain inputs, replications the chance of a run. With common random
numbers replication r meets the same chance at every point, so runs form a table of points by
replications, and the two-way analysis of variance with random effects separates three parts:
inputs, chance that all points share, and chance on which the points differ. With independent seeds
the last two cannot be told apart, and the one-way analysis is used.

References
----------
Searle, S. R., Casella, G. and McCulloch, C. E. (1992), Variance Components, sections 3.6 and 4.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.statistics.intervals import CONFIDENCE

RESAMPLES = 1000
SEED = 1


class Components(NamedTuple):
    """Parts of the variance of a measure, in its unit squared."""

    inputs: float
    """Due to the inputs: variance of the expected result between points."""
    shared: float
    """Due to chance that all points share; 0 with independent seeds."""
    chance: float
    """Due to the rest of the chance of a run."""
    input_share: float
    """Inputs, of all three."""
    share_low: float
    share_high: float
    """Interval of 95 % of the share: bootstrap over points."""


def split_variance(table: Floats, *, common_seeds: bool) -> Components:
    """Estimate the parts of the variance.

    Parameters
    ----------
    table
        Shape (points, replications), both at least 2, no NaN.
    common_seeds
        Whether a replication has the same seed at every point.

    Returns
    -------
    Components
        Estimates that would be negative are 0, as usual.
    """
    inputs, shared, chance = _parts(table, common_seeds)
    rng = np.random.default_rng(SEED)
    shares = np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        parts = _parts(table[rng.integers(0, len(table), len(table))], common_seeds)
        shares[k] = _share(*parts)
    tail = 50.0 * (1.0 - CONFIDENCE)
    low, high = np.nanpercentile(shares, [tail, 100.0 - tail])
    return Components(inputs, shared, chance, _share(inputs, shared, chance), low, high)


def _parts(table: Floats, common_seeds: bool) -> tuple[float, float, float]:
    points, replications = table.shape
    mean = table.mean()
    by_point, by_seed = table.mean(axis=1), table.mean(axis=0)
    between = replications * np.sum((by_point - mean) ** 2) / (points - 1)
    if not common_seeds:
        within = np.sum((table - by_point[:, None]) ** 2) / (points * (replications - 1))
        return max(0.0, float(between - within) / replications), 0.0, float(within)
    seeds = points * np.sum((by_seed - mean) ** 2) / (replications - 1)
    rest = table - by_point[:, None] - by_seed[None, :] + mean
    error = np.sum(rest**2) / ((points - 1) * (replications - 1))
    inputs = max(0.0, float(between - error) / replications)
    shared = max(0.0, float(seeds - error) / points)
    return inputs, shared, float(error)


def _share(inputs: float, shared: float, chance: float) -> float:
    total = inputs + shared + chance
    return inputs / total if total > 0.0 else float("nan")


def split_runs(
    runs: pd.DataFrame, measures: Sequence[str], *, common_seeds: bool = True
) -> pd.DataFrame:
    """Estimate the parts of the variance of measures.

    Parameters
    ----------
    runs
        One row a run: ``point``, ``replication`` and the measures.
    measures
        Which measures.
    common_seeds
        Whether a replication has the same seed at every point.

    Returns
    -------
    DataFrame
        One row a measure that every run has: ``measure``, ``mean``, the 5 % and 95 % quantiles of
        the means of points ``low`` and ``high`` (what the inputs alone leave open), the standard
        deviations ``sd_inputs`` and ``sd_chance``, and ``input_share`` with its interval.
    """
    rows = []
    for name in measures:
        table = runs.pivot_table(index="point", columns="replication", values=name, dropna=False)
        values = table.to_numpy(dtype=np.float64)
        if min(values.shape) < 2 or np.isnan(values).any():
            continue
        parts = split_variance(values, common_seeds=common_seeds)
        low, high = np.quantile(values.mean(axis=1), [0.05, 0.95])
        rows.append(
            {
                "measure": name,
                "mean": float(values.mean()),
                "low": float(low),
                "high": float(high),
                "sd_inputs": parts.inputs**0.5,
                "sd_chance": (parts.shared + parts.chance) ** 0.5,
                "input_share": parts.input_share,
                "share_low": parts.share_low,
                "share_high": parts.share_high,
            }
        )
    return pd.DataFrame(rows)
