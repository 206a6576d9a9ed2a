"""The estimate of cumulative incidence, against the textbook form and a planted truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textbook import area_above, cumulative_incidence

from sim.statistics.incidence import CENSORED, NEVER, REACHED, incidence

WATCHED = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from((CENSORED, REACHED, NEVER))),
    min_size=1,
    max_size=40,
)


@given(WATCHED, st.floats(0.5, 15.0))
def test_weights_give_what_the_textbook_gives(watched: list[tuple[int, int]], limit: float) -> None:
    """Catches a share or a restricted mean that differs from Aalen and Johansen's, also at ties."""
    times = np.array([float(t) for t, _ in watched])
    codes = np.array([code for _, code in watched], dtype=np.int8)
    share, mean = incidence(times, codes, limit)
    curve = cumulative_incidence(times, codes)
    assert share == pytest.approx(curve[-1][1], abs=1e-12)
    assert mean == pytest.approx(area_above(curve, limit), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0.0, 9.0), st.booleans()), min_size=1))
def test_without_censoring_it_is_the_plain_share(watched: list[tuple[float, bool]]) -> None:
    """Catches weights where nothing is cut off."""
    times = np.array([t for t, _ in watched])
    reached = np.array([here for _, here in watched])
    codes = np.where(reached, REACHED, NEVER).astype(np.int8)
    share, mean = incidence(times, codes, 5.0)
    assert share == pytest.approx(reached.mean())
    assert mean == pytest.approx(np.where(reached, np.minimum(times, 5.0), 5.0).mean())


def test_nothing_watched_is_undefined() -> None:
    """Catches a share of nothing."""
    share, mean = incidence(np.empty(0), np.empty(0, dtype=np.int8), 1.0)
    assert np.isnan([share, mean]).all()


def test_a_planted_share_is_found_whatever_is_cut_off() -> None:
    """Catches a bias: of competing exponential ends with rates 2 and 1, two thirds are reached."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(400):
        ends, cut = rng.exponential(1.0 / 3.0, 300), rng.uniform(0.0, 2.5, 300)
        codes = np.where(rng.random(300) < 2.0 / 3.0, REACHED, NEVER)
        codes = np.where(ends <= cut, codes, CENSORED).astype(np.int8)
        found.append(incidence(np.minimum(ends, cut), codes, 0.5))
    shares, means = np.array(found).T
    # E min(T, l) where T never comes with chance 1/3: l - integral of 2/3 (1 - exp(-3 u))
    mean = 0.5 - 2.0 / 3.0 * (0.5 - (1.0 - np.exp(-1.5)) / 3.0)
    for values, truth in ((shares, 2.0 / 3.0), (means, mean)):
        error = values.std(ddof=1) / 20.0
        assert abs(values.mean() - truth) < 4.0 * error
