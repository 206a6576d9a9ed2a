"""One run without a viewer, and what it leaves behind."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.plan import Plan, build_plan
from sim.engine.world import advance_world, make_world, start_world
from sim.errors import InputError
from sim.geography import ContactLine
from sim.kernel.world import World
from sim.measures import breakdown, measure
from sim.scenario import Scenario
from sim.tables import (
    force_table,
    headquarters_table,
    report_table,
    sortie_table,
    unit_table,
    violation_table,
)

MAX_SEED = 2**63 - 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one run leaves behind; tables are made when they are asked for.

    It can be copied, pickled and loaded in another process. Two outcomes are equal when they are
    one and the same; compare their tables or measures for what is in them.
    """

    plan: Plan
    world: World
    seed: int

    def __repr__(self) -> str:
        hours = float(self.world.clock["now"][0])
        return f"Outcome({self.scenario.title!r}, seed={self.seed}, hours={hours:g})"

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.plan.scenario

    @property
    def line(self) -> ContactLine:
        """The contact line."""
        return self.plan.line

    @property
    def posts(self) -> list[tuple[str, NDArray[np.float64]]]:
        """Group and track (m, 2) in km of each post of this run."""
        first, count = self.world.posts["first_vertex"], self.world.posts["vertices"]
        tracks = [self.world.track_xy[a : a + n] for a, n in zip(first, count, strict=True)]
        groups = [self.plan.group_names[number] for number in self.world.posts["group"]]
        return list(zip(groups, tracks, strict=True))

    @cached_property
    def measures(self) -> dict[str, float]:
        """All measures of the run by name; see `sim.measures.MEASURES`."""
        return measure(self.plan, self.world)

    @cached_property
    def breakdown(self) -> pd.DataFrame:
        """The main measures by kind, severity, sector and phase."""
        return breakdown(self.plan, self.world)

    @cached_property
    def violations(self) -> pd.DataFrame:
        """One row for each violation that happened, in the order of onset; see docs/tables.md."""
        return violation_table(self.plan, self.world)

    @cached_property
    def reports(self) -> pd.DataFrame:
        """One row for each report, true or false; see docs/tables.md."""
        return report_table(self.plan, self.world)

    @cached_property
    def headquarters(self) -> pd.DataFrame:
        """One row for each station of the command chain; see docs/tables.md."""
        return headquarters_table(self.plan, self.world)

    @cached_property
    def forces(self) -> pd.DataFrame:
        """One row for each day and support group; see docs/tables.md."""
        return force_table(self.plan, self.world, self.seed)

    @cached_property
    def sorties(self) -> pd.DataFrame:
        """One row for each sortie; see docs/tables.md."""
        return sortie_table(self.plan, self.world)

    @cached_property
    def units(self) -> pd.DataFrame:
        """One row for each support unit; see docs/tables.md."""
        return unit_table(self.plan, self.world)


def checked_seed(seed: Any) -> int:
    """Return the seed of a run as a plain number.

    Raises
    ------
    InputError
        When it is not a whole number from 0 to 2**63 - 1.
    """
    if (
        isinstance(seed, bool)
        or not isinstance(seed, int | np.integer)
        or not 0 <= seed <= MAX_SEED
    ):
        message = f"seed = {seed!r}: must be a whole number from 0 to {MAX_SEED}"
        raise InputError(message)
    return int(seed)


def run_world(plan: Plan, seed: int) -> World:
    """Run a plan once, from start to end."""
    world = make_world(plan, checked_seed(seed))
    start_world(world)
    advance_world(world, plan.horizon_h)
    return world


def run_measures(plan: Plan, seed: int) -> dict[str, float]:
    """Run a plan once and return its measures only; the path of sweeps.

    Parameters
    ----------
    plan
        From `sim.engine.plan.build_plan`; shared by all runs of a design point.
    seed
        Seed of the run, >= 0.
    """
    return measure(plan, run_world(plan, seed))


def run_plan(plan: Plan, seed: int) -> Outcome:
    """Run a plan once, with all that the run leaves behind.

    Raises
    ------
    InputError
        When the seed is not a whole number >= 0.
    """
    return Outcome(plan, run_world(plan, seed), int(seed))


def simulate(scenario: Scenario, seed: int = 1) -> Outcome:
    """Run a scenario once.

    Parameters
    ----------
    scenario
        The scenario.
    seed
        Seed of the run, >= 0; the same seed gives the same run, bit for bit.

    Returns
    -------
    Outcome
        With `.measures`, `.violations`, `.sorties`, `.units` and `.breakdown`.

    Raises
    ------
    InputError
        When the scenario does not fit its contact line, or the seed is not a whole number >= 0.
    """
    return run_plan(build_plan(scenario), seed)
