"""Sizing with the engine itself, against the closed forms of verification cases S20 and S21."""

import pytest
from scipy.optimize import brentq

from sim.scenario import Scenario
from sim.sizing import Sizing, size

LENGTH_KM, SPEED_KMH, MEAN_H = 1200.0, 100.0, 1.0


def required(rate: float, patrol: str) -> float:
    """Return how many monitors on station the closed form asks for."""
    from math import exp

    def shortfall(count: float) -> float:
        x = LENGTH_KM / (SPEED_KMH * count * MEAN_H)  # time along a monitor's part, in mean lives
        seen = (1 - exp(-x)) / x if patrol == "stream" else (1 - (1 - exp(-2 * x)) / (2 * x)) / x
        return seen - rate

    return float(brentq(shortfall, 1.0, 1000.0))


def sized(rate: float, patrol: str, sizes: str, most_runs: int = 40) -> Sizing:
    incident = {"mean_duration_min": 60.0 * MEAN_H, "duration": "exponential"}
    eye = {"speed_kmh": SPEED_KMH, "radius_km": 1e-4, "look_chance": 1.0}
    straight = Scenario.from_dict(
        {
            "title": "Points along a straight line",
            "run": {"duration_days": 20.0},
            "line": {"length_km": LENGTH_KM, "sectors": 1},
            "violations": {"rate_per_day": 200.0, "kinds": {"incident": incident}},
            "platforms": {"eye": eye},
            "monitors": {"eyes": {"platform": "eye", "count": 1, "patrol": patrol}},
        }
    )
    return size(
        straight,
        require=[f"detection_rate >= {rate}"],
        vary=[f"monitors.eyes.count={sizes}"],
        max_replications=most_runs,
    )


def test_closed_form() -> None:
    """Catches a closed form that is not the one of the verification cases."""
    assert [round(required(q, "stream"), 1) for q in (0.5, 0.9)] == [7.5, 55.9]
    assert [round(required(q, "shuttle"), 1) for q in (0.5, 0.9)] == [9.4, 73.9]


@pytest.mark.parametrize("patrol", ["stream", "shuttle"])
def test_half_of_all_is_sized_to_the_drone(patrol: str) -> None:
    """Catches an answer one too large or too small: 8 in a loop, 10 to and fro."""
    found = sized(0.5, patrol, "1:100")
    least = int(required(0.5, patrol)) + 1
    assert found.claim.endswith(
        f"monitors.eyes.count = {least} suffices and {least - 1} does not. By the trend between "
        f"the forces run, {least} is the least."
    )


@pytest.mark.parametrize("patrol", ["stream", "shuttle"])
def test_nine_in_ten_is_bracketed(patrol: str) -> None:
    """Catches a bracket beside the closed form, or one of more than a fifth of it."""
    found = sized(0.9, patrol, "20:400", 160)
    enough = found.sufficient["monitors.eyes.count"].iloc[0]
    short = found.insufficient["monitors.eyes.count"].iloc[0]
    assert short < required(0.9, patrol) <= enough
    assert enough - short <= 0.2 * required(0.9, patrol)
