"""What a directory of results must hold to be read: checks of its manifest and of its parts."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sim.errors import InputError
from sim.experiment.points import MOST_RUNS
from sim.experiment.table import ERROR, KEYS
from sim.files import is_remote
from sim.manifest import MANIFEST
from sim.scenario.fields import refuse
from sim.scenario.messages import dotted

_SEAL = b"ceasefire.columns"
"""Metadata of a part with the checksum of its heads; those of its pages are Parquet's own."""
_ADVICE = "delete it and run the sweep again"
_Count = Annotated[int, Field(ge=1, le=MOST_RUNS)]


class SweepManifest(BaseModel):
    """What is read of the manifest of a sweep; other keys may stand beside."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    points: _Count
    replications: _Count
    runs: _Count
    planned: list[_Count] | None = None
    digest: str
    identity: dict[str, Any]
    design: dict[str, Any]
    started: str = ""
    program: str = ""
    duration_s: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def _check_numbers(self) -> "SweepManifest":
        if self.points * self.replications > MOST_RUNS:
            refuse("replications", f"must make at most {MOST_RUNS:,} runs")
        if self.runs != self.points * self.replications:
            refuse("runs", "must be the product of points and replications")
        if self.planned is not None and len(self.planned) != self.points:
            refuse("planned", "must have a number for each point")
        if self.planned is not None and max(self.planned) > self.replications:
            refuse("planned", "must not be above replications")
        return self


def checked_manifest(manifest: Mapping[str, Any], directory: Path) -> SweepManifest:
    """Check the manifest of a sweep.

    Raises
    ------
    InputError
        If a key is missing or has a wrong value.
    """
    try:
        return SweepManifest.model_validate(dict(manifest))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        words = first["msg"][0].lower() + first["msg"][1:]
        key = ".".join(part for part in (dotted(first["loc"]), _key(first)) if part)
        raise InputError(f"{directory / MANIFEST}: is damaged: {key}: {words}") from None


def _key(error: Any) -> str:
    return str(error.get("ctx", {}).get("key", ""))


def shape_of(manifest: Mapping[str, Any]) -> tuple[int, int]:
    """Return the points and replications of a checked manifest."""
    return int(manifest["points"]), int(manifest["replications"])


def sealed(table: pa.Table) -> pa.Table:
    """Add the checksum of the names and types of its columns, and of its length, to a table."""
    return table.replace_schema_metadata({_SEAL: _heads(table.schema, table.num_rows)})


def _heads(schema: pa.Schema, rows: int) -> bytes:
    words = [f"{field.name} {field.type}" for field in schema]
    return f"{zlib.crc32(repr((words, rows)).encode()):08x}".encode()


def read_part(
    path: Path, columns: Sequence[str] | None = None, shape: tuple[int, int] | None = None
) -> pa.Table:
    """Read a part, or the columns of it that it has.

    Parameters
    ----------
    path
        The part.
    columns
        Which columns; None = all.
    shape
        Points and replications of the sweep, which the runs have to be of; None = any.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        table = _read(path, columns)
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError):
        raise InputError(f"{path}: is damaged; {_ADVICE}") from None
    if fault := _fault(table, shape):
        raise InputError(f"{path}: is damaged ({fault}); {_ADVICE}")
    return table


def _read(path: Path, columns: Sequence[str] | None) -> pa.Table:
    source = path.open("rb") if is_remote(path) else path
    with pq.ParquetFile(source, page_checksum_verification=True) as file:
        schema = file.schema_arrow
        seal = (schema.metadata or {}).get(_SEAL)
        if seal is not None and seal != _heads(schema, file.metadata.num_rows):
            raise ValueError
        names = set(schema.names)
        return file.read(None if columns is None else [c for c in columns if c in names])


def _fault(table: pa.Table, shape: tuple[int, int] | None) -> str:
    """Say what a part lacks; empty if nothing."""
    for key, most in zip(KEYS, shape or (MOST_RUNS, MOST_RUNS), strict=True):
        if key not in table.column_names or not pa.types.is_integer(table.schema.field(key).type):
            return f"no whole numbers in the column {key}"
        column = table[key]
        if column.null_count or (len(column) and not _within(column, most)):
            return f"{key} must be from 0 to {most - 1}"
    if ERROR in table.column_names and not pa.types.is_string(table.schema.field(ERROR).type):
        return f"no texts in the column {ERROR}"
    return ""


def _within(column: pa.ChunkedArray, most: int) -> bool:
    ends = pc.min_max(column).as_py()
    return bool(ends["min"] >= 0 and ends["max"] < most)
