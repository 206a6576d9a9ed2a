"""Flights to confirm a report, against geometry worked out by hand on a straight line."""

import numpy as np
import pytest
from cue_scenarios import (
    AT_ONCE,
    DRONE,
    OTHERS,
    ROUNDING,
    TOLD,
    WEATHER,
    begun,
    until_just_before,
    way,
)
from mission_scenarios import Tables, made

from sim.engine.run import advance_world
from sim.rules.flight import CUED, ON_STATION, RETURNING, drone_point
from sim.rules.violation import CONFIRMED, CUEING, NOT_FOUND
from sim.scenario import Scenario
from sim.world.world import World


def who_goes(scenario: Scenario, world: World, v: int, t: float) -> int:
    """Return who is to be sent, by the rules of docs/mission.md; -1 for nobody."""
    hours = np.full(len(world.drones), np.inf)
    most_min = scenario.cueing.max_flight_min
    for d in np.flatnonzero(world.drones["stage"] == ON_STATION):
        post = world.posts[world.drones["post"][d]]
        name = list(scenario.monitors.values())[world.drones["group"][d]].platform
        platform = scenario.platforms[name]
        here, there, out_h = way(world, d, v, t)
        place = np.array([world.violations["x"][v], world.violations["y"][v]])
        if platform.confirms and np.hypot(*(place - here)) <= platform.radius_km:
            return -1  # it has seen it already
        if not platform.confirms or platform.speed_kmh == 0.0:
            continue
        if platform.grounded_by == "poor" and world.zones["weather"][world.violations["zone"][v]]:
            continue
        home_h = np.hypot(*(there - [post["base_x"], post["base_y"]])) / DRONE["transit_speed_kmh"]
        back_h = t + out_h + scenario.cueing.search_min / 60.0 + home_h
        left_h = world.drones["took_off"][d] + (platform.endurance_h or np.inf)
        if back_h <= left_h and out_h <= (most_min or np.inf) / 60.0:
            hours[d] = out_h
    return int(np.argmin(hours)) if np.isfinite(hours).any() else -1


CASES: dict[str, Tables] = {
    "never lands": {},
    "lands": {"platforms.drone.endurance_h": 3.0, "platforms.drone.turnaround_h": 0.5},
    "short flights": {"cueing.max_flight_min": 8.0},
    "weather": {"platforms.drone.grounded_by": "poor"},
}


@pytest.mark.parametrize("case", CASES)
def test_the_drone_that_is_first_in_position_goes(case: str) -> None:
    """Catches a nearer drone passed over, one that can not be home, a mast or an ear sent."""
    tables = {**TOLD, **OTHERS, **({"weather": WEATHER} if case == "weather" else {})}
    scenario = made(tables, violations__rate_per_day=12.0).with_values(CASES[case])
    world = begun(scenario)
    sent: list[bool] = []
    for v, t in enumerate(world.violations["onset"].tolist()):
        until_just_before(world, t)
        expected = who_goes(scenario, world, v, t)
        hours = way(world, expected, v, t)[2] if expected >= 0 else 0.0
        advance_world(world, t)
        assert world.cases["cued"][v] == expected, (v, t)
        assert (world.violations["status"][v] == CUEING) == (expected >= 0)
        if expected < 0:
            assert world.violations["called"][v] == t
        else:
            assert world.drones["stage_end"][expected] - t == pytest.approx(hours)
        sent.append(expected >= 0)
    assert 0.05 < np.mean(sent) < 0.9


def lone_flights(world: World, most: int = 20) -> list[tuple[int, float]]:
    """Return violations and onsets (h) with no other for four hours before and after."""
    onset = np.concatenate([[0.0], world.violations["onset"], [np.inf]])
    alone = (np.diff(onset)[:-1] > 4.0) & (np.diff(onset)[1:] > 4.0)
    return [(int(v), float(onset[v + 1])) for v in np.flatnonzero(alone)[:most]]


@pytest.mark.parametrize("patrol", ["shuttle", "circuit", "stream", "static"])
def test_a_drone_flies_straight_looks_and_comes_back_to_where_it_was(patrol: str) -> None:
    """Catches a wrong speed or place, and a patrol that is taken up elsewhere or turned round."""
    world = begun(made(TOLD, monitors__drones__patrol=patrol))
    flights = 0
    for v, t in lone_flights(world):
        until_just_before(world, t)
        here, there, out_h = way(world, 0, v, t)
        later = [drone_point(world, 0, t + ahead) for ahead in (0.0, 0.1, 1.0)]
        if out_h == 0.0:
            continue
        flights += 1
        advance_world(world, t + 0.5 * out_h)
        assert world.drones["stage"][0] == CUED
        assert drone_point(world, 0, t + 0.5 * out_h) == pytest.approx((here + there) / 2)
        advance_world(world, t + out_h + ROUNDING)
        assert world.cases["confirmed"][v] == pytest.approx(t + out_h)
        assert drone_point(world, 0, t + out_h) == pytest.approx(there)
        back_h = t + 2.0 * out_h
        advance_world(world, back_h - 1e-6)
        assert world.drones["stage"][0] == RETURNING
        advance_world(world, back_h + ROUNDING)
        assert world.drones["stage"][0] == ON_STATION
        found = [drone_point(world, 0, back_h + ahead) for ahead in (0.0, 0.1, 1.0)]
        assert found == pytest.approx(np.array(later), abs=1e-6)
    assert flights > 10


@pytest.mark.parametrize(("duration_min", "looks"), [(600.0, 5), (0.001, 0)], ids=["live", "over"])
def test_a_search_without_success_ends_on_time(duration_min: float, looks: int) -> None:
    """Catches a search that goes on, looks at what is over, or leaves the report unconfirmed."""
    scenario = made(TOLD, platforms__drone__look_chance=1e-12)
    world = begun(
        scenario.with_values({"violations.kinds.shelling.mean_duration_min": duration_min})
    )
    for v, t in lone_flights(world):
        until_just_before(world, t)
        out_h = way(world, 0, v, t)[2]
        if out_h == 0.0:
            continue
        over_h = t + out_h + 20.0 / 60.0
        advance_world(world, over_h - 1e-6)
        assert np.isnan(world.violations["called"][v])
        advance_world(world, over_h + ROUNDING)
        assert world.violations["grade"][v] == NOT_FOUND
        assert world.violations["called"][v] == pytest.approx(over_h)
        assert world.violations["looks"][v] == looks


def test_a_drone_is_called_off_when_the_report_is_confirmed() -> None:
    """Catches a drone that flies on, and a confirmed report that waits for it or is marked down."""
    radar = {**AT_ONCE, "delay_min": 3.0, "confirmed": True}
    world = begun(made({**TOLD, "reports": {"complaint": AT_ONCE, "radar": radar}}))
    called_off = 0
    for v, t in lone_flights(world):
        until_just_before(world, t)
        here, _, out_h = way(world, 0, v, t)
        if out_h <= 0.05:
            continue
        advance_world(world, t + 0.05 + ROUNDING)
        assert world.violations["called"][v] == pytest.approx(t + 0.05)
        assert world.violations["grade"][v] == CONFIRMED
        assert world.drones["stage"][0] == RETURNING
        assert world.drones["stage_end"][0] == pytest.approx(t + 0.1)
        advance_world(world, t + 0.1 + ROUNDING)
        assert drone_point(world, 0, t + 0.1) == pytest.approx(here)
        called_off += 1
    assert called_off > 10
