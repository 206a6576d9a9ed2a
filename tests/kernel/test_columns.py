"""Columns as compiled code sees them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engine_scenarios import TINY, scenario
from numba import njit
from numba.core.errors import TypingError

from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.world import World

WORLD = make_world(build_plan(scenario(TINY, line__sectors=3)), 1)


@njit
def read(world: World, row: int, place: int) -> tuple[float, float, float, int]:
    return (
        world.track_at[row],
        world.track_xy[np.int32(row), place],
        world.evidence[0, row, 0],
        world.drones[row].next_post,
    )


@njit
def write_day(world: World, row: int) -> None:
    world.days[row] = row + 40


@njit
def write(world: World, row: int) -> None:
    write_day(world, row)
    world.report_at[row, 0] = 2.5
    world.drones[row].held = 7


@njit
def lengths(world: World) -> tuple[int, int, tuple[int, int, int]]:
    return len(world.days), world.track_xy.shape[1], world.evidence.shape


@njit
def from_the_end(world: World) -> float:
    return world.track_at[:1]


def test_entries_are_those_of_the_arrays() -> None:
    """Catches an entry of another row or place, in one, two or three dimensions."""
    for row in range(2):
        for place in range(2):
            found = read(WORLD, row, place)
            assert found[:2] == (WORLD.track_at[row], WORLD.track_xy[row, place])
            assert found[2] == WORLD.evidence[0, row, 0]
            assert found[3] == WORLD.drones["next_post"][row]


def test_what_is_written_stands_in_the_arrays() -> None:
    """Catches a write that goes elsewhere, or that compiled code keeps to itself."""
    world = make_world(build_plan(scenario(TINY)), 1)
    world.put("report_at", np.zeros((5, 2)))
    write(world, 1)
    assert (world.days[1], world.report_at[1, 0], world.drones["held"][1]) == (41, 2.5, 7)
    assert world.days[0] == world.days[2] == -1
    assert np.count_nonzero(world.report_at) == 1


def test_lengths_follow_a_column_that_is_put_anew() -> None:
    """Catches lengths, or an address, taken once and kept."""
    world = make_world(build_plan(scenario(TINY)), 1)
    assert lengths(world) == (len(world.days), 2, world.evidence.shape)
    world.put("days", np.full(2 * len(world.days), 3, dtype=np.int32))
    assert lengths(world)[0] == len(world.days)
    write_day(world, len(world.days) - 1)
    assert world.days[-1] == len(world.days) + 39


CHECKED = """
import numpy as np
from numba import njit
from engine_scenarios import TINY, scenario
from sim.setup.plan import build_plan
from sim.setup.draw import make_world

@njit
def day(world, row):
    return world.days[row]

world = make_world(build_plan(scenario(TINY)), 1)
assert day(world, len(world.days) - 1) == -1
for row in (-1, len(world.days)):
    try:
        day(world, row)
    except IndexError as error:
        print(error)
"""


def test_indices_are_checked_when_that_is_asked_for(tmp_path: Path) -> None:
    """Catches a check that is never made: the engine is searched for slips with it."""
    settings = {"NUMBA_BOUNDSCHECK": "1", "CEASEFIRE_CACHE_DIR": str(tmp_path)}
    found = subprocess.run(
        [sys.executable, "-c", CHECKED],
        env={**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.count("index out of bounds of Column(int32, 1, ") == 2


def test_a_column_has_no_slices() -> None:
    """Catches a slice that would be read as an index."""
    with pytest.raises(TypingError):
        from_the_end(WORLD)
