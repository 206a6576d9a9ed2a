"""Bit for bit: a run is the same however, wherever and whenever it is computed."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest
from engine_scenarios import RICH, everything, rich_on_the_real_line, run_in_cuts, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.results.outcome import run_world, simulate
from sim.setup.plan import Plan, build_plan

SEED = 11
SCENARIOS = {
    "straight": scenario(RICH),
    "real": rich_on_the_real_line(),
    "no waiting room": scenario(RICH, dispatch__waiting_room=False, dispatch__travel_is_busy=False),
}


@cache
def plan_of(name: str) -> Plan:
    return build_plan(SCENARIOS[name])


@cache
def whole(name: str) -> dict[str, Any]:
    """Return all that a run in one go leaves behind; not on import, which would compile."""
    return everything(run_world(plan_of(name), SEED))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_gives_the_same_run(name: str) -> None:
    """Catches anything in a run that does not follow from scenario and seed."""
    assert everything(run_world(plan_of(name), SEED)) == whole(name)
    again = build_plan(SCENARIOS[name])
    assert everything(run_world(again, SEED)) == whole(name)
    assert everything(run_world(plan_of(name), SEED + 1)) != whole(name)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("steps", [2, 1000])
def test_a_run_in_steps_is_the_run_in_one_go(name: str, steps: int) -> None:
    """Catches behaviour at the end of a step: the physics knows no step."""
    plan = plan_of(name)
    cuts = np.linspace(0.0, plan.horizon_h, steps + 1)
    assert everything(run_in_cuts(plan, SEED, cuts)) == whole(name)


@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 1.0), max_size=30), st.sampled_from(sorted(SCENARIOS)))
def test_a_run_may_be_cut_anywhere(shares: list[float], name: str) -> None:
    """Catches state that is lost between two steps, empty steps and steps back in time."""
    cuts = np.array(shares) * plan_of(name).horizon_h
    assert everything(run_in_cuts(plan_of(name), SEED, cuts)) == whole(name)


def test_a_run_may_be_cut_at_its_events() -> None:
    """Catches events at the very end of a step that are taken twice, or not at all."""
    rows = run_world(plan_of("straight"), SEED).violations
    times = [rows[name] for name in ("onset", "detected", "called", "arrived", "end")]
    cuts = np.sort(np.concatenate(times))
    cuts = cuts[np.isfinite(cuts) & (cuts <= plan_of("straight").horizon_h)]
    assert everything(run_in_cuts(plan_of("straight"), SEED, cuts)) == whole("straight")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_pickled_plan_gives_the_same_run(name: str) -> None:
    """Catches a plan that changes on its way to a worker process."""
    copy = pickle.loads(pickle.dumps(plan_of(name)))
    assert everything(run_world(copy, SEED)) == whole(name)


def test_threads_do_not_disturb_each_other() -> None:
    """Catches scratch space or state that runs of one plan share while the GIL is released."""
    plan = plan_of("straight")
    alone = [everything(run_world(plan, seed)) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda seed: everything(run_world(plan, seed)), list(range(8)) * 2)
        )
    assert together == alone * 2


def test_a_run_leaves_its_plan_as_it_was() -> None:
    """Catches a run that writes to arrays it shares with the next run."""
    plan = build_plan(scenario(RICH))
    before = pickle.dumps(plan)
    run_world(plan, 1)
    assert pickle.dumps(plan) == before


def test_the_rich_scenario_is_rich() -> None:
    """Catches a scenario under which these tests would test less than they say."""
    outcome = simulate(SCENARIOS["straight"], SEED)
    assert {"answered", "missed", "detected", "expired"} <= set(outcome.violations["status"])
    assert {"planned", "weather", "lost"} <= set(outcome.sorties["end"])
    assert outcome.measures["waited_share"] > 0.1
    assert (outcome.world.violations["status"] == 1).any()  # prevented by feedback
    assert len(outcome.world.changes) > 20
    assert outcome.violations["parent"].max() >= 0
