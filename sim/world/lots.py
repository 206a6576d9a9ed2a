"""Lots: what is drawn where a rule finds two alike.

A lot hangs on the seed of the run, on the name of whoever draws it and on the violation it is drawn
for, not on the place that something has in a file or a table. So the order in which a scenario
lists its groups decides nothing.
"""

import zlib

import numpy as np

from sim.arrays import Ints
from sim.kernel.compile import compiled
from sim.world.world import World

_LOW_32 = 0xFFFFFFFF
_TURN = 0x1E3779B97F4A7C15
_FIRST, _SECOND = 0x2545F4914F6CDD1D, 0x369DEA0F31A53F85  # odd, as a product must lose no bit


def name_number(name: str) -> int:
    """Return the number that stands for a name in the drawing of lots."""
    return zlib.crc32(name.encode())


@compiled
def draw_lot(run: int, v: int, name: int) -> int:
    """Draw the lot of a name for a violation: a number as good as random.

    Parameters
    ----------
    run
        Number drawn for the run.
    v
        Row of the violation; 0 where the lot is not drawn for one.
    name
        From `name_number`.
    """
    x = run ^ (v * _TURN + name)
    x = (x ^ ((x >> 32) & _LOW_32)) * _FIRST
    x = (x ^ ((x >> 32) & _LOW_32)) * _SECOND
    return x ^ ((x >> 32) & _LOW_32)


@compiled
def lot(world: World, v: int, name: int) -> int:
    """Draw the lot of a name for a violation of this run."""
    return draw_lot(world.clock[0].lots, v, name)


@compiled
def draw_lots(run: int, names: Ints) -> Ints:
    """Draw a lot for each name, not for any violation."""
    lots = np.empty(len(names), dtype=np.int64)
    for row in range(len(names)):
        lots[row] = draw_lot(run, 0, names[row])
    return lots
