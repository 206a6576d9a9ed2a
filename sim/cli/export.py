"""`ceasefire export`: the runs of a sweep in one file."""

import argparse

from sim.errors import InputError
from sim.experiment import load_results
from sim.files import atomic_file


def execute(options: argparse.Namespace) -> int:
    """Write all runs of a sweep as one CSV file.

    Returns
    -------
    int
        Exit status: 0.
    """
    runs = load_results(options.directory)
    if runs.empty:
        raise InputError(f"{options.directory}: holds no runs yet; the same sweep command goes on")
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(options.csv) as temporary:
        runs.to_csv(temporary, index=False)
    if not options.quiet:
        print(f"{len(runs):,} runs written to {options.csv}")
    return 0
