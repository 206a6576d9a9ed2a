"""Where in the unit cube the points of a sampled design lie.

References
----------
McKay, M. D., Beckman, R. J. and Conover, W. J. (1979), A comparison of three methods for selecting
values of input variables in the analysis of output from a computer code, Technometrics 21, 239-245.
Sobol, I. M. (1967), On the distribution of points in a cube and the approximate evaluation of
integrals, USSR Computational Mathematics and Mathematical Physics 7, 86-112; scrambled after Owen.
Morris, M. D. (1991), Factorial sampling plans for preliminary computational experiments,
Technometrics 33, 161-174.
Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output: design and
estimator for the total sensitivity index, Computer Physics Communications 181, 259-270.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from sim.arrays import Floats
from sim.errors import InputError

SAMPLED = ("random", "latin_hypercube", "sobol", "morris", "saltelli")
MORRIS_LEVELS = 4
MOST_POINTS = 1_000_000


def sample(kind: str, factors: int, samples: int, seed: int, place: str) -> Floats:
    """Return the points of a design.

    Parameters
    ----------
    kind
        One of `SAMPLED`.
    factors
        Number of factors.
    samples
        Number of points; for ``morris`` of trajectories (of factors + 1 points each), for
        ``saltelli`` of base points (of factors + 2 points each).
    seed
        Seed of the sample.
    place
        The file, for error messages.

    Returns
    -------
    ndarray of float, shape (points, factors)
        Places from 0 to 1.

    Raises
    ------
    InputError
        If the number of samples does not suit the design, or SALib is needed and not there.
    """
    if kind in ("sobol", "saltelli") and samples & (samples - 1):
        raise InputError(f"{place}samples = {samples}: must be a power of two for {kind}")
    if kind in ("morris", "saltelli") and samples < 2:
        raise InputError(f"{place}samples = {samples}: must be at least 2 for {kind}")
    rng = np.random.default_rng(seed)
    match kind:
        case "random":
            return rng.random((samples, factors))
        case "latin_hypercube":
            return np.asarray(scipy.stats.qmc.LatinHypercube(factors, rng=rng).random(samples))
        case "sobol":
            return np.asarray(scipy.stats.qmc.Sobol(factors, rng=rng).random(samples))
        case "morris":
            return _salib("morris", factors, samples, seed, num_levels=MORRIS_LEVELS)
        case _:
            return _salib("sobol", factors, samples, seed, calc_second_order=False)


def points_a_sample(kind: str, factors: int) -> int:
    """Return how many points each sample of a design makes."""
    return 1 + {"morris": factors, "saltelli": factors + 1}.get(kind, 0)


def _salib(method: str, factors: int, samples: int, seed: int, **options: Any) -> Floats:
    sampler = salib(f"sample.{method}").sample
    names = [str(number) for number in range(factors)]
    points = sampler(problem(names), samples, seed=seed, **options)
    return np.asarray(points, dtype=np.float64)


def problem(names: Sequence[str]) -> dict[str, Any]:
    """Describe the unit cube of some factors to SALib."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def salib(module: str) -> Any:
    """Import a module of SALib.

    Raises
    ------
    InputError
        If SALib is not installed.
    """
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ImportError:
        message = (
            "SALib is not installed; install it with: pip install 'ceasefire-sim[sensitivity]'"
        )
        raise InputError(message) from None
