"""Formulas of factors: what a scenario key follows from others."""

import ast
import math
import operator
import warnings
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sim.errors import InputError
from sim.scenario.messages import did_you_mean, show

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
GRAMMAR = "must be made of numbers, names of factors, + - * / and brackets"
MOST_LETTERS = 1000
MOST_SHOWN = 4
MOST_LEVELS = 30
"""Operations within each other: a sum of so many terms."""


class Formula:
    """A formula such as ``soldiers / 30`` or ``2 * monitors.male.count``.

    Parameters
    ----------
    text
        The formula.
    names
        What it may name.
    place
        The key in its file, for error messages.
    otherwise
        What is said of another name.

    Raises
    ------
    InputError
        If it cannot be read, is too long or nested too deeply, names something else, or has a
        number that is not finite.
    """

    def __init__(
        self, text: str, names: Collection[str], place: str, otherwise: str = "is no factor"
    ) -> None:
        self._otherwise = otherwise
        self._place = f"{place} = {show(text)}"
        if len(text) > MOST_LETTERS:
            raise InputError(f"{self._place}: must have at most {MOST_LETTERS} characters")
        self._tree = self._parse(text)
        self._check(self._tree, names, MOST_LEVELS)

    def of(self, values: Mapping[str, Any]) -> float:
        """Return the value of the formula, which is finite.

        Raises
        ------
        InputError
            If it divides by zero or grows beyond all numbers, or a factor is no number.
        """
        try:
            value = self._value(self._tree, values)
        except ZeroDivisionError:
            raise InputError(f"{self._place}: divides by zero{_at(values)}") from None
        if not math.isfinite(value):
            raise InputError(f"{self._place}: is no finite number{_at(values)}")
        return value

    def _parse(self, text: str) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # such as of "2if", which Python still reads
                return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, SyntaxWarning, ValueError, RecursionError, MemoryError):
            raise InputError(f"{self._place}: {GRAMMAR}") from None

    def _check(self, node: ast.expr, names: Collection[str], levels: int) -> None:
        if levels == 0:
            raise InputError(f"{self._place}: must have at most {MOST_LEVELS} levels")
        match node:
            case ast.Constant(value=bool()):
                raise InputError(f"{self._place}: {GRAMMAR}")
            case ast.Constant(value=int() | float() as number):
                if not math.isfinite(_number(number)):
                    raise InputError(f"{self._place}: has a number that is too large")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                self._check(left, names, levels - 1)
                self._check(right, names, levels - 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self._check(operand, names, levels - 1)
            case ast.Attribute() | ast.Name():
                if (name := self._name(node)) not in names:
                    hint = did_you_mean(name, names)
                    raise InputError(f"{self._place}: {name} {self._otherwise}{hint}")
            case _:
                raise InputError(f"{self._place}: {GRAMMAR}")

    def _name(self, node: ast.expr) -> str:
        """Write a dotted name; what is no name at its root is no formula."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise InputError(f"{self._place}: {GRAMMAR}")
        return ".".join([node.id, *reversed(parts)])

    def _value(self, node: ast.expr, values: Mapping[str, Any]) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return _number(number)
            case ast.BinOp(left=left, op=op, right=right):
                apply = _OPERATORS[type(op)]
                return apply(self._value(left, values), self._value(right, values))
            case ast.UnaryOp(operand=operand):
                return -self._value(operand, values)
            case _:
                value = values[name := self._name(node)]
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise InputError(f"{self._place}: {name} is no number")
                return _number(value)


def _number(value: float) -> float:
    """Return a number in double precision; infinite if it is too large for that."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _at(values: Mapping[str, Any]) -> str:
    """Say for which values, of the first of them."""
    shown = [f"{key} = {show(value)}" for key, value in list(values.items())[:MOST_SHOWN]]
    return f" at {', '.join(shown)}" if shown else ""
