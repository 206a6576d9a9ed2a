"""The words of the command line: what each kind of argument may be, and how a command is added."""

import argparse
from datetime import date
from pathlib import Path

type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands, name: str, summary: str, description: str) -> argparse.ArgumentParser:
    """Add a command with its help."""
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


def seed(text: str) -> int:
    """Read the seed of a run."""
    return _whole_number(text, 0, 2**63 - 1)


def first_seed(text: str) -> int:
    """Read the first of several seeds."""
    return _whole_number(text, 0, 2**53)


def replications(text: str) -> int:
    """Read a number of replications."""
    return _whole_number(text, 1, 1_000_000)


def trials(text: str) -> int:
    """Read a number of trials; none is allowed."""
    return _whole_number(text, 0, 10_000)


def workers(text: str) -> int:
    """Read a number of workers."""
    return _whole_number(text, 1, 10_000)


def seconds_above_0(text: str) -> float:
    """Read a time in seconds."""
    rule = "must be a number of seconds above 0"
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: {rule}") from None
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: {rule}")
    return seconds


def place_of(text: str) -> Path:
    """Read a path, or a URL that fsspec knows."""
    from sim.files import checked_path

    try:
        found = checked_path(text)
        found.exists()  # loads what speaks the protocol
    except (ImportError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None
    except OSError:
        pass  # told by the command, with what it wanted there
    if text.startswith("memory://"):
        raise argparse.ArgumentTypeError(f"{text}: would be gone when the command ends")
    return found


def day(text: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: must be a date as 2021-07-09") from None


FORMATS = ("csv", "geojson", "gpkg")
"""Formats in which the violations of a run can be written for other programs."""


def formats(text: str) -> tuple[str, ...]:
    """Read the names of formats with commas between them."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if any(name not in FORMATS for name in names):
        rule = f"must be one or more of {', '.join(FORMATS)}, separated by commas"
        raise argparse.ArgumentTypeError(f"{text!r}: {rule}")
    return names


def span(text: str) -> int:
    """Read a length of a film."""
    return _whole_number(text, 1, 100_000)


def port(text: str) -> int:
    """Read a port of this machine."""
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


def add_measures(command: argparse.ArgumentParser, default: str) -> None:
    """Add the options that choose measures, and parts of the violations they are taken of."""
    command.add_argument(
        "--measures",
        metavar="NAMES",
        help="comma-separated measures, or all; also for a subset of violations, as in "
        f'"detection_rate[kind=artillery,severity>=4]" (default: {default})',
    )
    command.add_argument(
        "--window",
        metavar="FROM:TO",
        help="days of the run covered by the measures, such as 30:60",
    )


def add_vary(command: argparse.ArgumentParser, how_often: str) -> None:
    """Add the option that names what is varied."""
    command.add_argument(
        "--vary", action="append", required=True, metavar="KEY=FROM:TO",
        help="key to vary and its range, such as monitors.male.count=20:400 (or 20:400:10 in steps "
        "of ten); "
        f"monitors.count is the total of all groups; {how_often}",
    )  # fmt: skip


def add_given(command: argparse.ArgumentParser) -> None:
    """Add the option that fixes values which runs would draw."""
    command.add_argument(
        "--given", action="append", default=[], metavar="KEY=VALUE",
        help="a scenario value on which the results are conditional, such as "
        "united_states.engagement=engaged; may be given several times",
    )  # fmt: skip


def add_workers(command: argparse.ArgumentParser) -> None:
    """Add the option that says how many runs are made at a time."""
    command.add_argument(
        "--workers", type=workers, metavar="N",
        help="runs in parallel (default: one per processor); the results do not depend on it",
    )  # fmt: skip


def add_out(command: argparse.ArgumentParser, default: str) -> None:
    """Add the option that names the directory of the results."""
    command.add_argument(
        "--out", type=Path, metavar="DIR",
        help=f"directory for the results (default: outputs/{default})",
    )  # fmt: skip


def add_runs(command: argparse.ArgumentParser, name: str) -> None:
    """Add the options of commands that run forces until they know enough of them."""
    command.add_argument(
        "--first-seed", type=first_seed, default=1, metavar="FIRST",
        help="seed of the first run of each force; the others follow it (default: 1)",
    )  # fmt: skip
    add_workers(command)
    add_out(command, f"{name}-<scenario>")
