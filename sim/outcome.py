"""One run without a viewer, and what it leaves behind."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.agents.flight import ENDING_NAMES
from sim.agents.violation import PREVENTED, REAL, SIDES, STATUS_NAMES, UNDETECTED
from sim.engine.plan import Plan, build_plan
from sim.engine.world import advance_world, make_world, start_world
from sim.errors import InputError
from sim.geography import ContactLine
from sim.kernel.world import World
from sim.measures import breakdown, busy_hours, measure
from sim.scenario import Scenario

MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Outcome:
    """What one run leaves behind; tables are made when they are asked for."""

    plan: Plan
    world: World
    seed: int

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


def _named(codes: NDArray[np.signedinteger[Any]], names: tuple[str, ...]) -> Any:
    """Return codes as names; -1 becomes the empty name."""
    listed = list(names)
    if (codes < 0).any():
        listed.append("")
        codes = np.where(codes < 0, len(listed) - 1, codes)
    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(listed))


def violation_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each violation that happened so far."""
    rows = world.violations[: int(world.clock["next_candidate"][0])]
    number = np.flatnonzero((rows["status"] != PREVENTED) & (rows["nature"] == REAL))
    rows = rows[number]
    now = float(world.clock["now"][0])
    lonlat = plan.line.to_lonlat(np.column_stack([rows["x"], rows["y"]]))
    phases = plan.scenario.violations.phases
    starts = np.array([24.0 * phase.from_day for phase in phases])
    phase = np.searchsorted(starts, rows["onset"], side="right") - 1
    live = (rows["status"] == UNDETECTED) & (rows["end"] > now)
    status = np.where(live, len(STATUS_NAMES), rows["status"])
    arrived = rows["arrived"]
    return pd.DataFrame(
        {
            "violation": number,
            "onset_h": rows["onset"],
            "end_h": rows["end"],
            "chainage_km": rows["chainage"],
            "offset_km": rows["offset"],
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "kind": _named(rows["kind"], plan.kinds),
            "severity": rows["severity"],
            "side": _named(rows["side"], SIDES),
            "sector": rows["sector"] + 1,
            "phase": np.array([p.name for p in phases], dtype=object)[phase],
            "parent": rows["parent"],
            "detected_h": rows["detected"],
            "detection_delay_min": 60.0 * (rows["detected"] - rows["onset"]),
            "detected_by": _named(rows["detector"], plan.drone_names),
            "looks": rows["looks"],
            "called_h": rows["called"],
            "dispatched_h": rows["dispatched"],
            "unit": _named(rows["unit"], plan.support.names),
            "distance_km": rows["distance"],
            "arrived_h": arrived,
            "cleared_h": rows["cleared"],
            "response_time_min": 60.0 * (arrived - rows["detected"]),
            "total_time_min": 60.0 * (arrived - rows["onset"]),
            "status": _named(status.astype(np.int32), (*STATUS_NAMES, "live")),
        }
    )


def sortie_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each sortie so far, in the order of launch."""
    rows = world.sorties[: int(world.clock["sorties"][0])]
    drone = rows["drone"]
    return pd.DataFrame(
        {
            "sortie": np.arange(len(rows)),
            "drone": _named(drone, plan.drone_names),
            "group": _named(world.drones["group"][drone], plan.group_names),
            "platform": _named(world.drones["platform"][drone], plan.platform_names),
            "post": rows["post"],
            "launched_h": rows["launched"],
            "on_station_h": rows["on_station"],
            "off_station_h": rows["off_station"],
            "landed_h": rows["landed"],
            "end": _named(rows["ending"], ENDING_NAMES),
        }
    )


def unit_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each support unit."""
    base = world.units["base"]
    points = np.column_stack([world.bases["x"], world.bases["y"]])[base]
    lonlat = plan.line.to_lonlat(points).reshape(-1, 2)
    chainage, offset = plan.line.locate(points) if len(points) else (np.empty(0), np.empty(0))
    groups = [plan.support.base_groups[b] for b in base]
    specs = plan.scenario.support
    return pd.DataFrame(
        {
            "unit": list(plan.support.names),
            "group": groups,
            "nation": [specs[group].nation for group in groups],
            "role": [specs[group].role for group in groups],
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "chainage_km": chainage,
            "offset_km": offset,
            "trips": world.units["trips"],
            "busy_h": busy_hours(world),
        }
    )
