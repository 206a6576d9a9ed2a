"""How long things last where some are still going on at censoring: the Kaplan-Meier estimate.

`survival_curve` gives the whole curve with its intervals; `survival_quantiles` gives some quantiles
of it, fast enough for every run of a sweep.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sim.arrays import Flags, Floats, Ints
from sim.kernel.compile import compiled
from sim.statistics.intervals import CONFIDENCE
from sim.statistics.order import in_order

SHARE_ROUNDING = 1e-12
"""By how much a share may be missed, against rounding, and still count as reached."""


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


@compiled
def _survival_quantiles(
    times: Floats, observed: Flags, finite: Flags, most: float, shares: Floats
) -> Floats:
    known = times[finite]
    seen = observed[finite]
    order = in_order(known, most)
    quantiles = np.full(len(shares), np.nan)
    at_risk = len(times)
    kept, at_risk_then = 1.0, at_risk  # share that lasts, and how many, when one was last censored
    found = place = 0
    while place < len(order) and found < len(shares):
        t = known[order[place]]
        end, censored = place, 0
        while end < len(order) and known[order[end]] == t:
            censored += not seen[order[end]]
            end += 1
        at_risk -= end - place - censored  # of equal times the ends are first
        lasting = kept * (at_risk / at_risk_then)
        while found < len(shares) and lasting <= 1.0 - shares[found] + SHARE_ROUNDING:
            quantiles[found] = t
            found += 1
        if censored > 0:
            at_risk -= censored
            kept, at_risk_then = lasting, at_risk
        place = end
    return quantiles


def survival_quantiles(times: Floats, observed: Flags, shares: tuple[float, ...]) -> list[float]:
    """Return Kaplan-Meier quantiles of right-censored times.

    Parameters
    ----------
    times
        Times to the event or to censoring, shape (n,), any unit, >= 0; infinite and observed for
        "never".
    observed
        Whether the event was seen, shape (n,).
    shares
        Ascending, between 0 and 1: the quantile is the earliest time by which at least this share
        has had the event.

    Returns
    -------
    list of float
        In the unit of `times`; nan for a share that is never reached.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958), Nonparametric estimation from incomplete observations,
    Journal of the American Statistical Association 53, 457-481.
    """
    finite = np.isfinite(times)
    most = float(times.max(initial=0.0, where=finite))
    found: Floats = _survival_quantiles(times, observed, finite, most, np.array(shares))
    return [float(quantile) for quantile in found]
