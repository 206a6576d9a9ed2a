"""Oracle, part 3: which drone looks at which violation when, and which look detects it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from oracle_drones import Drone
from oracle_posts import Surroundings

from sim.scenario import Platform

MOMENT_H = 1e-9
SAME_H = 1e-7  # what ends does not include its end, whatever rounding makes of that

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A violation that may happen, with its pre-drawn numbers (km, h)."""

    number: int
    onset_h: float
    end_h: float
    chainage_km: float
    offset_km: float
    x_km: float
    y_km: float
    threshold: float
    delay_h: float
    calm_mark: float
    parent_mark: float
    kind: str
    severity: int
    parent: int
    service_exponential: float
    service_normal: float


@dataclass(frozen=True)
class Detection:
    """The looks at one violation up to the one that detects it; NaN and -1 if none does."""

    detected_h: float
    drone: int
    looks: int


def base_chance(platform: Platform, kind: str) -> float:
    """Return the chance of one look in fair weather by day."""
    chances = platform.look_chance
    if not isinstance(chances, dict):
        return chances
    return chances[kind] if kind in chances else chances["default"]


def look_chance(
    platform: Platform, candidate: Candidate, surroundings: Surroundings, t: float
) -> float:
    """Return the chance that a look at a time detects a violation."""
    chance = base_chance(platform, candidate.kind)
    weather, jammed = surroundings.at(surroundings.zone(candidate.chainage_km), t)
    if t % 24 >= 20 or t % 24 < 6:
        chance *= platform.night_factor
    if weather >= 1:
        chance *= platform.poor_weather_factor
    if jammed:
        chance *= platform.jamming_factor
    return chance


class FlightLog:
    """The samples of a drone's flight as columns; between two samples it flies straight."""

    def __init__(self, drone: Drone) -> None:
        rows = np.array(drone.samples, dtype=np.float64)
        self.drone = drone
        self.t, self.x, self.y, self.stay = rows.T

    def place(self, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Return where the drone is at some times, and the number of its stay or 0."""
        before = np.searchsorted(self.t, t, side="right") - 1
        after = np.minimum(before + 1, len(self.t) - 1)
        gap = self.t[after] - self.t[before]
        share = np.divide(t - self.t[before], gap, out=np.zeros_like(t), where=gap > 0)
        x = self.x[before] + share * (self.x[after] - self.x[before])
        y = self.y[before] + share * (self.y[after] - self.y[before])
        return x, y, self.stay[before]

    def look_times(self, candidate: Candidate, step_h: float) -> list[float]:
        """Return when the drone looks at a violation if nobody detects it."""
        radius_km = self.drone.platform.radius_km
        end = min(candidate.end_h, float(self.t[-1]))
        known = self.t[(self.t > candidate.onset_h) & (self.t < end)]
        # far away at every sample: no need to look closer
        x, y, _ = self.place(np.array([candidate.onset_h, *known, end]))
        away = np.hypot(x - candidate.x_km, y - candidate.y_km)
        if not (away <= radius_km + np.hypot(np.diff(x), np.diff(y)).max()).any():
            return []
        even = np.arange(candidate.onset_h, end, step_h)
        # a look may be due just before the drone leaves its station, which is at a sample
        just_before = np.maximum(known - MOMENT_H, candidate.onset_h)
        times = np.unique(np.concatenate([even, known, just_before, [end]]))
        x, y, stay = self.place(times)
        away = np.hypot(x - candidate.x_km, y - candidate.y_km)
        visit = np.where(away <= radius_km, stay, 0)
        return self._looks(times.tolist(), visit.tolist(), candidate.end_h)

    def _looks(self, times: list[float], visits: list[float], end_h: float) -> list[float]:
        interval_min = self.drone.platform.look_interval_min
        interval = math.inf if interval_min is None else interval_min / 60.0
        looks: list[float] = []
        made = 0
        under_way = 0.0  # the stay during which the violation is inside the footprint; 0: it is not
        next_look = since = math.inf
        for t, visit in zip(times, visits, strict=True):
            if visit != under_way:
                under_way = visit
                next_look = since = t if visit else math.inf
                made = 0
            while next_look <= t and next_look < end_h - SAME_H:
                looks.append(next_look)
                made += 1
                next_look = since + made * interval
        return looks


def detect(
    candidate: Candidate, logs: list[FlightLog], surroundings: Surroundings, step_h: float
) -> Detection:
    """Follow the evidence about a violation, look by look."""
    looks = [(t, log.drone) for log in logs for t in log.look_times(candidate, step_h)]
    evidence = 0.0
    looks.sort(key=lambda look: (look[0], look[1].lots_of(candidate.number)))
    for count, (t, drone) in enumerate(looks, start=1):
        chance = look_chance(drone.platform, candidate, surroundings, t)
        evidence += math.inf if chance >= 1.0 else -math.log(1.0 - chance)
        if evidence >= candidate.threshold:
            return Detection(t, drone.number, count)
    return Detection(math.nan, -1, len(looks))
