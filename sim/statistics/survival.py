"""How long things last where some are still going on when the watch ends (Kaplan-Meier)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sim.arrays import Floats, Ints
from sim.statistics.intervals import CONFIDENCE


class SurvivalCurve(NamedTuple):
    """A Kaplan-Meier estimate: a row for each time at which something ended, ascending.

    All columns have the shape (times,). Before the first row the share is 1.
    """

    times: Floats
    """In the unit of the data."""
    share: Floats
    """Share that lasts beyond the time."""
    low: Floats
    """Lower bound of the share; NaN once the share is 0."""
    high: Floats
    """Upper bound of the share; NaN once the share is 0."""
    at_risk: Ints
    """How many were still watched just before the time."""


def survival_curve(
    times: ArrayLike, observed: ArrayLike, confidence: float = CONFIDENCE
) -> SurvivalCurve:
    """Estimate which share lasts beyond each time, from right-censored times.

    The interval of each share is symmetric for log(-log(share)), so it stays within 0 to 1; its
    width comes from Greenwood's variance.

    Parameters
    ----------
    times
        Times to the end or to censoring, shape (n,), any unit; infinite and observed for "never
        ends, and this is known".
    observed
        Whether the end was seen, shape (n,). Of an end and a censoring at one time, the end is
        first.
    confidence
        Chance that the interval at one time, chosen beforehand, holds the share.

    Returns
    -------
    SurvivalCurve
        Empty where no end was seen.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958), Nonparametric estimation from incomplete observations,
    Journal of the American Statistical Association 53, 457-481.
    Greenwood, M. (1926), The natural duration of cancer, Reports on Public Health and Medical
    Subjects 33, His Majesty's Stationery Office.
    Kalbfleisch, J. D. and Prentice, R. L. (2002), The Statistical Analysis of Failure Time Data,
    2nd ed.
    """
    watched = np.asarray(times, dtype=np.float64)
    seen = np.asarray(observed, dtype=np.bool_) & np.isfinite(watched)
    moments, ended = np.unique(watched[seen], return_counts=True)
    at_risk = len(watched) - np.searchsorted(np.sort(watched), moments)
    share = np.cumprod(1.0 - ended / at_risk)
    low, high = np.full((2, len(moments)), np.nan)
    some = share > 0.0
    risk, gone, left = at_risk[some], ended[some], share[some]
    greenwood = np.cumsum(gone / (risk * (risk - gone)))
    half = ndtri((1.0 + confidence) / 2.0) * np.sqrt(greenwood) / -np.log(left)
    low[some], high[some] = left ** np.exp(half), left ** np.exp(-half)
    return SurvivalCurve(moments, share, low, high, at_risk)
