"""`ceasefire status`: what a directory of results holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import types

if TYPE_CHECKING:
    from sim.experiment.merge import SweepStatus

INCOMPLETE = 1


def add(commands: types.Commands) -> None:
    """Add `ceasefire status`."""
    status = types.add(
        commands,
        "status",
        "report the status of a directory of results",
        "Report how many runs of a sweep are done, how many failed and why. Exit status 1 if any "
        "is "
        "missing or failed.",
    )
    status.add_argument(
        "directory", metavar="DIR", type=types.place_of, help="directory of a sweep"
    )


def execute(options: argparse.Namespace) -> int:
    """Say what a directory of results holds.

    Returns
    -------
    int
        Exit status: 0, or 1 if runs are missing or failed.
    """
    from sim.experiment.merge import sweep_status

    return tell(sweep_status(options.directory), options.directory, quiet=options.quiet)


def tell(status: SweepStatus, directory: Path, *, quiet: bool) -> int:
    """Print a status; return 0, or 1 if runs are missing or failed."""
    from rich.table import Table

    from sim.cli.common import show

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
