"""What a result was made with: program, versions, machine, scenario, seed and time."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim import __version__
from sim.errors import InputError
from sim.files import TEMPORARY, is_remote, json_text, read_whole, write_json

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

CHECKSUM, CHECKSUMS = "checksum", "checksums"
"""Keys of a manifest: its own checksum, and those of the files beside it."""

_TABLES = (".csv", ".json", ".parquet")
"""Endings of files whose numbers are read again."""
_MOST_BYTES = 512 * 2**20
"""Size of the largest manifest that is read: a sweep keeps its points there."""
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


def timing(started: datetime) -> dict[str, Any]:
    """Tell when work began, and how long it has taken up to now."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "duration_s": round((now() - started).total_seconds(), 3),
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
        content = read_json(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if (said := content.pop(CHECKSUM, None)) is not None and said != _checksum(content):
        raise InputError(f"{path}: {CHANGED}")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """Read a file of results that holds a JSON object.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is none.
    InputError
        If it cannot be read, or holds anything else.
    """
    try:
        content = json.loads(read_whole(path, _MOST_BYTES).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: is not valid JSON; it is damaged") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: holds no JSON object; it is damaged")
    return content


def write_manifest(folder: Path, content: Mapping[str, Any], *, files: Iterable[Path] = ()) -> None:
    """Write a manifest with a checksum of its own and of tables beside it, atomically.

    Parameters
    ----------
    folder
        Where it goes.
    content
        What it says; NaN becomes null. Checksums in it are those of an earlier one, and left out.
    files
        Files beside it; tables among them (CSV, JSON, Parquet) get a checksum each.
    """
    sums = {file.name: _file_checksum(file) for file in sorted(files) if file.suffix in _TABLES}
    kept = {key: value for key, value in content.items() if key not in (CHECKSUM, CHECKSUMS)}
    plain = json.loads(json_text({**kept, CHECKSUMS: sums} if sums else kept))
    write_json(folder / MANIFEST, {**plain, CHECKSUM: _checksum(plain)})


def check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a directory in which a table is not what was written there; tables may be gone.

    Raises
    ------
    InputError
        If one is damaged or was changed.
    """
    sums = manifest.get(CHECKSUMS) or {}
    if not isinstance(sums, Mapping):
        raise InputError(f"{folder / MANIFEST}: is damaged: {CHECKSUMS} must be a table")
    for name, said in sums.items():
        file = folder / Path(str(name)).name
        if file.is_file() and _file_checksum(file) != said:
            raise InputError(f"{file}: {CHANGED}; the command that made it writes it anew")


CHANGED = "is damaged, or was changed after it was written (its checksum does not hold)"


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _file_checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
    _make(directory)
    return found


def _make(directory: Path) -> None:
    """Make a directory that can be written to, before anything is computed for it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{directory}: cannot be made ({error.strerror})") from None
    if not is_remote(directory) and not os.access(directory, os.W_OK):
        raise InputError(f"{directory}: may not be written to; choose another directory")


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
