"""The grammar of requirements, and what the runs say of them."""

from math import inf, isnan, nan

import numpy as np
import pytest

from sim.errors import InputError
from sim.sizing.requirements import (
    Requirement,
    read_requirement,
    read_statistic,
    statistic_of,
    value_of_run,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("detection_rate >= 0.9", ("detection_rate", True, 0.9, None)),
        ("mean(lost_share)<=.05", ("lost_share", False, 0.05, None)),
        ("p90(wait_mean_min) <= 60", ("wait_mean_min", False, 60.0, 0.9)),
        ("p10(detection_rate) >= 0.8", ("detection_rate", True, 0.8, 0.9)),
        ("p90(response_time_min) <= 60", ("response_time_p90_min", False, 60.0, 0.5)),
        ("P(answered_share >= 0.8) >= 0.9", ("answered_share", True, 0.8, 0.9)),
        (
            "answered_share[domain=land, severity>=4] >= 0.5",
            ("answered_share[domain=land,severity>=4]", True, 0.5, None),
        ),
        (
            "P(detection_rate [kind=a|b]<=.9)>=.5",
            ("detection_rate[kind=a|b]", False, 0.9, 0.5),
        ),
    ],
)
def test_grammar(text: str, expected: tuple[str, bool, float, float | None]) -> None:
    """Catches a quantile turned the wrong way, and a call's quantile taken for one over runs."""
    assert read_requirement(text) == Requirement(text, *expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("detection_rat >= 0.9", "did you mean detection_rate?"),
        ("response_time_min <= 60", "p90(response_time_min)"),
        ("p95(response_time_min) <= 60", "only p50 and p90"),
        ("detection_rate > 0.9", "must be like"),
        ("P(detection_rate >= 0.9) >= 1", "above 0 and below 1"),
        ("p0(detection_rate) >= 0.9", "from p1 to p99"),
        ("detection_rat[kind=a] >= 0.9", "did you mean detection_rate?"),
        ("detection_rate[kind=a >= 0.9", "must be like"),
        ("detection_rate[kind=a] >= 1.5", "at most 1"),
        ("", "must be like"),
    ],
)
def test_mistakes_are_refused(text: str, words: str) -> None:
    """Catches a sentence that is read as something else instead of being refused."""
    with pytest.raises(InputError) as refused:
        read_requirement(text)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_sample_of_a_share_of_runs_is_whether_the_run_is_good() -> None:
    """Catches a limit compared the wrong way, and a run without a value counted as bad."""
    requirement = read_requirement("P(response_time_p90_min <= 60) >= 0.5")
    assert [requirement.sample(value) for value in (60.0, 61.0, inf)] == [1.0, 0.0, 0.0]
    assert isnan(requirement.sample(nan))


def test_unanswered_calls_are_not_dropped() -> None:
    """Catches an undefined response time left out, which would favour forces that never come."""
    run = {"n_violations": 9.0, "answered_share": 0.2, "response_time_p90_min": nan}
    assert value_of_run("response_time_p90_min", run) == inf
    quiet = run | {"answered_share": nan}
    assert isnan(value_of_run("response_time_p90_min", quiet))
    assert isnan(value_of_run("detection_rate", {"detection_rate": nan, "n_violations": 9.0}))


def test_a_measure_that_a_run_does_not_give_is_named() -> None:
    """Catches a choice of violations that is dropped without a word, or ends in a KeyError."""
    with pytest.raises(InputError, match=r"a run gives no detection_rate\[kind=a\]"):
        value_of_run("detection_rate[kind=a]", {"detection_rate": 0.5})


def test_quantiles_bear_infinite_values() -> None:
    """Catches a quantile that interpolates into infinity."""
    values = np.array([3.0, inf, 1.0, nan, 2.0])
    assert statistic_of(values, 0.5) == 2.0
    assert statistic_of(values, 0.9) == inf
    assert statistic_of(values, None) == inf


def test_statistics() -> None:
    """Catches an objective that is read as a requirement."""
    found = read_statistic("p90(response_time_min)")
    assert (found.measure, found.quantile) == ("response_time_p90_min", 0.5)
    assert read_statistic("detection_rate").quantile is None
    with pytest.raises(InputError, match="unknown measure cost"):
        read_statistic("cost")
