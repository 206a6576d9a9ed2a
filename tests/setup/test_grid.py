"""The grid: it may list too many posts for a cell, never too few."""

import numpy as np
import pytest
import shapely
from engine_scenarios import RICH, TINY, Floats, rich_on_the_real_line, scenario
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.mesa.model import CeasefireModel
from sim.rules.patrol import BLOCK_CELLS
from sim.rules.sensor import reach_of
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.grid import MOST_CELLS, Grid, cell_at
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

WIDE = scenario(RICH, platforms__plane__radius_km=90.0, platforms__balloon__radius_km=70.0)
SCATTERED = scenario(RICH, monitors__balloons__placement="random")
MADE = {
    "straight": scenario(RICH),
    "real": rich_on_the_real_line(),
    "wide": WIDE,
    "scattered": SCATTERED,
}


def cells_at(grid: Grid, points: Floats) -> NDArray[np.int64]:
    return np.array([cell_at(x, y, grid.frame) for x, y in points])


def track(world: World, post: int) -> Floats:
    first, count = int(world.posts["first_vertex"][post]), int(world.posts["vertices"][post])
    return world.track_xy[first : first + count]


def listed(world: World, cell: int) -> dict[int, set[int]]:
    """Return the segments of each post that are searched for the points of a cell."""
    rows = world.reach[world.reach_start[cell] : world.reach_start[cell + 1]]
    return {
        int(row["post"]): set(range(row["first_segment"], row["end_segment"]))
        - set(range(row["gap_from"], row["gap_to"]))
        for row in rows
    }


def cells_of(world: World, post: int) -> set[int]:
    """Return the cells listed for a post, from the bits of its blocks."""
    blocks = world.post_blocks[slice(*world.post_start[post : post + 2])]
    return {
        int(block["block"]) * BLOCK_CELLS + bit
        for block in blocks
        for bit in range(BLOCK_CELLS)
        if int(block["cells"]) >> bit & 1
    }


def check_points(plan: Plan, world: World, points: Floats) -> int:
    """Check that the posts and segments that see each point are listed; count the sightings."""
    cells = cells_at(plan.grid, points)
    sightings = 0
    for post in range(len(world.posts)):
        xy = track(world, post)
        ends = np.stack([xy[:-1], xy[1:]], axis=1) if len(xy) > 1 else xy[:, None].repeat(2, 1)
        segments = np.asarray(shapely.linestrings(ends))
        apart = shapely.distance(segments[None], np.asarray(shapely.points(points))[:, None])
        sees = apart <= world.posts["radius_km"][post]
        mine = cells_of(world, post)
        for row in np.flatnonzero(sees.any(axis=1)):
            seen = np.flatnonzero(sees[row])
            assert set(seen.tolist()) <= listed(world, int(cells[row]))[post]
            assert int(cells[row]) in mine
            sightings += 1
    return sightings


@pytest.mark.parametrize("made", MADE.values(), ids=MADE.keys())
@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_every_post_that_sees_a_point_is_listed_for_its_cell(made: Scenario, seed: int) -> None:
    """Catches violations that nobody ever looks at because the grid hides them from a post."""
    plan = PLANS[made.title + str(id(made))]
    world = make_world(plan, seed % 5)
    rng = np.random.default_rng(seed)
    chainage = rng.random(40) * plan.line.length_km
    around = plan.line.point(chainage, rng.normal(0.0, 40.0, 40))
    vertices = world.track_xy[rng.integers(0, len(world.track_xy), 40)]
    radius = world.posts["radius_km"].max()
    near = vertices + rng.uniform(-1.0, 1.0, (40, 2)) * radius
    assert check_points(plan, world, np.concatenate([around, near])) > 0


PLANS = {made.title + str(id(made)): build_plan(made) for made in MADE.values()}


def test_the_rim_of_every_footprint_is_listed() -> None:
    """Catches points at exactly the radius, to all sides, that are left out by rounding."""
    for plan in PLANS.values():
        world = make_world(plan, 1)
        for post in range(len(world.posts)):
            angle = np.linspace(0.0, 2.0 * np.pi, 33)
            circle = np.column_stack([np.cos(angle), np.sin(angle)])
            ends = track(world, post)[[0, -1]]
            rim = ends[:, None] + (1.0 - 1e-12) * world.posts["radius_km"][post] * circle[None]
            check_points(plan, world, rim.reshape(-1, 2))


def test_what_lies_between_the_way_out_and_the_way_back_is_not_searched() -> None:
    """Catches a gap that is never found: a circuit then has nearly all of it searched each time."""
    circuits = {"monitors__planes__patrol": "circuit", "monitors__planes__count": 4}
    plan = build_plan(
        rich_on_the_real_line().with_values(
            {key.replace("__", "."): value for key, value in circuits.items()}
        )
    )
    rows = plan.reach.rows
    gaps = np.maximum(0, rows["gap_to"] - rows["gap_from"])
    assert gaps.max() > 5
    check_points(plan, make_world(plan, 1), plan.line.point(np.linspace(0.0, 120.0, 50), 3.0))


def test_the_reach_of_a_retasked_post_is_listed_beside_the_others() -> None:
    """Catches rows of the reach that are mixed up when a post is added in the middle of a run."""
    model = CeasefireModel(rich_on_the_real_line(), rng=1)
    rng = np.random.default_rng(3)
    for number, from_km in enumerate((20.0, 100.0, 90.0)):
        model.drones[number].retask(from_km, from_km + 12.0, offset_km=25.0 * number)
    chainage = 10.0 + 110.0 * rng.random(300)
    points = model.plan.line.point(chainage, rng.normal(20.0, 20.0, 300))
    assert len(model.world.posts) == len(model.plan.monitors.posts) + 3
    assert check_points(model.plan, model.world, points) > 100
    check_rows_are_found(model.world)


def check_rows_are_found(world: World) -> None:
    """Check that the search in the rows of a cell finds what going through all of them finds."""
    found = 0
    for cell in range(len(world.reach_start) - 1):
        first, end = world.reach_start[cell : cell + 2]
        rows = {int(post): first + k for k, post in enumerate(world.reach["post"][first:end])}
        for post in range(-1, len(world.posts) + 1):
            assert reach_of(world, cell, post) == rows.get(post, -1)
        found += len(rows)
    assert found == len(world.reach)


def test_a_retasked_drone_sees_violations_far_from_the_line() -> None:
    """Catches a grid laid around the planned tracks only, where a drone is sent far behind them."""
    values = {"violations__max_offset_km": 80.0, "violations__kinds__shelling__offset_sd_km": 40.0}
    made = scenario(TINY, **values, violations__rate_per_day=3000.0, run__duration_days=1.0)
    model = CeasefireModel(made, rng=1)
    model.drones[0].retask(0.0, 60.0, offset_km=50.0)
    model.run()
    rows = model.world.violations
    within = rows[np.abs(rows["offset"] - 50.0) < 2.0]
    assert len(within) > 30
    assert np.mean(within["detector"] == 0) > 0.3


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=20),
    st.floats(0.1, 1e4),
)
def test_a_grid_holds_its_points_and_not_too_many_cells(
    points: list[tuple[float, float]], margin: float
) -> None:
    """Catches a grid too small for its points, or too large for memory."""
    xy = np.array(points)
    grid = Grid.around(xy, margin)
    assert np.all(cells_at(grid, xy) < grid.cells)
    assert np.all(cells_at(grid, xy + 0.999 * margin) < grid.cells)
    assert np.all(cells_at(grid, xy - 0.999 * margin) < grid.cells)
    assert grid.cells <= 4 * MOST_CELLS
    outside = np.array([[xy[:, 0].min() - 2.0 * margin, 0.0], [np.inf, 0.0]])
    with np.errstate(invalid="ignore"):
        assert cells_at(grid, outside[:1])[0] == grid.cells
