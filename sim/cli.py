"""The `ceasefire` command.

Only argument parsing is loaded here, so that ``--help`` and mistakes are answered at once; each
command loads what it needs.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from sim import __version__

OK, USER_ERROR, INTERRUPTED, PIPE_CLOSED = 0, 2, 130, 141

DESCRIPTION = """\
Agent-based simulation of ceasefire monitoring along a contact line: what share of violations is
detected, and how fast help arrives, with a given force of unmanned monitors and support units."""

EXAMPLES = """\
examples:
  ceasefire run configs/baseline.toml --seed 7
  ceasefire sweep configs/demo_sweep.toml --workers 2 --out outputs/demo
  ceasefire status outputs/demo
  ceasefire compare configs/minimal.toml my_scenario.toml
  ceasefire size configs/minimal.toml --require "detection_rate >= 0.9" \\
    --vary monitors.male.count=20:400
  ceasefire check my_scenario.toml

exit status: 0 = done, 1 = every run failed, 2 = bad input or files, 130 = interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments
        The words after ``ceasefire``; None = those of this process.

    Returns
    -------
    int
        The exit status.
    """
    from sim.errors import InputError

    options = make_parser().parse_args(arguments)
    try:
        status: int = import_module(f"sim.commands.{options.command}").execute(options)
        sys.stdout.flush()
    except InputError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        kept = "; finished runs are kept, the same command goes on from there"
        note = kept if options.command == "sweep" else ""
        print(f"\nceasefire: interrupted{note}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # What is still in the buffer must not be written when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        return _fail(_os_error_text(error))
    return status


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="ceasefire",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"ceasefire {__version__}")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_sweep(commands)
    _add_compare(commands)
    _add_sensitivity(commands)
    _add_status(commands)
    _add_merge(commands)
    _add_export(commands)
    _add_size(commands)
    _add_optimise(commands)
    _add_check(commands)
    _add_app(commands)
    _add_animate(commands)
    return parser


type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _add_run(commands: Commands) -> None:
    run = _add(
        commands,
        "run",
        "run a scenario once: tables, summary, map",
        "Run a scenario once. Prints the measures and writes events, sorties and units as Parquet "
        "tables, summary.json, manifest.json, a map and the figure of response times.",
    )
    run.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    run.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    run.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="directory for the results (default: outputs/<scenario>-seed<N>)",
    )


def _add_sweep(commands: Commands) -> None:
    sweep = _add(
        commands,
        "sweep",
        "run a grid of scenarios, each with several seeds",
        "Run a scenario over a grid of values, each point with the same seeds. Prints and writes "
        "means with 95 % intervals (the run is the unit), figures, and every run as Parquet. The "
        "same command takes up a sweep that was interrupted.",
    )
    sweep.add_argument("sweep", metavar="SWEEP", type=Path, help="sweep file (TOML)")
    sweep.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )
    sweep.add_argument(
        "--dry-run",
        action="store_true",
        help="time a few runs, say what the sweep will take, and write nothing",
    )
    sweep.add_argument(
        "--run-limit",
        type=_seconds,
        default=3600.0,
        metavar="S",
        help="seconds after which a run is given up as failed (default: 3600)",
    )
    sweep.add_argument(
        "--threads",
        action="store_true",
        help="threads of one process instead of processes: starts sooner, but a run that hangs or "
        "crashes takes the sweep along",
    )
    sweep.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="make the runs on a Dask cluster, such as tcp://host:8786, or local for one of this "
        "machine's own",
    )
    sweep.add_argument(
        "--shard",
        metavar="I/N",
        help="make the i-th of n parts of the runs only, for arrays of jobs; join them with merge",
    )
    sweep.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar="MEASURE=HALF",
        help="make replications of each point until the 95 %% interval of the measure is no wider "
        "than this to either side, as detection_rate=0.01; may be given several times",
    )
    sweep.add_argument(
        "--max-replications",
        type=_replications,
        default=1000,
        metavar="N",
        help="replications of a point at most, with --precision (default: 1000)",
    )
    sweep.add_argument("--retry-failed", action="store_true", help="make failed runs again")
    sweep.add_argument(
        "--out",
        type=_place,
        metavar="DIR",
        help="directory or URL for the results (default: outputs/<sweep>)",
    )


def _add_sensitivity(commands: Commands) -> None:
    sensitivity = _add(
        commands,
        "sensitivity",
        "show which factors the results of a sweep hang on",
        "Analyse a finished sweep of a morris or saltelli design: Morris screening or Sobol "
        "indices with 95 % intervals, as a table and a ranked figure for each measure.",
    )
    sensitivity.add_argument("directory", metavar="DIR", type=_place, help="directory of a sweep")
    sensitivity.add_argument(
        "--measure",
        action="append",
        metavar="NAME",
        help="a measure to analyse; may be given several times (default: detection rate, response "
        "time and answered share)",
    )
    sensitivity.add_argument(
        "--out",
        type=_place,
        metavar="DIR",
        help="directory for table and figures (default: sensitivity in DIR)",
    )


def _add_status(commands: Commands) -> None:
    status = _add(
        commands,
        "status",
        "say what a directory of results holds",
        "Say how many runs of a sweep are there, how many failed and why. Exit status 1 if any is "
        "missing or failed.",
    )
    status.add_argument("directory", metavar="DIR", type=_place, help="directory of a sweep")


def _add_merge(commands: Commands) -> None:
    merge = _add(
        commands,
        "merge",
        "put the results of several directories of one sweep into one",
        "Put the results of several directories of one sweep, such as its shards, into another. "
        "The sweep command with that directory then writes summary and figures. Exit status 1 if "
        "runs are missing or failed.",
    )
    merge.add_argument(
        "directories", metavar="DIR", type=_place, nargs="+", help="directories of one sweep"
    )
    merge.add_argument(
        "--out", type=_place, metavar="DIR", required=True, help="directory for all of them"
    )


def _add_export(commands: Commands) -> None:
    export = _add(
        commands,
        "export",
        "write the runs of a sweep as CSV",
        "Write all runs of a sweep as one CSV file, one row a run.",
    )
    export.add_argument("directory", metavar="DIR", type=_place, help="directory of a sweep")
    export.add_argument("--csv", type=Path, metavar="FILE", required=True, help="the file to write")


def _add_compare(commands: Commands) -> None:
    compare = _add(
        commands,
        "compare",
        "run scenarios with the same seeds and show how they differ",
        "Run two or more scenarios with the same seeds. Prints and writes how the others differ "
        "from the first, with 95 % intervals (the run is the unit), figures, and every run as "
        "Parquet.",
    )
    compare.add_argument(
        "scenarios", metavar="SCENARIO", type=Path, nargs="+",
        help="scenario files (TOML); the first is the reference",
    )  # fmt: skip
    compare.add_argument(
        "--replications", type=_replications, default=40, metavar="N",
        help="runs per scenario (default: 40)",
    )  # fmt: skip
    compare.add_argument(
        "--seed", type=_first_seed, default=1, metavar="FIRST",
        help="seed of the first run, the next ones follow (default: 1)",
    )  # fmt: skip
    compare.add_argument(
        "--measures", metavar="NAMES",
        help="names of measures with commas between them, or all (default: a dozen)",
    )  # fmt: skip
    compare.add_argument(
        "--workers", type=_workers, metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )  # fmt: skip
    compare.add_argument(
        "--out", type=Path, metavar="DIR",
        help="directory for the results (default: outputs/compare-<scenarios>)",
    )  # fmt: skip


def _add_size(commands: Commands) -> None:
    size = _add(
        commands,
        "size",
        "find the smallest forces that meet requirements",
        "Find the smallest forces that meet every requirement, with a stated confidence. All "
        "forces are run with the same seeds, each until its verdict is clear. Prints and writes "
        "the forces that suffice, those that do not, all that was tested, and a figure.",
    )
    size.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    size.add_argument(
        "--require", action="append", required=True, metavar="RULE",
        help='such as "detection_rate >= 0.9", "p90(response_time_min) <= 60" or '
        '"P(answered_share >= 0.8) >= 0.9"; may be given several times',
    )  # fmt: skip
    _add_vary(size, "one size, or two by giving it twice")
    size.add_argument(
        "--cost", metavar="FORMULA", help="seek the cheapest force: a formula of keys"
    )
    size.add_argument(
        "--confidence", type=float, default=0.95, metavar="C",
        help="chance that all verdicts are right (default: 0.95)",
    )  # fmt: skip
    size.add_argument(
        "--max-replications", type=_replications, default=320, metavar="N",
        help="runs of one force at most (default: 320)",
    )  # fmt: skip
    size.add_argument(
        "--max-forces", type=_replications, default=60, metavar="N",
        help="forces tested at most where two sizes vary (default: 60)",
    )  # fmt: skip
    _add_runs(size, "size")


def _add_optimise(commands: Commands) -> None:
    optimise = _add(
        commands,
        "optimise",
        "search for forces that no other beats in every aim",
        "Search for good forces under several aims with Optuna (extra: optimise). Prints and "
        "writes the forces that no other tested one beats in every aim, all trials, and a figure.",
    )
    optimise.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    _add_vary(optimise, "may be given several times")
    for name in ("maximise", "minimise"):
        optimise.add_argument(
            f"--{name}", action="append", default=[], metavar="AIM",
            help='such as detection_rate, "p90(response_time_min)" or cost; may be given several '
            "times",
        )  # fmt: skip
    optimise.add_argument(
        "--cost", metavar="FORMULA", help="what the aim cost is: a formula of keys"
    )
    optimise.add_argument(
        "--trials", type=_replications, default=100, metavar="N",
        help="forces that are tried (default: 100)",
    )  # fmt: skip
    optimise.add_argument(
        "--replications", type=_replications, default=10, metavar="N",
        help="runs of each (default: 10)",
    )  # fmt: skip
    optimise.add_argument(
        "--sampler", choices=("nsga2", "tpe"), default="nsga2",
        help="what proposes forces (default: nsga2)",
    )  # fmt: skip
    _add_runs(optimise, "optimise")


def _add_vary(command: argparse.ArgumentParser, how_often: str) -> None:
    command.add_argument(
        "--vary", action="append", required=True, metavar="KEY=FROM:TO",
        help="what is varied, such as monitors.male.count=20:400 (or 20:400:10 in steps of ten); "
        f"monitors.count is the total of all groups; {how_often}",
    )  # fmt: skip


def _add_runs(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument(
        "--first-seed", type=_first_seed, default=1, metavar="FIRST",
        help="seed of the first run of each force, the next ones follow (default: 1)",
    )  # fmt: skip
    command.add_argument(
        "--workers", type=_workers, metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )  # fmt: skip
    command.add_argument(
        "--out", type=Path, metavar="DIR",
        help=f"directory for the results (default: outputs/{name}-<scenario>)",
    )  # fmt: skip


def _add_check(commands: Commands) -> None:
    check = _add(
        commands,
        "check",
        "validate a scenario or sweep file and print it in full",
        "Validate a file. Prints a scenario with all its values and their units, or the design of "
        "a sweep with its number of runs.",
    )
    check.add_argument("file", metavar="FILE", type=Path, help="scenario or sweep file (TOML)")


def _add_app(commands: Commands) -> None:
    app = _add(
        commands,
        "app",
        "open the interactive page: map, controls, figures",
        "Serve the interactive page on this machine: a map of the run, sliders for the forces, and "
        "the figures so far. It needs the extra [app].",
    )
    app.add_argument(
        "scenario", metavar="SCENARIO", type=Path, nargs="?",
        help="scenario file (TOML) to begin with (default: the scenario library)",
    )  # fmt: skip
    app.add_argument("--port", type=_port, default=8765, metavar="N", help="port (default: 8765)")
    app.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="address to serve on (default: 127.0.0.1, this machine only)",
    )  # fmt: skip
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _add_animate(commands: Commands) -> None:
    film = _add(
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
        "--seed", type=_seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    film.add_argument(
        "--hours", type=_span, default=48, metavar="H",
        help="simulated hours to show (default: 48)",
    )  # fmt: skip
    film.add_argument(
        "--minutes-per-frame", type=_span, default=10, metavar="MIN",
        help="simulated minutes for each frame, a multiple of 5 (default: 10)",
    )  # fmt: skip


def _add(commands: Commands, name: str, summary: str, description: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=description)
    # Suppressed here, or the default would undo a -q that stands before the command.
    parser.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print errors only",
    )
    return parser


def _seed(text: str) -> int:
    return _whole_number(text, 0, 2**63 - 1)


def _first_seed(text: str) -> int:
    return _whole_number(text, 0, 2**53)


def _replications(text: str) -> int:
    return _whole_number(text, 1, 1_000_000)


def _workers(text: str) -> int:
    return _whole_number(text, 1, 10_000)


def _seconds(text: str) -> float:
    rule = "must be a number of seconds above 0"
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: {rule}") from None
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: {rule}")
    return seconds


def _place(text: str) -> Path:
    from sim.files import place

    return place(text)


def _span(text: str) -> int:
    return _whole_number(text, 1, 100_000)


def _port(text: str) -> int:
    return _whole_number(text, 1, 65_535)


def _whole_number(text: str, least: int, most: int) -> int:
    rule = f"must be a whole number from {least} to {most}"
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: {rule}") from None
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text}: {rule}")
    return number


def _fail(message: str) -> int:
    print(f"ceasefire: error: {message}", file=sys.stderr)
    return USER_ERROR


def _os_error_text(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


if __name__ == "__main__":
    sys.exit(main())
