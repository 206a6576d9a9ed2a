"""`ceasefire check`: validate a file and print what it means."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import types

if TYPE_CHECKING:
    from sim.geography import ContactLine


def add(commands: types.Commands) -> None:
    """Add `ceasefire check`."""
    check = types.add(
        commands,
        "check",
        "validate a scenario or sweep file and print it in full",
        "Validate a file. Prints a scenario with all its values and their units, or the design of "
        "a sweep with its number of runs.",
    )
    check.add_argument("file", metavar="FILE", type=Path, help="scenario or sweep file (TOML)")


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
    from sim.cli.common import naming
    from sim.scenario.loading import read_toml

    path: Path = options.file
    is_sweep = "scenario" in read_toml(path)
    with naming(path):
        text = _check_sweep(path) if is_sweep else _check_scenario(path)
    if not options.quiet:
        print(text)
    return 0


def _check_scenario(path: Path) -> str:
    """Describe a scenario that is valid in itself and fits its contact line."""
    from sim.scenario import Scenario, describe
    from sim.scenario.demand import size_note
    from sim.setup.plan import build_plan

    scenario = Scenario.load(path)
    line = build_plan(scenario).line
    note = size_note(scenario, line.length_km)
    return "\n".join([describe(scenario), _line_text(line), *([f"note: {note}"] if note else [])])


def _line_text(line: ContactLine) -> str:
    """Tell the length of the contact line, and what was done or looks odd on reading it."""
    length = f"{_km(line.length_km)} as mapped"
    if line.length_factor != 1.0:
        length += f", {_km(line.true_length_km)} with the length factor"
    notes = [f"note: {note}" for note in line.notes]
    return "\n".join([f"contact line: {line.name}, {length}", *notes])


def _km(length_km: float) -> str:
    digits = next((n for n, least in enumerate((1000.0, 1.0)) if length_km >= least), 3)
    return f"{length_km:,.{digits}f} km"


def _check_sweep(path: Path) -> str:
    from sim.experiment import SweepDesign
    from sim.scenario.messages import show
    from sim.setup.plan import load_line

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
        _line_text(load_line(design.scenario)),
        f"seeds: {design.first_seed} to {last}, the same at every point"
        if design.seeds == "common"
        else "seeds: a different one for every run",
        *([f"design: {design.design}"] if design.design != "grid" else []),
        *(f"factor {key}: {show(levels)}" for key, levels in design.factors.items()),
        *(f"derived {key}: {show(text)}" for key, text in design.derived.items()),
        *(f"variant {name}: {show(values)}" for name, values in design.variants.items()),
        *(f"constant {key}: {show(value)}" for key, value in design.constants.items()),
    ]
    return "\n".join(lines)
