"""Shares that sum to 1, such as those of hot spots: estimates and intervals.

References
----------
Liang, K.-Y. and Zeger, S. L. (1986), Longitudinal data analysis using generalized linear models,
Biometrika 73, 13-22 (the variance that is robust to clusters).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import expit, logit, ndtri, softmax

from sim.arrays import Floats, Ints
from sim.calibration.likelihood import Likelihood
from sim.calibration.places import Places
from sim.calibration.result import CLUSTERED, Estimate
from sim.statistics.intervals import wilson_interval

_LEAST_SHARE = 1e-4
_END = 15.0


def share_likelihood(places: Places) -> Likelihood:
    """Return the likelihood of places that are drawn one by one from a mixture.

    Parameters
    ----------
    places
        Where incidents were, and the densities of the even spread and of each hot spot there.

    Returns
    -------
    Likelihood
        Of each hot spot's log share over that of the even spread.
    """

    def at(point: Floats) -> tuple[float, Floats]:
        share = softmax(np.concatenate([[0.0], point]))
        density = places.density @ share
        part = places.density * share / density[:, None]
        return float(np.log(density).sum()), (part - share).sum(axis=0)[1:]

    ends = np.full(len(places.spots), _END)
    return Likelihood(at, -ends, ends)


def fit_shares(places: Places, day: Ints, confidence: float) -> tuple[list[Estimate], float]:
    """Fit the shares of hot spots to incidents whose times are not known.

    Parameters
    ----------
    places
        Where incidents were; with at least one hot spot.
    day
        Day of each incident, shape (incidents,).
    confidence
        Chance that an interval holds the value, each by itself.

    Returns
    -------
    tuple
        The estimates, and the log-likelihood of the places.
    """
    likelihood = share_likelihood(places)
    point, height = likelihood.best(np.zeros(len(places.spots)))
    share = softmax(np.concatenate([[0.0], point]))
    covariance = _clustered(places, share, likelihood.covariance(point), day)
    bounds = part_bounds(share, covariance, len(day), confidence)
    return list(spot_estimates(places.spots, share, bounds, CLUSTERED)), height


def _clustered(places: Places, share: Floats, covariance: Floats, day: Ints) -> Floats:
    """Return a covariance that lets incidents of one day lie near one another."""
    part = places.density * share
    part /= part.sum(axis=1, keepdims=True)
    slope = (part - share)[:, 1:]
    days, of = np.unique(day, return_inverse=True)
    by_day = np.zeros((len(days), slope.shape[1]))
    np.add.at(by_day, of, slope)
    if len(days) < 2:
        return covariance
    middle = by_day.T @ by_day * (len(days) / (len(days) - 1.0))
    robust: Floats = covariance @ middle @ covariance
    return robust


def part_bounds(
    parts: Floats, covariance: Floats, number: int, confidence: float
) -> list[tuple[float, float]]:
    """Return intervals of shares that sum to 1, on the logit scale.

    A share at the end of its range gets Wilson's interval instead.

    Parameters
    ----------
    parts
        The shares, shape (parts,).
    covariance
        Of their log ratios to the first one, shape (parts - 1, parts - 1).
    number
        Number of incidents.
    confidence
        Chance that an interval holds the value, each by itself.
    """
    count = len(parts)
    whole = np.zeros((count, count))
    whole[1:, 1:] = covariance
    z = float(ndtri((1.0 + confidence) / 2.0))
    bounds = []
    for index, part in enumerate(parts):
        slope = (np.eye(count)[index] - parts) / max(1.0 - part, 1e-300)
        deviation = float(np.sqrt(slope @ whole @ slope))
        if np.isfinite(deviation) and _LEAST_SHARE < part < 1.0 - _LEAST_SHARE:
            low, high = expit(logit(part) + z * deviation * np.array([-1.0, 1.0]))
        else:
            _, low, high = wilson_interval(round(float(part) * number), number, confidence)
        bounds.append((float(low), float(high)))
    return bounds


def spot_estimates(
    spots: Sequence[str], share: Floats, bounds: Sequence[tuple[float, float]], method: str
) -> Iterator[Estimate]:
    """Return the estimates of hot spots; the first share is that of the even spread."""
    for name, value, (low, high) in zip(spots, share[1:], bounds[1:], strict=True):
        yield Estimate(f"hot_spots.{name}.share", float(value), low, high, "share", method)
