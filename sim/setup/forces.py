"""Forces over time: mandates, planned strength, airlift and rotation, day by day before the run."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats, Ints32
from sim.kernel.compile import compiled
from sim.rules.headquarters import ENGAGED
from sim.scenario import ForceGeneration, Nation, Scenario
from sim.setup.streams import stream
from sim.setup.support import Support
from sim.setup.united_states import Course

ROUNDING = 1e-9


@dataclass(frozen=True)
class ForcePlan:
    """Force generation of a scenario, made ready for drawing."""

    enabled: bool
    days: int
    spec: ForceGeneration
    nations: dict[str, Nation]
    unit_group: Ints32  # (units,) row of the support group
    unit_rank: Ints32  # (units,) place in the order in which units of its group come
    group_nation: Ints32  # (groups,) row of the nation, -1 for one that is there from the start
    group_share: Floats  # (groups,) of its nation's soldiers
    group_soldiers: Floats  # (groups,) soldiers a unit
    group_count: Ints32


@dataclass(frozen=True)
class Forces:
    """Forces of a run, day by day."""

    mandate_day: Floats  # (nations,) infinite for never
    planned: Floats  # (days, nations) soldiers
    soldiers: Floats  # (days, nations) in place
    units: Ints32  # (days, groups) present


def _ranks(support: Support) -> Ints32:
    """Return the order in which the units of each group come: evenly over its bases."""
    base = support.units["base"].astype(np.int64)
    group = np.asarray(support.bases["group"])[base]
    place = np.arange(len(base)) - support.bases["first_unit"][base]
    order = np.lexsort((base, place, group))
    first = np.searchsorted(group[order], group[order])
    ranks = np.empty(len(base), dtype=np.int32)
    ranks[order] = np.arange(len(base)) - first
    return ranks


def build_force_plan(scenario: Scenario, support: Support) -> ForcePlan:
    """Make force generation ready for drawing."""
    nations = scenario.nations
    rows = {nation.name: row for row, nation in enumerate(nations.values())}
    groups = list(scenario.support.values())
    weight = np.array([group.count * group.soldiers_per_unit for group in groups])
    nation = np.array(
        [rows.get(group.nation, -1) if group.from_strength else -1 for group in groups],
        dtype=np.int32,
    )
    total = np.zeros(len(rows))
    np.add.at(total, nation[nation >= 0], weight[nation >= 0])
    whole = np.where(nation >= 0, total[nation] if len(total) else 0.0, 0.0)
    share = np.divide(weight, whole, out=np.zeros(len(groups)), where=whole > 0.0)
    return ForcePlan(
        enabled=scenario.force_generation.enabled,
        days=int(np.ceil(scenario.run.duration_days)),
        spec=scenario.force_generation,
        nations=dict(nations),
        unit_group=np.asarray(support.bases["group"])[support.units["base"]].astype(np.int32),
        unit_rank=_ranks(support),
        group_nation=nation,
        group_share=share,
        group_soldiers=np.array([group.soldiers_per_unit for group in groups]),
        group_count=np.array([group.count for group in groups], dtype=np.int32),
    )


def mandate_day(key: str, nation: Nation, seed: int) -> float:
    """Return the day of a nation's mandate, infinite for never."""
    if nation.mandate == "granted":
        return 0.0
    if nation.mandate == "date":
        return nation.mandate_day
    if nation.mandate == "refused":
        return np.inf
    rng = stream(seed, f"mandate/{key}")
    granted, days = rng.random() < nation.mandate_chance, rng.standard_exponential()
    return float(nation.mandate_mean_days * days) if granted else np.inf


def _planned(nation: Nation, mandate: float, days: int) -> Floats:
    """Return the planned strength at the beginning of each day."""
    since = np.arange(days) - mandate
    at = [row.day for row in nation.strength]
    soldiers = np.interp(since, at, [row.soldiers for row in nation.strength])
    planned: Floats = np.where(since >= 0.0, soldiers, 0.0)
    return planned


@compiled
def _leave(cohorts: Floats, last: int, count: float) -> None:
    """Take soldiers away, those who came first before others."""
    for day in range(last + 1):
        gone = min(count, cohorts[day])
        cohorts[day] -= gone
        count -= gone
        if count <= 0.0:
            return


@compiled
def grow(planned: Floats, capacity: Floats, tour_days: float) -> Floats:
    """Return soldiers that came by air on each day, shape (days, nations), arrivals included.

    Parameters
    ----------
    planned
        Planned strength that comes by air, shape (days, nations).
    capacity
        Soldiers flown in on each day, shape (days,); shared in proportion to need.
    tour_days
        Days after which soldiers leave; infinite for never.
    """
    days, nations = planned.shape
    soldiers = np.zeros((days, nations))
    cohorts = np.zeros((nations, days))
    present = np.zeros(nations)
    for day in range(days):
        needed = 0.0
        for n in range(nations):
            if day >= tour_days:
                back = int(np.floor(day - tour_days + ROUNDING))
                present[n] -= cohorts[n, back]
                cohorts[n, back] = 0.0
            surplus = present[n] - planned[day, n]
            if surplus > 0.0:
                _leave(cohorts[n], day, surplus)
                present[n] = planned[day, n]
            needed += planned[day, n] - present[n]
        flown = min(1.0, capacity[day] / needed) if needed > 0.0 else 0.0
        for n in range(nations):
            arrivals = flown * (planned[day, n] - present[n])
            cohorts[n, day] = arrivals
            present[n] += arrivals
            soldiers[day, n] = present[n]
    return soldiers


def draw_forces(plan: ForcePlan, us: Course, seed: int) -> Forces | None:
    """Draw the forces of a run; None where all units are there from the start.

    Parameters
    ----------
    plan
        From `build_force_plan`.
    us
        Engagement of the United States, which sets the airlift.
    seed
        Seed of the run.
    """
    if not plan.enabled:
        return None
    mandates = np.array([mandate_day(key, nation, seed) for key, nation in plan.nations.items()])
    planned = np.zeros((plan.days, len(mandates)))
    for row, nation in enumerate(plan.nations.values()):
        planned[:, row] = _planned(nation, mandates[row], plan.days)
    engaged = us.at(24.0 * np.arange(plan.days, dtype=np.float64)) == ENGAGED
    with_us, without = plan.spec.airlift_with_us_per_day, plan.spec.airlift_without_us_per_day
    tour = np.inf if plan.spec.rotation_days is None else plan.spec.rotation_days
    by_air = np.array([nation.airlift_share for nation in plan.nations.values()])
    capacity = np.where(engaged, with_us, without)
    # what comes by road and rail is always there as planned
    soldiers = grow(planned * by_air, capacity, tour) + planned * (1.0 - by_air)
    return Forces(mandates, planned, soldiers, _units(plan, soldiers))


def _units(plan: ForcePlan, soldiers: Floats) -> Ints32:
    """Return the units of each group present on each day, shape (days, groups)."""
    units = np.tile(plan.group_count, (len(soldiers), 1))
    listed = np.flatnonzero(plan.group_nation >= 0)
    of_group = soldiers[:, plan.group_nation[listed]] * plan.group_share[listed]
    whole = np.floor(of_group / plan.group_soldiers[listed] + ROUNDING)
    units[:, listed] = np.minimum(units[:, listed], whole)
    return units


def unit_changes(plan: ForcePlan, forces: Forces) -> tuple[Flags, list[tuple[float, int, bool]]]:
    """Return which units are there on day 0, and the changes after it.

    Returns
    -------
    present : ndarray of bool, shape (units,)
    changes : list of (time in h, unit, whether it comes)
        By time, then unit.
    """
    there = plan.unit_rank < forces.units[:, plan.unit_group]
    day, unit = np.nonzero(there[1:] != there[:-1])
    comes = there[day + 1, unit]
    hours = 24.0 * (day + 1)
    changes = zip(hours.tolist(), unit.tolist(), comes.tolist(), strict=True)
    return there[0], list(changes)
