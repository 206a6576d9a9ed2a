"""Chunks of runs: what a worker is handed, and what it hands back."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.experiment.engine import Plan, RunFunction

MAX_ERROR_LENGTH = 500


class Task(NamedTuple):
    """One run to be made."""

    point: int
    """Number of the design point."""
    replication: int
    """Number of the replication, from 0."""
    seed: int
    plan: Plan
    """Shared by all runs of the point."""
    error: str
    """Why there is no plan; empty if there is one."""


@dataclass(frozen=True)
class ChunkResult:
    """The rows of a chunk, as columns in the order of its runs."""

    point: list[int]
    replication: list[int]
    seed: list[int]
    measures: dict[str, list[float]]
    """Values by name; NaN where a run has none."""
    error: list[str]
    """Empty where a run went well."""
    seconds: float
    """Time the chunk took."""

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.point)

    @property
    def n_failed(self) -> int:
        """Number of runs that ended with an error."""
        return sum(map(bool, self.error))


def run_chunk(tasks: Sequence[Task], run: RunFunction) -> ChunkResult:
    """Make the runs of a chunk. A run that raises becomes a row with its error.

    Parameters
    ----------
    tasks
        The runs.
    run
        Makes one run.

    Returns
    -------
    ChunkResult
        One row a run.
    """
    begin = time.perf_counter()
    rows, errors = zip(*(_run_task(task, run) for task in tasks), strict=True)
    names = dict.fromkeys(name for row in rows for name in row)
    nan = float("nan")
    return ChunkResult(
        point=[task.point for task in tasks],
        replication=[task.replication for task in tasks],
        seed=[task.seed for task in tasks],
        measures={name: [row.get(name, nan) for row in rows] for name in names},
        error=list(errors),
        seconds=time.perf_counter() - begin,
    )


def _run_task(task: Task, run: RunFunction) -> tuple[dict[str, float], str]:
    if task.error:
        return {}, task.error
    try:
        measures = run(task.plan, task.seed)
        return {name: float(value) for name, value in measures.items()}, ""
    except Exception as error:  # whatever a run raises costs that run alone
        return {}, error_text(error)


def lost_runs(tasks: Sequence[Task], error: Exception) -> ChunkResult:
    """Return the rows of runs whose process gave no answer, with the reason."""
    return ChunkResult(
        point=[task.point for task in tasks],
        replication=[task.replication for task in tasks],
        seed=[task.seed for task in tasks],
        measures={},
        error=[error_text(error)] * len(tasks),
        seconds=0.0,
    )


def error_text(error: Exception) -> str:
    """Put an exception in one line."""
    words = " ".join(str(error).split())
    name = type(error).__name__
    return (f"{name}: {words}" if words else name)[:MAX_ERROR_LENGTH]
