"""Numbers as tables write them: with a decimal point or a decimal comma."""

import re

import numpy as np

from sim.arrays import Floats, Ints
from sim.calibration.sheet import Column

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_WHOLE = re.compile(r"\+?(\d{1,18})([.,]0*)?", re.ASCII)
_MOST = 10**9
_UNCLEAR = "may have a decimal sign or a sign between thousands: write it without the latter"


def whole_numbers(column: Column, least: int, most: int = _MOST) -> Ints:
    """Read a column of whole numbers from `least` to `most`; 19.0 and 19,0 are 19.

    Raises
    ------
    InputError
        If one is not whole, or beyond the range; 1.000 may be one or a thousand and is refused.
    """
    rule = f"must be a whole number >= {least}" + f" and <= {most}" * (most != _MOST)
    found = np.empty(len(column.texts), dtype=np.int64)
    for row, text in enumerate(column.texts):
        match = _WHOLE.fullmatch(text)
        if _THOUSANDS.fullmatch(text):
            raise column.fault(row, f"{rule}; it {_UNCLEAR}")
        if match is None or not least <= int(match[1]) <= most:
            raise column.fault(row, rule)
        found[row] = int(match[1])
    return found


def numbers(column: Column, low: float, high: float) -> Floats:
    """Read a column of numbers from `low` to `high`, with decimal points or decimal commas.

    Raises
    ------
    InputError
        If one is no number or beyond the range, or where a comma may be a decimal one or one of
        thousands.
    """
    rule = f"must be a number from {low:g} to {high:g}"
    _check_commas(column, high)
    found = np.empty(len(column.texts))
    for row, text in enumerate(column.texts):
        if not _NUMBER.fullmatch(text):
            raise column.fault(row, rule)
        found[row] = float(text.replace(",", "."))
        if not low <= found[row] <= high:
            raise column.fault(row, rule)
    return found


def _check_commas(column: Column, high: float) -> None:
    """Refuse 1,234 where nothing tells a decimal comma from one of thousands."""
    commas = [row for row, text in enumerate(column.texts) if "," in text]
    if not commas or column.separator == ";" or high < 1000.0:
        return  # semicolons stand where commas are decimal; degrees have no thousands
    if all(_THOUSANDS.fullmatch(column.texts[row]) for row in commas):
        raise column.fault(commas[0], _UNCLEAR)
