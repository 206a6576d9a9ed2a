"""Runs in processes of their own, so that one that hangs or dies takes no other with it.

Workers are forked from a small server where the system can do that (a new one then costs
milliseconds), else started afresh. Each watches the process that started it and ends with it,
however that one ended.
"""

import multiprocessing
import os
import pickle
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from pebble import ProcessPool

from sim.errors import InputError

CHUNK_SLACK_S = 5.0
"""What a chunk of several runs may take beyond the limit of one: chunks are made to last 0.25 s."""


def _begin(warm_up: Callable[[], None] | None) -> None:
    """Prepare a worker: end when its parent does, and load what all runs need."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
    if warm_up is not None:
        warm_up()


def _check_importable(*calls: object) -> None:
    """Refuse what can not be sent to another process, before all runs fail of it.

    Raises
    ------
    InputError
        If a function or a plan can not be pickled.
    """
    try:
        pickle.dumps(calls)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError(f"runs in processes: {error}; use functions of a module") from None


class WorkerProcesses(Executor):
    """An executor for chunks of runs.

    Parameters
    ----------
    workers
        Processes.
    run_limit_s
        How long one run may take (s); None for any time.
    warm_up
        Called in each worker before its first run, outside the limit.
    """

    def __init__(
        self, workers: int, run_limit_s: float | None, warm_up: Callable[[], None] | None
    ) -> None:
        self._limit = run_limit_s
        self._checked = False
        method = "spawn" if sys.platform == "win32" else "forkserver"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["sim.outcome", __name__])
        self._pool = ProcessPool(workers, initializer=_begin, initargs=(warm_up,), context=context)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over a call; the first argument of a chunk is its runs."""
        runs = args[0]
        if not self._checked:
            _check_importable(fn, args)
            self._checked = True
        limit = self._limit
        if limit is not None and len(runs) > 1:
            limit += CHUNK_SLACK_S
        future: Future[Any] = self._pool.schedule(fn, args, kwargs, limit)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: at once where calls are cancelled, else when all is done."""
        if cancel_futures:
            self._pool.stop()
        else:
            self._pool.close()
        if wait:
            self._pool.join()
