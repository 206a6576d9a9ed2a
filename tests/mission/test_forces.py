"""Growth of the forces against closed forms, and the coming and going of units."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mission_scenarios import ENGAGED_AGAIN, MOST_Z, WATCHED, Floats, Tables, made, run, z_of_share

from sim.results.outcome import Outcome
from sim.setup.forces import Forces, draw_forces, grow, mandate_day
from sim.setup.plan import build_plan
from sim.setup.united_states import draw_engagement

FAR = 1e6
"""More soldiers than ever come."""
ROUNDING = 1e-9


def nation(name: str, *strength: tuple[float, float], **values: Any) -> Tables:
    plan = [{"day": day, "soldiers": soldiers} for day, soldiers in strength]
    return {"name": name, "strength": plan, **values}


GROWING: Tables = {
    **WATCHED,
    "force_generation": {
        "enabled": True,
        "airlift_with_us_per_day": 30.0,
        "airlift_without_us_per_day": 10.0,
    },
    "nations": {"fr": nation("France", (0.0, FAR))},
    "support": {"fr": {"nation": "France", "count": 20}},
}


def forces_of(tables: Tables, seed: int = 1, **values: Any) -> Forces:
    scenario = made(tables, **values)
    plan = build_plan(scenario)
    us = draw_engagement(scenario.united_states, plan.horizon_h, seed)
    forces = draw_forces(plan.forces, us, seed)
    assert forces is not None
    return forces


@pytest.mark.parametrize("tour_days", [1, 4, 7, 40])
def test_one_nation_grows_with_its_airlift_until_tours_end(tour_days: int) -> None:
    """Catches a first day without arrivals, and a tour that is a day too long or too short."""
    found = forces_of(GROWING, force_generation__rotation_days=float(tour_days)).soldiers[:, 0]
    assert found == pytest.approx(30.0 * np.minimum(np.arange(30) + 1, tour_days))


@pytest.mark.parametrize("tour_days", [1.0, 1.5, 2.25, 6.9, 12.0])
def test_those_leave_whose_tour_is_over(tour_days: float) -> None:
    """Catches others leaving in their stead, where a tour ends within a day: then at midnight."""
    days = np.arange(60)
    capacity = np.random.default_rng(1).uniform(0.0, 50.0, 60)
    found = grow(np.full((60, 1), FAR), capacity, tour_days)[:, 0]
    there = (days <= days[:, None]) & (days[:, None] - days < tour_days)
    assert found == pytest.approx(there @ capacity)


def test_airlift_follows_the_engagement_of_the_united_states() -> None:
    """Catches an airlift that does not fall while they are away, or does not recover."""
    found = forces_of({**GROWING, "united_states": ENGAGED_AGAIN}).soldiers[:, 0]
    assert np.diff(found, prepend=0.0) == pytest.approx([30.0] * 10 + [10.0] * 10 + [30.0] * 10)


def test_nations_share_the_airlift_in_proportion_to_their_need() -> None:
    """Catches capacity given in the order of nations; those who come by road need none."""
    nations = {
        "fr": nation("France", (0.0, 600.0)),
        "de": nation("Germany", (0.0, 300.0)),
        "pl": nation("Poland", (0.0, 100.0), airlift_share=0.0),
        "it": nation("Italy", (0.0, 200.0), airlift_share=0.5),
    }
    first = forces_of({**GROWING, "nations": nations}).soldiers[0]
    by_air = np.array([600.0, 300.0, 0.0, 100.0])
    assert first == pytest.approx(30.0 * by_air / by_air.sum() + [0.0, 0.0, 100.0, 100.0])


def test_a_refused_mandate_sends_nobody_and_a_dated_one_from_its_day() -> None:
    """Catches units of a nation without mandate, or a plan counted from day 0."""
    nations = {
        "fr": nation("France", (0.0, FAR), mandate="refused"),
        "de": nation(
            "Germany", (0.0, 0.0), (10.0, 100.0), mandate="date", mandate_day=5.0, airlift_share=0.0
        ),
    }
    support = {**GROWING["support"], "de": {"nation": "Germany", "count": 10}}
    outcome = run({**GROWING, "nations": nations, "support": support})
    forces = outcome.forces.set_index("group")
    for column in ("soldiers", "soldiers_planned", "units"):
        assert np.all(forces.loc["fr", column] == 0)
    assert not forces.loc["fr", "mandate"].any()
    assert np.all(outcome.units.set_index("group").loc["fr", ["trips", "present_h"]] == 0)
    expected = np.clip(10.0 * (np.arange(30) - 5.0), 0.0, 100.0)
    assert forces.loc["de", "soldiers"].to_numpy() == pytest.approx(expected)
    assert np.all(forces.loc["de", "units"] == np.floor(expected / 10.0))


def test_a_plan_that_falls_sends_the_surplus_home() -> None:
    """Catches soldiers who stay when their nation plans with fewer."""
    fr = nation("France", (0.0, 100.0), (10.0, 100.0), (20.0, 0.0), airlift_share=0.0)
    found = forces_of({**GROWING, "nations": {"fr": fr}}).soldiers[:, 0]
    assert found == pytest.approx(np.clip(200.0 - 10.0 * np.arange(30), 0.0, 100.0))


def test_mandates_come_with_the_chance_and_the_delay_stated() -> None:
    """Catches a chance or a mean that is not used: 4,000 mandates."""
    spec = made(
        GROWING,
        nations__fr__mandate="random",
        nations__fr__mandate_chance=0.6,
        nations__fr__mandate_mean_days=40.0,
    ).nations["fr"]
    days = np.array([mandate_day("fr", spec, seed) for seed in range(4000)])
    granted = np.isfinite(days)
    assert abs(z_of_share(int(granted.sum()), 4000, 0.6)) < MOST_Z
    assert abs(days[granted].mean() / 40.0 - 1.0) * np.sqrt(granted.sum()) < MOST_Z


@settings(max_examples=80)
@given(
    seed=st.integers(0, 2**32),
    nations=st.integers(1, 4),
    tour_days=st.one_of(st.just(np.inf), st.integers(1, 30).map(float), st.floats(1.0, 30.0)),
)
def test_forces_never_exceed_plan_or_airlift(seed: int, nations: int, tour_days: float) -> None:
    """Catches soldiers nobody planned or flew in, negative ones, and lift that goes unused."""
    rng = np.random.default_rng(seed)
    planned = np.cumsum(rng.normal(2.0, 20.0, (60, nations)), axis=0).clip(0.0)
    capacity = rng.choice([0.0, 10.0, 40.0], 60)
    soldiers = grow(planned, capacity, tour_days)
    assert np.all(soldiers >= -ROUNDING)
    assert np.all(soldiers <= planned + ROUNDING)
    grown = np.maximum(np.diff(soldiers, axis=0, prepend=0.0), 0.0)
    assert np.all(grown.sum(axis=1) <= capacity + ROUNDING)
    enough = grow(planned, np.full(60, FAR), tour_days)
    assert np.allclose(enough, planned)


def test_what_comes_by_road_does_not_wait_for_airlift() -> None:
    """Catches a share by road that grows each day by part of what airlift left behind."""
    half = {"fr": nation("France", (0.0, 600.0), airlift_share=0.5)}
    found = forces_of({**GROWING, "nations": half}).soldiers[:, 0]
    assert found == pytest.approx(300.0 + np.minimum(300.0, 30.0 * (np.arange(30) + 1)))


@settings(max_examples=40)
@given(
    counts=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    soldiers=st.floats(0.0, 400.0),
    per_unit=st.floats(1.0, 50.0),
)
def test_units_are_whole_and_no_more_than_their_soldiers(
    counts: list[int], soldiers: float, per_unit: float
) -> None:
    """Catches units beyond the number of a group, or without the soldiers to man them."""
    groups = {
        f"g{i}": {"nation": "France", "count": count, "soldiers_per_unit": per_unit}
        for i, count in enumerate(counts)
    }
    fr = nation("France", (0.0, soldiers), (30.0, FAR))
    forces = forces_of({**GROWING, "support": groups, "nations": {"fr": fr}})
    assert np.all(forces.units >= 0)
    assert np.all(forces.units <= counts)
    assert np.all(forces.units.sum(axis=1) * per_unit <= forces.soldiers[:, 0] + 1e-6)
    assert np.all(np.diff(forces.units, axis=0) >= 0)


def test_units_arrive_evenly_over_their_bases() -> None:
    """Catches bases that fill up one after the other."""
    bases = [{"name": str(i), "lon": 36.0 + 0.1 * i, "lat": 48.0} for i in range(4)]
    group = {**GROWING["support"]["fr"], "placement": "bases", "bases": bases, "count": 18}
    tables = {**GROWING, "support": {"fr": group}}
    plan = build_plan(made(tables, force_generation__airlift_with_us_per_day=10.0))
    base = plan.support.units["base"]
    for present in range(19):
        there = np.bincount(base[plan.forces.unit_rank < present], minlength=4)
        assert there.sum() == present
        assert np.ptp(there) <= 1


BUSY: Tables = {
    **GROWING,
    "nations": {
        "fr": nation("France", (0.0, 50.0), (12.0, 50.0), (13.0, 20.0), (20.0, 40.0), (21.0, 0.0))
    },
    "support": {"fr": {"nation": "France", "count": 5, "on_scene_h": 9.0}},
}


def presence(outcome: Outcome) -> Floats:
    """Return whether each unit is there on each day, shape (days, units): rank below number."""
    units = outcome.forces["units"].to_numpy()
    return outcome.plan.forces.unit_rank < units[:, None]


def test_a_busy_unit_finishes_its_job_before_it_leaves() -> None:
    """Catches jobs broken off when a unit leaves, and units sent out after they left."""
    outcome = run(BUSY)
    there = presence(outcome)
    rows = outcome.violations.dropna(subset="dispatched_h")
    names = list(outcome.plan.support.names)
    finished_later = 0
    for _, row in rows.iterrows():
        unit, day = names.index(row["unit"]), int(row["dispatched_h"] // 24.0)
        assert there[day, unit], "nobody is sent who is not there"
        end_day = int(min(row["cleared_h"], outcome.plan.horizon_h - 1e-9) // 24.0)
        finished_later += not there[end_day, unit]
        assert row["status"] == "answered"
    assert finished_later >= 3


def test_units_present_is_the_mean_of_the_table() -> None:
    """Catches hours of presence that miss a day, or count those still busy after leaving."""
    outcome = run(BUSY)
    assert outcome.measures["units_present_mean"] == pytest.approx(outcome.forces["units"].mean())
    hours = 24.0 * presence(outcome).sum(axis=0)
    assert outcome.units["present_h"].to_numpy() == pytest.approx(hours)


def test_a_nation_more_changes_nobody_else_where_all_come_by_road() -> None:
    """Catches draws, mandates or units that depend on how many nations there are."""
    values = {"mandate": "random", "mandate_mean_days": 10.0, "airlift_share": 0.0}
    one = {"de": nation("Germany", (0.0, 0.0), (20.0, 100.0), **values)}
    two = {"fr": nation("France", (0.0, 50.0), **values), **one}
    german = {"de": {"nation": "Germany", "count": 8}}
    french = {"fr": {"nation": "France", "count": 3}}
    for seed in range(1, 6):
        alone = run({**GROWING, "nations": one, "support": german}, seed)
        both = run({**GROWING, "nations": two, "support": {**french, **german}}, seed)
        rows = both.forces[both.forces["group"] == "de"].reset_index(drop=True)
        assert rows.equals(alone.forces.reset_index(drop=True)), seed


def test_units_that_stand_ready_do_not_come_out_of_the_strength_of_their_nation() -> None:
    """Catches alert aircraft that wait for soldiers, or that take some of them away."""
    pair: Tables = {"nation": "France", "role": "air_policing", "count": 2, "soldiers_per_unit": 50}
    support = GROWING["support"]
    alone = forces_of(GROWING)
    ready = forces_of({**GROWING, "support": {**support, "pair": {**pair, "from_strength": False}}})
    waiting = forces_of({**GROWING, "support": {**support, "pair": pair}})
    assert np.all(ready.units[:, -1] == 2)
    assert np.array_equal(ready.units[:, :-1], alone.units)
    assert np.array_equal(ready.soldiers, alone.soldiers)
    assert waiting.units[0, -1] == 0
    assert waiting.units[:, -1].max() <= 2
