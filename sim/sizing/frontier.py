"""The search for the smallest forces that suffice, on a grid of one or two sizes.

Each rule is followed by itself. Where its measure rises along a size, a force that meets a lower
limit vouches for all larger ones and one that misses it for all smaller ones; where it falls, the
other way round; where it shows no change, for both; where it turns round, for none. So the forces
that suffice may be all from one size on, all up to one, those between two, or any. The trends come
from the runs (`sim.sizing.trend`) and are learned anew after every force.

A force is run where this settles most: halving, as long as there is a trend, and a look at one size
after the other where there is none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats, Ints
from sim.sizing.trend import NO_TREND, SAME, Place, Steps
from sim.sizing.verdict import Verdict

CLAIMED = (SAME,)
"""Steps over which a finding carries both ways in what is claimed."""
SEARCHED = (SAME, NO_TREND, -NO_TREND)
"""The same where it only has to be decided what to run next."""
type Better = Sequence[Sequence[Steps]]
"""By rule and axis, the steps along which the rule is met the more (+1) or the less (-1)."""


class Found(NamedTuple):
    """What the runs of a force say."""

    by_rule: tuple[Verdict, ...]
    verdict: Verdict
    """Of the force."""


@dataclass(frozen=True)
class Reach:
    """How far a finding at each size carries along one axis: first and last size, inclusive."""

    low: Ints
    high: Ints

    @classmethod
    def of(cls, steps: Steps, sign: int, neutral: Sequence[int]) -> "Reach":
        """Follow steps of this sign upwards, of the other one downwards, and neutral ones both."""
        sizes = np.arange(len(steps) + 1)
        both = np.logical_or.reduce([steps == value for value in neutral])
        up, down = both | (steps == sign), both | (steps == -sign)
        starts, ends = sizes.copy(), sizes.copy()
        starts[1:][down] = 0
        ends[:-1][up] = len(steps)
        low = np.maximum.accumulate(starts)
        high = np.minimum.accumulate(ends[::-1])[::-1]
        return cls(low, high)


type Reaches = tuple[Reach, Reach]
"""Along the first and along the second size."""


class Knowledge:
    """What is known of the forces of a grid.

    Parameters
    ----------
    shape
        Numbers of first and of second sizes.
    rules
        How many rules there are.
    test
        Runs a force.
    better
        Gives the trends of the rules, from all forces run so far.
    most_tests
        How many forces may be run.
    barred
        Forces that are out of the question without a run, such as those above a budget.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        rules: int,
        test: Callable[[Place], Found],
        better: Callable[[Sequence[Place]], Better],
        most_tests: int,
        barred: Flags | None = None,
    ) -> None:
        self.shape = shape
        self._known: dict[tuple[int, ...], tuple[Flags, Flags]] = {
            neutral: (np.zeros((rules, *shape), dtype=np.bool_),) * 2
            for neutral in (SEARCHED, CLAIMED)
        }
        self.tested: dict[Place, Found] = {}
        self.barred = np.zeros(shape, dtype=np.bool_) if barred is None else barred
        self._reaches: list[tuple[Reaches, Reaches]] = []
        self._test, self._better, self._most_tests = test, better, most_tests

    @property
    def is_exhausted(self) -> bool:
        """Whether no more forces may be run."""
        return len(self.tested) >= self._most_tests

    @property
    def met(self) -> Flags:
        """By rule: forces that meet it, by their own runs or as the search takes it."""
        return self._known[SEARCHED][0]

    @property
    def failed(self) -> Flags:
        """By rule: forces that do not."""
        return self._known[SEARCHED][1]

    @property
    def sufficient(self) -> Flags:
        """Forces that suffice, by their own runs or as the search takes it."""
        mask: Flags = self.met.all(axis=0) & ~self.barred
        return mask

    @property
    def open(self) -> Flags:
        """Forces of which nothing is known, whether or not a run would tell."""
        mask: Flags = ~self.sufficient & ~self.failed.any(axis=0) & ~self.barred
        return mask

    @property
    def claimed_sufficient(self) -> Flags:
        """Forces that suffice, by their own runs or by a trend that was shown."""
        mask: Flags = self._known[CLAIMED][0].all(axis=0) & ~self.barred
        return mask

    @property
    def claimed_short(self) -> Flags:
        """Forces that do not suffice, by their own runs, a trend that was shown or the budget."""
        mask: Flags = self._known[CLAIMED][1].any(axis=0) | self.barred
        return mask

    def run_verdicts(self, verdict: Verdict) -> Flags:
        """Return the forces whose own runs say so."""
        mask = np.zeros(self.shape, dtype=np.bool_)
        for place, found in self.tested.items():
            mask[place] = found.verdict == verdict and not self.barred[place]
        return mask

    def check(self, place: Place) -> Found:
        """Run a force and learn from it."""
        self.tested[place] = found = self._test(place)
        self._learn()
        return found

    def _learn(self) -> None:
        """Work out anew what follows from all forces that were run."""
        better = self._better(list(self.tested))
        for neutral in self._known:
            reaches = [(_reaches(axes, 1, neutral), _reaches(axes, -1, neutral)) for axes in better]
            rules = [self._follow(rule, *both) for rule, both in enumerate(reaches)]
            self._known[neutral] = (
                np.array([met for met, _ in rules]), np.array([failed for _, failed in rules])
            )  # fmt: skip
            if neutral == SEARCHED:
                self._reaches = reaches

    def _follow(self, rule: int, good: Reaches, bad: Reaches) -> tuple[Flags, Flags]:
        """Return which forces meet a rule, and which do not, by runs and trend."""
        met, failed = np.zeros((2, *self.shape), dtype=np.bool_)
        for place, found in self.tested.items():
            if found.by_rule[rule] == "met":
                met[_box(good, place)] = True
            elif found.by_rule[rule] == "not met":
                failed[_box(bad, place)] = True
        clash = met & failed
        met[clash] = failed[clash] = False
        for place, found in self.tested.items():
            met[place] = found.by_rule[rule] == "met"
            failed[place] = found.by_rule[rule] == "not met"
        return met, failed

    def _hopeless(self) -> Flags:
        """Return forces that lie, for some rule, between two that stayed undecided by it."""
        mask = np.zeros(self.shape, dtype=np.bool_)
        for rule, (good, bad) in enumerate(self._reaches):
            over, under = np.zeros((2, *self.shape), dtype=np.bool_)
            for place, found in self.tested.items():
                if found.verdict == found.by_rule[rule] == "undecided":
                    over[_box(good, place)] = under[_box(bad, place)] = True
            mask |= over & under & ~self.met[rule] & ~self.failed[rule]
        return mask

    def worthwhile(self, wanted: Flags) -> Flags:
        """Return the forces, of those wanted, whose run may tell something."""
        mask: Flags = wanted & self.open & ~self._hopeless()
        for place in self.tested:
            mask[place] = False
        return mask

    def gain(self, wanted: Flags) -> Floats:
        """Return of each force how many wanted ones its run settles at least, over the rules."""
        total = np.zeros(self.shape)
        for rule, (good, bad) in enumerate(self._reaches):
            unknown = wanted & ~self.met[rule] & ~self.failed[rule]
            least = np.minimum(_count(unknown, good), _count(wanted, bad))
            total += np.where(unknown, least, 0)
        return total


def _reaches(axes: Sequence[Steps], sign: int, neutral: Sequence[int]) -> Reaches:
    first, second = (Reach.of(steps, sign, neutral) for steps in axes)
    return first, second


def _box(reaches: Reaches, place: Place) -> tuple[slice, slice]:
    first, second = (
        slice(int(reach.low[k]), int(reach.high[k]) + 1)
        for reach, k in zip(reaches, place, strict=True)
    )
    return first, second


def _count(mask: Flags, reaches: Reaches) -> Ints:
    """Count the forces of a mask that a finding at each place reaches."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    rows, columns = reaches
    top, bottom = rows.low[:, None], rows.high[:, None] + 1
    left, right = columns.low[None, :], columns.high[None, :] + 1
    counts: Ints = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return counts


def search(known: Knowledge, cost: Floats | None = None, most_checks: int = 0) -> None:
    """Find the forces that suffice at the edge of those that do not, or the cheapest one.

    Parameters
    ----------
    known
        The grid; holds what was found.
    cost
        Shape of the grid, never falling along an axis; None = find the whole edge.
    most_checks
        Forces beside the answer that are run in the end, although the trend speaks of them.
    """
    for place in probes(known.barred):
        if not known.is_exhausted and not known.barred[place]:
            known.check(place)
    while not known.is_exhausted and (place_next := _next_place(known, cost)) is not None:
        known.check(place_next)
    for _ in range(most_checks):
        unknown = [place for place in _beside(known, cost) if place not in known.tested]
        if not unknown or known.is_exhausted:
            return
        known.check(unknown[0])


def probes(barred: Flags) -> list[Place]:
    """List the forces that are run in any case: ends, and places between, of each size."""
    parts = 4 if 1 in barred.shape else 2
    first, second = (
        sorted({round(part * (n - 1) / parts) for part in range(parts + 1)})
        for n in (int((~barred).any(axis=axis).sum()) for axis in (1, 0))
    )
    places = [(row, column) for row in first for column in second]
    return sorted(places, key=lambda place: (-sum(place), place))


def _next_place(known: Knowledge, cost: Floats | None) -> Place | None:
    """Return the force whose run tells most; None where nothing is left to be told."""
    mask = known.sufficient
    if cost is not None and mask.any() and (best := by_cost(mask, cost)) not in known.tested:
        return best
    limit = np.inf if cost is None else cheapest(known, cost)
    wanted = np.ones(known.shape, dtype=np.bool_) if cost is None else cost < limit
    for part in (_below(known) & wanted, _above(known) & wanted):
        places = known.worthwhile(part)
        if places.any():
            return _most_telling(known, places)
    if cost is not None:
        return None
    named = [place for place in _edge(known) if place not in known.tested]
    return named[0] if named else None


def _below(known: Knowledge) -> Flags:
    """Return the forces that contain none that suffices: the smallest one is among these."""
    found = known.run_verdicts("met")
    contains: Flags = np.maximum.accumulate(np.maximum.accumulate(found, axis=0), axis=1)
    return ~contains


def _above(known: Knowledge) -> Flags:
    """Return the forces that no one that suffices contains: the largest one is among these."""
    found = known.run_verdicts("met")[::-1, ::-1]
    within = np.maximum.accumulate(np.maximum.accumulate(found, axis=0), axis=1)
    mask: Flags = ~within[::-1, ::-1]
    return mask


def _most_telling(known: Knowledge, places: Flags) -> Place:
    """Return the force that settles most of these; of equals, the farthest from all others."""
    gains = np.where(places, known.gain(places), -1.0)
    best = np.argwhere(gains == gains.max())
    runs = np.array(list(known.tested)) / np.maximum(1, np.array(known.shape) - 1)
    spots = best / np.maximum(1, np.array(known.shape) - 1)
    far = np.full(len(best), np.inf)
    for run in runs:
        far = np.minimum(far, np.abs(spots - run).sum(axis=1))
    row, column = best[int(far.argmax())]
    return int(row), int(column)


def _edge(known: Knowledge) -> list[Place]:
    """List the smallest forces that suffice, and where the forces above them fail, the largest."""
    mask = known.sufficient
    upper = [] if mask[-1, -1] else maximal(mask)
    return [*minimal(mask), *upper]


def _beside(known: Knowledge, cost: Floats | None) -> list[Place]:
    """List the forces next to those that suffice, on the side where they end."""
    mask = known.run_verdicts("met")
    if cost is not None:
        if not mask.any():
            return []
        row, column = by_cost(mask, cost)
        return _inside([(row, column - 1), (row - 1, column)])
    low = [(row - d, col - 1 + d) for row, col in minimal(mask) for d in (0, 1)]
    high = [(row + d, col + 1 - d) for row, col in maximal(mask) for d in (0, 1)]
    rows, columns = known.shape
    fails = known.failed.any(axis=0)
    near = _inside(low) + [p for p in high if p[0] < rows and p[1] < columns and fails[p]]
    return [place for place in near if not known.barred[place]]


def _inside(places: Sequence[Place]) -> list[Place]:
    return [place for place in places if min(place) >= 0]


def by_cost(mask: Flags, cost: Floats) -> Place:
    """Return the cheapest force of a set that is not empty."""
    row, column = np.unravel_index(np.where(mask, cost, np.inf).argmin(), mask.shape)
    return int(row), int(column)


def cheapest(known: Knowledge, cost: Floats) -> float:
    """Return the least cost of a force whose own runs show that it suffices; else infinite."""
    return float(cost[known.run_verdicts("met")].min(initial=np.inf))


def minimal(mask: Flags) -> list[Place]:
    """List the places of a set that contain no other one, by first size."""
    return _places(mask & (mask.cumsum(axis=0).cumsum(axis=1) == 1))


def maximal(mask: Flags) -> list[Place]:
    """List the places of a set that no other one contains, by first size."""
    above = mask[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1]
    return _places(mask & (above == 1))


def _places(mask: Flags) -> list[Place]:
    return [(int(row), int(column)) for row, column in np.argwhere(mask)]
