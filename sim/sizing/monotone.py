"""Whether larger forces were ever worse: what the search takes for granted, checked afterwards."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from sim.sizing.requirements import Requirement

type Floats = NDArray[np.float64]

ERROR = 0.01
"""Chance that any warning is given although more is never worse."""


def reversals(
    requirements: Sequence[Requirement],
    samples: Mapping[tuple[int, ...], Sequence[Floats]],
) -> list[tuple[tuple[int, ...], tuple[int, ...], Requirement]]:
    """List pairs of forces of which the larger one does worse, seed by seed.

    Parameters
    ----------
    requirements
        What is looked at.
    samples
        By sizes of the force: for each requirement one number a run, seeds in the same order.

    Returns
    -------
    list of (smaller, larger, requirement)
        Pairs for which a one-sided paired t test rejects that the larger is at least as good, the
        error shared among all pairs.
    """
    forces = sorted(samples)
    pairs = [(a, b) for a in forces for b in forces if a != b and _contains(b, a)]
    error = ERROR / max(1, len(pairs) * len(requirements))
    return [
        (small, large, requirement)
        for small, large in pairs
        for number, requirement in enumerate(requirements)
        if _chance_of_loss(samples[small][number], samples[large][number], requirement) < error
    ]


def _contains(large: tuple[int, ...], small: tuple[int, ...]) -> bool:
    return all(b >= a for a, b in zip(small, large, strict=True))


def _chance_of_loss(small: Floats, large: Floats, requirement: Requirement) -> float:
    """Return the p value of the larger force's loss; 1 where there is none."""
    n = min(len(small), len(large))
    both = np.isfinite(small[:n]) & np.isfinite(large[:n])
    loss = (small[:n][both] - large[:n][both]) * (1.0 if requirement.upwards else -1.0)
    if len(loss) < 2 or loss.mean() <= 0.0:
        return 1.0
    spread = float(loss.std(ddof=1))
    if spread <= 1e-12 * abs(float(loss.mean())):
        return 0.0
    return float(stdtr(len(loss) - 1, -loss.mean() / spread * len(loss) ** 0.5))
