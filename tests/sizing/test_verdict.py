"""The test in looks: how often it is wrong, and what it makes of odd samples."""

import numpy as np
import pytest

from sim.sizing.requirements import read_requirement
from sim.sizing.verdict import TestPlan, judge, runs_for_t, share_bounds

RATE = read_requirement("detection_rate >= 0.9")
LOW = read_requirement("detection_rate >= 0.8")
WAIT = read_requirement("wait_mean_min <= 30")
OFTEN = read_requirement("P(answered_share >= 0.8) >= 0.9")


def test_plan_doubles_and_spends_no_more_than_it_has() -> None:
    """Catches looks beyond the last run, and errors that add up to more than is allowed."""
    plan = TestPlan.make(confidence=0.95, forces=20, most_runs=100)
    assert plan.looks == (40, 80, 100)
    spent = 20 * len(plan.looks) * (plan.error_met + plan.error_not_met)
    assert spent == pytest.approx(0.05)


@pytest.mark.parametrize(("mean", "wrong"), [(0.9 - 1e-9, "met"), (0.9, "not met")])
def test_wrong_verdicts_at_the_limit_are_as_rare_as_stated(mean: float, wrong: str) -> None:
    """Catches repeated looks that raise the error: stopping at the first look that says so.

    At 20 % for a kind of error, 2,000 trials have a standard error of 0.9 %; looks that each
    spent the whole error would be wrong in some 40 %.
    """
    plan = TestPlan.make(confidence=0.6, forces=1, most_runs=320)
    rng = np.random.default_rng(1)
    count = 0
    for _ in range(2000):
        values = rng.normal(mean, 0.1, 320)
        for look, runs in enumerate(plan.looks):
            verdict, _ = judge([RATE], [values[:runs]], plan, look, [0])
            if verdict != "undecided":
                break
        count += verdict == wrong
    assert 0.05 < count / 2000 < 0.2 + 3 * 0.009


def test_a_force_must_meet_every_requirement() -> None:
    """Catches requirements joined by or, and a limit from above taken for one from below."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=40)
    rng = np.random.default_rng(2)
    high, low = rng.normal(0.99, 0.01, 40), rng.normal(0.5, 0.01, 40)
    short, long = rng.normal(10, 1, 40), rng.normal(50, 1, 40)
    assert judge([RATE, WAIT], [high, short], plan, 0, [0, 0])[0] == "met"
    assert judge([RATE, WAIT], [high, long], plan, 0, [0, 0])[0] == "not met"
    assert judge([RATE, WAIT], [low, short], plan, 0, [0, 0])[0] == "not met"


def test_a_time_that_is_never_reached_fails_a_mean() -> None:
    """Catches an infinite value that makes the bounds NaN, so that nothing is ever decided."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=40)
    values = np.array([10.0] * 39 + [np.inf])
    assert judge([WAIT], [values], plan, 0, [0])[0] == "not met"


def test_only_good_runs_prove_little() -> None:
    """Catches a spread of zero that is taken for certainty: all runs equal by luck."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=320)
    held = read_requirement("ceasefire_held >= 0.9")
    for requirement in (OFTEN, held):
        assert judge([requirement], [np.ones(40)], plan, 0, [0])[0] == "undecided"
        assert judge([requirement], [np.ones(320)], plan, 3, [0])[0] == "met"
    assert judge([WAIT], [np.full(40, 12.0)], plan, 0, [0])[0] == "undecided"
    assert judge([WAIT], [np.full(320, 12.0)], plan, 3, [0])[0] == "met"


def test_skew_values_take_more_runs() -> None:
    """Catches Student's t used where the odd bad run has hardly shown: here one in ten."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=320)
    rng = np.random.default_rng(3)
    values = np.where(np.arange(320) % 10 == 9, 0.3, 0.99) + rng.normal(0, 0.001, 320)
    assert runs_for_t(values) == pytest.approx(28 + 25 * 2.667**2, rel=0.02)
    assert judge([LOW], [values[:160]], plan, 2, [0])[0] == "undecided"
    assert judge([LOW], [values], plan, 3, [0])[0] == "met"
    even = rng.normal(0.9, 0.01, 40)
    assert judge([LOW], [even], plan, 0, [0])[0] == "met"
    assert judge([LOW], [even], plan, 0, [206.0])[0] == "undecided"


def test_share_bounds_are_exact() -> None:
    """Catches a wrong tail: 95 % of Clopper and Pearson for 81 of 263 (scipy's binomtest)."""
    from scipy.stats import binomtest

    interval = binomtest(81, 263).proportion_ci(0.95, method="exact")
    assert share_bounds(81, 263, 0.025, 0.025) == pytest.approx((interval.low, interval.high))
    assert share_bounds(0, 9, 0.025, 0.025)[0] == 0.0
    assert share_bounds(9, 9, 0.025, 0.025)[1] == 1.0
