"""The columns of a world."""

import numpy as np
import pytest
from engine_scenarios import TINY, scenario

from sim.engine.run import start_world
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.world import PER_VIOLATION, World


def columns(world: World) -> dict[str, np.ndarray]:
    return {name: value for name, value in vars(world).items() if name not in ("_table", "address")}


def test_a_world_needs_all_its_columns() -> None:
    """Catches a column that compiled code would read at address zero."""
    found = columns(make_world(build_plan(scenario(TINY)), 1))
    World(**found)
    del found["drones"]
    with pytest.raises(TypeError, match="drones"):
        World(**found)


def test_a_column_of_another_type_or_layout_is_refused() -> None:
    """Catches compiled code that reads bytes of one layout as another."""
    world = make_world(build_plan(scenario(TINY)), 1)
    with pytest.raises(TypeError, match="track_at"):
        world.put("track_at", world.track_at.astype(np.float32))
    with pytest.raises(TypeError, match="track_xy"):
        world.put("track_xy", np.asfortranarray(np.zeros((5, 2))))
    with pytest.raises(TypeError, match="visits"):
        world.put("visits", np.zeros(4))


@pytest.mark.parametrize("name", PER_VIOLATION)
def test_a_table_shorter_than_the_violations_is_refused(name: str) -> None:
    """Catches a violation set by hand without the rows that belong to it: stray writes."""
    world = make_world(build_plan(scenario(TINY)), 1)
    world.put(name, getattr(world, name)[:-1].copy())
    with pytest.raises(ValueError, match=name):
        start_world(world)
