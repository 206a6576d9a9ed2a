"""`ceasefire report`: a page to read and print, from what another command left behind."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from sim.output.html.content import Page

REPORT = "report.html"
MOST_LETTERS = 200
KINDS = ("run", "sweep", "comparison", "sizing", "calibration")
"""Kinds of results; the page of each is made by `KIND_page` in a module of `sim.output.html`."""


def add(commands: types.Commands) -> None:
    """Add `ceasefire report`."""
    report = types.add(
        commands,
        "report",
        "write a page to read and print from results",
        "Write one HTML page from the results of run, sweep, compare, size or calibrate: the "
        "question, the answer in two sentences, figures, tables, limits, how to reproduce it, and "
        "every assumption with its source. It needs no other file and no network.",
    )
    report.add_argument(
        "directory", metavar="DIR", type=types.place_of, help="directory of the results"
    )
    report.add_argument(
        "--out", type=Path, metavar="FILE", help="the page (default: report.html in DIR)"
    )


def execute(options: argparse.Namespace) -> int:
    """Write the report of a directory of results.

    Parameters
    ----------
    options
        ``directory``, ``out`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    from sim.cli.common import show_paths
    from sim.errors import InputError
    from sim.files import atomic_file
    from sim.output.html.render import render

    folder: Path = options.directory
    page = make_page(folder)
    out: Path = options.out or folder / REPORT
    if out.is_dir():
        raise InputError(f"--out {out}: is a directory; name a file")
    with atomic_file(out) as temporary:
        temporary.write_text(render(page), encoding="utf-8")
    if not options.quiet:
        show_paths([out])
    return 0


def make_page(folder: Path) -> Page:
    """Make the report of a directory of results.

    Raises
    ------
    InputError
        If there are no results of a run, sweep, comparison, sizing or calibration, or some of its
        files are gone or damaged.
    """
    import pyarrow as pa

    from sim.errors import InputError

    damage = (
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError, pa.ArrowException
    )  # fmt: skip
    manifest = _read(folder)
    kind = str(manifest.get("kind"))
    if kind not in KINDS:
        raise InputError(f"{folder}: holds no results of one of these: {', '.join(KINDS)}")
    make: Callable[[Path, dict[str, Any]], Page]
    make = getattr(import_module(f"sim.output.html.{kind}"), f"{kind}_page")
    try:
        return make(folder, manifest)
    except FileNotFoundError as error:
        raise InputError(f"{folder}: {Path(str(error.filename)).name} is missing") from None
    except InputError:
        raise
    except damage as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_LETTERS]
        raise InputError(f"{folder}: its files are damaged ({words})") from None


def _read(folder: Path) -> dict[str, Any]:
    from sim.errors import InputError
    from sim.manifest import MANIFEST, check_files, read_manifest

    if not folder.exists():
        raise InputError(f"{folder}: there is no such directory")
    found = read_manifest(folder)
    if found is None:
        raise InputError(f"{folder}: holds no results (no {MANIFEST})")
    check_files(folder, found)
    return found
