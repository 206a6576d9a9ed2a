"""What the commands share: how they speak to the user."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from sim.errors import InputError
from sim.files import write_json
from sim.geography import ContactLine
from sim.kernel.compile import COMPILE_SECONDS, is_cached
from sim.output.html.content import SOURCES
from sim.results.measures import MEASURES, parse_request
from sim.results.measures.selection import parse_window, split_requests
from sim.scenario import Scenario
from sim.scenario.comments import value_comments

OUTPUTS = Path("outputs")
"""Where results go when the user names no place."""


def announce_compilation() -> None:
    """Say on stderr that the first run takes longer, where the engine is not compiled yet."""
    if not is_cached():
        note = f"Compiling the engine for this machine (once, about {COMPILE_SECONDS} s) ..."
        print(note, file=sys.stderr, flush=True)


@contextmanager
def naming(path: Path, options: argparse.Namespace | None = None) -> Iterator[None]:
    """Put the name of a file before errors that do not name it, as where a line does not fit.

    Parameters
    ----------
    path
        The file.
    options
        Those of the command line: an error about one of them names it, and not the file.
    """
    try:
        yield
    except InputError as error:
        if str(path) in str(error):
            raise
        key, equals, rest = str(error).partition(" = ")
        if equals and key in vars(options or argparse.Namespace()):
            message = f"--{key.replace('_', '-')} {rest}"
        elif str(error).startswith("--"):
            raise
        else:
            message = f"{path}: {error}"
        raise InputError(message) from None


def tell_notes(*lines: ContactLine) -> None:
    """Say on stderr, each once, what a user should know about how contact lines were read."""
    for note in dict.fromkeys(note for line in lines for note in line.notes):
        print(f"ceasefire: note: {note}", file=sys.stderr)


class _Screen(Console):
    """Where tables and text go; tells of a pipe that is closed as printing does."""

    def on_broken_pipe(self) -> None:
        """Raise the error that says so, in the place of ending Python with status 1."""
        raise BrokenPipeError


def keep_sources(folder: Path, scenarios: Mapping[str, Path]) -> None:
    """Keep the comments beside the values of scenario files, for a report.

    Parameters
    ----------
    folder
        Where the results go.
    scenarios
        File of each scenario by its label.
    """
    comments = {label: value_comments(path) for label, path in scenarios.items()}
    write_json(folder / SOURCES, comments)


def show(*items: object) -> None:
    """Print tables and text on stdout."""
    console = _Screen(highlight=False)
    for item in items:
        console.print(item)


def show_paths(paths: Iterable[Path]) -> None:
    """Print what was written, one path a line, never wrapped."""
    print("\nWritten:")
    for path in paths:
        print(f"  {path}")


def tell_failures(failed: int, runs: int, first_error: str) -> None:
    """Say on stderr how many runs failed, and why the first one did.

    Parameters
    ----------
    failed, runs
        How many failed, of how many.
    first_error
        Why the first one did; empty if it is not known.
    """
    if failed == 0:
        return
    reason = f"; the first: {first_error}" if first_error else ""
    print(f"ceasefire: {failed:,} of {runs:,} runs failed{reason}", file=sys.stderr)


def asked_measures(
    options: argparse.Namespace,
    scenarios: Sequence[Scenario],
    usual: Callable[[Scenario], Sequence[str]],
) -> tuple[str, ...]:
    """Read the options ``measures`` and ``window`` of a command.

    Parameters
    ----------
    options
        ``measures``: names with commas between them, ``all``, or None; ``window``: days, or None.
    scenarios
        What is run.
    usual
        Returns what is asked for where no measure is named.

    Raises
    ------
    InputError
        When a measure does not exist, or the window cannot be read.
    """
    if options.measures is None:
        names = tuple(dict.fromkeys(name for s in scenarios for name in usual(s)))
    elif options.measures == "all":
        names = tuple(MEASURES)
    else:
        names = split_requests(options.measures)
    if options.window is not None:
        days = parse_window(options.window, "--window")
        names = tuple(str(parse_request(name).also(days)) for name in names)
    return names
