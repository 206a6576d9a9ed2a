"""The sortie cycle, weather, loss and re-tasking of drones."""

import numpy as np
import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, Tables, rich_on_the_real_line, scenario

from sim.engine.run import advance_world, start_world
from sim.mesa.model import CeasefireModel
from sim.results.outcome import simulate
from sim.rules.flight import GONE, OUTBOUND, READY, TURNAROUND, drone_point
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

STEP_H = 0.02
ROUNDING = 1e-9

FLYERS: Tables = {
    **TINY,
    "line": {"length_km": 200.0, "sectors": 2},
    "platforms": {
        "plane": {
            "speed_kmh": 100.0,
            "endurance_h": 5.0,
            "turnaround_h": 1.0,
            "radius_km": 3.0,
            "look_chance": 0.5,
            "grounded_by": "poor",
        }
    },
    "monitors": {
        "planes": {
            "platform": "plane",
            "count": 4,
            "patrol": "shuttle",
            "base_offset_km": 20.0,
        }
    },
}


def fastest_kmh(plan: Plan) -> np.ndarray:
    """Return the highest speed of each drone; the balloons' way to their post takes no time."""
    platforms = list(plan.scenario.monitor_platforms().values())
    speeds = [max(p.speed_kmh, p.transit_speed_kmh or 0.0) or np.inf for p in platforms]
    return np.array(speeds)[plan.monitors.drones["platform"]]


def positions(world: World) -> np.ndarray:
    now = world.now
    return np.array([drone_point(world, d, now) for d in range(len(world.drones))])


@pytest.mark.parametrize(
    "made", [scenario(RICH), rich_on_the_real_line()], ids=["straight", "real"]
)
def test_drones_move_without_jumps(made: Scenario) -> None:
    """Catches a drone that is put elsewhere when its stage changes, or flies too fast."""
    plan = build_plan(made)
    world = make_world(plan, 3)
    start_world(world)
    advance_world(world, 0.0)
    reach_km = fastest_kmh(plan) * STEP_H * (1.0 + ROUNDING) + ROUNDING
    before, gone = positions(world), world.drones["stage"] == GONE
    stages: set[int] = set()
    for step in range(1, int(60.0 / STEP_H)):
        advance_world(world, step * STEP_H)
        here = positions(world)
        present = world.drones["stage"] == GONE
        moved = np.hypot(*(here - before).T)
        assert np.all((moved <= reach_km) | present | gone), (step, np.argmax(moved - reach_km))
        stages |= set(world.drones["stage"].tolist())
        before, gone = here, present
    assert stages == {0, 1, 2, 3, 4, 5}


def check_sorties(sorties: pd.DataFrame, endurance_h: float, turnaround_h: float) -> None:
    """Check the sorties of one drone; a re-tasked one goes on in the next row."""
    rows = sorties.sort_values("sortie")
    launched, landed = rows["launched_h"].to_numpy(), rows["landed_h"].to_numpy()
    retasked = (rows["end"] == "retasked").to_numpy()
    flown_since = np.where(np.concatenate([[False], retasked[:-1]]), np.nan, launched)
    flown_since = pd.Series(flown_since).ffill().to_numpy()
    closed = ~np.isnan(landed)
    assert np.all(closed[:-1])
    assert np.all((landed - flown_since)[closed] <= endurance_h + ROUNDING)
    pause = np.where(retasked[:-1], 0.0, turnaround_h)
    assert np.all(launched[1:] - landed[:-1] >= pause - ROUNDING)
    on, off = rows["on_station_h"].to_numpy(), rows["off_station_h"].to_numpy()
    both = ~np.isnan(on) & ~np.isnan(off)
    assert np.all((launched <= on + ROUNDING)[~np.isnan(on)])
    assert np.all((on <= off)[both])
    assert np.all((off <= landed + ROUNDING)[both & closed])


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "made", [scenario(RICH), rich_on_the_real_line()], ids=["straight", "real"]
)
def test_sorties_keep_to_the_endurance_and_do_not_overlap(made: Scenario, seed: int) -> None:
    """Catches a drone in two sorties at once, one that stays too long, or skips its turnaround."""
    outcome = simulate(made, seed)
    for _, sorties in outcome.sorties.groupby("drone", observed=True):
        platform = outcome.scenario.platforms[str(sorties["platform"].iloc[0])]
        lost = sorties["end"] == "lost"
        turnaround = platform.turnaround_h if not lost.any() else 0.0
        assert platform.endurance_h is not None
        check_sorties(sorties, platform.endurance_h, turnaround)


def test_sorties_add_up_to_the_hours_of_the_measures() -> None:
    """Catches hours before time 0 or after the end that are counted, or stays that are not."""
    outcome = simulate(scenario(RICH), 2)
    end = outcome.plan.horizon_h
    rows = outcome.sorties
    landed = rows["landed_h"].fillna(end)
    flown = landed - rows["launched_h"].clip(lower=0.0)
    assert flown.clip(lower=0.0).sum() == pytest.approx(outcome.measures["flight_h"])
    off = rows["off_station_h"].fillna(rows["landed_h"]).fillna(end)
    stayed = (off.clip(lower=0.0) - rows["on_station_h"].clip(lower=0.0)).fillna(0.0)
    share = stayed.sum() / (end * len(outcome.world.drones))
    assert share == pytest.approx(outcome.measures["on_station_share"])
    assert (rows["end"] == "lost").sum() == outcome.measures["drones_lost"] > 0


@pytest.mark.parametrize("seed", range(1, 7))
def test_every_sortie_is_under_way_at_some_time_of_the_run(seed: int) -> None:
    """Catches a sortie of before time 0 in the table, and in the number of sorties."""
    outcome = simulate(scenario(RICH), seed)
    assert not (outcome.sorties["landed_h"] < 0.0).any()
    assert outcome.sorties["launched_h"].max() <= outcome.plan.horizon_h


def test_planned_sorties_end_within_the_reserve_of_the_endurance() -> None:
    """Catches a station that is given up too early: the reserve is the way from the far end."""
    outcome = simulate(scenario(FLYERS, run__duration_days=6.0), 1)
    rows = outcome.sorties.dropna()
    reserve = outcome.world.posts["return_h"][rows["post"]]
    planned = rows["off_station_h"] - rows["launched_h"]
    assert planned.to_numpy() == pytest.approx(5.0 - reserve)
    # along a straight line the far end of a 50 km stretch, 20 km behind its middle, is known
    assert reserve == pytest.approx(np.hypot(25.0, 20.0) / 100.0)


def test_a_sortie_takes_one_event() -> None:
    """Catches events that only note what was known at take-off: the loop is mostly sorties."""
    made = scenario(FLYERS, run__duration_days=20.0, violations__rate_per_day=0.0)
    world = simulate(made, 1).world
    launched = world.sorties["launched"][: int(world.clock["sorties"][0])]
    assert int(world.clock["events"][0]) == np.sum(launched > 0.0) > 100


def test_weather_keeps_drones_down_and_calls_them_back() -> None:
    """Catches drones on their way out, or on station, in weather that grounds them."""
    weather = {"enabled": True, "zones": 2, "bad_share_by_month": [0.5] * 12}
    made = scenario({**FLYERS, "weather": {**weather, "correlation_time_h": 5.0}})
    plan = build_plan(made.with_values({"run.duration_days": 10.0}))
    world = make_world(plan, 1)
    start_world(world)
    seen = set()
    for hour in np.arange(0.0, 240.0, 0.25):
        advance_world(world, float(hour))
        zone = world.zones[world.posts["zone"][world.drones["post"]]]
        down = zone["weather"] >= 1
        stage = world.drones["stage"]
        assert not np.any(down & np.isin(stage, (OUTBOUND, 3)))
        assert not np.any(~down & (stage == READY))
        seen |= set(zip(down.tolist(), stage.tolist(), strict=True))
    assert {(True, READY), (True, 4), (False, 3), (False, TURNAROUND)} <= seen
    ends = set(simulate(plan.scenario, 1).sorties["end"])
    assert {"weather", "planned"} <= ends


def lives_of(world: World, d: int) -> np.ndarray:
    """Return how long (h) each life of a drone lasted that is never on the ground."""
    rows = world.past_sorties
    mine = rows[(rows["drone"] == d) & (rows["ending"] == 3)]
    lives: np.ndarray = mine["landed"] - mine["launched"]
    return lives


@pytest.mark.parametrize("jammed", [False, True])
@pytest.mark.parametrize(("per_1000_h", "days"), [(20.0, 2000.0), (300.0, 2000.0), (2000.0, 500.0)])
def test_each_life_lasts_as_long_as_its_threshold(
    per_1000_h: float, days: float, jammed: bool
) -> None:
    """Catches a loss that never comes, or comes twice, by rounding late in a long run."""
    always = {"enabled": True, "mean_on_h": 1e9, "mean_off_h": 1e-9}
    jamming = always if jammed else {"enabled": False}
    made = scenario({**TINY, "jamming": jamming}, run__duration_days=days)
    made = made.with_values(
        {
            "violations.rate_per_day": 0.0,
            "platforms.eye.loss_per_1000_h": per_1000_h,
            "platforms.eye.jamming_loss_factor": 2.0,
        }
    )
    plan = build_plan(made)
    world = make_world(plan, 5)
    rate = per_1000_h / 1000.0 * (2.0 if jammed else 1.0)
    expected = world.loss_hazard / rate
    start_world(world)
    advance_world(world, plan.horizon_h)
    for d in range(len(world.drones)):
        lives = lives_of(world, d)
        assert np.allclose(lives, expected[d, : len(lives)], rtol=1e-6, atol=1e-7)
        left = plan.horizon_h - lives.sum()
        assert 0.0 <= left <= expected[d, len(lives)] + 1e-6
        assert world.drones["lives"][d] == len(lives)


def test_losses_count_exposure_at_the_rate_in_force() -> None:
    """Catches loss clocks that miss a change of jamming, run on the ground or restart in flight."""
    outcome = simulate(scenario(RICH, run__duration_days=60.0), 4)
    world = outcome.world
    platform = outcome.scenario.platforms["plane"]
    zones, spells = make_world(outcome.plan, 4).zones, world.spells
    lost = outcome.sorties[outcome.sorties["end"] == "lost"]
    first = lost[lost["platform"] == "plane"].groupby("drone", observed=True).head(1)
    assert len(first) >= 3
    for _, row in first.iterrows():
        d = outcome.plan.drone_names.index(row["drone"])
        zone = int(world.posts["zone"][world.drones["post"][d]])
        mine = spells[zones["spell"][zone] :]
        mine = mine[: np.argmax(np.isinf(mine["since"]))]
        times, levels = mine["since"], mine["jammed"]
        flights = outcome.sorties[outcome.sorties["drone"] == row["drone"]]
        flights = flights[flights["sortie"] <= row["sortie"]]
        used = 0.0
        for start, end in flights[["launched_h", "landed_h"]].clip(lower=0.0).to_numpy():
            inner = times[(times > start) & (times < end)]
            edges = np.unique(np.concatenate([[start, end], inner]))
            level = levels[np.searchsorted(times, edges[:-1], side="right") - 1]
            factor = np.where(level == 1, platform.jamming_loss_factor, 1.0)
            used += float((factor * np.diff(edges)).sum()) * platform.loss_per_1000_h / 1000.0
        assert used == pytest.approx(world.loss_hazard[d, 0])


def retasked(model: CeasefireModel, from_km: float, to_km: float, stage: str) -> int:
    """Re-task the first drone of a stage, stepping until there is one; return its row."""
    while True:
        model.step()
        for drone in model.drones:
            if drone.stage == stage and (model.hours > 4.0):
                drone.retask(from_km, to_km)
                return drone.row


@pytest.mark.parametrize("stage", ["outbound", "on_station", "inbound", "turnaround"])
def test_a_retasked_drone_goes_to_its_new_stretch(stage: str) -> None:
    """Catches a drone that stays where it was, jumps there, or forgets it after landing."""
    model = CeasefireModel(scenario(FLYERS), rng=1, step_minutes=3.0)
    row = retasked(model, 60.0, 90.0, stage)
    drone = model.drones[row]
    here = np.array(drone.pos)
    for _ in range(300):
        model.step()
        moved = np.hypot(*(np.array(drone.pos) - here))
        assert moved <= 100.0 * 0.05 * (1.0 + ROUNDING)
        here = np.array(drone.pos)
        if drone.on_station:
            assert 60.0 - ROUNDING <= here[0] <= 90.0 + ROUNDING
            assert abs(here[1]) < ROUNDING
    rows = model.outcome.sorties
    rows = rows[rows["drone"] == drone.name]
    assert (rows["end"] == "retasked").sum() == (stage in ("outbound", "on_station"))
    check_sorties(rows, 5.0, 1.0)


@pytest.mark.parametrize("minutes", range(20, 281, 20))
def test_a_retasked_drone_comes_home_within_its_endurance(minutes: int) -> None:
    """Catches a drone that is sent so far, so late, that it could not come home."""
    model = CeasefireModel(scenario(FLYERS), rng=1, step_minutes=1.0)
    drone = model.drones[0]
    while drone.stage != "outbound" or model.hours < 1.0:
        model.step()
    for _ in range(minutes):
        model.step()
    drone.retask(110.0, 130.0)
    for _ in range(900):
        model.step()
    rows = model.outcome.sorties
    check_sorties(rows[rows["drone"] == drone.name], 5.0, 1.0)
    assert drone.stage != "lost"


def test_a_drone_is_not_retasked_into_weather_that_grounds_it() -> None:
    """Catches a re-tasked drone on station in weather that would have called it back."""
    weather = {"enabled": True, "zones": 2, "bad_share_by_month": [0.5] * 12}
    made = scenario({**FLYERS, "weather": {**weather, "front_zone_share": 0.5}})
    model = CeasefireModel(made.with_values({"run.duration_days": 20.0}), rng=2, step_minutes=10.0)
    sent = False
    while model.running:
        model.step()
        west, east = model.world.zones["weather"].tolist()
        drone = model.drones[1]
        if not sent and west == 0 and east > 0 and drone.on_station:
            drone.retask(110.0, 130.0)
            sent = True
        flying = model.world.drones[np.isin(model.world.drones["stage"], (2, 3))]
        zone = model.world.posts["zone"][flying["post"]]
        assert np.all(model.world.zones["weather"][zone] == 0)
    assert sent


def test_a_held_drone_stays_down_until_it_is_released() -> None:
    """Catches a drone that flies while held, breaks off its sortie, or never flies again."""
    model = CeasefireModel(scenario(FLYERS), rng=1, step_minutes=6.0)
    drone = model.drones[0]
    while not drone.on_station:
        model.step()
    drone.hold()
    assert drone.held
    while drone.on_station:
        model.step()
    planned = model.outcome.sorties
    assert set(planned[planned["landed_h"].notna()]["end"]) <= {"planned"}
    for _ in range(60):
        model.step()
    assert drone.stage == "ready"
    assert not drone.on_station
    drone.release()
    assert drone.stage == "outbound"


def test_drones_at_random_posts_keep_to_their_endurance() -> None:
    """Catches a post that is drawn so far from its base that the reserve no longer fits."""
    group = {
        "platform": "plane",
        "count": 3,
        "patrol": "static",
        "placement": "random",
        "base_offset_km": 20.0,
    }
    made = scenario({**FLYERS, "monitors": {"scattered": group}}, run__duration_days=3.0)
    for seed in range(1, 6):
        outcome = simulate(made, seed)
        for _, sorties in outcome.sorties.groupby("drone", observed=True):
            check_sorties(sorties, 5.0, 1.0)


def test_the_first_hour_is_as_after_a_long_time() -> None:
    """Catches drones that start at even phases of their endurance, not of the cycle they fly.

    These turn for home with the reserve for the farthest point, and are home before it is used up.
    By even phases of 15 h, .730 of the first hour would be on station, and .744 of all time.
    """
    tables: Tables = {
        "title": "a shuttle that comes home early",
        "line": {"length_km": 600.0},
        "violations": {"rate_per_day": 0.0, "kinds": {"any": {"mean_duration_min": 60.0}}},
        "platforms": {
            "eye": {
                "speed_kmh": 90.0,
                "radius_km": 1.0,
                "look_chance": 1.0,
                "endurance_h": 14.0,
                "turnaround_h": 1.0,
            }
        },
        "monitors": {"eyes": {"platform": "eye", "count": 500, "posts": 1, "patrol": "shuttle"}},
    }
    shares = [
        simulate(scenario(tables, run__duration_days=days)).measures["on_station_share"]
        for days in (1.0 / 24.0, 100.0)
    ]
    # 500 drones at even phases stand for a phase drawn evenly, to a five-hundredth of a cycle
    assert shares[0] == pytest.approx(shares[1], abs=0.002)
