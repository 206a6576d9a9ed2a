"""Whether a measure rises or falls with a size: found out from the runs, not taken for granted.

Forces share their seeds, so two of them are compared seed by seed. A measure *rises* along a size
where some pair of forces shows that and none shows the contrary, and *falls* the other way round;
where pairs of both kinds are found it is *mixed*. Where none is found it is the *same*, if no run
differs at all, or else shows *no trend*. What is said of forces that were not run hangs on this,
and says so. It is no part of the stated confidence, which is that of the forces that were run.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, stdtr

from sim.arrays import Floats

type Steps = NDArray[np.int8]
"""Of each step from one size to the next: +1 up, -1 down, `SAME`, `NO_TREND` or `UNKNOWN`."""
type Place = tuple[int, int]
type Compare = Callable[[Place, Place], int]

ERROR = 0.01
"""Chance that any pair of forces that do not differ is taken for one that does."""
SAME = 0
"""No run differs between forces."""
UNKNOWN = 2
"""The measure turns round nearby, or too few forces were run to tell."""
NO_TREND = 4
"""Neither a rise nor a fall was shown: enough to search by, not to claim by."""


@dataclass(frozen=True)
class Trend:
    """How a measure moves along one size."""

    steps: Steps
    """Shape (sizes - 1,)."""
    rose: int
    """Pairs of forces next to each other, of those run, between which it rose."""
    fell: int
    pairs: int
    """All such pairs."""
    sign: int
    """+1 rises, -1 falls, `SAME`, `NO_TREND` or `UNKNOWN`."""


type Pair = tuple[Floats, Floats]


@dataclass
class Comparisons:
    """Compares forces seed by seed, and keeps what came out."""

    _chances: dict[tuple[object, ...], tuple[float, float]] = field(default_factory=dict)

    def chances(self, key: object, one: Floats, other: Floats) -> tuple[float, float]:
        """Return the chances of a rise and of a fall as large from one force to the other.

        Parameters
        ----------
        key
            What is compared; asked again with as many runs, it is not worked out anew.
        one, other
            Values by run, of the same seeds as far as both go; shape (runs,).
        """
        full = (key, len(one), len(other))
        if full not in self._chances:
            self._chances[full] = paired_chances(one, other)
        return self._chances[full]


def paired_chances(one: Floats, other: Floats) -> tuple[float, float]:
    """Return the chances of a rise and of a fall as large if there were none (p values).

    Parameters
    ----------
    one, other
        Values by run, of the same seeds as far as both go; NaN is left out. Where some are
        infinite, or all are 0 or 1, only the signs of the differences count (sign test); else
        their mean does (paired t test).
    """
    n = min(len(one), len(other))
    both = ~np.isnan(one[:n]) & ~np.isnan(other[:n])
    one, other = one[:n][both], other[:n][both]
    is_coarse = np.isin([one, other], (0.0, 1.0)).all() or not np.isfinite([one, other]).all()
    chance = _chance_by_signs if is_coarse else _chance_by_mean
    return chance(one, other), chance(other, one)


def _chance_by_signs(one: Floats, other: Floats) -> float:
    """Return the chance of as many rises if rises and falls were alike."""
    rises, falls = int((other > one).sum()), int((other < one).sum())
    return float(bdtr(falls, rises + falls, 0.5)) if rises else 1.0


def _chance_by_mean(one: Floats, other: Floats) -> float:
    """Return the chance of a mean rise as large if there were none."""
    gain = other - one
    if len(gain) < 2 or gain.mean() <= 0.0:
        return 1.0
    spread = float(gain.std(ddof=1))
    if spread <= 1e-12 * abs(float(gain.mean())):
        return 0.0
    return float(stdtr(len(gain) - 1, -gain.mean() / spread * len(gain) ** 0.5))


def lines_along(places: Sequence[Place], axis: int) -> list[list[Place]]:
    """Group forces that differ in one size alone, ascending."""
    lines: dict[int, list[Place]] = {}
    for place in sorted(places):
        lines.setdefault(place[1 - axis], []).append(place)
    return list(lines.values())


def trend_along(places: Sequence[Place], axis: int, sizes: int, compare: Compare) -> Trend:
    """Tell how a measure moves along one size.

    Parameters
    ----------
    places
        Forces that were run.
    axis
        The size: 0 or 1.
    sizes
        How many there are.
    compare
        Gives the sign between a smaller and a larger force: +1, -1, `SAME` or `NO_TREND`.

    Notes
    -----
    Forces are compared that differ in this size alone. Where they lie in one line and the measure
    turns round, steps away from the turn keep their trend.
    """
    lines = lines_along(places, axis)
    near = [compare(a, b) for line in lines for a, b in pairwise(line)]
    signs = {compare(a, b) for line in lines for a, b in combinations(line, 2)}
    sign = _common_sign(signs)
    steps = np.full(max(0, sizes - 1), sign, dtype=np.int8)
    if sign == UNKNOWN and len(lines) == 1:
        _keep_trends(steps, [place[axis] for place in lines[0]], near)
    return Trend(steps, near.count(1), near.count(-1), len(near), sign)


def _common_sign(signs: Collection[int]) -> int:
    if not signs or {1, -1} <= set(signs):
        return UNKNOWN
    return next(sign for sign in (1, -1, NO_TREND, SAME) if sign in signs)


def _keep_trends(steps: Steps, stations: Sequence[int], signs: Sequence[int]) -> None:
    """Fill in the trend of stretches that have no turn beside them."""
    for number, sign in enumerate(signs):
        before = next((s for s in reversed(signs[:number]) if s in (1, -1)), sign)
        after = next((s for s in signs[number + 1 :] if s in (1, -1)), sign)
        around = {before, sign, after} & {1, -1}
        if len(around) == 1:
            steps[stations[number] : stations[number + 1]] = around.pop()
