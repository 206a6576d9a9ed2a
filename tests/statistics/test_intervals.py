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
from sim.results.measures import MEASURES, measure_scale
from sim.statistics.intervals import LEAST_EQUAL, Scale, _equal_chance, moments


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


def test_intervals_stay_where_the_measure_can_be() -> None:
    """Catches a share or a chance beyond certainty, or a count below 0, in a summary."""
    held = [1.0] * 17 + [0.0] * 3
    few = [0.0] * 19 + [1.0]
    runs = pd.DataFrame(
        {"point": 0, "ceasefire_held": held, "detection_rate": held, "drones_lost": few}
    )
    row = summarise(runs, []).iloc[0]
    assert (row["ceasefire_held_low"], row["ceasefire_held_high"]) == wilson_interval(17, 20)[1:]
    assert 0.0 < row["detection_rate_low"] < 0.85 < row["detection_rate_high"] < 1.0
    assert 0.0 <= row["drones_lost_low"] < 0.05 < row["drones_lost_high"]


@pytest.mark.parametrize("scale", ["share", "indicator", "count", "amount"])
@pytest.mark.parametrize("n", [2, 3, 20])
def test_no_end_lies_where_no_mean_can(scale: Scale, n: int) -> None:
    """Catches ends beyond the scale, or that do not hold the estimate, in 2,000 samples a scale."""
    rng = np.random.default_rng(n)
    values = {
        "share": rng.beta(0.3, 0.1, (2000, n)).round(2),
        "indicator": rng.binomial(1, 0.9, (2000, n)),
        "count": rng.poisson(0.5, (2000, n)),
        "amount": rng.exponential(1.0, (2000, n)),
    }[scale]
    found = np.array([mean_interval(own, scale=scale) for own in values])
    estimate, low, high = found.T
    assert (low >= 0.0).all()
    assert (low <= estimate + 1e-12).all()
    assert (estimate <= high + 1e-12).all()
    if scale in ("share", "indicator"):
        assert (high <= 1.0).all()
        assert (high > low).all()
    changes = np.array([paired_difference(own, own[::-1], scale=scale) for own in values])
    if scale in ("share", "indicator"):
        assert (np.abs(changes) <= 1.0).all()


def test_a_share_is_students_t_on_logits() -> None:
    """Catches a wrong slope of the logit, or a factor that is not Student's: by hand, of three."""
    values = np.array([0.9, 0.95, 0.99])
    mean, error = values.mean(), values.std(ddof=1) / 3**0.5
    half = stats.t.ppf(0.975, 2) * error / (mean * (1 - mean))
    middle = np.log(mean / (1 - mean))
    expected = [1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))]
    assert mean_interval(values, scale="share")[1:] == pytest.approx(expected)


def test_equal_shares_leave_room_for_others() -> None:
    """Catches certainty from runs that agree: of 20, another value may have a chance of 17 %."""
    other = 1 - 0.025 ** (1 / 20)
    assert mean_interval([0.0] * 20, scale="share")[1:] == pytest.approx((0.0, other))
    assert mean_interval([1.0] * 20, scale="share")[1:] == pytest.approx((1 - other, 1.0))
    some = mean_interval([0.1 + 0.2] * 19 + [0.3], scale="share")  # equal but for rounding
    assert some[1:] == pytest.approx((0.3 * (1 - other), 0.3 + 0.7 * other))
    same = paired_difference([0.4] * 20, [0.4] * 20, scale="share")
    assert same == pytest.approx((0.0, -other, other))


def test_equal_counts_are_poisson_where_that_can_be() -> None:
    """Catches certainty from no event in 20 runs, and doubt of what 20 runs cannot show by luck."""
    low, high = stats.chi2.ppf([0.025, 0.975], [6, 8]) / 2 / 3
    assert mean_interval([1.0] * 3, scale="count")[1:] == pytest.approx((low, high))
    assert mean_interval([0.0] * 20, scale="count")[1:] == pytest.approx(
        (0.0, stats.chi2.ppf(0.975, 2) / 40)
    )
    assert mean_interval([4000.0] * 20, scale="count") == (4000.0, 4000.0, 4000.0)
    assert mean_interval([1e8] * 5, scale="amount") == (1e8, 1e8, 1e8)


@pytest.mark.parametrize(("mean", "runs"), [(0.5, 2), (3.0, 2), (3.0, 5), (50.0, 2), (50.0, 3)])
def test_chance_of_equal_counts(mean: float, runs: int) -> None:
    """Catches a wrong chance that Poisson counts agree: against the sum over all counts."""
    chances = stats.poisson.pmf(np.arange(400), mean)
    assert _equal_chance(moments(mean, 0.0, runs)) == pytest.approx((chances**runs).sum(), rel=0.35)


def test_few_equal_differences_of_counts_are_no_certainty() -> None:
    """Catches a star for one more in each of two runs: a coin gives two of a kind half the time."""
    few = paired_difference([1.0, 4.0], [2.0, 5.0], scale="count")
    assert few.estimate == 1.0
    assert np.isnan(few[1:]).all()
    enough = paired_difference(np.zeros(LEAST_EQUAL), np.ones(LEAST_EQUAL), scale="count")
    assert enough == (1.0, 1.0, 1.0)


def test_change_of_a_chance_is_that_of_bonett_and_price() -> None:
    """Catches another formula: of 20 pairs 5 get better and 1 worse, by hand."""
    before, after = np.zeros(20), np.zeros(20)
    after[:5], before[5] = 1.0, 1.0
    up, down = 6 / 22, 2 / 22
    half = 1.959964 * ((up + down - (up - down) ** 2) / 22) ** 0.5
    found = paired_difference(before, after, scale="indicator")
    assert found == pytest.approx((0.2, up - down - half, up - down + half))


def test_values_off_the_scale_do_not_fail() -> None:
    """Catches a warning or NaN where a model of one's own gives a name to something else."""
    assert mean_interval([1.5, 2.5], scale="share") == mean_interval([1.5, 2.5])
    assert mean_interval([-1.0, -2.0], scale="count") == mean_interval([-1.0, -2.0])


def test_scales_of_measures() -> None:
    """Catches a new measure of yes or no that is given the interval of a share, or a lost one."""
    told = {name for name, found in MEASURES.items() if found.definition.startswith("1 if")}
    assert told == {name for name in MEASURES if measure_scale(name) == "indicator"}
    assert measure_scale("detection_rate[domain=land,severity>=4]") == "share"
    assert measure_scale("drones_lost[day<90]") == "count"
    assert measure_scale("flight_h") == measure_scale("response_time_mean_min") == "amount"
    assert measure_scale("something") == "other"


def test_summary_counts_the_runs_of_a_mean() -> None:
    """Catches a mean of the few runs that have the measure beside the number of all runs."""
    time = [5.0, np.nan, 7.0, 1.0, 2.0, 3.0]
    runs = pd.DataFrame({"point": [0, 0, 0, 1, 1, 1], "time": time, "rate": 0.5, "error": ""})
    summary = summarise(runs, [])
    assert summary["time_n"].tolist() == [2, 3]
    assert "rate_n" not in summary
    assert summary["runs"].tolist() == [3, 3]
