"""An independent oracle of the simulation: plain Python, small time steps, no speed.

It shares with the engine the contact line (`ContactLine.point` and `.track`), the validated
scenario, and the numbers drawn before the run. Everything that happens is worked out again:
`oracle_posts` lays out the tracks, `oracle_drones` flies the drones, `oracle_looks` takes the
looks, `oracle_support` sends the units.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oracle_drones import Drone, Sortie, fly_all
from oracle_looks import Candidate, Detection, FlightLog, detect
from oracle_posts import Surroundings, lay_posts
from oracle_support import Response, lay_units

from sim.setup.plan import Plan
from sim.world.lots import draw_lot, name_number

FLIGHT_STEP_H = 0.5 / 60.0

type World = Any
"""The engine's world at time 0, of which only the pre-drawn inputs are read."""


@dataclass(frozen=True)
class Watch:
    """The detection half: the flights, and the looks at every candidate as if it happened."""

    drones: list[Drone]
    logs: list[FlightLog]
    candidates: list[Candidate]
    surroundings: Surroundings

    def detect(self, number: int, step_h: float) -> Detection:
        """Return what becomes of a candidate when looks are worked out in steps of step_h."""
        return detect(self.candidates[number], self.logs, self.surroundings, step_h)

    def sorties(self) -> list[Sortie]:
        """Return all sorties in the order of the drones."""
        return [sortie for drone in self.drones for sortie in drone.sorties]


def read_candidates(plan: Plan, world: World) -> list[Candidate]:
    """Return the pre-drawn violations."""
    rows = world.violations
    return [
        Candidate(
            number=number,
            onset_h=float(row["onset"]),
            end_h=float(row["end"]),
            chainage_km=float(row["chainage"]),
            offset_km=float(row["offset"]),
            x_km=float(row["x"]),
            y_km=float(row["y"]),
            threshold=float(row["threshold"]),
            delay_h=float(row["delay"]),
            calm_mark=float(row["calm_mark"]),
            parent_mark=float(row["parent_mark"]),
            kind=plan.kinds[int(row["kind"])],
            severity=int(row["severity"]),
            parent=int(row["parent"]),
            service_exponential=float(row["service_exponential"]),
            service_normal=float(row["service_normal"]),
        )
        for number, row in enumerate(rows)
    ]


def read_surroundings(plan: Plan, world: World) -> Surroundings:
    """Return the pre-drawn weather and jamming."""
    initial, changes = [], []
    for zone, record in enumerate(world.zones):
        row = int(record["spell"])
        initial.append((int(record["weather"]), int(world.spells["jammed"][row])))
        while math.isfinite(world.spells["since"][row + 1]):
            row += 1
            spell = world.spells[row]
            changes.append((float(spell["since"]), zone, 1, int(spell["jammed"])))
    changes += [
        (float(row["time"]), int(row["subject"]), 0, int(row["level"]))
        for row in world.changes
        if row["what"] == 0  # weather; forces have changes of their own
    ]
    return Surroundings(initial, changes, plan.line.length_km)


def read_lots(world: World, name: str) -> Callable[[int], int]:
    """Return what is drawn by lot for a name, by violation."""
    run, number = int(world.clock["lots"][0]), name_number(name)
    return lambda v: int(draw_lot(run, v, number))


def make_drones(plan: Plan, world: World, surroundings: Surroundings) -> list[Drone]:
    """Return the drones at their bases."""
    drones: list[Drone] = []
    scenario = plan.scenario
    for name, group in scenario.monitors.items():
        posts = lay_posts(scenario, plan.line, group)
        for number in range(group.count):
            post = posts[number % len(posts)]
            drones.append(
                Drone(
                    number=len(drones),
                    group=name,
                    platform=scenario.platforms[group.platform],
                    post=post,
                    zone=surroundings.zone(post.middle_km),
                    length_factor=scenario.line.length_factor,
                    thresholds=[float(x) for x in world.loss_hazard[len(drones)]],
                    lots_of=read_lots(world, f"{name}-{number + 1}"),
                )
            )
    return drones


def make_instants(step_h: float, horizon_h: float, surroundings: Surroundings) -> list[float]:
    """Return the ends of all time steps: an even grid, and the changes of the surroundings."""
    steps = math.ceil(horizon_h / step_h)
    instants = {min(horizon_h, number * step_h) for number in range(steps + 1)}
    instants.update(surroundings.change_times)
    return sorted(t for t in instants if 0.0 <= t <= horizon_h)


def watch(plan: Plan, world: World) -> Watch:
    """Work out the detection half of a run.

    Looks at a violation depend on no other violation, so every candidate is followed as if it
    happened; whether it does is the business of the response half.
    """
    surroundings = read_surroundings(plan, world)
    drones = make_drones(plan, world, surroundings)
    shares = [float(share) for share in world.drones["cycle_share"]]
    horizon_h = plan.scenario.run.duration_days * 24.0
    fly_all(drones, shares, surroundings, make_instants(FLIGHT_STEP_H, horizon_h, surroundings))
    candidates = [c for c in read_candidates(plan, world) if c.onset_h < horizon_h]
    return Watch(drones, [FlightLog(drone) for drone in drones], candidates, surroundings)


def respond(plan: Plan, world: World, detected_h: list[float]) -> Response:
    """Work out the response half of a run, given when each candidate is detected (h or NaN)."""
    response = Response(
        scenario=plan.scenario,
        line=plan.line,
        candidates=read_candidates(plan, world),
        detected_h=detected_h,
        units=lay_units(plan.scenario, plan.line, lambda name: read_lots(world, name)),
    )
    response.run(plan.scenario.run.duration_days * 24.0)
    return response
