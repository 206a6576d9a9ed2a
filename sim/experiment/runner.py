"""Making the runs of a design, chunk by chunk, on any executor, and keeping their rows."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from pickle import PicklingError
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.arrays import Flags, Ints
from sim.errors import InputError
from sim.experiment.chunk import ChunkResult, Task, error_text, lost_runs, run_chunk
from sim.experiment.design import Design, DesignPoint, SweepDesign
from sim.experiment.engine import Engine, RunFunction, compiled_engine
from sim.experiment.executors import available_cpus, open_executor
from sim.experiment.progress import open_reporter
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
from sim.files import checked_path

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_SECONDS = 0.25
"""Work in one chunk: long against the cost of handing it over, short against a user's patience."""

CHUNKS_AHEAD = 2
"""Chunks per worker that are handed over but not finished; what bounds the memory."""

CHECK_EVERY_S = 5.0
"""Time between questions whether a cluster is still there, while nothing is finished."""

MAX_GROWTH = 16
"""A chunk has at most this many times as many runs as the last one measured."""

type Emit = Callable[[ChunkResult], None]


def run_design(
    design: Design,
    engine: Engine,
    pool: Executor,
    workers: int,
    done: Flags,
    emit: Emit,
) -> None:
    """Make all runs of a design that are not done yet.

    Parameters
    ----------
    design
        The design, its points validated.
    engine
        Makes plans and runs.
    pool
        Where chunks of runs are made.
    workers
        How many chunks the pool works on at a time.
    done
        Shape (points, replications); True where a run is there already.
    emit
        Called in this thread with each finished chunk, in any order. When it raises, the
        chunks that have not begun are cancelled and the exception goes on.

    A chunk that is lost, because a run took too long or took its process along, is made again run
    by run. A run that is lost then becomes a row with the reason if it took too long; one whose
    process died is made once more at the end with no other beside it, because processes die of
    what others do, and a cluster blames all that a dead worker was given.

    Raises
    ------
    InputError
        If no plan can be made of the first design point. At a later one, its runs become rows
        with the error.
    """
    tasks = pending_tasks(design, engine, done)
    pace = Pace(int(done.size - done.sum()), workers)
    suspects: list[Task] = []
    # Threads cannot be interrupted, so the first run is made here: an interrupt then reaches a
    # compilation at once. Elsewhere even the first run may be one that takes its process along.
    if isinstance(pool, ThreadPoolExecutor) and (first := pace.take(tasks)):
        result = run_chunk(first, engine.run)
        pace.learn(result)
        emit(result)
    _run_chunks(tasks, pace, engine.run, pool, emit, suspects)
    for task in suspects:
        future = pool.submit(run_chunk, [task], engine.run)
        _first_done([future], pool)
        error = _loss(future)
        emit(future.result() if error is None else lost_runs([task], error))


def _run_chunks(
    tasks: Iterator[Task],
    pace: "Pace",
    run: RunFunction,
    pool: Executor,
    emit: Emit,
    suspects: list[Task],
) -> None:
    """Make chunks until there are no tasks; add the runs whose process died to the suspects."""
    again: deque[list[Task]] = deque()
    waiting: dict[Future[ChunkResult], list[Task]] = {}
    try:
        while True:
            while len(waiting) < pace.in_flight:
                chunk = again.popleft() if again else pace.take(tasks)
                if not chunk:
                    break
                waiting[pool.submit(run_chunk, chunk, run)] = chunk
            if not waiting:
                return
            for future in _first_done(waiting, pool):
                chunk = waiting.pop(future)
                if (error := _loss(future)) is None:
                    pace.learn(future.result())
                    emit(future.result())
                elif len(chunk) > 1:
                    # One of these runs took the others along; alone it takes only itself.
                    again.extend([task] for task in chunk)
                elif isinstance(error, TimeoutError):
                    emit(lost_runs(chunk, error))
                else:
                    suspects.extend(chunk)
    finally:
        for future in waiting:
            future.cancel()


def _first_done(
    futures: Collection[Future[ChunkResult]], pool: Executor
) -> set[Future[ChunkResult]]:
    """Wait until some call is done, as long as whoever makes them is there."""
    check = getattr(pool, "check", None)
    while True:
        finished, _ = wait(futures, CHECK_EVERY_S, return_when=FIRST_COMPLETED)
        if finished:
            return finished
        if check is not None:
            check()


def _loss(future: Future[ChunkResult]) -> Exception | None:
    """Return why a chunk is lost, None if it is there: its process died, or took too long.

    What no other attempt could mend is raised.
    """
    error = future.exception()
    if isinstance(error, Exception) and not isinstance(error, BrokenExecutor | PicklingError):
        return error
    if error is not None:
        raise error
    return None


def pending_tasks(design: Design, engine: Engine, done: Flags) -> Iterator[Task]:
    """Go through the runs that are not done, in order of point and replication.

    The plan of a point is made when its first run is asked for and forgotten after the last.
    """
    is_first = True
    for point in design.points():
        missing = np.flatnonzero(~done[point.number]).tolist()
        if not missing:
            continue
        plan, error = None, ""
        try:
            plan = engine.prepare(design.scenario_at(point))
        except InputError as fault:
            if is_first:
                raise InputError(f"{_place(point)}{fault}") from None
            error = error_text(fault)
        is_first = False
        for replication in missing:
            yield Task(
                point.number, replication, design.seed(point.number, replication), plan, error
            )


def _place(point: DesignPoint) -> str:
    values = ", ".join(f"{key} = {value}" for key, value in point.levels.items())
    return f"design point {point.number} ({values}): " if values else ""


class Pace:
    """Decides how many runs make the next chunk.

    Parameters
    ----------
    pending
        Runs to be made.
    workers
        Chunks worked on at a time.
    """

    def __init__(self, pending: int, workers: int) -> None:
        self.in_flight = CHUNKS_AHEAD * workers
        self._pending = pending
        self._workers = workers
        self._size = 1

    def take(self, tasks: Iterator[Task]) -> list[Task]:
        """Take the next chunk from the tasks; empty when there are none."""
        # Towards the end the chunks are smaller, so that no worker is left alone with much.
        share = -(-self._pending // self._workers)
        chunk = list(islice(tasks, max(1, min(self._size, share))))
        self._pending -= len(chunk)
        return chunk

    def learn(self, result: ChunkResult) -> None:
        """Set the size of chunks from the time that one took."""
        fitting = CHUNK_SECONDS * result.n_runs / max(result.seconds, 1e-9)
        self._size = max(1, int(min(fitting, MAX_GROWTH * result.n_runs)))


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
    folder = checked_path(directory)
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
