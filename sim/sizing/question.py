"""What is asked of a sizing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Flags, Floats
from sim.scenario import Scenario
from sim.sizing.cost import Cost, cost_grid
from sim.sizing.factors import Factor
from sim.sizing.given import given_text
from sim.sizing.requirements import Requirement
from sim.sizing.trend import Place


@dataclass(frozen=True)
class Question:
    """What is asked: sizes in range, rules, a cost, and what is given."""

    scenario: Scenario
    """With what is given set in it."""
    factors: tuple[Factor, ...]
    requirements: tuple[Requirement, ...]
    """Rules about runs."""
    budgets: Mapping[str, float]
    """Rules about the formula of the cost: its limits by their words."""
    cost: Cost | None
    given: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid; a single size makes a single row."""
        lengths = [len(factor.levels) for factor in self.factors]
        return (lengths[0], lengths[1]) if len(lengths) == 2 else (1, lengths[0])

    @property
    def forces(self) -> int:
        """How many forces are in range."""
        return self.shape[0] * self.shape[1]

    @property
    def keys(self) -> list[str]:
        """The keys of the sizes."""
        return [factor.key for factor in self.factors]

    @cached_property
    def prices(self) -> Floats | None:
        """The cost of every force, of the shape of the grid; None where no formula is given."""
        return None if self.cost is None else cost_grid(self.cost, self.factors).reshape(self.shape)

    @property
    def barred(self) -> Flags:
        """Forces above a budget."""
        mask = np.zeros(self.shape, dtype=np.bool_)
        if self.prices is not None and self.budgets:
            mask = self.prices > min(self.budgets.values())
        return mask

    def sizes(self, place: Place) -> dict[str, int]:
        """Return the sizes of the force at a place of the grid, by key."""
        numbers = place[-len(self.factors) :]
        return {f.key: f.levels[n] for f, n in zip(self.factors, numbers, strict=True)}

    def name(self, place: Place) -> str:
        """Return a force in words."""
        return " with ".join(f"{key} = {size}" for key, size in self.sizes(place).items())

    @property
    def condition(self) -> str:
        """What is given, in words; empty where nothing is."""
        return given_text(self.given)
