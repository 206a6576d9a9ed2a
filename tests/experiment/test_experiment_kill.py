"""Sweeps that are killed: what was finished is kept, nobody is left behind, the rest is made."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import pytest
from poison import GOOD

from sim.experiment import SweepDesign, load_results, perform, sweep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks up processes in /proc"),
]
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KILLS = 3


@contextmanager
def started(design: Path, out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Sweep in a program of its own, that does not outlive the block."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{HERE}"}
    command = [sys.executable, str(HERE / "kill.py"), str(design), str(out)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def descendants(pid: int) -> set[int]:
    """Return the processes below one, from the parents that /proc names."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int(
                    (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
                )
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def alive(pids: set[int]) -> set[int]:
    """Return those that run; what only waits to be collected does not."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state.split()[0] not in "ZX":
            running.add(pid)
    return running


def await_runs(out: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the first part is there."""
    end = time.monotonic() + 300.0
    while not list((out / "runs").glob("part-*")) and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def design(sweep_file: Path) -> Path:
    text = sweep_file.read_text(encoding="utf-8").replace("replications = 3", "replications = 60")
    sweep_file.write_text(text, encoding="utf-8")
    return sweep_file


@pytest.mark.parametrize("trial", range(10))
def test_a_killed_sweep_goes_on_to_the_same_rows(design: Path, tmp_path: Path, trial: int) -> None:
    """Catches rows lost or doubled by kill -9 of the sweep, and workers that outlive it."""
    chance = random.Random(trial)
    out = tmp_path / "out"
    with started(design, out) as process:
        if trial:
            await_runs(out, process)
        time.sleep(chance.uniform(0.0, 0.6))
        workers = descendants(process.pid)
    end = time.monotonic() + 5.0
    while alive(workers) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(workers)
    check_resumed(design, out)


@pytest.mark.parametrize("trial", range(4))
def test_killed_workers_cost_nothing(design: Path, tmp_path: Path, trial: int) -> None:
    """Catches a sweep that ends, hangs or loses rows when workers of it are killed, one by one."""
    chance = random.Random(100 + trial)
    out = tmp_path / "out"
    with started(design, out) as process:
        await_runs(out, process)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, 0.2))
            victims = [pid for pid in descendants(process.pid) if "forkserver" in command_of(pid)]
            if victims:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(victims), signal.SIGKILL)
        assert process.wait(timeout=300) == 0
    assert check_resumed(design, out) <= 2 * KILLS


def check_resumed(design: Path, out: Path) -> int:
    """Finish a sweep, and compare it with one that nobody killed; return how many runs it took.

    The same runs are made here without the pauses in which the others were killed.
    """
    made = perform(SweepDesign.load(design), out, engine=GOOD, retry_failed=True).n_made
    expected = sweep(SweepDesign.load(design), engine=GOOD)
    pd.testing.assert_frame_equal(load_results(out), expected, check_exact=True)
    return made


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""
