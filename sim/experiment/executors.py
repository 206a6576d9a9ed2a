"""Where the runs of a sweep are made: threads, processes, or any executor of the user's."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing import get_context
from types import ModuleType
from typing import Any, Literal

from sim.errors import InputError

ExecutorKind = Literal["threads", "processes"]


def available_cpus() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_executor(
    executor: ExecutorKind | Executor, workers: int
) -> AbstractContextManager[Executor]:
    """Make an executor, or lend the user's own.

    Parameters
    ----------
    executor
        "threads" (the engine releases the GIL), "processes", or an executor, which stays open.
    workers
        How many runs are made at a time.

    Returns
    -------
    context manager
        Gives the executor; at the end one that was made here is shut down.

    Raises
    ------
    InputError
        If `executor` is none of these or `workers` is below 1.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(f"workers = {workers!r}: must be a whole number >= 1")
    if executor == "threads":
        return ThreadPoolExecutor(workers, thread_name_prefix="sweep")
    if executor == "processes":
        return SpawnedProcesses(workers)
    if isinstance(executor, Executor):
        return nullcontext(executor)
    raise InputError(f'executor = {executor!r}: must be "threads", "processes" or an Executor')


class SpawnedProcesses(ProcessPoolExecutor):
    """Spawned worker processes that do not run the user's script again.

    A spawned process imports the main module of its parent, which would start the sweep a
    second time in a script without a main guard. The runs of a sweep need nothing from there, so
    the main module is out of sight whenever a worker may be started.
    """

    def __init__(self, workers: int) -> None:
        super().__init__(workers, mp_context=get_context("spawn"))

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call; see `concurrent.futures.Executor.submit`."""
        with _without_main():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _without_main() -> Iterator[None]:
    modules: dict[str, Any] = sys.modules
    main = modules["__main__"]
    modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        modules["__main__"] = main
