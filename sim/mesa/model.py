"""The Mesa model: the engine's world with agents that live in it.

`CeasefireModel.step()` advances the engine by one display step and brings the agents up to date;
the physics knows no step, so a run is the same however it is cut. Agents are views: what they show
is read from the world when asked, and what a subclass writes in its own `step()` is in force from
that moment.
"""

import copy
from pathlib import Path
from typing import Any, ClassVar

import mesa
import numpy as np
from mesa.datacollection import DataCollector

from sim.engine.run import advance_world, make_room, start_world
from sim.errors import InputError
from sim.mesa.drone_monitor import DroneMonitor
from sim.mesa.headquarters import Headquarters
from sim.mesa.state import WorldTime, held_strongly, held_weakly, number_events_after
from sim.mesa.support_unit import SupportUnit
from sim.mesa.view import RecordView
from sim.mesa.violation import Violation
from sim.results.measures import MEASURES, measure
from sim.results.outcome import Outcome, checked_seed
from sim.rules.drone import retask_drone
from sim.rules.violation import PREVENTED, REAL, is_settled
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan
from sim.setup.retask import add_post, build_retasked_post
from sim.world.world import World


class CeasefireModel(mesa.Model):  # type: ignore[misc]  # Mesa ships no types
    """A ceasefire, its monitors and its support, as a Mesa model.

    Mesa's time counts display steps, and the world keeps to it: whatever is scheduled for a time,
    whole or not, meets the world of that moment. After the end of the run nothing happens.

    A model can be copied and pickled at any moment; the copy has a world and agents of its own and
    goes on like the original. `copy.copy` does what `copy.deepcopy` does.

    Parameters
    ----------
    scenario
        A scenario, the path of a scenario file, or a plan made before.
    rng
        Seed of the run; an int gives exactly the run of `simulate(scenario, seed=rng)`. With None a
        seed is drawn; with a NumPy generator it is drawn from that.
    step_minutes
        Length of a display step (min); it does not change what happens.
    collect_hours
        How often the data collector takes the measures (h of simulated time); it always does at the
        end.
    **values
        Scenario values by dotted key, as for `Scenario.with_values`, with a double underscore for
        the dot where the key must be an identifier: ``monitors__male__count=80``.

    Attributes
    ----------
    drone_class, violation_class, unit_class, headquarters_class
        Classes of the agents; a subclass of the model may set its own.

    Raises
    ------
    InputError
        When the scenario can not be used.
    """

    drone_class: ClassVar[type[DroneMonitor]] = DroneMonitor
    violation_class: ClassVar[type[Violation]] = Violation
    unit_class: ClassVar[type[SupportUnit]] = SupportUnit
    headquarters_class: ClassVar[type[Headquarters]] = Headquarters

    time = WorldTime()

    def __init__(
        self,
        scenario: Scenario | Plan | str | Path,
        rng: Any = None,
        step_minutes: float = 1440.0,
        collect_hours: float = 24.0,
        **values: Any,
    ) -> None:
        if isinstance(rng, int | np.integer):
            rng = checked_seed(rng)
        super().__init__(rng=rng)
        for key, value in (("step_minutes", step_minutes), ("collect_hours", collect_hours)):
            if not 0.0 < value < np.inf:
                message = f"{key} = {value}: must be a number > 0"
                raise InputError(message)
        self.run_seed = rng if isinstance(rng, int) else int(self._seed)
        self.step_h = step_minutes / 60.0
        self.collect_h = collect_hours
        self.plan = _plan_of(scenario, values)
        self.world: World = make_world(self.plan, self.run_seed)
        start_world(self.world)
        self._views: dict[str, dict[int, Any]] = {}
        for kind, rows in (
            (self.drone_class, len(self.world.drones)),
            (self.unit_class, len(self.world.units)),
            (self.headquarters_class, len(self.world.stations)),
        ):
            for row in range(rows):
                kind(self, row)
        self._posts: dict[tuple[Any, ...], int] = {}
        self._next_to_show = 0
        self._collected_h = 0.0
        self._ended = False
        self._measures: tuple[float, dict[str, float]] | None = None
        self.datacollector = DataCollector(
            model_reporters={
                "hours": "hours",
                **{name: [self._reported, [name]] for name in MEASURES},
            }
        )
        self._advance(0.0)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the run."""
        return self.plan.scenario

    @scenario.setter
    def scenario(self, _value: Any) -> None:
        if "plan" in vars(self):  # while it is made, Mesa sets a scenario of its own kind
            message = "scenario: cannot be changed in a run; make a model of the other one"
            raise AttributeError(message)

    @property
    def hours(self) -> float:
        """Present time, hours since the start of the ceasefire."""
        return self.world.now

    @property
    def measures(self) -> dict[str, float]:
        """All measures of the run so far; see `sim.results.measures.MEASURES`."""
        now = self.hours
        if self._measures is None or self._measures[0] != now:
            self._measures = now, measure(self.plan, self.world)
        return self._measures[1]

    @property
    def drones(self) -> list[DroneMonitor]:
        """The drones, but for those removed."""
        return self._viewed("drones")

    @property
    def units(self) -> list[SupportUnit]:
        """The support units, but for those removed."""
        return self._viewed("units")

    @property
    def headquarters(self) -> list[Headquarters]:
        """The stations of the command chain, but for those removed."""
        return self._viewed("stations")

    @property
    def violations(self) -> list[Violation]:
        """The violations on display: under way, or detected and not yet settled."""
        return self._viewed("violations")

    @property
    def outcome(self) -> Outcome:
        """The run so far, with the tables of a headless run."""
        return Outcome(self.plan, self.world, self.run_seed)

    def step(self) -> None:
        """Advance by one display step; `running` becomes False at the end of the run.

        After that a step does nothing.
        """
        if self._ended:
            return
        self.agents.do("step")
        if self._at_end:
            self._finish()
        else:
            self.running = True
            if self.hours >= self._collected_h + self.collect_h - 1e-9:
                self._collect()

    def run(self) -> None:
        """Step to the end of the run."""
        while self.running:
            self.step()

    def run_for(self, duration: float) -> None:
        """Run for some time, counted in display steps, to the end of the run at most."""
        super().run_for(duration)
        if self._at_end:
            self._finish()

    def run_until(self, end_time: float) -> None:
        """Run until a time, counted in display steps, to the end of the run at most."""
        super().run_until(end_time)
        if self._at_end:
            self._finish()

    def register_agent(self, agent: Any) -> None:
        """Take in an agent; Mesa's agents call this when they are made.

        Raises
        ------
        InputError
            When another agent is the view of the same row.
        """
        if isinstance(agent, RecordView):
            views = self._views.setdefault(agent.column, {})
            if views.setdefault(agent.row, agent) is not agent:
                message = (
                    f"row {agent.row} of {agent.column} has its agent already; a run has as many "
                    "as its scenario says"
                )
                raise InputError(message)
        super().register_agent(agent)

    def deregister_agent(self, agent: Any) -> None:
        """Let go of an agent; `remove()` of the agent calls this."""
        if isinstance(agent, RecordView):
            self._views[agent.column].pop(agent.row, None)
        super().deregister_agent(agent)

    def remove_all_agents(self) -> None:
        """Withdraw all drones, units and headquarters; take violations off display, unchanged."""
        for violation in self.violations:
            mesa.Agent.remove(violation)
        super().remove_all_agents()

    def make_room(self) -> None:
        """Get ready for a change of plans: room in the tables, measures to be taken anew."""
        self._measures = None
        make_room(self.world)

    def retask(
        self, drone: DroneMonitor, from_km: float, to_km: float, offset_km: float | None = None
    ) -> None:
        """Send a drone to another stretch of the line; see `DroneMonitor.retask`.

        Raises
        ------
        InputError
            When the stretch does not lie on the line, or lies out of the drone's reach; or when the
            drone flies in another model.
        """
        if drone.model is not self:
            message = f"retask {drone.name}: it flies in another model"
            raise InputError(message)
        record = drone.record
        base = self.world.posts[["base_x", "base_y"]][record["post"]].item()
        key = (int(record["platform"]), int(record["group"]), base, from_km, to_km, offset_km)
        if key not in self._posts:
            post, track = build_retasked_post(
                self.plan, self.world, drone.row, from_km, to_km, offset_km
            )
            self._posts[key] = add_post(self.plan, self.world, post, track)
        self.make_room()
        retask_drone(self.world, drone.row, self._posts[key], self.hours)

    def _reported(self, name: str) -> float:
        return self.measures[name]

    @property
    def _at_end(self) -> bool:
        return self.hours >= self.world.horizon_h

    def _finish(self) -> None:
        """End the run, once."""
        self.running = False
        if not self._ended:
            self._ended = True
            self._collect()

    def _collect(self) -> None:
        self._collected_h = self.hours
        self.datacollector.collect(self)

    def _viewed(self, column: str) -> list[Any]:
        return list(self._views.get(column, {}).values())

    def follow(self, time: float) -> None:
        """Let the world move to Mesa's time (display steps); called whenever that is set.

        Raises
        ------
        InputError
            When that is in the past.
        """
        if "world" not in vars(self):
            return  # Mesa sets it to 0 while the model is made
        if not time >= self.time:
            message = f"time = {time}: must be {self.time} or later: a run cannot go back"
            raise InputError(message)
        self._advance(min(time * self.step_h, self.plan.horizon_h))

    def _advance(self, until_h: float) -> None:
        advance_world(self.world, until_h)
        self._measures = None
        rows, now = self.world.violations, self.hours
        for agent in self.violations:
            if is_settled(rows[agent.row], now):
                agent.remove()
        latest = self.world.past_candidates
        for row in range(self._next_to_show, latest):
            real = rows["nature"][row] == REAL and rows["status"][row] != PREVENTED
            if real and not is_settled(rows[row], now):
                self.violation_class(self, row)
        self._next_to_show = latest

    def __copy__(self) -> "CeasefireModel":
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "subscribers": held_strongly(self.subscribers)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, subscribers=held_weakly(state["subscribers"]))
        number_events_after(self._event_list)


def _plan_of(scenario: Scenario | Plan | str | Path, values: dict[str, Any]) -> Plan:
    """Return the plan of a scenario with some values changed; a plan is taken as it is."""
    if isinstance(scenario, Plan) and not values:
        return scenario
    if isinstance(scenario, Plan):
        chosen = scenario.scenario
    else:
        chosen = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    if values:
        chosen = chosen.with_values({key.replace("__", "."): v for key, v in values.items()})
    return build_plan(chosen)
