"""The check of a calibration: tables drawn from the fitted process by the engine, fitted again."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.calibration.fit import calibrate
from sim.calibration.result import Calibration
from sim.calibration.table import Counts, Events, Sites
from sim.errors import InputError
from sim.scenario import Scenario
from sim.setup.candidates import draw_violations
from sim.setup.plan import Plan, build_plan

LENGTH_KM = 100.0
"""Of the line where places are not fitted."""
_NONE = np.empty(0)


@dataclass(frozen=True)
class Recovery:
    """How often intervals of refitted tables held the planted values.

    Attributes
    ----------
    trials
        Number of tables that were drawn and could be fitted.
    held, told
        By key: in how many of them the interval held the value, and in how many there was one.
    """

    trials: int
    held: dict[str, int]
    told: dict[str, int]

    def describe(self) -> dict[str, Any]:
        """Describe the check, ready to be written as JSON."""
        return {
            "trials": self.trials,
            "held": {f"violations.{key}": [self.held[key], self.told[key]] for key in self.told},
        }


def planted_scenario(found: Calibration, days: int, scenario: Scenario | None = None) -> Scenario:
    """Make the scenario whose violation process is the fitted one, without any forces.

    Parameters
    ----------
    found
        The calibration.
    days
        Length of the run.
    scenario
        Whose line and hot spots are meant; None = a straight line without hot spots.
    """
    data: dict[str, Any] = {
        "title": "Self-check of a calibration",
        "question": "Does the fit find again what was planted?",
        "run": {"duration_days": float(days)},
        "line": {"length_km": LENGTH_KM},
        "violations": {"kinds": {"any": {"mean_duration_min": 1.0}}},
    }
    if scenario is not None:
        data["line"] = scenario.line.model_dump()
        spots = scenario.violations.hot_spots.items()
        data["violations"]["hot_spots"] = {name: spot.model_dump() for name, spot in spots}
    _plant(data["violations"], found)
    return Scenario.from_dict(data)


def _plant(tables: dict[str, Any], found: Calibration) -> None:
    values = found.values()
    for key in ("rate_per_day", "branching_ratio", "offspring_decay_h", "offspring_spread_km"):
        if key in values:
            tables[key] = values[key]
    if np.isfinite(values["overdispersion_k"]):
        tables["overdispersion_k"] = values["overdispersion_k"]
    if "hour_weights.0" in values:
        tables["hour_weights"] = [values[f"hour_weights.{hour}"] for hour in range(24)]
    factors = [1.0, *(values[f"phases.{p}.factor"] for p in range(1, len(found.phase_days)))]
    tables["phases"] = [
        {"name": f"phase_{number}", "from_day": float(day), "factor": factor}
        for number, (day, factor) in enumerate(zip(found.phase_days, factors, strict=True))
    ]
    for key, value in values.items():
        if key.startswith("hot_spots."):
            tables["hot_spots"][key.split(".")[1]]["share"] = value


def drawn_table(plan: Plan, like: Counts | Events, placed: bool, seed: int) -> Counts | Events:
    """Draw a table like another one from the process of a plan.

    Parameters
    ----------
    plan
        From the planted scenario.
    like
        The table whose days and cells it gets.
    placed
        Whether incidents come with their chainage.
    seed
        Seed of the run.
    """
    rows = draw_violations(plan.process, plan.terrain, seed)
    if isinstance(like, Counts):
        return replace(
            like, count=cell_counts(rows["onset"], like),
            sites=Sites((rows["onset"] // 24.0).astype(np.int64), rows["chainage"].copy())
            if placed else None,
        )  # fmt: skip
    chainage = rows["chainage"].copy() if placed else _NONE
    onset = rows["onset"].copy()
    return Events(like.name, like.first, like.days, onset, chainage, _NONE, _NONE)


def cell_counts(onset_h: Floats, like: Counts) -> Ints:
    """Count incidents by the cells of a table."""
    edges = 24.0 * np.stack([like.start, like.start + like.days]).astype(np.float64)
    begin, end = np.searchsorted(np.sort(onset_h), edges)
    return np.asarray(end - begin, dtype=np.int64)


def recover(
    found: Calibration,
    table: Counts | Events,
    *,
    trials: int,
    first_seed: int = 1,
    scenario: Scenario | None = None,
    tell: Callable[[int], None] | None = None,
) -> Recovery:
    """Draw tables from the fitted process and fit them again.

    Parameters
    ----------
    found
        The calibration, whose estimates are what is planted.
    table
        What it was fitted to.
    trials
        How many tables are drawn.
    first_seed
        Seed of the first one; the next ones follow.
    scenario
        As the calibration had it.
    tell
        Called with the number of tables done so far.

    Raises
    ------
    InputError
        If the record is longer than a run may be.
    """
    placed = "offspring_spread_km" in found or any(
        one.key.startswith("hot_spots.") for one in found.estimates
    )
    days = table.days if isinstance(table, Events) else int(table.start[-1] + table.days[-1])
    plan = build_plan(planted_scenario(found, days, scenario if placed else None))
    splits = tuple(date.fromisoformat(found.first_day) + timedelta(d) for d in found.phase_days[1:])
    planted = found.values()
    held: Counter[str] = Counter()
    told: Counter[str] = Counter()
    fitted = 0
    for trial in range(trials):
        drawn = drawn_table(plan, table, placed, first_seed + trial)
        try:
            again = calibrate(
                drawn, splits=splits, confidence=found.confidence, scenario=plan.scenario
            )
        except InputError:
            continue  # a phase without any incident, say
        fitted += 1
        for one in again.estimates:
            if one.key in planted:
                told[one.key] += 1
                held[one.key] += one.holds(planted[one.key])
        if tell is not None:
            tell(trial + 1)
    return Recovery(fitted, {key: held[key] for key in told}, dict(told))
