"""Telling a waiting user what one run is at: a bar on a terminal, once it takes long."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

SHOW_AFTER_S = 1.5
"""What is done sooner than this needs no bar."""


class Waiting:
    """A bar that tells what is at work, and how far it is where that is known."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._begin = Timer(SHOW_AFTER_S, self._bar.start)
        self._begin.daemon = True

    def start(self) -> None:
        """Show the bar in a while."""
        self._begin.start()

    def stop(self) -> None:
        """Take the bar away; nothing is left of it."""
        self._begin.cancel()
        self._begin.join()
        if self._bar.live.is_started:
            self._bar.stop()

    def at(self, what: str) -> None:
        """Say what is at work from now on; how far it is is not known."""
        self._bar.update(self._task, description=what, total=None, completed=0)

    def reached(self, share: float) -> None:
        """Say which share of it is done."""
        self._bar.update(self._task, total=1.0, completed=share)


@contextmanager
def waiting(*, show: bool, console: Console | None = None) -> Iterator[Waiting]:
    """Tell a user on stderr what is at work until it is done, or interrupted.

    Parameters
    ----------
    show
        False: say nothing.
    console
        Where to say it, stderr if None; nothing is said where that is no terminal.
    """
    console = console or Console(stderr=True)
    bar = Waiting(console)
    if not show or not console.is_terminal:
        yield bar
        return
    bar.start()
    try:
        yield bar
    finally:
        bar.stop()
