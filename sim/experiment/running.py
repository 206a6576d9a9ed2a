"""A sweep from start to end: check the design, make the runs, keep the rows."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.arrays import Flags, Ints
from sim.experiment.chunk import ChunkResult
from sim.experiment.design import Design, SweepDesign
from sim.experiment.engine import Engine, compiled_engine
from sim.experiment.executors import available_cpus, open_executor
from sim.experiment.progress import open_reporter
from sim.experiment.runner import run_design
from sim.experiment.shard import Shard
from sim.experiment.store import (
    ResultStore,
    iterate_points,
    planned_runs,
    planned_there,
    sweep_manifest,
)
from sim.experiment.summary import summarise_with_counts, without_full_counts
from sim.experiment.table import chunk_table, factor_columns, runs_frame
from sim.files import place

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class SweepReport:
    """What a sweep did this time."""

    n_before: int
    """Runs that were there already."""
    n_made: int = 0
    """Runs made now, failed ones with them."""
    n_failed: int = 0
    """Of these, runs that ended with an error."""
    first_error: str = ""
    """Error of the first run that failed; empty if none did."""

    def join(self, other: "SweepReport") -> None:
        """Take the counts of a part of the sweep that was made after this one."""
        self.n_before = max(self.n_before, other.n_before - self.n_made)
        self.n_made += other.n_made
        self.n_failed += other.n_failed
        self.first_error = self.first_error or other.first_error

    def add(self, result: ChunkResult) -> None:
        """Count the runs of a chunk."""
        self.n_made += result.n_runs
        self.n_failed += result.n_failed
        self.first_error = self.first_error or next(filter(None, result.error), "")


def perform(
    design: SweepDesign,
    out: str | Path,
    *,
    engine: Engine | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    shard: Shard | None = None,
    retry_failed: bool = False,
    planned: Ints | None = None,
) -> SweepReport:
    """Make the runs of a design that a directory does not hold yet.

    Memory does not grow with the number of runs. Parameters are those of `sim.sweep`, and:

    Parameters
    ----------
    shard
        Make this part of the runs only; None = all.
    retry_failed
        Make runs again that ended with an error.
    planned
        Replications of each point, shape (points,), none above that of the design; None = all.

    Returns
    -------
    SweepReport
        Counts; `sim.experiment.load_results` gives the rows.

    Raises
    ------
    InputError
        If the directory holds something else, or the first point cannot be run.
    """
    store = ResultStore(out, design)
    with store.writing():
        done = store.done(failed_too=not retry_failed)
        mine = planned_runs(done.shape, planned)
        if shard is not None:
            mine &= shard.mask(done.shape)
        report = _run(design, done, mine, store.write, engine, workers, executor, progress)
        store.write_manifest(is_complete=bool((done | mine).all()), planned=planned)
    return report


def perform_in_memory(
    design: Design,
    *,
    engine: Engine | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Make all runs of a design and keep nothing on disk; see `perform`."""
    columns = factor_columns(design)
    tables: list[pa.Table] = []
    done = np.zeros((design.n_points, design.replications), dtype=np.bool_)

    def keep(result: ChunkResult) -> None:
        tables.append(chunk_table(result, columns))

    _run(design, done, np.ones_like(done), keep, engine, workers, executor, progress)
    return runs_frame(tables)


def summarise_results(directory: str | Path, design: SweepDesign) -> pd.DataFrame:
    """Summarise a directory of results by design point, without loading it whole.

    Parameters
    ----------
    directory
        The directory of the sweep.
    design
        Its design.

    Returns
    -------
    DataFrame
        As `sim.experiment.summarise`.
    """
    folder = place(directory)
    there = int(sweep_manifest(folder)["replications"])
    design = design.model_copy(update={"replications": there})
    points = iterate_points(folder, design, planned_there(folder))
    summaries = [summarise_with_counts(runs, list(design.columns)) for runs in points]
    return without_full_counts(pd.concat(summaries, ignore_index=True))


def _run(
    design: Design,
    done: Flags,
    mine: Flags,
    keep: Callable[[ChunkResult], None],
    engine: Engine | None,
    workers: int | None,
    executor: Executor | None,
    progress: bool,
) -> SweepReport:
    report = SweepReport(n_before=int((done & mine).sum()))
    n_workers = available_cpus() if workers is None else workers
    reporter = open_reporter(int(mine.sum()), report.n_before, show=progress)
    with open_executor(executor, n_workers) as pool, reporter:

        def emit(result: ChunkResult) -> None:
            keep(result)
            report.add(result)
            reporter.advance(result.n_runs)

        run_design(
            design, engine or compiled_engine(design.requests), pool, n_workers, done | ~mine, emit
        )
    return report
