"""Estimates written as textbooks write them, slowly: what the program's own are held against."""

import numpy as np

from sim.engine.incidence import CENSORED, REACHED


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
