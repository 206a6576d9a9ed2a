"""How flights to confirm a report break off, and how they end."""

import numpy as np
import pytest
from cue_scenarios import (
    DRONE,
    OTHERS,
    ROUNDING,
    TOLD,
    WEATHER,
    begun,
    until_just_before,
)
from engine_scenarios import bits, everything, run_in_cuts
from mission_scenarios import Tables, made

from sim.engine.run import advance_world
from sim.mesa.model import CeasefireModel
from sim.results.outcome import simulate
from sim.rules.flight import CUED, INBOUND, ON_STATION, RETURNING
from sim.rules.violation import UNCONFIRMED
from sim.setup.plan import build_plan

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
    values = {
        "platforms.drone.endurance_h": 3.0,
        "platforms.drone.turnaround_h": 0.5,
        "platforms.drone.grounded_by": "poor",
        "violations.rate_per_day": 30.0,
    }
    plan = build_plan(made(tables).with_values(values))
    whole = run_in_cuts(plan, 3, np.array([]))
    cut = run_in_cuts(plan, 3, np.sort(np.random.default_rng(1).uniform(0.0, 720.0, 2000)))
    assert everything(cut) == everything(whole)
    assert bits(cut.cases) == bits(whole.cases)
