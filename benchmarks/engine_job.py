"""The job in this project's engine, and its sweeps; all that the benchmark knows of the package."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.job import JobResult
from sim.engine.run import advance_world, start_world
from sim.experiment import Engine, SweepDesign, perform
from sim.results.measures import measure
from sim.results.outcome import run_measures
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "configs" / "straight.toml"
MISSION = ROOT / "configs" / "baseline.toml"


def prepare(
    n_drones: int = 60, n_units: int = 40, days: float = 90, rate_per_day: float = 50.0
) -> Callable[[int], JobResult]:
    """Make the plan of the job, and return what runs it with a seed.

    Parameters
    ----------
    n_drones, n_units
        How many drones and support units share the line.
    days
        Length of the run.
    rate_per_day
        Expected violations a day.
    """
    values = {
        "monitors.drones.count": n_drones,
        "support.units.count": n_units,
        "run.duration_days": days,
        "violations.rate_per_day": rate_per_day,
    }
    plan = build_plan(Scenario.load(SCENARIO).with_values(values))

    def run(seed: int) -> JobResult:
        measures = run_measures(plan, seed)
        return JobResult(
            measures["detection_rate"],
            measures["response_time_mean_min"],
            int(measures["n_violations"]),
        )

    return run


@dataclass
class Stages:
    """Seconds spent in each stage of the runs so far."""

    draws: float = 0.0
    loop: float = 0.0
    measures: float = 0.0

    def run(self, plan: Plan, seed: int) -> dict[str, float]:
        """Run a plan as `run_measures` does, with the stages timed."""
        begin = time.perf_counter()
        world = make_world(plan, seed)
        drawn = time.perf_counter()
        start_world(world)
        advance_world(world, plan.horizon_h)
        advanced = time.perf_counter()
        values = measure(plan, world)
        self.draws += drawn - begin
        self.loop += advanced - drawn
        self.measures += time.perf_counter() - advanced
        return values


def sweep_job(
    runs: int,
    out: Path,
    workers: int = 1,
    stages: Stages | None = None,
    scenario: Path = SCENARIO,
) -> float:
    """Sweep a scenario through the sweep runner, its results kept on disk.

    Parameters
    ----------
    runs
        Number of runs.
    out
        New directory for the results.
    workers
        Runs made at a time.
    stages
        Takes the times of the stages; None = the runner's own engine.
    scenario
        File of the scenario; the job where none is given.

    Returns
    -------
    float
        Wall time (s).
    """
    design = SweepDesign.from_dict({"scenario": Scenario.load(scenario), "replications": runs})
    engine = None if stages is None else Engine(build_plan, stages.run)
    begin = time.perf_counter()
    report = perform(design, out, engine=engine, workers=workers)
    seconds = time.perf_counter() - begin
    if report.n_failed:
        raise RuntimeError(report.first_error)
    return seconds
