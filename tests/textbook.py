"""Estimates written as textbooks write them, slowly: what the program's own are held against."""

import numpy as np
import pandas as pd

from sim.statistics.incidence import CENSORED, NEVER, REACHED


def cumulative_incidence(times: np.ndarray, codes: np.ndarray) -> list[tuple[float, float]]:
    """Aalen and Johansen's estimate as a sum over event times: (time, cumulative incidence)."""
    free, share, curve = 1.0, 0.0, [(0.0, 0.0)]
    for t in np.unique(times[codes != CENSORED]):
        at_risk = (times >= t).sum()
        here = times == t
        share += free * (here & (codes == REACHED)).sum() / at_risk
        free *= 1.0 - (here & (codes != CENSORED)).sum() / at_risk
        curve.append((t, share))
    return curve


def area_above(curve: list[tuple[float, float]], limit: float) -> float:
    times = [t for t, _ in curve if t < limit] + [limit]
    return sum(
        (b - a) * (1.0 - share) for a, b, (_, share) in zip(times, times[1:], curve, strict=False)
    )


def estimate(
    rows: pd.DataFrame, reached: pd.Series, never: pd.Series, end: float, limit: float = np.inf
) -> tuple[float, float]:
    """Return share and restricted mean (h) of what is reached, or never is, at given times (h)."""
    at = pd.concat([reached, never], axis=1).min(axis=1)
    codes = np.select([at.isna(), reached <= never.fillna(np.inf)], [CENSORED, REACHED], NEVER)
    times = (at.fillna(end) - rows["onset_h"]).to_numpy()
    curve = cumulative_incidence(times, codes)
    return curve[-1][1], area_above(curve, limit)
