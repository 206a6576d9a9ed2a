"""`ceasefire report`: a page to read and print, from what another command left behind."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.cli.common import show_paths
from sim.errors import InputError
from sim.files import atomic_file
from sim.manifest import MANIFEST, check_files, read_manifest
from sim.output.html.calibration import calibration_page
from sim.output.html.comparison import comparison_page
from sim.output.html.content import Page
from sim.output.html.render import render
from sim.output.html.run import run_page
from sim.output.html.sizing import sizing_page
from sim.output.html.sweep import sweep_page

REPORT = "report.html"
DAMAGE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, pa.ArrowException)
"""What reading results raises where a file of them does not hold what it should."""
MOST_LETTERS = 200
_PAGES: dict[str, Callable[[Path, dict[str, Any]], Page]] = {
    "run": run_page,
    "sweep": sweep_page,
    "comparison": comparison_page,
    "sizing": sizing_page,
    "calibration": calibration_page,
}


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
    manifest = _read(folder)
    make = _PAGES.get(str(manifest.get("kind")))
    if make is None:
        known = ", ".join(_PAGES)
        raise InputError(f"{folder}: holds no results of one of these: {known}")
    try:
        return make(folder, manifest)
    except FileNotFoundError as error:
        raise InputError(f"{folder}: {Path(str(error.filename)).name} is missing") from None
    except InputError:
        raise
    except DAMAGE as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_LETTERS]
        raise InputError(f"{folder}: its files are damaged ({words})") from None


def _read(folder: Path) -> dict[str, Any]:
    if not folder.exists():
        raise InputError(f"{folder}: there is no such directory")
    found = read_manifest(folder)
    if found is None:
        raise InputError(f"{folder}: holds no results (no {MANIFEST})")
    check_files(folder, found)
    return found
