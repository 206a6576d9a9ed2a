"""The report of a comparison."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.output.comparison import TITLE, Row, comparison_heads, comparison_note, comparison_rows
from sim.output.html.assumptions import list_assumptions, read_sources
from sim.output.html.content import Grid, Page, Picture
from sim.output.html.words import listed
from sim.output.labels import counted
from sim.output.values import spoken_label
from sim.results.measures import base_name

_PICTURES = {
    "differences": "What differs",
    "holding": "How long the ceasefire holds",
}
_TOLD = ("detection_rate", "attribution_rate", "answered_share", "ceasefire_held")


def comparison_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a comparison from its folder."""
    table = pd.read_csv(folder / "comparison.csv")
    reference = str(manifest["reference"])
    others = [label for label in manifest["scenarios"] if label != reference]
    sources = read_sources(folder)
    rows, runs = comparison_rows(table), int(manifest["replications"])
    return Page(
        kind="comparison",
        title=f"{listed(others)} compared with {reference}",
        question=" ".join(_questions(manifest)),
        answer=[_sentence(rows, reference, others[0]), _certainty(rows, runs)],
        cautions=[str(note) for note in manifest.get("notes", [])],
        pictures=[
            Picture(folder / f"{name}.svg", title)
            for name, title in _PICTURES.items()
            if (folder / f"{name}.svg").exists()
        ],
        grids=[_grid(rows, reference, others, runs)],
        assumptions=[
            (label, list_assumptions(scenario, sources.get(label, {})))
            for label, scenario in manifest["scenarios"].items()
        ],
        manifest=manifest,
        commands=[_command(manifest, table)],
    )


def _command(manifest: dict[str, Any], table: pd.DataFrame) -> str:
    words = ["ceasefire compare", *(str(file) for file in manifest["files"].values())]
    words += [f"--replications {manifest['replications']} --seed {manifest['first_seed']}"]
    return " ".join([*words, f"--measures {','.join(dict.fromkeys(table['measure']))}"])


def _questions(manifest: dict[str, Any]) -> list[str]:
    texts = [str(scenario.get("question", "")) for scenario in manifest["scenarios"].values()]
    return list(dict.fromkeys(text for text in texts if text))


def _sentence(rows: Sequence[Row], reference: str, other: str) -> str:
    parts = [_change(row) for row in rows if base_name(row.measure) in _TOLD]
    if not any(parts):
        return f"Nothing could be compared between {reference} and {other}."
    return f"From {reference} to {other}, {listed([part for part in parts if part])}."


def _change(row: Row) -> str:
    """Say how a measure changes from the reference to the first other scenario."""
    mean, difference = row.others[0]
    if math.isnan(difference.estimate):
        return ""
    label = spoken_label(row.measure)
    if difference.is_none:
        return f"{label} stays {mean.spoken} ({difference.words})"
    change = f"{row.reference.spoken} to {mean.spoken}"
    return f"{label} goes from {change} (difference {difference.spoken})"


def _certainty(rows: Sequence[Row], runs: int) -> str:
    told = [difference for row in rows for _, difference in row.others]
    known = sum(difference.has_interval for difference in told)
    clear = sum(difference.is_clear for difference in told)
    seeds = f"Each scenario was run {counted(runs, 'time')}, with the same seeds."
    if not known:
        return f"Of so few runs no interval can be given. {seeds}"
    return (
        f"{clear} of {known} differences have a 95 % interval that leaves out 0; one in twenty "
        f"would by chance alone. {seeds}"
    )


def _grid(rows: Sequence[Row], reference: str, others: list[str], runs: int) -> Grid:
    """Show the rows of `comparison.md`."""
    cells = [row.cells(runs, others) for row in rows]
    return Grid(TITLE, comparison_heads(reference, others), cells, comparison_note(runs))
