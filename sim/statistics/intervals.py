"""Means, shares, quantiles and differences with intervals; the run is the statistical unit.

Events within a run share weather, activity and busy units, so they are not independent; runs
with different seeds are. Every interval here comes from one value a run, and stays where the truth
can be: it is made on a scale that has the same ends as the values.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, expit, gammaincinv, gammaln, logit, ndtri, stdtrit, xlogy

from sim.arrays import Floats

CONFIDENCE = 0.95


Scale = Literal["share", "indicator", "count", "amount", "other"]
"""What the values of runs can be: between 0 and 1; 0 or 1; 0, 1, 2, ...; not negative; any."""

EQUAL = 1e-12
"""Relative spread below which values count as equal: it is rounding."""


class Interval(NamedTuple):
    """An estimate with its confidence interval, all in the unit of the values."""

    estimate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def reach(self) -> float:
        """How far the interval goes from the estimate, to the side where it goes farther."""
        return max(self.high - self.estimate, self.estimate - self.low)


class Moments(NamedTuple):
    """Mean, standard deviation and number of the values of samples; arrays of one shape."""

    mean: Floats
    deviation: Floats
    """0 where all values are equal; NaN of fewer than two."""
    n: Floats


def moments(mean: ArrayLike, deviation: ArrayLike, n: ArrayLike) -> Moments:
    """Return moments in which a spread that is only rounding counts as none.

    Parameters
    ----------
    mean, deviation, n
        Mean, standard deviation (of n - 1) and number of the values of samples, of one shape.
    """
    middle, spread = np.asarray(mean, dtype=np.float64), np.asarray(deviation, dtype=np.float64)
    number = np.asarray(n, dtype=np.float64)
    spread = np.where(spread <= EQUAL * np.abs(middle), 0.0, spread)
    return Moments(middle, np.where(number > 1, spread, np.nan), number)


def _moments_of(sample: Floats) -> Moments:
    if len(sample) < 2:
        return moments(sample.mean() if len(sample) else np.nan, np.nan, len(sample))
    return moments(sample.mean(), sample.std(ddof=1), len(sample))


def mean_interval(
    values: ArrayLike, confidence: float = CONFIDENCE, scale: Scale = "other"
) -> Interval:
    """Estimate a mean from one value a run.

    Parameters
    ----------
    values
        One value a run; NaN (undefined in that run) is left out.
    confidence
        Chance that such an interval holds the mean.
    scale
        What the values can be; `sim.results.measures.measure_scale` tells it of a measure.

    Returns
    -------
    Interval
        Mean and bounds as from `mean_bounds`; bounds NaN with fewer than two values.
    """
    found = _moments_of(_defined(values))
    low, high = mean_bounds(found, scale, confidence)
    return Interval(float(found.mean), float(low), float(high))


def mean_bounds(
    found: Moments, scale: Scale, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Return the ends of intervals of means, for many samples at once.

    Parameters
    ----------
    found
        Of the samples.
    scale
        What the values can be.
    confidence
        Chance that an interval holds the mean.

    Returns
    -------
    low, high
        Arrays of the shape of the moments; NaN with fewer than two values.

    Notes
    -----
    With e the standard error and t Student's quantile, the ends are m - t e and m + t e for
    `other`; for `amount` and `count` the same on the scale of square roots, and for `share` on that
    of logits, where standard errors are e / 2 sqrt(m) and e / m (1 - m) (delta method); for
    `indicator` they are Wilson's. So no end lies where no mean can.

    Equal values have a standard error of 0, but are no certainty. Of n shares that all are c,
    another value has a chance of at most p = 1 - a^(1/n), a being half the error, so the mean lies
    between c (1 - p) and c (1 - p) + p. (The other half is left to samples of the same law whose
    values differ.) Equal counts get the exact interval of Poisson counts, as long as such counts
    could be equal by chance. Other equal values, such as a cost that nothing in the scenario can
    change, are taken for certain.

    References
    ----------
    Law, A. M., Simulation Modeling and Analysis, 5th ed. 2015, section 4.5: Student's t.
    Lehmann, E. L. and Casella, G., Theory of Point Estimation, 2nd ed. 1998, section 1.8: the delta
    method.
    Hanley, J. A. and Lippman-Hand, A., JAMA 249 (1983) 1743-1745: nothing seen in n trials.
    Garwood, F., Biometrika 28 (1936) 437-442: exact intervals of Poisson means.
    """
    if scale == "indicator":
        _, low, high = _wilson(np.rint(found.mean * found.n), found.n, confidence)
        few = np.isnan(found.deviation)
        return np.where(few, np.nan, low), np.where(few, np.nan, high)
    half = _t_factor(found.n, confidence) * found.deviation / np.sqrt(found.n)
    plain = found.mean - half, found.mean + half
    if scale == "other":
        return plain
    # A model of one's own may give a name to what is none of its kind.
    allowed = (found.mean >= 0.0) & ((found.mean <= 1.0) | (scale != "share"))
    inside = found._replace(mean=np.where(allowed, found.mean, 0.5))
    bounds = _share_bounds if scale == "share" else _root_bounds
    low, high = bounds(inside, half, confidence)
    if scale == "count":
        low, high = _with_equal_counts(inside, low, high, confidence)
    return np.where(allowed, low, plain[0]), np.where(allowed, high, plain[1])


def _share_bounds(found: Moments, half: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return ends on the scale of logits; of equal values those that leave room for others."""
    mean, equal = found.mean, found.deviation == 0.0
    slope = np.where(mean * (1.0 - mean) > 0.0, mean * (1.0 - mean), 1.0)
    low, high = (expit(logit(mean) + sign * half / slope) for sign in (-1.0, 1.0))
    other = 1.0 - ((1.0 - confidence) / 2.0) ** (1.0 / np.maximum(found.n, 1.0))
    least = mean * (1.0 - other)
    return np.where(equal, least, low), np.where(equal, least + other, high)


def _root_bounds(found: Moments, half: Floats, _: float) -> tuple[Floats, Floats]:
    """Return ends on the scale of square roots."""
    root = np.sqrt(found.mean)
    half = half / np.where(root > 0.0, 2.0 * root, 1.0)
    return np.maximum(root - half, 0.0) ** 2, (root + half) ** 2


def _with_equal_counts(
    found: Moments, low: Floats, high: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Put exact Poisson intervals where counts are equal and could be so by chance."""
    tail = (1.0 - confidence) / 2.0
    total = found.mean * found.n
    lucky = (found.deviation == 0.0) & (_equal_chance(found) > tail)
    least = np.where(total > 0.0, gammaincinv(np.maximum(total, 1.0), tail), 0.0)
    most = gammaincinv(total + 1.0, 1.0 - tail)
    return np.where(lucky, least / found.n, low), np.where(lucky, most / found.n, high)


def _equal_chance(found: Moments) -> Floats:
    """Return the chance that n Poisson counts are all equal, but for a factor near 1.

    It is the sum over counts k of their chances to the power of n; away from the mean these fall
    as those of a normal deviate, so the sum is that of the middle times its width.
    """
    middle = np.floor(found.mean)
    log_chance = xlogy(middle, found.mean) - found.mean - gammaln(middle + 1.0)
    width = np.sqrt(2.0 * np.pi * found.mean / np.maximum(found.n, 1.0))
    return np.exp(found.n * log_chance) * np.maximum(width, 1.0)


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """Estimate a share from independent trials, such as runs that meet a requirement.

    Parameters
    ----------
    successes, trials
        Numbers of successes and of trials.
    confidence
        Chance that such an interval holds the share, on average.

    Returns
    -------
    Interval
        Observed share and Wilson's score interval, within 0 to 1; NaN without trials.

    Raises
    ------
    ValueError
        If there are more successes than trials, or fewer than none.

    References
    ----------
    Wilson, E. B., J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: must be between 0 and all")
    share, low, high = _wilson(np.float64(successes), np.float64(trials), confidence)
    return Interval(float(share), float(low), float(high))


def _wilson(
    successes: Floats | np.float64, trials: Floats | np.float64, confidence: float
) -> tuple[Floats, Floats, Floats]:
    n = np.where(trials > 0, trials, np.nan)
    z = float(ndtri((1 + confidence) / 2))
    share = successes / n
    scale = 1 / (1 + z**2 / n)
    middle = scale * (share + z**2 / (2 * n))
    half = scale * z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At the ends of the range the bound is exact; rounding must not push it past.
    low = np.where(successes == 0, share, middle - half)
    return share, low, np.where(successes == trials, share, middle + half)


def quantile_interval(
    values: ArrayLike, quantile: float, confidence: float = CONFIDENCE
) -> Interval:
    """Estimate a quantile over runs, whatever the distribution.

    Parameters
    ----------
    values
        One value a run; NaN is left out.
    quantile
        Between 0 and 1.
    confidence
        Least chance that the interval holds the quantile.

    Returns
    -------
    Interval
        Sample quantile (linear) and order statistics around it; a bound is NaN where there are
        too few runs to state it.

    References
    ----------
    David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1.
    """
    sample = np.sort(_defined(values))
    n = len(sample)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    # below[k]: chance that at most k of n runs lie below the quantile.
    below = bdtr(np.arange(n, dtype=np.float64), n, quantile)
    tail = (1 - confidence) / 2
    lower = int(np.searchsorted(below, tail, side="right")) - 1
    upper = int(np.searchsorted(below, 1 - tail, side="left"))
    return Interval(
        float(np.quantile(sample, quantile)),
        float(sample[lower]) if lower >= 0 else np.nan,
        float(sample[upper]) if upper < n else np.nan,
    )


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    confidence: float = CONFIDENCE,
    scale: Scale = "other",
) -> Interval:
    """Estimate the mean of ``second - first`` over runs with the same seeds.

    With common random numbers most of the noise of two design points is the same and drops out
    of their difference.

    Parameters
    ----------
    first, second
        One value a replication, in the same order; pairs with a NaN are left out.
    confidence
        Chance that such an interval holds the mean difference.
    scale
        What the values can be.

    Returns
    -------
    Interval
        Mean difference and its bounds: of shares within -1 to 1, made on the scale of logits of
        (d + 1) / 2 as `mean_bounds` does, also where all differences are equal; of indicators by
        Bonett and Price; else Student's t. Equal differences of counts have bounds from
        `LEAST_EQUAL` pairs on. NaN with fewer than two pairs.

    Raises
    ------
    ValueError
        If the numbers of replications differ.

    References
    ----------
    Bonett, D. G. and Price, R. M., Adjusted Wald confidence interval for a difference of binomial
    proportions based on paired data, J. Educ. Behav. Stat. 37 (2012) 479-488.
    """
    before, after = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if before.shape != after.shape:
        raise ValueError(f"{before.size} and {after.size} replications: pairs need the same number")
    change = _defined(after - before)
    if scale == "share":
        _, low, high = mean_interval((change + 1.0) / 2.0, confidence, "share")
        estimate = float(_moments_of(change).mean)
        return Interval(estimate, 2.0 * low - 1.0, 2.0 * high - 1.0)
    if scale == "indicator":
        return _bonett_price(change, confidence)
    found = mean_interval(change, confidence)
    if scale == "count" and len(change) < LEAST_EQUAL and found.low == found.high:
        return Interval(found.estimate, np.nan, np.nan)
    return found


LEAST_EQUAL = 6
"""Pairs of runs from which equal differences of counts are taken for certain: fewer may all rise,
or all fall, by chance (in a sign test 5 in 5 is not significant at 5 %, 6 in 6 is)."""


def _bonett_price(change: Floats, confidence: float) -> Interval:
    """Estimate the difference of two chances from pairs of yes (1) and no (0)."""
    n = len(change)
    if n < 2:
        return Interval(float(change[0]) if n else np.nan, np.nan, np.nan)
    up, down = ((int((sign * change > 0.0).sum()) + 1) / (n + 2) for sign in (1, -1))
    half = float(ndtri((1 + confidence) / 2)) * ((up + down - (up - down) ** 2) / (n + 2)) ** 0.5
    middle = up - down
    return Interval(float(change.mean()), max(-1.0, middle - half), min(1.0, middle + half))


def _defined(values: ArrayLike) -> Floats:
    sample = np.asarray(values, dtype=np.float64).ravel()
    return sample[~np.isnan(sample)]


def _t_factor(n: Floats, confidence: float) -> Floats:
    """Return Student's t for samples of n values; NaN below two."""
    degrees = n - 1.0
    factor = stdtrit(np.maximum(degrees, 1.0), (1 + confidence) / 2)
    return np.where(degrees >= 1.0, factor, np.nan)
