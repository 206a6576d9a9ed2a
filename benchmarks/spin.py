"""A run of known length, to time what a sweep adds to it; importable by other processes."""

import time
from collections.abc import Mapping

from sim.experiment import Engine
from sim.scenario import Scenario

RUN_S = 0.0015


def prepare(scenario: Scenario) -> int:
    """Reduce a scenario to a number."""
    return len(scenario.monitors)


def run(plan: int, seed: int) -> Mapping[str, float]:
    """Work for `RUN_S` and return twenty measures."""
    end = time.perf_counter() + RUN_S
    while time.perf_counter() < end:
        pass
    return {f"measure_{number}": float(plan + seed + number) for number in range(20)}


ENGINE = Engine(prepare, run)
