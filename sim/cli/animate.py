"""`ceasefire animate`: a film of a run."""

import argparse

from sim.app.film import make_film
from sim.cli.common import announce_compilation, naming, show_paths
from sim.scenario import Scenario


def execute(options: argparse.Namespace) -> int:
    """Write a film of the first hours of a run.

    Parameters
    ----------
    options
        ``scenario``, ``seed``, ``out``, ``hours``, ``minutes_per_frame`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    with naming(options.scenario):
        scenario = Scenario.load(options.scenario)
    if not options.quiet:
        announce_compilation()
    frames = make_film(
        scenario, options.seed, options.out, options.hours, options.minutes_per_frame
    )
    if not options.quiet:
        print(f"{frames:,} frames")
        show_paths([options.out])
    return 0
