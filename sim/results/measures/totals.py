"""What forces and the ceasefire have added up to by some time of a run.

The measures of forces over a stretch of time follow from the totals at its ends.
"""

import numpy as np

from sim.arrays import Floats
from sim.rules.flight import ALOFT_BITS, ON_STATION
from sim.rules.headquarters import ENGAGED, NOBODY
from sim.rules.regime import CALM, COLLAPSING, TENSE
from sim.rules.support_unit import ABSENT, AT_BASE
from sim.world.world import World

type Totals = dict[str, float]


def ratio(part: float | np.number, whole: float | np.number) -> float:
    """Return part of whole; nan where there is no whole."""
    return float(part / whole) if whole else np.nan


def on_station_hours(world: World) -> Floats:
    """Return the hours on station of each drone so far, shape (drones,)."""
    drones = world.drones
    now = world.now
    staying = drones["stage"] == ON_STATION
    present: Floats = np.where(staying, now - np.maximum(0.0, drones["stage_start"]), 0.0)
    total: Floats = drones["on_station_h"] + present
    return total


def flight_hours(world: World) -> Floats:
    """Return the hours in the air of each drone so far, shape (drones,)."""
    drones = world.drones
    now = world.now
    flying = (ALOFT_BITS >> drones["stage"]) & 1 == 1
    present: Floats = np.where(flying, now - np.maximum(0.0, drones["launched"]), 0.0)
    total: Floats = drones["flight_h"] + present
    return total


def busy_hours(world: World) -> Floats:
    """Return the busy hours of each unit so far, shape (units,)."""
    units = world.units
    busy = units["stage"] != AT_BASE
    present: Floats = np.where(busy, world.now - units["busy_since"], 0.0)
    total: Floats = units["busy_h"] + present
    return total


def present_hours(world: World) -> Floats:
    """Return the hours each unit has been in the country so far, shape (units,)."""
    units = world.units
    here = (units["held"] & ABSENT) == 0
    present: Floats = np.where(here, world.now - units["present_since"], 0.0)
    total: Floats = units["present_h"] + present
    return total


def overtime_hours(world: World) -> Floats:
    """Return the hours each unit has worked when it should have been gone, shape (units,)."""
    units = world.units
    late = ((units["held"] & ABSENT) != 0) & (units["stage"] != AT_BASE)
    since = np.maximum(units["present_since"], units["busy_since"])
    total: Floats = units["overtime_h"] + np.where(late, world.now - since, 0.0)
    return total


def totals(world: World) -> Totals:
    """Return what has added up by now: hours, flights, costs, reports; each never falls."""
    now = world.now
    flown = flight_hours(world)
    cost = world.platforms["cost_per_h"][world.drones["platform"]]
    stations = world.stations
    waiting_h = stations["queue_h"] + stations["queued"] * (now - stations["since"])
    past = world.past_candidates
    return {
        "hours": now,
        "drone_h": now * len(world.drones),
        "on_station_h": float(on_station_hours(world).sum()),
        "busy_h": float(busy_hours(world).sum()),
        "present_h": float(present_hours(world).sum()),
        "overtime_h": float(overtime_hours(world).sum()),
        "cue_flights": float(world.drones["cues"].sum()),
        "sorties": float(world.clock["sorties"][0]),
        "flight_h": float(flown.sum()),
        "drones_lost": float(world.drones["lives"].sum()),
        "monitor_cost_usd": float((flown * cost).sum()),
        "desk_wait_h": float(waiting_h.sum()),
        "reports": float((world.cases["first_source"][:past] > NOBODY).sum()),
        **_of_the_ceasefire(world, now),
    }


def _of_the_ceasefire(world: World, now: float) -> Totals:
    state, us = world.regime[0], world.us[0]
    hours = state["hours"].copy()
    if state["level"] < len(hours):
        hours[state["level"]] += now - state["since"]
    return {
        "us_engaged_h": float(us["engaged_h"] + (now - us["since"]) * (us["state"] == ENGAGED)),
        "grave_unanswered": float(state["unanswered"]),
        "calm_h": float(hours[CALM]),
        "tense_h": float(hours[TENSE]),
        "collapsing_h": float(hours[COLLAPSING]),
    }


def of_totals(total: Totals) -> dict[str, float]:
    """Return the measures of forces and of the ceasefire that follow from totals."""
    hours = total["hours"]
    return {
        "on_station_share": ratio(total["on_station_h"], total["drone_h"]),
        "monitors_on_station_mean": ratio(total["on_station_h"], hours),
        "unit_utilisation": ratio(total["busy_h"], total["present_h"] + total["overtime_h"]),
        "units_present_mean": ratio(total["present_h"], hours),
        "desk_wait_mean_min": 60.0 * ratio(total["desk_wait_h"], total["reports"]),
        "us_engaged_share": ratio(total["us_engaged_h"], hours),
        "calm_share": ratio(total["calm_h"], hours),
        "tense_share": ratio(total["tense_h"], hours),
        "collapsing_share": ratio(total["collapsing_h"], hours),
        **{
            name: total[name]
            for name in ("cue_flights", "sorties", "flight_h", "drones_lost", "monitor_cost_usd",
                         "grave_unanswered")
        },
    }  # fmt: skip
