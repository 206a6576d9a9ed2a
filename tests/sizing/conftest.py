"""A planted engine, for which the right answer is known."""

from collections.abc import Mapping

import numpy as np
import pytest

from sim.experiment import Engine
from sim.scenario import Scenario

SPREAD = 0.05
"""Standard deviation over runs of the planted detection rate."""


def prepare(scenario: Scenario) -> tuple[int, int]:
    """Reduce a scenario to the two sizes the stand-in depends on."""
    monitors = sum(group.count for group in scenario.monitors.values())
    return monitors, scenario.support["patrols"].count


def run(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Draw two measures: means n / (n + 20) and 20 + 400 / n, noise partly of the seed alone."""
    monitors, units = plan
    shared, *own = np.random.default_rng([seed, monitors, units]).normal(size=3)
    shared = np.random.default_rng(seed).normal()
    return {
        "n_violations": 100.0,
        "answered_share": 1.0,
        "detection_rate": monitors / (monitors + 20) + SPREAD * (0.8 * shared + 0.6 * own[0]),
        "response_time_p90_min": 20 + 400 / units + 3.0 * (0.8 * shared + 0.6 * own[1]),
    }


@pytest.fixture
def engine() -> Engine:
    """Give a stand-in that takes microseconds."""
    return Engine(prepare, run)


@pytest.fixture
def scenario() -> Scenario:
    """Give a small scenario with two groups of monitors."""
    monitors = {"platform": "male", "patrol": "shuttle"}
    return Scenario.from_dict(
        {
            "title": "Test",
            "run": {"duration_days": 2.0},
            "line": {"length_km": 100.0},
            "violations": {
                "rate_per_day": 20.0,
                "kinds": {"shelling": {"mean_duration_min": 30.0}},
            },
            "monitors": {
                "east": {**monitors, "count": 30},
                "west": {**monitors, "count": 10},
            },
            "support": {"patrols": {"nation": "any", "count": 10}},
        }
    )
