"""Random streams: one for each process of a run, named by a path.

A stream's numbers depend on the seed and its name only. Adding a group of drones or units, or
changing how many there are, shifts no other draw: all force sizes meet the same candidate
violations, weather and delays (common random numbers).
"""

import zlib

import numpy as np

from sim.arrays import Floats
from sim.kernel.compile import compiled


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of a named process.

    Parameters
    ----------
    seed
        Seed of the run, >= 0.
    name
        Path of the process, such as `"violations"` or `"monitors/male"`.
    """
    key = zlib.crc32(name.encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,))))


@compiled
def draw_normals(rng: np.random.Generator, count: int) -> Floats:
    """Draw standard normals: the numbers of `rng.standard_normal(count)`, in half the time.

    Parameters
    ----------
    rng
        The generator.
    count
        How many.
    """
    drawn = np.empty(count)
    for place in range(count):
        drawn[place] = rng.standard_normal()
    return drawn
