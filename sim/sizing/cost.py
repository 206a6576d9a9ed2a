"""The cost of a force: a formula of its sizes."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.scenario.messages import did_you_mean
from sim.sizing.factors import Factor

type Floats = NDArray[np.float64]

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
GRAMMAR = "must be made of numbers, the keys that are varied, + - * / and brackets"


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
        self._names = {factor.key.replace(".*.", "."): factor.key for factor in factors}
        try:
            self._tree = ast.parse(text.replace(".*.", "."), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            raise InputError(f"--cost {text!r}: {GRAMMAR}") from None
        self.of({factor.key: float(factor.levels[0]) for factor in factors})

    def of(self, sizes: Mapping[str, float]) -> float:
        """Return the cost of a force given by its sizes by key."""
        try:
            return float(self._value(self._tree, sizes))
        except ZeroDivisionError:
            raise InputError(f"--cost {self.text!r}: divides by zero") from None

    def _value(self, node: ast.expr, sizes: Mapping[str, float]) -> float:
        match node:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                apply = _OPERATORS[type(op)]
                return float(apply(self._value(left, sizes), self._value(right, sizes)))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, sizes)
            case ast.Attribute() | ast.Name():
                return sizes[self._key(ast.unparse(node))]
            case _:
                pass
        raise InputError(f"--cost {self.text!r}: {GRAMMAR}")

    def _key(self, name: str) -> str:
        if name not in self._names:
            hint = did_you_mean(name, self._names.values())
            raise InputError(f"--cost {self.text!r}: {name} is not varied{hint}")
        return self._names[name]


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
