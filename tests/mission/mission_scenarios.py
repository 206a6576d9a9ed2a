"""Scenarios and helpers that the tests of the mission's mechanisms share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.outcome import Outcome, run_plan, simulate
from sim.scenario import Scenario
from sim.setup.plan import build_plan

type Tables = dict[str, Any]
type Floats = NDArray[np.float64]

MOST_Z = 3.5
"""Tolerance in standard errors: a right program fails one check in about 2,000."""

SHELLING: Tables = {"mean_duration_min": 60.0}
MAST: Tables = {"radius_km": 100.0, "look_chance": 1.0, "look_interval_min": 4.0}
"""Stands still and sees the whole line at once."""

WATCHED: Tables = {
    "title": "one mast sees everything at once",
    "run": {"duration_days": 30.0},
    "line": {"length_km": 40.0, "sectors": 1},
    "violations": {"rate_per_day": 60.0, "kinds": {"shelling": SHELLING}},
    "platforms": {"mast": MAST},
    "monitors": {"mast": {"platform": "mast", "count": 1, "patrol": "static", "nation": "Poland"}},
    "support": {"units": {"nation": "any", "count": 1}},
}
ENGAGED_AGAIN: Tables = {
    "engagement": "schedule",
    "schedule": [
        {"from_day": 0.0, "state": "engaged"},
        {"from_day": 10.0, "state": "suspended"},
        {"from_day": 20.0, "state": "engaged"},
    ],
}
AWAY_H = (240.0, 480.0)
"""When the United States are not engaged in `ENGAGED_AGAIN`."""


def made(tables: Tables, **values: Any) -> Scenario:
    """Make a scenario of tables, with values changed; a double underscore stands for the dot."""
    scenario = Scenario.from_dict(tables)
    return scenario.with_values({key.replace("__", "."): value for key, value in values.items()})


def run(tables: Tables, seed: int = 1, **values: Any) -> Outcome:
    """Run a scenario made of tables."""
    return simulate(made(tables, **values), seed)


def over_runs(scenario: Scenario, seeds: range, value: Callable[[Outcome], Any]) -> Floats:
    """Return a value of each of several runs, shape (runs, ...)."""
    plan = build_plan(scenario)
    return np.array([value(run_plan(plan, seed)) for seed in seeds])


def z_of_mean(values: Floats, expected: Any) -> Floats:
    """Return how many standard errors the mean over runs lies from what is expected."""
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    z: Floats = (values.mean(axis=0) - expected) / error
    return z


def z_of_share(successes: int, trials: int, expected: float) -> float:
    """Return how many standard errors a share lies from what is expected."""
    return float((successes / trials - expected) / np.sqrt(expected * (1 - expected) / trials))
