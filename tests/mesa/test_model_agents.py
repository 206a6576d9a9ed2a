"""What Mesa's users do to agents, time and scenario of a model: it holds, or is refused."""

import math
import warnings

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, everything, scenario

from sim.engine.run import advance_world, start_world
from sim.errors import InputError
from sim.mesa.drone_monitor import DroneMonitor
from sim.mesa.headquarters import Headquarters
from sim.mesa.model import CeasefireModel
from sim.mesa.support_unit import SupportUnit
from sim.mesa.view import RecordView
from sim.mesa.violation import Violation
from sim.results.outcome import simulate
from sim.rules.support_unit import set_unit_present
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

SHORT = scenario(RICH, run__duration_days=4.0)
CHAIN = {
    "tent": {"task": "analysis", "desks": 1, "service_min": 40.0},
    "court": {"task": "ruling", "desks": 1, "service_min": 30.0},
}


@pytest.mark.parametrize("row", [-1, 3, 500, 10**30, 1.0, True, None, "0", np.nan])
@pytest.mark.parametrize("kind", [DroneMonitor, SupportUnit, Violation, Headquarters])
def test_a_row_that_does_not_exist_is_refused(kind: type[RecordView], row: object) -> None:
    """Catches machine code that reads past a table, and rows counted from the end."""
    made = scenario(TINY, support__units__count=3)
    model = CeasefireModel(made, rng=1)
    before = len(model.agents)
    with pytest.raises(InputError, match=f"{kind.__name__}: row = .*must be"):
        kind(model, row)
    assert len(model.agents) == before


def test_a_row_has_one_agent() -> None:
    """Catches doubles: an agent more that adds no drone, counted and stepped with the others."""
    model = CeasefireModel(scenario(TINY), rng=1)
    with pytest.raises(InputError, match="has its agent already"):
        DroneMonitor(model, 0)
    assert len(model.agents_by_type[DroneMonitor]) == 3


def test_what_has_not_begun_cannot_be_viewed() -> None:
    """Catches an agent that knows the violations of tomorrow."""
    model = CeasefireModel(scenario(TINY), rng=1)
    begun = model.world.past_candidates
    with pytest.raises(InputError, match=r"Violation: row"):
        Violation(model, begun)
    model.step()
    later = model.world.past_candidates
    settled = next(
        row for row in range(begun, later) if row not in {v.row for v in model.violations}
    )
    assert Violation(model, settled).onset_h <= model.hours
    model.run()


def test_a_place_and_a_row_cannot_be_set() -> None:
    """Catches setters that do nothing."""
    model = CeasefireModel(scenario(TINY, headquarters=CHAIN), rng=1, step_minutes=30.0)
    while not model.violations:
        model.step()
    for agent in model.agents:
        before = agent.pos
        for name, value in (("pos", (1.0, 2.0)), ("row", 2), ("lonlat", (30.0, 48.0))):
            with pytest.raises(AttributeError):
                setattr(agent, name, value)
        assert np.array_equal(agent.pos, before, equal_nan=True)


def test_a_removed_drone_watches_nothing_and_does_not_fly_again() -> None:
    """Catches `remove()` that takes the agent out of Mesa's sets and leaves the drone flying."""
    model = CeasefireModel(SHORT, rng=1, step_minutes=60.0)
    model.run_for(30)
    gone = [drone for drone in model.drones if drone.row % 2 == 0]
    begun_h = model.hours
    for drone in gone:
        drone.remove()
    rows = {drone.row for drone in gone}
    assert not any(drone.on_station for drone in gone)
    assert {drone.row for drone in model.drones}.isdisjoint(rows)
    assert not set(gone) & set(model.agents)
    model.run()
    outcome = model.outcome
    names = {model.plan.drone_names[row] for row in rows}
    theirs = outcome.sorties[outcome.sorties["drone"].isin(names)]
    assert theirs["launched_h"].max() <= begun_h
    assert (theirs["off_station_h"].dropna() <= begun_h).all()
    assert "called_home" in set(theirs["end"])
    seen = outcome.violations[outcome.violations["detected_by"].isin(names)]
    assert (seen["detected_h"] <= begun_h).all()
    assert outcome.sorties["launched_h"].max() > begun_h
    for order in (lambda: gone[0].release(), lambda: gone[0].hold(), lambda: gone[0].retask(5, 9)):
        with pytest.raises(InputError, match="was removed"):
            order()
    gone[0].remove()


def test_without_its_drones_a_run_detects_nothing() -> None:
    """Catches drones of unlimited endurance, whose sortie has no end, that stay up when removed."""
    made = scenario(TINY)
    model = CeasefireModel(made, rng=1)
    for drone in model.drones:
        drone.remove()
    model.run()
    assert not model.drones
    assert model.measures["detection_rate"] == 0.0 < simulate(made, 1).measures["detection_rate"]


def test_a_held_drone_of_unlimited_endurance_comes_home() -> None:
    """Catches `hold()` that waits for the end of a sortie that has none."""
    model = CeasefireModel(scenario(TINY), rng=1, step_minutes=60.0)
    model.step()
    for drone in model.drones:
        drone.hold()
    model.run_for(20)
    assert {drone.stage for drone in model.drones} == {"ready"}
    for drone in model.drones:
        drone.release()
    model.run_for(1)
    assert {drone.stage for drone in model.drones} <= {"outbound", "on_station"}


def test_a_removed_unit_is_sent_no_more() -> None:
    """Catches a removed unit that is dispatched again, or vanishes from the job it is on."""
    model = CeasefireModel(scenario(TINY, support__units__count=2), rng=1, step_minutes=20.0)
    while not all(unit.busy for unit in model.units):
        model.step()
    unit, job, trips = model.units[0], model.units[0].violation, model.units[0].trips
    begun_h = model.hours
    unit.remove()
    assert unit not in model.units
    model.run()
    assert (unit.trips, unit.present, unit.busy) == (trips, False, False)
    outcome = model.outcome
    rows = outcome.violations.set_index("violation")
    assert rows.loc[job, "arrived_h"] > 0.0
    theirs = rows[rows["unit"] == unit.name]
    assert theirs["dispatched_h"].max() <= begun_h
    assert outcome.units["present_h"].tolist() == pytest.approx([begun_h, model.hours])
    with pytest.raises(InputError, match="was removed"):
        unit.release()
    unit.remove()


def test_a_unit_removed_before_it_comes_does_not_come() -> None:
    """Catches a unit that force generation brings although it was removed."""
    model = CeasefireModel(scenario(TINY), rng=1, step_minutes=60.0)
    set_unit_present(model.world, 1, False, 0.0)
    model.units[1].remove()
    model.run_for(3)
    set_unit_present(model.world, 1, True, model.hours)
    model.run()
    units = model.outcome.units
    assert units["present_h"].iloc[1] == 0.0
    assert units["trips"].iloc[1] == 0


def test_reports_pass_a_removed_headquarters_by() -> None:
    """Catches a removed station that still works, or keeps what waits for it for ever."""
    made = scenario(TINY, headquarters=CHAIN)
    model = CeasefireModel(made, rng=1, step_minutes=30.0)
    court = model.headquarters[1]
    while not court.queued:
        model.step()
    served, desk, begun_h = court.served, court.busy, model.hours
    court.remove()
    assert (court.open, court.queued) == (False, 0)
    model.run()
    assert [station.name for station in model.headquarters] == ["tent"]
    assert court.served == served + desk
    reports = model.outcome.reports
    assert (reports["ruled_h"] > begun_h).sum() == desk
    assert (reports["called_h"] > begun_h + 1.0).any()


def test_a_violation_cannot_be_undone() -> None:
    """Catches `remove()` of a violation that hides it and changes nothing."""
    model = CeasefireModel(scenario(TINY), rng=1, step_minutes=30.0)
    while not model.violations:
        model.step()
    with pytest.raises(InputError, match="cannot be undone"):
        model.violations[0].remove()
    assert model.violations


def test_all_agents_can_be_removed_at_once() -> None:
    """Catches `remove_all_agents` that stops at the first violation, or leaves forces at work."""
    made = scenario(TINY, headquarters=CHAIN)
    model = CeasefireModel(made, rng=1, step_minutes=30.0)
    model.run_for(20)
    model.remove_all_agents()
    assert len(model.agents) == 0
    left = [*model.drones, *model.units, *model.headquarters, *model.violations]
    assert left == []
    begun_h = model.hours
    model.run()
    assert model.outcome.violations["detected_h"].max() <= begun_h


def test_an_order_to_a_drone_of_another_model_is_refused() -> None:
    """Catches a drone of one model that moves its namesake in another."""
    one, other = (CeasefireModel(scenario(TINY), rng=1) for _ in range(2))
    with pytest.raises(InputError, match="another model"):
        one.retask(other.drones[0], 5.0, 15.0)


class Looker(CeasefireModel):
    """Notes the hours at which it looks."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)
        self.seen: list[tuple[float, float, bool]] = []
        for at in (0.25, 2.5, 3.0):
            self.schedule_event(self.look, at=at)

    def look(self) -> None:
        exact = everything(simulate_until(self.scenario, self.run_seed, self.hours))
        self.seen.append((self.time, self.hours, everything(self.world) == exact))


def simulate_until(made: Scenario, seed: int, hours: float):
    """Return the world of a run at an hour."""
    world = make_world(build_plan(made), seed)
    start_world(world)
    advance_world(world, hours)
    return world


def test_events_and_part_steps_meet_the_world_of_their_time() -> None:
    """Catches a world that stands at the last whole step when Mesa's time is between two."""
    model = Looker(SHORT, rng=3, step_minutes=720.0)
    model.run_for(2.5)
    assert (model.time, model.hours, model.steps) == (2.5, 30.0, 2)
    model.run_until(3.25)
    assert (model.time, model.hours, model.steps) == (3.25, 39.0, 3)
    assert model.seen == [(0.25, 3.0, True), (2.5, 30.0, True), (3.0, 36.0, True)]
    model.step()
    assert (model.time, model.hours, model.steps) == (4.25, 51.0, 4)
    model.run()
    assert everything(model.world) == everything(simulate(SHORT, 3).world)


def test_nothing_happens_after_the_end() -> None:
    """Catches rows that steps past the end add, and agents that still decide there."""
    stepped = []

    class Counting(DroneMonitor):
        def step(self) -> None:
            stepped.append(self.model.hours)

    class Counted(CeasefireModel):
        drone_class = Counting

    model = Counted(scenario(TINY), rng=1, step_minutes=600.0)
    for _ in range(12):
        model.step()
    model.run_for(3.0)
    table = model.datacollector.get_model_vars_dataframe()
    assert table["hours"].tolist() == [30.0, 48.0]
    assert len(stepped) == 5 * 3
    assert (model.hours, model.running) == (48.0, False)


@pytest.mark.parametrize("end", [4.8, 7.0])
def test_a_part_step_to_the_end_ends_the_run(end: float) -> None:
    """Catches a run that is over without its last row, because no step ends there."""
    model = CeasefireModel(scenario(TINY), rng=1, step_minutes=600.0)
    model.run_until(end)
    assert not model.running
    table = model.datacollector.get_model_vars_dataframe()
    assert table["hours"].iloc[-1] == 48.0 == model.hours
    assert math.isclose(table["detection_rate"].iloc[-1], model.measures["detection_rate"])
    rows = len(table)
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == rows


def test_time_cannot_go_back() -> None:
    """Catches a time that is set back while the world stays where it is."""
    model = CeasefireModel(scenario(TINY), rng=1, step_minutes=60.0)
    model.run_for(4)
    for value in (1.0, math.nan):
        with pytest.raises(InputError, match="time = "):
            model.time = value
    assert (model.time, model.hours) == (4.0, 4.0)
    model.time = 5.5
    assert model.hours == 5.5


def test_the_scenario_of_a_model_is_the_one_given() -> None:
    """Catches Mesa's own empty scenario in the place of the one that is run."""
    made = scenario(TINY)
    model = CeasefireModel(scenario=made, rng=1)
    assert model.scenario is made
    assert model.drones[0].scenario is made
    changed = CeasefireModel(made, rng=1, monitors__eyes__count=5).scenario
    assert changed.monitors["eyes"].count == 5
    with pytest.raises(AttributeError, match="scenario"):
        model.scenario = changed
    assert model.scenario is made


def test_a_model_warns_of_nothing() -> None:
    """Catches warnings of Mesa's or NumPy's while a model is made, stepped, copied and ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = CeasefireModel(scenario(TINY), rng=1, step_minutes=720.0)
        model.run_for(1.5)
        model.remove_all_agents()
        model.run()
