"""`ceasefire app`: the interactive page."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sim.cli import types


def add(commands: types.Commands) -> None:
    """Add `ceasefire app`."""
    app = types.add(
        commands,
        "app",
        "open the interactive page: map, controls, figures",
        "Serve the interactive page on this machine: a map of the run, sliders for the forces, and "
        "the figures so far. It needs the extra [app].",
    )
    app.add_argument(
        "scenario", metavar="SCENARIO", type=Path, nargs="?",
        help="scenario file (TOML) to start with (default: the scenario library)",
    )  # fmt: skip
    app.add_argument(
        "--results", type=Path, metavar="DIR",
        help="directory of a finished sweep, whose points and runs can then be watched",
    )  # fmt: skip
    app.add_argument(
        "--port", type=types.port, default=8765, metavar="N", help="port (default: 8765)"
    )
    app.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="address to serve on (default: 127.0.0.1, this machine only)",
    )  # fmt: skip
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")


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
    from sim.app.results import RESULTS_VARIABLE, Results
    from sim.app.scenarios import SCENARIO_VARIABLE
    from sim.app.serve import check_address, check_extra, serve, warm_up
    from sim.cli.common import announce_compilation

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
        print(f"The page is at {address} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    serve(options.host, options.port, not options.no_browser)
    return 0
