"""What is allowed for a value, in words, read from the JSON schema of the models."""

from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any]

NOUNS = {
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "string": ("text in quotes", "texts in quotes"),
    "object": ("a table", "tables"),
}
RELATIVE = "weight"
"""The unit of weights, of which only the ratio matters."""

LIMITS = (
    ("minimum", ">="),
    ("exclusiveMinimum", ">"),
    ("maximum", "<="),
    ("exclusiveMaximum", "<"),
)


def allowed(schema: Schema, key: Sequence[str | int]) -> str:
    """Say what the value at a key must be.

    Parameters
    ----------
    schema
        JSON schema of a scenario.
    key
        Location in the scenario.

    Returns
    -------
    str
        A clause such as "must be a whole number >= 0 (units)".
    """
    node = resolve(schema, key)
    unit = node.get("unit")
    words = f"must be {describe_type(schema, node)}"
    return f"{words} ({unit})" if unit and unit != RELATIVE else words


def resolve(schema: Schema, key: Sequence[str | int]) -> Schema:
    """Find the part of a schema that holds for a key; empty if there is none."""
    node = schema
    for part in key:
        node = _step(schema, node, part)
    return _follow(schema, node)


def entry_schema(node: Schema) -> Schema:
    """Find what holds for the entries of a table of groups; empty for any other value."""
    entries = node.get("additionalProperties")
    if isinstance(entries, dict):
        return entries
    return dict(next(iter(node.get("patternProperties", {}).values()), {}))


def describe_type(schema: Schema, node: Schema, *, plural: bool = False) -> str:
    """Describe the values that a part of a schema admits, with their range."""
    node = _follow(schema, node)
    if options := node.get("anyOf") or node.get("oneOf"):
        return " or ".join(describe_type(schema, option) for option in options)
    if "enum" in node:
        return _join([f'"{value}"' for value in node["enum"]])
    match node.get("type"):
        case "null":
            return '"none"'
        case "boolean":
            return "true or false"
        case "array":
            return _describe_array(schema, node, plural=plural)
        case "object" if entries := entry_schema(node):
            inner = describe_type(schema, entries, plural=True)
            return f"a table of {inner}" + _at_least(node.get("minProperties"))
    if node.get("format") == "date":
        return "a date such as 2026-01-01"
    noun = NOUNS.get(node.get("type", ""), ("a value", "values"))[plural]
    return f"{noun} {_describe_limits(node)}".strip()


def _describe_limits(node: Schema) -> str:
    if "minimum" in node and "maximum" in node:
        return f"from {node['minimum']:g} to {node['maximum']:g}"
    return " and ".join(f"{sign} {node[name]:g}" for name, sign in LIMITS if name in node)


def _at_least(number: int | None) -> str:
    return f", at least {number}" if number else ""


def _describe_array(schema: Schema, node: Schema, *, plural: bool) -> str:
    first = node["prefixItems"][0] if "prefixItems" in node else node.get("items", {})
    inner = describe_type(schema, first, plural=True)
    least, most = node.get("minItems"), node.get("maxItems")
    noun = "lists" if plural else "a list"
    if least is not None and least == most:
        return f"{noun} of {least} {inner}"
    return f"{noun} of {inner}" + _at_least(least)


def _step(schema: Schema, node: Schema, part: str | int) -> Schema:
    node = _follow(schema, node)
    for option in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        target = _follow(schema, option)
        if part in target.get("properties", {}):
            below: Schema = target["properties"][part]
            return below
        if target.get("type") == "array" and isinstance(part, int):
            return dict(target.get("items", {}))
        if entries := entry_schema(target):
            return entries
    return {}


def _follow(schema: Schema, node: Schema) -> Schema:
    if "$ref" not in node:
        return node
    name = node["$ref"].rpartition("/")[2]
    return {**schema["$defs"][name], **{k: v for k, v in node.items() if k != "$ref"}}


def _join(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
