"""Measures of a run, against hand examples, SciPy and the tables."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, rich_on_the_real_line, scenario
from textbook import estimate

from sim.results.measures import MEASURES
from sim.results.outcome import Outcome, simulate
from sim.statistics.survival import survival_quantiles

RUNS = {
    "rich": (scenario(RICH), 1),
    "real": (rich_on_the_real_line(), 2),
    "lost": (scenario(RICH, dispatch__waiting_room=False), 3),
}


@cache
def outcome_of(name: str) -> Outcome:
    """Return the outcome of a run; not on import, which would compile."""
    return simulate(*RUNS[name])


def by_hand(outcome: Outcome) -> dict[str, float]:
    """Compute the measures that the tables alone decide, from their definitions."""
    rows, end = outcome.violations, outcome.plan.horizon_h
    first = 24.0 * outcome.scenario.run.warmup_days
    rows = rows[rows["onset_h"] >= first]
    over = rows["end_h"].where(rows["end_h"] <= end)
    live = rows["detected_h"].where(rows["detected_h"] <= rows["end_h"])
    status = rows["status"].astype(str)
    calls, sent = rows["called_h"].notna(), rows["dispatched_h"].notna()
    answered = status == "answered"
    never = status.isin(["lost", "expired"])
    response = rows["response_time_min"].where(answered, 60.0 * (end - rows["reported_h"]))
    response = response.mask(never, np.inf)
    wait = 60.0 * (rows["dispatched_h"] - rows["called_h"])
    waited = (wait > 0.0) | status.isin(["waiting", "expired"])
    grave = rows[rows["severity"] >= outcome.scenario.command.min_severity]
    arrived = grave["arrived_h"].where(answered[grave.index])
    unseen = over[grave.index].where(grave["reported_h"].isna())
    decided = grave["reported_h"] + outcome.scenario.measures.standard_min / 60.0
    missed = decided.where(decided <= end).fillna(unseen)
    summoned = grave["reported_h"].notna()
    done = (answered | never)[grave.index][summoned].to_numpy()
    times = response[grave.index][summoned].to_numpy()
    followed = grave["onset_h"] <= end - min(24.0, (end - first) / 2.0)
    delays = 60.0 * (live - rows["onset_h"])
    return {
        "n_violations": len(rows),
        "detection_rate": estimate(rows, live, over, end)[0],
        "detection_delay_mean_min": delays.mean(),
        "response_time_mean_min": response[answered].mean(),
        "response_time_p50_min": survival_quantiles(times, done, (0.5,))[0],
        "total_time_mean_min": rows["total_time_min"].mean(),
        "within_standard_share": estimate(grave, arrived.where(arrived <= decided), missed, end)[0],
        "answered_share": answered[grave.index][followed].mean(),
        "timely_share": estimate(
            grave, arrived.where(arrived <= grave["end_h"]), over[grave.index], end
        )[0],
        "time_to_arrival_mean_min": 60.0
        * estimate(grave, arrived, pd.Series(np.nan, grave.index), end, 24.0)[1],
        "lost_share": (status == "lost").sum() / calls.sum(),
        "wait_mean_min": wait.mean(),
        "waited_share": waited.sum() / calls.sum(),
        "travel_distance_mean_km": rows["distance_km"][sent].mean(),
        "sorties": len(outcome.sorties),
        "drones_lost": (outcome.sorties["end"] == "lost").sum(),
        "unit_utilisation": outcome.units["busy_h"].sum() / (end * len(outcome.units)),
    }


@pytest.mark.parametrize("name", RUNS)
def test_measures_follow_from_the_tables(name: str) -> None:
    """Catches a measure that counts other rows than its definition says."""
    outcome = outcome_of(name)
    expected = by_hand(outcome)
    found = {measure: outcome.measures[measure] for measure in expected}
    assert found == pytest.approx(expected, nan_ok=True)
    rows = outcome.violations[outcome.violations["onset_h"] >= 24.0]
    delays = rows["detection_delay_min"][rows["detected_h"] <= rows["end_h"]]
    quantile = np.quantile(delays, 0.9, method="inverted_cdf")
    assert outcome.measures["detection_delay_p90_min"] == pytest.approx(quantile)


@pytest.mark.parametrize("name", RUNS)
def test_shares_are_shares(name: str) -> None:
    """Catches a part that is counted among more than its whole."""
    for measure, value in outcome_of(name).measures.items():
        if MEASURES[measure].unit == "share":
            assert 0.0 <= value <= 1.0 or np.isnan(value), measure
        assert not value < 0.0, measure


@pytest.mark.parametrize("name", RUNS)
def test_the_breakdown_adds_up(name: str) -> None:
    """Catches violations that are in no part of a breakdown, or in two."""
    outcome = outcome_of(name)
    table = outcome.breakdown
    for _, part in table.groupby("by"):
        assert part["n_violations"].sum() == outcome.measures["n_violations"]
    rows = outcome.violations[outcome.violations["onset_h"] >= 24.0]
    for _, row in table[table["by"] == "kind"].iterrows():
        request = f"detection_rate[kind={row['value']}]"
        assert row["n_violations"] == (rows["kind"] == row["value"]).sum()
        assert row["detection_rate"] == pytest.approx(outcome.measure(request)[request])


def test_measures_have_a_name_a_unit_and_a_definition() -> None:
    """Catches a measure without its description, or in another order than the tables promise."""
    assert list(outcome_of("rich").measures) == list(MEASURES)
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.label
        assert measure.unit
        assert measure.definition
        if name.endswith(("_min", "_km", "_usd", "_h")):
            assert measure.unit.lower() == name.rsplit("_", 1)[1]


def test_the_cost_is_flight_hours_at_their_price() -> None:
    """Catches costs of the wrong platform."""
    outcome = outcome_of("rich")
    end = outcome.plan.horizon_h
    rows = outcome.sorties[outcome.sorties["platform"] == "plane"]
    hours = rows["landed_h"].fillna(end).clip(lower=0.0) - rows["launched_h"].clip(lower=0.0)
    assert outcome.measures["monitor_cost_usd"] == pytest.approx(100.0 * hours.sum())


def test_a_response_cut_off_by_the_end_is_censored_not_missing() -> None:
    """Catches medians that look short because slow answers fall beyond the end of the run."""
    made = scenario(TINY, support__units__count=1, run__duration_days=1.0)
    outcome = simulate(made, 1)
    rows = outcome.violations
    answered = rows["response_time_min"].dropna()
    assert 3 < len(answered) < 0.6 * rows["called_h"].notna().sum()
    assert outcome.measures["response_time_mean_min"] == pytest.approx(answered.mean())
    median = outcome.measures["response_time_p50_min"]
    assert np.isnan(median) or median > answered.median()
