"""Intervals: textbook values, coverage, edge cases."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiment import (
    mean_interval,
    paired_difference,
    quantile_interval,
    summarise,
    wilson_interval,
)
from sim.measures import MEASURES
from sim.statistics import INDICATORS, indicator_interval


def test_mean_is_students_t() -> None:
    """Catch a normal factor, a wrong degree of freedom or a biased standard deviation."""
    values = [1.2, 0.7, 1.9, 1.1, 0.4]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_interval(values)
    assert found.estimate == pytest.approx(1.06)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.half_width == pytest.approx((expected.high - expected.low) / 2)


def test_mean_leaves_out_undefined_and_needs_two() -> None:
    """Catch NaN that spreads, and an interval claimed from one run."""
    assert mean_interval([1.0, np.nan, 3.0]) == mean_interval([1.0, 3.0])
    one = mean_interval([2.0, np.nan])
    assert one.estimate == 2.0
    assert np.isnan([one.low, one.high]).all()
    assert np.isnan(mean_interval([])).all()


def test_mean_interval_covers() -> None:
    """Catch intervals that are too narrow: 2,000 samples of 5, tolerance 4 standard errors."""
    rng = np.random.default_rng(1)
    intervals = [mean_interval(sample) for sample in rng.normal(3, 2, (2000, 5))]
    covered = np.mean([i.low <= 3 <= i.high for i in intervals])
    assert abs(covered - 0.95) < 4 * (0.95 * 0.05 / 2000) ** 0.5


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (81, 263)])
def test_share_is_wilson(successes: int, trials: int) -> None:
    """Catch an error in the score interval, by SciPy's own."""
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    found = wilson_interval(successes, trials)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_share_of_nothing_and_nonsense() -> None:
    """Catch a division by zero trials, and more successes than trials."""
    assert np.isnan(wilson_interval(0, 0)).all()
    with pytest.raises(ValueError, match="4 successes in 3 trials"):
        wilson_interval(4, 3)


def test_quantile_interval_is_of_order_statistics() -> None:
    """Catch an index off by one: SciPy gives the same order statistics."""
    values = np.random.default_rng(2).exponential(size=60)
    for share in (0.5, 0.9):
        expected = stats.quantile_test(values, p=share).confidence_interval(0.95)
        found = quantile_interval(values, share)
        assert (found.low, found.high) == (expected.low, expected.high)
        assert found.estimate == pytest.approx(float(np.quantile(values, share)))


def test_quantile_bound_needs_enough_runs() -> None:
    """Catch an upper bound of a 99 % quantile claimed from 20 runs."""
    found = quantile_interval(np.arange(20.0), 0.99)
    assert np.isnan(found.high)
    assert not np.isnan(found.low)


def test_pairs_cancel_common_noise() -> None:
    """Catch a difference that ignores the pairing and keeps the noise of both points."""
    noise = np.random.default_rng(3).normal(size=30)
    found = paired_difference(noise, noise + 0.5)
    assert found.estimate == pytest.approx(0.5)
    assert found.half_width < 1e-9
    with pytest.raises(ValueError, match="pairs need the same number"):
        paired_difference(noise, noise[1:])


def test_summary_matches_single_intervals() -> None:
    """Catch a grouped computation that differs from the plain one, and failed runs counted."""
    rng = np.random.default_rng(4)
    runs = pd.DataFrame(
        {
            "point": np.repeat([0, 1], 6),
            "replication": np.tile(np.arange(6), 2),
            "seed": np.tile(np.arange(6), 2),
            "count": np.repeat([20, 10], 6),
            "rate": rng.random(12),
            "error": ["", "", "", "", "", "Boom"] * 2,
        }
    )
    runs.loc[runs["error"] != "", "rate"] = np.nan
    summary = summarise(runs, ["count"])
    assert list(summary.columns) == [
        *("count", "runs", "failed", "rate_mean", "rate_low", "rate_high")
    ]
    assert summary[["count", "runs", "failed"]].to_numpy().tolist() == [[20, 5, 1], [10, 5, 1]]
    for point in (0, 1):
        expected = mean_interval(runs.loc[runs["point"] == point, "rate"].to_numpy())
        found = summary.loc[point, ["rate_mean", "rate_low", "rate_high"]]
        assert found.tolist() == pytest.approx(list(expected))


def test_summary_without_keys_or_factors() -> None:
    """Catch a summary that only works on the runner's own table."""
    runs = pd.DataFrame({"a": [1, 1, 2, 2], "x": [0.0, 2.0, 4.0, np.nan]})
    assert summarise(runs, ["a"])["x_mean"].tolist() == [1.0, 4.0]
    assert np.isnan(summarise(runs, ["a"])["x_low"].iloc[1])
    assert summarise(runs, [], ["x"])["x_mean"].tolist() == [2.0]


def test_chances_stay_between_0_and_1() -> None:
    """Catches a chance with an interval beyond certainty, in a sweep or a comparison."""
    held = [1.0] * 17 + [0.0] * 3
    interval = indicator_interval([*held, np.nan])
    assert interval == wilson_interval(17, 20)
    runs = pd.DataFrame({"point": 0, "ceasefire_held": held, "detection_rate": held, "error": ""})
    row = summarise(runs, []).iloc[0]
    assert (row["ceasefire_held_low"], row["ceasefire_held_high"]) == interval[1:]
    assert row["detection_rate_high"] == mean_interval(held).high > 1.0


def test_indicators_are_the_measures_that_are_yes_or_no() -> None:
    """Catches a new measure of yes or no that is given Student's interval."""
    told = {name for name, found in MEASURES.items() if found.definition.startswith("1 if")}
    assert told == INDICATORS


def test_summary_counts_the_runs_of_a_mean() -> None:
    """Catches a mean of the few runs that have the measure beside the number of all runs."""
    time = [5.0, np.nan, 7.0, 1.0, 2.0, 3.0]
    runs = pd.DataFrame({"point": [0, 0, 0, 1, 1, 1], "time": time, "rate": 0.5, "error": ""})
    summary = summarise(runs, [])
    assert summary["time_n"].tolist() == [2, 3]
    assert "rate_n" not in summary
    assert summary["runs"].tolist() == [3, 3]
