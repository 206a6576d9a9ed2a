"""Scenarios for verification, and how they are run: always through the engine."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from verification_estimates import Floats, Statistic, mean_of

from sim.engine.run import advance_world, start_world
from sim.results.measures import measure
from sim.results.outcome import run_world
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

type Tables = dict[str, Any]
type Sampler = Callable[[Sequence[int]], Floats]
"""From the seeds of runs to one row of numbers a run, (runs, columns)."""
type Reader = Callable[[Plan, World], Iterable[float]]
"""From a finished run to its row."""

POINT_KM = 1e-4
"""Footprint radius where the formula knows none: it adds 2r/v = 2e-6 h to durations."""
INSTANT_KMH = 1e9
"""Speed of units where the formula knows no travel time."""


@dataclass(frozen=True)
class Experiment:
    """How the engine is made to produce the numbers of one case."""

    scenario: str  # in words
    runs: int
    sample: Sampler
    parts: dict[str, Statistic]  # by name of the expected number; "" where there is only one


def scenario(
    *,
    length_km: float,
    per_day: float,
    days: float,
    duration_h: float = 1.0,
    law: str = "exponential",
    hot_spot_km: tuple[float, float] | None = None,
    **sections: Any,
) -> Tables:
    """Describe a straight line with one kind of violation, all of severity 1.

    `hot_spot_km` puts all of them near a place, with this standard deviation.
    """
    incident = {
        "mean_duration_min": 60.0 * duration_h,
        "duration": law,
        "severity_weights": [1.0, 0.0, 0.0, 0.0, 0.0],
    }
    violations: Tables = {"rate_per_day": per_day, "kinds": {"incident": incident}}
    if hot_spot_km is not None:
        at_km, spread_km = hot_spot_km
        spot = {"chainage_km": at_km, "share": 1.0, "spread_km": spread_km}
        violations["hot_spots"] = {"spot": spot}
    tables = {
        "title": "verification",
        "run": {"duration_days": days},
        "line": {"length_km": length_km, "sectors": 1},
        "violations": violations,
    }
    for name, section in sections.items():
        tables[name] = tables.get(name, {}) | section
    return tables


def eyes(count: int, patrol: str, chance: float = 1.0, **platform: Any) -> Tables:
    """Return the sections of one group of monitors, pointlike unless a radius is given."""
    eye = {"speed_kmh": 100.0, "radius_km": POINT_KM, "look_chance": chance}
    return {
        "platforms": {"eye": eye | platform},
        "monitors": {"eyes": {"platform": "eye", "count": count, "patrol": patrol}},
    }


def watch(length_km: float) -> Tables:
    """Return the sections of a mast that sees everything on the line at once."""
    return eyes(1, "static", speed_kmh=0.0, radius_km=2.0 * length_km)


def units(count: int, **group: Any) -> Tables:
    """Return the sections of units that travel in no time, are at once ready and never queue."""
    group = {
        "nation": "any",
        "count": count,
        "base_offset_km": 0.0,
        "readiness_min": 0.0,
        "speed_kmh": INSTANT_KMH,
        "road_factor": 1.0,
        "on_scene_h": 0.0,
    } | group
    return {"support": {"units": group}, "dispatch": {"travel_is_busy": False}}


def engine(tables: Tables, read: Reader) -> Sampler:
    """Run one plan for each seed and read a row of numbers from each run."""

    def sample(seeds: Sequence[int]) -> Floats:
        plan = build_plan(Scenario.from_dict(tables))
        return np.array([[*read(plan, run_world(plan, seed))] for seed in seeds])

    return sample


def engine_with(
    tables: Tables, read: Reader, prepare: Callable[[World, np.random.Generator], None]
) -> Sampler:
    """Do as `engine`, with something done to each world right after its start."""

    def sample(seeds: Sequence[int]) -> Floats:
        plan = build_plan(Scenario.from_dict(tables))
        rows = []
        for seed in seeds:
            world = make_world(plan, seed)
            start_world(world)
            prepare(world, np.random.default_rng(seed))
            advance_world(world, plan.horizon_h)
            rows.append([*read(plan, world)])
        return np.array(rows)

    return sample


def measures(*wanted: str | tuple[str, float]) -> Reader:
    """Read measures of the run; a pair is a measure and a factor for its unit."""
    pairs = [(item, 1.0) if isinstance(item, str) else item for item in wanted]

    def read(plan: Plan, world: World) -> list[float]:
        values = measure(plan, world)
        return [factor * values[name] for name, factor in pairs]

    return read


def measured(
    words: str, tables: Tables, runs: int, *wanted: str | tuple[str, float], names: str = ""
) -> Experiment:
    """Make an experiment of which the numbers are means of measures over runs.

    `names` lists the numbers in the order of the measures, separated by blanks.
    """
    parts = {name: mean_of(column) for column, name in enumerate(names.split() or [""])}
    return Experiment(words, runs, engine(tables, measures(*wanted)), parts)
