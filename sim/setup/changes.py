"""What changes over a run without any agent's doing: engagement, groups of monitors, units."""

import numpy as np

from sim.engine.loop import GROUP_CHANGE, UNIT_CHANGE, US_CHANGE
from sim.kernel.columns import Records
from sim.rules.flight import SWITCHED_OFF
from sim.rules.headquarters import ENGAGED
from sim.rules.support_unit import ABSENT
from sim.setup.forces import draw_forces, unit_changes
from sim.setup.plan import Plan
from sim.setup.united_states import Course, draw_engagement, group_course
from sim.world.lots import draw_lots
from sim.world.rows import ChangeRow, UnitedStatesRow

type Rows = list[tuple[float, int, int, int]]


def _set_engagement(us: Course, stations: Records) -> tuple[Records, Rows]:
    """Return the state of engagement at time 0, and its changes; close stations that it closes."""
    record = np.zeros(1, dtype=UnitedStatesRow.dtype)
    record["state"] = us.states[0]
    stations["closed"] = stations["american"] * (us.states[0] != ENGAGED)
    later = zip(us.times_h[1:].tolist(), us.states[1:].tolist(), strict=True)
    return record, [(t, 0, US_CHANGE, state) for t, state in later]


def _switch_groups(plan: Plan, us: Course, drones: Records) -> Rows:
    """Switch off the groups of monitors that do not fly at time 0; return the later changes."""
    rows: Rows = []
    for number, group in enumerate(plan.scenario.monitors.values()):
        (_, on), *later = group_course(group, us)
        if not on:
            drones["held"][drones["group"] == number] |= SWITCHED_OFF
        rows += [(t, number, GROUP_CHANGE, int(flies)) for t, flies in later]
    return rows


def _place_units(plan: Plan, us: Course, seed: int, units: Records, bases: Records) -> Rows:
    """Keep units away that are not there at time 0; return who comes and goes later."""
    forces = draw_forces(plan.forces, us, seed)
    if forces is None:
        return []
    there, later = unit_changes(plan.forces, forces)
    units["held"][~there] |= ABSENT
    bases["ready"] = np.bincount(units["base"][there], minlength=len(bases))
    return [(t, unit, UNIT_CHANGE, int(comes)) for t, unit, comes in later]


def _count_leads(plan: Plan, units: Records, bases: Records) -> Records:
    """Return the leads of the domains with the units that are there at time 0."""
    leads = plan.support.leads.copy()
    absent = units["base"][(units["held"] & ABSENT) != 0]
    for base in absent[bases["leads"][absent] == 1]:
        leads["present"][bases["domain"][base]] -= 1
    return leads


def draw_changes(plan: Plan, seed: int, columns: dict[str, Records]) -> dict[str, Records]:
    """Draw engagement and forces, and set the state at time 0.

    Parameters
    ----------
    plan, seed
        The plan, and the seed of the run.
    columns
        Columns drawn so far: clock, changes (of weather, by time), drones and bases; drones that do
        not fly, and units that are not there, are marked in them.

    Returns
    -------
    dict
        Columns of the world: ``us``, ``units``, ``stations``, ``leads``, and ``changes``, all of
        them, by time.
    """
    units, stations = plan.support.units.copy(), plan.reporting.station_records.copy()
    us = draw_engagement(plan.scenario.united_states, plan.horizon_h, seed)
    record, rows = _set_engagement(us, stations)
    rows += _switch_groups(plan, us, columns["drones"])
    # of units that come in one night, and find calls waiting, the first is drawn by lot
    lots = draw_lots(columns["clock"]["lots"][0], plan.support.unit_numbers)
    places = np.argsort(np.argsort(lots)).tolist()
    comings = _place_units(plan, us, seed, units, columns["bases"])
    rows += sorted(comings, key=lambda row: (row[0], places[row[1]]))
    rows.sort(key=lambda row: (row[0], row[2]))  # what comes at one instant keeps its order
    everything = np.concatenate([columns["changes"], np.array(rows, dtype=ChangeRow.dtype)])
    return {
        "us": record,
        "units": units,
        "stations": stations,
        "leads": _count_leads(plan, units, columns["bases"]),
        # what comes at one instant keeps its order
        "changes": everything[np.argsort(everything["time"], kind="stable")],
    }
