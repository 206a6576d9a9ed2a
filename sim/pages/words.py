"""Numbers and sentences of reports."""

import math
from collections.abc import Mapping, Sequence

from sim.report.labels import measure_digits, measure_label


def number(name: str, value: float) -> str:
    """Write a value of a measure with as many digits as it deserves; `-` where undefined."""
    return "-" if math.isnan(value) else f"{value:,.{measure_digits(name)}f}"


def share(value: float) -> str:
    """Write a share in words a person says."""
    return "-" if math.isnan(value) else f"{100 * value:.0f} %"


def interval(name: str, low: float, high: float) -> str:
    """Write an interval; empty where there is none."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"[{number(name, low)}, {number(name, high)}]"


def minutes(value: float) -> str:
    """Write a time in minutes, in hours too where it is long."""
    return f"{value:,.0f} min" if value < 180 else f"{value:,.0f} min ({value / 60:,.1f} h)"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def quoted(text: str) -> str:
    """Quote a word of a command line where the shell needs it."""
    return f'"{text}"' if any(letter in text for letter in ' ()<>*&;"$') else text


def measure_rows(measures: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return label and value of measures."""
    return [(measure_label(name), number(name, float(value))) for name, value in measures.items()]
