"""The report of a sweep."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputError
from sim.experiment.design import SweepDesign
from sim.experiment.merge import sweep_status
from sim.output.html.assumptions import list_assumptions, read_sources
from sim.output.html.content import Grid, Page, Picture
from sim.output.labels import capital, factor_label, file_stem, value_label
from sim.output.tables import UNDEFINED_POINT, sweep_cells
from sim.output.values import MISSING, estimate_text, spoken_label, spoken_scale, table_label
from sim.results.measures import base_name

MOST_ROWS = 200
"""Design points in the table; a longer one is nobody's reading."""
type Row = dict[str, Any]

_TOLD = ("detection_rate", "answered_share", "response_time_restricted_mean_min")


def sweep_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a sweep from its folder.

    Raises
    ------
    InputError
        If the sweep has no summary yet.
    """
    design = manifest["design"]
    if not (folder / "summary.parquet").exists():
        raise InputError(f"{folder}: the sweep is not finished; the same sweep command goes on")
    summary = pd.read_parquet(folder / "summary.parquet")
    factors = [name for name in design["factors"] if name in summary]
    factors += [name for name in ("variant",) if name in summary and name not in factors]
    shown = SweepDesign.from_manifest(design).shown
    status = sweep_status(folder)
    sources = next(iter(read_sources(folder).values()), {})
    constants = design.get("constants", {})
    changed = dict.fromkeys(constants, "set by the design")
    changed |= dict.fromkeys(factors, "varied in this sweep")
    assumptions = list_assumptions(design["scenario"], sources, changed, constants)
    return Page(
        kind="sweep",
        title=str(design.get("title", "")) or "A sweep",
        question=str(design.get("question", "")),
        answer=_answer(summary, factors, shown, status.done),
        cautions=_cautions(status.runs, status.done, status.failed, status.first_error),
        pictures=_pictures(folder, shown),
        grids=[_grid(summary, factors, shown)],
        assumptions=[("the scenario", assumptions)],
        manifest=manifest,
        commands=["ceasefire sweep SWEEP.toml"],
    )


def _cautions(runs: int, done: int, failed: int, error: str) -> list[str]:
    found = []
    if done < runs:
        found.append(f"Only {done:,} of {runs:,} runs are there; the same sweep command goes on.")
    if failed:
        found.append(f"{failed:,} of {done:,} runs failed and are left out; the first: {error}")
    return found


def _answer(
    summary: pd.DataFrame, factors: list[str], shown: Sequence[str], runs: int
) -> list[str]:
    told = [name for name in shown if base_name(name) in _TOLD]
    parts = [text for name in told if (text := _span(summary, factors, name))]
    first = [f"{capital(part)}." for part in parts or ["no measure is defined at any design point"]]
    n = f"{runs:,} runs at {len(summary):,} design points"
    return [*first, f"These are means over runs with 95 % intervals, from {n}."]


def _span(summary: pd.DataFrame, factors: list[str], name: str) -> str:
    """Say between which values a measure lies, and where."""
    column = f"{name}_mean"
    if column not in summary or summary[column].notna().sum() == 0:
        return ""
    rows = _records(summary.dropna(subset=[column]).sort_values(column, kind="stable"))
    low, high = rows[0], rows[-1]
    return (
        f"{spoken_label(name)} lies between {_value(low, name)} ({_where(low, factors)}) and "
        f"{_value(high, name)} ({_where(high, factors)})"
    )


def _records(summary: pd.DataFrame) -> list[Row]:
    return [{str(k): v for k, v in row.items()} for row in summary.to_dict(orient="records")]


def _value(row: Row, name: str) -> str:
    mean, low, high = (float(row[f"{name}_{part}"]) for part in ("mean", "low", "high"))
    scale = spoken_scale(name, mean, (high - low) / 2.0)
    return estimate_text(name, mean, low, high, scale)


def _where(row: Row, factors: list[str]) -> str:
    return ", ".join(f"{factor_label(name)} {value_label(row[name])}" for name in factors)


def _pictures(folder: Path, names: Sequence[str]) -> list[Picture]:
    """Return the figures of the sweep, the maps of two factors first."""
    files = sorted(folder.glob("*.svg"), key=lambda file: (not file.stem.endswith("_map"), file))
    return [Picture(file, _title(file.stem, names)) for file in files]


def _title(stem: str, names: Sequence[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        if stem.startswith(file_stem(name)):
            rest = stem.removeprefix(file_stem(name)).strip("_").replace("_", " ")
            label = table_label(name)  # the unit of a time is that of its axis
            return f"{label}, {rest}" if rest != "map" else label
    return capital(stem.replace("_", " "))


def _grid(summary: pd.DataFrame, factors: list[str], shown: Sequence[str]) -> Grid:
    """Show the rows of the table that the sweep prints."""
    heads, rows = sweep_cells(summary.head(MOST_ROWS), factors, shown)
    note = "Means of the runs with 95 % intervals; the run is the unit."
    if any(MISSING in row for row in rows):
        note += f" {UNDEFINED_POINT}."
    if len(summary) > MOST_ROWS:
        note += f" The first {MOST_ROWS} of {len(summary):,} points; summary.csv has all."
    return Grid("Design points", heads, rows, note)
