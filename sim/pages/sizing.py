"""The report of a sizing."""

import json
from pathlib import Path
from typing import Any

from sim.pages.assumptions import list_assumptions, read_sources
from sim.pages.content import Grid, Page, Picture
from sim.pages.words import listed, quoted
from sim.report.labels import capital, factor_label, value_label


def sizing_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a sizing from its folder."""
    found = json.loads((folder / "sizing.json").read_text(encoding="utf-8"))
    label, comments = next(iter(read_sources(folder).items()), ("", {}))
    keys = list(found["vary"])
    changed = dict.fromkeys(keys, "varied in this sizing")
    rules = listed([str(rule) for rule in found["requirements"]])
    figure = folder / "sizing.svg"
    return Page(
        kind="sizing",
        title=str(manifest["scenario"]["title"]),
        question=f"Which is the smallest force with which {rules}?",
        answer=[
            str(found["claim"]),
            f"Found with {found['runs']:,} runs of {len(found['evaluations']):,} tests of forces.",
        ],
        cautions=[str(text) for text in found["warnings"]],
        pictures=[Picture(figure, "Forces that were tested")] if figure.exists() else [],
        grids=[_grid(found, keys)],
        assumptions=[
            (
                label or "the scenario",
                list_assumptions(manifest["scenario"], comments, changed),
            )
        ],
        manifest=manifest,
        commands=[_command(found, label)],
    )


def _command(found: dict[str, Any], label: str) -> str:
    words = [f"ceasefire size {label or 'SCENARIO.toml'}"]
    words += [f"--require {quoted(str(rule))}" for rule in found["requirements"]]
    for key, (low, high, step) in found["vary"].items():
        words.append(f"--vary {key}={low}:{high}" + (f":{step}" if step != 1 else ""))
    if found["cost"]:
        words.append(f"--cost {quoted(str(found['cost']))}")
    words.append(f"--confidence {found['confidence']:g} --first-seed {found['first_seed']}")
    return " ".join(words)


def _grid(found: dict[str, Any], keys: list[str]) -> Grid:
    heads = [*(capital(factor_label(key)) for key in keys), "Rule", "Runs", "Estimate"]
    rows = [
        [
            *(value_label(row[key]) for key in keys),
            str(row["requirement"]),
            f"{int(row['runs']):,}",
            _estimate(row),
            str(row["finding"]),
        ]
        for row in found["evaluations"]
    ]
    note = "Intervals are at the error of the look of the sequential test, wider than 95 %."
    return Grid("Forces tested", [*heads, "Finding"], rows, note)


def _estimate(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        return "never reached"
    low = "-" if row["low"] is None else f"{row['low']:,.4g}"
    high = "-" if row["high"] is None else f"{row['high']:,.4g}"
    return f"{row['estimate']:,.4g} [{low}, {high}]"
