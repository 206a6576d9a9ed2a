"""Flights to confirm a report, against geometry worked out by hand on a straight line."""

import numpy as np
import pytest
from engine_scenarios import everything, run_in_cuts
from mission_scenarios import SHELLING, Floats, Tables, made

from sim.agents.flight import CUED, INBOUND, ON_STATION, RETURNING, drone_point
from sim.agents.violation import CONFIRMED, CUEING, NOT_FOUND, UNCONFIRMED
from sim.engine.plan import build_plan
from sim.engine.world import advance_world, make_world, start_world
from sim.kernel.world import World
from sim.model import CeasefireModel
from sim.outcome import simulate
from sim.scenario import Scenario

ROUNDING = 1e-9
AT_ONCE: Tables = {"share": 1.0, "delay": "fixed", "delay_min": 0.0}
DRONE: Tables = {
    "speed_kmh": 60.0,
    "transit_speed_kmh": 120.0,
    "radius_km": 2.0,
    "look_chance": 1.0,
    "look_interval_min": 4.5,
}
TOLD: Tables = {
    "title": "every violation is complained about at once, and a drone goes to see",
    "run": {"duration_days": 30.0},
    "line": {"length_km": 100.0, "sectors": 2},
    "violations": {
        "rate_per_day": 3.0,
        "kinds": {
            "shelling": {**SHELLING, "duration": "fixed", "mean_duration_min": 600.0},
        },
    },
    "platforms": {"drone": DRONE},
    "monitors": {
        "drones": {
            "platform": "drone",
            "count": 1,
            "patrol": "shuttle",
            "base_offset_km": 20.0,
            "nation": "Poland",
        }
    },
    "reports": {"complaint": AT_ONCE},
    "cueing": {"enabled": True, "search_min": 20.0},
    "support": {"units": {"nation": "any", "count": 4}},
}
OTHERS: Tables = {
    "platforms": {
        "drone": DRONE,
        "mast": {**DRONE, "speed_kmh": 0.0, "radius_km": 3.0},
        "ear": {**DRONE, "confirms": False},
    },
    "monitors": {
        "masts": {"platform": "mast", "count": 5, "patrol": "static", "nation": "Poland"},
        "ears": {"platform": "ear", "count": 5, "patrol": "shuttle", "nation": "Poland"},
        "drones": {**TOLD["monitors"]["drones"], "count": 2},
    },
}
WEATHER: Tables = {
    "enabled": True,
    "zones": 2,
    "bad_share_by_month": [0.3] * 12,
    "correlation_time_h": 6.0,
    "front_zone_share": 0.6,
}


def begun(scenario: Scenario, seed: int = 1) -> World:
    world = make_world(build_plan(scenario), seed)
    start_world(world)
    return world


def until_just_before(world: World, t: float) -> None:
    advance_world(world, float(np.nextafter(t, 0.0)))


def way(world: World, d: int, v: int, t: float) -> tuple[Floats, Floats, float]:
    """Return where a drone is, where it has the place in view, and the hours between."""
    here = np.array(drone_point(world, d, t))
    place = np.array([world.violations["x"][v], world.violations["y"][v]])
    away_km = float(np.hypot(*(place - here)))
    way_km = max(0.0, away_km - DRONE["radius_km"])
    return here, here + (place - here) * way_km / away_km, way_km / DRONE["transit_speed_kmh"]


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


def test_a_drone_flies_straight_looks_and_comes_back_to_where_it_was() -> None:
    """Catches a wrong speed or place, and a patrol that is taken up elsewhere or turned round."""
    world = begun(made(TOLD))
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


BREAKS: dict[str, Tables] = {
    "loss": {"platforms": {"drone": {**DRONE, "loss_per_1000_h": 50.0, "replacement_days": 0.1}}},
    "weather": {"platforms": {"drone": {**DRONE, "grounded_by": "poor"}}, "weather": WEATHER},
}


@pytest.mark.parametrize("case", BREAKS)
def test_the_report_goes_on_unconfirmed_when_the_flight_breaks_off(case: str) -> None:
    """Catches a report that is lost with its drone, held up, or marked as not found."""
    scenario = made({**TOLD, **BREAKS[case]}, violations__rate_per_day=30.0)
    scenario = scenario.with_values({"monitors.drones.count": 2, "run.duration_days": 100.0})
    sorties = simulate(scenario).sorties
    world = begun(scenario)
    lost = sorties.loc[sorties["end"] == "lost", "landed_h"].sort_values()
    broken = 0
    for t in lost if case == "loss" else world.changes["time"].tolist():
        until_just_before(world, t)
        cued = world.drones["cue"].copy()
        advance_world(world, t)
        grounded = world.zones["weather"][world.posts["zone"][world.drones["post"]]] > 0
        for d in np.flatnonzero(cued >= 0):
            ended = grounded[d] if case == "weather" else world.drones["stage"][d] == 5
            assert (world.drones["cue"][d] < 0) == ended
            if ended:
                assert world.violations["called"][cued[d]] == t
                assert world.violations["grade"][cued[d]] == UNCONFIRMED
                broken += 1
    assert broken >= 3


@pytest.mark.parametrize("how", ["retasked", "switched off"])
def test_a_drone_taken_away_gives_its_report_back(how: str) -> None:
    """Catches a re-tasked or called-home drone that keeps its report, or goes on with it."""
    suspended = [{"from_day": 0.0, "state": "engaged"}, {"from_day": 5.0, "state": "suspended"}]
    us = {"engagement": "schedule", "schedule": suspended}
    scenario = made({**TOLD, "united_states": us}, violations__rate_per_day=60.0)
    scenario = scenario.with_values(
        {
            "monitors.drones.nation": "United States",
            "platforms.drone.look_chance": 1e-12,
            "cueing.search_min": 1e4,
        }
    )
    model = CeasefireModel(scenario, rng=1, step_minutes=1.0)
    drone = model.drones[0]
    while model.hours < 119.5 if how == "switched off" else drone.stage != "cued":
        model.step()
    v = int(drone.record["cue"])
    assert v >= 0
    if how == "retasked":
        drone.retask(10.0, 20.0)
    else:
        advance_world(model.world, 120.0)
        assert drone.record["stage"] == INBOUND
    assert drone.record["cue"] == -1
    assert model.world.violations["called"][v] == model.hours
    assert model.world.violations["grade"][v] == UNCONFIRMED


def test_a_drone_away_sees_nothing_else() -> None:
    """Catches detections on the way to a report and back."""
    scenario = made({**TOLD, **OTHERS}, violations__rate_per_day=40.0)
    ended = simulate(scenario).world.violations
    world = begun(scenario)
    of_drones = np.flatnonzero(ended["detector"] >= 10)
    stages: set[int] = set()
    for v in of_drones[np.argsort(ended["detected"][of_drones])]:
        t, d = float(ended["detected"][v]), int(ended["detector"][v])
        until_just_before(world, t)
        drone = world.drones[d]
        stages.add(int(drone["stage"]))
        back = drone["stage"] == RETURNING and drone["stage_end"] == t
        assert drone["stage"] == ON_STATION or drone["cue"] == v or back
    assert len(of_drones) > 50
    assert len(stages) > 1


@pytest.mark.parametrize("endurance_h", [3.0, 5.0])
def test_after_a_search_the_drone_goes_home_when_its_time_is_short(endurance_h: float) -> None:
    """Catches a flight beyond the endurance, and one cut short though there was time to return."""
    flying = {**DRONE, "endurance_h": endurance_h, "turnaround_h": 0.5, "look_chance": 1e-12}
    scenario = made({**TOLD, "platforms": {"drone": flying}}, violations__rate_per_day=20.0)
    world = begun(scenario.with_values({"cueing.max_flight_min": 60.0}))
    drone, post = world.drones[0], world.posts[0]
    left, searched_h, after = np.zeros(2), np.nan, []
    for t in np.arange(0.0, 720.0, 0.005):
        advance_world(world, float(t))
        if drone["stage"] == CUED:
            left, there = np.array([drone["x0"], drone["y0"]]), np.array([drone["x1"], drone["y1"]])
            searched_h = drone["stage_end"] + 20.0 / 60.0
        elif 0.0 < t - searched_h <= 0.005 and drone["stage"] in (RETURNING, INBOUND):
            back_h = searched_h + np.hypot(*(there - left)) / DRONE["transit_speed_kmh"]
            in_time = back_h + post["return_h"] <= drone["took_off"] + endurance_h
            assert (drone["stage"] == RETURNING) == in_time
            after.append(bool(in_time))
    assert {True, False} == set(after)
    rows = simulate(scenario.with_values({"cueing.max_flight_min": 60.0})).sorties.dropna()
    assert np.all(rows["landed_h"] - rows["launched_h"] <= endurance_h + ROUNDING)


def test_a_run_does_not_depend_on_how_it_is_cut() -> None:
    """Catches a flight to a report whose course depends on when the engine is stopped."""
    tables = {**TOLD, **OTHERS, "weather": WEATHER}
    values = {**CASES["lands"], **CASES["weather"], "violations.rate_per_day": 30.0}
    plan = build_plan(made(tables).with_values(values))
    whole = run_in_cuts(plan, 3, np.array([]))
    cut = run_in_cuts(plan, 3, np.sort(np.random.default_rng(1).uniform(0.0, 720.0, 2000)))
    assert everything(cut) == everything(whole)
    assert cut.cases.tobytes() == whole.cases.tobytes()
