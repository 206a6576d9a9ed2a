"""`ceasefire export`: the runs of a sweep in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli import types


def add(commands: types.Commands) -> None:
    """Add `ceasefire export`."""
    export = types.add(
        commands,
        "export",
        "write the runs of a sweep as CSV",
        "Write all runs of a sweep to one CSV file, one row per run.",
    )
    export.add_argument(
        "directory", metavar="DIR", type=types.place_of, help="directory of a sweep"
    )
    export.add_argument("--csv", type=Path, metavar="FILE", required=True, help="the file to write")


def execute(options: argparse.Namespace) -> int:
    """Write all runs of a sweep as one CSV file.

    Returns
    -------
    int
        Exit status: 0.
    """
    from sim.errors import InputError
    from sim.experiment import load_results
    from sim.files import atomic_file

    runs = load_results(options.directory)
    if runs.empty:
        raise InputError(f"{options.directory}: holds no runs yet; the same sweep command goes on")
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(options.csv) as temporary:
        runs.to_csv(temporary, index=False)
    if not options.quiet:
        print(f"{len(runs):,} runs written to {options.csv}")
    return 0
