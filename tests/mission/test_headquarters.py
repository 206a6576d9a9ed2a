"""Desks against queueing theory, and rulings against the chances stated."""

from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mission_scenarios import (
    AWAY_H,
    ENGAGED_AGAIN,
    MOST_Z,
    WATCHED,
    Tables,
    made,
    over_runs,
    run,
    z_of_mean,
    z_of_share,
)

from sim.engine.run import advance_world, start_world
from sim.results.outcome import Outcome
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

ROUNDING_H = 1e-9
RATE_PER_H = 60.0 / 24.0


def station(service_min: float, desks: int = 1) -> Tables:
    return {**WATCHED, "headquarters": {"hq": {"desks": desks, "service_min": service_min}}}


def erlang_c_wait_h(desks: int, load: float, service_h: float) -> float:
    """Return the mean wait of M/M/c; load in erlangs."""
    full = load**desks / factorial(desks) * desks / (desks - load)
    waits = full / (sum(load**k / factorial(k) for k in range(desks)) + full)
    return waits * service_h / (desks - load)


def settled_waits(outcome: Outcome) -> pd.DataFrame:
    """Return the reports after the queue has settled and before the end cuts waits off."""
    reports = outcome.reports
    end = outcome.plan.horizon_h
    return reports[reports["reported_h"].between(240.0, end - 240.0)]


@pytest.mark.parametrize("desks", [1, 2, 5])
def test_a_station_is_the_queue_of_erlang(desks: int) -> None:
    """Catches desks that idle while reports wait, and waits or utilisation summed wrongly."""
    service_h = 0.7 * desks / RATE_PER_H
    scenario = made(station(60.0 * service_h, desks), run__duration_days=220.0)

    def found(outcome: Outcome) -> list[float]:
        wait_min = float(settled_waits(outcome)["desk_wait_min"].mean())
        return [wait_min, float(outcome.headquarters["utilisation"].iloc[0])]

    expected = [60.0 * erlang_c_wait_h(desks, 0.7 * desks, service_h), 0.7]
    z = z_of_mean(over_runs(scenario, range(1, 41), found), expected)
    assert np.all(np.abs(z) < MOST_Z), z


def test_graver_reports_wait_less_by_the_law_of_priorities() -> None:
    """Catches a queue that looks at the age alone, or at severity the wrong way round.

    Mean waits of non-preemptive priorities: Cobham (1954), Priority assignment in waiting line
    problems, Operations Research 2, 70-76.
    """
    service_h = 0.8 / RATE_PER_H
    scenario = made(station(60.0 * service_h), run__duration_days=220.0)

    def found(outcome: Outcome) -> Any:
        return settled_waits(outcome).groupby("severity")["desk_wait_min"].mean().to_numpy()

    above = 0.16 * np.arange(4, -1, -1)  # load of the graver reports, by severity 1 to 5
    expected = 60.0 * 0.8 * service_h / ((1.0 - above) * (1.0 - above - 0.16))
    z = z_of_mean(over_runs(scenario, range(1, 41), found), expected)
    assert np.all(np.abs(z) < MOST_Z), z


@settings(max_examples=25)
@given(
    desks=st.integers(1, 4),
    load=st.floats(0.5, 1.3),
    law=st.sampled_from(["fixed", "exponential", "lognormal"]),
    seed=st.integers(1, 10_000),
)
def test_desks_are_never_more_than_there_are_and_serve_in_turn(
    desks: int, load: float, law: str, seed: int
) -> None:
    """Catches a desk too many, one that idles, a report that jumps the queue or is forgotten."""
    tables = station(60.0 * load * desks / RATE_PER_H, desks)
    outcome = run(tables, seed, run__duration_days=4.0, headquarters__hq__service=law)
    rows = outcome.reports
    rows = rows[rows["called_h"].notna()]
    came = rows["reported_h"].to_numpy()
    done = rows["called_h"].to_numpy()
    begun = done - outcome.world.desk_hours[rows["violation"], 0]
    severity = rows["severity"].to_numpy()
    assert rows["desk_wait_min"].to_numpy() / 60.0 == pytest.approx(begun - came, abs=ROUNDING_H)
    at_work = (begun <= begun[:, None] + ROUNDING_H) & (begun[:, None] + ROUNDING_H < done)
    assert np.all(at_work.sum(axis=1) <= desks)
    waited = begun > came + ROUNDING_H
    open_h = np.where(rows["called_h"].notna(), done, np.inf)
    busy = (begun < came[:, None] - ROUNDING_H) & (open_h > came[:, None] + ROUNDING_H)
    # those at a desk when the run ends have no call yet
    still = int(outcome.world.stations["busy"][0])
    assert np.all(busy.sum(axis=1)[waited] >= desks - still)
    there = came < begun[:, None] - ROUNDING_H
    later = begun > begun[:, None] + ROUNDING_H
    before = (severity > severity[:, None]) | (
        (severity == severity[:, None]) & (came < came[:, None])
    )
    assert not np.any(there & later & before & waited[:, None])


AMERICAN: Tables = {
    **station(25.0),
    "run": {"duration_days": 40.0},
    "united_states": ENGAGED_AGAIN,
    "headquarters": {"hq": {"desks": 1, "service_min": 25.0, "nation": "United States"}},
}


def test_reports_pass_a_closed_station_by() -> None:
    """Catches a station that works while its nation is away, or keeps its queue when it closes."""
    outcome = run(AMERICAN)
    rows = outcome.reports
    chain_h = (rows["called_h"] - rows["reported_h"]).to_numpy()
    desk_h = outcome.world.desk_hours[rows["violation"], 0]
    away = rows["reported_h"].between(*AWAY_H, inclusive="left").to_numpy()
    assert away.sum() > 400
    assert np.all(chain_h[away] == 0.0)
    came, called = rows["reported_h"].to_numpy(), rows["called_h"].to_numpy()
    # those that waited when it closed went on without it, at that very moment
    waiting = (came < AWAY_H[0]) & (called == AWAY_H[0])
    assert waiting.sum() > 0
    served = ~away & ~waiting & ~np.isnan(called)
    assert np.all(chain_h[served] >= desk_h[served] - ROUNDING_H)
    # and only the report at the desk is finished later
    assert np.sum((came < AWAY_H[0]) & (called > AWAY_H[0])) == 1


def test_the_mean_wait_counts_those_who_went_on_when_it_closed() -> None:
    """Catches waits of reports that left the queue, without the reports in the mean."""
    outcome = run(AMERICAN, run__duration_days=15.0, headquarters__hq__service_min=200.0)
    rows = outcome.reports
    waits = rows.loc[rows["reported_h"] < AWAY_H[0], "desk_wait_min"]
    assert outcome.headquarters["wait_mean_min"].iloc[0] == pytest.approx(waits.mean())


def test_all_their_stations_close_at_the_same_moment() -> None:
    """Catches reports that leave one closing station for the next, which works on them."""
    hq = AMERICAN["headquarters"]["hq"]
    stations = {"first": hq, "second": {**hq, "desks": 50, "service": "fixed"}}
    rows = run({**AMERICAN, "headquarters": stations}).reports
    came, called = rows["reported_h"], rows["called_h"]
    assert np.sum((came < AWAY_H[0]) & (called == AWAY_H[0])) > 0
    # what lay on desks goes on: one report at the first, and the last few at the second
    later = called[(came < AWAY_H[0]) & (called > AWAY_H[0])]
    at_second = (later - 25.0 / 60.0).between(0.0, AWAY_H[0], inclusive="left")
    assert np.sum(~at_second) <= 1


def test_reports_wait_for_a_closed_station_to_open() -> None:
    """Catches a closed station that serves, or one that does not begin when it opens."""
    outcome = run(AMERICAN, headquarters__hq__while_closed="wait")
    rows = outcome.reports[outcome.reports["called_h"].notna()]
    begun = rows["called_h"].to_numpy() - outcome.world.desk_hours[rows["violation"], 0]
    assert not np.any((begun > AWAY_H[0]) & (begun < AWAY_H[1] - ROUNDING_H))
    assert np.min(np.abs(begun - AWAY_H[1])) < ROUNDING_H
    assert outcome.headquarters["longest_queue"].iloc[0] > 400


def test_a_long_queue_that_passes_a_station_by_fits_the_calendar() -> None:
    """Catches events written past the end of the calendar when thousands are sent at once."""
    tables = {
        **AMERICAN,
        "monitors": {},
        "reports": {"complaint": {"share": 1.0, "delay_min": 0.0}},
        "support": {"units": {"nation": "any", "count": 6000}},
        "dispatch": {"travel_is_busy": False},
    }
    plan = build_plan(
        made(tables, violations__rate_per_day=270.0, headquarters__hq__service_min=1e6)
    )
    world = make_world(plan, 1)
    start_world(world)
    advance_world(world, AWAY_H[0] - 0.001)
    waiting = int(world.stations["queued"][0])
    assert 2 * waiting > 4096, "more than the calendar holds at first"
    advance_world(world, AWAY_H[0])
    assert 2 * waiting <= world.calendar["pending"][0] <= len(world.events)


def test_slight_reports_pass_a_station_by() -> None:
    """Catches a station that takes reports below its least severity, or leaves out its least."""
    outcome = run(station(20.0), headquarters__hq__min_severity=3)
    rows = outcome.reports[outcome.reports["called_h"].notna()]
    at_once = rows["called_h"] == rows["reported_h"]
    assert np.all(at_once == (rows["severity"] < 3))
    assert set(rows["severity"]) == {1, 2, 3, 4, 5}


ACOUSTIC: Tables = {
    "radius_km": 100.0,
    "look_chance": 1.0,
    "confirms": False,
    "attribution_chance": 0.35,
}
RULED: Tables = {
    **WATCHED,
    "run": {"duration_days": 200.0},
    "platforms": {"ear": ACOUSTIC, "mast": WATCHED["platforms"]["mast"]},
    "monitors": {"ears": {**WATCHED["monitors"]["mast"], "platform": "ear"}},
    "headquarters": {"ruling": {"task": "ruling", "desks": 50, "service_min": 5.0}},
    "referee": {"dismisses_unconfirmed": 0.25},
}


def ruled(outcome: Outcome) -> dict[str, int]:
    """Return how many reports were ruled on, and how."""
    rulings = outcome.reports["ruling"].value_counts().to_dict()
    rulings.pop("none")
    return {**rulings, "all": sum(rulings.values())}


def test_the_first_report_attributes_and_a_doubtful_one_may_be_dismissed() -> None:
    """Catches shares of rulings that do not follow the chances of an unconfirmed report."""
    found = ruled(run(RULED))
    kept = found["all"] - found["false_alarm"]
    assert abs(z_of_share(found["false_alarm"], found["all"], 0.25)) < MOST_Z
    assert abs(z_of_share(found["attributed"], kept, 0.35)) < MOST_Z


def test_a_second_platform_that_confirms_adds_its_own_chance() -> None:
    """Catches a confirmed report that is dismissed, or chances that are added or overwritten."""
    monitors = {**RULED["monitors"], "mast": WATCHED["monitors"]["mast"]}
    outcome = run({**RULED, "monitors": monitors})
    assert set(outcome.reports["grade"]) == {"confirmed"}
    found = ruled(outcome)
    assert found["false_alarm"] == 0
    expected = 1.0 - (1.0 - 0.35) * (1.0 - 0.7)
    assert abs(z_of_share(found["attributed"], found["all"], expected)) < MOST_Z


RUMOURS: Tables = {
    **RULED,
    "violations": {"rate_per_day": 0.0, "kinds": WATCHED["violations"]["kinds"]},
    "monitors": {},
    "reports": {"rumour": {"share": 0.0, "false_per_day": 60.0}},
}
ANALYSIS: Tables = {"task": "analysis", "desks": 50, "service_min": 5.0, "recognises_false": 0.4}
RULING: Tables = RULED["headquarters"]["ruling"]


@pytest.mark.parametrize(
    ("stations", "expected"),
    [
        ({"analysis": ANALYSIS}, 0.4),
        ({"ruling": RULING}, 0.5),
        ({"analysis": ANALYSIS, "ruling": RULING}, 1.0 - 0.6 * 0.5),
        ({"first": ANALYSIS, "second": ANALYSIS, "ruling": RULING}, 1.0 - 0.6 * 0.6 * 0.5),
    ],
    ids=["analysis", "ruling", "both", "three"],
)
def test_false_reports_are_recognised_with_the_chances_stated(
    stations: Tables, expected: float
) -> None:
    """Catches one mark that decides at all stations alike, so that a second adds nothing."""
    outcome = run({**RUMOURS, "headquarters": stations})
    rows = outcome.reports
    past = rows[rows["status"] != "at_desk"]
    recognised = int((past["status"] == "dismissed").sum())
    assert abs(z_of_share(recognised, len(past), expected)) < MOST_Z
    assert np.all((past["ruling"] == "false_alarm") == (past["status"] == "dismissed"))


def test_the_referee_recognises_most_of_what_a_drone_did_not_find() -> None:
    """Catches a search without success that counts no more than no search at all."""
    drone = {"speed_kmh": 1000.0, "radius_km": 10.0, "look_chance": 0.5}
    monitors = {
        "drones": {"platform": "drone", "count": 3, "patrol": "shuttle", "nation": "Poland"}
    }
    tables = {**RUMOURS, "platforms": {"drone": drone}, "monitors": monitors}
    outcome = run({**tables, "cueing": {"enabled": True, "search_min": 40.0}})
    rows = outcome.reports[outcome.reports["ruling"] != "none"]
    for grade, expected in (("not_found", 0.9), ("unconfirmed", 0.5)):
        mine = rows[rows["grade"] == grade]
        recognised = int((mine["ruling"] == "false_alarm").sum())
        assert len(mine) > 100
        assert abs(z_of_share(recognised, len(mine), expected)) < MOST_Z


@pytest.mark.parametrize(("confirmed", "expected"), [(True, 0.3), (False, 0.5)])
def test_the_referee_recognises_less_of_what_looks_confirmed(
    confirmed: bool, expected: float
) -> None:
    """Catches the chances of confirmed and unconfirmed false reports mixed up."""
    found = ruled(run(RUMOURS, reports__rumour__confirmed=confirmed))
    assert abs(z_of_share(found["false_alarm"], found["all"], expected)) < MOST_Z
