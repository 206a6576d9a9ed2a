"""Less is never better: measures when units, monitors or a nation are taken away."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.results.measures import MEASURES, measure
from sim.results.outcome import run_measures, run_world
from sim.scenario import Scenario
from sim.setup.plan import build_plan

SCENARIOS = 200
SEEDS = range(1, 6)
BETTER = {name: one.better for name, one in MEASURES.items() if one.better}
HELP = [name for name in BETTER if MEASURES[name].of == "grave"]
OVERLOAD = 0.6
"""Utilisation of units above which fewer reports really do shorten the queue of the others."""
SLACK = 0.01
"""How much better a share may get since the nearest unit is not always the best one to send."""


def random_tables(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a small scenario: some with too few units, some with a referee, some with sources."""
    kinds = {
        name: {"mean_duration_min": float(rng.choice([10.0, 40.0, 200.0])), "severity_weights": w}
        for name, w in (("fire", [3, 2, 1, 0, 0]), ("raid", [0, 1, 1, 1, 1]))
    }
    return {
        "title": "random",
        "run": {"duration_days": float(rng.choice([3.0, 8.0]))},
        "line": {"length_km": float(rng.choice([60.0, 200.0]))},
        "violations": {"rate_per_day": float(rng.choice([15.0, 60.0])), "kinds": kinds},
        "platforms": {
            "eye": {"speed_kmh": 90.0, "endurance_h": 9.0, "radius_km": 4.0,
                    "look_chance": float(rng.uniform(0.1, 0.9)), "attribution_chance": 0.5},
            "ear": {"radius_km": 8.0, "look_chance": 0.5, "confirms": False},
        },
        "monitors": {
            "eyes": {"platform": "eye", "count": int(rng.integers(2, 12)), "patrol": "shuttle"},
            "ears": {"platform": "ear", "count": int(rng.integers(1, 6)), "patrol": "static",
                     "nation": str(rng.choice(["United States", "Europe"]))},
        },
        "reports": {"parties": {"share": float(rng.uniform(0.05, 0.4)), "delay_min": 60.0}},
        "headquarters": {"referee": random_referee(rng)},
        "command": {"min_severity": int(rng.integers(1, 4)), "delay_min": 20.0},
        "dispatch": {"max_wait_h": [None, 6.0][int(rng.integers(2))],
                     "waiting_room": bool(rng.random() < 0.7)},
        "measures": {"standard_min": float(rng.choice([60.0, 240.0]))},
        "support": {"units": {"nation": "any", "count": int(rng.integers(2, 14)),
                              "on_scene_h": float(rng.choice([0.5, 3.0]))}},
    }  # fmt: skip


def random_referee(rng: np.random.Generator) -> dict[str, Any]:
    """Draw the station that rules: where it takes time, help is called sooner without it."""
    american = bool(rng.random() < 0.5)
    return {
        "task": "ruling",
        "nation": "United States" if american else "Europe",
        "desks": 6,
        "service_min": 0.0 if american else float(rng.choice([5.0, 20.0])),
    }


def without_us(tables: dict[str, Any]) -> dict[str, Any]:
    gone = {"engagement": "schedule", "schedule": [{"from_day": 0, "state": "withdrawn"}]}
    return {**tables, "united_states": gone}


def with_units(tables: dict[str, Any], count: int) -> dict[str, Any]:
    return {**tables, "support": {"units": {**tables["support"]["units"], "count": count}}}


def with_monitors(tables: dict[str, Any], count: int) -> dict[str, Any]:
    monitors = tables["monitors"]
    return {**tables, "monitors": {**monitors, "eyes": {**monitors["eyes"], "count": count}}}


def variants(tables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    units, eyes = tables["support"]["units"]["count"], tables["monitors"]["eyes"]["count"]
    yield "half the units", with_units(tables, units // 2)
    yield "no units", with_units(tables, 0)
    yield "half the drones", with_monitors(tables, eyes // 2)
    yield "no United States", without_us(tables)


def of_runs(tables: dict[str, Any]) -> dict[str, np.ndarray]:
    plan = build_plan(Scenario.from_dict(tables))
    runs = [run_measures(plan, seed) for seed in SEEDS]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def gain(name: str, before: np.ndarray, after: np.ndarray) -> float:
    """Return by how much a measure has got better, beyond five standard errors; 0 if undefined."""
    if MEASURES[name].unit == "min":  # a share of the follow-up window; never = the whole window
        before, after = (np.nan_to_num(x / 1440.0, nan=1.0) for x in (before, after))
    change = (after - before) * (1.0 if BETTER[name] == "higher" else -1.0)
    change = change[~np.isnan(change)]
    if len(change) < 2:
        return 0.0
    return float(change.mean() - 5.0 * change.std(ddof=1) / len(change) ** 0.5)


@pytest.mark.slow
def test_no_measure_gets_better_when_less_is_there() -> None:
    """Catches a share or a time that leaves out what is missed, waits or is lost."""
    rng, worse = np.random.default_rng(13), []
    for number in range(SCENARIOS):
        tables = random_tables(rng)
        base = of_runs(tables)
        overloaded = np.nanmean(base["unit_utilisation"]) > OVERLOAD
        for what, changed in variants(tables):
            other = of_runs(changed)
            fewer_reports = what in ("half the drones", "no United States")
            worse += [
                (number, what, name, base[name].mean(), other[name].mean())
                for name in BETTER
                if not (fewer_reports and overloaded and name in HELP)
                and gain(name, base[name], other[name]) > SLACK
            ]
    assert worse == []


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_the_end_of_a_run_does_not_move_a_share(part: float) -> None:
    """Catches a share that depends on how much of what is open the end of the run cuts off."""
    tables = with_units(random_tables(np.random.default_rng(4)), 30)  # enough: a steady state
    tables["run"] = {"duration_days": 40.0}
    long = build_plan(Scenario.from_dict(tables))
    short = build_plan(Scenario.from_dict({**tables, "run": {"duration_days": 40.0 * part}}))
    names = [name for name in BETTER if not name.endswith(("p50_min", "p90_min"))]
    runs = [
        [measure(plan, run_world(plan, seed)) for plan in (long, short)] for seed in range(1, 41)
    ]
    for name in names:
        change = np.array([after[name] - before[name] for before, after in runs])
        error = change.std(ddof=1) / len(change) ** 0.5
        assert abs(change.mean()) < 4.0 * error + 1e-9, name


def test_calls_that_wait_for_ever_are_not_answered() -> None:
    """Catches a saturated force that looks good: one unit serves 386 of 1,995 violations."""
    tables = {
        "title": "one unit", "run": {"duration_days": 100.0}, "line": {"length_km": 300.0},
        "violations": {"rate_per_day": 20.0, "kinds": {"shelling": {"mean_duration_min": 30.0}}},
        "monitors": {"male": {"platform": "male", "count": 200, "patrol": "shuttle"}},
        "support": {"patrols": {"nation": "France", "count": 1}},
    }  # fmt: skip
    shares = [
        np.mean([run_measures(build_plan(Scenario.from_dict(made)), 1)["answered_share"]])
        for made in (
            {**tables, "support": {"patrols": {"nation": "France", "count": n}}}
            for n in (1, 2, 4, 6)
        )
    ]
    assert shares == pytest.approx([0.19, 0.34, 0.66, 0.98], abs=0.01)
