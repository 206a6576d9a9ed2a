"""Work grows with the number of monitors, not with its square; counted, not timed."""

import sys
from types import FrameType
from typing import Any

import numpy as np
import pytest
from engine_scenarios import RICH, rich_on_the_real_line, scenario

from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import build_plan


def calls_to_plan(made: Scenario) -> int:
    """Return how many calls, of Python and of C, it takes to lay the plan of a scenario."""
    calls = 0

    def count(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        build_plan(made)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("patrol", ["shuttle", "static"])
def test_calls_to_lay_posts_grow_with_their_number(patrol: str) -> None:
    """Catches a plan that goes over all posts again for each post: hours for 100,000 of them."""
    made = rich_on_the_real_line().with_values({"monitors.planes.patrol": patrol})
    counts = [
        {"monitors.planes.count": count, "monitors.planes.posts": count}
        for count in (100, 100, 300, 500)  # the first fills what is kept
    ]
    _, few, more, most = (calls_to_plan(made.with_values(count)) for count in counts)
    assert most - more == pytest.approx(more - few, rel=0.05)


def test_a_post_at_a_random_place_lists_only_the_cells_around_it() -> None:
    """Catches posts that are listed wherever they might stand: gigabytes for 10,000 of them."""
    values = {"monitors__balloons__placement": "random", "monitors__balloons__count": 400}
    plan = build_plan(scenario(RICH, **values, line__length_km=600.0))
    world = make_world(plan, 1)
    cells = np.bincount(world.reach["post"], minlength=len(world.posts))
    within = 2.0 * world.posts["radius_km"] / plan.grid.cell_km + 3.0
    scattered = plan.monitors.random_posts
    assert len(scattered) == 400
    assert np.all(cells[scattered] <= within[scattered] ** 2)
