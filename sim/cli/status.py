"""`ceasefire status`: what a directory of results holds."""

import argparse
from pathlib import Path

from rich.table import Table

from sim.cli.common import show
from sim.experiment.merge import SweepStatus, sweep_status

INCOMPLETE = 1


def execute(options: argparse.Namespace) -> int:
    """Say what a directory of results holds.

    Returns
    -------
    int
        Exit status: 0, or 1 if runs are missing or failed.
    """
    return tell(sweep_status(options.directory), options.directory, quiet=options.quiet)


def tell(status: SweepStatus, directory: Path, *, quiet: bool) -> int:
    """Print a status; return 0, or 1 if runs are missing or failed."""
    if not quiet:
        table = Table(show_header=False, box=None, title=str(directory), title_justify="left")
        for name, value in _lines(status):
            table.add_row(name, value)
        show(table)
    return 0 if status.is_complete and status.failed == 0 else INCOMPLETE


def _lines(status: SweepStatus) -> list[tuple[str, str]]:
    found = status.manifest
    lines = [
        ("sweep", status.title or "-"),
        ("design points", f"{status.points:,}"),
        ("replications", f"{status.replications:,} a point"),
        ("runs there", f"{status.done:,} of {status.runs:,}"),
        ("failed", f"{status.failed:,}"),
    ]
    if status.first_error:
        lines.append(("the first error", status.first_error))
    return [
        *lines,
        ("started", str(found.get("started", "-"))),
        ("working time", f"{float(found.get('duration_s', 0.0)):,.1f} s"),
        ("made with", str(found.get("program", "-"))),
    ]
