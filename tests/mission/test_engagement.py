"""The engagement of the United States: what stops, what takes over, and how long spells last."""

import numpy as np
import pandas as pd
import pytest
from mission_scenarios import (
    AWAY_H,
    ENGAGED_AGAIN,
    MOST_Z,
    WATCHED,
    Floats,
    Tables,
    made,
    over_runs,
    run,
    z_of_mean,
    z_of_share,
)

from sim.engine.run import advance_world, start_world
from sim.errors import InputError
from sim.results.outcome import Outcome
from sim.rules.flight import ON_STATION
from sim.rules.headquarters import ENGAGED, SUSPENDED, WITHDRAWN
from sim.scenario import Scenario
from sim.scenario.united_states import UnitedStates
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.setup.united_states import Course, draw_engagement, group_course

ROUNDING_H = 1e-9
PLANE: Tables = {
    "speed_kmh": 60.0,
    "transit_speed_kmh": 120.0,
    "endurance_h": 8.0,
    "turnaround_h": 1.0,
    "radius_km": 5.0,
    "look_chance": 1.0,
}
SHUTTLE: Tables = {"platform": "plane", "count": 3, "patrol": "shuttle", "base_offset_km": 30.0}
MIXED: Tables = {
    **WATCHED,
    "platforms": {"plane": PLANE, "mast": WATCHED["platforms"]["mast"]},
    "monitors": {
        "american": {**SHUTTLE, "nation": "United States"},
        "masts": {**WATCHED["monitors"]["mast"], "nation": "United States"},
        "polish": {**SHUTTLE, "nation": "Poland"},
        "instead": {
            **SHUTTLE,
            "nation": "Poland",
            "only_without_us": True,
            "without_us_delay_days": 3.0,
        },
    },
    "united_states": ENGAGED_AGAIN,
}
TWICE: Tables = {
    "engagement": "schedule",
    "schedule": [
        {"from_day": 0.0, "state": "engaged"},
        {"from_day": 5.0, "state": "suspended"},
        {"from_day": 10.0, "state": "engaged"},
        {"from_day": 15.0, "state": "suspended"},
        {"from_day": 20.0, "state": "withdrawn"},
    ],
}


def seen_by(outcome: Outcome, group: str) -> pd.DataFrame:
    rows = outcome.violations
    mine = rows["detected_by"].astype(str).str.rsplit("-", n=1).str[0] == group
    return rows[mine]


def in_spell(hours: Floats, spell: tuple[float, float]) -> Floats:
    found: Floats = (hours >= spell[0]) & (hours < spell[1])
    return found


@pytest.mark.parametrize("group", ["american", "masts"])
def test_monitors_of_the_united_states_see_nothing_while_they_are_away(group: str) -> None:
    """Catches detections by drones that have been called home, and drones that never come back."""
    monitors = {name: MIXED["monitors"][name] for name in (group, "polish")}
    outcome = run({**MIXED, "monitors": monitors})
    hours = seen_by(outcome, group)["detected_h"].to_numpy()
    assert not in_spell(hours, AWAY_H).any()
    assert np.sum(hours < AWAY_H[0]) > 50
    assert np.sum(hours >= AWAY_H[1]) > 50
    # drones that are not American are not touched
    assert in_spell(seen_by(outcome, "polish")["detected_h"].to_numpy(), AWAY_H).sum() > 50


def test_all_their_monitors_land_and_stay_down() -> None:
    """Catches a drone that finishes its sortie first, or takes off again while they are away."""
    outcome = run(MIXED)
    rows = outcome.sorties[outcome.sorties["group"].isin(["american", "masts"])]
    farthest_h = np.hypot(30.0, 7.0) / 120.0
    under_way = rows[(rows["launched_h"] < AWAY_H[0]) & ~(rows["landed_h"] <= AWAY_H[0])]
    assert len(under_way) >= 3
    assert np.all(under_way["landed_h"] <= AWAY_H[0] + farthest_h + ROUNDING_H)
    called = under_way[under_way["end"] == "called_home"]
    assert len(called) >= 2
    assert not in_spell(rows["launched_h"].to_numpy(), AWAY_H).any()
    assert np.sum(rows["launched_h"] >= AWAY_H[1]) > 10


def test_their_stations_close_and_their_sources_fall_silent() -> None:
    """Catches reports of a source that is not there, and a station that stays open."""
    source = {"share": 1.0, "delay": "fixed", "delay_min": 30.0, "nation": "United States"}
    desk = {"desks": 1, "service_min": 1.0, "service": "fixed", "nation": "United States"}
    outcome = run(
        {**MIXED, "monitors": {}, "reports": {"satellite": source}, "headquarters": {"hq": desk}}
    )
    told_h = outcome.violations["onset_h"] + 0.5
    expected = ~in_spell(told_h.to_numpy(), AWAY_H) & (told_h <= 720.0)
    assert np.all(outcome.violations["reported_h"].notna() == expected)
    world = make_world(outcome.plan, 1)
    start_world(world)
    for hours, closed in ((239.9, 0), (240.0, 1), (479.9, 1), (480.0, 0)):
        advance_world(world, hours)
        assert world.stations["closed"][0] == closed


def test_a_substitute_flies_only_without_them_and_after_its_delay() -> None:
    """Catches a group that flies beside the United States, or before it has been delivered."""
    outcome = run({**MIXED, "united_states": TWICE})
    rows = outcome.sorties[outcome.sorties["group"] == "instead"]
    day = (rows["launched_h"] / 24.0).to_numpy()
    # the delay of 3 days is waited for once; what was delivered stays at hand
    assert np.all(((day >= 8.0) & (day < 10.0)) | (day >= 15.0))
    assert np.sum(day == 8.0) == 3
    assert np.sum(day == 15.0) == 3
    assert np.sum(day >= 20.0) > 3, "they go on flying after the withdrawal"
    assert np.all(rows.loc[day < 10.0, "landed_h"] <= 240.0 + np.hypot(30.0, 7.0) / 120.0)


@pytest.mark.parametrize(
    ("delay_days", "expected"),
    [
        (0.0, [(0, False), (5, True), (10, False), (15, True)]),
        (3.0, [(0, False), (8, True), (10, False), (15, True)]),
        (5.0, [(0, False), (15, True)]),
        (7.0, [(0, False), (15, True)]),
        (12.0, [(0, False), (17, True)]),
        (40.0, [(0, False), (45, True)]),
    ],
)
def test_the_delay_runs_from_the_first_time_they_are_away(
    delay_days: float, expected: list[tuple[int, bool]]
) -> None:
    """Catches a delay that starts anew, stops while they are back, or is waited for twice."""
    scenario = made(
        {**MIXED, "united_states": TWICE}, monitors__instead__without_us_delay_days=delay_days
    )
    us = draw_engagement(scenario.united_states, 720.0, 1)
    found = group_course(scenario.monitors["instead"], us)
    assert [(round(t / 24.0, 9), on) for t, on in found] == expected


def test_the_share_of_engagement_is_that_of_the_schedule() -> None:
    """Catches a spell that is not counted, or counted to its nominal end."""
    for days, expected in ((30.0, 10.0 / 30.0), (8.0, 5.0 / 8.0), (12.0, 7.0 / 12.0)):
        outcome = run({**MIXED, "united_states": TWICE}, run__duration_days=days)
        assert outcome.measures["us_engaged_share"] == pytest.approx(expected)


RANDOM: Tables = {
    "engagement": "random",
    "mean_engaged_days": 20.0,
    "mean_suspended_days": 5.0,
    "withdrawal_share": 0.25,
}


def courses(count: int) -> list[Course]:
    spec = UnitedStates(**RANDOM)
    return [draw_engagement(spec, 24.0 * 1e5, seed) for seed in range(count)]


def test_random_spells_have_the_means_stated() -> None:
    """Catches means mixed up, or a law that is not exponential in its first two moments."""
    drawn = courses(1500)
    assert all(c.states[0] == ENGAGED and c.states[-1] == WITHDRAWN for c in drawn)
    length = np.concatenate([np.diff(c.times_h) for c in drawn]) / 24.0
    state = np.concatenate([c.states[:-1] for c in drawn])
    assert set(state.tolist()) == {ENGAGED, SUSPENDED}
    for code, mean in ((ENGAGED, 20.0), (SUSPENDED, 5.0)):
        mine = length[state == code] / mean
        assert abs(mine.mean() - 1.0) * np.sqrt(len(mine)) < MOST_Z
        assert abs((mine**2).mean() - 2.0) * np.sqrt(len(mine) / 20.0) < MOST_Z


def test_spells_end_in_a_withdrawal_with_the_share_stated() -> None:
    """Catches a chance applied to suspensions, or a withdrawal that is not final."""
    drawn = courses(1500)
    ends = np.concatenate([c.states[1:][c.states[:-1] == ENGAGED] for c in drawn])
    assert abs(z_of_share(int(np.sum(ends == WITHDRAWN)), len(ends), 0.25)) < MOST_Z
    assert all(np.sum(c.states == WITHDRAWN) == 1 for c in drawn)


def test_the_share_of_engagement_follows_the_spells() -> None:
    """Catches a run that does not begin engaged: the mean of a two-state process from one state."""
    us = {**RANDOM, "withdrawal_share": 0.0, "mean_engaged_days": 6.0, "mean_suspended_days": 3.0}
    scenario = made({**MIXED, "monitors": {}, "united_states": us}, violations__rate_per_day=0.0)
    rate = 1.0 / 6.0 + 1.0 / 3.0
    expected = 2.0 / 3.0 + 1.0 / 3.0 * -np.expm1(-rate * 30.0) / (rate * 30.0)
    found = over_runs(scenario, range(1, 301), lambda o: o.measures["us_engaged_share"])
    assert abs(z_of_mean(found, expected)) < MOST_Z


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ([], "must state at least one state"),
        ([(1.0, "engaged")], "must be 0: the first state begins on day 0"),
        ([(0.0, "engaged"), (0.0, "suspended")], "must be later than the one before it"),
        ([(0.0, "withdrawn"), (3.0, "engaged")], "cannot follow a withdrawal, which is final"),
        ([(0.0, "away")], "engaged"),
    ],
)
def test_schedules_that_make_no_sense_are_refused(
    schedule: list[tuple[float, str]], message: str
) -> None:
    """Catches a schedule with a gap, out of order, or with a return after the withdrawal."""
    rows = [{"from_day": day, "state": state} for day, state in schedule]
    us = {"engagement": "schedule", "schedule": rows}
    with pytest.raises(InputError) as error:
        Scenario.from_dict({**MIXED, "united_states": us})
    assert "united_states.schedule" in str(error.value)
    assert message in str(error.value)


def test_american_substitutes_are_refused() -> None:
    """Catches a group that is to replace its own nation."""
    american = {"monitors__instead__nation": "United States"}
    with pytest.raises(InputError, match=r"monitors\.instead\.nation.*another nation"):
        made(MIXED, **american)


def test_on_station_at_time_0_only_where_they_fly() -> None:
    """Catches drones that start in the air although their nation is away on day 0."""
    away = {"engagement": "schedule", "schedule": [{"from_day": 0.0, "state": "suspended"}]}
    world = make_world(build_plan(made({**MIXED, "united_states": away})), 1)
    start_world(world)
    advance_world(world, 0.0)
    american = world.drones["group"] < 2
    assert not np.any(american & (world.drones["stage"] == ON_STATION))
    assert np.any(~american & (world.drones["stage"] == ON_STATION))
    advance_world(world, 71.9)
    assert np.all(world.drones["took_off"][world.drones["group"] == 3] <= 0.0)
    advance_world(world, 72.5)
    assert np.all(world.drones["took_off"][world.drones["group"] == 3] == 72.0)
