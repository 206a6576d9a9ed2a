"""Maxima and profile intervals, where they are known."""

import numpy as np
import pytest
from scipy.optimize import brentq

from sim.calibration.likelihood import Likelihood

COUNT = 12.0
FALL = 1.9207  # half of the 95 % point of chi-squared with one degree of freedom


def poisson() -> Likelihood:
    """Return the likelihood of a log rate, given one count."""

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        rate = np.exp(point[0])
        return float(COUNT * point[0] - rate), np.array([COUNT - rate])

    return Likelihood(at, np.array([-20.0]), np.array([20.0]))


def tilted() -> Likelihood:
    """Return a curved likelihood of three parameters that hang together."""
    bend = np.array([[2.0, 0.9, 0.3], [0.9, 1.5, -0.4], [0.3, -0.4, 1.0]])

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        slope = bend @ point + 0.4 * point**3
        value = 0.5 * point @ bend @ point + 0.1 * (point**4).sum()
        return -float(value), -slope

    return Likelihood(at, np.full(3, -9.0), np.full(3, 9.0))


def test_poisson_bounds_are_where_the_deviance_says() -> None:
    """Catches bounds of another confidence, or too coarse a search."""
    likelihood = poisson()
    point, height = likelihood.best(np.zeros(1))
    assert np.exp(point[0]) == pytest.approx(COUNT, rel=1e-5)
    low, high = likelihood.interval(point, 0, likelihood.covariance(point), 0.95)

    def beyond(value: float) -> float:
        return height - likelihood.at(np.array([value]))[0] - FALL

    assert low == pytest.approx(brentq(beyond, -5.0, point[0]), abs=5e-3)
    assert high == pytest.approx(brentq(beyond, point[0], 5.0), abs=5e-3)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_both_ways_to_climb_find_the_same_bounds(index: int) -> None:
    """Catches scoring steps that stop short of the profile; without covariance L-BFGS climbs."""
    likelihood = tilted()
    point, _ = likelihood.best(np.ones(3))
    covariance = likelihood.covariance(point)
    blind = np.full((3, 3), np.nan)
    blind[index, index] = covariance[index, index]
    fast = likelihood.interval(point, index, covariance, 0.95)
    slow = likelihood.interval(point, index, blind, 0.95)
    np.testing.assert_allclose(fast, slow, atol=0.01)
    for bound in fast:
        _, height = likelihood.best(point, {index: bound})
        assert -height == pytest.approx(FALL, rel=0.02)


def test_flat_likelihood_sets_no_bound() -> None:
    """Catches a bound that is made up at the end of the search."""
    flat = Likelihood(
        lambda point: (0.0 * point[0], np.zeros(1)), np.array([-3.0]), np.array([3.0])
    )
    assert flat.interval(np.zeros(1), 0, np.ones((1, 1)), 0.95) == (-np.inf, np.inf)


def test_information_of_a_known_curve() -> None:
    """Catches a covariance that is not the inverse of the curvature, or ignores the ends."""
    likelihood = poisson()
    point = np.log(np.array([COUNT]))
    assert likelihood.covariance(point)[0, 0] == pytest.approx(1.0 / COUNT, rel=1e-5)
    assert np.isnan(likelihood.covariance(np.array([20.0]))[0, 0])
