"""Compilation of the engine with Numba, and where the compiled code is kept.

Numba's own disk cache watches the file of the compiled function only, not the files of the
functions it calls. The engine calls across modules, so its cache directory carries a digest of all
engine sources: an edited rule can never meet stale machine code.
"""

import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
from numba import types

COMPILE_SECONDS = 40
"""Roughly how long the first compilation takes on a two-core machine, for the announcement."""

_PROCESS = f"{os.getpid()}-{secrets.token_hex(4)}"
_PACKAGE = Path(__file__).resolve().parent.parent
_COMPILED_FOLDERS = ("kernel", "agents", "engine")


def _user_cache() -> Path:
    """Return the folder for machine code that this user can write to."""
    chosen = os.environ.get("CEASEFIRE_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    if chosen:
        return Path(chosen) / "ceasefire-sim"
    home = Path.home() / ".cache"
    if os.access(home if home.exists() else home.parent, os.W_OK):
        return home / "ceasefire-sim"
    return Path(tempfile.gettempdir()) / "ceasefire-sim"


@cache
def cache_dir() -> Path:
    """Return the cache folder of these sources, this Numba and this Python."""
    digest = hashlib.sha256()
    for folder in _COMPILED_FOLDERS:
        for source in sorted((_PACKAGE / folder).glob("*.py")):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    digest.update(f"{numba.__version__} {np.__version__} {sys.version}".encode())
    return _user_cache() / digest.hexdigest()[:16]


def is_cached() -> bool:
    """Tell whether the engine was already compiled for this machine."""
    return (cache_dir() / "complete").exists()


def mark_cached() -> None:
    """Note that the whole engine has been compiled and kept."""
    folder = cache_dir()
    if folder.exists():
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


def _compile[F: Callable[..., Any]](function: F, inlined: bool) -> F:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_dir())
    try:
        dispatcher = numba.njit(
            function, cache=True, nogil=True, error_model="numpy", forceinline=inlined
        )
        if not numba.config.DISABLE_JIT:
            _name_apart(dispatcher)
            _take_plain_types(dispatcher)
        return cast(F, dispatcher)
    finally:
        numba.config.CACHE_DIR = before


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
