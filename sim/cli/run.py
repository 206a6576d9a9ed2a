"""`ceasefire run`: one run, its tables and its figures."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import types

if TYPE_CHECKING:
    from sim.cli.waiting import Waiting
    from sim.results.outcome import Outcome
    from sim.scenario import Scenario


def add(commands: types.Commands) -> None:
    """Add `ceasefire run`."""
    run = types.add(
        commands,
        "run",
        "run a scenario once: tables, summary, map",
        "Run a scenario once. Prints the measures and writes events, sorties and units as Parquet "
        "tables, summary.json, manifest.json, a map and the figure of response times.",
    )
    run.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    run.add_argument(
        "--seed", type=types.seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    types.add_measures(run, "all, and those of support by domain")
    types.add_out(run, "<scenario>-seed<N>")
    run.add_argument(
        "--also", type=types.formats, default=(), metavar="FORMATS",
        help="write the violations for other programs too, as violations.csv and so on: csv "
        "(spreadsheets), geojson, gpkg (GeoPackage, for GIS); several with commas between them",
    )  # fmt: skip


def execute(options: argparse.Namespace) -> int:
    """Run a scenario once and write its results.

    Parameters
    ----------
    options
        ``scenario``, ``seed``, ``measures``, ``window``, ``out``, ``also`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    from sim.cli.common import show, show_paths
    from sim.cli.waiting import waiting
    from sim.output import summary_table

    with waiting(show=not options.quiet) as bar:
        measures, written = _run(options, bar)
    if not options.quiet:
        show(summary_table(measures))
        show_paths(written)
    return 0


def _run(options: argparse.Namespace, bar: Waiting) -> tuple[dict[str, float], list[Path]]:
    """Run, write the results, and return the measures asked for and what was written."""
    from sim.cli.common import (
        OUTPUTS,
        announce_compilation,
        asked_measures,
        keep_sources,
        naming,
        tell_notes,
    )
    from sim.cli.exchange import write_violations
    from sim.files import staging
    from sim.manifest import claim_directory, now, run_manifest, write_manifest
    from sim.results.measures import further_requests, parse_request
    from sim.results.outcome import run_plan
    from sim.scenario import Scenario
    from sim.setup.plan import build_plan

    bar.at("Laying the plan")
    with naming(options.scenario, options):
        plan = build_plan(Scenario.load(options.scenario))
    asked = asked_measures(options, [plan.scenario], _by_domain_where_told_apart)
    requests = further_requests(asked, [plan.scenario])
    out: Path = options.out or OUTPUTS / f"{options.scenario.stem}-seed{options.seed}"
    claim_directory(out, "run")
    if not options.quiet:
        tell_notes(plan.line)
        announce_compilation()
    started, begin = now(), time.perf_counter()
    bar.at("Running")
    outcome = run_plan(plan, options.seed, bar.reached)
    bar.at("Measures, tables and figures")
    found = outcome.measures | outcome.measure(*requests)
    measures = {name: found[str(parse_request(name))] for name in asked}
    manifest = run_manifest(plan.scenario, options.seed, started, time.perf_counter() - begin)
    with staging(out) as folder:
        write_results(outcome, measures, folder)
        write_violations(outcome.violations, folder, options.also)
        keep_sources(folder, {str(options.scenario): options.scenario})
        write_manifest(folder, manifest, files=folder.iterdir())
        names = sorted(file.name for file in folder.iterdir())
    return measures, [out / name for name in names]


def _by_domain_where_told_apart(scenario: Scenario) -> list[str]:
    """Return all measures, those that the headline tells apart by domain so."""
    from sim.results.measures import MEASURES, base_name, headline

    parts = [name for name in headline([scenario]) if "[" in name]
    return [
        name
        for whole in MEASURES
        for name in [part for part in parts if base_name(part) == whole] or [whole]
    ]


def write_results(outcome: Outcome, measures: Mapping[str, float], folder: Path) -> None:
    """Write the tables, the summary and the figures of a run.

    Parameters
    ----------
    outcome
        The run.
    measures
        The measures asked for, and those of all violations, by name.
    folder
        Where the files go.
    """
    from sim.files import json_text
    from sim.output import save_figure
    from sim.output.figures.of_a_run import RUN_FIGURES
    from sim.results.tables import write_table

    write_table(outcome.violations, folder / "events.parquet")
    write_table(outcome.sorties, folder / "sorties.parquet")
    write_table(outcome.units, folder / "units.parquet")
    write_table(outcome.reports, folder / "reports.parquet")
    write_table(outcome.headquarters, folder / "headquarters.parquet")
    write_table(outcome.forces, folder / "forces.parquet")
    summary = {
        "scenario": outcome.scenario.title,
        "seed": outcome.seed,
        "measures": {**outcome.measures, **measures},
        "breakdown": outcome.breakdown.to_dict(orient="records"),
    }
    (folder / "summary.json").write_text(json_text(summary), encoding="utf-8")
    for figure in RUN_FIGURES:
        save_figure(figure.draw(outcome), folder / figure.stem)
