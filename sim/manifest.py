"""What a result was made with: program, versions, machine, scenario, seed and time."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim import __version__
from sim.errors import InputError
from sim.files import TEMPORARY

MANIFEST = "manifest.json"
"""Name of the file beside every result."""

LIBRARIES = (
    "mesa",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "pyproj",
    "scipy",
    "shapely",
)
"""Libraries whose version can show in a result."""

_CHECKOUT = Path(__file__).resolve().parent.parent
_GIT_TIMEOUT_S = 10


def run_manifest(
    scenario: BaseModel, seed: int, started: datetime, duration_s: float
) -> dict[str, Any]:
    """Describe one run, so that it can be repeated.

    Parameters
    ----------
    scenario
        The resolved scenario.
    seed
        The seed of the run.
    started
        When the run began.
    duration_s
        How long it took.

    Returns
    -------
    dict
        Ready to be written as JSON.
    """
    return {
        "kind": "run",
        **environment(),
        "started": started.isoformat(timespec="seconds"),
        "duration_s": round(duration_s, 3),
        "seed": seed,
        "scenario": scenario.model_dump(mode="json"),
    }


def environment() -> dict[str, Any]:
    """Describe the program, the libraries and the machine."""
    return {
        "program": f"ceasefire {__version__}",
        "version": __version__,
        "git": git_state(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def git_state(checkout: Path = _CHECKOUT) -> dict[str, Any] | None:
    """Tell which commit the program is run from.

    Parameters
    ----------
    checkout
        The folder that holds the package.

    Returns
    -------
    dict or None
        The commit, and whether tracked files differ from it; None unless the folder is the top
        of a git checkout (a package installed below someone else's checkout is not).
    """
    top = _git(checkout, "rev-parse", "--show-toplevel")
    commit = _git(checkout, "rev-parse", "HEAD")
    if not top or not commit or Path(top).resolve() != checkout.resolve():
        return None
    changes = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "dirty": changes != ""}


def read_manifest(directory: Path) -> dict[str, Any] | None:
    """Read the manifest of a directory of results.

    Returns
    -------
    dict or None
        The manifest; None if there is none.

    Raises
    ------
    InputError
        If it cannot be understood.
    """
    path = directory / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        raise InputError(f"{path}: is not valid JSON; choose another directory") from None
    if not isinstance(content, Mapping):
        raise InputError(f"{path}: is not a manifest; choose another directory")
    return dict(content)


def claim_directory(directory: Path, kind: str) -> dict[str, Any] | None:
    """Make sure that results may be written to a directory, and make it.

    Parameters
    ----------
    directory
        New, empty, or with results of the same kind.
    kind
        "run", "sweep" or "comparison".

    Returns
    -------
    dict or None
        The manifest of the results that are there already.

    Raises
    ------
    InputError
        If the directory holds something else.
    """
    if directory.exists() and not directory.is_dir():
        raise InputError(f"{directory}: is a file; --out needs a directory")
    found = read_manifest(directory)
    if found is not None and found.get("kind") != kind:
        other = found.get("kind", "unknown results")
        raise InputError(f"{directory}: holds a {other}, not a {kind}; choose another directory")
    if found is None and directory.exists() and _holds_files(directory):
        raise InputError(
            f"{directory}: is not empty and holds no {kind}; choose a new or empty directory"
        )
    directory.mkdir(parents=True, exist_ok=True)
    return found


def _holds_files(directory: Path) -> bool:
    """Whether there is anything but what an interrupted write left behind, or a lock."""
    names = [entry.name for entry in directory.iterdir()]
    return any(not name.startswith(TEMPORARY) and name != ".lock" for name in names)


def now() -> datetime:
    """Tell the time, with its zone."""
    return datetime.now(UTC)


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _git(folder: Path, *arguments: str) -> str | None:
    """Ask git; None if there is no git or no answer."""
    try:
        answer = subprocess.run(  # noqa: S603 - fixed words and our own folder
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - git is where the user has it
            capture_output=True,
            check=True,
            text=True,
            timeout=_GIT_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
