"""The search on planted grids, without runs."""

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.sizing.frontier import (
    Better,
    Found,
    Knowledge,
    Reach,
    cheapest,
    maximal,
    minimal,
    probes,
    search,
)
from sim.sizing.trend import NO_TREND, UNKNOWN, Place, Steps
from sim.sizing.verdict import Verdict

COLUMNS = 12
staircases = st.lists(st.integers(0, COLUMNS), min_size=1, max_size=15).map(
    lambda heights: sorted(heights, reverse=True)
)
"""For each row the least column that suffices; `COLUMNS` where none does."""


def signs(shape: tuple[int, int], first: int, second: int) -> list[Steps]:
    """Give one trend for all steps of each axis."""
    return [
        np.full(n - 1, sign, dtype=np.int8) for n, sign in zip(shape, (first, second), strict=True)
    ]


def knowledge(
    shape: tuple[int, int],
    rules: Sequence[Callable[[Place], Verdict]],
    better: Better,
    most: int = 10_000,
) -> Knowledge:
    """Make a grid with planted verdicts by rule and planted trends."""

    def test(place: Place) -> Found:
        found = tuple(rule(place) for rule in rules)
        verdict: Verdict = "met" if set(found) == {"met"} else "undecided"
        return Found(found, "not met" if "not met" in found else verdict)

    return Knowledge(shape, len(rules), test, lambda _: better, most)


def explore(heights: list[int], open_width: int = 0, cost: np.ndarray | None = None,
            most: int = 10_000) -> Knowledge:  # fmt: skip
    """Search a grid of which the verdicts are known; some columns before the step are open."""

    def test(place: Place) -> Verdict:
        row, column = place
        if column >= heights[row]:
            return "met"
        return "undecided" if column >= heights[row] - open_width else "not met"

    shape = (len(heights), COLUMNS)
    known = knowledge(shape, [test], [signs(shape, 1, 1)], most)
    search(known, cost)
    return known


def truth(heights: list[int]) -> np.ndarray:
    return np.arange(COLUMNS) >= np.array(heights)[:, None]


@given(staircases)
def test_the_whole_frontier_is_found(heights: list[int]) -> None:
    """Catches a corner that is cut off, and a row that is never looked at."""
    known = explore(heights)
    assert (known.met[0] == truth(heights)).all()
    assert (known.failed[0] == ~truth(heights)).all()


@given(staircases, st.integers(1, 4))
def test_open_forces_hide_no_answer(heights: list[int], width: int) -> None:
    """Catches a search that takes an open force for a clear one."""
    known = explore(heights, width)
    assert not (known.met & ~truth(heights)).any()
    assert not (known.failed & truth(heights)).any()


@given(staircases, st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_the_cheapest_is_found(heights: list[int], first: float, second: float) -> None:
    """Catches rows or columns left out although a cheaper force lies there."""
    rows, columns = np.indices((len(heights), COLUMNS))
    cost = first * rows + second * columns
    known = explore(heights, cost=cost)
    assert cheapest(known, cost) == cost[truth(heights)].min(initial=np.inf)
    # What is not excluded costs at least as much as the answer: the bound is tight.
    assert cost[~known.failed[0]].min(initial=np.inf) == cheapest(known, cost)


def test_far_fewer_forces_are_tested_than_there_are() -> None:
    """Catches a search of every row, or every column, of 400 x 12 forces."""
    heights = [COLUMNS] * 160 + [3] * 240
    assert len(explore(heights).tested) < 60


def test_no_more_forces_are_tested_than_allowed() -> None:
    """Catches a budget that is only looked at between rows."""
    known = explore(sorted(range(COLUMNS), reverse=True), most=7)
    assert len(known.tested) == 7
    assert known.is_exhausted


def at_least(column: int) -> Callable[[Place], Verdict]:
    return lambda place: "met" if place[1] >= column else "not met"


def at_most(column: int) -> Callable[[Place], Verdict]:
    return lambda place: "met" if place[1] <= column else "not met"


def test_a_falling_rule_leaves_a_beginning() -> None:
    """Catches a budget treated like a performance: the largest force given for the answer."""
    known = knowledge((1, 100), [at_most(37)], [signs((1, 100), 1, -1)])
    search(known)
    assert np.flatnonzero(known.sufficient[0]).tolist() == list(range(38))
    assert known.claimed_short[0, 38:].all()
    assert {(0, 37), (0, 38)} <= set(known.tested)
    assert len(known.tested) < 15


@given(st.integers(0, 99), st.integers(0, 99))
def test_a_rising_and_a_falling_rule_leave_a_window(low: int, high: int) -> None:
    """Catches a window that halving steps over, or a claim where it is empty."""
    better = [signs((1, 100), 1, 1), signs((1, 100), 1, -1)]
    known = knowledge((1, 100), [at_least(low), at_most(high)], better)
    search(known)
    inside = (np.arange(100) >= low) & (np.arange(100) <= high)
    assert (known.sufficient[0] == inside).all()
    assert (known.claimed_short[0] == ~inside).all()
    assert len(known.tested) < 30


def test_nothing_is_said_of_sizes_next_to_a_turn() -> None:
    """Catches a trend carried over a turn: one size suffices and no neighbour tells of it."""
    better = [signs((1, 40), 1, UNKNOWN)]
    known = knowledge((1, 40), [lambda place: "met" if place[1] == 23 else "not met"], better)
    search(known)
    assert known.sufficient[0].tolist() == [k == 23 for k in range(40)]
    few = knowledge((1, 40), [lambda _: "not met"], better, most=10)
    search(few)
    assert few.claimed_short.sum() == 10


def test_no_trend_is_searched_by_and_not_claimed_by() -> None:
    """Catches "none suffices" said of sizes of which no run and no trend speaks."""
    known = knowledge((1, 400), [lambda _: "not met"], [signs((1, 400), 1, NO_TREND)])
    search(known)
    assert len(known.tested) == 5
    assert known.claimed_short.sum() == 5


def test_what_forces_show_themselves_goes_before_the_trend() -> None:
    """Catches a force called sufficient that was run and falls short."""
    known = knowledge(
        (1, 20),
        [lambda place: "met" if place[1] >= 8 and place[1] != 14 else "not met"],
        [signs((1, 20), 1, 1)],
    )
    search(known)
    known.check((0, 14))
    assert known.claimed_short[0, 14]
    assert not known.claimed_sufficient[0, 14]
    assert not (known.claimed_sufficient & known.claimed_short).any()


def test_forces_above_the_budget_are_neither_run_nor_given() -> None:
    """Catches an answer that costs more than is allowed."""
    known = knowledge((1, 100), [at_least(30)], [signs((1, 100), 1, 1)])
    known.barred[0, 41:] = True
    search(known)
    assert max(column for _, column in known.tested) == 40
    assert np.flatnonzero(known.sufficient[0]).tolist() == list(range(30, 41))


def test_ends_and_the_middle_are_probed() -> None:
    """Catches a trend told from the ends alone."""
    assert [place[1] for place in probes(np.zeros((1, 101), dtype=np.bool_))] == [
        100, 75, 50, 25, 0,
    ]  # fmt: skip
    assert len(probes(np.zeros((9, 9), dtype=np.bool_))) == 9
    assert probes(np.zeros((1, 1), dtype=np.bool_)) == [(0, 0)]


def test_reach_follows_steps_to_the_first_that_turns() -> None:
    """Catches a finding carried one size too far, or not as far as it goes."""
    steps = np.array([1, 1, -1, UNKNOWN, 0], dtype=np.int8)
    reach = Reach.of(steps, 1, (0,))
    assert reach.high.tolist() == [2, 2, 2, 3, 5, 5]
    assert reach.low.tolist() == [0, 1, 2, 2, 4, 4]


def test_corners_of_a_mask() -> None:
    """Catches corners listed twice or along an edge."""
    mask = truth([3, 3, 1])
    assert minimal(mask) == [(0, 3), (2, 1)]
    assert maximal(~mask) == [(1, 2), (2, 0)]
