"""The job in plain Mesa: every agent takes a step every minute.

Detection does not suffer from the step: a drone looks along the way it flies within the minute, and
the moment at which a violation comes into its footprint is worked out.
"""

from typing import Literal

import mesa

from benchmarks.job import (
    BASE_OFFSET_KM,
    DRONE_SPEED_KMH,
    LINE_KM,
    LOOK_CHANCE,
    MEAN_DURATION_MIN,
    ON_SCENE_MIN,
    RADIUS_KM,
    READINESS_MIN,
    ROAD_FACTOR,
    UNIT_SPEED_KMH,
    JobResult,
)

STEP_KM = DRONE_SPEED_KMH / 60.0
ROAD_MIN_PER_KM = 60.0 * ROAD_FACTOR / UNIT_SPEED_KMH


class Violation(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """An incident on the line, live until it ends or is detected."""

    def __init__(self, model: "PlainModel", x_km: float, onset_min: float) -> None:
        super().__init__(model)
        self.x_km = x_km
        self.end_min = onset_min + model.random.expovariate(1.0 / MEAN_DURATION_MIN)
        self.in_view_of: set[Drone] = set()

    def step(self) -> None:
        """Be over when the time has come."""
        if self.end_min <= self.model.time:
            self.model.n_missed += 1
            self.remove()


class Drone(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A drone that flies back and forth along its stretch."""

    def __init__(self, model: "PlainModel", from_km: float, to_km: float) -> None:
        super().__init__(model)
        self.from_km = from_km
        self.to_km = to_km
        self.x_km = model.random.uniform(from_km, to_km)
        self.direction: int = model.random.choice((-1, 1))

    def step(self) -> None:
        """Fly for a minute and look at what comes into view."""
        target = self.x_km + self.direction * STEP_KM
        if self.from_km <= target <= self.to_km:
            self.fly(target, 0.0)
            return
        turn = self.to_km if self.direction > 0 else self.from_km
        flown_km = abs(turn - self.x_km)
        self.fly(turn, 0.0)
        self.direction = -self.direction
        self.fly(turn + self.direction * (STEP_KM - flown_km), flown_km / STEP_KM)

    def fly(self, to_km: float, into_step_min: float) -> None:
        """Fly straight on from where the drone is at some time of the step."""
        from_km, self.x_km = self.x_km, to_km
        live = self.model.live
        if not live:
            return
        low = min(from_km, to_km) - RADIUS_KM
        high = max(from_km, to_km) + RADIUS_KM
        for violation in list(live):
            if low < violation.x_km < high:
                self.pass_by(violation, from_km, into_step_min)
            else:
                violation.in_view_of.discard(self)

    def pass_by(self, violation: Violation, from_km: float, into_step_min: float) -> None:
        """Look at a violation if it comes into view on the way from `from_km`."""
        if self not in violation.in_view_of:
            ahead_km = max(0.0, abs(violation.x_km - from_km) - RADIUS_KM)
            entry_min = self.model.time - 1.0 + into_step_min + ahead_km / STEP_KM
            if entry_min < violation.end_min and self.random.random() < LOOK_CHANCE:
                self.model.detect(violation, entry_min)
                return
            violation.in_view_of.add(self)
        if abs(violation.x_km - self.x_km) >= RADIUS_KM:
            violation.in_view_of.discard(self)


class SupportUnit(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A unit that drives to violations from its base."""

    def __init__(self, model: "PlainModel", x_km: float) -> None:
        super().__init__(model)
        self.x_km = x_km
        self.stage: Literal["ready", "responding", "away"] = "ready"
        self.detected_min = self.arrival_min = self.return_min = 0.0

    def dispatch(self, x_km: float, detected_min: float, now_min: float) -> None:
        """Set out for a violation."""
        km = ((x_km - self.x_km) ** 2 + BASE_OFFSET_KM**2) ** 0.5
        travel_min = km * ROAD_MIN_PER_KM
        self.stage = "responding"
        self.detected_min = detected_min
        self.arrival_min = now_min + READINESS_MIN + travel_min
        self.return_min = self.arrival_min + ON_SCENE_MIN + travel_min

    def step(self) -> None:
        """Arrive, or be back at base and take the call that has waited longest."""
        if self.stage == "ready":
            return
        if self.stage == "responding" and self.arrival_min <= self.model.time:
            self.model.responses_min.append(self.arrival_min - self.detected_min)
            self.stage = "away"
        elif self.stage == "away" and self.return_min <= self.model.time:
            self.stage = "ready"
            if self.model.waiting:
                x_km, detected_min = self.model.waiting.pop(0)
                self.dispatch(x_km, detected_min, self.return_min)


class PlainModel(mesa.Model):  # type: ignore[misc]  # Mesa ships no types
    """The job in steps of a minute."""

    def __init__(self, n_drones: int, n_units: int, rate_per_day: float, rng: int) -> None:
        super().__init__(rng=rng)
        self.rate_per_min = rate_per_day / 1440.0
        stretch = LINE_KM / n_drones
        for i in range(n_drones):
            Drone(self, i * stretch, (i + 1) * stretch)
        for i in range(n_units):
            SupportUnit(self, (i + 0.5) * LINE_KM / n_units)
        self.drones = self.agents_by_type[Drone]
        self.units = self.agents_by_type[SupportUnit]
        self.live: list[Violation] = []
        self.waiting: list[tuple[float, float]] = []
        self.responses_min: list[float] = []
        self.n_violations = self.n_detected = self.n_missed = 0
        self.next_onset_min = self.random.expovariate(self.rate_per_min)

    def step(self) -> None:
        """Go through one minute; it ends at `time`."""
        while self.next_onset_min < self.time:
            self.n_violations += 1
            x_km = self.random.uniform(0.0, LINE_KM)
            self.live.append(Violation(self, x_km, self.time - 1.0))
            self.next_onset_min += self.random.expovariate(self.rate_per_min)
        self.drones.do("step")
        self.units.do("step")
        for violation in self.live:
            violation.step()
        self.live = [violation for violation in self.live if violation.end_min > self.time]

    def detect(self, violation: Violation, now_min: float) -> None:
        """Send the nearest ready unit to a violation, or let the call wait."""
        self.n_detected += 1
        self.live.remove(violation)
        violation.remove()
        ready = [unit for unit in self.units if unit.stage == "ready"]
        if not ready:
            self.waiting.append((violation.x_km, now_min))
            return
        nearest = min(ready, key=lambda unit: abs(unit.x_km - violation.x_km))
        nearest.dispatch(violation.x_km, now_min, now_min)


def run(
    seed: int,
    n_drones: int = 60,
    n_units: int = 40,
    days: float = 90,
    rate_per_day: float = 50.0,
) -> JobResult:
    """Run the job once.

    Parameters
    ----------
    seed
        Seed of the run.
    n_drones, n_units
        How many drones and support units share the line.
    days
        Length of the run.
    rate_per_day
        Expected violations a day.

    Returns
    -------
    JobResult
        The measures of the run.
    """
    model = PlainModel(n_drones, n_units, rate_per_day, seed)
    model.run_for(round(days * 1440))
    return JobResult(
        model.n_detected / (model.n_detected + model.n_missed),
        sum(model.responses_min) / len(model.responses_min),
        model.n_violations,
    )
