"""Whether a measure rises or falls with a size, from runs with the same seeds."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.sizing.trend import (
    NO_TREND,
    SAME,
    UNKNOWN,
    Place,
    Trend,
    paired_chances,
    trend_along,
)

type Floats = NDArray[np.float64]


def trend_of(heights: dict[int, float], sizes: int = 101) -> Trend:
    """Tell the trend of forces in a row, of which each has a planted height without noise."""

    def compare(small: Place, large: Place) -> int:
        return int(np.sign(heights[large[1]] - heights[small[1]])) or SAME

    return trend_along([(0, size) for size in heights], 1, sizes, compare)


@pytest.mark.parametrize(
    ("heights", "sign"),
    [
        ({0: 1, 50: 2, 100: 3}, 1),
        ({0: 1, 50: 2, 100: 2}, 1),
        ({0: 3, 50: 3, 100: 1}, -1),
        ({0: 1, 50: 1, 100: 1}, SAME),
        ({0: 1, 50: 3, 100: 1}, UNKNOWN),
        ({0: 1}, UNKNOWN),
    ],
)
def test_sign(heights: dict[int, float], sign: int) -> None:
    """Catches ends that are compared alone, and a trend told from one force."""
    assert trend_of(heights).sign == sign


def test_stretches_away_from_a_turn_keep_their_trend() -> None:
    """Catches a trend given up everywhere, or kept next to the turn."""
    trend = trend_of({0: 1, 20: 2, 40: 3, 60: 2, 80: 1, 100: 0})
    signs = [set(trend.steps[a:b].tolist()) for a, b in pairwise((0, 20, 40, 60, 80, 100))]
    assert signs == [{1}, {UNKNOWN}, {UNKNOWN}, {-1}, {-1}]
    assert (trend.rose, trend.fell, trend.pairs) == (2, 3, 5)


def test_noise_shows_no_trend_as_rarely_as_stated() -> None:
    """Catches unpaired tests, and one-sided chances that are halved: 5 % of 4,000, se 0.34 %."""
    rng = np.random.default_rng(5)
    shared, own = rng.normal(size=(4000, 1, 60)), rng.normal(size=(4000, 2, 60))
    chances = np.array(
        [paired_chances(*(0.9 * s + 0.1 * o)) for s, o in zip(shared, own, strict=True)]
    )
    assert (chances < 0.05).mean(axis=0) == pytest.approx([0.05, 0.05], abs=4 * 0.0034)


def test_pairing_shows_what_is_small_against_the_spread_of_runs() -> None:
    """Catches means compared with the spread over runs instead of seed by seed."""
    seeds = np.random.default_rng(6).normal(size=40)
    rise, fall = paired_chances(seeds, seeds + 0.01 + 1e-3 * np.sin(np.arange(40)))
    assert rise < 1e-9 < 0.99 < fall


def test_times_that_are_never_reached_and_runs_without_a_value() -> None:
    """Catches NaN or infinity that spoils the comparison of the other runs."""
    one = np.array([10.0] * 20 + [np.inf] * 20 + [np.nan])
    other = np.array([np.inf] * 40 + [3.0])
    rise, fall = paired_chances(one, other)
    assert rise == pytest.approx(0.5**20)
    assert fall == 1.0


def test_equal_runs_show_neither() -> None:
    """Catches a spread of zero that divides, or that proves a rise of nothing."""
    values = np.random.default_rng(7).normal(size=40)
    assert paired_chances(values, values) == (1.0, 1.0)
    assert paired_chances(values, values + 1.0)[0] == 0.0


def test_no_trend_goes_before_the_same() -> None:
    """Catches a measure called the same in every run where only some pairs agree."""
    found = {(0, 0): SAME, (0, 1): NO_TREND}
    trend = trend_along([(0, 0), (0, 1), (0, 2)], 1, 3, lambda small, _: found[small])
    assert trend.sign == NO_TREND
