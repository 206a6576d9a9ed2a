"""Counts by day: the negative binomial likelihood, its intervals, and cells of several days."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.stats import nbinom

from sim.calibration import Counts, calibrate
from sim.calibration.counts import count_likelihood
from sim.errors import InputError
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
FIRST = date(2021, 3, 1)


def daily(counts: list[int] | np.ndarray, days: int = 1) -> Counts:
    count = np.asarray(counts, dtype=np.int64)
    start = days * np.arange(len(count))
    return Counts("counts.csv", FIRST, start, np.full(len(count), days), count)


def drawn(rate: float, k: float, days: int, seed: int) -> np.ndarray:
    """Draw counts as the engine does: Poisson days of Gamma activity."""
    rng = np.random.default_rng(seed)
    return rng.poisson(rate * rng.gamma(k, 1.0 / k, days))


@settings(deadline=None, max_examples=50)
@given(
    counts=st.lists(st.integers(0, 500), min_size=3, max_size=20),
    rate=st.floats(0.1, 300.0),
    k=st.floats(0.05, 500.0),
    days=st.integers(1, 7),
)
def test_likelihood_is_that_of_scipy(counts: list[int], rate: float, k: float, days: int) -> None:
    """Catches a wrong law, also for cells of several days, whose shape is k times the days."""
    lengths = np.full(len(counts), float(days))
    likelihood = count_likelihood(np.array(counts, float), lengths, np.zeros(len(counts), int))
    point = np.log([rate, k])
    expected = nbinom.logpmf(counts, days * k, k / (k + rate)).sum()
    assert likelihood.at(point)[0] == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    """Catches a slip in a derivative, which would stop the climb early."""
    counts = drawn(40.0, 1.5, 30, 1).astype(float)
    phase = np.repeat([0, 1, 2], 10)
    likelihood = count_likelihood(counts, np.repeat([1.0, 7.0], 15), phase)
    point = np.log([30.0, 0.5, 2.0, 0.8])
    error = check_grad(lambda x: likelihood.at(x)[0], lambda x: likelihood.at(x)[1], point)
    assert error < 1e-3


def test_rate_of_equal_days_is_their_mean() -> None:
    """Catches a rate that is not the mean count, which it is at the maximum."""
    counts = drawn(12.0, 2.0, 100, 2)
    assert calibrate(daily(counts))["rate_per_day"].value == pytest.approx(counts.mean(), rel=1e-5)


def test_merged_cells_keep_the_rate_and_the_shape() -> None:
    """Catches weeks that are fitted as if they were days (tolerance: their own intervals)."""
    counts = drawn(50.0, 1.5, 7 * 60, 3)
    weeks = calibrate(daily(counts.reshape(-1, 7).sum(axis=1), days=7))
    days = calibrate(daily(counts))
    assert weeks["rate_per_day"].value == pytest.approx(days["rate_per_day"].value, rel=1e-4)
    assert weeks["overdispersion_k"].holds(days["overdispersion_k"].value)
    assert weeks["overdispersion_k"].value < 3.0


def test_poisson_days_have_no_upper_bound_on_k() -> None:
    """Catches a made-up overdispersion: days more even than Poisson leave the shape open."""
    found = calibrate(daily([10, 11, 9, 10, 10, 9, 11, 10, 10, 10, 9, 11]))
    k = found["overdispersion_k"]
    assert np.isinf(k.value)
    assert np.isinf(k.high)
    assert 1.0 < k.low < np.inf


def test_phases_have_rates_of_their_own() -> None:
    """Catches factors that are not those of the phases, or a shape that takes up the difference."""
    counts = np.concatenate([drawn(20.0, 2.0, 100, 4), drawn(200.0, 2.0, 100, 5)])
    found = calibrate(daily(counts), splits=(date(2021, 6, 9),))
    assert found["phases.1.factor"].value == pytest.approx(
        counts[100:].mean() / counts[:100].mean(), rel=1e-4
    )
    assert found["phases.1.factor"].holds(10.0)
    assert found["overdispersion_k"].holds(2.0)
    assert found.phase_days == (0, 100)


@pytest.mark.parametrize(
    ("splits", "words"),
    [
        ((date(2021, 3, 1),), "must be a day after 2021-03-01"),
        ((date(2022, 3, 1),), "up to 2021-05-09"),
        ((date(2021, 3, 12),), "must not lie within a cell"),
    ],
)
def test_splits_that_do_not_fit_are_refused(splits: tuple[date, ...], words: str) -> None:
    """Catches a phase without data, and a cell that lies in two phases."""
    with pytest.raises(InputError, match=words):
        calibrate(daily([5] * 10, days=7), splits=splits)


def test_right_model_gives_uniform_residuals() -> None:
    """Catches residuals that accuse a right model (fixed seed; a chance of 5 % otherwise)."""
    found = calibrate(daily(drawn(100.0, 1.0, 300, 6)))
    assert found.residuals.p_value > 0.05


@pytest.mark.parametrize(
    "counts", [[0] * 9 + [1], [7] * 10, [0, 1] * 10, [0] * 50 + [10**6], [10**9] * 5 + [0] * 5]
)
def test_odd_counts_give_numbers_within_their_intervals(counts: list[int]) -> None:
    """Catches warnings, crashes and NaN at the ends of the range."""
    found = calibrate(daily(counts))
    for one in found.estimates:
        assert one.low <= one.value <= one.high
    assert found["rate_per_day"].value == pytest.approx(np.mean(counts), rel=1e-3)


def test_what_a_scenario_does_to_the_rate_is_said() -> None:
    """Catches a fitted rate that a scenario multiplies without a word."""
    base = Scenario.load(ROOT / "configs" / "baseline.toml")
    notes = calibrate(daily(drawn(9.0, 2.0, 30, 8)), scenario=base).notes
    assert any("phases multiply" in note for note in notes) == any(
        phase.factor != 1.0 for phase in base.violations.phases
    )
    assert any("regimes" in note for note in notes) == base.escalation.enabled
    quiet = base.with_values({"escalation.enabled": False, "violations.feedback.enabled": False})
    phases = [{"name": "calm", "from_day": 0.0, "factor": 2.0}]
    quiet = quiet.with_values({"violations.phases": phases})
    notes = calibrate(daily(drawn(9.0, 2.0, 30, 8)), scenario=quiet).notes
    assert [note for note in notes if "multiply" in note] == [
        "The scenario's phases multiply the fitted rate; with --split they are fitted too."
    ]
