"""`ceasefire app`: the interactive page."""

import argparse
import os
import sys

from sim.app.results import RESULTS_VARIABLE, Results
from sim.app.scenarios import SCENARIO_VARIABLE
from sim.app.serve import check_address, check_extra, serve, warm_up
from sim.cli.common import announce_compilation


def execute(options: argparse.Namespace) -> int:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    options
        ``scenario``, ``results``, ``host``, ``port``, ``no_browser`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    check_extra()
    check_address(options.host, options.port)
    if not options.quiet:
        announce_compilation()
    warm_up(options.scenario)
    if options.results is not None:
        Results(options.results)
        os.environ[RESULTS_VARIABLE] = str(options.results.resolve())
    if options.scenario is not None:
        os.environ[SCENARIO_VARIABLE] = str(options.scenario.resolve())
    if not options.quiet:
        address = f"http://{options.host}:{options.port}"
        print(f"The page is at {address} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    serve(options.host, options.port, not options.no_browser)
    return 0
