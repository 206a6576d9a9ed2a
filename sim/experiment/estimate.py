"""What a sweep will take: its runs, its time and its place on disk, from a few runs."""

import time
from dataclasses import dataclass

from sim.experiment.chunk import Task, run_chunk
from sim.experiment.design import DesignPoint, SweepDesign
from sim.experiment.engine import Engine, compiled_engine

TRIALS = 2
"""Runs at a point that are timed, after one that is not."""


BYTES = 8
"""Of a number on disk: random digits do not compress."""


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take."""

    points: int
    runs: int
    seconds: float
    """Wall time with all workers."""
    run_seconds: tuple[float, float]
    """Time of a run at the fastest and at the slowest of the points that were tried."""
    megabytes: float
    """Of the runs on disk."""


def estimate(design: SweepDesign, workers: int, engine: Engine | None = None) -> Estimate:
    """Time a few runs of a sweep and tell what all of them will take. Nothing is kept.

    Parameters
    ----------
    design
        The design.
    workers
        Runs made at a time.
    engine
        Functions that make a plan and run it; None = the simulation's own.

    Returns
    -------
    Estimate
        From runs at the first, the middle and the last point.

    Raises
    ------
    InputError
        If no plan can be made of one of these points.
    """
    engine = engine or compiled_engine(design.requests)
    points = list(_few(design))
    times, columns = [], 0
    for point in points:
        begin = time.perf_counter()
        plan = engine.prepare(design.scenario_at(point))
        planning = time.perf_counter() - begin
        tasks = [
            Task(point.number, r, design.seed(point.number, r), plan, "") for r in range(TRIALS)
        ]
        run_chunk(tasks[:1], engine.run)
        result = run_chunk(tasks, engine.run)
        times.append((result.seconds / TRIALS, planning))
        columns = max(columns, len(design.columns) + len(result.measures) + 4)
    run_s = sum(run for run, _ in times) / len(times)
    plan_s = sum(planning for _, planning in times) / len(times)
    total = design.n_runs * run_s / workers + design.n_points * plan_s
    ends = (min(run for run, _ in times), max(run for run, _ in times))
    return Estimate(
        design.n_points, design.n_runs, total, ends, 1e-6 * BYTES * columns * design.n_runs
    )


def _few(design: SweepDesign) -> list[DesignPoint]:
    """Return the first, the middle and the last point."""
    wanted = {0, design.n_points // 2, design.n_points - 1}
    return [point for point in design.points() if point.number in wanted]
