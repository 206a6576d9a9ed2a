"""The columns of a world."""

import subprocess
import sys

import numpy as np
import pytest
from engine_scenarios import TINY, scenario

from sim.engine.world import PER_VIOLATION, make_world, start_world
from sim.kernel.world import World
from sim.setup.plan import build_plan


def columns(world: World) -> dict[str, np.ndarray]:
    return {name: value for name, value in vars(world).items() if name not in ("_table", "address")}


SLOTS = """
import {first}, sim.engine.world
from sim.kernel.world import _columns
print(sorted((name, slot) for name, (_, _, slot) in _columns.items()))
"""


def test_places_of_columns_do_not_depend_on_what_is_imported_first() -> None:
    """Catches machine code of one process that reads other columns in the next.

    It made whole-mission comparisons die of segmentation faults.
    """
    found = [
        subprocess.run(
            [sys.executable, "-c", SLOTS.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for first in ("sim.rules.sensor", "sim.rules.regime", "sim.rules.support_unit")
    ]
    assert len(found[0]) > 500
    assert found[1] == found[0] == found[2]


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
