"""Runs in processes: what hangs or dies costs itself alone."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

import pandas as pd
import pytest
from poison import DEADLY, GOOD, POISONED, doomed, doubled, half_an_answer, hang, own_error

from sim.errors import InputError
from sim.experiment import Engine, SweepDesign, sweep
from sim.experiment.executors import ClusterExecutor, dask_cluster, worker_processes
from sim.experiment.processes import LostProcessError, WorkerProcesses

Make = Callable[..., SweepDesign]


def test_poisoned_runs_cost_themselves_alone(make_design: Make) -> None:
    """Catches a hang, a kill, a crash or an exit that takes other runs or the sweep along."""
    design = make_design(replications=12)
    with worker_processes(2, run_limit_s=2.0, engine=POISONED) as pool:
        runs = sweep(design, engine=POISONED, executor=pool, workers=2)
    expected = sweep(design, engine=GOOD)
    bad = runs["error"] != ""
    assert runs.loc[bad, "point"].tolist() == [0] * 5
    errors = dict(zip(runs.loc[bad, "seed"], runs.loc[bad, "error"], strict=True))
    assert errors == {
        3: "ZeroDivisionError: no result",
        5: "TimeoutError: took longer than the limit of 2 s",
        7: "LostProcessError: its process ended with exit code -9",
        9: "LostProcessError: its process ended with exit code -11",
        11: "LostProcessError: its process ended with exit code 3",
    }
    pd.testing.assert_frame_equal(runs[~bad], expected[~bad], check_exact=True)


class UnjustExecutor(Executor):
    """Loses each run once, as a cluster does those that waited on a worker another run killed."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[int, int]] = Counter()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        runs = [(task.point, task.replication) for task in args[0]]
        self.calls.update(runs)
        if any(self.calls[run] == 1 for run in runs):
            future.set_exception(LostProcessError(-9))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_who_is_lost_beside_others_gets_a_try_alone(make_design: Make) -> None:
    """Catches good runs that are given up because another killed the worker they waited on."""
    design = make_design(replications=3)
    runs = sweep(design, engine=GOOD, executor=UnjustExecutor(), workers=2)
    pd.testing.assert_frame_equal(runs, sweep(design, engine=GOOD), check_exact=True)


def test_processes_give_the_same_rows(make_design: Make) -> None:
    """Catches results that depend on where the runs are made."""
    design = make_design(replications=30)
    with worker_processes(2, engine=GOOD) as pool:
        runs = sweep(design, engine=GOOD, executor=pool, workers=2)
    pd.testing.assert_frame_equal(runs, sweep(design, engine=GOOD), check_exact=True)


def test_functions_that_can_not_be_sent_are_refused(make_design: Make) -> None:
    """Catches a sweep in which every run fails because the engine is a local function."""
    local = Engine(GOOD.prepare, lambda plan, seed: {"sum": float(plan[0] + seed)})
    with pytest.raises(InputError, match="use functions of a module"), worker_processes(1) as pool:
        sweep(make_design(), engine=local, executor=pool, workers=1)


def test_a_worker_killed_while_it_answers_holds_up_nobody() -> None:
    """Catches a lock, or half a message, that a killed worker leaves to the others."""
    pool = WorkerProcesses(2, None, None)
    try:
        calls = [pool.submit(half_an_answer if n % 3 == 0 else doubled, [n]) for n in range(9)]
        for n, call in enumerate(calls):
            if n % 3 == 0:
                with pytest.raises(LostProcessError, match="exit code -9"):
                    call.result(timeout=30)
            else:
                assert call.result(timeout=30) == [2 * n]
    finally:
        pool.shutdown(cancel_futures=True)


def test_an_exception_that_can_not_be_sent_is_told_in_words() -> None:
    """Catches a worker that dies of telling what went wrong."""
    pool = WorkerProcesses(1, None, None)
    try:
        with pytest.raises(RuntimeError, match="UnreadableError: told 2"):
            pool.submit(own_error, [1]).result(timeout=30)
        assert pool.submit(doubled, [1]).result(timeout=30) == [2]
    finally:
        pool.shutdown()


def test_workers_that_never_begin_are_given_up() -> None:
    """Catches an endless row of new workers where none can load what it needs."""
    pool = WorkerProcesses(1, None, doomed)
    try:
        with pytest.raises(BrokenExecutor, match=r"before it could begin: .* exit code 4"):
            pool.submit(doubled, [1]).result(timeout=30)
    finally:
        pool.shutdown()


def test_calls_under_way_end_with_the_pool() -> None:
    """Catches a pool that waits for a call that hangs, or leaves its caller waiting."""
    pool = WorkerProcesses(1, None, None)
    hanging, queued = pool.submit(hang, [1]), pool.submit(doubled, [1])
    while not hanging.running():
        time.sleep(0.01)
    pool.shutdown(cancel_futures=True)
    with pytest.raises((LostProcessError, BrokenExecutor)):
        hanging.result(timeout=0)
    assert queued.cancelled()


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_limit_that_no_run_can_keep_is_refused(limit: float) -> None:
    """Catches a sweep in which every run is lost because of a slip of the keyboard."""
    with pytest.raises(InputError, match="run_limit_s"), worker_processes(1, limit):
        pass


@pytest.mark.slow
def test_dask_gives_the_same_rows(make_design: Make) -> None:
    """Catches results that depend on the cluster."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    design = make_design(replications=30)
    with dask_cluster("local") as (pool, workers):
        runs = sweep(design, engine=GOOD, executor=pool, workers=workers)
    pd.testing.assert_frame_equal(runs, sweep(design, engine=GOOD), check_exact=True)


@pytest.mark.slow
def test_a_run_that_kills_workers_of_dask_costs_itself_alone(make_design: Make) -> None:
    """Catches a run that takes the runs beside it, or the sweep, along on a cluster."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    design = make_design(replications=12)
    logging.disable(logging.CRITICAL)  # Dask tells of each worker that is gone
    try:
        with dask_cluster("local") as (pool, workers):
            runs = sweep(design, engine=DEADLY, executor=pool, workers=workers)
    finally:
        logging.disable(logging.NOTSET)
    bad = runs["error"] != ""
    assert runs.loc[bad, ["point", "seed"]].to_numpy().tolist() == [[0, 7]]
    assert runs.loc[bad, "error"].iloc[0].startswith("KilledWorker")
    expected = sweep(design, engine=GOOD)
    pd.testing.assert_frame_equal(runs[~bad], expected[~bad], check_exact=True)


class Deserted(Executor):
    """A cluster without workers: takes calls, makes none."""

    def submit(self, *_call: Any, **_named: Any) -> Future[Any]:
        return Future()

    def nthreads(self) -> dict[str, int]:
        return {}


def test_a_cluster_without_workers_is_given_up(
    make_design: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a sweep that waits for ever for workers that do not come back."""
    monkeypatch.setattr("sim.experiment.executors.GONE_S", 0.2)
    monkeypatch.setattr("sim.experiment.runner.CHECK_EVERY_S", 0.1)
    pool = Deserted()
    executor = ClusterExecutor(pool, pool, "tcp://there:8786")
    with pytest.raises(InputError, match="tcp://there:8786: the cluster has had no workers"):
        sweep(make_design(), engine=GOOD, executor=executor, workers=2)


def test_a_cluster_that_does_not_answer_is_one_line() -> None:
    """Catches a traceback where the address is wrong."""
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    with (
        pytest.raises(InputError, match="no cluster answers"),
        dask_cluster("tcp://127.0.0.1:1"),
    ):
        pass
