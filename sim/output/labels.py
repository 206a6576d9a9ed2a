"""Keys and names in words: what figures and tables call factors, measures and values."""

import re
from typing import Any

import numpy as np
import pandas as pd

from sim.results.measures import find_measure

_ACRONYMS = {"male": "MALE", "hale": "HALE", "uk": "UK", "us": "US"}
_DRONES = {"hale", "male", "tactical", "mini"}
_TOLD_BY_VALUE = {"kind", "domain", "phase"}
_SMALL_WORDS = {"and", "of", "the"}
_UNITS = {
    "_kmh": "km/h", "_km": "km", "_min": "min", "_h": "h", "_days": "days", "_per_day": "a day",
    "_per_1000_h": "per 1,000 h", "_usd": "USD", "_km2": "km²",
}  # fmt: skip
PLACES = {"land": "on land", "air": "in the air", "sea": "at sea"}
"""Domains as a sentence has them."""
PLAIN_FROM = 1e6
"""From here on, levels are written without decimals, and never as 2e+06."""
MOST_LETTERS = 28
"""A value longer than this, such as a list, is cut."""


def factor_label(key: str) -> str:
    """Return a scenario key in words: `monitors.male.count` becomes `MALE drones (count)`."""
    parts = key.split(".")
    quantity = _quantity(parts[-1])
    if len(parts) == 1:
        return capital(quantity)
    if len(parts) == 2:
        return f"{capital(parts[0].replace('_', ' '))}: {quantity}"
    owner = _owner(parts[0], parts[1])
    middle = "".join(f"{part.replace('_', ' ')}, " for part in parts[2:-1])
    return f"{owner} (count)" if parts[2] == "count" else f"{owner}: {middle}{quantity}"


def _owner(table: str, name: str) -> str:
    words = title_words(name)
    if table == "monitors":
        return f"{words} {'drones' if name.split('_')[0] in _DRONES else 'monitors'}"
    if table == "support":
        return words if name.endswith("units") else f"{words} support units"
    return f"{capital(table.replace('_', ' '))}: {words}"


def title_words(name: str) -> str:
    """Return the name of a group in words: `united_kingdom`, `United Kingdom`; `male`, `MALE`."""
    words = name.split("_")
    return " ".join(
        _ACRONYMS.get(word) or (word if word in _SMALL_WORDS else word.capitalize())
        for word in words
    )


def _quantity(field: str) -> str:
    """Return the name of a field with its unit in brackets: `endurance_h`, `endurance (h)`."""
    for ending in sorted(_UNITS, key=len, reverse=True):
        if field.endswith(ending):
            return f"{field.removesuffix(ending).replace('_', ' ')} ({_UNITS[ending]})"
    return field.replace("_", " ")


def measure_label(name: str, *, with_unit: bool = True) -> str:
    """Return a measure in words, with its unit unless that stands elsewhere."""
    measure = find_measure(name)
    if measure is None:
        return capital(_quantity(name))
    conditions = name.partition("[")[2].rstrip("]")
    label = f"{measure.label}, {_conditions_label(conditions)}" if conditions else measure.label
    bare = not with_unit or measure.unit in ("share", "count")
    return label if bare else f"{label} ({measure.unit})"


def _conditions_label(conditions: str) -> str:
    """Return conditions in words: `kind=shelling,severity>=4` becomes `shelling, severity ≥ 4`."""
    words = []
    for condition in conditions.split(","):
        key, equal, value = condition.partition("=")
        if equal and key in _TOLD_BY_VALUE:
            words.append(" or ".join(value.split("|")).replace("_", " "))
            continue
        for sign, shown in ((">=", " ≥ "), ("<=", " ≤ "), (">", " > "), ("<", " < "), ("=", " ")):
            if sign in condition:
                words.append(condition.replace(sign, shown).replace("|", " or ").replace("_", " "))
                break
    return ", ".join(words)


def measure_digits(name: str) -> int:
    """Return how many digits after the point a measure deserves."""
    measure = find_measure(name)
    return measure.digits if measure else 3


def is_share(name: str) -> bool:
    """Tell whether a measure lies between 0 and 1."""
    measure = find_measure(name)
    return measure is not None and measure.unit == "share"


def is_duration(name: str) -> bool:
    """Tell whether a measure is a time, of which less is better."""
    measure = find_measure(name)
    return measure is not None and measure.unit == "min"


def file_stem(name: str) -> str:
    """Return a measure as a file name: `rate[kind=a,severity>=4]`, `rate_kind_a_severity_ge_4`."""
    for sign, word in ((">=", "_ge_"), ("<=", "_le_"), (">", "_gt_"), ("<", "_lt_"), ("=", "_")):
        name = name.replace(sign, word)
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).rstrip("_")


def is_number(value: object) -> bool:
    """Tell whether a value is a number; switches are not."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)


def is_numeric(levels: "pd.Series[Any]") -> bool:
    """Tell whether a factor has numbers for levels; switches are not."""
    return pd.api.types.is_numeric_dtype(levels) and not pd.api.types.is_bool_dtype(levels)


def value_label(value: Any) -> str:
    """Return the level of a factor in words."""
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    if is_number(value):
        whole = float(value).is_integer() or abs(value) >= PLAIN_FROM
        return f"{value:,.0f}" if whole else f"{value:,.6g}"
    text = str(value).replace("_", " ")
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."


def runs_text(summary: pd.DataFrame) -> str:
    """Return how many runs a design point has, in words."""
    low, high = int(summary["runs"].min()), int(summary["runs"].max())
    return counted(high, "run") if low == high else f"{low:,} to {counted(high, 'run')}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where that is right."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def capital(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
