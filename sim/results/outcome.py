"""One run without a viewer, and what it leaves behind."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mesa  # noqa: F401 - loading it costs less where few calls lie below: it looks into them all
import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.engine.run import advance_world, start_world
from sim.errors import InputError
from sim.geography import ContactLine
from sim.results.measures import (
    Request,
    breakdown,
    mark_times,
    measure,
    measure_requests,
    parse_request,
    totals,
)
from sim.results.measures.totals import Totals
from sim.results.tables import (
    force_table,
    headquarters_table,
    report_table,
    sortie_table,
    unit_table,
    violation_table,
)
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

MAX_SEED = 2**63 - 1

LEAST_STEP_S, MOST_STEP_S = 0.05, 0.25
"""A run that is watched goes on in steps of simulated time that take about so long (s)."""

type Watch = Callable[[float], None]
"""What is told, now and then, which share of a run is done."""


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
        hours = self.world.now
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
    def posts(self) -> list[tuple[str, Floats]]:
        """Group and track (m, 2) in km of each post of this run."""
        first, count = self.world.posts["first_vertex"], self.world.posts["vertices"]
        tracks = [self.world.track_xy[a : a + n] for a, n in zip(first, count, strict=True)]
        groups = [self.plan.group_names[number] for number in self.world.posts["group"]]
        return list(zip(groups, tracks, strict=True))

    @cached_property
    def measures(self) -> dict[str, float]:
        """All measures of the run by name; see `sim.results.measures.MEASURES`."""
        return measure(self.plan, self.world)

    def measure(self, *requests: str) -> dict[str, float]:
        """Return measures of parts of the run.

        Parameters
        ----------
        *requests
            Such as `detection_rate[kind=heavy_weapons,severity>=4]`; see docs/measures.md. For
            forces in a stretch of time the run is made once more, up to the present.

        Returns
        -------
        dict
            Value by request.

        Raises
        ------
        InputError
            When a measure, property or value is not known.
        """
        asked = [parse_request(text) for text in requests]
        now = self.world.now
        times = [t for t in mark_times(self.plan, self.seed, asked) if t < now]
        marks = run_marked(self.plan, self.seed, times)[1] if times else {}
        return measure_requests(self.plan, self.world, self.seed, asked, marks)

    @cached_property
    def breakdown(self) -> pd.DataFrame:
        """The main measures by kind, domain, severity, side, sector and phase."""
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
    return run_marked(plan, seed, ())[0]


def run_marked(
    plan: Plan, seed: int, times_h: Sequence[float]
) -> tuple[World, dict[float, Totals]]:
    """Run a plan once, and note the totals at given times (h), ascending, on the way."""
    world = make_world(plan, checked_seed(seed))
    start_world(world)
    marks = {}
    for t in times_h:
        advance_world(world, t)
        marks[t] = totals(world)
    advance_world(world, plan.horizon_h)
    return world, marks


def run_measures(plan: Plan, seed: int, requests: Sequence[Request] = ()) -> dict[str, float]:
    """Run a plan once and return its measures only; the path of sweeps.

    Parameters
    ----------
    plan
        From `sim.setup.plan.build_plan`; shared by all runs of a design point.
    seed
        Seed of the run, >= 0.
    requests
        Measures of parts of the run, asked for beside those of the whole.

    Returns
    -------
    dict
        Value by name or by the text of the request.
    """
    world, marks = run_marked(plan, seed, mark_times(plan, seed, requests))
    return measure(plan, world) | measure_requests(plan, world, seed, requests, marks)


def _advance_watched(world: World, until_h: float, watch: Watch) -> None:
    """Advance a started world in steps, and tell how far it is; an interrupt ends it between two.

    The run is the same however it is cut.
    """
    now_h, step_h = 0.0, until_h / 1000.0
    while now_h < until_h:
        now_h = min(until_h, now_h + step_h)
        begin = time.perf_counter()
        advance_world(world, now_h)
        taken_s = time.perf_counter() - begin
        step_h *= 2.0 if taken_s < LEAST_STEP_S else 0.5 if taken_s > MOST_STEP_S else 1.0
        watch(now_h / until_h)


def run_plan(plan: Plan, seed: int, watch: Watch | None = None) -> Outcome:
    """Run a plan once, with all that the run leaves behind.

    Parameters
    ----------
    plan
        From `sim.setup.plan.build_plan`.
    seed
        Seed of the run, >= 0.
    watch
        Is told, now and then, which share of the simulated time has passed; None runs all at once,
        with the same result.

    Raises
    ------
    InputError
        When the seed is not a whole number >= 0.
    """
    if watch is None:
        return Outcome(plan, run_world(plan, seed), int(seed))
    world = make_world(plan, checked_seed(seed))
    start_world(world)
    _advance_watched(world, plan.horizon_h, watch)
    return Outcome(plan, world, int(seed))


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
