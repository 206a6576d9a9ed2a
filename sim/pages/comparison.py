"""The report of a comparison."""

import math
from pathlib import Path
from typing import Any

import pandas as pd

from sim.pages.assumptions import list_assumptions, read_sources
from sim.pages.content import Grid, Page, Picture
from sim.pages.words import interval, listed, number
from sim.report.labels import measure_label

_PICTURES = {
    "differences": "What differs",
    "holding": "How long the ceasefire holds",
}
type Rows = dict[str, dict[str, Any]]

_TOLD = ("detection_rate", "attribution_rate", "answered_share", "ceasefire_held")


def comparison_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a comparison from its folder."""
    table = pd.read_csv(folder / "comparison.csv")
    reference = str(manifest["reference"])
    others = [label for label in manifest["scenarios"] if label != reference]
    sources = read_sources(folder)
    return Page(
        kind="comparison",
        title=f"{listed(others)} compared with {reference}",
        question=" ".join(_questions(manifest)),
        answer=[_sentence(table, reference, others[0]), _certainty(table, manifest)],
        cautions=[str(note) for note in manifest.get("notes", [])],
        pictures=[
            Picture(folder / f"{name}.svg", title)
            for name, title in _PICTURES.items()
            if (folder / f"{name}.svg").exists()
        ],
        grids=[_grid(table, reference, others)],
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


def _rows(table: pd.DataFrame, label: str) -> Rows:
    """Return the figures of a scenario by measure."""
    own = table[table["scenario"] == label].to_dict(orient="records")
    return {str(row["measure"]): {str(k): v for k, v in row.items()} for row in own}


def _sentence(table: pd.DataFrame, reference: str, other: str) -> str:
    base, own = _rows(table, reference), _rows(table, other)
    parts = []
    for name in own:
        if name.partition("[")[0] not in _TOLD or math.isnan(float(own[name]["difference"])):
            continue
        mean, value = float(base[name]["mean"]), float(own[name]["mean"])
        span = interval(
            name, float(own[name]["difference_low"]), float(own[name]["difference_high"])
        )
        change = f"{number(name, mean)} to {number(name, value)}"
        parts.append(f"{_inner(name)} goes from {change} (difference {span})")
    if not parts:
        return f"Nothing could be compared between {reference} and {other}."
    return f"From {reference} to {other}, {listed(parts)}."


def _inner(name: str) -> str:
    """Return the label of a measure as it stands within a sentence."""
    label = measure_label(name)
    return label[0].lower() + label[1:]


def _certainty(table: pd.DataFrame, manifest: dict[str, Any]) -> str:
    own = table[table["scenario"] != manifest["reference"]]
    clear = int(((own["difference_low"] > 0) | (own["difference_high"] < 0)).sum())
    known = int(own["difference_low"].notna().sum())
    return (
        f"{clear} of {known} differences have a 95 % interval that leaves out zero; one in twenty "
        f"would by chance alone. Each scenario was run {manifest['replications']} times, with the "
        "same seeds."
    )


def _grid(table: pd.DataFrame, reference: str, others: list[str]) -> Grid:
    heads = ["Measure", reference]
    for label in others:
        heads += [label, f"{label} - {reference}"]
    base = _rows(table, reference)
    rows = []
    for name in base:
        cells = [measure_label(name), _mean(base, name)]
        for label in others:
            own = _rows(table, label)
            cells += [_mean(own, name), _difference(own, name)]
        rows.append(cells)
    note = (
        "Means over runs and differences seed by seed, with 95 % intervals (the run is the unit). "
        "* the interval leaves out zero."
    )
    return Grid("Means and paired differences", heads, rows, note)


def _mean(rows: Rows, name: str) -> str:
    low, high = float(rows[name]["low"]), float(rows[name]["high"])
    return f"{number(name, float(rows[name]['mean']))} {interval(name, low, high)}".strip()


def _difference(rows: Rows, name: str) -> str:
    value = float(rows[name]["difference"])
    low, high = (float(rows[name][f"difference_{end}"]) for end in ("low", "high"))
    if math.isnan(value):
        return "-"
    mark = " *" if low > 0 or high < 0 else ""
    sign = "+" if value > 0 else ""
    return f"{sign}{number(name, value)} {interval(name, low, high)}{mark}"
