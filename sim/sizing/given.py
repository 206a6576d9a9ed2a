"""What a claim is conditional on: values of the scenario that are set for it."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import InputError
from sim.scenario import Scenario
from sim.sizing.factors import Factor


def read_given(texts: Sequence[str]) -> dict[str, Any]:
    """Read ``KEY=VALUE``, such as ``united_states.engagement=engaged``.

    Parameters
    ----------
    texts
        VALUE as in a scenario file; text needs no quotes.

    Returns
    -------
    dict
        Values by key.

    Raises
    ------
    InputError
        If one cannot be read, or a key stands there twice.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not key or not sign or not value:
            raise InputError(f"--given {text!r}: must be like united_states.engagement=engaged")
        if key in values:
            raise InputError(f"--given {key}: stands there twice")
        values[key] = _value(value)
    return values


def condition(scenario: Scenario, values: dict[str, Any], factors: Sequence[Factor]) -> Scenario:
    """Set what is given in a scenario.

    Raises
    ------
    InputError
        If it is not allowed there, or varies.
    """
    for factor in factors:
        if both := {*values} & {factor.key, *factor.values(scenario, factor.levels[0])}:
            raise InputError(f"--given {min(both)}: is varied too (--vary {factor.key})")
    return scenario.with_values(values, source="--given") if values else scenario


def given_text(values: Mapping[str, Any]) -> str:
    """Return what is given in words; empty where nothing is."""
    return ", ".join(f"{key} = {value}" for key, value in values.items())


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
