"""The results of a sweep on disk: Parquet parts and a manifest in one directory.

Every finished chunk is one part in ``runs/``, written under a temporary name, synced and
renamed, and named after its first run. So a crash loses only what was not finished, resuming is
leaving out what is there, and merging two halves of a sweep is copying files. A run that stands
there twice, as after another attempt at one that failed, counts once: the one that went well.

The directory may be a URL that fsspec knows. Elsewhere than on this machine there is no lock, so it
is for the user to let one sweep alone write there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from sim.arrays import Flags, Ints
from sim.errors import InputError
from sim.experiment.chunk import ChunkResult
from sim.experiment.design import SweepDesign
from sim.experiment.integrity import checked_manifest, read_part, sealed, shape_of
from sim.experiment.table import ERROR, KEYS, chunk_table, factor_columns, runs_frame
from sim.files import atomic_file, checked_path, is_remote
from sim.manifest import (
    MANIFEST,
    check_files,
    claim_directory,
    environment,
    now,
    read_manifest,
    write_manifest,
)
from sim.scenario.messages import show

RUNS_FOLDER = "runs"
PART_PATTERN = "part-*.parquet"
LOCK = ".lock"
"""Held by whoever writes; the system lets it go when the process ends, however it ends."""

BATCH_ROWS = 20_000
"""Rows that are gathered before a part of the results is handed on."""


class ResultStore:
    """A directory of results that belongs to one design.

    Parameters
    ----------
    directory
        Where the results go: a new or empty directory, or one with results of this design, with
        no more replications; a path or a URL.
    design
        The design.

    Raises
    ------
    InputError
        If the directory holds something else, or results of another design.
    """

    def __init__(self, directory: str | Path, design: SweepDesign) -> None:
        self.directory = checked_path(directory)
        self._design = design
        self._columns = factor_columns(design)
        found = claim_directory(self.directory, "sweep")
        if found is not None:
            checked_manifest(found, self.directory)
        if found is not None and found.get("digest") != design.digest():
            there, here = found.get("identity", {}), design.identity()
            raise InputError(f"{self.directory}: {explain_difference(there, here)}")
        before = int((found or {}).get("replications", 0))
        if before > design.replications:
            raise InputError(
                f"{self.directory}: holds {before} replications a point and the sweep asks for "
                f"{design.replications}; ask for as many or more, or choose another directory"
            )
        (self.directory / RUNS_FOLDER).mkdir(exist_ok=True)
        self._started = (found or {}).get("started", now().isoformat(timespec="seconds"))
        self._seconds_before = float((found or {}).get("duration_s", 0.0))
        self._opened = now()
        if before < design.replications:
            self.write_manifest(is_complete=False)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one that writes here, for the length of the block.

        Raises
        ------
        InputError
            If another process writes here.
        """
        if is_remote(self.directory):
            yield
            return
        lock = FileLock(self.directory / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                f"{self.directory}: another sweep is writing there; wait until it is done, or "
                "choose another directory"
            ) from None
        try:
            yield
        finally:
            lock.release()

    def write_manifest(self, *, is_complete: bool, planned: Ints | None = None) -> None:
        """Write what the results were made with."""
        seconds = (now() - self._opened).total_seconds()
        content = {
            "kind": "sweep",
            **environment(),
            "started": self._started,
            "duration_s": round(self._seconds_before + seconds, 3),
            "complete": is_complete,
            "runs": self._design.n_runs,
            "points": self._design.n_points,
            "replications": self._design.replications,
            "planned": None if planned is None else planned.tolist(),
            "digest": self._design.digest(),
            "identity": self._design.identity(),
            "design": self._design.model_dump(mode="json"),
        }
        write_manifest(self.directory, content)

    def done(self, *, failed_too: bool = True) -> Flags:
        """Tell which runs are there already, as an array (points, replications).

        Parameters
        ----------
        failed_too
            Whether a run that ended with an error counts.
        """
        shape = self._design.n_points, self._design.replications
        return runs_there(self.directory, shape, failed_too=failed_too)

    def write(self, result: ChunkResult) -> None:
        """Add the rows of a chunk as a part."""
        first = f"part-{result.point[0]:08d}-{result.replication[0]:08d}"
        table = chunk_table(result, self._columns)
        with atomic_file(free_name(self.directory / RUNS_FOLDER, first)) as temporary:
            pq.write_table(sealed(table), temporary, compression="zstd", write_page_checksum=True)


def free_name(folder: Path, first: str) -> Path:
    """Return a name for a part that no other one has: a part never replaces another."""
    path, number = folder / f"{first}.parquet", 1
    while path.exists():
        number += 1
        path = folder / f"{first}-{number}.parquet"
    return path


def runs_there(directory: Path, shape: tuple[int, int], *, failed_too: bool = True) -> Flags:
    """Tell which runs a directory holds, as an array of a shape (points, replications)."""
    done = np.zeros(shape, dtype=np.bool_)
    for part in part_files(directory):
        keys = read_part(part, columns=[*KEYS, ERROR], shape=shape)
        good = pc.equal(keys[ERROR], "").to_numpy() | failed_too
        done[keys["point"].to_numpy()[good], keys["replication"].to_numpy()[good]] = True
    return done


def load_results(directory: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Load the runs of a sweep.

    Parameters
    ----------
    directory
        The directory of the sweep.
    columns
        Columns to load beside ``point`` and ``replication``; None = all.

    Returns
    -------
    DataFrame
        One row a run, by point and replication: ``point``, ``replication``, ``seed``, the
        factors, the measures (NaN where undefined), ``error`` (empty where the run went well).

    Raises
    ------
    InputError
        If the directory holds no sweep or a part cannot be read.
    """
    directory = checked_path(directory)
    shape = shape_of(sweep_manifest(directory))
    wanted = None if columns is None else [*KEYS, *(c for c in columns if c not in KEYS)]
    return runs_frame(read_part(part, wanted, shape) for part in part_files(directory))


def sweep_manifest(directory: Path) -> dict[str, Any]:
    """Read the manifest of a sweep.

    Raises
    ------
    InputError
        If the directory holds no sweep, or its manifest or a table beside it is damaged.
    """
    found = read_manifest(directory)
    if found is None or found.get("kind") != "sweep":
        raise InputError(f"{directory}: holds no sweep (no {MANIFEST} of one)")
    checked_manifest(found, directory)
    check_files(directory, found)
    return found


def seal_tables(directory: Path, names: Sequence[str]) -> None:
    """Note the checksums of tables that stand beside the manifest of a sweep.

    They come last: while tables are replaced, the manifest, as `ResultStore` has left it, knows of
    none, so that nothing looks damaged if that is cut short.

    Parameters
    ----------
    directory
        The directory of the sweep.
    names
        Names of files in it; those that are no tables are passed over.

    Raises
    ------
    InputError
        If the directory holds no sweep.
    """
    files = [directory / name for name in names]
    write_manifest(directory, sweep_manifest(directory), files=files)


def planned_there(directory: Path) -> Ints | None:
    """Return the replications of each point that the runs were made to; None for all alike."""
    planned = sweep_manifest(directory).get("planned")
    return None if planned is None else np.asarray(planned, dtype=np.int64)


def planned_runs(shape: tuple[int, ...], planned: Ints | None) -> Flags:
    """Tell which runs of a shape (points, replications) are to be made."""
    wanted = np.full(shape[0], shape[1]) if planned is None else planned
    return np.asarray(np.arange(shape[1]) < wanted[:, None])


def iterate_points(
    directory: Path, design: SweepDesign, planned: Ints | None = None
) -> Iterator[pd.DataFrame]:
    """Go through the results point by point, holding few of them in memory.

    Parameters
    ----------
    directory
        The directory of the sweep.
    design
        Its design, which tells when a point is complete.
    planned
        Replications of each point, shape (points,); None = those of the design.

    Yields
    ------
    DataFrame
        The runs of one or more points, ordered; incomplete points come last.
    """
    shape = design.n_points, design.replications
    seen = ~planned_runs(shape, planned)
    is_given = np.zeros(design.n_points, dtype=np.bool_)
    held: list[pa.Table] = []
    for part in part_files(directory):
        held.append(table := read_part(part, shape=shape))
        seen[table["point"].to_numpy(), table["replication"].to_numpy()] = True
        if sum(table.num_rows for table in held) < BATCH_ROWS:
            continue
        if (ready := seen.all(axis=1) & ~is_given).any():
            yield runs_frame(_select(held, ready))
            is_given |= ready
            held = _select(held, ~is_given)
    if rest := _select(held, ~is_given):
        yield runs_frame(rest)


def _select(tables: Sequence[pa.Table], wanted: Flags) -> list[pa.Table]:
    """Keep the rows of some design points, and the tables that have any."""
    kept = [table.filter(wanted[table["point"].to_numpy()]) for table in tables]
    return [table for table in kept if table.num_rows]


def part_files(directory: Path) -> list[Path]:
    """List the finished parts in the order of their first run."""
    return sorted((directory / RUNS_FOLDER).glob(PART_PATTERN))


def explain_difference(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Say how the results of a directory differ from those that were to go there."""
    keys = [key for key in {**here, **there} if here.get(key) != there.get(key)]
    advice = "choose another directory, or delete this one"
    if not keys:
        return f"holds the results of another sweep; {advice}"
    key = keys[0]
    others = f" (and {len(keys) - 1} more differences)" if len(keys) > 1 else ""
    values = f"{key} = {_show(there, key)} there and {_show(here, key)} here"
    return f"holds the results of another sweep: {values}{others}; {advice}"


def _show(table: Mapping[str, Any], key: str) -> str:
    return show(table[key]) if key in table else "not set"
