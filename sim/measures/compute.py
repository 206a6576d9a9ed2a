"""Measures: what a run is judged by, each with its unit and definition.

All measures of a run come from its world alone, so the headless run, the Mesa model and the batch
runner share one definition. Violations with onset during the warm-up are not counted. What the end
of the run cuts off is treated as censored, not as missing.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.agents.flight import ALOFT_BITS, ON_STATION
from sim.agents.headquarters import ENGAGED, NOBODY
from sim.agents.regime import CALM, COLLAPSING, TENSE
from sim.agents.support_unit import ABSENT, AT_BASE
from sim.engine.order import survival_quantiles
from sim.engine.plan import Plan
from sim.engine.tally import TALLY, TIMES, tally
from sim.kernel.world import Records, World
from sim.measures.definitions import MEASURES

type Floats = NDArray[np.float64]
type Mask = NDArray[np.bool_]


def _ratio(part: float | np.number, whole: float | np.number) -> float:
    return float(part / whole) if whole else np.nan


def _quantiles(name: str, hours: Floats, observed: Mask) -> dict[str, float]:
    median, most = survival_quantiles(hours, observed, (0.5, 0.9))
    return {f"{name}_p50_min": 60.0 * median, f"{name}_p90_min": 60.0 * most}


def _of_violations(rows: Records, cases: Records, now: float, plan: Plan) -> dict[str, float]:
    """Return the measures that follow from the violations alone."""
    spec = plan.scenario
    sums, delays_h = np.zeros(1, dtype=TALLY), np.empty(len(rows))
    times = np.empty(len(rows), dtype=TIMES)
    standard_h = spec.measures.standard_min / 60.0
    first_h = 24.0 * spec.run.warmup_days
    tally(rows, cases, (now, first_h, standard_h, spec.command.min_severity), sums, delays_h, times)
    total = sums[0]
    delays_h, times = delays_h[: total["detected"]], times[: total["summoned"]]
    seen = np.ascontiguousarray(times["seen"])
    response_h = np.ascontiguousarray(times["response_h"])
    total_h = np.ascontiguousarray(times["total_h"])
    certain = np.ones(len(delays_h), dtype=np.bool_)
    given_up = total["lost"] + total["expired"]
    rules = any(station.task == "ruling" for station in spec.headquarters.values())
    return {
        "n_violations": float(total["violations"]),
        "detection_rate": _ratio(total["detected"], total["known"]),
        "reported_share": _ratio(total["reported"], total["heard_or_over"]),
        "confirmed_share": _ratio(total["confirmed"], total["reported"]),
        "detection_delay_mean_min": 60.0 * _ratio(total["delay_h"], total["detected"]),
        **_quantiles("detection_delay", delays_h, certain),
        "response_time_mean_min": 60.0 * _ratio(total["response_h"], total["answered"]),
        **_quantiles("response_time", response_h, seen),
        "total_time_mean_min": 60.0 * _ratio(total["total_h"], total["answered"]),
        **_quantiles("total_time", total_h, seen),
        "within_standard_share": _ratio(total["within"], total["settled"]),
        "answered_share": _ratio(total["answered"], total["grave"]),
        "timely_share": _ratio(total["timely"], total["known"]),
        "unanswered_share": _ratio(total["waiting"] + given_up, total["calls"]),
        "lost_share": _ratio(total["lost"], total["calls"]),
        "chain_time_mean_min": 60.0 * _ratio(total["chain_h"], total["calls"]),
        "attributed_share": _ratio(total["attributed"], total["ruled"]),
        "attribution_rate": _ratio(total["attributed"], total["heard_or_over"])
        if rules
        else np.nan,
        "dismissed_share": _ratio(total["dismissed"], total["ruled"]),
        "false_reports": float(total["false_reports"]),
        "false_attributed": float(total["false_attributed"]),
        "false_trips": float(total["false_trips"]),
        "wait_mean_min": 60.0 * _ratio(total["wait_h"], total["sent"]),
        "waited_share": _ratio(
            total["held_up"] + total["waiting"] + total["expired"], total["calls"]
        ),
        "travel_distance_mean_km": _ratio(total["distance_km"], total["sent"]),
    }


def on_station_hours(world: World) -> Floats:
    """Return the hours on station of each drone so far, shape (drones,)."""
    drones = world.drones
    now = world.clock["now"][0]
    staying = drones["stage"] == ON_STATION
    present: Floats = np.where(staying, now - np.maximum(0.0, drones["stage_start"]), 0.0)
    total: Floats = drones["on_station_h"] + present
    return total


def flight_hours(world: World) -> Floats:
    """Return the hours in the air of each drone so far, shape (drones,)."""
    drones = world.drones
    now = world.clock["now"][0]
    flying = (ALOFT_BITS >> drones["stage"]) & 1 == 1
    present: Floats = np.where(flying, now - np.maximum(0.0, drones["launched"]), 0.0)
    total: Floats = drones["flight_h"] + present
    return total


def busy_hours(world: World) -> Floats:
    """Return the busy hours of each unit so far, shape (units,)."""
    units = world.units
    busy = units["stage"] != AT_BASE
    present: Floats = np.where(busy, world.clock["now"][0] - units["busy_since"], 0.0)
    total: Floats = units["busy_h"] + present
    return total


def present_hours(world: World) -> Floats:
    """Return the hours each unit has been in the country so far, shape (units,)."""
    units = world.units
    here = (units["held"] & ABSENT) == 0
    present: Floats = np.where(here, world.clock["now"][0] - units["present_since"], 0.0)
    total: Floats = units["present_h"] + present
    return total


def overtime_hours(world: World) -> Floats:
    """Return the hours each unit has worked when it should have been gone, shape (units,)."""
    units = world.units
    late = ((units["held"] & ABSENT) != 0) & (units["stage"] != AT_BASE)
    since = np.maximum(units["present_since"], units["busy_since"])
    total: Floats = units["overtime_h"] + np.where(late, world.clock["now"][0] - since, 0.0)
    return total


def _forces(world: World) -> dict[str, float]:
    now = float(world.clock["now"][0])
    on_station = float(on_station_hours(world).sum())
    flown = flight_hours(world)
    drones = len(world.drones)
    unit_h = float(present_hours(world).sum())
    cost = world.platforms["cost_per_h"][world.drones["platform"]]
    return {
        "on_station_share": _ratio(on_station, drones * now) if drones else np.nan,
        "monitors_on_station_mean": on_station / now if now > 0.0 else np.nan,
        "unit_utilisation": _ratio(
            float(busy_hours(world).sum()), unit_h + float(overtime_hours(world).sum())
        ),
        "units_present_mean": unit_h / now if now > 0.0 else np.nan,
        "cue_flights": float(world.drones["cues"].sum()),
        "sorties": float(world.clock["sorties"][0]),
        "flight_h": float(flown.sum()),
        "drones_lost": float(world.drones["lives"].sum()),
        "monitor_cost_usd": float((flown * cost).sum()),
    }


def _ceasefire(world: World) -> dict[str, float]:
    """Return the measures of regimes and engagement."""
    now = float(world.clock["now"][0])
    state, us = world.regime[0], world.us[0]
    engaged_h = us["engaged_h"] + (now - us["since"] if us["state"] == ENGAGED else 0.0)
    hours = state["hours"].copy()
    if state["level"] < len(hours):
        hours[state["level"]] += now - state["since"]
    shares = hours / now if now > 0.0 else np.full(3, np.nan)
    ended = bool(np.isfinite(state["ended"]))
    return {
        "us_engaged_share": float(engaged_h / now) if now > 0.0 else np.nan,
        "ceasefire_held": float(not ended),
        "ceasefire_end_day": float(state["ended"]) / 24.0 if ended else np.nan,
        "backstop_honoured": float(state["honoured"]) if ended else np.nan,
        "grave_unanswered": float(state["unanswered"]),
        "calm_share": float(shares[CALM]),
        "tense_share": float(shares[TENSE]),
        "collapsing_share": float(shares[COLLAPSING]),
    }


def _desks(world: World) -> dict[str, float]:
    """Return the measures of the command chain."""
    now = float(world.clock["now"][0])
    stations = world.stations
    waiting_h = stations["queue_h"] + stations["queued"] * (now - stations["since"])
    reports = int((world.cases["first_source"] > NOBODY).sum())
    return {"desk_wait_mean_min": 60.0 * _ratio(float(waiting_h.sum()), reports)}


def _past(world: World) -> Records:
    """Return the rows of the candidates whose onset has come."""
    return world.violations[: int(world.clock["next_candidate"][0])]


def measure(plan: Plan, world: World) -> dict[str, float]:
    """Return all measures of a run so far.

    Parameters
    ----------
    plan, world
        The plan, and a world of it at any time.

    Returns
    -------
    dict
        Value by name, in the order of `MEASURES`; nan where a measure is undefined.
    """
    now = float(world.clock["now"][0])
    rows = _past(world)
    values = _of_violations(rows, world.cases[: len(rows)], now, plan)
    values |= _forces(world) | _ceasefire(world) | _desks(world)
    return {name: values[name] for name in MEASURES}


def breakdown(plan: Plan, world: World) -> pd.DataFrame:
    """Return the main measures by kind, severity, sector and phase.

    Returns
    -------
    DataFrame
        Columns `by`, `value`, `n_violations`, `detection_rate`, `response_time_mean_min`,
        `response_time_p50_min`, `within_standard_share`, `answered_share`.
    """
    now = float(world.clock["now"][0])
    counted = _past(world)
    cases = world.cases[: len(counted)]
    spec = plan.scenario
    starts = np.array([24.0 * phase.from_day for phase in spec.violations.phases])
    phase = np.searchsorted(starts, counted["onset"], side="right") - 1
    groups: list[tuple[str, str, Mask]] = []
    groups += [("kind", name, counted["kind"] == k) for k, name in enumerate(plan.kinds)]
    groups += [("severity", str(s), counted["severity"] == s) for s in range(1, 6)]
    groups += [("sector", str(s + 1), counted["sector"] == s) for s in range(spec.line.sectors)]
    groups += [("phase", p.name, phase == k) for k, p in enumerate(spec.violations.phases)]
    rows = []
    for by, value, mask in groups:
        found = _of_violations(counted[mask], cases[mask], now, plan)
        names = (
            "n_violations",
            "detection_rate",
            "response_time_mean_min",
            "response_time_p50_min",
            "within_standard_share",
            "answered_share",
        )
        rows.append({"by": by, "value": value, **{name: found[name] for name in names}})
    return pd.DataFrame(rows)
