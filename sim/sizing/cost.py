"""The cost of a force: a formula of its sizes."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sim.arrays import Floats
from sim.errors import InputError
from sim.experiment.formula import Formula
from sim.sizing.factors import Factor


class Cost:
    """A formula such as ``monitors.male.count*3 + support.patrols.count``.

    Parameters
    ----------
    text
        The formula.
    factors
        What is varied; the formula may name their keys.

    Raises
    ------
    InputError
        If it cannot be read, names something else, or divides by zero.
    """

    def __init__(self, text: str, factors: Sequence[Factor]) -> None:
        self.text = text
        # A star in a key would be read as a product.
        self._names = {factor.key: factor.key.replace(".*.", ".") for factor in factors}
        plain = text.replace(".*.", ".")
        self._formula = Formula(plain, list(self._names.values()), "--cost", "is not varied")
        self.of({factor.key: float(factor.levels[0]) for factor in factors})

    def of(self, sizes: Mapping[str, float]) -> float:
        """Return the cost of a force given by its sizes by key."""
        return self._formula.of({self._names[key]: size for key, size in sizes.items()})


_BUDGET = re.compile(r"\s*cost\s*(?P<sign>[<>]=)\s*(?P<limit>[-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*")


def read_budget(text: str) -> float | None:
    """Read a rule such as ``cost <= 100e6`` about the formula of the cost.

    Returns
    -------
    float or None
        The limit; None where the rule speaks of something else.

    Raises
    ------
    InputError
        If it speaks of the cost and sets no upper limit.
    """
    if not re.match(r"\s*cost\b", text):
        return None
    match = _BUDGET.fullmatch(text)
    try:
        limit = float(match["limit"]) if match and match["sign"] == "<=" else None
    except ValueError:
        limit = None
    if limit is None:
        raise InputError(f"--require {text!r}: a budget must be like cost <= 100e6")
    return limit


def cost_grid(cost: Cost, factors: Sequence[Factor]) -> Floats:
    """Return the cost of every force in range, one axis a factor.

    Raises
    ------
    InputError
        If a larger force is somewhere cheaper: the search relies on it that none is.
    """
    shape = tuple(len(factor.levels) for factor in factors)
    grid = np.empty(shape)
    for place in np.ndindex(shape):
        sizes = {f.key: float(f.levels[i]) for f, i in zip(factors, place, strict=True)}
        grid[place] = cost.of(sizes)
    for axis, factor in enumerate(factors):
        if (np.diff(grid, axis=axis) < 0.0).any():
            raise InputError(f"--cost {cost.text!r}: must not fall when {factor.key} grows")
    return grid
