"""The tables that a run leaves behind, made from its world; docs/tables.md explains the columns."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.agents.flight import ENDING_NAMES
from sim.agents.headquarters import NOBODY, TASKS, US_STATES
from sim.agents.violation import (
    GRADE_NAMES,
    NATURE_NAMES,
    PREVENTED,
    REAL,
    RULING_NAMES,
    SIDES,
    STATUS_NAMES,
    UNDETECTED,
)
from sim.engine.engagement import draw_engagement
from sim.engine.forces import ForcePlan, Forces, draw_forces
from sim.engine.plan import Plan
from sim.kernel.world import World
from sim.measures import busy_hours, present_hours


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
    domains = [kind.domain for kind in plan.scenario.violations.kinds.values()]
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
            "domain": [domains[kind] for kind in rows["kind"]],
            "side": _named(rows["side"], SIDES),
            "sector": rows["sector"] + 1,
            "phase": np.array([p.name for p in phases], dtype=object)[phase],
            "parent": rows["parent"],
            "reported_h": rows["reported"],
            "detected_h": rows["detected"],
            "detection_delay_min": 60.0 * (rows["detected"] - rows["onset"]),
            "detected_by": _named(rows["detector"], plan.drone_names),
            "looks": rows["looks"],
            "called_h": rows["called"],
            "dispatched_h": rows["dispatched"],
            "unit": _named(rows["unit"], plan.support.names),
            "distance_km": rows["distance"],
            "arrived_h": arrived,
            "cleared_h": np.where(rows["cleared"] <= now, rows["cleared"], np.nan),
            "response_time_min": 60.0 * (arrived - rows["reported"]),
            "total_time_min": 60.0 * (arrived - rows["onset"]),
            "status": _named(status.astype(np.int32), (*STATUS_NAMES, "live")),
        }
    )


def report_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each report so far, in the order of onset of what it tells of."""
    past = int(world.clock["next_candidate"][0])
    number = np.flatnonzero(world.cases["first_source"][:past] > NOBODY)
    rows, cases = world.violations[number], world.cases[number]
    sources = ("monitor", *plan.source_names)
    return pd.DataFrame(
        {
            "violation": number,
            "nature": _named(rows["nature"], NATURE_NAMES),
            "kind": _named(rows["kind"], plan.kinds),
            "severity": rows["severity"],
            "source": _named(cases["first_source"] + 1, sources),
            "reported_h": rows["reported"],
            "grade": _named(rows["grade"], GRADE_NAMES),
            "cued": _named(cases["cued"], plan.drone_names),
            "confirmed_h": cases["confirmed"],
            "ruling": _named(cases["ruling"], RULING_NAMES),
            "ruled_h": cases["ruled"],
            "desk_wait_min": 60.0 * cases["waited"],
            "called_h": rows["called"],
            "dispatched_h": rows["dispatched"],
            "unit": _named(rows["unit"], plan.support.names),
            "arrived_h": rows["arrived"],
            "status": _named(rows["status"], STATUS_NAMES),
        }
    )


def headquarters_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each station of the command chain, in order."""
    now = float(world.clock["now"][0])
    rows = world.stations
    idle_since = now - rows["since"]
    busy_h = rows["busy_h"] + rows["busy"] * idle_since
    queue_h = rows["queue_h"] + rows["queued"] * idle_since
    came = rows["served"] + rows["left"] + rows["busy"] + rows["queued"]
    with np.errstate(divide="ignore", invalid="ignore"):
        wait_min = 60.0 * queue_h / came
        utilisation = busy_h / (rows["desks"] * now)
    specs = list(plan.scenario.headquarters.values())
    return pd.DataFrame(
        {
            "station": list(plan.station_names),
            "task": _named(rows["task"], TASKS),
            "nation": [spec.nation for spec in specs],
            "place": [spec.place for spec in specs],
            "desks": rows["desks"],
            "served": rows["served"],
            "utilisation": utilisation,
            "wait_mean_min": wait_min,
            "longest_queue": rows["longest"],
        }
    )


def force_table(plan: Plan, world: World, seed: int) -> pd.DataFrame:
    """Return one row for each day and support group: strength of its nation, and units present.

    Days after a renewed attack, which ends the run, are left out.
    """
    us = draw_engagement(plan.scenario.united_states, plan.horizon_h, seed)
    forces = draw_forces(plan.forces, us, seed) or _all_there(plan.forces)
    days = np.arange(plan.forces.days)
    state = _named(us.at(24.0 * days.astype(np.float64)).astype(np.int32), US_STATES)
    parts = []
    for row, (name, group) in enumerate(plan.scenario.support.items()):
        nation = plan.forces.group_nation[row]
        listed = plan.forces.enabled and nation >= 0
        columns = {
            "day": days,
            "united_states": state,
            "group": name,
            "nation": group.nation,
            "domain": group.domain,
            "mandate": days >= forces.mandate_day[nation] if listed else True,
            "soldiers_planned": forces.planned[:, nation] if listed else np.nan,
            "soldiers": forces.soldiers[:, nation] if listed else np.nan,
            "units": forces.units[:, row],
        }
        parts.append(pd.DataFrame(columns))
    if not parts:
        return pd.DataFrame({"day": days[:0]})
    table = pd.concat(parts)
    held = 24.0 * table["day"] <= float(world.regime["ended"][0])
    return table.loc[held].reset_index(drop=True)


def _all_there(plan: ForcePlan) -> Forces:
    """Return the forces of a run without force generation."""
    nothing = np.zeros((plan.days, 0))
    units = np.tile(plan.group_count, (plan.days, 1))
    return Forces(np.empty(0), nothing, nothing, units)


def sortie_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each sortie so far, in the order of launch."""
    rows = world.sorties[: int(world.clock["sorties"][0])]
    drone = rows["drone"]
    # the flights to confirm of a sortie under way stand with its drone until it lands
    drones = world.drones
    under_way = np.arange(len(rows)) == drones["sortie"][drone]
    cues = np.where(under_way, (drones["cues"] - drones["cues_before"])[drone], rows["cues"])
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
            "cues": cues,
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
            "domain": [specs[group].domain for group in groups],
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "chainage_km": chainage,
            "offset_km": offset,
            "trips": world.units["trips"],
            "busy_h": busy_hours(world),
            "present_h": present_hours(world),
        }
    )
