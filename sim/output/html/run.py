"""The report of one run."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.manifest import read_json
from sim.output.figures.of_a_run import RUN_FIGURES
from sim.output.html.assumptions import list_assumptions, read_sources
from sim.output.html.content import Grid, Page, Picture
from sim.output.labels import PLACES
from sim.output.tables import summary_rows
from sim.output.values import percent_text, value_text
from sim.results.measures import main_domain

_TIME = "response_time_restricted_mean_min"


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
    rows = [list(row) for row in summary_rows(_shown(measures))]
    return Page(
        kind="run",
        title=str(scenario["title"]),
        question=str(scenario.get("question", "")),
        answer=_answer(measures, manifest),
        pictures=[
            Picture(folder / f"{figure.stem}.svg", figure.title)
            for figure in RUN_FIGURES
            if (folder / f"{figure.stem}.svg").exists()
        ],
        grids=[Grid("Measures of the run", ("Measure", "Value"), rows, _UNDEFINED)],
        assumptions=[(label or "the scenario", list_assumptions(scenario, comments))],
        manifest=manifest,
        commands=[f"ceasefire run {label or 'SCENARIO.toml'} --seed {manifest['seed']}"],
    )


_UNDEFINED = "- undefined: nothing to measure, or too few calls are ever answered."


def _answer(measures: Mapping[str, float], manifest: dict[str, Any]) -> list[str]:
    count = value_text("n_violations", measures["n_violations"])
    seen = percent_text(measures["detection_rate"])
    sure = percent_text(measures["confirmed_rate"])
    first = (
        f"Of {count} violations {seen} were detected while they lasted ({sure} beyond doubt); "
        f"{_help(measures, manifest['scenario'])}."
    )
    second = (
        f"This is a single run (seed {manifest['seed']}); a sweep tells how much of it is chance."
    )
    return [first, second]


def _help(measures: Mapping[str, float], scenario: dict[str, Any]) -> str:
    """Tell of help; land, air and sea are never one number, so of several the main one is told."""
    domain = _told_domain(measures, scenario)
    of = f"[domain={domain}]" if domain else ""
    where = f" {PLACES[domain]}" if domain else ""
    reached = measures[f"answered_share{of}"]
    if math.isnan(reached):
        return f"none{where} was grave enough for support"
    words = f"support reached {percent_text(reached)} of those{where} grave enough for it"
    mean = measures[f"{_TIME}{of}"]
    if math.isnan(mean):
        return words
    limit_h = float(scenario["measures"]["follow_up_h"])
    return (
        f"{words}, on average {value_text(_TIME, mean)} after the first report, where longer times "
        f"and what is never reached count as {limit_h:g} h"
    )


def _told_domain(measures: Mapping[str, float], scenario: dict[str, Any]) -> str:
    """Return the main domain where the results tell domains apart, else nothing."""
    kinds = scenario["violations"]["kinds"].values()
    main = main_domain((str(kind["domain"]), float(kind["share"])) for kind in kinds)
    return main if f"answered_share[domain={main}]" in measures else ""


def _shown(measures: Mapping[str, float]) -> dict[str, float]:
    """Put measures by domain in the place of what is pooled over domains."""
    split: dict[str, list[str]] = {}
    for name in measures:
        if "[domain=" in name:
            split.setdefault(name.partition("[domain=")[0], []).append(name)
    placed = {part for parts in split.values() for part in parts}
    order = [part for name in measures if name not in placed for part in split.pop(name, [name])]
    order += [part for parts in split.values() for part in parts]
    return {name: measures[name] for name in order}
