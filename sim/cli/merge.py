"""`ceasefire merge`: the results of several directories in one."""

import argparse

from sim.cli.status import tell
from sim.experiment.merge import merge_results


def execute(options: argparse.Namespace) -> int:
    """Put the results of several directories of one sweep into another one.

    Returns
    -------
    int
        Exit status: 0, or 1 if runs are missing or failed.
    """
    status = merge_results(options.directories, options.out)
    return tell(status, options.out, quiet=options.quiet)
