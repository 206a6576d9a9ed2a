"""The `ceasefire` command.

What takes long to load is imported by each command where it needs it, so that ``--help`` and
mistakes are answered at once.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from sim import __version__

MOST_LETTERS = 1000
"""Of an error message; values and names in it can be of any length."""
OK, USER_ERROR, INTERRUPTED, PIPE_CLOSED = 0, 2, 130, 141

COMMANDS = (
    "run",
    "sweep",
    "compare",
    "sensitivity",
    "status",
    "report",
    "merge",
    "export",
    "size",
    "optimise",
    "calibrate",
    "line",
    "check",
    "app",
    "animate",
)
"""Commands in the order of the help; each is a module of this package with `add` and `execute`."""

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
    for name in COMMANDS:
        import_module(f"sim.cli.{name}").add(commands)
    return parser


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
