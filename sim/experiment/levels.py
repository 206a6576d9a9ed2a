"""The values that a factor takes: a list, a span with a step, or a table that says how to draw."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sim.errors import InputError
from sim.scenario.fields import Value
from sim.scenario.messages import prefix, show

SPAN_KEYS = {"from", "to", "step"}
MAX_LEVELS = 100_000
"""A span with more values than this is taken for a slip of the keyboard."""


def unquoted_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``monitors.male.count = ...`` like ``"monitors.male.count" = ...``.

    TOML makes nested tables of a dotted key without quotes. A table below a key with a dot, and one
    that says which values a factor takes, stays whole: it is a value.
    """
    flat: dict[str, Any] = {}
    for key, value in table.items():
        is_value = "." in key or not isinstance(value, Mapping) or _says_values(value)
        flat |= {key: value} if is_value else _dotted(key, value)
    return flat


def _says_values(table: Mapping[str, Any]) -> bool:
    """Tell whether a table is a span, a range or a distribution."""
    return bool(SPAN_KEYS & set(table) or {"low", "high", "distribution"} & set(table))


def _dotted(key: str, value: Value) -> dict[str, Any]:
    if not isinstance(value, Mapping) or _says_values(value):
        return {key: value}
    flat: dict[str, Any] = {}
    for name, item in value.items():
        flat |= _dotted(f"{key}.{name}", item)
    return flat


def factor_levels(
    factors: Mapping[str, Any], source: str, *, drawn: bool = False
) -> dict[str, Any]:
    """List the values of each factor.

    Parameters
    ----------
    factors
        A list, or a span ``{from, to, step}``, by dotted key; in a sampled design also a table
        that says how it is drawn, which is left as it is.
    source
        Where they come from, for error messages.

    Raises
    ------
    InputError
        If a factor has no values, one value twice, or a span that leads nowhere.
    """
    return {
        key: dict(value)
        if drawn and isinstance(value, Mapping) and not SPAN_KEYS & set(value)
        else _levels(value, f"{prefix(source)}factors.{key}")
        for key, value in factors.items()
    }


def _levels(value: Value, place: str) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        return _span(value, place)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InputError(
            f"{place} = {show(value)}: must be a list of values or a table with from, to and step"
        )
    levels = tuple(_plain(item) for item in value)
    if not levels:
        raise InputError(f"{place} = []: must have at least one value")
    seen: set[str] = set()
    for level in levels:
        if (text := json.dumps(level, default=str)) in seen:
            raise InputError(f"{place}: the value {show(level)} stands twice")
        seen.add(text)
    return levels


def _plain(value: Value) -> Value:
    """Turn a NumPy scalar into the number it stands for."""
    return value.item() if hasattr(value, "item") else value


def _span(span: Mapping[str, Any], place: str) -> tuple[float, ...]:
    """List the values from, from + step, ... that do not pass ``to``."""
    if not SPAN_KEYS & set(span):
        raise InputError(
            f"{place}: a range or distribution is for sampled designs, such as "
            'design = "latin_hypercube"'
        )
    if set(span) != SPAN_KEYS or not all(_is_number(value) for value in span.values()):
        raise InputError(f"{place}: a span must have the numbers from, to and step and no other")
    # In decimals, so that 0.1 + 2 * 0.1 is 0.3 and the end is met where it should be.
    first, last, step = (Decimal(str(span[key])) for key in ("from", "to", "step"))
    if step == 0 or (last - first) / step < 0:
        raise InputError(f"{place}: step = {span['step']} does not lead from {first} to {last}")
    count = int((last - first) / step) + 1
    if count > MAX_LEVELS:
        raise InputError(
            f"{place}: has {Decimal(count):.3g} values; must have at most {MAX_LEVELS}"
        )
    kind = int if all(isinstance(value, int) for value in span.values()) else float
    return tuple(kind(first + index * step) for index in range(count))


def _is_number(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value == value and abs(value) != float("inf")
