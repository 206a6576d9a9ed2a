"""The search on planted grids, without runs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.sizing.frontier import (
    Knowledge,
    Place,
    cheapest,
    check_neighbours,
    maximal,
    minimal,
    search,
)
from sim.sizing.verdict import Verdict

COLUMNS = 12
staircases = st.lists(st.integers(0, COLUMNS), min_size=1, max_size=15).map(
    lambda heights: sorted(heights, reverse=True)
)
"""For each row the least column that suffices; `COLUMNS` where none does."""


def explore(heights: list[int], open_width: int = 0, cost: np.ndarray | None = None,
            most: int = 10_000) -> Knowledge:  # fmt: skip
    """Search a grid of which the verdicts are known; some columns before the step are open."""

    def test(place: Place) -> Verdict:
        row, column = place
        if column >= heights[row]:
            return "met"
        return "undecided" if column >= heights[row] - open_width else "not met"

    known = Knowledge((len(heights), COLUMNS), test, most)
    search(known, cost)
    return known


def truth(heights: list[int]) -> np.ndarray:
    return np.arange(COLUMNS) >= np.array(heights)[:, None]


@given(staircases)
def test_the_whole_frontier_is_found(heights: list[int]) -> None:
    """Catches a corner that is cut off, and a row that is never looked at."""
    known = explore(heights)
    assert (known.met == truth(heights)).all()
    assert (known.failed == ~truth(heights)).all()


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
    assert cost[~known.failed].min(initial=np.inf) == cheapest(known, cost)


def test_far_fewer_forces_are_tested_than_there_are() -> None:
    """Catches a search of every row, or every column, of 400 x 12 forces."""
    heights = [COLUMNS] * 160 + [3] * 240
    assert len(explore(heights).tested) < 40


def test_no_more_forces_are_tested_than_allowed() -> None:
    """Catches a budget that is only looked at between rows."""
    known = explore(sorted(range(COLUMNS), reverse=True), most=7)
    assert len(known.tested) == 7
    assert known.is_exhausted


def test_a_smaller_force_that_suffices_is_found_out() -> None:
    """Catches a grid on which more is worse: the last row falls short where the others do not."""

    def test(place: Place) -> Verdict:
        return "met" if place[1] >= (8 if place[0] == 9 else 5) else "not met"

    known = Knowledge((10, COLUMNS), test, 100)
    search(known)
    check_neighbours(known, 4)
    assert (known.met & known.failed).any()
    assert known.sufficient[0, 7]
    assert minimal(known.sufficient)[0][1] < 8


def test_corners_of_a_mask() -> None:
    """Catches corners listed twice or along an edge."""
    mask = truth([3, 3, 1])
    assert minimal(mask) == [(0, 3), (2, 1)]
    assert maximal(~mask) == [(1, 2), (2, 0)]
