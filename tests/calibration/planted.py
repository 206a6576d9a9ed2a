"""Processes with known parameters, and the records that the engine draws from them."""

from datetime import date

import numpy as np

from sim.calibration import Calibration, Counts, Estimate, Events, Residuals
from sim.calibration.result import Daily
from sim.scenario import Scenario

FIRST = date(2021, 1, 1)
NONE = np.empty(0)
WEIGHTS = [0.5] * 6 + [1.0] * 12 + [1.5] * 6


def planted(values: dict[str, float], phase_days: tuple[int, ...] = (0,)) -> Calibration:
    """Return a calibration that says these values, as if they had been fitted."""
    estimates = tuple(Estimate(key, value, value, value, "") for key, value in values.items())
    return Calibration(
        record="planted: none", number=0, model="planted", estimates=estimates, log_likelihood=0.0,
        confidence=0.95, residuals=Residuals(NONE, "", 0.0, 1.0),
        daily=Daily(NONE, NONE, NONE, NONE, NONE), first_day=FIRST.isoformat(),
        phase_days=phase_days,
    )  # fmt: skip


def empty_days(days: int) -> Counts:
    """Return the days of a record, with gaps: each fourth day is missing."""
    start = np.array([day for day in range(days) if day % 4 != 3])
    return Counts("counts.csv", FIRST, start, np.ones_like(start), np.zeros_like(start))


def empty_events(days: int) -> Events:
    return Events("events.csv", FIRST, days, NONE, NONE, NONE, NONE)


def hours(weights: list[float]) -> dict[str, float]:
    return {f"hour_weights.{hour}": weight for hour, weight in enumerate(weights)}


def spotted_scenario() -> Scenario:
    """Return a scenario of two hot spots on a straight line."""
    return Scenario.from_dict(
        {
            "title": "Two hot spots",
            "question": "Are they found?",
            "line": {"length_km": 300.0},
            "violations": {
                "rate_per_day": 1.0,
                "kinds": {"fire": {"mean_duration_min": 10.0}},
                "hot_spots": {
                    "west": {"chainage_km": 8.0, "share": 0.1, "spread_km": 6.0},
                    "east": {"chainage_km": 200.0, "share": 0.1, "spread_km": 4.0},
                },
            },
        }
    )


TIMED = {
    "rate_per_day": 12.0,
    "overdispersion_k": 2.0,
    "branching_ratio": 0.3,
    "offspring_decay_h": 1.5,
    **hours(WEIGHTS),
}
PLACED = {
    **TIMED,
    "offspring_spread_km": 1.5,
    "hot_spots.west.share": 0.3,
    "hot_spots.east.share": 0.2,
}
COUNTED = {"rate_per_day": 30.0, "phases.1.factor": 4.0, "overdispersion_k": 1.5,
           "branching_ratio": 0.0}  # fmt: skip
