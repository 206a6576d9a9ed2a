"""The search for the smallest forces that suffice, on a grid of one or two sizes.

More is taken to be never worse (`sim.sizing.monotone` checks the forces that were tested), so a
force that suffices vouches for all larger ones, and one that falls short for all smaller ones.
Columns of the grid are halved until both bounds are next to each other; columns are added where
the frontier is least known, or where a cheaper force could still be.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.sizing.verdict import Verdict

type Place = tuple[int, int]
"""Row and column in the grid: the number of the first and of the second size."""
type Floats = NDArray[np.float64]
type Mask = NDArray[np.bool_]


class Knowledge:
    """What is known of the forces of a grid.

    Parameters
    ----------
    shape
        Numbers of first and of second sizes.
    test
        Tests a force.
    most_tests
        How many forces may be tested.
    """

    def __init__(
        self, shape: tuple[int, int], test: Callable[[Place], Verdict], most_tests: int
    ) -> None:
        self.shape = shape
        self.met: Mask = np.zeros(shape, dtype=np.bool_)
        """Forces that are, or contain, one that was shown to suffice."""
        self.failed: Mask = np.zeros(shape, dtype=np.bool_)
        """Forces that are, or are contained in, one that was shown to fall short."""
        self.tested: dict[Place, Verdict] = {}
        self._from_open: Mask = np.zeros(shape, dtype=np.bool_)
        self._to_open: Mask = np.zeros(shape, dtype=np.bool_)
        self._test = test
        self._most_tests = most_tests

    @property
    def is_exhausted(self) -> bool:
        """Whether no more forces may be tested."""
        return len(self.tested) >= self._most_tests

    @property
    def sufficient(self) -> Mask:
        """Forces that suffice: what a force showed itself goes before what others say of it."""
        mask = self.met & ~self.failed
        for place, verdict in self.tested.items():
            mask[place] = verdict == "met" or (mask[place] and verdict != "not met")
        return mask

    @property
    def worthwhile(self) -> Mask:
        """Forces whose test may tell something.

        One that lies between two that stayed undecided would hardly be clearer.
        """
        return ~self.met & ~self.failed & ~(self._from_open & self._to_open)

    def ask(self, place: Place) -> Verdict:
        """Tell whether a force suffices, from what is known or else by a test."""
        if place in self.tested:
            return self.tested[place]
        met, failed = self.met[place], self.failed[place]
        if met or failed or self.is_exhausted or not self.worthwhile[place]:
            return "undecided" if met == failed else "met" if met else "not met"
        return self.check(place)

    def check(self, place: Place) -> Verdict:
        """Test a force, whatever is known of others."""
        verdict = self.tested[place] = self._test(place)
        row, column = place
        if verdict == "met":
            self.met[row:, column:] = True
        elif verdict == "not met":
            self.failed[: row + 1, : column + 1] = True
        else:
            self._from_open[row:, column:] = True
            self._to_open[: row + 1, : column + 1] = True
        return verdict


def search(known: Knowledge, cost: Floats | None = None) -> None:
    """Find the frontier, or with costs the cheapest force.

    Parameters
    ----------
    known
        The grid; holds what was found.
    cost
        Shape of the grid, never falling along an axis; None = find the whole frontier.
    """
    rows, columns = known.shape
    if known.ask((rows - 1, columns - 1)) == "not met":
        return
    for row in dict.fromkeys((rows - 1, 0)):
        _halve(known, row, columns - 1)
    done = sorted({0, rows - 1})
    while not known.is_exhausted:
        gaps = [(first, last) for first, last in pairwise(done) if last > first + 1]
        weights = [_weight(known, cost, gap) for gap in gaps]
        if not weights or max(weights) <= 0.0:
            return
        first, last = gaps[int(np.argmax(weights))]
        row = (first + last) // 2
        _halve(known, row, _last_worthwhile(known, cost, row))
        done = sorted({*done, row})


def check_neighbours(known: Knowledge, most: int) -> None:
    """Test the forces next below those that suffice, of which so far only others spoke.

    One that suffices after all shows that more is not always better: more monitors, for one,
    give the same units more calls.
    """
    for _ in range(most):
        below = [
            (row - down, column - left)
            for row, column in minimal(known.sufficient)
            for down, left in ((0, 1), (1, 0))
            if row >= down and column >= left
        ]
        if not (unknown := [place for place in below if place not in known.tested]):
            return
        known.check(unknown[0])


def _halve(known: Knowledge, row: int, top: int) -> None:
    """Bring the smallest force of a row that suffices and the largest that fails together."""
    if top < 0 or known.ask((row, top)) == "not met":
        return
    floor = int(known.failed[row].sum())
    if 0 < floor < top and known.ask((row, floor)) == "met":
        return  # as often where one requirement hangs on one size alone
    low, high = -1, top
    while known.ask((row, top)) == "met" and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if known.ask((row, middle)) == "met" else (middle, high)
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if known.ask((row, middle)) == "not met" else (low, middle)


def _weight(known: Knowledge, cost: Floats | None, gap: tuple[int, int]) -> float:
    """Tell how much is to be found between two rows that are done; 0 = nothing."""
    first, last = gap
    open_forces = known.worthwhile[first + 1 : last]
    if cost is None:
        return float(open_forces.sum())
    prices = cost[first + 1 : last][open_forces]
    gain = cheapest(known, cost) - prices
    return float(gain.max(initial=0.0)) if np.isfinite(gain).any() else float(len(prices))


def _last_worthwhile(known: Knowledge, cost: Floats | None, row: int) -> int:
    """Return the largest second size of a row that would be cheaper than what is known."""
    if cost is None:
        return known.shape[1] - 1
    return int(np.searchsorted(cost[row], cheapest(known, cost))) - 1


def cheapest(known: Knowledge, cost: Floats) -> float:
    """Return the least cost of a force that was shown to suffice; infinite if none was."""
    return float(cost[known.met].min(initial=np.inf))


def minimal(mask: Mask) -> list[Place]:
    """List the places of an upper set of which no smaller one is in the set."""
    inside = np.pad(mask, ((1, 0), (1, 0)))
    return _places(mask & ~inside[:-1, 1:] & ~inside[1:, :-1])


def maximal(mask: Mask) -> list[Place]:
    """List the places of a lower set of which no larger one is in the set."""
    inside = np.pad(mask, ((0, 1), (0, 1)))
    return _places(mask & ~inside[1:, :-1] & ~inside[:-1, 1:])


def _places(mask: Mask) -> list[Place]:
    return [(int(row), int(column)) for row, column in np.argwhere(mask)]
