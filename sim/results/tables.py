"""The tables that a run leaves behind, made from its world; docs/tables.md explains the columns."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.results.measures import busy_hours, present_hours
from sim.rules.flight import ENDING_NAMES
from sim.rules.headquarters import NOBODY, TASKS, US_STATES
from sim.rules.violation import (
    GRADE_NAMES,
    NATURE_NAMES,
    PREVENTED,
    REAL,
    RULING_NAMES,
    SIDES,
    STATUS_NAMES,
    UNDETECTED,
)
from sim.setup.forces import ForcePlan, Forces, draw_forces
from sim.setup.plan import Plan
from sim.setup.united_states import Course, draw_engagement
from sim.world.world import World

TEXT = pa.string()
NAME = pa.dictionary(pa.int32(), pa.string())


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table of a run as Parquet, with the same types whatever happened in the run.

    Left to itself Arrow takes the type of a column of text from what is in it, which is none where
    there was no violation or there is no drone; the tables of two runs then do not fit together.

    Parameters
    ----------
    table
        One of the tables of this module.
    path
        The file.
    """
    types = [_arrow_type(dtype) for dtype in table.dtypes]
    schema = pa.schema(list(zip(table.columns, types, strict=True)))
    pq.write_table(pa.Table.from_pandas(table, schema=schema, preserve_index=False), path)


def _arrow_type(dtype: Any) -> pa.DataType:
    if isinstance(dtype, pd.CategoricalDtype):
        return NAME
    is_text = not isinstance(dtype, np.dtype) or dtype.kind == "O"
    return TEXT if is_text else pa.from_numpy_dtype(dtype)


def _text(values: Iterable[str]) -> Any:
    """Return a column of text, also where there is none."""
    return pd.Series(list(values), dtype=str).array


def _named(codes: NDArray[np.signedinteger[Any]], names: tuple[str, ...]) -> Any:
    """Return codes as names; -1 becomes the empty name."""
    listed = list(names)
    if (codes < 0).any():
        listed.append("")
        codes = np.where(codes < 0, len(listed) - 1, codes)
    return pd.Categorical.from_codes(codes.astype(np.int64), categories=pd.Index(listed, dtype=str))


def violation_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each violation that happened so far."""
    rows = world.past_violations
    number = np.flatnonzero((rows["status"] != PREVENTED) & (rows["nature"] == REAL))
    rows = rows[number]
    now = world.now
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
            "domain": _text(domains[kind] for kind in rows["kind"]),
            "side": _named(rows["side"], SIDES),
            "sector": rows["sector"] + 1,
            "phase": _text(phases[row].name for row in phase),
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
    past = world.past_candidates
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
    now = world.now
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
            "station": _text(plan.station_names),
            "task": _named(rows["task"], TASKS),
            "nation": _text(spec.nation for spec in specs),
            "place": _text(spec.place for spec in specs),
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
    groups = range(len(plan.scenario.support))
    parts = [_group_forces(plan, forces, us, row) for row in groups]
    table = pd.concat(parts or [_no_forces()])
    held = 24.0 * table["day"] <= float(world.regime["ended"][0])
    return table.loc[held].reset_index(drop=True)


def _group_forces(plan: Plan, forces: Forces, us: Course, row: int) -> pd.DataFrame:
    """Return the rows of one support group."""
    name, group = list(plan.scenario.support.items())[row]
    nation = plan.forces.group_nation[row]
    listed = plan.forces.enabled and nation >= 0
    days = np.arange(plan.forces.days)
    return pd.DataFrame(
        {
            "day": days,
            "united_states": _named(
                us.at(24.0 * days.astype(np.float64)).astype(np.int32), US_STATES
            ),
            "group": _text([name] * len(days)),
            "nation": _text([group.nation] * len(days)),
            "domain": _text([group.domain] * len(days)),
            "mandate": days >= forces.mandate_day[nation] if listed else True,
            "soldiers_planned": forces.planned[:, nation] if listed else np.nan,
            "soldiers": forces.soldiers[:, nation] if listed else np.nan,
            "units": forces.units[:, row].astype(np.int64),
        }
    )


def _no_forces() -> pd.DataFrame:
    """Return the table of a scenario without support groups."""
    texts = {name: _text([]) for name in ("group", "nation", "domain")}
    return pd.DataFrame(
        {
            "day": np.empty(0, dtype=np.int64),
            "united_states": _named(np.empty(0, dtype=np.int32), US_STATES),
            **texts,
            "mandate": np.empty(0, dtype=np.bool_),
            "soldiers_planned": np.empty(0),
            "soldiers": np.empty(0),
            "units": np.empty(0, dtype=np.int64),
        }
    )


def _all_there(plan: ForcePlan) -> Forces:
    """Return the forces of a run without force generation."""
    nothing = np.zeros((plan.days, 0))
    units = np.tile(plan.group_count, (plan.days, 1))
    return Forces(np.empty(0), nothing, nothing, units)


def sortie_table(plan: Plan, world: World) -> pd.DataFrame:
    """Return one row for each sortie so far, in the order of launch."""
    rows = world.past_sorties
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
            "unit": _text(plan.support.names),
            "group": _text(groups),
            "nation": _text(specs[group].nation for group in groups),
            "role": _text(specs[group].role for group in groups),
            "domain": _text(specs[group].domain for group in groups),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "chainage_km": chainage,
            "offset_km": offset,
            "trips": world.units["trips"],
            "busy_h": busy_hours(world),
            "present_h": present_hours(world),
        }
    )
