"""Parts of a sweep that are made apart from each other, as by the jobs of an array on a cluster."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.arrays import Flags
from sim.errors import InputError


@dataclass(frozen=True)
class Shard:
    """One of several parts of nearly the same size; it depends on nothing else."""

    number: int
    """From 1."""
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``3/8``: the third of eight.

        Raises
        ------
        InputError
            If it is not such a text, or there is no such part.
        """
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise InputError(f"shard = {text}: must be i/n with i from 1 to n, such as 3/8")
        return cls(int(number), int(of))

    def mask(self, shape: tuple[int, ...]) -> Flags:
        """Tell which runs (points, replications) belong to it; growing a sweep moves none."""
        point, replication = np.indices(shape)
        return np.asarray((point + replication) % self.of == self.number - 1)
