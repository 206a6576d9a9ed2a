"""Files that are either whole or not there, whatever happens while they are written."""

import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TEMPORARY = ".tmp-"
"""Beginning of the name of whatever is not finished yet."""

MOST_BYTES = 8 * 2**20
"""Size of the largest file that a person is taken to have written."""


def checked_path(name: str | Path) -> Path:
    """Return the path of a file or folder on this machine, or of one elsewhere.

    Parameters
    ----------
    name
        A path, or a URL with ``://`` that fsspec knows, such as ``s3://bucket/folder``: it then
        behaves as a path in all that this package does with it.
    """
    if isinstance(name, str) and "://" in name:
        from upath import UPath

        return UPath(name)  # type: ignore[return-value] # has the methods of a path
    return name if not isinstance(name, str) else Path(name)


def is_remote(path: Path) -> bool:
    """Tell whether a path from `checked_path` lies elsewhere: no renaming, no locks."""
    return not isinstance(path, Path)


def read_whole(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Read a file whole, without waiting for a pipe and without filling the memory.

    Parameters
    ----------
    path
        The file.
    most_bytes
        Size of the largest that is read.

    Raises
    ------
    OSError
        If it cannot be read, is a pipe or a device, or is larger.
    """
    if is_remote(path):
        return path.read_bytes()
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory; a file is needed", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "is a pipe or a device; a file is needed", str(path))
    if found.st_size > most_bytes:
        size = f"has {found.st_size / 1e6:,.0f} MB; at most {most_bytes / 1e6:,.0f} MB are read"
        raise OSError(errno.EFBIG, size, str(path))
    return path.read_bytes()


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name, sync it and rename it when the block ends well.

    Elsewhere than on this machine it is sent in one piece, which stores of objects keep whole.

    Parameters
    ----------
    path
        The file to be made or replaced.

    Yields
    ------
    Path
        The temporary file to write to, in the same directory where that is on this machine.
    """
    if is_remote(path):
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder) / path.name
            yield local
            path.write_bytes(local.read_bytes())
        return
    check_parent(path)
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
    try:
        yield temporary
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def check_parent(path: Path) -> None:
    """Refuse the name of a new file where none can be written.

    Raises
    ------
    OSError
        If its directory is not there or may not be written to, or it is a directory itself.
    """
    folder = path.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such directory", str(folder))
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, "may not be written to", str(folder))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory; name a file", str(path))


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """Collect files in a temporary folder and move them all in when the block ends well.

    Parameters
    ----------
    directory
        Where the files go; made if need be. Files of the same name are replaced.

    Yields
    ------
    Path
        The temporary folder, inside `directory` where that is on this machine.
    """
    directory.mkdir(parents=True, exist_ok=True)
    remote = is_remote(directory)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=None if remote else directory))
    try:
        yield folder
        for file in sorted(folder.iterdir()):
            if remote:
                (directory / file.name).write_bytes(file.read_bytes())
            else:
                publish(file, directory / file.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(temporary: Path, path: Path) -> None:
    """Bring a finished file to the disk and give it its name."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file that a person can read, atomically."""
    with atomic_file(path) as temporary:
        temporary.write_text(json_text(content), encoding="utf-8")


def json_text(content: Mapping[str, Any]) -> str:
    """Format a mapping as JSON; NaN, which JSON does not know, becomes null."""
    return json.dumps(_without_nan(content), indent=2, ensure_ascii=False, default=str) + "\n"


type _Json = Any


def _without_nan(value: _Json) -> _Json:
    if isinstance(value, Mapping):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and value != value else value
