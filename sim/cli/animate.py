"""`ceasefire animate`: a film of a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli import types


def add(commands: types.Commands) -> None:
    """Add `ceasefire animate`."""
    film = types.add(
        commands,
        "animate",
        "write a film of a run",
        "Write a film of the first hours of a run: MP4 (needs the extra [app]) or GIF.",
    )
    film.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    film.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="film.mp4 or film.gif"
    )
    film.add_argument(
        "--seed", type=types.seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    film.add_argument(
        "--hours", type=types.span, default=48, metavar="H",
        help="simulated hours to show (default: 48)",
    )  # fmt: skip
    film.add_argument(
        "--minutes-per-frame", type=types.span, default=10, metavar="MIN",
        help="simulated minutes per frame, a multiple of 5 (default: 10)",
    )  # fmt: skip


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
    from sim.app.film import make_film
    from sim.cli.common import announce_compilation, naming, show_paths
    from sim.scenario import Scenario

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
