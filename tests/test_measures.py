"""Measures of a run, against hand examples, SciPy and the tables."""

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, rich_on_the_real_line, scenario
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.measures import MEASURES, survival_quantiles
from sim.outcome import Outcome, simulate


def survival_quantile(times: np.ndarray, observed: np.ndarray, share: float) -> float:
    """Return one Kaplan-Meier quantile."""
    (found,) = survival_quantiles(times, observed, (share,))
    return found


OUTCOMES = {
    "rich": simulate(scenario(RICH), 1),
    "real": simulate(rich_on_the_real_line(), 2),
    "lost": simulate(scenario(RICH, dispatch__waiting_room=False), 3),
}


def test_kaplan_meier_by_hand() -> None:
    """Catches censored times that count as events, or as if they had never been at risk."""
    # at risk 6, 5, 3, 2: survival 5/6, 2/3 (censored at 3), 4/9, 2/9 (censored at 9)
    times = np.array([8.0, 1.0, 3.0, 2.0, 5.0, 9.0])
    observed = np.array([True, True, False, True, True, False])
    for share, expected in ((0.1, 1.0), (1 / 6, 1.0), (0.3, 2.0), (0.5, 5.0), (0.7, 8.0)):
        assert survival_quantile(times, observed, share) == expected
    assert np.isnan(survival_quantile(times, observed, 0.8))
    together = survival_quantiles(times, observed, (0.1, 0.3, 0.5, 0.8))
    assert together[:3] == [1.0, 2.0, 5.0]
    assert np.isnan(together[3])


def test_kaplan_meier_at_its_edges() -> None:
    """Catches crashes and invented numbers where nothing, or only never, was seen."""
    nobody = np.zeros(3, dtype=bool)
    assert np.isnan(survival_quantile(np.empty(0), np.empty(0, dtype=bool), 0.5))
    assert np.isnan(survival_quantile(np.array([1.0, 2.0, 3.0]), nobody, 0.5))
    assert survival_quantile(np.array([4.0]), np.array([True]), 0.9) == 4.0
    never = np.array([1.0, np.inf, np.inf])
    assert np.isnan(survival_quantile(never, ~nobody, 0.5))
    assert survival_quantile(never, ~nobody, 1 / 3) == 1.0
    # an event and a censoring at one time: the event comes first
    tied = np.array([2.0, 2.0])
    assert survival_quantile(tied, np.array([False, True]), 0.5) == 2.0


TIMES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@given(TIMES, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_kaplan_meier_against_scipy(sample: list[tuple[int, bool]], share: float) -> None:
    """Catches wrong numbers at risk among ties of events and censorings."""
    times = np.array([float(time) for time, _ in sample])
    observed = np.array([seen for _, seen in sample])
    data = stats.CensoredData.right_censored(times, ~observed)
    survival = stats.ecdf(data).sf
    reached = survival.probabilities <= 1.0 - share + 1e-9
    expected = survival.quantiles[reached][0] if reached.any() else np.nan
    found = survival_quantile(times, observed, share)
    assert np.array_equal(found, expected, equal_nan=True)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 1.0]))
def test_without_censoring_it_is_the_empirical_quantile(times: list[float], share: float) -> None:
    """Catches a short cut for complete data that differs from the general way."""
    found = survival_quantile(np.array(times), np.ones(len(times), dtype=bool), share)
    assert found == np.quantile(times, share, method="inverted_cdf")


def by_hand(outcome: Outcome) -> dict[str, float]:
    """Compute the measures that the tables alone decide, from their definitions."""
    rows, end = outcome.violations, outcome.plan.horizon_h
    rows = rows[rows["onset_h"] >= 24.0 * outcome.scenario.run.warmup_days]
    seen = rows["detected_h"].notna()
    over = rows["end_h"] <= end
    status = rows["status"].astype(str)
    calls = rows["called_h"].notna()
    sent = rows["dispatched_h"].notna()
    answered = status == "answered"
    never = status.isin(["lost", "expired"])
    grave = rows["severity"] >= outcome.scenario.command.min_severity
    decided = grave & ((~seen & over) | answered | never)
    summoned = seen & grave
    response = rows["response_time_min"].where(answered, 60.0 * (end - rows["detected_h"]))
    response = response.mask(never, np.inf)
    standard = outcome.scenario.measures.standard_min
    within = answered & (response <= standard)
    settled = summoned & (answered | never | (response > standard))
    timely = answered & (rows["arrived_h"] <= rows["end_h"])
    wait = 60.0 * (rows["dispatched_h"] - rows["called_h"])
    waited = (wait > 0.0) | status.isin(["waiting", "expired"])
    done = (answered | never)[summoned].to_numpy()
    return {
        "n_violations": len(rows),
        "detection_rate": seen.sum() / (seen | over).sum(),
        "detection_delay_mean_min": rows["detection_delay_min"].mean(),
        "detection_delay_p90_min": rows["detection_delay_min"].quantile(0.9, "higher"),
        "response_time_mean_min": response[answered].mean(),
        "response_time_p50_min": survival_quantile(response[summoned].to_numpy(), done, 0.5),
        "total_time_mean_min": rows["total_time_min"].mean(),
        "within_standard_share": within.sum() / settled.sum(),
        "answered_share": answered.sum() / decided.sum(),
        "timely_share": timely.sum() / (seen | over).sum(),
        "unanswered_share": status.isin(["waiting", "lost", "expired"]).sum() / calls.sum(),
        "lost_share": (status == "lost").sum() / calls.sum(),
        "wait_mean_min": wait.mean(),
        "waited_share": waited.sum() / calls.sum(),
        "travel_distance_mean_km": rows["distance_km"][sent].mean(),
        "sorties": len(outcome.sorties),
        "drones_lost": (outcome.sorties["end"] == "lost").sum(),
        "unit_utilisation": outcome.units["busy_h"].sum() / (end * len(outcome.units)),
    }


@pytest.mark.parametrize("name", OUTCOMES)
def test_measures_follow_from_the_tables(name: str) -> None:
    """Catches a measure that counts other rows than its definition says."""
    outcome = OUTCOMES[name]
    expected = by_hand(outcome)
    expected["detection_delay_p90_min"] = outcome.measures["detection_delay_p90_min"]
    found = {measure: outcome.measures[measure] for measure in expected}
    assert found == pytest.approx(expected, nan_ok=True)
    delays = outcome.violations["detection_delay_min"]
    warm = outcome.violations["onset_h"] >= 24.0
    quantile = np.quantile(delays[warm].dropna(), 0.9, method="inverted_cdf")
    assert found["detection_delay_p90_min"] == pytest.approx(quantile)


@pytest.mark.parametrize("name", OUTCOMES)
def test_shares_are_shares(name: str) -> None:
    """Catches a part that is counted among more than its whole."""
    for measure, value in OUTCOMES[name].measures.items():
        if MEASURES[measure].unit == "share":
            assert 0.0 <= value <= 1.0, measure
        assert not value < 0.0, measure


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_breakdown_adds_up(name: str) -> None:
    """Catches violations that are in no part of a breakdown, or in two."""
    outcome = OUTCOMES[name]
    table = outcome.breakdown
    for _, part in table.groupby("by"):
        assert part["n_violations"].sum() == outcome.measures["n_violations"]
    rows = outcome.violations[outcome.violations["onset_h"] >= 24.0]
    for _, row in table[table["by"] == "kind"].iterrows():
        mine = rows[rows["kind"] == row["value"]]
        assert row["n_violations"] == len(mine)
        over = mine["detected_h"].notna() | (mine["end_h"] <= outcome.plan.horizon_h)
        assert row["detection_rate"] == pytest.approx(mine["detected_h"].notna().sum() / over.sum())


def test_measures_have_a_name_a_unit_and_a_definition() -> None:
    """Catches a measure without its description, or in another order than the tables promise."""
    assert list(OUTCOMES["rich"].measures) == list(MEASURES)
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.label
        assert measure.unit
        assert measure.definition
        if name.endswith(("_min", "_km", "_usd", "_h")):
            assert measure.unit.lower() == name.rsplit("_", 1)[1]


def test_the_cost_is_flight_hours_at_their_price() -> None:
    """Catches costs of the wrong platform."""
    outcome = OUTCOMES["rich"]
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
