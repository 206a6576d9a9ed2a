"""The report of one run."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.manifest import read_json
from sim.pages.assumptions import list_assumptions, read_sources
from sim.pages.content import Grid, Page, Picture
from sim.pages.words import measure_rows, minutes, number, share

_PICTURES = {
    "map": "Where violations were detected and answered",
    "timelines": "Forces, and what was seen and answered, over time",
    "response_times": "How long help took",
}


def run_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a run from its folder."""
    summary = read_json(folder / "summary.json")
    measures = {
        name: math.nan if value is None else float(value)
        for name, value in summary["measures"].items()
    }
    scenario = manifest["scenario"]
    sources = read_sources(folder)
    label, comments = next(iter(sources.items()), ("", {}))
    rows = [list(row) for row in measure_rows(measures)]
    return Page(
        kind="run",
        title=str(scenario["title"]),
        question=str(scenario.get("question", "")),
        answer=_answer(measures, int(manifest["seed"])),
        pictures=[
            Picture(folder / f"{name}.svg", title)
            for name, title in _PICTURES.items()
            if (folder / f"{name}.svg").exists()
        ],
        grids=[Grid("Measures of the run", ("Measure", "Value"), rows, _UNDEFINED)],
        assumptions=[(label or "the scenario", list_assumptions(scenario, comments))],
        manifest=manifest,
        commands=[f"ceasefire run {label or 'SCENARIO.toml'} --seed {manifest['seed']}"],
    )


_UNDEFINED = "- undefined: nothing to measure, or too few calls are ever answered."


def _answer(measures: Mapping[str, float], seed: int) -> list[str]:
    count = number("n_violations", measures["n_violations"])
    seen = share(measures["detection_rate"])
    sure = share(measures["confirmed_rate"])
    first = (
        f"Of {count} violations {seen} were detected while they lasted ({sure} beyond doubt); "
        f"{_help(measures)}."
    )
    second = f"This is a single run (seed {seed}); a sweep tells how much of it is chance."
    return [first, second]


def _help(measures: Mapping[str, float]) -> str:
    reached = measures["answered_share"]
    if math.isnan(reached):
        return "none was grave enough for support"
    words = f"support reached {share(reached)} of those grave enough for it"
    half = measures["response_time_p50_min"]
    if math.isnan(half):
        return f"{words}, and fewer than half of the reported ones"
    return f"{words}, half of the reported ones within {minutes(half)} of the report"
