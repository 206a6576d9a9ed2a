"""How a factor takes its value from a number between 0 and 1: lists, ranges, distributions."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # not scipy.stats, which takes half a second to load and is seldom needed

from sim.errors import InputError
from sim.scenario.messages import did_you_mean, show

RANGE = "range"
MOST = 1e15
"""Numbers of a range or distribution beyond this are taken for slips of the keyboard."""
RANGE_KEYS = {"low", "high", "log", "integer"}


@dataclass(frozen=True)
class Draw:
    """A factor of a sampled design."""

    at: Callable[[float], Any]
    """Value at a number from 0 to 1: the inverse of its distribution function."""
    is_bounded: bool
    """Whether 0 and 1 give finite values."""


@dataclass(frozen=True)
class _Law:
    """A family of distributions."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    make: Callable[..., Any]
    """Makes the frozen distribution of SciPy."""
    rule: str
    holds: Callable[[Mapping[str, float]], bool]
    is_bounded: bool


def _normal(mean: float, sd: float, low: float = -np.inf, high: float = np.inf) -> Any:
    return scipy.stats.truncnorm((low - mean) / sd, (high - mean) / sd, loc=mean, scale=sd)


def _triangular(low: float, mode: float, high: float) -> Any:
    return scipy.stats.triang((mode - low) / (high - low), loc=low, scale=high - low)


def _beta(a: float, b: float, low: float = 0.0, high: float = 1.0) -> Any:
    return scipy.stats.beta(a, b, loc=low, scale=high - low)


LAWS = {
    "uniform": _Law(
        ("low", "high"), (), lambda low, high: scipy.stats.uniform(low, high - low),
        "low must be below high", lambda p: p["low"] < p["high"], True,
    ),
    "loguniform": _Law(
        ("low", "high"), (), lambda low, high: scipy.stats.loguniform(low, high),
        "low must be above 0 and below high", lambda p: 0.0 < p["low"] < p["high"], True,
    ),
    "normal": _Law(
        ("mean", "sd"), ("low", "high"), _normal,
        "sd must be above 0, low below high",
        lambda p: p["sd"] > 0.0 and p.get("low", -np.inf) < p.get("high", np.inf), False,
    ),
    "lognormal": _Law(
        ("median", "sigma"), (), lambda median, sigma: scipy.stats.lognorm(sigma, scale=median),
        "median and sigma must be above 0",
        lambda p: p["median"] > 0.0 and p["sigma"] > 0.0, False,
    ),
    "triangular": _Law(
        ("low", "mode", "high"), (), _triangular,
        "low <= mode <= high and low < high",
        lambda p: p["low"] <= p["mode"] <= p["high"] and p["low"] < p["high"], True,
    ),
    "beta": _Law(
        ("a", "b"), ("low", "high"), _beta,
        "a and b must be above 0, low below high",
        lambda p: p["a"] > 0.0 and p["b"] > 0.0 and p.get("low", 0.0) < p.get("high", 1.0), True,
    ),
}  # fmt: skip


def make_draw(spec: Any, place: str) -> Draw:
    """Read how a factor is drawn.

    Parameters
    ----------
    spec
        The values to choose from with equal chance; a table with ``low`` and ``high`` (and
        ``log = true``, ``integer = true``); or one with a ``distribution`` and what it needs.
    place
        The key in its file, for error messages.

    Raises
    ------
    InputError
        If it is none of these, or its numbers do not make sense.
    """
    if isinstance(spec, tuple | list):
        levels = tuple(spec)
        return Draw(lambda u: levels[min(int(u * len(levels)), len(levels) - 1)], True)
    if not isinstance(spec, Mapping):
        raise InputError(f"{place} = {show(spec)}: must be a list, a range or a distribution")
    numbers = {key: value for key, value in spec.items() if key != "distribution"}
    if "distribution" in spec:
        return _distribution(str(spec["distribution"]), numbers, place)
    return _range(numbers, place)


def _range(spec: Mapping[str, Any], place: str) -> Draw:
    if unknown := sorted(set(spec) - RANGE_KEYS):
        hint = did_you_mean(unknown[0], RANGE_KEYS)
        raise InputError(f"{place}: unknown key {unknown[0]} of a range{hint}")
    for flag in ("log", "integer"):
        if not isinstance(spec.get(flag, False), bool):
            raise InputError(f"{place}.{flag} = {show(spec[flag])}: must be true or false")
    ends = {key: value for key, value in spec.items() if key in ("low", "high")}
    if not spec.get("integer", False):
        return _distribution("loguniform" if spec.get("log") else "uniform", ends, place)
    law = _distribution("loguniform" if spec.get("log") else "uniform", ends, place)
    low, high = spec["low"], spec["high"]
    if low != int(low) or high != int(high):
        raise InputError(f"{place}: low and high of an integer range must be whole numbers")
    if spec.get("log"):
        # each whole number has the share of the logarithmic scale around it
        law = _distribution("loguniform", {"low": low - 0.5, "high": high + 0.5}, place)
        return Draw(lambda u: int(min(high, max(low, np.floor(law.at(u) + 0.5)))), True)
    return Draw(lambda u: int(min(high, low + np.floor(u * (high - low + 1)))), True)


def _distribution(name: str, numbers: Mapping[str, Any], place: str) -> Draw:
    if name not in LAWS:
        hint = did_you_mean(name, LAWS)
        raise InputError(f"{place}.distribution = {show(name)}: unknown{hint}")
    law = LAWS[name]
    for key in law.needed:
        if key not in numbers:
            raise InputError(f"{place}: {name} needs {' and '.join(law.needed)}")
    for key, value in numbers.items():
        if key not in (*law.needed, *law.optional):
            hint = did_you_mean(key, (*law.needed, *law.optional))
            raise InputError(f"{place}: unknown key {key} of {name}{hint}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST:
            rule = f"must be a number from {-MOST:g} to {MOST:g}"
            raise InputError(f"{place}.{key} = {show(value)}: {rule}")
    if not law.holds(numbers):
        raise InputError(f"{place}: {name}: {law.rule}")
    with np.errstate(all="ignore"):  # what comes of it is checked at each draw
        frozen = law.make(**numbers)

    def at(u: float) -> float:
        with np.errstate(all="ignore"):
            value = float(frozen.ppf(u))
        if (law.is_bounded and not math.isfinite(value)) or math.isnan(value):
            raise InputError(f"{place}: {name} cannot be drawn from with these numbers")
        return value

    return Draw(at, law.is_bounded)
