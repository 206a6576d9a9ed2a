"""Dotted keys into the tables of a scenario."""

import numbers
from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import InputError
from sim.scenario.fields import Value
from sim.scenario.messages import did_you_mean, dotted, prefix

TABLES_OF_GROUPS = {
    "areas",
    "clutter",
    "headquarters",
    "monitors",
    "nations",
    "platforms",
    "reports",
    "support",
}
"""The tables of a scenario whose entries have names of their own."""


def get_value(tree: Value, path: str) -> Value:
    """Look up the value at a dotted key; elements of lists go by index.

    Raises
    ------
    InputError
        If the key does not exist.
    """
    for depth, _ in enumerate(parts := path.split(".")):
        tree = _child(tree, parts, depth, "")
    return tree


def set_value(tree: Value, path: str, value: Value, source: str) -> Value:
    """Copy a tree with the value at a dotted key replaced.

    Only what lies on the way to the key is copied. A new entry may be added to the tables that
    hold groups by name (with a table or, in a table of look chances, a number); ``False``
    removes a table from them.

    Raises
    ------
    InputError
        If the key does not exist.
    """
    return _set(tree, path.split("."), 0, _plain_number(value), source)


def flatten(tree: Value, path: str = "") -> dict[str, Any]:
    """List the values of a tree by dotted key; lists of plain values stay whole."""
    if isinstance(tree, Mapping):
        entries: list[tuple[Any, Any]] = list(tree.items())
    elif isinstance(tree, list | tuple) and any(isinstance(item, Mapping) for item in tree):
        entries = list(enumerate(tree))
    else:
        return {path: tree}
    flat: dict[str, Any] = {}
    for key, item in entries:
        flat |= flatten(item, f"{path}.{key}" if path else str(key))
    return flat


def _plain_number(value: Value) -> Value:
    """Turn a number of another library, such as NumPy, into Python's own."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def _set(tree: Value, parts: Sequence[str], depth: int, value: Value, source: str) -> Value:
    last = depth == len(parts) - 1
    key = parts[depth]
    if isinstance(tree, Mapping) and last and _may_change_entry(tree, parts, value):
        kept = {name: item for name, item in tree.items() if name != key}
        return kept if value is False else {**kept, key: value}
    below = _child(tree, parts, depth, source)
    new = value if last else _set(below, parts, depth + 1, value, source)
    if isinstance(tree, Mapping):
        return {**tree, key: new}
    return [new if index == int(key) else item for index, item in enumerate(tree)]


def _may_change_entry(tree: Mapping[str, Any], parts: Sequence[str], value: Value) -> bool:
    """Whether the last key names an entry that can be added to its table or removed from it."""
    if not _holds_entries(parts[:-1]):
        return False
    if value is False:
        return parts[-1] in tree
    return isinstance(value, Mapping) or parts[-2] == "look_chance"


def _holds_entries(parts: Sequence[str]) -> bool:
    match list(parts):
        case ["violations", "kinds" | "hot_spots"]:
            return True
        case ["platforms" | "clutter", _, "look_chance"]:
            return True
        case [table]:
            return table in TABLES_OF_GROUPS
        case _:
            return False


def _child(tree: Value, parts: Sequence[str], depth: int, source: str) -> Value:
    """Step down to one part of a dotted key."""
    key = parts[depth]
    if isinstance(tree, Mapping):
        if key in tree:
            return tree[key]
        hint = did_you_mean(key, tree)
    elif isinstance(tree, list | tuple):
        if key.isdecimal() and int(key) < len(tree):
            return tree[int(key)]
        hint = f"; {dotted(parts[:depth])} has {len(tree)} elements, counted from 0"
    else:
        hint = f"; {dotted(parts[:depth])} is not a table"
    message = f"{prefix(source)}unknown key {dotted(parts)}{hint}"
    raise InputError(message)
