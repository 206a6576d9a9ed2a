"""A small scenario and a simple stand-in for the engine, for all tests of experiments."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiment import Engine, SweepDesign
from sim.scenario import Scenario

SCENARIO = """
title = "Test"
[violations]
rate_per_day = 20
[violations.kinds.shelling]
mean_duration_min = 30
[monitors.male]
platform = "male"
count = 20
patrol = "shuttle"
[support.patrols]
nation = "France"
count = 10
"""

SWEEP = """
title = "Sweep"
scenario = "scenario.toml"
replications = 3
first_seed = 5
[factors]
"monitors.male.count" = [10, 20]
"support.patrols.count" = {from = 4, to = 8, step = 2}
"""


def prepare(scenario: Scenario) -> tuple[int, int]:
    """Reduce a scenario to the two numbers the stand-in depends on."""
    return scenario.monitors["male"].count, scenario.support["patrols"].count


def run(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Draw two measures; the noise is the seed's alone, as with common random numbers."""
    noise = float(np.random.default_rng(seed).normal())
    monitors, units = plan
    return {"detection_rate": monitors / (monitors + 20) + 0.01 * noise, "delay_min": 60 / units}


@pytest.fixture
def engine() -> Engine:
    """Give a stand-in that takes microseconds."""
    return Engine(prepare, run)


@pytest.fixture
def scenario() -> Scenario:
    """Give the small scenario."""
    return Scenario.from_dict(
        {
            "title": "Test",
            "violations": {
                "rate_per_day": 20.0,
                "kinds": {"shelling": {"mean_duration_min": 30.0}},
            },
            "monitors": {"male": {"platform": "male", "count": 20, "patrol": "shuttle"}},
            "support": {"patrols": {"nation": "France", "count": 10}},
        }
    )


@pytest.fixture
def make_design(scenario: Scenario) -> Callable[..., SweepDesign]:
    """Give a function that makes a design of 2 x 3 points and 3 replications."""

    def make(**changes: Any) -> SweepDesign:
        tables = {
            "scenario": scenario,
            "replications": 3,
            "factors": {"monitors.male.count": [10, 20], "support.patrols.count": [4, 6, 8]},
        }
        return SweepDesign.from_dict({**tables, **changes}, source="sweep.toml")

    return make


@pytest.fixture
def sweep_file(tmp_path: Path) -> Path:
    """Write a scenario and a sweep over it; give the file of the sweep."""
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    path = tmp_path / "sweep.toml"
    path.write_text(SWEEP, encoding="utf-8")
    return path
