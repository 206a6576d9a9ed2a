"""The `ceasefire` command.

Only argument parsing is loaded here, so that ``--help`` and mistakes are answered at once; each
command loads what it needs.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from sim import __version__
from sim.cli import study
from sim.cli import types as words

MOST_LETTERS = 1000
"""Of an error message; values and names in it can be of any length."""
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
  ceasefire calibrate configs/data/osce_daily_counts.csv --split 2021-03-01
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
    _secure_streams()
    try:
        try:
            return _execute(make_parser().parse_args(arguments))
        finally:
            sys.stdout.flush()  # here, and not when Python ends, where nobody can catch what fails
    except KeyboardInterrupt:
        print("\nceasefire: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except OSError as error:
        _discard_output()
        return _fail(f"output: {_os_error_text(error)}")


def _execute(options: argparse.Namespace) -> int:
    from sim.errors import InputError

    try:
        status: int = import_module(f"sim.cli.{options.command}").execute(options)
    except InputError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        kept = "; finished runs are kept, the same command goes on from there"
        note = kept if options.command == "sweep" else ""
        print(f"\nceasefire: interrupted{note}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        return _fail(_os_error_text(error))
    except MemoryError:
        return _fail("there is not enough memory for what was asked")
    return status


def _secure_streams() -> None:
    """See to it that whatever is printed has somewhere to go.

    A stream that is closed (``>&-``) is there no more, and the next file that is opened would get
    its number and what is printed. Letters that a stream cannot show become question marks.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _discard_output() -> None:
    """Let go what is still in the buffer: it must not be written when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    study.add_sweep(commands)
    _add_compare(commands)
    study.add_sensitivity(commands)
    study.add_status(commands)
    study.add_report(commands)
    study.add_merge(commands)
    study.add_export(commands)
    study.add_size(commands)
    study.add_optimise(commands)
    study.add_calibrate(commands)
    study.add_line(commands)
    _add_check(commands)
    _add_app(commands)
    _add_animate(commands)
    return parser


def _add_run(commands: words.Commands) -> None:
    run = words.add(
        commands,
        "run",
        "run a scenario once: tables, summary, map",
        "Run a scenario once. Prints the measures and writes events, sorties and units as Parquet "
        "tables, summary.json, manifest.json, a map and the figure of response times.",
    )
    run.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    run.add_argument(
        "--seed", type=words.seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    words.add_measures(run, "all, and those of support by domain")
    run.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="directory for the results (default: outputs/<scenario>-seed<N>)",
    )
    run.add_argument(
        "--also", type=words.formats, default=(), metavar="FORMATS",
        help="write the violations for other programs too, as violations.csv and so on: csv "
        "(spreadsheets), geojson, gpkg (GeoPackage, for GIS); several with commas between them",
    )  # fmt: skip


def _add_compare(commands: words.Commands) -> None:
    compare = words.add(
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
        "--replications", type=words.replications, default=40, metavar="N",
        help="runs per scenario (default: 40)",
    )  # fmt: skip
    compare.add_argument(
        "--seed", type=words.first_seed, default=1, metavar="FIRST",
        help="seed of the first run, the next ones follow (default: 1)",
    )  # fmt: skip
    words.add_measures(compare, "the headline")
    compare.add_argument(
        "--workers", type=words.workers, metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )  # fmt: skip
    compare.add_argument(
        "--out", type=Path, metavar="DIR",
        help="directory for the results (default: outputs/compare-<scenarios>)",
    )  # fmt: skip


def _add_check(commands: words.Commands) -> None:
    check = words.add(
        commands,
        "check",
        "validate a scenario or sweep file and print it in full",
        "Validate a file. Prints a scenario with all its values and their units, or the design of "
        "a sweep with its number of runs.",
    )
    check.add_argument("file", metavar="FILE", type=Path, help="scenario or sweep file (TOML)")


def _add_app(commands: words.Commands) -> None:
    app = words.add(
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
    app.add_argument(
        "--results", type=Path, metavar="DIR",
        help="directory of a finished sweep, whose points and runs can then be watched",
    )  # fmt: skip
    app.add_argument(
        "--port", type=words.port, default=8765, metavar="N", help="port (default: 8765)"
    )
    app.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="address to serve on (default: 127.0.0.1, this machine only)",
    )  # fmt: skip
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _add_animate(commands: words.Commands) -> None:
    film = words.add(
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
        "--seed", type=words.seed, default=1, metavar="N", help="seed of the run (default: 1)"
    )
    film.add_argument(
        "--hours", type=words.span, default=48, metavar="H",
        help="simulated hours to show (default: 48)",
    )  # fmt: skip
    film.add_argument(
        "--minutes-per-frame", type=words.span, default=10, metavar="MIN",
        help="simulated minutes for each frame, a multiple of 5 (default: 10)",
    )  # fmt: skip


def _fail(message: str) -> int:
    plain = " ".join(message.splitlines())
    line = "".join(letter if letter.isprintable() else "?" for letter in plain)
    if len(line) > MOST_LETTERS:
        line = f"{line[: MOST_LETTERS // 2]} ... {line[-MOST_LETTERS // 2 :]}"
    print(f"ceasefire: error: {line}", file=sys.stderr)
    return USER_ERROR


def _os_error_text(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


if __name__ == "__main__":
    sys.exit(main())
