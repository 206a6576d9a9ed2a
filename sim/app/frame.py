"""What the map is drawn from: the ground once for each run, and compact arrays for each frame.

All places are km in the plane of the line, rounded to 10 m, which is far less than a pixel.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.app.marks import mark_classes
from sim.geography import basemap_around
from sim.mesa.model import CeasefireModel
from sim.mesa.support_unit import SupportUnit
from sim.rules.flight import INBOUND, ON_STATION, OUTBOUND
from sim.rules.sensor import NIGHT_FROM_H, NIGHT_TO_H
from sim.rules.violation import (
    ANSWERED,
    AT_DESK,
    CUEING,
    DELAYED,
    DETECTED,
    PREVENTED,
    REAL,
    UNDER_WAY,
    UNDETECTED,
    WAITING,
)

STATES = (
    "under way, nobody has seen it",
    "seen or reported",
    "at the desks of headquarters",
    "waiting for a unit",
    "unit under way",
    "help has arrived",
    "over without help",
)
"""States of a violation on the map, in the order of their codes."""
ARRIVED, OVER = 5, 6
OVER_SHOWN_H = 3.0
"""How long a violation that ended without help stays on the map."""
TOWNS = 40
STATE_OF_STATUS = {
    UNDETECTED: 0, DETECTED: 1, CUEING: 1, AT_DESK: 2, DELAYED: 2, WAITING: 3, UNDER_WAY: 4,
    ANSWERED: ARRIVED,
}  # fmt: skip
FLYING = (OUTBOUND, ON_STATION, INBOUND)


def _rounded(values: ArrayLike) -> Any:
    return np.round(np.asarray(values, dtype=np.float64), 2).tolist()


def _place(x: float, y: float) -> tuple[float, float]:
    return round(float(x), 2), round(float(y), 2)


def ground(model: CeasefireModel) -> dict[str, Any]:
    """Return what does not move in a run: line, land, towns, bases, headquarters, names.

    Parameters
    ----------
    model
        The run.
    """
    plan, line = model.plan, model.plan.line
    on_earth = plan.scenario.line.length_km is None
    base, bases = basemap_around(line.to_lonlat(line.xy)), model.world.bases
    stations = plan.scenario.headquarters
    classes = [_class_of(model, one.group, one.platform) for one in model.drones]
    # All groups, also those without a drone: two forces side by side then have the same marks.
    groups = plan.scenario.monitors.items()
    order = list(dict.fromkeys(_class_of(model, name, group.platform) for name, group in groups))
    return {
        "line": _rounded(line.xy),
        "sectors": _rounded(line.point(line.sector_edges(plan.scenario.line.sectors))),
        "zones": _zones(model),
        "land": [
            _rounded(line.to_plane(ring[:, 0], ring[:, 1]))
            for _, rings in (base.countries if on_earth else ())
            for ring in rings
        ],
        "towns": [
            [town.name, *_rounded(line.to_plane(town.lon, town.lat))]
            for town in (base.towns[:TOWNS] if on_earth else ())
        ],
        "bases": [
            [group, *_rounded((x, y))]
            for group, x, y in zip(plan.support.base_groups, bases["x"], bases["y"], strict=True)
        ],
        "headquarters": [
            [f"{name} ({spec.place})", *_rounded(line.to_plane(spec.lon, spec.lat))]
            for name, spec in stations.items()
            if on_earth and spec.lon is not None and spec.lat is not None
        ],
        "classes": mark_classes(order),
        "drones": [
            [one.name, order.index(named), one.radius_km]
            for one, named in zip(model.drones, classes, strict=True)
        ],
        "units": [[one.name, one.nation, one.role] for one in model.units],
        "kinds": list(plan.kinds),
        "states": list(STATES),
        "attribution": base.attribution if on_earth else "",
    }


def _class_of(model: CeasefireModel, group: str, platform: str) -> tuple[str, bool]:
    """Return the class of a monitor: its platform, and whether it is fixed."""
    return platform, model.plan.scenario.monitors[group].patrol == "static"


def _zones(model: CeasefireModel) -> list[Any]:
    line = model.plan.line
    edges = np.linspace(0.0, line.length_km, len(model.world.zones) + 1)
    return [_rounded(line.stretch(a, b)) for a, b in pairwise(edges)]


def frame(model: CeasefireModel) -> dict[str, Any]:
    """Return what moves, at the model's present time.

    Parameters
    ----------
    model
        The run.
    """
    hour = model.hours % 24.0
    world = model.world
    return {
        "hours": round(model.hours, 4),
        "night": bool(hour >= NIGHT_FROM_H or hour < NIGHT_TO_H),
        "running": bool(model.running),
        "drones": [
            [one.row, *_place(*one.pos), int(one.on_station)]
            for one in model.drones
            if int(one.record["stage"]) in FLYING
        ],
        "units": [_unit(one) for one in model.units],
        "violations": violations_on_map(model),
        "weather": world.zones["weather"].tolist(),
        "jammed": world.spells["jammed"][world.zones["spell"]].tolist(),
    }


def _unit(unit: SupportUnit) -> list[Any]:
    """Return row, place, stage, base and violation (-1 for none) of a unit."""
    stage = unit.stage if unit.present else "absent"
    return [unit.row, *_place(*unit.pos), stage, int(unit.record["base"]), unit.violation]


def states_of(rows: Any, now: float) -> Any:
    """Return the state (see `STATES`) of each violation at a time (h), shape (violations,)."""
    status = rows["status"]
    states = np.full(len(rows), OVER)
    for known, state in STATE_OF_STATUS.items():
        states[status == known] = state
    over = (rows["end"] <= now) & np.isin(status, (UNDETECTED, DETECTED))
    return np.where(over, OVER, states)


def violations_on_map(model: CeasefireModel) -> list[list[Any]]:
    """Return number, x, y, kind, state and severity of each violation to be drawn.

    Those that were answered stay until the unit leaves, those that ended without help for three
    hours.
    """
    now = model.hours
    # what has not begun must not be shown: the table holds the whole run
    rows = model.world.past_violations
    states = states_of(rows, now)
    shown = (rows["nature"] == REAL) & (rows["status"] != PREVENTED) & (rows["status"] > 0)
    shown &= (states != ARRIVED) | (rows["cleared"] > now)
    shown &= (states != OVER) | (rows["end"] > now - OVER_SHOWN_H)
    chosen = np.flatnonzero(shown)
    return [
        [int(row), *_place(rows["x"][row], rows["y"][row]), int(rows["kind"][row]),
         int(states[row]), int(rows["severity"][row])]
        for row in chosen
    ]  # fmt: skip
