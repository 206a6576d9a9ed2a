"""The job with Mesa's own event scheduling: something is called only when something happens.

Time is in days: Mesa calls `Model.step` once a unit of time, which costs nothing noticeable at one
empty call a day.
"""

from collections import deque

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

DAY_MIN = 1440.0
DRONE_KM_PER_DAY = DRONE_SPEED_KMH * 24.0
ROAD_DAYS_PER_KM = ROAD_FACTOR / (UNIT_SPEED_KMH * 24.0)
MEAN_DURATION = MEAN_DURATION_MIN / DAY_MIN
READINESS = READINESS_MIN / DAY_MIN
ON_SCENE = ON_SCENE_MIN / DAY_MIN

HERE_KM = 1e-6
"""A place this near ahead counts as reached, so that rounding does not make a look happen twice."""


class Drone(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A drone that flies back and forth: it goes around a circle of twice its stretch."""

    def __init__(self, model: "EventModel", from_km: float, stretch_km: float) -> None:
        super().__init__(model)
        self.from_km = from_km
        self.stretch_km = stretch_km
        self.circle_km = 2.0 * stretch_km
        self.start_km: float = model.random.uniform(0.0, self.circle_km)

    def views(self, x_km: float) -> tuple[tuple[float, float], ...]:
        """Return the arcs of the circle (begin, length in km) with a place in view.

        Near the ends of the stretch the ways there and back are one view without a break.
        """
        z = x_km - self.from_km
        if z < RADIUS_KM:
            half = z + RADIUS_KM
            return ((-half, 2.0 * half),)
        if z > self.stretch_km - RADIUS_KM:
            half = self.stretch_km - z + RADIUS_KM
            return ((self.stretch_km - half, 2.0 * half),)
        width = 2.0 * RADIUS_KM
        return (z - RADIUS_KM, width), (self.circle_km - z - RADIUS_KM, width)

    def first_look(self, x_km: float, now: float) -> float:
        """Return when the drone first looks at a place from now on: at once if it is in view."""
        at_km = self.start_km + DRONE_KM_PER_DAY * now
        for begin, length in self.views(x_km):
            if (at_km - begin) % self.circle_km < length:
                return now
        return self.next_look(x_km, now)

    def next_look(self, x_km: float, now: float) -> float:
        """Return when a place next comes into view, later than now."""
        at_km = self.start_km + DRONE_KM_PER_DAY * now + HERE_KM
        ahead = min((begin - at_km) % self.circle_km for begin, _ in self.views(x_km))
        return now + (ahead + HERE_KM) / DRONE_KM_PER_DAY


class Violation(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """An incident on the line, kept until it ends or is answered."""

    def __init__(self, model: "EventModel", x_km: float) -> None:
        super().__init__(model)
        self.x_km = x_km
        self.end = model.time + model.random.expovariate(1.0 / MEAN_DURATION)
        self.detected = 0.0
        self.looks = [(d.first_look(x_km, model.time), d) for d in model.drones_near(x_km)]
        self.schedule_look()

    def schedule_look(self) -> None:
        """Wait for the drone that looks next, or for the end."""
        at = min(self.looks, key=lambda look: look[0])[0]
        if at < self.end:
            self.model.schedule_event(self.look, at=at)
        else:
            self.model.schedule_event(self.be_over, at=self.end)

    def look(self) -> None:
        """Be looked at: be detected, or wait for the next look."""
        now = self.model.time
        if self.random.random() < LOOK_CHANCE:
            self.detected = now
            self.model.answer(self)
            return
        self.looks = [
            (drone.next_look(self.x_km, now), drone) if at <= now else (at, drone)
            for at, drone in self.looks
        ]
        self.schedule_look()

    def be_over(self) -> None:
        """End without having been detected."""
        self.model.n_missed += 1
        self.remove()


class SupportUnit(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A unit that drives to violations from its base."""

    def __init__(self, model: "EventModel", x_km: float) -> None:
        super().__init__(model)
        self.x_km = x_km
        self.violation: Violation | None = None
        self.travel = 0.0

    def dispatch(self, violation: Violation) -> None:
        """Set out for a violation."""
        km = ((violation.x_km - self.x_km) ** 2 + BASE_OFFSET_KM**2) ** 0.5
        self.violation = violation
        self.travel = km * ROAD_DAYS_PER_KM
        self.model.schedule_event(self.arrive, after=READINESS + self.travel)

    def arrive(self) -> None:
        """Begin the work on the scene."""
        if self.violation is not None:
            self.model.responses.append(self.model.time - self.violation.detected)
            self.violation.remove()
        self.model.schedule_event(self.come_back, after=ON_SCENE + self.travel)

    def come_back(self) -> None:
        """Be at base again and take the call that has waited longest."""
        if self.model.waiting:
            self.dispatch(self.model.waiting.popleft())
        else:
            self.model.ready.append(self)


class EventModel(mesa.Model):  # type: ignore[misc]  # Mesa ships no types
    """The job as events."""

    def __init__(self, n_drones: int, n_units: int, rate_per_day: float, rng: int) -> None:
        super().__init__(rng=rng)
        self.rate_per_day = rate_per_day
        self.stretch_km = LINE_KM / n_drones
        self.drones = [Drone(self, i * self.stretch_km, self.stretch_km) for i in range(n_drones)]
        self.ready = [SupportUnit(self, (i + 0.5) * LINE_KM / n_units) for i in range(n_units)]
        self.waiting: deque[Violation] = deque()
        self.responses: list[float] = []
        self.n_violations = self.n_detected = self.n_missed = 0
        self.schedule_onset()

    def schedule_onset(self) -> None:
        """Wait for the next violation."""
        self.schedule_event(self.onset, after=self.random.expovariate(self.rate_per_day))

    def onset(self) -> None:
        """Let a violation begin."""
        self.n_violations += 1
        Violation(self, self.random.uniform(0.0, LINE_KM))
        self.schedule_onset()

    def drones_near(self, x_km: float) -> list[Drone]:
        """Return the drones whose footprint reaches a place."""
        first = max(0, int((x_km - RADIUS_KM) / self.stretch_km))
        last = min(len(self.drones) - 1, int((x_km + RADIUS_KM) / self.stretch_km))
        return self.drones[first : last + 1]

    def answer(self, violation: Violation) -> None:
        """Send the nearest ready unit to a violation, or let the call wait."""
        self.n_detected += 1
        if not self.ready:
            self.waiting.append(violation)
            return
        nearest = min(self.ready, key=lambda unit: abs(unit.x_km - violation.x_km))
        self.ready.remove(nearest)
        nearest.dispatch(violation)


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
    model = EventModel(n_drones, n_units, rate_per_day, seed)
    model.run_until(days)
    return JobResult(
        model.n_detected / (model.n_detected + model.n_missed),
        sum(model.responses) / len(model.responses) * DAY_MIN,
        model.n_violations,
    )
