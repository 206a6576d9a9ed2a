"""Runs in processes of their own, so that one that hangs or dies takes no other with it.

Workers are forked from a small server where the system can do that (a new one then costs
milliseconds), else started afresh. Each watches the process that started it and ends with it,
however that one ended. Each has a connection of its own: what a worker that is killed held, a lock
or half a message, is then nobody else's, and its loss is seen as the end of that connection.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from sim.errors import InputError

CHUNK_SLACK_S = 5.0
"""What a chunk of several runs may take beyond the limit of one: chunks are made to last 0.25 s."""

STARTS = 3
"""How often in a row a worker may end before it is ready; then something is wrong with all."""

END_S = 5.0
"""How long a worker that was told to end may take (s) before it is killed."""

type WarmUp = Callable[[], None] | None


class LostProcessError(RuntimeError):
    """The process of a call ended before it gave a result."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(f"its process ended with exit code {exit_code}")


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that waits for a worker, and how long it may take (s)."""

    future: Future[Any]
    message: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
    limit_s: float | None


def _work(connection: Connection, warm_up: WarmUp) -> None:
    """Be a worker: answer calls until the connection ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    _end_with_parent()
    if warm_up is not None:
        warm_up()
    try:
        connection.send_bytes(pickle.dumps((True, None)))
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _answer(message: bytes) -> bytes:
    """Make a call; return whether it ended well, and its result or exception."""
    try:
        function, args, kwargs = pickle.loads(message)  # noqa: S301 - from our own process
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)  # noqa: S301
        except Exception:  # an exception of the user's own may fail at this in any way
            answer = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
        return answer


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


class _Worker:
    """A process and the connection to it."""

    def __init__(self, context: Any, warm_up: WarmUp) -> None:
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, warm_up), daemon=True)
        self._process.start()
        theirs.close()  # else the end of the process would not be the end of the connection

    def is_alive(self) -> bool:
        """Return whether the process is still there."""
        return bool(self._process.is_alive())

    def await_ready(self) -> None:
        """Wait until what all runs need is loaded.

        Raises
        ------
        LostProcessError
            If the process ended before.
        """
        self._receive(None)

    def call(self, call: _Call) -> Any:
        """Make a call and return its result, or raise what it raised.

        Raises
        ------
        LostProcessError
            If the process ended before it gave one.
        TimeoutError
            If the limit is over; the process is then of no more use.
        """
        try:
            self._connection.send_bytes(pickle.dumps(call.message))
        except (BrokenPipeError, ConnectionResetError):
            raise LostProcessError(self._exit_code()) from None
        return self._receive(call.limit_s)

    def _receive(self, limit_s: float | None) -> Any:
        if not self._connection.poll(limit_s):
            late = f"took longer than the limit of {limit_s:g} s"
            raise TimeoutError(late)
        try:
            message = self._connection.recv_bytes()
        except (EOFError, OSError):  # the end may come within a message
            raise LostProcessError(self._exit_code()) from None
        is_good, answer = pickle.loads(message)  # noqa: S301 - from our own process
        if is_good:
            return answer
        raise answer

    def _exit_code(self) -> int | None:
        self._process.join(END_S)
        code: int | None = self._process.exitcode
        return code

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def end(self) -> None:
        """End the process, which has nothing to do."""
        self._connection.close()
        self._process.join(END_S)
        self._process.kill()
        self._process.join()


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

    def __init__(self, workers: int, run_limit_s: float | None, warm_up: WarmUp) -> None:
        self._limit = run_limit_s
        self._warm_up = warm_up
        self._checked = False
        method = "spawn" if sys.platform == "win32" else "forkserver"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver":
            self._context.set_forkserver_preload(["sim.results.outcome", __name__])
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._live: set[_Worker] = set()
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand over a call; the first argument of a chunk is its runs."""
        runs = args[0]
        if not self._checked:
            _check_importable(fn, args)
            self._checked = True
        limit = self._limit
        if limit is not None and len(runs) > 1:
            limit += CHUNK_SLACK_S
        future: Future[Any] = Future()
        self._calls.put(_Call(future, (fn, args, kwargs), limit))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: at once where calls are cancelled, else when all is done."""
        if cancel_futures:
            with self._lock:
                self._stopped = True
                for worker in self._live:
                    worker.kill()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        """Hand calls to one process after another, each in use until it is lost."""
        _block_interrupts()
        worker: _Worker | None = None
        while (call := self._calls.get()) is not None:
            if self._stopped:
                call.future.cancel()
            if not call.future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or not worker.is_alive():
                    self._drop(worker)
                    worker = self._start()
                call.future.set_result(worker.call(call))
            except BaseException as error:
                if isinstance(error, LostProcessError | TimeoutError):
                    self._drop(worker, kill=True)
                    worker = None
                call.future.set_exception(error)
        self._drop(worker)

    def _start(self) -> _Worker:
        """Start a worker and wait until it is ready.

        Raises
        ------
        BrokenExecutor
            If one after the other ends before it is.
        """
        error = LostProcessError(None)
        for _ in range(STARTS):
            with self._lock:
                if self._stopped:
                    break
                worker = _Worker(self._context, self._warm_up)
                self._live.add(worker)
            try:
                worker.await_ready()
            except LostProcessError as loss:
                error = loss
                self._drop(worker)
            else:
                return worker
        message = f"a worker was lost before it could begin: {error}"
        raise BrokenExecutor(message)

    def _drop(self, worker: _Worker | None, *, kill: bool = False) -> None:
        if worker is None:
            return
        if kill:
            worker.kill()
        worker.end()
        with self._lock:
            self._live.discard(worker)


def _block_interrupts() -> None:
    """Keep interrupts from the processes that this thread starts, from their first moment on.

    The parent decides what an interrupt ends. A process that was only told so once it runs would
    meet one while it loads, and show where it stood.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # multiprocessing unblocks them after it has started this
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


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
