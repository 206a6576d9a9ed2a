"""The table of runs: one row a run, with its factors, measures and error."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiment.chunk import ChunkResult
from sim.experiment.design import Design

KEYS = ("point", "replication")
"""The columns that tell one run from another."""

ERROR = "error"


def factor_columns(design: Design) -> dict[str, pa.Array]:
    """Make a column of each factor, one value a design point.

    Numbers, switches and texts stay what they are; a factor with values of several types, or
    with lists or tables, is written as text.
    """
    values: dict[str, list[Any]] = {key: [] for key in design.columns}
    for point in design.points():
        for key, value in point.levels.items():
            values[key].append(value)
    return {key: _column(column) for key, column in values.items()}


def _column(values: Sequence[Any]) -> pa.Array:
    kinds = {type(value) for value in values}
    match kinds:
        case _ if kinds == {bool}:
            return pa.array(values, pa.bool_())
        case _ if kinds == {int}:
            return pa.array(values, pa.int64())
        case _ if kinds <= {int, float}:
            return pa.array(values, pa.float64())
    texts = [
        value if isinstance(value, str) else json.dumps(value, default=str) for value in values
    ]
    return pa.array(texts, pa.string())


def chunk_table(result: ChunkResult, factors: Mapping[str, pa.Array]) -> pa.Table:
    """Lay the rows of a chunk out as a table.

    Parameters
    ----------
    result
        The rows.
    factors
        Column of each factor, one value a design point.
    """
    point = pa.array(result.point, pa.int64())
    columns = {
        "point": point,
        "replication": pa.array(result.replication, pa.int64()),
        "seed": pa.array(result.seed, pa.int64()),
        **{key: column.take(point) for key, column in factors.items()},
        **{key: pa.array(values, pa.float64()) for key, values in result.measures.items()},
        ERROR: pa.array(result.error, pa.string()),
    }
    return pa.table(columns)


def runs_frame(tables: Iterable[pa.Table]) -> pd.DataFrame:
    """Join tables of runs, in the order of point and replication whoever made them first.

    Where a run stands in two tables (two halves of a sweep that overlap, or another attempt at a
    run that failed), it counts once, and the one that went well.
    """
    parts = list(tables)
    if not parts:
        return pd.DataFrame({key: np.empty(0, dtype=np.int64) for key in KEYS})
    frame: pd.DataFrame = pa.concat_tables(parts, promote_options="default").to_pandas()
    keys = list(KEYS)
    if ERROR not in frame:
        return frame.drop_duplicates(keys).sort_values(keys, ignore_index=True)
    order = np.lexsort((frame[ERROR].ne(""), frame["replication"], frame["point"]))
    frame = frame.iloc[order].drop_duplicates(keys).reset_index(drop=True)
    # A table in which every run failed has no measures; the error stays the last column.
    return frame[[*(name for name in frame if name != ERROR), ERROR]]
