"""Compilation of the engine with Numba, and where the compiled code is kept.

Numba's own disk cache watches the file of the compiled function only, not the files of the
functions it calls and of the constants it takes from elsewhere. The engine calls across modules, so
its cache directory carries a digest of all sources that machine code is made from: an edited rule
can never meet stale machine code. Where no such directory can be written to, Numba would keep the
code beside the sources, without a digest: then it is kept in a private temporary folder, or not at
all.
"""

import atexit
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import llvmlite
import numba
import numpy as np
from numba import types

COMPILE_SECONDS = 40
"""Roughly how long the first compilation takes on a two-core machine, for the announcement."""

_PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"
_PACKAGE = Path(__file__).resolve().parent.parent
_COMPILED_FOLDERS = (
    "kernel",
    "world",
    "rules",
    "engine",
    "setup",
    "statistics",
    "results",
    "results/measures",
    "calibration",
)
_NAMES_IMPORTED = re.compile(r"^from sim\.([\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)
_CONSTANT = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
_COMPILED = re.compile(r"^@(?:compiled|handler)\b", re.MULTILINE)
_TYPES = re.compile(r"^class (\w+)\((?:NamedTuple|Row|Columns|Calendar)\)", re.MULTILINE)


@cache
def _text(source: Path) -> str:
    """Return a source, read once: most are asked about several times."""
    return source.read_text(encoding="utf-8")


def _is_compiled(source: Path) -> bool:
    """Tell whether a source has compiled functions."""
    return _COMPILED.search(_text(source)) is not None


def _taken_from(source: Path) -> Iterator[Path]:
    """Yield the sources whose constants or types go into the machine code of a source."""
    for module, names in _NAMES_IMPORTED.findall(_text(source)):
        base = _PACKAGE.joinpath(*module.split("."))
        for other in filter(Path.is_file, (base.with_suffix(".py"), base / "__init__.py")):
            types_there = set(_TYPES.findall(_text(other)))
            if _CONSTANT.search(names) or types_there.intersection(re.findall(r"\w+", names)):
                yield other


@cache
def _sources() -> frozenset[Path]:
    """Return all sources that machine code is made from."""
    found: set[Path] = set()
    folders = [(_PACKAGE / name).glob("*.py") for name in _COMPILED_FOLDERS]
    to_read = [file for files in folders for file in files if _is_compiled(file)]
    to_read += (_PACKAGE / "kernel").glob("*.py")
    while to_read:
        source = to_read.pop()
        if source not in found:
            found.add(source)
            to_read.extend(_taken_from(source))
    return frozenset(found)


def _is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_private(folder: Path) -> bool:
    """Tell whether a folder is this user's own, and nobody else can put machine code into it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)  # temporary folders of Windows are the user's own
    others_write = stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not others_write


def _temporary_cache() -> Path | None:
    """Return a private folder for machine code among the temporary files, if there can be one."""
    try:
        shared = Path(tempfile.gettempdir())
        folder = shared / f"ceasefire-sim-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if _is_private(folder) and _is_writable(folder):
            return folder
        folder = Path(tempfile.mkdtemp(prefix="ceasefire-sim-"))
    except OSError:
        return None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # no other process finds it
    return folder


def _user_cache() -> Path:
    """Return the folder for machine code that this user asks for, or that is usual."""
    chosen = os.environ.get("CEASEFIRE_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return (Path(chosen).absolute() if chosen else Path.home() / ".cache") / "ceasefire-sim"


def _digest() -> str:
    digest = hashlib.sha256()
    for source in sorted(_sources()):
        digest.update(source.relative_to(_PACKAGE).as_posix().encode())
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version)
    digest.update(" ".join(versions).encode())
    return digest.hexdigest()[:16]


@cache
def cache_dir() -> Path | None:
    """Return the cache folder of these sources, this Numba and this Python.

    None where nothing can be kept: there is no folder that can be written to.
    """
    digest = _digest()
    try:
        chosen = _user_cache() / digest
    except RuntimeError:  # nobody's home
        chosen = None
    if chosen is not None and _is_writable(chosen):
        return chosen
    temporary = _temporary_cache()
    return temporary / digest if temporary and _is_writable(temporary / digest) else None


def is_cached() -> bool:
    """Tell whether the engine was already compiled for this machine."""
    folder = cache_dir()
    return folder is not None and (folder / "complete").exists()


def mark_cached() -> None:
    """Note that the whole engine has been compiled and kept."""
    folder = cache_dir()
    if folder is not None and folder.exists():
        (folder / "complete").touch()


def _name_apart(dispatcher: Any) -> None:
    """Let this process keep its machine code in files that no other process writes.

    Numba numbers the files of a function's signatures by what it finds in the index. Two processes
    that compile at once then give one number to two signatures, and the next process runs the code
    of one with the arguments of the other.
    """
    files = dispatcher._cache._cache_file
    files._data_name_pattern = files._data_name_pattern.replace(".{number", f".{_PROCESS}.{{number")


def _plain(of_type: Any) -> Any:
    of_type = types.unliteral(of_type)
    return types.int64 if isinstance(of_type, types.Integer) else of_type


def _take_plain_types(dispatcher: Any) -> None:
    """Let compiled functions call this one with integers of one size, and no constants.

    Numba would compile it anew for each constant that some call has, such as the kind of an event,
    and for each size of integer. Copied into its callers, it meets their constants there again.
    """
    original = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return original([*map(_plain, args)], {name: _plain(kws[name]) for name in kws})

    dispatcher.get_call_template = get_call_template


def _is_kept(function: Callable[..., Any]) -> bool:
    """Tell whether machine code of a function is kept on disk.

    Not that of functions from elsewhere: the digest does not tell when they, or what they call,
    have changed.

    Raises
    ------
    TypeError
        When it is a function of this package and the digest does not cover its source.
    """
    source = Path(function.__code__.co_filename).resolve()
    if source.is_relative_to(_PACKAGE) and source not in _sources():
        message = f"{source.name}: compiled functions belong into {', '.join(_COMPILED_FOLDERS)}"
        raise TypeError(message)
    return not numba.config.DISABLE_JIT and source in _sources() and cache_dir() is not None


def _jit(function: Callable[..., Any], inlined: bool, kept: bool) -> Any:
    """Compile a function, without the entry point for C that Numba would add.

    Nothing calls it, and it would hold one more copy of the function, with all that is copied into
    that one.
    """
    return numba.njit(
        function,
        cache=kept,
        nogil=True,
        error_model="numpy",
        forceinline=inlined,
        no_cfunc_wrapper=True,
    )


def _jit_kept(function: Callable[..., Any], inlined: bool) -> Any:
    """Compile a function with its machine code kept in our folder, and nowhere else."""
    folder = str(cache_dir())
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = folder
    try:
        dispatcher = _jit(function, inlined, True)
    finally:
        numba.config.CACHE_DIR = before
    if not dispatcher._cache.cache_path.startswith(folder):
        return _jit(function, inlined, False)  # Numba found that it cannot write there after all
    _name_apart(dispatcher)
    return dispatcher


def _compile[F: Callable[..., Any]](function: F, inlined: bool) -> F:
    kept = _is_kept(function)
    dispatcher = _jit_kept(function, inlined) if kept else _jit(function, inlined, False)
    if not numba.config.DISABLE_JIT:
        _take_plain_types(dispatcher)
    return cast(F, dispatcher)


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` on its first call, releasing the GIL, with its machine code kept on disk.

    Compiled functions that call it get a copy of its machine code: Numba's calls, with a status
    that each caller checks, took a fifth of the time of a run.

    Parameters
    ----------
    function
        A function in the subset of Python that Numba compiles.

    Returns
    -------
    F
        The compiled function, with the same call signature.
    """
    return _compile(function, inlined=True)


def handler[F: Callable[..., Any]](function: F) -> F:
    """Compile `function` as `compiled` does, but leave it a function of its own.

    For what takes one kind of event: all of them in one function would be slow to compile.

    Parameters
    ----------
    function
        A function in the subset of Python that Numba compiles.

    Returns
    -------
    F
        The compiled function, with the same call signature.
    """
    return _compile(function, inlined=False)
