"""Common random numbers: forces of every size meet the same candidates, weather and delays."""

from typing import Any

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, Tables, bits, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.results.outcome import run_world
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.world import World

DRAWN = (
    "onset",
    "end",
    "chainage",
    "offset",
    "threshold",
    "delay",
    "service_exponential",
    "service_normal",
    "calm_mark",
    "parent_mark",
    "kind",
    "severity",
    "side",
    "parent",
)
FIXED_LOSSES: Tables = {
    **RICH,
    "violations": {**RICH["violations"], "feedback": {"enabled": False}},
}
NEW_PLATFORM: Tables = {
    "speed_kmh": 70.0,
    "endurance_h": 4.0,
    "turnaround_h": 1.0,
    "radius_km": 3.0,
    "look_chance": 0.4,
    "loss_per_1000_h": 90.0,
    "jamming_loss_factor": 3.0,
}


def drawn(made: Scenario, seed: int = 7) -> World:
    return make_world(build_plan(made), seed)


@pytest.mark.parametrize(
    "values",
    [
        {"monitors.planes.count": 30},
        {"monitors.planes": False, "monitors.balloons.placement": "random"},
        {"support.near.count": 50, "support.far.count": 0},
        {"support.near": False},
        {"platforms.plane.loss_per_1000_h": 300.0},
        {"monitors.new": {"platform": "plane", "count": 4, "patrol": "static"}},
        {"dispatch.waiting_room": False, "command.min_severity": 5},
    ],
    ids=str,
)
def test_the_force_changes_no_candidate_no_weather_and_no_delay(values: dict[str, Any]) -> None:
    """Catches a stream that is shared with the force: sweeps would compare different luck."""
    base = drawn(scenario(RICH))
    other = drawn(scenario(RICH).with_values(values))
    assert bits(base.changes) == bits(other.changes)
    assert bits(base.zones) == bits(other.zones)
    assert bits(base.spells) == bits(other.spells)
    for name in DRAWN:
        assert base.violations[name].tobytes() == other.violations[name].tobytes(), name


def test_the_first_drones_of_a_larger_group_are_the_same() -> None:
    """Catches rows of luck that depend on how many drones come after."""
    tables = {**RICH, "monitors": {"planes": {**RICH["monitors"]["planes"], "posts": None}}}
    few, many = (drawn(scenario(tables, monitors__planes__count=n)) for n in (3, 11))
    assert np.array_equal(few.drones["cycle_share"], many.drones["cycle_share"][:3])
    assert np.array_equal(few.loss_hazard, many.loss_hazard[:3])
    for group in ("near", "far"):
        few, many = (drawn(scenario(RICH, **{f"support__{group}__count": n})) for n in (2, 9))
        chosen = [w.bases[w.bases["group"] == (group == "far")] for w in (few, many)]
        if group == "far":  # at random places
            assert np.array_equal(chosen[0]["x"], chosen[1]["x"][:2])


@pytest.mark.parametrize("seed", [1, 2])
def test_another_group_changes_no_luck_of_the_present_ones(seed: int) -> None:
    """Catches losses of a group that depend on the platforms of the others."""
    tables = {**FIXED_LOSSES, "platforms": {**FIXED_LOSSES["platforms"], "new": NEW_PLATFORM}}
    base = drawn(scenario(tables), seed)
    group = {"platform": "new", "count": 5, "patrol": "shuttle", "base_offset_km": 5.0}
    other = drawn(scenario(tables).with_values({"monitors.new": group}), seed)
    count = len(base.drones)
    assert np.array_equal(base.drones["cycle_share"], other.drones["cycle_share"][:count])
    lives = min(base.loss_hazard.shape[1], other.loss_hazard.shape[1])
    assert np.array_equal(base.loss_hazard[:, :lives], other.loss_hazard[:count, :lives])


GROUPS = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["plane", "hopper", "balloon", "new", "mast"]),
        "count": st.integers(1, 12),
        "from_km": st.sampled_from([None, 40.0, 90.0]),
        "to_km": st.sampled_from([110.0, 140.0]),
        "offset_km": st.sampled_from([-5.0, 0.0, 6.0]),
        "patrol": st.sampled_from(["shuttle", "circuit", "stream", "static"]),
        "placement": st.sampled_from(["even", "random"]),
    }
)
STATIC_ONLY = ("balloon", "mast")


def detected_h(made: Scenario, seed: int) -> np.ndarray:
    detected: np.ndarray = run_world(build_plan(made), seed).violations["detected"]
    return np.nan_to_num(detected, nan=np.inf)


@settings(max_examples=25)
@given(GROUPS, st.integers(0, 2**62))
def test_another_group_of_monitors_never_delays_a_detection(group: Tables, seed: int) -> None:
    """Catches monitors that get in each other's way: evidence only adds up, feedback being off."""
    if group["platform"] in STATIC_ONLY or group["placement"] == "random":
        group = {**group, "patrol": "static"}
    if group["platform"] == "hopper":
        group = {**group, "from_km": 90.0, "to_km": 100.0}
    tables = {**FIXED_LOSSES, "platforms": {**FIXED_LOSSES["platforms"], "new": NEW_PLATFORM}}
    tables["platforms"]["mast"] = {"radius_km": 6.0, "look_chance": 0.3, "look_interval_min": 5.0}
    if group["platform"] == "new":
        group = {**group, "count": 6, "from_km": 60.0}
    before = detected_h(scenario(tables), seed)
    after = detected_h(scenario(tables).with_values({"monitors.added": group}), seed)
    assert np.all(after <= before)


def test_more_drones_see_more() -> None:
    """Catches a force that sees less the more groups it has, down to no force at all."""
    rates = []
    for groups in range(5):
        made = scenario(TINY, run__duration_days=10.0)
        eyes = {"platform": "eye", "count": 2, "patrol": "shuttle"}
        added = {f"monitors.eyes{k}": eyes for k in range(groups)}
        world = run_world(build_plan(made.with_values({"monitors.eyes": False, **added})), 3)
        rates.append(int(np.isfinite(world.violations["detected"]).sum()))
    assert rates[0] == 0
    assert np.all(np.diff(rates) > 0)
