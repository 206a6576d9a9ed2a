"""Reading scenario files: TOML, the files they extend, and the files they name."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.files import read_whole
from sim.scenario.fields import NONE_WORD

EXTENDS = "extends"
"""The key with which a file names the one it extends."""
MOST_EXTENDED = 20
"""More files than this that extend each other are taken for a mistake."""


def read_tables(path: Path) -> dict[str, Any]:
    """Read a scenario file with everything it extends, not yet validated.

    Parameters
    ----------
    path
        The TOML file. A file it extends, or a line it names, is found relative to it.

    Returns
    -------
    dict
        The merged tables, without ``extends``, the line's file as an absolute path.

    Raises
    ------
    InputError
        If a file cannot be read, is not TOML, or extends itself.
    """
    return _read_chain(path, ())


def _read_chain(path: Path, below: tuple[Path, ...]) -> dict[str, Any]:
    wanted_by = below[-1] if below else None
    place = _absolute(path, wanted_by or path)
    if place in below:
        names = " -> ".join(item.name for item in (*below, place))
        message = f"{path}: {EXTENDS} goes round in a circle: {names}"
        raise InputError(message)
    if len(below) > MOST_EXTENDED:
        first = f"{below[0].name} -> {below[1].name} -> {below[2].name} -> ..."
        message = f"{below[0]}: {EXTENDS} more than {MOST_EXTENDED} files in a row: {first}"
        raise InputError(message)
    tables = _resolve_files(read_toml(path, wanted_by), path)
    if EXTENDS not in tables:
        return tables
    parent = tables.pop(EXTENDS)
    if not isinstance(parent, str):
        message = f"{path}: {EXTENDS} = {parent!r}: must be the name of one file in quotes"
        raise InputError(message)
    return merge(_read_chain(path.parent / parent, (*below, place)), tables)


def read_toml(path: Path, wanted_by: Path | None = None) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path
        The file.
    wanted_by
        The file that extends it, for the message if it is not there.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, is not UTF-8 or not TOML (with line and
        column).
    """
    try:
        return tomllib.loads(read_whole(path).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        by = f" ({EXTENDS} in {wanted_by})" if wanted_by else ""
        message = f"{path}: {_what_is_wrong(error)}{by}"
        raise InputError(message) from None


def _what_is_wrong(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return "is a directory; a TOML file is needed"
        case OSError():
            return f"cannot be read ({error.strerror})"
        case UnicodeDecodeError():
            return f"is not UTF-8 text (byte {error.start})"
        case tomllib.TOMLDecodeError():
            return f"is not valid TOML: {error}"
        case RecursionError():
            return "is not usable: its tables are nested too deeply"
    return "is not usable: holds a whole number of thousands of digits"


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of tables over another.

    Tables merge key by key; every other value, lists too, replaces what is below it. A table is
    removed where ``over`` says ``False``.

    Parameters
    ----------
    base, over
        The trees; neither is changed.

    Returns
    -------
    dict
        The merged tree.
    """
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and value is False:
            del merged[key]
        elif isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def _resolve_files(tables: dict[str, Any], path: Path) -> dict[str, Any]:
    """Make the file of the line absolute, seen from the file that states it."""
    line = tables.get("line")
    if not isinstance(line, dict) or not isinstance(line.get("file"), str):
        return tables
    if line["file"] == NONE_WORD:
        return tables
    place = _absolute(path.parent / line["file"], path)
    return {**tables, "line": {**line, "file": str(place)}}


def _absolute(path: Path, stated_in: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError):
        message = f"{stated_in}: {str(path)!r} cannot be the name of a file"
        raise InputError(message) from None
