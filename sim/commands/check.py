"""`ceasefire check`: validate a file and print what it means."""

import argparse
from pathlib import Path

from sim.commands.common import naming
from sim.engine.plan import build_plan
from sim.experiment import SweepDesign
from sim.scenario import Scenario, describe
from sim.scenario.loading import read_toml
from sim.scenario.messages import show


def execute(options: argparse.Namespace) -> int:
    """Validate a scenario or a sweep.

    Parameters
    ----------
    options
        ``file`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0; `InputError` is raised for a file that is not valid.
    """
    path: Path = options.file
    is_sweep = "scenario" in read_toml(path)
    with naming(path):
        text = _check_sweep(path) if is_sweep else _check_scenario(path)
    if not options.quiet:
        print(text)
    return 0


def _check_scenario(path: Path) -> str:
    """Describe a scenario that is valid in itself and fits its contact line."""
    scenario = Scenario.load(path)
    line = build_plan(scenario).line
    length = f"{line.length_km:,.1f} km as mapped"
    if line.length_factor != 1.0:
        length += f", {line.true_length_km:,.0f} km with the length factor"
    return f"{describe(scenario)}\ncontact line: {line.name}, {length}"


def _check_sweep(path: Path) -> str:
    design = SweepDesign.load(path)
    size = (
        f"a sweep of {design.n_points:,} design points x {design.replications:,} replications"
        f" = {design.n_runs:,} runs"
    )
    last = design.first_seed + design.replications - 1
    lines = [
        f"{path}: {size}",
        f"title: {design.title}",
        f"scenario: {design.scenario.title}",
        f"seeds: {design.first_seed} to {last}, the same at every point"
        if design.seeds == "common"
        else "seeds: one of its own for every run",
        *([f"design: {design.design}"] if design.design != "grid" else []),
        *(f"factor {key}: {show(levels)}" for key, levels in design.factors.items()),
        *(f"derived {key}: {show(text)}" for key, text in design.derived.items()),
        *(f"variant {name}: {show(values)}" for name, values in design.variants.items()),
        *(f"constant {key}: {show(value)}" for key, value in design.constants.items()),
    ]
    return "\n".join(lines)
