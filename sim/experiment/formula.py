"""Formulas of factors: what a scenario key follows from others."""

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sim.errors import InputError
from sim.scenario.messages import did_you_mean

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
GRAMMAR = "must be made of numbers, names of factors, + - * / and brackets"


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
        If it cannot be read or names something else.
    """

    def __init__(
        self, text: str, names: Collection[str], place: str, otherwise: str = "is no factor"
    ) -> None:
        self._otherwise = otherwise
        self._place = f"{place} = {text!r}"
        try:
            self._tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            raise InputError(f"{self._place}: {GRAMMAR}") from None
        self._check(self._tree, names)

    def of(self, values: Mapping[str, Any]) -> float:
        """Return the value of the formula.

        Raises
        ------
        InputError
            If it divides by zero, or a factor is no number.
        """
        try:
            return float(self._value(self._tree, values))
        except ZeroDivisionError:
            raise InputError(f"{self._place}: divides by zero") from None

    def _check(self, node: ast.expr, names: Collection[str]) -> None:
        match node:
            case ast.Constant(value=bool()):
                raise InputError(f"{self._place}: {GRAMMAR}")
            case ast.Constant(value=int() | float()):
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                self._check(left, names)
                self._check(right, names)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self._check(operand, names)
            case ast.Attribute() | ast.Name():
                if (name := ast.unparse(node)) not in names:
                    hint = did_you_mean(name, names)
                    raise InputError(f"{self._place}: {name} {self._otherwise}{hint}")
            case _:
                raise InputError(f"{self._place}: {GRAMMAR}")

    def _value(self, node: ast.expr, values: Mapping[str, Any]) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.BinOp(left=left, op=op, right=right):
                apply = _OPERATORS[type(op)]
                return float(apply(self._value(left, values), self._value(right, values)))
            case ast.UnaryOp(operand=operand):
                return -self._value(operand, values)
            case _:
                value = values[ast.unparse(node)]
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise InputError(f"{self._place}: {ast.unparse(node)} is no number")
                return value
