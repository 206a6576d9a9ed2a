"""Looks at the end of what they are taken in: rounding decides nothing."""

import numpy as np
import pytest
from engine_scenarios import Tables

from sim.results.outcome import run_world
from sim.scenario import Scenario
from sim.setup.plan import build_plan

HARDLY = 1e-9
"""Chance of a look that does not detect, so that all looks can be counted."""


def looks_taken(tables: Tables, seeds: int = 2) -> list[int]:
    """Return the numbers of looks at a violation that occur, of those over by the end."""
    plan = build_plan(Scenario.from_dict(tables))
    found: set[int] = set()
    for seed in range(seeds):
        rows = run_world(plan, seed).violations
        found |= set(rows["looks"][rows["end"] < plan.horizon_h].tolist())
    return sorted(found)


def watched(eye: Tables, duration_min: float, **group: object) -> Tables:
    """Return a scenario of incidents of one length near the middle of 100 km, and one eye."""
    return {
        "title": "looks to be counted",
        "run": {"duration_days": 400.0},
        "line": {"length_km": 100.0},
        "violations": {
            "rate_per_day": 5.0,
            "kinds": {"incident": {"mean_duration_min": duration_min, "duration": "fixed"}},
            "hot_spots": {"middle": {"chainage_km": 50.0, "share": 1.0, "spread_km": 1.0}},
        },
        "platforms": {"eye": {"look_chance": HARDLY, **eye}},
        "monitors": {"eye": {"platform": "eye", "count": 1, **group}},
    }


@pytest.mark.parametrize(
    ("interval_min", "duration_min", "looks"),
    [(10.0, 60.0, 6), (5.0, 30.0, 6), (1.0, 10.0, 10), (15.0, 60.0, 4), (7.0, 49.0, 7)],
)
def test_a_look_due_when_the_violation_ends_is_not_taken(
    interval_min: float, duration_min: float, looks: int
) -> None:
    """Catches a number of looks that depends on the rounding of onset plus intervals."""
    eye = {"radius_km": 60.0, "look_interval_min": interval_min}
    assert looks_taken(watched(eye, duration_min, patrol="static")) == [looks]


def test_a_look_due_when_the_place_goes_out_of_view_is_not_taken() -> None:
    """Catches passes of 6 minutes with 4 looks instead of 3, 2 minutes apart, by rounding."""
    eye = {"speed_kmh": 100.0, "radius_km": 5.0, "look_interval_min": 2.0}
    # ten passes in ten hours; one that the onset falls into is cut in two, with a look more
    assert looks_taken(watched(eye, 600.0, patrol="stream")) == [30, 31]


@pytest.mark.parametrize("speed_kmh", [50.0, 0.0], ids=["patrols", "stands still on patrol"])
@pytest.mark.parametrize(("interval_min", "search_min", "looks"), [(5.0, 20.0, 4), (2.0, 20.0, 10)])
def test_a_look_due_when_the_search_ends_is_not_taken(
    interval_min: float, search_min: float, looks: int, speed_kmh: float
) -> None:
    """Catches searches with one look more than others, and a platform that is never sent at all."""
    rover = {
        "speed_kmh": speed_kmh,
        "transit_speed_kmh": 100.0,
        "radius_km": 2.0,
        "look_chance": HARDLY,
        "look_interval_min": interval_min,
    }
    tables = watched({"radius_km": 60.0, "confirms": False, "look_chance": 1.0}, 600.0)
    tables["monitors"]["eye"]["patrol"] = "static"
    tables["violations"]["hot_spots"]["middle"]["chainage_km"] = 80.0
    tables["platforms"]["rover"] = rover
    tables["monitors"]["rover"] = {"platform": "rover", "count": 20, "posts": 1, "patrol": "static"}
    tables["cueing"] = {"enabled": True, "search_min": search_min}
    world = run_world(build_plan(Scenario.from_dict(tables)), 1)
    searched = (world.cases["cued"] >= 0) & (world.violations["grade"] == 2)
    assert searched.sum() > 500
    # the first look is that of the eye
    assert set((world.violations["looks"][searched] - 1).tolist()) == {looks}


def test_a_look_at_nightfall_is_a_look_by_night() -> None:
    """Catches looks at 20:00 and 06:00 sharp, counted from midnight, that rounding moves."""
    blind_by_night = {"radius_km": 60.0, "look_interval_min": 10.0, "night_factor": 0.0}
    blind_by_night["look_chance"] = chance = 1e-6
    tables = watched(blind_by_night, 60.0 * 24.0 * 30.0, patrol="static", from_day=20.0)
    tables["run"]["duration_days"] = 25.0
    rows = run_world(build_plan(Scenario.from_dict(tables)), 1).violations
    since = (rows["onset"] < 480.0) & (rows["end"] > 600.0)
    # 6 looks an hour, 14 hours a day, 5 days; those at 06:00 are by day, those at 20:00 are not
    assert since.sum() > 20
    by_day = rows["evidence"][since] / -np.log1p(-chance)
    assert by_day == pytest.approx(6 * 14 * 5)


@pytest.mark.parametrize("max_wait_h", [2.0, 2.0 + 1e-3, 2.0 - 1e-3])
def test_a_unit_ready_when_a_call_expires_still_goes(max_wait_h: float) -> None:
    """Catches calls given up, or not, by the rounding of equal times: two calls of one moment."""
    reports = {"radar": {"share": 1.0, "delay": "fixed", "delay_min": 0.0, "confirmed": True}}
    tables = {
        "title": "a unit is back after two hours",
        "run": {"duration_days": 200.0},
        "line": {"length_km": 100.0},
        "violations": {
            "rate_per_day": 2.0,
            "kinds": {"incident": {"mean_duration_min": 1.0}},
            "hot_spots": {"middle": {"chainage_km": 50.0, "share": 1.0, "spread_km": 1e-300}},
        },
        "reports": reports,
        "headquarters": {
            "ruling": {
                "task": "ruling",
                "nation": "United States",
                "desks": 9,
                "service_min": 0.0,
                "while_closed": "wait",
            }
        },
        "united_states": {
            "engagement": "schedule",
            "schedule": [
                {"from_day": float(day), "state": "engaged" if day % 2 else "suspended"}
                for day in range(200)
            ],
        },
        "support": {
            "unit": {
                "nation": "any",
                "count": 1,
                "base_offset_km": 0.0,
                "readiness_min": 10.0,
                "on_scene_h": 110.0 / 60.0,
            }
        },
        "dispatch": {"max_wait_h": max_wait_h},
    }
    rows = run_world(build_plan(Scenario.from_dict(tables)), 1).violations
    waited_h = rows["dispatched"] - rows["called"]
    together = np.isclose(waited_h, 2.0, atol=1e-6)
    assert together.any() == (max_wait_h >= 2.0)
    # nobody waits longer than is allowed, and so nobody waits for the third turn
    assert np.nanmax(waited_h) <= max_wait_h + 1e-6
