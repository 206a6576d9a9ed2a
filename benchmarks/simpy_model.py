"""The job in SimPy: each violation is a process, and so is each trip of a support unit."""

from collections import deque
from collections.abc import Generator, Iterator
from heapq import merge
from itertools import count
from math import ceil
from random import Random

import simpy

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

type Process = Generator[simpy.Event]

DRONE_MIN_PER_KM = 60.0 / DRONE_SPEED_KMH
ROAD_MIN_PER_KM = 60.0 * ROAD_FACTOR / UNIT_SPEED_KMH


class Drone:
    """A drone that flies back and forth; it leaves the low end of its stretch at `away_min`."""

    def __init__(self, from_km: float, stretch_km: float, rng: Random) -> None:
        self.from_km = from_km
        self.stretch_km = stretch_km
        self.period_min = 2.0 * stretch_km * DRONE_MIN_PER_KM
        self.away_min = rng.uniform(0.0, self.period_min)

    def views(self, x_km: float) -> list[tuple[float, float]]:
        """Return when a place is in view in a round trip (from, to; min after leaving the low end).

        Near the ends of the stretch the ways there and back are one view without a break.
        """
        near = (x_km - RADIUS_KM - self.from_km) * DRONE_MIN_PER_KM
        far = (x_km + RADIUS_KM - self.from_km) * DRONE_MIN_PER_KM
        if near < 0.0:
            return [(-far, far)]
        if far > 0.5 * self.period_min:
            return [(near, self.period_min - near)]
        return [(near, far), (self.period_min - far, self.period_min - near)]

    def looks(self, x_km: float, now_min: float) -> Iterator[float]:
        """Go through the times of all looks at a place from now on."""
        views = [(begin + self.away_min, end + self.away_min) for begin, end in self.views(x_km)]
        if any((now_min - begin) % self.period_min < end - begin for begin, end in views):
            yield now_min
        begins = [begin for begin, _ in views]
        for trip in count(ceil((now_min - max(begins)) / self.period_min)):
            for begin in begins:
                at = begin + trip * self.period_min
                if at > now_min:
                    yield at


class SupportUnit:
    """A unit at its base."""

    def __init__(self, x_km: float) -> None:
        self.x_km = x_km


class Job:
    """The state of a run and its processes."""

    def __init__(self, n_drones: int, n_units: int, rate_per_day: float, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = Random(seed)
        self.stretch_km = LINE_KM / n_drones
        self.drones = [
            Drone(i * self.stretch_km, self.stretch_km, self.rng) for i in range(n_drones)
        ]
        self.ready = [SupportUnit((i + 0.5) * LINE_KM / n_units) for i in range(n_units)]
        self.waiting: deque[tuple[float, float]] = deque()
        self.responses_min: list[float] = []
        self.n_violations = self.n_detected = self.n_missed = 0
        self.env.process(self.onsets(rate_per_day / 1440.0))

    def onsets(self, rate_per_min: float) -> Process:
        """Let violations begin."""
        while True:
            yield self.env.timeout(self.rng.expovariate(rate_per_min))
            self.n_violations += 1
            self.env.process(self.violation(self.rng.uniform(0.0, LINE_KM)))

    def violation(self, x_km: float) -> Process:
        """Live through a violation: it is looked at until it is detected or over."""
        end_min = self.env.now + self.rng.expovariate(1.0 / MEAN_DURATION_MIN)
        for at in merge(*(drone.looks(x_km, self.env.now) for drone in self.drones_near(x_km))):
            if at >= end_min:
                break
            yield self.env.timeout(at - self.env.now)
            if self.rng.random() < LOOK_CHANCE:
                self.n_detected += 1
                self.answer(x_km)
                return
        yield self.env.timeout(end_min - self.env.now)
        self.n_missed += 1

    def drones_near(self, x_km: float) -> list[Drone]:
        """Return the drones whose footprint reaches a place."""
        first = max(0, int((x_km - RADIUS_KM) / self.stretch_km))
        last = min(len(self.drones) - 1, int((x_km + RADIUS_KM) / self.stretch_km))
        return self.drones[first : last + 1]

    def answer(self, x_km: float) -> None:
        """Send the nearest ready unit to a violation, or let the call wait."""
        if not self.ready:
            self.waiting.append((x_km, self.env.now))
            return
        nearest = min(self.ready, key=lambda unit: abs(unit.x_km - x_km))
        self.ready.remove(nearest)
        self.env.process(self.trip(nearest, x_km, self.env.now))

    def trip(self, unit: SupportUnit, x_km: float, detected_min: float) -> Process:
        """Drive to a violation, work there and drive back, on to the call that waited longest."""
        travel_min = ((x_km - unit.x_km) ** 2 + BASE_OFFSET_KM**2) ** 0.5 * ROAD_MIN_PER_KM
        yield self.env.timeout(READINESS_MIN + travel_min)
        self.responses_min.append(self.env.now - detected_min)
        yield self.env.timeout(ON_SCENE_MIN + travel_min)
        if self.waiting:
            self.env.process(self.trip(unit, *self.waiting.popleft()))
        else:
            self.ready.append(unit)


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
    job = Job(n_drones, n_units, rate_per_day, seed)
    job.env.run(until=days * 1440.0)
    return JobResult(
        job.n_detected / (job.n_detected + job.n_missed),
        sum(job.responses_min) / len(job.responses_min),
        job.n_violations,
    )
