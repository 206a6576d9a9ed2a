"""Maximum likelihood: the estimate, its information, and intervals by profile likelihood.

References
----------
Venzon, D. J. and Moolgavkar, S. H. (1988), A method for computing profile-likelihood-based
confidence intervals, Applied Statistics 37, 87-94.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, brentq, minimize
from scipy.special import ndtri

from sim.arrays import Floats

type LogLikelihood = Callable[[Floats], tuple[float, Floats]]
"""Value and gradient at a point."""

_STEP = 1e-4
_EDGE = 1e-6
_MOST_STEPS = 40
_MOST_SCORINGS = 25
_NEGLIGIBLE = 1e-5  # of a log-likelihood
_FINE = 0.003  # of a step
_LARGEST_DEVIATION = 10.0


@dataclass(frozen=True)
class Likelihood:
    """A log-likelihood on a box of parameters, each on a scale without natural ends.

    Attributes
    ----------
    at
        Value and gradient at a point, shape (parameters,).
    low, high
        The box, shape (parameters,).
    """

    at: LogLikelihood
    low: Floats
    high: Floats

    def best(self, start: Floats, held: dict[int, float] | None = None) -> tuple[Floats, float]:
        """Climb to the maximum from a point, with some parameters held at a value.

        Returns
        -------
        tuple
            The point, shape (parameters,), and its log-likelihood.
        """
        point = np.clip(start, self.low, self.high)
        for index, value in (held or {}).items():
            point[index] = value
        free = np.array([index for index in range(len(point)) if index not in (held or {})])
        if len(free) == 0:
            return point, self.at(point)[0]

        def descend(values: Floats) -> tuple[float, Floats]:
            moved = point.copy()
            moved[free] = values
            value, gradient = self.at(moved)
            return -value, -gradient[free]

        bounds = list(zip(self.low[free], self.high[free], strict=True))
        options = {"ftol": 1e-13, "gtol": 1e-6, "maxiter": 2000}
        found: OptimizeResult = minimize(  # type: ignore[call-overload] # knows no jac=True here
            descend, point[free], jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        point[free] = found.x
        return point, -float(found.fun)

    def covariance(self, point: Floats) -> Floats:
        """Invert the observed information at the maximum.

        Returns
        -------
        ndarray (parameters, parameters)
            NaN in the rows and columns of parameters that lie at an end of their box.
        """
        inside = (point > self.low + _EDGE) & (point < self.high - _EDGE)
        free = np.flatnonzero(inside)
        information = np.empty((len(free), len(free)))
        for row, index in enumerate(free):
            step = np.zeros(len(point))
            step[index] = _STEP
            slope = self.at(point + step)[1] - self.at(point - step)[1]
            information[row] = -slope[free] / (2.0 * _STEP)
        covariance = np.full((len(point), len(point)), np.nan)
        covariance[np.ix_(free, free)] = np.linalg.pinv((information + information.T) / 2.0)
        return covariance

    def interval(
        self, point: Floats, index: int, covariance: Floats, confidence: float
    ) -> tuple[float, float]:
        """Bound a parameter by its profile likelihood.

        Parameters
        ----------
        point
            The maximum.
        index
            Which parameter.
        covariance
            At the maximum, from `covariance`.
        confidence
            Chance that such an interval holds the value.

        Returns
        -------
        tuple
            Both bounds; infinite where the likelihood falls too little up to the end of the box.
        """
        z = float(ndtri((1.0 + confidence) / 2.0))
        deviation = float(np.sqrt(covariance[index, index]))
        # the first step lands a little beyond where the bound lies if the likelihood is normal
        step = 1.2 * z * (deviation if 0.0 < deviation < _LARGEST_DEVIATION else 0.5)
        climb = _Profile(self, point, index, covariance)
        return (
            climb.bound(-step, z, float(self.low[index])),
            climb.bound(step, z, float(self.high[index])),
        )


class _Profile:
    """The highest likelihood for each value of one parameter."""

    def __init__(self, likelihood: Likelihood, top: Floats, index: int, covariance: Floats) -> None:
        self.likelihood, self.top, self.index = likelihood, top, index
        self.height = likelihood.at(top)[0]
        self.others = np.delete(np.arange(len(top)), index)
        cross = covariance[self.others, index]
        self.slope = cross / covariance[index, index]
        # of the others where this one is held
        self.conditional = covariance[np.ix_(self.others, self.others)] - np.outer(
            cross, self.slope
        )

    def bound(self, step: float, z: float, end: float) -> float:
        """Return where the root of twice the fall of the likelihood passes z; infinite if nowhere.

        That root is nearly a straight line, so that few steps find it.
        """

        def beyond(value: float) -> float:
            if value == self.top[self.index]:
                return -z
            fall = self.height - self.highest(value)
            return float(np.sqrt(max(0.0, 2.0 * fall))) - z

        inner = float(self.top[self.index])
        for _ in range(_MOST_STEPS):
            outer = max(inner + step, end) if step < 0 else min(inner + step, end)
            if beyond(outer) > 0.0:
                return float(brentq(beyond, inner, outer, xtol=_FINE * abs(step)))
            if outer == end:
                break
            inner, step = outer, 1.5 * step
        return float(np.copysign(np.inf, step))

    def highest(self, value: float) -> float:
        """Return the highest log-likelihood with the parameter held at a value."""
        start = self.top.copy()
        start[self.index] = value
        if np.all(np.isfinite(self.conditional)) and np.all(np.isfinite(self.slope)):
            start[self.others] += self.slope * (value - self.top[self.index])
            found = self._by_scoring(start)
            if found is not None:
                return found
        return self.likelihood.best(start, {self.index: value})[1]

    def _by_scoring(self, point: Floats) -> float | None:
        """Climb with the information of the top; None where that leads astray."""
        low, high = self.likelihood.low, self.likelihood.high
        before = -np.inf
        for _ in range(_MOST_SCORINGS):
            if np.any(point < low) or np.any(point > high):
                return None
            height, gradient = self.likelihood.at(point)
            if not height > before - _NEGLIGIBLE:
                return None
            move = self.conditional @ gradient[self.others]
            if abs(gradient[self.others] @ move) < _NEGLIGIBLE:
                return height
            before = height
            point[self.others] += move
        return None
