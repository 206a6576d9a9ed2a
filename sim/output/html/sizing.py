"""The report of a sizing."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.manifest import read_json
from sim.output.figures.sizing import SHARES, achieved_text, bounds_text, size_label, tested_text
from sim.output.html.assumptions import list_assumptions, read_sources
from sim.output.html.content import Grid, Page, Picture
from sim.output.html.words import listed, quoted
from sim.output.labels import capital, value_label

FINDINGS = {"met": "kept", "not met": "missed", "undecided": "open"}
NOTE = (
    "Achieved: the mean over runs, or the share of runs that keep the limit. Bounds hold all at "
    "once, and are wider than 95 % intervals for that; none where there are too few runs to tell."
)


def sizing_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a sizing from its folder."""
    found = read_json(folder / "sizing.json")
    label, comments = next(iter(read_sources(folder).items()), ("", {}))
    keys = list(found["vary"])
    changed = dict.fromkeys(keys, "varied in this sizing")
    changed |= dict.fromkeys(found["given"], "given in this sizing (--given)")
    rules = listed(_rules(found))
    figure = folder / "sizing.svg"
    return Page(
        kind="sizing",
        title=str(manifest["scenario"]["title"]),
        question=f"Which is the smallest force with which {rules}?",
        answer=[
            str(found["claim"]),
            *(str(line) for line in found["explanation"]),
            tested_text(pd.DataFrame(found["evaluations"]), keys) + ".",
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


def _rules(found: dict[str, Any]) -> list[str]:
    return [*(str(rule) for rule in found["requirements"]), *found["budgets"]]


def _command(found: dict[str, Any], label: str) -> str:
    words = [f"ceasefire size {label or 'SCENARIO.toml'}"]
    words += [f"--require {quoted(str(rule))}" for rule in _rules(found)]
    for key, (low, high, step) in found["vary"].items():
        words.append(f"--vary {key}={low}:{high}" + (f":{step}" if step != 1 else ""))
    if found["cost"]:
        words.append(f"--cost {quoted(str(found['cost']))}")
    words += [f"--given {quoted(f'{key}={value}')}" for key, value in found["given"].items()]
    words.append(f"--max-replications {found['max_replications']}")
    words.append(f"--max-forces {found['max_forces']}")
    words.append(f"--confidence {found['confidence']:g} --first-seed {found['first_seed']}")
    return " ".join(words)


def _grid(found: dict[str, Any], keys: list[str]) -> Grid:
    heads = [*(capital(size_label(key)) for key in keys), "Rule", "Runs", "Achieved", "Bounds"]
    rows = [
        [
            *(value_label(row[key]) for key in keys),
            str(row["requirement"]),
            f"{int(row['runs']):,}",
            _achieved(row),
            bounds_text(row["tested"], _number(row["low"]), _number(row["high"])),
            FINDINGS[row["finding"]],
        ]
        for row in found["evaluations"]
    ]
    return Grid("Forces that were run", [*heads, "Finding"], rows, NOTE)


def _achieved(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        return "undefined" if row["undefined"] == row["runs"] else "never reached"
    of_runs = " of runs" if row["tested"] in SHARES else ""
    return f"{achieved_text(row['tested'], row['estimate'])}{of_runs}"


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
