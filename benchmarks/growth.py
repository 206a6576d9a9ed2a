"""How time and memory grow: with violations, with forces, with the runs of a sweep."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.engine_job import MISSION, ROOT, SCENARIO, Stages, prepare, sweep_job
from benchmarks.measurement import Turn, take_turns
from sim.scenario import Scenario
from sim.setup.plan import build_plan

RATE_PER_DAY = 50.0
SWEEP_RUNS = 1000
MISSION_RUNS = 60
MEMORY_RUNS = (200, 2000)


def time_by_violations(rounds: int = 40) -> dict[str, float]:
    """Return microseconds per violation at 1, 2, 4 and 8 times the rate."""
    turns = {
        f"x{times}": Turn(prepare(rate_per_day=RATE_PER_DAY * times)) for times in (1, 2, 4, 8)
    }
    samples = take_turns(turns, rounds)
    return {
        name: 1e6 * sample.median_s / sample.mean("n_violations")
        for name, sample in samples.items()
    }


def time_by_forces(rounds: int = 75) -> dict[str, float]:
    """Return milliseconds a run with 60 drones and 40 units, and with twice as many."""
    turns = {
        "60 drones, 40 units": Turn(prepare()),
        "120 drones, 80 units": Turn(prepare(n_drones=120, n_units=80)),
    }
    samples = take_turns(turns, rounds)
    return {name: 1e3 * sample.median_s for name, sample in samples.items()}


def sweep_overhead() -> dict[str, float]:
    """Return where the time of a sweep goes (shares), with one worker, and its wall times (s)."""
    stages = Stages()
    with tempfile.TemporaryDirectory() as folder:
        wall = sweep_job(SWEEP_RUNS, Path(folder) / "one", stages=stages)
        several = sweep_job(SWEEP_RUNS, Path(folder) / "all", workers=os.cpu_count() or 1)
    engine = stages.draws + stages.loop
    return {
        "runs": SWEEP_RUNS,
        "wall_s": wall,
        "wall_all_workers_s": several,
        "draws_share": stages.draws / wall,
        "loop_share": stages.loop / wall,
        "measures_share": stages.measures / wall,
        "runner_share": 1.0 - (engine + stages.measures) / wall,
        "lost_share": 1.0 - engine / wall,
    }


def mission_year() -> dict[str, float]:
    """Return the time of a year of the whole mission, and per violation against the job's.

    Runs in which the ceasefire ends early are left out: they are shorter.
    """
    ways = {path: build_plan(Scenario.load(path)) for path in (MISSION, SCENARIO)}
    times: dict[Path, list[tuple[float, float, float, float]]] = {path: [] for path in ways}
    for seed in range(1, MISSION_RUNS + 1):
        for path, plan in ways.items():
            stages = Stages()
            values = stages.run(plan, seed)
            if values["ceasefire_held"] == 1.0:
                row = (stages.draws, stages.loop, stages.measures, values["n_violations"])
                times[path].append(row)
    mission, job = (np.median(rows, axis=0).tolist() for rows in times.values())
    with tempfile.TemporaryDirectory() as folder:
        workers = os.cpu_count() or 1
        sweep_job(2, Path(folder) / "first", workers, scenario=MISSION)
        wall = sweep_job(MISSION_RUNS, Path(folder) / "mission", workers, scenario=MISSION)
    return {
        "runs": float(len(times[MISSION])),
        "draws_ms": 1e3 * mission[0],
        "loop_ms": 1e3 * mission[1],
        "measures_ms": 1e3 * mission[2],
        "run_ms": 1e3 * sum(mission[:3]),
        "violations": mission[3],
        "sweep_ms_per_run": 1e3 * wall / MISSION_RUNS,
        "per_violation_ratio": (sum(mission[:3]) / mission[3]) / (sum(job[:3]) / job[3]),
    }


def sweep_memory() -> dict[str, float]:
    """Return the peak memory (MB) of a sweep in a process of its own, by its number of runs."""
    return {
        f"{kind} {runs}": _probe(kind, str(runs))["peak_mb"]
        for kind in ("traced", "process")
        for runs in MEMORY_RUNS
    }


def first_call() -> dict[str, dict[str, float]]:
    """Return times (s) of a process that has to compile the engine, and of the next one."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            "nothing compiled": _probe("first", cache=folder),
            "compiled before": _probe("first", cache=folder),
        }


def _probe(*question: str, cache: str | None = None) -> dict[str, float]:
    environment = dict(os.environ)
    if cache is not None:
        environment["CEASEFIRE_CACHE_DIR"] = cache
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.probe", *question],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    values: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return values
