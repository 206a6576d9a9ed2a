"""Cumulative incidence of an outcome among competing ones, from times some of which are cut off."""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.kernel.compile import compiled

type Codes = NDArray[np.int8]

CENSORED = 0
"""Still open when last watched."""
REACHED = 1
"""The outcome asked for has come."""
NEVER = 2
"""Something else has come, after which it cannot."""


@compiled
def _interval_of(t: float, cuts: Floats) -> int:
    """Return how many cuts lie strictly before `t`: at equal times outcomes come first."""
    low, high = 0, len(cuts)
    while low < high:
        middle = (low + high) // 2
        if cuts[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _deal(
    times: Floats, codes: Codes, cuts: Floats, limit: float, parts: Floats, ended: Ints
) -> None:
    """Count the outcomes between two censorings, and add up what they leave of the limit."""
    for i in range(len(times)):
        if codes[i] == CENSORED:
            continue
        t = times[i]
        place = _interval_of(t, cuts) if len(cuts) > 0 and t > cuts[0] else 0
        ended[place] += 1
        if codes[i] == REACHED:
            parts[0, place] += 1.0
            parts[1, place] += max(0.0, limit - t)


@compiled
def incidence(times: Floats, codes: Codes, limit: float) -> tuple[float, float]:
    """Estimate the share that reaches an outcome, and the mean time to it up to a limit.

    Parameters
    ----------
    times
        Time to what came first, shape (n,), any unit: the outcome, one that excludes it, or the
        end of the watch.
    codes
        `REACHED`, `NEVER` or `CENSORED`, shape (n,).
    limit
        What a time counts as that is longer, or that never comes; in the unit of `times`.

    Returns
    -------
    share, restricted_mean
        Share that reaches the outcome in as long as anybody was watched, and the mean of
        min(time, limit); nan where n is 0.

    Notes
    -----
    The estimate of Aalen and Johansen for competing risks. It equals a mean over those who reached
    the outcome in which each counts for as many as the censored would have been, 1/G(t-), where G
    is the Kaplan-Meier estimate of still being watched: so only the censored are put in order.

    References
    ----------
    Aalen, O. O. and Johansen, S. (1978), An empirical transition matrix for non-homogeneous Markov
    chains based on censored observations, Scandinavian Journal of Statistics 5, 141-150.
    Satten, G. A. and Datta, S. (2001), The Kaplan-Meier estimator as an inverse-probability-of-
    censoring weighted average, The American Statistician 55, 207-210.
    """
    n = len(times)
    if n == 0:
        return np.nan, np.nan
    cuts = np.sort(times[codes == CENSORED])
    parts, ended = np.zeros((2, len(cuts) + 1)), np.zeros(len(cuts) + 1, dtype=np.int64)
    _deal(times, codes, cuts, limit, parts, ended)
    share = saved = 0.0
    watched, at_risk = 1.0, n
    for place in range(len(cuts) + 1):
        if watched > 0.0:
            share += parts[0, place] / watched
            saved += parts[1, place] / watched
        at_risk -= ended[place]
        if place < len(cuts):
            watched *= (at_risk - 1.0) / at_risk
            at_risk -= 1
    return share / n, limit - saved / n
