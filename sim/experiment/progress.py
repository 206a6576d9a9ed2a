"""Telling a waiting user how far the runs are: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LINE_EVERY_S = 10.0
"""Time between two plain lines."""


class Reporter(Protocol):
    """What a waiting user is told."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, also after an interrupt."""

    def advance(self, runs: int) -> None:
        """Note that so many more runs are finished."""


def open_reporter(total: int, done: int, *, show: bool) -> Reporter:
    """Make a reporter that writes to stderr.

    Parameters
    ----------
    total
        Runs in all.
    done
        Runs that were there before.
    show
        False: a silent one.
    """
    if not show:
        return SilentReporter()
    console = Console(stderr=True)
    return BarReporter(total, done, console) if console.is_terminal else LineReporter(total, done)


class SilentReporter:
    """Says nothing."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""

    def advance(self, runs: int) -> None:
        """Note finished runs."""


class BarReporter(SilentReporter):
    """A bar with the number of runs, their rate and the time left."""

    def __init__(self, total: int, done: int, console: Console) -> None:
        self._bar = Progress(
            TextColumn("Runs"),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
        )
        self._task = self._bar.add_task("runs", total=total, completed=done)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bar as it is."""
        self._bar.stop()

    def advance(self, runs: int) -> None:
        """Move the bar."""
        self._bar.advance(self._task, runs)


class _RateColumn(ProgressColumn):
    """Runs per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} runs/s" if task.speed else "")


class LineReporter(SilentReporter):
    """A line at the start, every ten seconds, and at the end; for logs and pipes."""

    def __init__(self, total: int, done: int) -> None:
        self._total = total
        self._before = done
        self._done = done

    def __enter__(self) -> Self:
        """Note the time and say what is to be done."""
        self._begin = self._last = time.monotonic()
        resumed = f", {self._before:,} of them already there" if self._before else ""
        print(f"{self._total:,} runs{resumed}", file=sys.stderr)
        return self

    def advance(self, runs: int) -> None:
        """Write a line when it is time for one or all is done."""
        self._done += runs
        now = time.monotonic()
        if now - self._last < LINE_EVERY_S and self._done < self._total:
            return
        self._last = now
        print(
            progress_line(self._total, self._before, self._done, now - self._begin), file=sys.stderr
        )


def progress_line(total: int, before: int, done: int, seconds: float) -> str:
    """Say how far the runs are.

    Parameters
    ----------
    total
        Runs in all.
    before
        Runs that were there at the start.
    done
        Runs that are there now.
    seconds
        Time since the start.
    """
    rate = (done - before) / max(seconds, 1e-9)
    left = (total - done) / rate if rate > 0 else float("nan")
    return f"{done:,}/{total:,} runs ({done / total:.0%}), {rate:,.0f} runs/s, {left:,.0f} s left"
