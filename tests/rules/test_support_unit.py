"""Dispatch, the queue, the way there and back."""

import numpy as np
import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, Tables, rich_on_the_real_line, scenario, unit_intervals

from sim.engine.run import advance_world, make_room, start_world
from sim.kernel.instants import SAME_H
from sim.mesa.model import CeasefireModel
from sim.results.outcome import Outcome, simulate
from sim.rules.dispatch import forward_point
from sim.rules.support_unit import answer_call
from sim.rules.violation import EXPIRED, LOST, WAITING
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.world import World

SCARCE: Tables = {
    **RICH,
    "violations": {**RICH["violations"], "rate_per_day": 90.0, "feedback": {"enabled": False}},
    "weather": {"enabled": False},
}
"""More calls than units: most of them wait."""


def group_of(outcome: Outcome, unit: str) -> int:
    row = outcome.plan.support.names.index(unit)
    return int(outcome.world.bases["group"][outcome.world.units["base"][row]])


def calls_of(outcome: Outcome) -> pd.DataFrame:
    rows = outcome.violations
    calls = rows[rows["called_h"].notna()].copy()
    calls["kind_code"] = [outcome.plan.kinds.index(kind) for kind in calls["kind"]]
    return calls


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_queue_takes_the_gravest_then_the_oldest(seed: int) -> None:
    """Catches a queue in another order, or a unit sent to a call that it does not answer."""
    outcome = simulate(scenario(SCARCE), seed)
    calls = calls_of(outcome)
    fits = outcome.plan.support.fits
    longest = outcome.scenario.dispatch.max_wait_h or np.inf
    left = calls["dispatched_h"].fillna(calls["called_h"] + longest)
    sent = calls[calls["dispatched_h"].notna()]
    waited = sent[sent["dispatched_h"] > sent["called_h"]]
    assert len(waited) > 50
    for _, row in waited.iterrows():
        group = group_of(outcome, str(row["unit"]))
        assert fits[group, row["kind_code"]]
        now = row["dispatched_h"]
        fit = fits[group][calls["kind_code"].to_numpy()]
        rivals = calls[(calls["called_h"] < now) & (left > now) & fit]
        graver = rivals["severity"] > row["severity"]
        older = (rivals["severity"] == row["severity"]) & (rivals["called_h"] < row["called_h"])
        assert not (graver | older).any()


def busy_at(outcome: Outcome, kind: int, at: np.ndarray) -> np.ndarray:
    """Return how many fitting units are busy just after each time, and count all of them."""
    busy = unit_intervals(outcome.violations, outcome.plan, outcome.world)
    busy = busy[outcome.plan.support.fits[busy["group"].to_numpy(), kind]]
    start, end = busy["dispatched_h"].to_numpy(), busy["home_h"].to_numpy()
    return ((start[None] <= at[:, None]) & (at[:, None] < end[None] - 1e-9)).sum(axis=1)


@pytest.mark.parametrize("waiting_room", [True, False])
def test_calls_wait_or_are_lost_only_when_all_fitting_units_are_busy(waiting_room: bool) -> None:
    """Catches an idle unit that is overlooked, or a busy one that is sent."""
    values = {"dispatch__waiting_room": waiting_room, "violations__rate_per_day": 30.0}
    outcome = simulate(scenario(SCARCE, **values), 2)
    calls = calls_of(outcome)
    world = outcome.world
    group = world.bases["group"][world.units["base"]]
    for kind in range(len(outcome.plan.kinds)):
        units = int(outcome.plan.support.fits[group, kind].sum())
        mine = calls[calls["kind_code"] == kind]
        at = mine["called_h"].to_numpy()
        busy = busy_at(outcome, kind, at)
        at_once = (mine["dispatched_h"] == mine["called_h"]).to_numpy()
        assert np.all(busy[at_once] <= units)
        assert np.all(busy[~at_once] == units)
        assert at_once.any()
        assert (~at_once).any()
        if not waiting_room:
            assert set(mine["status"][~at_once]) == {"lost"}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("real", [False, True])
def test_no_unit_serves_two_calls_at_once(seed: int, real: bool) -> None:
    """Catches a unit that is sent out while on the road, on the scene or on its way home."""
    outcome = simulate(rich_on_the_real_line() if real else scenario(SCARCE), seed)
    busy = unit_intervals(outcome.violations, outcome.plan, outcome.world)
    following = busy.groupby("unit", observed=True)["dispatched_h"].shift(-1)
    assert (following.dropna() >= busy["home_h"][following.notna()] - 1e-9).all()
    trips = busy.groupby("unit", observed=True).size()
    units = outcome.units.set_index("unit")
    assert (trips == units["trips"][trips.index]).all()
    end = outcome.plan.horizon_h
    hours = (busy["home_h"].clip(upper=end) - busy["dispatched_h"]).groupby(busy["unit"]).sum()
    assert hours.to_numpy() == pytest.approx(units["busy_h"][hours.index].to_numpy())


def test_where_travel_is_not_busy_only_the_time_on_the_scene_counts() -> None:
    """Catches a unit that stays busy on the road although the scenario says it does not."""
    values = {"dispatch__travel_is_busy": False, "support__units__count": 1}
    made = scenario(TINY, **values, support__units__on_scene_h=0.25, run__duration_days=20.0)
    outcome = simulate(made, 1)
    sent = outcome.violations.dropna(subset="dispatched_h").sort_values("dispatched_h")
    gaps = np.diff(sent["dispatched_h"])
    assert gaps.min() >= 0.25 - 1e-9
    assert gaps.min() == pytest.approx(0.25)
    last = outcome.plan.horizon_h - 0.25
    whole = sent[sent["dispatched_h"] <= last]
    assert outcome.units["busy_h"].sum() == pytest.approx(0.25 * len(whole), abs=0.25)
    arrived = outcome.violations.dropna(subset="cleared_h")
    assert (arrived["cleared_h"] - arrived["arrived_h"]).to_numpy() == pytest.approx(0.25)


def test_a_call_expires_exactly_after_the_longest_wait() -> None:
    """Catches calls that are given up early, late, or although a unit was sent in time."""
    values = {"support__units__count": 1, "dispatch__max_wait_h": 1.5}
    plan = build_plan(scenario(TINY, **values))
    end = simulate(plan.scenario, 3)
    rows = end.world.violations
    expired = np.flatnonzero(rows["status"] == EXPIRED)
    assert len(expired) > 10
    waits = (rows["dispatched"] - rows["called"])[rows["unit"] >= 0]
    assert waits.max() <= 1.5
    world = make_world(plan, 3)
    start_world(world)
    for v in expired[np.argsort(rows["called"][expired])]:
        give_up = float(rows["called"][v]) + 1.5 + SAME_H
        advance_world(world, float(np.nextafter(give_up, 0.0)))
        assert world.violations["status"][v] == WAITING
        advance_world(world, give_up)
        assert world.violations["status"][v] == EXPIRED


def nearest_by_brute_force(world: World, v: int, own_sector: bool) -> tuple[float, set[int]]:
    """Return the least hours to arrive, and the bases that need no more, of all ready bases."""
    violation = world.violations[v]
    hours = np.full(len(world.bases), np.inf)
    for b, base in enumerate(world.bases):
        if base["ready"] == 0 or not world.fits[base["group"], violation["kind"]]:
            continue
        if own_sector and base["sector"] != violation["sector"]:
            continue
        x, y = forward_point(world, base, violation)
        way = np.hypot(x - base["x"], y - base["y"])
        hours[b] = base["readiness_h"] + way * base["h_per_km"]
    least = float(hours.min())
    return least, set(np.flatnonzero(hours <= least + 1e-12).tolist())


CROWD: Tables = {
    "near": {"nation": "a", "count": 25, "standoff_km": 10.0, "placement": "random"},
    "far": {
        "nation": "b",
        "count": 15,
        "placement": "random",
        "base_offset_km": 80.0,
        "speed_kmh": 90.0,
        "road_factor": 1.0,
        "readiness_min": 1.0,
    },
    "close": {
        "nation": "c",
        "count": 12,
        "base_offset_km": 2.0,
        "standoff_km": 2.5,
        "speed_kmh": 20.0,
        "answers": ["shelling"],
    },
}


@pytest.mark.parametrize("rule", ["nearest", "sector_first"])
@pytest.mark.parametrize("line", [{"length_km": 500.0}, {"feature": "full"}], ids=["", "real"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_search_finds_the_base_that_arrives_first(rule: str, line: Tables, seed: int) -> None:
    """Catches a search that stops too early: random bases, stand-offs, speeds and sectors."""
    tables = {**RICH, "line": line, "monitors": {}, "support": CROWD, "dispatch": {"rule": rule}}
    plan = build_plan(scenario(tables))
    world = make_world(plan, seed)
    make_room(world)
    found = 0
    for v in range(min(len(world.violations), 52)):
        least, bases = nearest_by_brute_force(world, v, rule == "sector_first")
        if rule == "sector_first" and not bases & set(np.flatnonzero(world.bases["ready"])):
            least, bases = nearest_by_brute_force(world, v, False)
        if not np.isfinite(least):
            least, bases = nearest_by_brute_force(world, v, False)
        answer_call(world, v, 0.0)
        u = int(world.violations["unit"][v])
        if u < 0:
            assert not np.isfinite(least)
            continue
        b = int(world.units["base"][u])
        assert b in bases
        way_h = world.violations["distance"][v] * world.bases["h_per_km"][b]
        assert world.bases["readiness_h"][b] + way_h == pytest.approx(least)
        found += 1
    assert found >= 45


def test_units_arrive_after_readiness_and_the_way_by_road() -> None:
    """Catches a road factor, speed or readiness that is left out or applied twice."""
    made = scenario(TINY, support__units__standoff_km=4.0, run__duration_days=4.0)
    outcome = simulate(made, 1)
    group = made.support["units"]
    rows = outcome.violations.dropna(subset="arrived_h")
    base_km = outcome.units.set_index("unit")["chainage_km"][rows["unit"].astype(str)]
    way = np.hypot(rows["chainage_km"].to_numpy() - base_km.to_numpy(), 15.0 - 4.0)
    assert rows["distance_km"].to_numpy() == pytest.approx(way)
    hours = group.readiness_min / 60.0 + way * group.road_factor / group.speed_kmh
    assert (rows["arrived_h"] - rows["dispatched_h"]).to_numpy() == pytest.approx(hours)
    cleared = rows.dropna(subset="cleared_h")
    assert (cleared["cleared_h"] - cleared["arrived_h"]).to_numpy() == pytest.approx(1.0)


def test_units_move_without_jumps_and_stop_short_of_the_line() -> None:
    """Catches a unit on the map that jumps between legs, or goes nearer than its stand-off."""
    values = {"support__units__standoff_km": 4.0, "support__units__road_factor": 1.0}
    model = CeasefireModel(scenario(TINY, **values), rng=1, step_minutes=1.0)
    before = np.array([unit.pos for unit in model.units])
    stages = set()
    while model.running:
        model.step()
        here = np.array([unit.pos for unit in model.units])
        moved = np.hypot(*(here - before).T)
        assert moved.max() <= 50.0 / 60.0 * (1.0 + 1e-9)
        assert here[:, 1].min() >= 4.0 - 1e-9
        stages |= {unit.stage for unit in model.units}
        before = here
    assert stages == {"ready", "responding", "on_scene", "returning"}


def test_a_held_unit_is_not_sent_until_it_is_released() -> None:
    """Catches a unit that is sent while held, or that misses the calls that waited for it."""
    model = CeasefireModel(scenario(TINY, support__units__count=1), rng=1, step_minutes=5.0)
    unit = model.units[0]
    unit.hold()
    unit.hold()
    while not any(violation.status == "waiting" for violation in model.violations):
        model.step()
    for _ in range(12):
        model.step()
    assert (unit.held, unit.busy, unit.trips) == (True, False, 0)
    unit.release()
    assert (unit.held, unit.busy, unit.trips) == (False, True, 1)
    unit.hold()
    while unit.busy:
        model.step()
    assert unit.trips == 1
    unit.release()
    unit.release()
    assert unit.trips == 2
    model.run()
    busy = unit_intervals(model.outcome.violations, model.plan, model.world)
    following = busy["dispatched_h"].shift(-1)
    assert (following.dropna() >= busy["home_h"][following.notna()] - 1e-9).all()


def test_a_unit_released_on_its_way_keeps_its_job() -> None:
    """Catches a base that counts a unit as ready twice after it was held on the road."""
    model = CeasefireModel(scenario(TINY, support__units__count=1), rng=1, step_minutes=5.0)
    unit = model.units[0]
    while not unit.busy:
        model.step()
    unit.hold()
    unit.release()
    assert model.world.bases["ready"][0] == 0
    model.run()
    assert model.world.bases["ready"][0] == (not unit.busy)
    assert not np.any(model.world.violations["status"] == LOST)
