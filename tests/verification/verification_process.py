"""The violation process (V) and intervals (W)."""

from typing import Any

import numpy as np
from verification_engine import Experiment, engine, scenario
from verification_estimates import Floats, Statistic, mean_of

from sim.setup.plan import Plan
from sim.statistics.intervals import wilson_interval
from sim.world.world import World

type Inputs = dict[str, Any]

BURN_IN_H = 100.0
WINDOWS_H = (1, 10, 100)


def _counts(world: World, from_h: float, to_h: float, width_h: float) -> Floats:
    """Count the onsets in windows of equal width."""
    onsets: Floats = world.violations["onset"]
    windows = round((to_h - from_h) / width_h)
    counts, _ = np.histogram(onsets, bins=windows, range=(from_h, to_h))
    return counts.astype(np.float64)


def _variance(column: int) -> Statistic:
    """Return the variance, given the columns of the mean and, next to it, the mean square."""
    return lambda means: means[..., column + 1] - means[..., column] ** 2


def _fano(column: int) -> Statistic:
    """Return the variance over the mean, given the same columns."""
    variance = _variance(column)
    return lambda means: variance(means) / means[..., column]


def v1(given: Inputs) -> Experiment:
    words = (
        "Background of mu an hour, n offspring each at exponential delays of mean 1/beta; no "
        f"monitors; counts per hour and in windows of {', '.join(map(str, WINDOWS_H))} h over "
        "9,600 h, after 100 h left out."
    )
    tables = scenario(length_km=100.0, per_day=24.0 * given["mu"], days=9700.0 / 24.0)
    tables["violations"] |= {
        "branching_ratio": given["n"],
        "offspring_decay_h": 1.0 / given["beta"],
    }

    def read(plan: Plan, world: World) -> list[float]:
        row = []
        for width_h in WINDOWS_H:
            counts = _counts(world, BURN_IN_H, plan.horizon_h, width_h)
            row += [float(counts.mean()), float((counts**2).mean())]
        return row

    fano = {f"fano_{w}": _fano(2 * i) for i, w in enumerate(WINDOWS_H)}
    return Experiment(words, 60, engine(tables, read), {"rate": mean_of(0), **fano})


def v3(given: Inputs) -> Experiment:
    words = (
        "Background of m a day times a Gamma activity of shape k for each day; no monitors; "
        "variance of daily counts and share of days without any, over 1,000 days a run."
    )
    tables = scenario(length_km=100.0, per_day=given["m"], days=1000.0)
    tables["violations"]["overdispersion_k"] = given["k"]

    def read(plan: Plan, world: World) -> list[float]:
        counts = _counts(world, 0.0, plan.horizon_h, 24.0)
        return [float(counts.mean()), float((counts**2).mean()), float((counts == 0).mean())]

    parts = {"var": _variance(0), "p0": mean_of(2)}
    return Experiment(words, 60, engine(tables, read), parts)


def wilson(given: Inputs) -> Experiment:
    words = "`sim.statistics.intervals.wilson_interval`, no run: a formula."
    interval = wilson_interval(given["x"], given["n"])
    row = np.array([[interval.low, interval.high]])
    return Experiment(words, 1, lambda _: row, {"1": mean_of(0), "2": mean_of(1)})


PROCESS = {"V1": v1, "V3": v3, "W": wilson}
