"""The engine against an independent oracle, event by event.

The comparison is in two halves, so that an error of one time step does not grow:

* Detection. The oracle flies the drones and takes the looks in small time steps. Sorties must
  agree to a millisecond, since the steps are cut where a drone changes what it does. A violation
  must be detected within one step of the engine's time, by the same drone, after as many looks.
  Where it is not, a glance at the rim, or a look due just as the violation leaves the footprint,
  may have decided, which steps cannot resolve: it is excused if the oracle agrees with steps
  twenty times finer. Excuses are counted: they must be less than 2 % of a scenario's violations.
* Response. Given the engine's times of detection, the oracle decides which candidates happen, who
  is called, sent and when, without time steps, and must agree to a millisecond on everything.
  Units of one group at one base are alike, so for units it is group and place that must agree.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pytest
from oracle import Watch, World, respond, watch
from oracle_looks import Detection
from oracle_scenarios import SCENARIOS
from oracle_support import Response

from sim.results.outcome import Outcome, simulate
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan

SEED = 4
EXACT_H = 1e-3 / 3600.0
STEP_H = 1.0 / 3600.0
FINE_STEP_H = STEP_H / 20.0
MOST_EXCUSED = 0.02

type Row = Any
"""One row of a table of results."""


def rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table, columns as attributes."""
    return list(table.itertuples())


@dataclass(frozen=True)
class Comparison:
    """One scenario as the engine and as the oracle run it."""

    outcome: Outcome
    world: World  # as it was before the run

    @property
    def plan(self) -> Plan:
        """The plan of the scenario."""
        return self.outcome.plan

    @cached_property
    def watch(self) -> Watch:
        """The oracle's detection half."""
        return watch(self.plan, self.world)

    @cached_property
    def response(self) -> Response:
        """The oracle's response half, given the engine's detections."""
        detected_h = [math.nan] * len(self.world.violations)
        for row in rows(self.outcome.violations):
            detected_h[row.violation] = row.detected_h
        return respond(self.plan, self.world, detected_h)


@pytest.fixture(scope="module", params=SCENARIOS)
def run(request: pytest.FixtureRequest) -> Comparison:
    """Run a scenario; all tests of one scenario come together."""
    outcome = simulate(Scenario.from_dict(SCENARIOS[request.param]), SEED)
    return Comparison(outcome, make_world(outcome.plan, SEED))


def agree(a: float, b: float, tolerance_h: float) -> bool:
    """Whether two times agree; NaN agrees with NaN."""
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance_h


def same_detection(run: Comparison, row: Row, detection: Detection, step_h: float) -> bool:
    """Whether the engine and the oracle have the same detection, to a time step."""
    drone = run.plan.drone_names[detection.drone] if detection.drone >= 0 else ""
    return (
        agree(row.detected_h, detection.detected_h, step_h + EXACT_H)
        and row.detected_by == drone
        and row.looks == detection.looks
    )


def test_detections(run: Comparison) -> None:
    """Catches a look that is missed, made twice, mistimed, or made with a wrong chance."""
    wrong, excused = [], 0
    for row in rows(run.outcome.violations):
        if same_detection(run, row, run.watch.detect(row.violation, STEP_H), STEP_H):
            continue
        finer = run.watch.detect(row.violation, FINE_STEP_H)
        if same_detection(run, row, finer, FINE_STEP_H):
            excused += 1
        else:
            wrong.append((row.violation, row.detected_h, row.detected_by, row.looks, finer))
    assert not wrong
    assert excused < MOST_EXCUSED * len(run.outcome.violations)


def test_sorties(run: Comparison) -> None:
    """Catches a wrong place in the cycle at time 0, flight time, turnaround, grounding or loss."""
    engine = run.outcome.sorties
    numbers = {drone: number for number, drone in enumerate(run.plan.drone_names)}
    engine = engine.assign(number=[numbers[drone] for drone in engine["drone"]])
    engine = engine.sort_values(["number", "launched_h"], kind="stable")
    # the oracle's drones live through the cycle before time 0; flights over by then are not listed
    listed = [sortie for sortie in run.watch.sorties() if not sortie.landed_h < 0.0]
    for row, sortie in zip(rows(engine), listed, strict=True):
        assert row.number == sortie.drone, sortie
        assert row.end == sortie.end, sortie
        for column in ("launched_h", "on_station_h", "off_station_h", "landed_h"):
            assert agree(getattr(row, column), getattr(sortie, column), EXACT_H), (column, sortie)


def test_which_candidates_happen(run: Comparison) -> None:
    """Catches a candidate that happens although prevented, or the other way round."""
    happened = [n for n, case in enumerate(run.response.cases) if case.happened]
    assert run.outcome.violations["violation"].tolist() == happened


def place_of_unit(run: Comparison, row: Row) -> tuple[str, float, float]:
    """Return the group and base of the engine's unit."""
    units = run.outcome.units
    unit = rows(units[units["unit"] == row.unit])[0]
    x, y = run.plan.line.to_plane(unit.lon, unit.lat)
    return unit.group, float(x), float(y)


def test_responses(run: Comparison) -> None:
    """Catches a wrong unit, destination, travel time, time on the scene, queue order or status."""
    groups = [g for g, group in run.plan.scenario.support.items() for _ in range(group.count)]
    for row in rows(run.outcome.violations):
        case = run.response.cases[row.violation]
        assert row.status == run.response.status(row.violation, run.plan.horizon_h), (row, case)
        for column in ("called_h", "dispatched_h", "arrived_h"):
            assert agree(getattr(row, column), getattr(case, column), EXACT_H), (row, case)
        if not math.isnan(case.arrived_h):
            cleared_h = case.cleared_h if case.cleared_h <= run.plan.horizon_h else math.nan
            assert agree(row.cleared_h, cleared_h, EXACT_H), (row, case)
        if case.unit < 0:
            assert row.unit == "", (row, case)
            continue
        group, x, y = place_of_unit(run, row)
        assert group == groups[case.unit], (row, case)
        assert (x, y) == pytest.approx(run.response.units[case.unit].base, abs=1e-3), (row, case)


def test_work_of_the_units(run: Comparison) -> None:
    """Catches a trip that is not counted, or busy time that leaves out part of a trip."""
    dispatched = [case for case in run.response.cases if case.unit >= 0]
    busy_h = sum(min(case.free_h, run.plan.horizon_h) - case.dispatched_h for case in dispatched)
    assert run.outcome.units["trips"].sum() == len(dispatched)
    assert run.outcome.units["busy_h"].sum() == pytest.approx(busy_h)
