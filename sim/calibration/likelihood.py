"""Maximum likelihood: the estimate, its information, and intervals by profile likelihood.

References
----------
Venzon, D. J. and Moolgavkar, S. H. (1988), A method for computing profile-likelihood-based
confidence intervals, Applied Statistics 37, 87-94.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, brentq, minimize
from scipy.special import chdtri, ndtri

type Floats = NDArray[np.float64]
type LogLikelihood = Callable[[Floats], tuple[float, Floats]]
"""Value and gradient at a point."""

_STEP = 1e-4
_EDGE = 1e-6
_MOST_STEPS = 40


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
        self, point: Floats, index: int, sd: float, confidence: float
    ) -> tuple[float, float]:
        """Bound a parameter by its profile likelihood.

        Parameters
        ----------
        point
            The maximum.
        index
            Which parameter.
        sd
            A first guess of its standard error; NaN if there is none.
        confidence
            Chance that such an interval holds the value.

        Returns
        -------
        tuple
            Both bounds; infinite where the likelihood falls too little up to the end of the box.
        """
        drop = float(chdtri(1, 1.0 - confidence)) / 2.0
        # the first step lands a little beyond where the bound lies if the likelihood is normal
        step = 1.2 * float(ndtri((1 + confidence) / 2)) * (sd if 0.0 < sd < 10.0 else 0.5)
        return (
            self._bound(point, index, -step, drop, float(self.low[index])),
            self._bound(point, index, step, drop, float(self.high[index])),
        )

    def _bound(self, point: Floats, index: int, step: float, drop: float, end: float) -> float:
        top = self.at(point)[0]
        warm = point

        def fall(value: float) -> float:
            nonlocal warm
            warm, height = self.best(warm, {index: value})
            return top - height - drop

        inner = float(point[index])
        for _ in range(_MOST_STEPS):
            outer = max(inner + step, end) if step < 0 else min(inner + step, end)
            if fall(outer) > 0.0:
                return float(brentq(fall, inner, outer, xtol=1e-3 * abs(step), rtol=1e-6))
            if outer == end:
                break
            inner, step = outer, 1.5 * step
        return float(np.copysign(np.inf, step))
