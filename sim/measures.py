"""Measures: what a run is judged by, each with its unit and definition.

All measures of a run come from its world alone, so the headless run, the Mesa model and the batch
runner share one definition. Violations with onset during the warm-up are not counted. What the end
of the run cuts off is treated as censored, not as missing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.agents.drone import INBOUND, ON_STATION, OUTBOUND
from sim.agents.support_unit import AT_BASE
from sim.engine.plan import Plan
from sim.engine.tally import TALLY, TIMES, tally
from sim.kernel.world import Records, World
from sim.survival import survival_quantiles

type Floats = NDArray[np.float64]
type Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """A measure of a run: its name carries the unit; `digits` is how many to show."""

    name: str
    label: str
    unit: str
    definition: str
    digits: int = 1


_ALL = (
    Measure("n_violations", "Violations", "count", "Violations with onset after the warm-up", 0),
    Measure(
        "detection_rate",
        "Detection rate",
        "share",
        "Violations detected, of those detected or over by the end of the run",
        3,
    ),
    Measure(
        "detection_delay_mean_min",
        "Detection delay, mean",
        "min",
        "Onset to detection, mean over detected violations",
    ),
    Measure(
        "detection_delay_p50_min",
        "Detection delay, median",
        "min",
        "Onset to detection, median over detected violations",
    ),
    Measure(
        "detection_delay_p90_min",
        "Detection delay, 90 %",
        "min",
        "Onset to detection, 90 % quantile over detected violations",
    ),
    Measure(
        "response_time_mean_min",
        "Response time, mean",
        "min",
        "Detection to arrival, mean over answered violations",
    ),
    Measure(
        "response_time_p50_min",
        "Response time, median",
        "min",
        "Detection to arrival, Kaplan-Meier median over calls; lost and expired ones never arrive, "
        "those open at the end of the run are censored; undefined when fewer than half arrive",
    ),
    Measure("response_time_p90_min", "Response time, 90 %", "min", "As the median, 90 % quantile"),
    Measure(
        "total_time_mean_min",
        "Total time, mean",
        "min",
        "Onset to arrival, mean over answered violations",
    ),
    Measure(
        "total_time_p50_min",
        "Total time, median",
        "min",
        "Onset to arrival, Kaplan-Meier median over calls",
    ),
    Measure(
        "total_time_p90_min",
        "Total time, 90 %",
        "min",
        "Onset to arrival, Kaplan-Meier 90 % quantile over calls",
    ),
    Measure(
        "within_standard_share",
        "Answered within the standard",
        "share",
        "Calls for support that are reached within the standard time of the detection, "
        "of those for which this is decided by the end of the run",
        3,
    ),
    Measure(
        "answered_share",
        "Answered, of all",
        "share",
        "Violations grave enough for support, detected or not, that are reached, "
        "of those decided by the end of the run",
        3,
    ),
    Measure(
        "timely_share",
        "Reached while live",
        "share",
        "Violations reached before they are over, of those detected or over by the end of the run",
        3,
    ),
    Measure(
        "unanswered_share",
        "Calls not answered",
        "share",
        "Calls lost, expired or still waiting at the end of the run, of all calls",
        3,
    ),
    Measure(
        "lost_share",
        "Calls lost",
        "share",
        "Calls that found all units busy where there is no waiting room, of all calls",
        3,
    ),
    Measure(
        "wait_mean_min",
        "Wait for a unit, mean",
        "min",
        "Call to dispatch, mean over dispatched calls",
    ),
    Measure(
        "waited_share",
        "Calls that waited",
        "share",
        "Calls not dispatched at once, lost ones left out, of all calls",
        3,
    ),
    Measure(
        "travel_distance_mean_km",
        "Way to the scene, mean",
        "km",
        "Straight distance from base to destination, mean over dispatched calls",
    ),
    Measure(
        "on_station_share",
        "On-station share",
        "share",
        "Drone hours on station, of all drone hours of the run",
        3,
    ),
    Measure(
        "monitors_on_station_mean",
        "Monitors on station",
        "drones",
        "Time average of drones on station",
    ),
    Measure(
        "unit_utilisation",
        "Unit utilisation",
        "share",
        "Unit hours busy, of all unit hours of the run",
        3,
    ),
    Measure(
        "sorties",
        "Sorties",
        "count",
        "Sorties under way at some time of the run; a re-tasking starts a new one",
        0,
    ),
    Measure("flight_h", "Flight hours", "h", "Drone hours in the air", 0),
    Measure("drones_lost", "Drones lost", "count", "Drones lost in flight", 0),
    Measure(
        "monitor_cost_usd", "Cost of flying", "USD", "Flight hours at the platform's hourly cost", 0
    ),
)
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""All measures of a run by name, in the order of tables."""


def _ratio(part: float | np.number, whole: float | np.number) -> float:
    return float(part / whole) if whole else np.nan


def _quantiles(name: str, hours: Floats, observed: Mask) -> dict[str, float]:
    median, most = survival_quantiles(hours, observed, (0.5, 0.9))
    return {f"{name}_p50_min": 60.0 * median, f"{name}_p90_min": 60.0 * most}


def _of_violations(rows: Records, now: float, plan: Plan) -> dict[str, float]:
    """Return the measures that follow from the violations alone."""
    spec = plan.scenario
    sums, delays_h = np.zeros(1, dtype=TALLY), np.empty(len(rows))
    times = np.empty(len(rows), dtype=TIMES)
    standard_h = spec.measures.standard_min / 60.0
    first_h = 24.0 * spec.run.warmup_days
    tally(rows, (now, first_h, standard_h, spec.command.min_severity), sums, delays_h, times)
    total = sums[0]
    delays_h, times = delays_h[: total["detected"]], times[: total["summoned"]]
    seen = np.ascontiguousarray(times["seen"])
    certain = np.ones(len(delays_h), dtype=np.bool_)
    given_up = total["lost"] + total["expired"]
    return {
        "n_violations": float(total["violations"]),
        "detection_rate": _ratio(total["detected"], total["known"]),
        "detection_delay_mean_min": 60.0 * _ratio(total["delay_h"], total["detected"]),
        **_quantiles("detection_delay", delays_h, certain),
        "response_time_mean_min": 60.0 * _ratio(total["response_h"], total["answered"]),
        **_quantiles("response_time", times["response_h"], seen),
        "total_time_mean_min": 60.0 * _ratio(total["total_h"], total["answered"]),
        **_quantiles("total_time", times["total_h"], seen),
        "within_standard_share": _ratio(total["within"], total["settled"]),
        "answered_share": _ratio(total["answered"], total["grave"]),
        "timely_share": _ratio(total["timely"], total["known"]),
        "unanswered_share": _ratio(total["waiting"] + given_up, total["calls"]),
        "lost_share": _ratio(total["lost"], total["calls"]),
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
    flying = np.isin(drones["stage"], (OUTBOUND, ON_STATION, INBOUND))
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


def _forces(world: World) -> dict[str, float]:
    now = float(world.clock["now"][0])
    on_station = float(on_station_hours(world).sum())
    flown = flight_hours(world)
    drones, units = len(world.drones), len(world.units)
    cost = world.platforms["cost_per_h"][world.drones["platform"]]
    return {
        "on_station_share": _ratio(on_station, drones * now) if drones else np.nan,
        "monitors_on_station_mean": on_station / now if now > 0.0 else np.nan,
        "unit_utilisation": _ratio(float(busy_hours(world).sum()), units * now)
        if units
        else np.nan,
        "sorties": float(world.clock["sorties"][0]),
        "flight_h": float(flown.sum()),
        "drones_lost": float(world.drones["lives"].sum()),
        "monitor_cost_usd": float((flown * cost).sum()),
    }


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
    values = _of_violations(_past(world), now, plan) | _forces(world)
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
        found = _of_violations(counted[mask], now, plan)
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
