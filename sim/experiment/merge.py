"""Results of several directories in one, and what a directory holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from sim.errors import InputError
from sim.experiment.integrity import checked_manifest, read_part, shape_of
from sim.experiment.store import (
    RUNS_FOLDER,
    explain_difference,
    free_name,
    part_files,
    planned_runs,
    planned_there,
    runs_there,
    sweep_manifest,
)
from sim.experiment.table import ERROR, KEYS
from sim.files import atomic_file, checked_path, is_remote
from sim.manifest import claim_directory, read_manifest, write_manifest


@dataclass(frozen=True)
class SweepStatus:
    """What a directory of results holds."""

    title: str
    points: int
    replications: int
    runs: int
    """Runs of the whole sweep."""
    done: int
    """Runs that are there, failed ones with them."""
    failed: int
    """Of these, runs that no attempt has brought to a good end."""
    first_error: str
    """Error of the first run that failed; empty if none did."""
    manifest: dict[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether all runs are there."""
        return self.done == self.runs


def sweep_status(directory: str | Path) -> SweepStatus:
    """Look what a directory of results holds.

    Raises
    ------
    InputError
        If it holds no sweep, or a part cannot be read.
    """
    folder = checked_path(directory)
    manifest = sweep_manifest(folder)
    shape = shape_of(manifest)
    mine = planned_runs(shape, planned_there(folder))
    done = runs_there(folder, shape) & mine
    failed = done & ~runs_there(folder, shape, failed_too=False)
    return SweepStatus(
        title=str(manifest["design"].get("title", "")),
        points=shape[0],
        replications=shape[1],
        runs=int(mine.sum()),
        done=int(done.sum()),
        failed=int(failed.sum()),
        first_error=_first_error(folder) if failed.any() else "",
        manifest=manifest,
    )


def _first_error(folder: Path) -> str:
    for part in part_files(folder):
        errors = read_part(part, [*KEYS, ERROR])[ERROR]
        if len(bad := errors.filter(pc.not_equal(errors, ""))):
            return str(bad[0])
    return ""


def merge_results(directories: Sequence[str | Path], out: str | Path) -> SweepStatus:
    """Put the results of several directories of one sweep into another one.

    Parameters
    ----------
    directories
        Directories of the same design, such as the shards of a sweep; with runs in common, if
        need be. They stay as they are.
    out
        New or empty directory, or one with results of the same design.

    Returns
    -------
    SweepStatus
        What `out` holds then.

    Raises
    ------
    InputError
        If one holds no sweep or that of another design, or is damaged; nothing is written then.
    """
    folders = [checked_path(directory) for directory in directories]
    manifests = [sweep_manifest(folder) for folder in folders]
    target = checked_path(out)
    for folder in folders:
        if folder == target or (not is_remote(folder) and folder.resolve() == target.resolve()):
            raise InputError(f"{folder}: is where all of them go; name the others only")
    found = read_manifest(target)
    if found is not None and found.get("kind") == "sweep":
        checked_manifest(found, target)
        _check_parts(target, found)
        first = found
    else:
        found, first = None, manifests[0]
    for folder, manifest in zip(folders, manifests, strict=True):
        if manifest["digest"] != first["digest"]:
            difference = explain_difference(first["identity"], manifest["identity"])
            raise InputError(f"{folder}: {difference}")
        _check_parts(folder, manifest)
    claim_directory(target, "sweep")
    most = max([*manifests, first], key=lambda manifest: int(manifest["replications"]))
    (target / RUNS_FOLDER).mkdir(parents=True, exist_ok=True)
    write_manifest(target, {**most, "complete": False})
    for folder in folders:
        for part in part_files(folder):
            with atomic_file(free_name(target / RUNS_FOLDER, part.stem)) as temporary:
                temporary.write_bytes(part.read_bytes())
    status = sweep_status(target)
    seconds = float(np.sum([manifest.get("duration_s", 0.0) for manifest in manifests]))
    complete = {**most, "complete": status.is_complete, "duration_s": round(seconds, 3)}
    write_manifest(target, complete)
    return status


def _check_parts(folder: Path, manifest: dict[str, Any]) -> None:
    """Read every part once, whole, before any is copied."""
    for part in part_files(folder):
        read_part(part, shape=shape_of(manifest))
