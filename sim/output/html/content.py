"""What a report is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LIMITS = """
Not for operations or navigation: the line is approximate, and sensors are classes with mostly \
assumed numbers.
Not a forecast: nobody knows the rate of violations in a ceasefire that has not begun. Trust \
differences between forces more than levels.
Violations come from a random process. Neither side adapts to where the monitors are.
Intervals are those of chance between runs. They hold neither what is not known about the inputs \
nor what the model leaves out.
"""
LIMITS = tuple(_LIMITS.strip().splitlines())
"""Of results of the simulation."""
SOURCES = "sources.json"
"""File beside results with the sources of the values of their scenarios."""


@dataclass(frozen=True)
class Picture:
    """A figure: its file, what it shows, and what to know when reading it."""

    path: Path
    title: str
    caption: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: rows of text below heads; the first column names the row."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Assumption:
    """A value that a scenario sets, and where it comes from."""

    key: str
    meaning: str
    value: str
    source: str


@dataclass(frozen=True)
class Page:
    """A report."""

    kind: str
    title: str
    question: str
    answer: Sequence[str]
    manifest: dict[str, Any]
    commands: Sequence[str]
    cautions: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    grids: Sequence[Grid] = ()
    assumptions: Sequence[tuple[str, Sequence[Assumption]]] = field(default=())
    """By scenario."""
    limits: Sequence[str] = LIMITS
