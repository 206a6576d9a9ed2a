"""Kaplan-Meier estimates, against published tables, hand examples and SciPy."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics.survival import survival_curve, survival_quantiles

type Sample = list[tuple[int, bool]]

TIMES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def survival_quantile(times: np.ndarray, observed: np.ndarray, share: float) -> float:
    """Return one Kaplan-Meier quantile."""
    (found,) = survival_quantiles(times, observed, (share,))
    return found


def columns(sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Return times and whether each was observed."""
    return np.array([float(time) for time, _ in sample]), np.array([seen for _, seen in sample])


def test_curve_of_the_leukaemia_trial() -> None:
    """Catches a wrong share, variance or interval: weeks in remission of 21 patients on 6-MP.

    Data of Freireich et al. (1963), Blood 21, 699-716; shares as textbooks print
    them, bounds of the log-log interval.
    """
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = survival_curve([*ended, *going_on], [True] * 9 + [False] * 12)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    shares = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.share == pytest.approx(shares, abs=5e-4)
    low = [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    high = [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]
    assert curve.low == pytest.approx(low, abs=5e-5)
    assert curve.high == pytest.approx(high, abs=5e-5)


@given(TIMES)
def test_curve_against_scipy(sample: Sample) -> None:
    """Catches wrong numbers at risk among ties, and a wrong interval, by SciPy's own."""
    times, observed = columns(sample)
    curve = survival_curve(times, observed)
    expected = stats.ecdf(stats.CensoredData.right_censored(times, ~observed)).sf
    assert curve.share == pytest.approx(expected.evaluate(curve.times), abs=1e-12)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # no bounds at shares of 0 or 1
        bounds = expected.confidence_interval(0.95, method="log-log")
    some = curve.share > 1e-9
    for found, bound in ((curve.low, bounds.low), (curve.high, bounds.high)):
        assert found[some] == pytest.approx(bound.evaluate(curve.times)[some], abs=1e-9)
        assert np.isnan(found[~some]).all()


@given(TIMES)
def test_curve_falls_and_lies_within_its_band(sample: Sample) -> None:
    """Catches bounds outside 0 to 1 or on the wrong side, and a share that rises."""
    curve = survival_curve(*columns(sample))
    some = curve.share > 0.0
    assert (np.diff([1.0, *curve.share]) < 0.0).all()
    assert (curve.low[some] >= 0.0).all()
    assert (curve.low[some] < curve.share[some]).all()
    assert (curve.high[some] > curve.share[some]).all()
    assert (curve.high[some] <= 1.0).all()


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_complete_data_give_plain_shares_and_their_variance(times: list[int]) -> None:
    """Catches a Greenwood sum that is not S (1 - S) / n where nothing is censored."""
    curve = survival_curve(times, [True] * len(times))
    shares = np.array([np.mean(np.array(times) > time) for time in curve.times])
    assert curve.share == pytest.approx(shares, abs=1e-12)
    some = curve.share > 1e-9
    left = shares[some]
    error = np.sqrt((1.0 - left) / (left * len(times))) / -np.log(left)
    assert curve.low[some] == pytest.approx(left ** np.exp(1.959964 * error), rel=1e-5, abs=1e-12)


def test_band_covers() -> None:
    """Catches bands that are too narrow: 2,000 samples of 60, tolerance 4 standard errors.

    Exponential times of mean 10, censored uniformly over 5 to 20; the interval at 8. The log-log
    interval is approximate: with 60 cases it may miss its 95 % by a point, which is allowed for.
    """
    rng = np.random.default_rng(7)
    ends, watched = rng.exponential(10.0, (2000, 60)), rng.uniform(5.0, 20.0, (2000, 60))
    covered = 0
    for end, until in zip(ends, watched, strict=True):
        curve = survival_curve(np.minimum(end, until), end <= until)
        row = np.searchsorted(curve.times, 8.0, side="right") - 1
        covered += bool(curve.low[row] <= np.exp(-0.8) <= curve.high[row])
    assert abs(covered / 2000 - 0.95) < 4 * (0.95 * 0.05 / 2000) ** 0.5 + 0.01


def test_curve_with_censoring_by_hand() -> None:
    """Catches a curve that counts a censored time as an end or drops it."""
    curve = survival_curve([1.0, 2.0, 3.0, 4.0], [True, False, True, True])
    assert curve.times.tolist() == [1.0, 3.0, 4.0]
    assert curve.share == pytest.approx([0.75, 0.75 / 2, 0.0])


def test_curve_of_what_never_ends() -> None:
    """Catches a curve that reaches 0 although half is known never to end, or that fails empty."""
    assert survival_curve([1.0, np.inf], [True, True]).share.tolist() == [0.5]
    assert len(survival_curve([3.0, 4.0], [False, False]).times) == 0
    assert len(survival_curve([], []).times) == 0


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
