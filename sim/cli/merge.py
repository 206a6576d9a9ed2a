"""`ceasefire merge`: the results of several directories in one."""

from __future__ import annotations

import argparse

from sim.cli import types


def add(commands: types.Commands) -> None:
    """Add `ceasefire merge`."""
    merge = types.add(
        commands,
        "merge",
        "merge results of one sweep from several directories",
        "Put the results of several directories of one sweep, such as its shards, into another. "
        "The sweep command with that directory then writes summary and figures. Exit status 1 if "
        "runs are missing or failed.",
    )
    merge.add_argument(
        "directories",
        metavar="DIR",
        type=types.place_of,
        nargs="+",
        help="directories of one sweep",
    )
    merge.add_argument(
        "--out", type=types.place_of, metavar="DIR", required=True, help="directory for all of them"
    )


def execute(options: argparse.Namespace) -> int:
    """Put the results of several directories of one sweep into another one.

    Returns
    -------
    int
        Exit status: 0, or 1 if runs are missing or failed.
    """
    from sim.cli.status import tell
    from sim.experiment.merge import merge_results

    status = merge_results(options.directories, options.out)
    return tell(status, options.out, quiet=options.quiet)
