"""Running a design: the same rows whoever makes them, failures as rows, bounded work."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment import Engine, SweepDesign, load_results, sweep
from sim.experiment.chunk import ChunkResult
from sim.experiment.runner import CHUNK_SECONDS, Pace, run_design
from sim.scenario import Scenario

Make = Callable[..., SweepDesign]


def test_one_row_a_run_in_order(make_design: Make, engine: Engine) -> None:
    """Catch lost, doubled or unordered runs, wrong seeds, and factors beside the wrong run."""
    runs = sweep(make_design(), engine=engine)
    assert list(runs.columns) == [
        *("point", "replication", "seed", "monitors.male.count", "support.patrols.count"),
        *("detection_rate", "delay_min", "error"),
    ]
    assert runs["point"].tolist() == sorted(list(range(6)) * 3)
    assert runs["seed"].tolist() == [1, 2, 3] * 6
    assert (runs["delay_min"] == 60 / runs["support.patrols.count"]).all()
    assert (runs["error"] == "").all()


def test_same_rows_whatever_the_workers(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch results that depend on the number of workers, the executor or the store."""
    design = make_design(replications=40)
    one = sweep(design, engine=engine, workers=1)
    pd.testing.assert_frame_equal(sweep(design, engine=engine, workers=4), one, check_exact=True)
    kept = sweep(design, engine=engine, out=tmp_path / "kept")
    pd.testing.assert_frame_equal(kept, one, check_exact=True)
    with ThreadPoolExecutor(2) as pool:
        lent = sweep(design, engine=engine, executor=pool)
        assert pool.submit(int, 3).result() == 3
    pd.testing.assert_frame_equal(lent, one, check_exact=True)


def test_failed_run_is_a_row(make_design: Make, engine: Engine) -> None:
    """Catch a run that raises and takes other runs, or its error text, with it."""

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        if seed == 2 and plan[0] == 10:
            message = "two\nlines"
            raise ZeroDivisionError(message)
        return engine.run(plan, seed)

    runs = sweep(make_design(), engine=Engine(engine.prepare, run))
    failed = runs[runs["error"] != ""]
    assert failed["error"].unique().tolist() == ["ZeroDivisionError: two lines"]
    assert failed["point"].tolist() == [0, 1, 2]
    assert failed["detection_rate"].isna().all()
    assert runs["detection_rate"].notna().sum() == 15


def test_point_without_plan_costs_its_runs_alone(make_design: Make, engine: Engine) -> None:
    """Catch a sweep that stops at a later point whose scenario does not fit its line."""

    def prepare(scenario: Scenario) -> object:
        if scenario.support["patrols"].count == 8:
            message = "does not fit"
            raise InputError(message)
        return engine.prepare(scenario)

    runs = sweep(make_design(), engine=Engine(prepare, engine.run))
    assert runs.loc[runs["error"] != "", "point"].tolist() == [2, 2, 2, 5, 5, 5]
    assert runs["error"].iloc[-1] == "InputError: does not fit"


def test_first_point_without_plan_stops_the_sweep(make_design: Make, engine: Engine) -> None:
    """Catch a sweep that fails 10,000 times over one missing file."""

    def prepare(_: Scenario) -> object:
        message = "line.geojson: there is no such file"
        raise InputError(message)

    with pytest.raises(InputError, match=r"design point 0 \(monitors.male.count = 10"):
        sweep(make_design(), engine=Engine(prepare, engine.run))


def test_plan_is_made_once_a_point(make_design: Make, engine: Engine) -> None:
    """Catch plans made again for every run or chunk."""
    made: list[object] = []

    def prepare(scenario: Scenario) -> object:
        made.append(plan := engine.prepare(scenario))
        return plan

    sweep(make_design(replications=50), engine=Engine(prepare, engine.run), workers=2)
    assert len(made) == 6


class CountingExecutor(Executor):
    """Runs calls in threads and notes the most that were handed over at a time."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(2)
        self.lock = threading.Lock()
        self.open = self.most = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Count a call that is handed over, and again when it is done."""
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        future = self.pool.submit(fn, *args, **kwargs)
        future.add_done_callback(self._close)
        return future

    def _close(self, _: Future[Any]) -> None:
        with self.lock:
            self.open -= 1


def test_submission_is_bounded(make_design: Make, engine: Engine) -> None:
    """Catch all chunks handed over at once, which makes memory grow with the sweep."""

    def slow(plan: Any, seed: int) -> Mapping[str, float]:
        time.sleep(CHUNK_SECONDS / 50)
        return engine.run(plan, seed)

    pool = CountingExecutor()
    with pool.pool:
        runs = sweep(
            make_design(replications=60),
            engine=Engine(engine.prepare, slow),
            executor=pool,
            workers=2,
        )
    assert len(runs) == 360
    assert 1 <= pool.most <= 4


def test_pace_fits_chunks_to_time_and_shares_the_end() -> None:
    """Catch chunks far from a quarter of a second, and one worker left with all the rest."""
    pace = Pace(10_000, workers=2)
    tasks = iter(range(10_000))
    assert len(pace.take(tasks)) == 1  # type: ignore[arg-type, type-var]
    _learn(pace, n=1, seconds=0.001)
    assert len(pace.take(tasks)) == 16  # type: ignore[arg-type, type-var]
    _learn(pace, n=16, seconds=0.016)
    assert len(pace.take(tasks)) == 250  # type: ignore[arg-type, type-var]
    late = Pace(10, workers=2)
    _learn(late, n=100, seconds=0.1)
    assert len(late.take(tasks)) == 5  # type: ignore[arg-type, type-var]


def _learn(pace: Pace, n: int, seconds: float) -> None:
    numbers = list(range(n))
    pace.learn(ChunkResult(numbers, numbers, numbers, {}, [""] * n, seconds))


def test_interrupt_cancels_what_has_not_begun(make_design: Make, engine: Engine) -> None:
    """Catch an interrupt that is swallowed or lets the rest of the sweep run on."""
    made: list[int] = []

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        made.append(seed)
        time.sleep(0.005)
        return engine.run(plan, seed)

    def interrupt(_: ChunkResult) -> None:
        if len(made) > 20:
            raise KeyboardInterrupt

    design = make_design(replications=1000)
    done = np.zeros((6, 1000), dtype=np.bool_)
    with ThreadPoolExecutor(2) as pool, pytest.raises(KeyboardInterrupt):
        run_design(design, Engine(engine.prepare, run), pool, 2, done, interrupt)
    assert len(made) < 1000


@pytest.mark.parametrize(("workers", "executor"), [(0, None), (2, "fork"), (True, None)])
def test_wrong_workers_are_refused(
    make_design: Make, engine: Engine, workers: int, executor: str | None
) -> None:
    """Catch a traceback from deep inside for a wrong number or kind of workers."""
    with pytest.raises(InputError, match="must be"):
        sweep(make_design(), engine=engine, workers=workers, executor=executor)  # type: ignore[arg-type]


SCRIPT = """
from pathlib import Path
from stand_in import prepare, run
from sim.experiment import Engine, sweep
print("started")
runs = sweep("sweep.toml", engine=Engine(prepare, run), workers=2, out="out")
print(len(runs))
"""

STAND_IN = """
def prepare(scenario):
    return scenario.monitors["male"].count

def run(plan, seed):
    return {"sum": plan + seed}
"""


def test_script_without_main_guard(sweep_file: Path) -> None:
    """Catch workers that run the user's script again, or sweeps that never end in one."""
    folder = sweep_file.parent
    (folder / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    script = folder / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        check=False,
        cwd=folder,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
    )
    assert answer.stdout.split() == ["started", "18"], answer.stderr
    assert load_results(folder / "out")["sum"].tolist()[:3] == [15, 16, 17]
