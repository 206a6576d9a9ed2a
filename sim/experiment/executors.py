"""Where the runs of a sweep are made: threads, processes, a cluster, or the user's executor.

From Python threads are the default: the engine releases the GIL, so they are as fast as processes,
and a script needs no main guard. The command uses processes, in which a run that hangs or dies is a
row with its error and no more.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sim.errors import InputError
from sim.experiment.engine import Engine
from sim.kernel.compile import is_cached

GONE_S = 60.0
"""How long a cluster may be without workers (s) before a sweep on it is given up."""

LOCAL = "local"
"""Address that stands for a cluster of this machine's own processes."""


def available_cpus() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_workers(workers: int) -> int:
    """Return a number of workers.

    Raises
    ------
    InputError
        If it is not a whole number >= 1.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(f"workers = {workers!r}: must be a whole number >= 1")
    return workers


def open_executor(executor: Executor | None, workers: int) -> AbstractContextManager[Executor]:
    """Make threads, or lend the user's own executor.

    Parameters
    ----------
    executor
        An executor, which stays open; None for threads.
    workers
        How many runs are made at a time.

    Returns
    -------
    context manager
        Gives the executor; at the end threads that were started here are ended.

    Raises
    ------
    InputError
        If `executor` is no executor or `workers` is below 1.
    """
    check_workers(workers)
    if executor is None:
        return ThreadPoolExecutor(workers, thread_name_prefix="sweep")
    if isinstance(executor, Executor):
        return nullcontext(executor)
    raise InputError(f"executor = {executor!r}: must be a concurrent.futures.Executor or None")


@contextmanager
def worker_processes(
    workers: int | None = None, run_limit_s: float | None = None, engine: Engine | None = None
) -> Iterator[Executor]:
    """Make processes for the runs of a sweep, and end them with the block.

    A run that takes longer than the limit, or takes its process along, is lost alone. Scripts need
    the guard ``if __name__ == "__main__":`` that Python asks for with processes.

    Parameters
    ----------
    workers
        Processes; None = one a processor.
    run_limit_s
        How long a run may take (s); None for any time.
    engine
        What is run; None = the simulation's own, which is loaded before the first run.

    Raises
    ------
    InputError
        If `workers` is below 1 or the limit is not above 0, or no process can be started.
    """
    from sim.experiment.processes import WorkerProcesses

    if run_limit_s is not None and not run_limit_s > 0.0:
        raise InputError(f"run_limit_s = {run_limit_s}: must be > 0")
    number = check_workers(available_cpus() if workers is None else workers)
    warm_up = None if engine is not None else warm_up_engine
    if warm_up is not None and not is_cached():
        warm_up()  # compiled here once instead of in each worker at the same time
    pool = WorkerProcesses(number, run_limit_s, warm_up)
    try:
        yield pool
        pool.shutdown()
    except BrokenExecutor as error:
        pool.shutdown(cancel_futures=True)
        raise InputError(f"processes: {error}") from None
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise


def warm_up_engine() -> None:
    """Load the compiled engine, or compile it."""
    from sim.results.outcome import run_measures
    from sim.scenario import Scenario
    from sim.setup.plan import build_plan

    run_measures(build_plan(Scenario.from_dict(_WARM_UP)), 1)


_WARM_UP: dict[str, Any] = {
    "title": "Warm-up",
    "run": {"duration_days": 1.0},
    "violations": {"rate_per_day": 5.0, "kinds": {"any": {"mean_duration_min": 30.0}}},
    "monitors": {"male": {"platform": "male", "count": 2, "patrol": "shuttle"}},
    "support": {"units": {"nation": "France", "count": 2}},
}


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a Dask cluster, or start one on this machine, for the length of the block.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``; `LOCAL` for one of this machine's own.

    Yields
    ------
    executor : Executor
        Hands calls to the cluster.
    workers : int
        Calls it works on at a time.

    Raises
    ------
    InputError
        If Dask is not installed or the cluster does not answer.
    """
    try:
        from distributed import Client
    except ImportError:
        message = "Dask is not installed; install it with: pip install 'ceasefire-sim[cluster]'"
        raise InputError(message) from None
    try:
        client = Client(None if address == LOCAL else address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"dask = {address}: no cluster answers there ({error})") from None
    with client, client.get_executor(pure=False) as pool:
        threads = sum(client.nthreads().values())
        if threads == 0:
            raise InputError(f"dask = {address}: the cluster has no workers")
        yield ClusterExecutor(pool, client, address), threads


class ClusterExecutor(Executor):
    """Hands calls to a Dask cluster, and tells when it has no workers any more.

    Dask itself would wait for new ones for ever.

    Parameters
    ----------
    pool, client
        Of the cluster.
    address
        What the user calls it.
    """

    def __init__(self, pool: Executor, client: Any, address: str) -> None:
        self._pool, self._client, self._address = pool, client, address
        self._last_seen = time.monotonic()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over a call."""
        return self._pool.submit(fn, *args, **kwargs)

    def check(self) -> None:
        """Ask for the workers.

        Raises
        ------
        InputError
            If there has been none for a while.
        """
        if self._client.nthreads():
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > GONE_S:
            raise InputError(
                f"dask = {self._address}: the cluster has had no workers for {GONE_S:.0f} s; "
                "what is finished is kept"
            )
