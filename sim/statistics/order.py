"""Order and quantiles of the many numbers of a run, without comparing each with many others."""

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.kernel.compile import compiled

MOST_IN_BIN = 32
SHARE_ROUNDING = 1e-12
"""By how much a share may be missed, against rounding, and still count as reached."""


@compiled
def _put_in_order(values: Floats, order: Ints) -> None:
    """Bring rows that are nearly in the order of their values into it."""
    for place in range(1, len(order)):
        v = order[place]
        before = place - 1
        while before >= 0 and values[order[before]] > values[v]:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = v


@compiled
def in_order(values: Floats, most: float) -> Ints:
    """Return the order of numbers between 0 and `most`; equal ones keep theirs.

    They are dealt into as many bins as there are numbers, and are then nearly in order: several
    times as fast as `numpy.argsort`, which puts in order only what crowds in one bin.
    """
    count = len(values)
    per_bin = count / most if most > 0.0 else 0.0
    first = np.zeros(count + 1, dtype=np.int64)
    for value in values:
        first[min(count - 1, int(value * per_bin)) + 1] += 1
    for place in range(count):
        first[place + 1] += first[place]
    order = np.empty(count, dtype=np.int64)
    for v in range(count):
        place = min(count - 1, int(values[v] * per_bin))
        order[first[place]] = v
        first[place] += 1
    begin = 0
    for place in range(count):
        end = first[place]  # by now the beginning of the next bin
        if end - begin > MOST_IN_BIN:
            crowd = order[begin:end].copy()
            order[begin:end] = crowd[np.argsort(values[crowd], kind="mergesort")]
        begin = end
    _put_in_order(values, order)
    return order


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
