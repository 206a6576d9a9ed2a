"""All mechanisms of the mission together: bookkeeping that holds whatever happens."""

from typing import Any

import numpy as np
import pytest
from engine_scenarios import PLATFORMS, RICH, bits, everything, run_in_cuts
from mission_scenarios import Floats, Tables, made

from sim.results.outcome import Outcome, simulate
from sim.rules.violation import AT_DESK, CUEING
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

AMERICAN: Tables = {"nation": "United States"}
ALL: Tables = {
    **RICH,
    "run": {"duration_days": 12.0},
    "platforms": {
        **PLATFORMS,
        "ear": {"radius_km": 6.0, "look_chance": 0.5, "look_interval_min": 3.0, "confirms": False},
    },
    "monitors": {
        **RICH["monitors"],
        "planes": {**RICH["monitors"]["planes"], "nation": "Poland"},
        "hoppers": {
            **RICH["monitors"]["hoppers"],
            "nation": "Poland",
            "only_without_us": True,
            "without_us_delay_days": 1.0,
        },
        "ears": {"platform": "ear", "count": 20, "patrol": "static", "nation": "Poland"},
    },
    "reports": {
        "complaint": {"share": 0.3, "delay_min": 20.0, "false_per_day": 10.0},
        "satellite": {**AMERICAN, "share": 0.2, "delay_min": 60.0, "confirmed": True},
    },
    "clutter": {
        "fires": {
            "rate_per_day": 20.0,
            "mean_duration_min": 60.0,
            "taken_for": "shelling",
            "look_chance": {"default": 0.3},
        }
    },
    "cueing": {"enabled": True, "poor_look_share": 0.6, "min_severity": 2},
    "headquarters": {
        "analysis": {
            **AMERICAN,
            "task": "analysis",
            "desks": 1,
            "service_min": 18.0,
            "recognises_false": 0.3,
            "while_closed": "wait",
        },
        "ruling": {"task": "ruling", "desks": 2, "service_min": 20.0, "service": "lognormal"},
        "coordination": {**AMERICAN, "desks": 1, "service_min": 10.0, "min_severity": 3},
    },
    "united_states": {
        "engagement": "random",
        "mean_engaged_days": 2.0,
        "mean_suspended_days": 1.0,
        "withdrawal_share": 0.1,
    },
    "force_generation": {"enabled": True, "rotation_days": 4.5},
    "nations": {
        "fr": {"name": "France", "strength": [{"day": 0.0, "soldiers": 40.0}]},
        "de": {
            "name": "Germany",
            "mandate": "random",
            "mandate_mean_days": 2.0,
            "strength": [{"day": 0.0, "soldiers": 20.0}, {"day": 8.0, "soldiers": 10.0}],
        },
    },
    "mission": {"land_lead": {"nation": "Germany", "absent_delay_min": 20.0}},
    "escalation": {
        "enabled": True,
        "us_deterrence": 0.5,
        "calm": {"worsen_per_unanswered": 0.05},
        "tense": {"factor": 1.5, "worsen_per_unanswered": 0.01, "ease_per_day": 0.5},
        "collapsing": {"factor": 2.0, "worsen_per_unanswered": 0.001, "ease_per_day": 0.5},
    },
}
PARTS = ("cases", "stations", "station_head", "station_tail", "us", "leads", "regime", "units")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(made(ALL))


def left_behind(world: World) -> dict[str, Any]:
    """Return all that a run leaves behind, to the bit."""
    parts = {name: getattr(world, name) for name in PARTS}
    return everything(world) | {
        name: bits(rows) if rows.dtype.names else {name: rows.tobytes()}
        for name, rows in parts.items()
    }


def some_cuts(seed: int) -> Floats:
    return np.sort(np.random.default_rng(seed).uniform(0.0, 288.0, 1500))


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_run_does_not_depend_on_how_it_is_cut(plan: Plan, seed: int) -> None:
    """Catches a mechanism whose course depends on when the engine is stopped."""
    whole = left_behind(run_in_cuts(plan, seed, np.array([])))
    cut = left_behind(run_in_cuts(plan, seed, some_cuts(seed)))
    for name, fields in whole.items():
        for field, value in fields.items():
            assert cut[name][field] == value, (name, field)


@pytest.fixture(scope="module", params=range(1, 7))
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return simulate(made(ALL), request.param)


def test_reports_are_in_the_one_place_their_status_says(outcome: Outcome) -> None:
    """Catches a report lost between a drone, the desks and the units, or in two places at once."""
    world = outcome.world
    past = world.past_violations
    at_desk = int(np.sum(past["status"] == AT_DESK))
    assert at_desk == world.stations["busy"].sum() + world.stations["queued"].sum()
    assert world.clock["queued"][0] == world.stations["queued"].sum()
    cueing = np.flatnonzero(past["status"] == CUEING)
    assert sorted(world.drones["cue"][world.drones["cue"] >= 0]) == cueing.tolist()
    assert np.all(world.stations["busy"] <= world.stations["desks"])


def test_what_happens_to_a_report_happens_in_order(outcome: Outcome) -> None:
    """Catches a ruling before its report, a call before the ruling, or an arrival before both."""
    rows = outcome.reports
    order = ["reported_h", "ruled_h", "called_h", "dispatched_h", "arrived_h"]
    for number, later in enumerate(order[1:], 1):
        for earlier in order[:number]:
            both = rows[[earlier, later]].dropna()
            assert np.all(both[earlier] <= both[later]), (earlier, later)
    assert rows["reported_h"].notna().all()
    ruled = rows["ruling"] != "none"
    assert np.all(ruled == rows["ruled_h"].notna())
    assert np.all((rows["ruling"] == "false_alarm") == (rows["status"] == "dismissed"))
    assert not rows.loc[rows["ruling"] == "false_alarm", "called_h"].notna().any()
    assert np.all((rows["grade"] == "confirmed") == rows["confirmed_h"].notna())
    assert np.all(rows["desk_wait_min"] >= 0.0)


def test_every_mechanism_is_at_work(outcome: Outcome) -> None:
    """Catches a scenario in which the tests of this file would see nothing."""
    measures = outcome.measures
    for name in ("cue_flights", "false_reports", "grave_unanswered", "attributed_share"):
        assert measures[name] > 0, name
    assert 0.0 < measures["confirmed_share"] < 1.0
    assert {"confirmed", "unconfirmed", "not_found"} <= set(outcome.reports["grade"])


def test_shares_of_time_add_up(outcome: Outcome) -> None:
    """Catches hours that are counted twice or not at all."""
    measures = outcome.measures
    assert sum(measures[f"{n}_share"] for n in ("calm", "tense", "collapsing")) == pytest.approx(1)
    now = outcome.world.now
    assert np.all(outcome.units["busy_h"] <= now)
    assert np.all(outcome.units["present_h"] <= now + 1e-9)
    assert np.all(outcome.headquarters["utilisation"] <= 1.0)
    total = outcome.world.drones["detections"].sum()
    assert total >= outcome.violations["detected_by"].astype(bool).sum()
