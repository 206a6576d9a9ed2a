"""Distributions of positive times about their mean: their codes, parameters and multiples."""

import numpy as np

from sim.kernel.compile import compiled

FIXED = 0
EXPONENTIAL = 1
LOGNORMAL = 2
LAWS = ("fixed", "exponential", "lognormal")
"""Names by code."""


def lognormal_sigma(cv: float) -> float:
    """Return the standard deviation of the logarithm, for a coefficient of variation."""
    return float(np.sqrt(np.log1p(cv**2)))


@compiled
def multiple(law: int, sigma: float, exponential: float, normal: float) -> float:
    """Return a time as a multiple of its mean.

    Parameters
    ----------
    law
        Code of the distribution.
    sigma
        Standard deviation of the logarithm, for a lognormal.
    exponential, normal
        A standard exponential and a standard normal draw; the law takes one of them.
    """
    if law == EXPONENTIAL:
        return exponential
    if law == LOGNORMAL:
        return float(np.exp(sigma * normal - 0.5 * sigma * sigma))
    return 1.0
