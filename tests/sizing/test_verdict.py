"""The test in looks: how often it is wrong, and what it makes of odd samples."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.sizing.requirements import Requirement, read_requirement
from sim.sizing.verdict import (
    Finding,
    TestPlan,
    Verdict,
    bounded_mean_bounds,
    judge,
    runs_for_t,
    share_bounds,
    verdict_of,
)

type Floats = NDArray[np.float64]

RATE = read_requirement("detection_rate >= 0.9")
LOW = read_requirement("detection_rate >= 0.8")
WAIT = read_requirement("wait_mean_min <= 30")
OFTEN = read_requirement("P(answered_share >= 0.8) >= 0.9")


def verdict(
    rules: list[Requirement], samples: list[Floats], plan: TestPlan, look: int, least: list[float]
) -> Verdict:
    return verdict_of(judge(rules, samples, plan, look, least))


def test_plan_doubles_and_spends_no_more_than_it_has() -> None:
    """Catches looks beyond the last run, and errors that add up to more than is allowed."""
    plan = TestPlan.make(confidence=0.95, forces=20, most_runs=100, rules=2)
    assert plan.looks == (40, 80, 100)
    assert 20 * len(plan.looks) * 2 * plan.error == pytest.approx(0.05)


@pytest.mark.parametrize(("mean", "wrong"), [(0.9 - 1e-9, "met"), (0.9, "not met")])
def test_wrong_verdicts_at_the_limit_are_as_rare_as_stated(mean: float, wrong: str) -> None:
    """Catches repeated looks that raise the error: stopping at the first look that says so.

    At an error of 20 %, 2,000 trials have a standard error of 0.9 %; looks that each spent the
    whole error would be wrong in some 40 %.
    """
    plan = TestPlan.make(confidence=0.8, forces=1, most_runs=320)
    rng = np.random.default_rng(1)
    count = 0
    for _ in range(2000):
        values = rng.normal(mean, 0.1, 320)
        findings: list[Finding] = []
        for look, runs in enumerate(plan.looks):
            findings = judge([RATE], [values[:runs]], plan, look, [0], findings)
            if (verdict := verdict_of(findings)) != "undecided":
                break
        count += verdict == wrong
    assert 0.05 < count / 2000 < 0.2 + 3 * 0.009


def test_a_force_must_meet_every_requirement() -> None:
    """Catches requirements joined by or, and a limit from above taken for one from below."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=40)
    rng = np.random.default_rng(2)
    high, low = rng.normal(0.99, 0.01, 40), rng.normal(0.5, 0.01, 40)
    short, long = rng.normal(10, 1, 40), rng.normal(50, 1, 40)
    assert verdict([RATE, WAIT], [high, short], plan, 0, [0, 0]) == "met"
    assert verdict([RATE, WAIT], [high, long], plan, 0, [0, 0]) == "not met"
    assert verdict([RATE, WAIT], [low, short], plan, 0, [0, 0]) == "not met"


def test_a_time_that_is_never_reached_fails_a_mean() -> None:
    """Catches an infinite value that makes the bounds NaN, so that nothing is ever decided."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=40)
    values = np.array([10.0] * 39 + [np.inf])
    assert verdict([WAIT], [values], plan, 0, [0]) == "not met"


def test_only_good_runs_prove_little() -> None:
    """Catches a spread of zero that is taken for certainty: all runs equal by luck."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=320)
    held = read_requirement("ceasefire_held >= 0.9")
    for requirement in (OFTEN, held):
        assert verdict([requirement], [np.ones(40)], plan, 0, [0]) == "undecided"
        assert verdict([requirement], [np.ones(320)], plan, 3, [0]) == "met"
    assert verdict([WAIT], [np.full(40, 12.0)], plan, 0, [0]) == "undecided"
    assert verdict([WAIT], [np.full(320, 12.0)], plan, 3, [0]) == "met"


def test_skew_values_take_more_runs() -> None:
    """Catches Student's t used where the odd bad run has hardly shown: here one in ten."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=320)
    rng = np.random.default_rng(3)
    values = np.where(np.arange(320) % 10 == 9, 0.3, 0.99) + rng.normal(0, 0.001, 320)
    assert runs_for_t(values) == pytest.approx(28 + 25 * 2.667**2, rel=0.02)
    close = read_requirement("detection_rate >= 0.88")
    assert verdict([close], [values[:160]], plan, 2, [0]) == "undecided"
    assert verdict([close], [values], plan, 3, [0]) == "met"
    even = rng.normal(0.9, 0.01, 40)
    assert verdict([LOW], [even], plan, 0, [0]) == "met"
    assert verdict([LOW], [even], plan, 0, [206.0]) == "undecided"


def test_a_clear_case_is_decided_however_skew() -> None:
    """Catches 0.216 called undecided against 0.8 after 40 runs, since the runs are unequal."""
    plan = TestPlan.make(confidence=0.95, forces=40, most_runs=320)
    values = np.where(np.arange(40) % 10 == 9, 0.02, 0.238)
    assert runs_for_t(values) > 40
    high = read_requirement("detection_rate >= 0.8")
    assert verdict([high], [values], plan, 0, [206.0]) == "not met"


@pytest.mark.parametrize("truth", [0.05, 0.5, 0.9])
def test_bounds_of_any_values_between_0_and_1_hold(truth: float) -> None:
    """Catches bounds that are too tight: for runs that are all 0 or 1, the worst there is.

    At an error of 10 % a side, 4,000 trials have a standard error of 0.5 %.
    """
    means = np.random.default_rng(8).binomial(40, truth, 4000) / 40
    bounds = np.array([bounded_mean_bounds(float(mean), 40, 0.1) for mean in means])
    assert (bounds[:, 0] > truth).mean() < 0.1 + 3 * 0.005
    assert (bounds[:, 1] < truth).mean() < 0.1 + 3 * 0.005
    assert (bounds[:, 1] - bounds[:, 0]).mean() < 0.4


def test_a_finding_stays_and_its_bounds_only_close_in() -> None:
    """Catches a verdict lost while the same force is run on for another rule."""
    plan = TestPlan.make(confidence=0.95, forces=1, most_runs=80)
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.normal(0.95, 0.01, 40), rng.normal(0.86, 0.3, 40)])
    before = judge([RATE], [values[:40]], plan, 0, [0])
    after = judge([RATE], [values], plan, 1, [0], before)
    assert judge([RATE], [values], plan, 1, [0])[0].verdict == "undecided"
    assert (before[0].verdict, after[0].verdict) == ("met", "met")
    assert after[0].low >= before[0].low
    assert after[0].high <= before[0].high


def test_share_bounds_are_exact() -> None:
    """Catches a wrong tail: 95 % of Clopper and Pearson for 81 of 263 (scipy's binomtest)."""
    from scipy.stats import binomtest

    interval = binomtest(81, 263).proportion_ci(0.95, method="exact")
    assert share_bounds(81, 263, 0.025, 0.025) == pytest.approx((interval.low, interval.high))
    assert share_bounds(0, 9, 0.025, 0.025)[0] == 0.0
    assert share_bounds(9, 9, 0.025, 0.025)[1] == 1.0
