"""Claims with a confidence, and planted truths against which they are held.

Each claim is made of many samples whose truth is known; what counts is how often it is right.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.experiment.precision import run_to_precision
from sim.statistics.intervals import (
    Scale,
    mean_bounds,
    moments,
    paired_difference,
    quantile_interval,
    wilson_interval,
)
from sim.statistics.survival import survival_curve

type Floats = NDArray[np.float64]
type Held = NDArray[np.bool_]
type Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]
"""Draws values of the shape (trials, runs)."""

NOMINAL = 0.95
MOST_ERRORS = 3.0


def falls_short(held: Held, share: float = NOMINAL, errors: float = MOST_ERRORS) -> bool:
    """Tell whether claims held less often than a share by more than so many standard errors."""
    return bool(held.mean() < share - errors * (share * (1.0 - share) / len(held)) ** 0.5)


class Claim(NamedTuple):
    """A claim with a confidence of 95 %, and how often it holds where the truth is planted."""

    what: str
    truth: str
    runs: str
    held: Callable[[np.random.Generator, int], Held]
    """Tells of so many trials whether the claim was right."""
    least: float = NOMINAL
    """How often it holds at least; below `NOMINAL` where it is known to fall short."""
    trials: int = 4000


def _mean(scale: Scale, draw: Draw, truth: float, runs: int) -> Callable[..., Held]:
    def held(rng: np.random.Generator, trials: int) -> Held:
        values = np.asarray(draw(rng, (trials, runs)), dtype=np.float64)
        found = moments(values.mean(axis=1), values.std(axis=1, ddof=1), np.full(trials, runs))
        low, high = mean_bounds(found, scale)
        return (low <= truth + 1e-9) & (truth <= high + 1e-9)

    return held


def _each(trial: Callable[[np.random.Generator], bool]) -> Callable[..., Held]:
    return lambda rng, trials: np.array([trial(rng) for _ in range(trials)])


def _difference(
    scale: Scale, draw: Callable[[np.random.Generator, int], tuple[Floats, Floats]],
    truth: float, runs: int,
) -> Callable[..., Held]:  # fmt: skip
    def trial(rng: np.random.Generator) -> bool:
        found = paired_difference(*draw(rng, runs), scale=scale)
        return not (found.low > truth + 1e-9 or found.high < truth - 1e-9)

    return _each(trial)


def _precision(measure: str, draw: Draw, truth: float, half: float) -> Callable[..., Held]:
    def trial(rng: np.random.Generator) -> bool:
        found = run_to_precision(
            lambda n: {measure: draw(rng, (1, n))[0]}, {measure: half}, most_runs=5000
        )
        return found.intervals[measure].low <= truth <= found.intervals[measure].high

    return _each(trial)


def _quantile(draw: Draw, quantile: float, truth: float, runs: int) -> Callable[..., Held]:
    def trial(rng: np.random.Generator) -> bool:
        found = quantile_interval(draw(rng, (1, runs))[0], quantile)
        return not (found.low > truth or found.high < truth)

    return _each(trial)


def _lasting(runs: int, day: float) -> Callable[..., Held]:
    def trial(rng: np.random.Generator) -> bool:
        ends = rng.exponential(100.0, runs)
        watched = rng.uniform(50.0, 200.0, runs)
        curve = survival_curve(np.minimum(ends, watched), ends <= watched)
        row = int(np.searchsorted(curve.times, day, side="right")) - 1
        if row < 0 or np.isnan(curve.low[row]):
            return True  # no interval is claimed
        return bool(curve.low[row] <= np.exp(-day / 100.0) <= curve.high[row])

    return _each(trial)


def _rare(share: float) -> Draw:
    return lambda rng, shape: (rng.random(shape) < share) * rng.beta(5, 5, shape)


def _two_courses(usual: float, spread: float, other: float) -> Draw:
    return lambda rng, shape: np.where(
        rng.random(shape) < 0.9, rng.normal(usual, spread, shape), other
    )


def _shares(rng: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
    common = rng.normal(0.0, 0.05, runs)
    before, after = (m + common + rng.normal(0.0, 0.02, runs) for m in (0.5, 0.6))
    return np.clip(before, 0.0, 1.0), np.clip(after, 0.0, 1.0)


def _seldom(rng: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
    before = rng.beta(20, 5, runs)
    return before, before * (1.0 - 0.5 * (rng.random(runs) < 0.1))


def _chances(rng: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
    luck = rng.random(runs)
    before = luck < 0.3
    return before.astype(float), (before | (rng.random(runs) < 0.1)).astype(float)


def _counts(rng: np.random.Generator, runs: int) -> tuple[Floats, Floats]:
    common = rng.poisson(2.0, runs)
    before, after = (common + rng.poisson(m, runs).astype(float) for m in (1.0, 2.0))
    return before, after


def _wilson(share: float, runs: int) -> Callable[..., Held]:
    def held(rng: np.random.Generator, trials: int) -> Held:
        ends = np.array([wilson_interval(k, runs)[1:] for k in range(runs + 1)])
        low, high = ends[rng.binomial(runs, share, trials)].T
        return (low <= share) & (share <= high)

    return held


def _make() -> list[Claim]:
    claims = []

    def mean(scale: Scale, truth: str, draw: Draw, value: float, least: dict[int, float]) -> None:
        words = {"share": "mean share", "count": "mean count", "amount": "mean time"}[scale]
        claims.extend(
            Claim(words, truth, str(runs), _mean(scale, draw, value, runs), low)
            for runs, low in least.items()
        )

    full = NOMINAL
    mean(
        "share",
        "middle: 0.5, sd 0.05",
        lambda r, z: r.beta(50, 50, z),
        0.5,
        {2: full, 3: full, 5: full, 20: full},
    )
    mean(
        "share",
        "near 1: 0.98, sd 0.014",
        lambda r, z: r.beta(98, 2, z),
        0.98,
        {2: full, 3: 0.94, 5: 0.94, 20: 0.94},
    )
    mean(
        "share",
        "near 0: 0.02, sd 0.027, skew",
        lambda r, z: r.beta(0.5, 24.5, z),
        0.02,
        {2: 0.94, 5: 0.90, 20: 0.92, 40: 0.93},
    )
    mean(
        "share",
        "0 in 90 % of runs, else about 0.5",
        _rare(0.1),
        0.05,
        {2: full, 5: full, 20: full, 40: full},
    )
    mean(
        "share",
        "0 in 98 % of runs, else about 0.5",
        _rare(0.02),
        0.01,
        {2: full, 5: full, 20: full, 40: full},
    )
    mean(
        "share",
        "0.9 in 90 % of runs, else 0.3",
        _two_courses(0.9, 0.01, 0.3),
        0.84,
        {2: 0.60, 3: 0.25, 5: 0.39, 20: 0.85, 40: 0.88},
    )
    mean(
        "count",
        "Poisson, 0.1 a run",
        lambda r, z: r.poisson(0.1, z),
        0.1,
        {2: full, 5: full, 20: full, 40: full},
    )
    mean(
        "count",
        "Poisson, 3 a run",
        lambda r, z: r.poisson(3.0, z),
        3.0,
        {2: full, 5: 0.94, 20: full},
    )
    mean(
        "count",
        "geometric, 5 a run",
        lambda r, z: r.geometric(1 / 6, z) - 1,
        5.0,
        {2: 0.93, 5: 0.90, 20: 0.92, 40: 0.93},
    )
    mean(
        "amount",
        "normal, 100, sd 5",
        lambda r, z: r.normal(100.0, 5.0, z),
        100.0,
        {2: full, 3: full, 5: full, 20: full},
    )
    mean(
        "amount",
        "exponential",
        lambda r, z: r.exponential(1.0, z),
        1.0,
        {2: 0.92, 5: 0.90, 20: 0.91, 40: 0.93},
    )
    mean(
        "amount",
        "200 in 90 % of runs, else 1,440",
        _two_courses(200.0, 10.0, 1440.0),
        324.0,
        {2: 0.33, 3: 0.25, 5: 0.38, 20: 0.85, 40: 0.89},
    )
    claims += [
        Claim("chance (Wilson)", f"{share}", str(runs), _wilson(share, runs), least)
        for share, runs, least in (
            (0.05, 20, 0.92),
            (0.05, 40, 0.95),
            (0.5, 10, 0.97),
            (0.5, 40, 0.95),
            (0.9, 20, 0.94),
        )
    ]
    claims += [
        Claim(
            "difference of shares, paired",
            "0.1, common noise",
            str(n),
            _difference("share", _shares, 0.1, n),
        )
        for n in (2, 3, 5, 20)
    ]
    claims += [
        Claim(
            "difference of shares, paired",
            "-0.04: in 10 % of pairs",
            str(n),
            _difference("share", _seldom, -0.04, n),
            low,
        )
        for n, low in ((2, full), (5, full), (20, 0.88), (40, 0.88))
    ]
    claims += [
        Claim(
            "difference of chances, paired",
            "0.07: 0.3 to 0.37",
            str(n),
            _difference("indicator", _chances, 0.07, n),
        )
        for n in (2, 5, 20, 40)
    ]
    claims += [
        Claim(
            "difference of counts, paired",
            "1: 3 to 4",
            str(n),
            _difference("count", _counts, 1.0, n),
            low,
        )
        for n, low in ((2, 0.93), (5, 0.93), (20, 0.94))
    ]
    claims += [
        Claim(
            "quantile over runs",
            "90 % quantile, exponential",
            str(n),
            _quantile(lambda r, z: r.exponential(1.0, z), 0.9, float(np.log(10.0)), n),
        )
        for n in (20, 100)
    ]
    claims.append(
        Claim(
            "quantile over runs",
            "median, exponential",
            "20",
            _quantile(lambda r, z: r.exponential(1.0, z), 0.5, float(np.log(2.0)), 20),
        )
    )
    claims += [
        Claim("--precision", truth, f"to {half:g}", _precision(name, draw, value, half), least,
              1000)
        for truth, name, draw, value, half, least in (
            ("share, 0.5, sd 0.05", "detection_rate", lambda r, z: r.beta(50, 50, z), 0.5, 0.01,
             0.93),
            ("share, 0.98, sd 0.014", "detection_rate", lambda r, z: r.beta(98, 2, z), 0.98, 0.004,
             0.92),
            ("share, 0.9 in 90 % of runs, else 0.3", "detection_rate",
             _two_courses(0.9, 0.01, 0.3), 0.84, 0.05, 0.80),
            ("chance, 0.05", "ceasefire_held", lambda r, z: r.binomial(1, 0.05, z), 0.05, 0.05,
             0.90),
            ("count, Poisson, 0.1 a run", "drones_lost", lambda r, z: r.poisson(0.1, z), 0.1, 0.05,
             0.88),
            ("time, exponential", "response_time_mean_min", lambda r, z: r.exponential(1.0, z), 1.0,
             0.2, 0.89),
        )
    ]  # fmt: skip
    claims += [
        Claim(
            "share that lasts (Kaplan-Meier)",
            f"{np.exp(-day / 100):.2f}, half censored",
            str(n),
            _lasting(n, day),
            least,
        )
        for n, day, least in (
            (5, 50.0, 0.90),
            (20, 50.0, 0.93),
            (60, 50.0, 0.94),
            (60, 120.0, 0.93),
        )
    ]
    return claims


CLAIMS = _make()
