"""Estimates from independent runs, and how far they lie from what is expected."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

type Floats = NDArray[np.float64]
type Statistic = Callable[[Floats], Floats]
"""A function of the means of columns, (..., columns) -> (...)."""

PRINTED = 2e-6
"""Expected values are printed with six digits or more; relative to 1 or to the value."""


class Estimate(NamedTuple):
    """A number from independent runs with its Monte Carlo standard error."""

    value: float
    standard_error: float
    runs: int


def mean_of(column: int = 0) -> Statistic:
    """Return the statistic that is the mean of one column."""
    return lambda means: means[..., column]


def estimate(rows: Floats, statistic: Statistic) -> Estimate:
    """Estimate a function of means from one row a run.

    The standard error is the delete-one-run jackknife's; for a plain mean that is the usual one.
    """
    runs = len(rows)
    total = rows.sum(axis=0)
    value = float(statistic(total / runs))
    if runs == 1:
        return Estimate(value, 0.0, 1)
    left_out = statistic((total - rows) / (runs - 1))
    error = np.sqrt((runs - 1) / runs * np.sum((left_out - left_out.mean()) ** 2))
    return Estimate(value, float(error), runs)


def z_score(found: Estimate, expected: float) -> float:
    """Return the difference in standard errors, as a standard normal deviate.

    Student's t with one degree of freedom less than runs is turned into the normal deviate of the
    same tail, so that |z| > 4 has the same chance however many runs there are. A result without
    error (a certain event, a formula) scores 0 when it agrees to the printed digits.
    """
    difference = found.value - expected
    rounding = PRINTED * max(1.0, abs(expected))
    if found.standard_error <= 1e-12:
        return 0.0 if abs(difference) <= rounding else float(np.copysign(np.inf, difference))
    t = abs(difference) / found.standard_error
    return float(np.copysign(-ndtri(stdtr(found.runs - 1, -t)), difference))
