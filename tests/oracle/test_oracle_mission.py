"""The engine against the oracle on reports, cueing, desks, rulings and regimes.

The oracle moves in steps of a minute that are cut at every look and event, so times must agree to
a millisecond and everything else exactly. At one instant (an onset in
several footprints, monitors that come back together) all looks are taken before any report goes on,
and reports then go by number, as events of one kind do (docs/model.md).
"""

import math
from dataclasses import dataclass

import pytest
from oracle import World, make_drones, read_candidates, read_lots, read_surroundings
from oracle_cue import CueDrone
from oracle_mission import Mission, read_reports
from oracle_mission_scenarios import MISSIONS
from oracle_regime import RegimeClock
from oracle_support import lay_units

from sim.results.outcome import Outcome, simulate
from sim.rules.violation import PREVENTED
from sim.scenario import Scenario
from sim.scenario.escalation import REGIMES
from sim.setup.draw import make_world
from sim.setup.plan import Plan

SEED = 4
EXACT_H = 1e-3 / 3600.0


def read_mission(plan: Plan, world: World) -> Mission:
    """Return the oracle with the numbers drawn before the run."""
    scenario = plan.scenario
    surroundings = read_surroundings(plan, world)
    drones = [CueDrone.of(drone) for drone in make_drones(plan, world, surroundings)]
    for drone, row in zip(drones, world.drones, strict=True):
        drone.off = bool(int(row["held"]) & 2)
        weather = 100 if drone.off else surroundings.at(drone.zone, 0.0)[0]
        drone.place_at_start(float(row["cycle_share"]), weather)
    names = list(scenario.clutter)
    kinds = [int(row["look_kind"]) - len(plan.kinds) for row in world.violations]
    clutter = {n: scenario.clutter[names[k]] for n, k in enumerate(kinds) if 0 <= k < len(names)}
    mission = Mission(
        scenario=scenario,
        line=plan.line,
        candidates=read_candidates(plan, world),
        detected_h=[],
        units=lay_units(scenario, plan.line, lambda name: read_lots(world, name)),
        reports=read_reports(world),
        drones=drones,
        surroundings=surroundings,
        clutter_of=clutter,
        groups=list(scenario.monitors),
        engaged=int(world.us[0]["state"]) == 0,
    )
    mission.changes = [
        (float(row["time"]), int(row["subject"]), int(row["what"]), int(row["level"]))
        for row in world.changes
        if row["what"] >= 1
    ]
    if scenario.escalation.enabled:
        start = REGIMES.index(scenario.escalation.start)
        limits = world.regime_thresholds.tolist()
        mission.regime = RegimeClock(scenario.escalation, limits, start)
    return mission


@dataclass(frozen=True)
class Comparison:
    """One scenario as the engine and as the oracle run it."""

    outcome: Outcome
    oracle: Mission


@pytest.fixture(scope="module", params=MISSIONS)
def run(request: pytest.FixtureRequest) -> Comparison:
    """Run a scenario; all tests of one scenario come together."""
    outcome = simulate(Scenario.from_dict(MISSIONS[request.param]), SEED)
    mission = read_mission(outcome.plan, make_world(outcome.plan, SEED))
    mission.go(outcome.plan.horizon_h)
    return Comparison(outcome, mission)


def agree(a: float, b: float) -> bool:
    """Whether two times agree; NaN agrees with NaN."""
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= EXACT_H


def differences(run: Comparison, number: int) -> list[str]:
    """Return in what the engine and the oracle differ about one violation or false report."""
    row, case = run.outcome.world.violations[number], run.outcome.world.cases[number]
    report, response = run.oracle.reports[number], run.oracle.cases[number]
    times = {
        "detected": (row["detected"], report.detected_h),
        "reported": (row["reported"], report.reported_h),
        "confirmed": (case["confirmed"], report.confirmed_h),
        "ruled": (case["ruled"], report.ruled_h),
        "called": (row["called"], response.called_h),
        "dispatched": (row["dispatched"], response.dispatched_h),
        "arrived": (row["arrived"], response.arrived_h),
    }
    codes = {
        "grade": (row["grade"], report.grade),
        "detector": (row["detector"], report.detector),
        "cued": (case["cued"], report.cued),
        "ruling": (case["ruling"], report.ruling),
    }
    found = [f"{name}: {a} {b}" for name, (a, b) in times.items() if not agree(float(a), b)]
    return found + [f"{name}: {a} {b}" for name, (a, b) in codes.items() if int(a) != b]


def test_reports(run: Comparison) -> None:
    """Catches a wrong look, flight, confirmation, desk, ruling or call of any report."""
    world = run.outcome.world
    ran = world.past_candidates
    wrong = []
    for number in range(ran):
        happened = int(world.violations[number]["status"]) != PREVENTED
        if happened != run.oracle.cases[number].happened:
            wrong.append((number, ["happens"]))
        elif found := differences(run, number):
            wrong.append((number, found))
    assert not wrong, "\n".join(map(str, wrong[:12]))


def test_flights(run: Comparison) -> None:
    """Catches a flight to confirm that is missing, or a sortie that begins or ends wrongly."""
    drones = run.oracle.drones
    assert run.outcome.world.drones["cues"].tolist() == [drone.cues for drone in drones]
    names = run.outcome.plan.drone_names
    wrong = []
    for drone in drones:
        rows = run.outcome.sorties
        rows = rows[rows["drone"] == names[drone.number]].sort_values("launched_h", kind="stable")
        sorties = [sortie for sortie in drone.sorties if not sortie.landed_h < 0.0]
        for row, sortie in zip(rows.itertuples(), sorties, strict=True):
            for column in ("launched_h", "on_station_h", "off_station_h", "landed_h"):
                times = getattr(row, column), getattr(sortie, column)
                if not agree(*times):
                    wrong.append((drone.number, column, *times, drone.state, row.end, sortie))
    assert not wrong, "\n".join(map(str, wrong[:12]))


def test_regimes(run: Comparison) -> None:
    """Catches pressure or a clock that runs wrongly."""
    engine, clock = run.outcome.world.regime[0], run.oracle.regime
    changes = 0 if clock is None else len(clock.times_h)
    assert int(engine["transitions"]) == changes
    assert float(engine["ended"]) == pytest.approx(run.oracle.ended_h, abs=EXACT_H)
