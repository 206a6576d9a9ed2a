"""When and where candidates take place: the numbers of the plain description, drawn faster."""

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, Tables, scenario
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.setup.onsets import draw_onsets
from sim.setup.plan import Plan, build_plan
from sim.setup.streams import draw_normals, stream
from sim.setup.violations import ViolationProcess
from sim.statistics.order import in_order

Floats = NDArray[np.float64]
HOT_SPOT: Tables = {"chainage_km": 0.5, "share": 0.6, "spread_km": 30.0}
PROCESSES: dict[str, Tables] = {
    "rich": {},
    "even": {"violations.overdispersion_k": None, "violations.branching_ratio": 0.0},
    "at the end of the line": {"violations.hot_spots": {"end": HOT_SPOT}},
    "almost critical": {"violations.branching_ratio": 0.9, "violations.offspring_spread_km": 90.0},
    "one burst": {
        "violations.phases": [
            {"name": "silence", "from_day": 0, "factor": 0.0},
            {"name": "burst", "from_day": 2, "factor": 40.0},
            {"name": "rest", "from_day": 2.02, "factor": 0.0},
        ],
        "violations.offspring_decay_h": 0.01,
    },
    "nothing": {"violations.rate_per_day": 0.0},
}


def fold(places: Floats, length_km: float) -> Floats:
    folded = np.abs(places) % (2.0 * length_km)
    return np.where(folded > length_km, 2.0 * length_km - folded, folded)


def background(
    process: ViolationProcess, rng: np.random.Generator, length_km: float
) -> tuple[Floats, Floats]:
    """Return onsets and places of the background."""
    expected = process.expected
    if process.dispersion_k is not None:
        activity = rng.gamma(process.dispersion_k, 1.0 / process.dispersion_k, process.days)
        expected = expected * activity[process.day_of_bin]
    cumulative = np.concatenate([[0.0], np.cumsum(expected)])
    count = rng.poisson(cumulative[-1])
    onset = np.interp(np.sort(rng.random(count)) * cumulative[-1], cumulative, process.edges_h)
    if len(process.spot_edges) == 0:
        return onset, rng.random(count) * length_km
    mark, share = rng.random((2, count))
    scatter = rng.standard_normal(count)
    spot = np.searchsorted(process.spot_edges, mark, side="right")
    at = (
        np.append(process.spot_at_km, 0.0)[spot]
        + np.append(process.spot_spread_km, 0.0)[spot] * scatter
    )
    return onset, fold(np.where(spot < len(process.spot_edges), at, share * length_km), length_km)


def described(plan: Plan, seed: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return onsets, places and parents as the model is described, one generation after another."""
    process, length_km = plan.process, plan.line.length_km
    rng = stream(seed, "violations")
    onset, place = background(process, rng, length_km)
    parents = np.full(len(onset), -1)
    if process.branching_ratio == 0.0:
        return onset, place, parents
    onsets, places, all_parents, first = [onset], [place], [parents], 0
    while len(onset):
        children = np.repeat(
            np.arange(len(onset)), rng.poisson(process.branching_ratio, len(onset))
        )
        born = onset[children] + process.decay_h * rng.standard_exponential(len(children))
        scatter = process.spread_km * rng.standard_normal(len(children))
        at = fold(place[children] + scatter, length_km)
        within = born < process.horizon_h
        all_parents.append(first + children[within])
        first += len(onset)
        onset, place = born[within], at[within]
        onsets.append(onset)
        places.append(place)
    onset, place, parents = map(np.concatenate, (onsets, places, all_parents))
    order = np.argsort(onset, kind="stable")
    place_of = np.empty(len(order), dtype=np.int64)
    place_of[order] = np.arange(len(order))
    parents = parents[order]
    return onset[order], place[order], np.where(parents < 0, -1, place_of[parents])


@pytest.mark.parametrize("values", PROCESSES.values(), ids=PROCESSES.keys())
def test_seeds_are_those_of_the_description(values: Tables) -> None:
    """Catches other numbers for an old seed, a place not folded back, or a parent of another's."""
    plan = build_plan(scenario(RICH).with_values(values))
    for seed in range(5):
        drawn = draw_onsets(plan.process, plan.line, seed)
        onset, place, parents = described(plan, seed)
        assert np.array_equal(drawn.onset, onset)
        assert np.array_equal(drawn.chainage, place)
        assert np.array_equal(drawn.parents, parents)
        assert np.all((place >= 0.0) & (place <= plan.line.length_km))


@given(
    st.lists(st.floats(0.0, 1.0, exclude_max=True), max_size=60),
    st.integers(0, 300),
    st.floats(1e-3, 1e6),
)
def test_order_is_that_of_a_stable_sort(values: list[float], equal: int, most: float) -> None:
    """Catches equal numbers that change places, or crowds that end up in disorder."""
    numbers = most * np.array([*values, *([0.5] * equal), *values])
    numbers = np.minimum(numbers, np.nextafter(most, 0.0))
    assert in_order(numbers, most).tolist() == np.argsort(numbers, kind="stable").tolist()


def test_normals_are_those_of_numpy() -> None:
    """Catches a generator that compiled code continues with other numbers."""
    one, other = stream(7, "a"), stream(7, "a")
    assert np.array_equal(draw_normals(one, 10_000), other.standard_normal(10_000))
    assert one.random() == other.random()


def test_a_line_without_violations_has_no_seeds() -> None:
    """Catches an empty run that fails."""
    plan = build_plan(scenario(TINY).with_values({"violations.rate_per_day": 0.0}))
    assert len(draw_onsets(plan.process, plan.line, 1).onset) == 0
