"""Looks: when they come, how many, and what they add up to."""

from itertools import pairwise
from threading import Thread

import numpy as np
import pytest
from engine_scenarios import TINY, Tables, scenario

from sim.engine.run import advance_world, start_world
from sim.setup.draw import make_world
from sim.setup.grid import cell_at
from sim.setup.plan import Plan, build_plan
from sim.world.world import PER_VIOLATION, World

BLIND: Tables = {
    **TINY,
    "line": {"length_km": 100.0},
    "violations": {
        "rate_per_day": 0.0,
        "kinds": {"camp": {"mean_duration_min": 60.0, "duration": "fixed"}},
    },
    "platforms": {"eye": {"speed_kmh": 50.0, "radius_km": 5.0, "look_chance": 1e-12}},
    "monitors": {"eyes": {"platform": "eye", "count": 1, "patrol": "shuttle"}},
    "support": {},
}
"""One drone whose looks hardly ever detect: the looks themselves can be counted."""


def with_violation(plan: Plan, onset_h: float, end_h: float, at: tuple[float, float]) -> World:
    """Return a started world with one violation, placed by hand."""
    world = make_world(plan, 1)
    lively = build_plan(plan.scenario.with_values({"violations.rate_per_day": 100.0}))
    drawn = make_world(lively, 1)
    row = drawn.violations[:1].copy()
    row["onset"], row["end"], row["threshold"] = onset_h, end_h, np.inf
    row["x"], row["y"] = at
    row["chainage"], row["offset"] = at
    row["cell"] = cell_at(*at, plan.grid.frame)
    row["zone"] = row["sector"] = row["line_cell"] = 0
    world.put("violations", row)
    for name in PER_VIOLATION:
        world.put(name, getattr(drawn, name)[:1].copy())
    start_world(world)
    return world


def looks_until(world: World, until_h: float) -> int:
    advance_world(world, until_h)
    return int(world.violations["looks"][0])


def visits_of_shuttle(start_km: float, at_km: float, onset_h: float, until_h: float) -> list[float]:
    """Return the times of entry into view of a 100 km shuttle at 50 km/h with 5 km radius."""
    times = []
    for lap in range(int(until_h / 4.0) + 2):
        for path in (at_km, 200.0 - at_km):
            middle = (path - start_km) / 50.0 + 4.0 * lap
            entry, leave = middle - 0.1, middle + 0.1
            if leave > onset_h and entry <= until_h:
                times.append(max(entry, onset_h))
    return sorted(times)


@pytest.mark.parametrize("at_km", [30.0, 50.0, 81.7])
def test_one_look_a_pass(at_km: float) -> None:
    """Catches passes that are missed, or looked at twice, over half a year of shuttling."""
    plan = build_plan(scenario(BLIND, run__duration_days=180.0))
    world = with_violation(plan, 1.0, 4320.0, (at_km, 1e-9))
    start = float(world.drones["cycle_share"][0]) * 200.0
    for until in (10.0, 100.0, 4319.0):
        expected = visits_of_shuttle(start, at_km, 1.0, until)
        assert looks_until(world, until) == len(expected)


@pytest.mark.parametrize("speed", [50.0, 250.0, 800.0])
def test_one_look_a_pass_over_ten_years(speed: float) -> None:
    """Catches rounding of large times that turns the end of a pass into a second look."""
    values = {"run__duration_days": 3650.0, "platforms__eye__speed_kmh": speed}
    plan = build_plan(scenario(BLIND, **values))
    world = with_violation(plan, 0.0, 90000.0, (37.3, 1e-9))
    laps = 87600.0 * speed / 200.0
    # in a thread of its own: rounding once made the engine look for ever at the same instant
    thread = Thread(target=advance_world, args=(world, 87600.0), daemon=True)
    thread.start()
    thread.join(15.0)
    assert not thread.is_alive()
    assert world.violations["looks"][0] == pytest.approx(2.0 * laps, abs=2.0)


def test_looks_within_a_pass_come_every_interval() -> None:
    """Catches looks that keep no interval, or go on beyond the rim of the footprint."""
    plan = build_plan(scenario(BLIND, platforms__eye__look_interval_min=3.5))
    world = with_violation(plan, 0.0, 48.0, (50.0, 1e-9))
    start = float(world.drones["cycle_share"][0]) * 200.0
    # 12 minutes in view: looks on entry and after 3.5, 7 and 10.5 minutes
    entries = [t for t in visits_of_shuttle(start, 50.0, 0.0, 48.0) if t > 0.0]
    first = looks_until(world, entries[0] - 1e-6)
    for entry, following in pairwise(entries):
        for number, minute in enumerate((0.0, 3.5, 7.0, 10.5)):
            looks = looks_until(world, entry + minute / 60.0 - 1e-6)
            assert looks == first + number
            assert looks_until(world, entry + minute / 60.0 + 1e-6) == looks + 1
        assert looks_until(world, following - 1e-6) == first + 4
        first += 4


def test_a_violation_that_is_over_is_not_looked_at() -> None:
    """Catches looks before the onset, or at and after the end."""
    plan = build_plan(scenario(BLIND, platforms__eye__look_interval_min=1.0))
    world = make_world(plan, 1)
    start = float(world.drones["cycle_share"][0]) * 200.0
    entry = next(t for t in visits_of_shuttle(start, 50.0, 0.0, 9.0) if t > 1.0)
    world = with_violation(plan, entry - 1.0, entry + 2.5 / 60.0, (50.0, 1e-9))
    assert looks_until(world, entry - 1e-6) == 0
    assert looks_until(world, 48.0) == 3


def test_evidence_adds_up_over_looks_and_conditions() -> None:
    """Catches factors of night, weather and jamming that are forgotten, or applied twice."""
    factors = {
        "platforms__eye__look_chance": 0.5,
        "platforms__eye__night_factor": 0.8,
        "platforms__eye__poor_weather_factor": 0.6,
        "platforms__eye__jamming_factor": 0.4,
    }
    plan = build_plan(scenario(BLIND, **factors))
    for weather, jammed, noon, chance in (
        (0, 0, True, 0.5),
        (1, 0, True, 0.3),
        (2, 0, True, 0.3),
        (0, 1, True, 0.2),
        (1, 1, False, 0.5 * 0.8 * 0.6 * 0.4),
        (0, 0, False, 0.4),
    ):
        middle = 12.0 if noon else 24.0
        world = with_violation(plan, middle - 2.0, middle + 2.0, (50.0, 1e-9))
        world.zones["weather"], world.spells["jammed"] = weather, jammed
        looks = looks_until(world, middle + 2.0)
        assert looks >= 2
        evidence = float(world.violations["evidence"][0])
        assert evidence == pytest.approx(-looks * np.log1p(-chance))


def test_a_sure_look_detects_and_a_hopeless_one_never_does() -> None:
    """Catches infinite or undefined evidence at chances of one and zero."""
    for chance, expected in ((1.0, True), (0.0, False)):
        plan = build_plan(scenario(BLIND, platforms__eye__look_chance=chance))
        world = with_violation(plan, 0.0, 48.0, (50.0, 1e-9))
        world.violations["threshold"] = 37.0
        advance_world(world, 48.0)
        assert np.isfinite(world.violations["detected"][0]) == expected


def test_night_runs_from_eight_to_six() -> None:
    """Catches a night at other hours, or one that is forgotten after the first day."""
    values = {
        "platforms__eye__look_chance": 0.5,
        "platforms__eye__night_factor": 0.0,
        "platforms__eye__radius_km": 200.0,
        "platforms__eye__look_interval_min": 30.0,
    }
    plan = build_plan(scenario(BLIND, **values))
    world = with_violation(plan, 0.25, 48.0, (50.0, 1e-9))
    by_day = 0
    for look in np.arange(0.25, 47.9, 0.5):
        advance_world(world, float(look) + 0.01)
        by_day += 6.0 <= look % 24.0 < 20.0
        evidence = float(world.violations["evidence"][0])
        assert evidence == pytest.approx(by_day * np.log(2.0))


def test_a_footprint_far_wider_than_the_line_sees_what_lies_far_from_it() -> None:
    """Catches a far violation that falls out of the grid although a wide footprint covers it."""
    values = {"platforms__eye__radius_km": 150.0, "violations__max_offset_km": 200.0}
    plan = build_plan(scenario(BLIND, **values))
    for offset in (-120.0, -70.0, 70.0, 120.0):
        world = with_violation(plan, 0.0, 48.0, (50.0, offset))
        assert looks_until(world, 48.0) >= 1, offset
