"""`ceasefire size`: the smallest forces that meet requirements."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.sizing import Sizing


KIND = "sizing"


def add(commands: types.Commands) -> None:
    """Add `ceasefire size`."""
    size = types.add(
        commands,
        "size",
        "find the smallest forces that meet requirements",
        "Find the smallest forces that meet every requirement, with a stated confidence. All "
        "forces are run with the same seeds, each until its verdict is clear. Prints and writes "
        "the forces that suffice, those that do not, all that was tested, and a figure.",
    )
    size.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    size.add_argument(
        "--require", action="append", required=True, metavar="RULE",
        help='such as "detection_rate >= 0.9", "p90(response_time_min) <= 60", '
        '"P(answered_share >= 0.8) >= 0.9" or, with --cost, "cost <= 100e6"; may be given several '
        "times",
    )  # fmt: skip
    types.add_vary(size, "one size, or two by giving it twice")
    size.add_argument(
        "--cost", metavar="FORMULA", help="find the cheapest force; a formula of keys"
    )
    size.add_argument(
        "--confidence", type=float, default=0.95, metavar="C",
        help="confidence that all verdicts on forces run are right (default: 0.95)",
    )  # fmt: skip
    size.add_argument(
        "--max-replications", type=types.replications, default=320, metavar="N",
        help="maximum runs per force (default: 320)",
    )  # fmt: skip
    size.add_argument(
        "--max-forces", type=types.replications, default=60, metavar="N",
        help="maximum number of forces to run (default: 60)",
    )  # fmt: skip
    types.add_given(size)
    types.add_runs(size, "size")


def execute(options: argparse.Namespace) -> int:
    """Size a force and write what was found.

    Parameters
    ----------
    options
        ``scenario``, ``require``, ``vary``, ``cost``, ``confidence``, ``max_replications``,
        ``max_forces``, ``given``, ``first_seed``, ``workers``, ``out``, ``quiet``.

    Returns
    -------
    int
        Exit status 0, also where no force suffices.
    """
    from sim.cli.common import OUTPUTS, announce_compilation, naming, show_paths, tell_notes
    from sim.manifest import claim_directory, environment, now, timing
    from sim.scenario import Scenario
    from sim.setup.plan import load_line
    from sim.sizing import size

    scenario = Scenario.load(options.scenario)
    out: Path = options.out or OUTPUTS / f"size-{options.scenario.stem}"
    claim_directory(out, KIND)
    if not options.quiet:
        with naming(options.scenario, options):
            tell_notes(load_line(scenario))
        announce_compilation()
    started = now()
    with naming(options.scenario, options):
        found = size(
            scenario,
            require=options.require,
            vary=options.vary,
            cost=options.cost,
            confidence=options.confidence,
            max_replications=options.max_replications,
            max_forces=options.max_forces,
            given=options.given,
            first_seed=options.first_seed,
            workers=options.workers,
            tell=None if options.quiet else _tell,
        )
    manifest = {
        "kind": KIND,
        **environment(),
        **timing(started),
        "scenario": scenario.with_values(found.given).model_dump(mode="json"),
    }
    names = write_results(found, manifest, options.cost, out, options.scenario)
    for line in found.warnings:
        print(f"ceasefire: warning: {line}", file=sys.stderr)
    if not options.quiet:
        _show(found)
        show_paths(out / name for name in names)
    return 0


def _tell(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


def describe(found: Sizing, cost: str | None) -> dict[str, Any]:
    """Describe what was asked and found, ready to be written as JSON.

    JSON knows no infinity: a bound that is not known yet becomes null, as does the estimate of a
    time that is never reached.
    """
    import numpy as np

    evaluations = found.evaluations.replace([np.inf, -np.inf], np.nan)
    return {
        "claim": found.claim,
        "explanation": list(found.explanation),
        "warnings": list(found.warnings),
        "requirements": [requirement.text for requirement in found.requirements],
        "budgets": dict(found.budgets),
        "given": dict(found.given),
        "vary": {f.key: [f.levels[0], f.levels[-1], f.levels.step] for f in found.factors},
        "cost": cost,
        "confidence": found.confidence,
        "max_replications": found.most_runs,
        "max_forces": found.most_forces,
        "first_seed": found.first_seed,
        "runs": found.runs,
        "sufficient": found.sufficient.to_dict(orient="records"),
        "insufficient": found.insufficient.to_dict(orient="records"),
        "largest": found.largest.to_dict(orient="records"),
        "too_large": found.too_large.to_dict(orient="records"),
        "cheapest": found.cheapest,
        "least_cost": found.least_cost if np.isfinite(found.least_cost) else None,
        "evaluations": evaluations.to_dict(orient="records"),
    }


def write_results(
    found: Sizing, manifest: dict[str, Any], cost: str | None, out: Path, scenario: Path
) -> list[str]:
    """Write the tables, the figure and the manifest of a sizing; their names."""
    from sim.cli.common import keep_sources
    from sim.files import json_text, staging
    from sim.manifest import write_manifest
    from sim.output import save_figure

    with staging(out) as folder:
        found.sufficient.to_csv(folder / "sufficient.csv", index=False)
        found.insufficient.to_csv(folder / "insufficient.csv", index=False)
        if len(found.too_large):
            found.largest.to_csv(folder / "largest.csv", index=False)
            found.too_large.to_csv(folder / "too_large.csv", index=False)
        found.evaluations.to_csv(folder / "evaluations.csv", index=False)
        (folder / "sizing.json").write_text(json_text(describe(found, cost)), encoding="utf-8")
        keep_sources(folder, {str(scenario): scenario})
        write_manifest(folder, manifest, files=folder.iterdir())
        save_figure(draw(found), folder / "sizing")
        return sorted(file.name for file in folder.iterdir())


def draw(found: Sizing) -> Figure:
    """Draw the response to one size, or the frontier of two."""
    from sim.output.figures.sizing import draw_frontier, draw_response, tested_text

    keys = [factor.key for factor in found.factors]
    note = f"{found.claim}\n{tested_text(found.evaluations, keys)}, from seed {found.first_seed}."
    if len(keys) == 1:
        targets = [(r.text, r.target, r.upwards) for r in found.requirements]
        bars = "Bars: bounds that hold all at once, as far as they are known."
        return draw_response(found.evaluations, keys[0], targets, f"{note} {bars}")
    rules = "; ".join(requirement.text for requirement in found.requirements)
    first, second = found.factors
    best = found.cheapest
    return draw_frontier(
        found.evaluations,
        found.states,
        (first.key, second.key),
        (first.levels, second.levels),
        None if best is None else (best[first.key], best[second.key]),
        f"Required: {rules}.\n{note} Shaded: what follows by the trend for forces that were "
        "not run.",
    )


def _show(found: Sizing) -> None:
    from sim.cli.common import show
    from sim.output.figures.sizing import force_table, sizing_table, tested_text

    keys = [factor.key for factor in found.factors]
    show(sizing_table(found.evaluations, keys))
    print()
    if len(found.sufficient):
        show(force_table("Smallest forces shown to suffice", found.sufficient))
    if len(found.insufficient):
        show(force_table("Largest forces shown to fall short", found.insufficient))
    if len(found.too_large):
        show(force_table("Largest forces shown to suffice", found.largest))
        show(force_table("Smallest forces shown to be too large", found.too_large))
    print(f"\n{found.claim}")
    for line in found.explanation:
        print(line)
    print(f"{tested_text(found.evaluations, keys)}.")
