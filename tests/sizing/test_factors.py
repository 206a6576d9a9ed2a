"""What is varied, and what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import Scenario
from sim.sizing.cost import Cost, cost_grid
from sim.sizing.factors import read_factor, share_out


def test_a_total_is_shared_in_the_proportion_of_the_scenario(scenario: Scenario) -> None:
    """Catches a total given to every group, or to one of them."""
    factor = read_factor("monitors.count=20:400", scenario)
    assert factor.values(scenario, 41) == {"monitors.east.count": 31, "monitors.west.count": 10}
    star = read_factor("monitors.*.count=20:400", scenario)
    assert star.values(scenario, 41) == factor.values(scenario, 41)


def test_one_key_is_set_as_it_stands(scenario: Scenario) -> None:
    """Catches a step or an end of the range that is lost."""
    factor = read_factor("support.patrols.count = 10:31:10", scenario)
    assert list(factor.levels) == [10, 20, 30]
    assert factor.values(scenario, 20) == {"support.patrols.count": 20}


@given(st.integers(0, 1000), st.lists(st.integers(0, 500), min_size=1, max_size=6))
def test_shares_add_up_and_stay_within_one_of_their_quota(total: int, weights: list[int]) -> None:
    """Catches a unit lost or made up by rounding."""
    shares = share_out(total, weights)
    even = weights if any(weights) else [1] * len(weights)
    assert sum(shares) == total
    for share, weight in zip(shares, even, strict=True):
        assert abs(share - total * weight / sum(even)) < 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("monitors.east.coun=1:2", "did you mean count?"),
        ("monitors.east.count=9:2", "upwards"),
        ("monitors.east.count=2:9:0", "steps of 1"),
        ("monitors.east.count", "must be like"),
        ("monitors.east.platform=1:2", "key of a whole number"),
    ],
)
def test_mistakes_in_what_varies(text: str, words: str, scenario: Scenario) -> None:
    """Catches a range that is read as something else instead of being refused."""
    with pytest.raises(InputError, match=words):
        read_factor(text, scenario)


def test_costs(scenario: Scenario) -> None:
    """Catches a wrong order of operations, and a star in a key read as a product."""
    keys = ["monitors.*.count=1:2", "support.patrols.count=1:3"]
    factors = [read_factor(text, scenario) for text in keys]
    cost = Cost("2*(monitors.*.count + 1) + support.patrols.count/2", factors)
    assert cost_grid(cost, factors).tolist() == [[4.5, 5.0, 5.5], [6.5, 7.0, 7.5]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("monitors.east.count + x", "x is not varied"),
        ("monitors.eat.count", "did you mean monitors.east.count"),
        ("__import__('os')", "must be made of"),
        ("3 +", "must be made of"),
        ("1/0", "divides by zero"),
        ("5 - monitors.east.count", "must not fall"),
    ],
)
def test_mistakes_in_costs(text: str, words: str, scenario: Scenario) -> None:
    """Catches a formula that runs code, or under which a larger force is cheaper."""
    factors = [read_factor("monitors.east.count=1:9", scenario)]
    with pytest.raises(InputError, match=words):
        cost_grid(Cost(text, factors), factors)
