"""Oracle, part 2: where every drone is, found by flying it in small fixed time steps.

Nothing here is taken from the engine. A drone is moved along its track and along the straight way
from and to its base, a little at a time; a step is cut short only where the drone changes what it
does (arrives, leaves, lands, takes off, is lost, comes to a vertex of its track), so that flight
times do not drift and the way between two samples is straight.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from oracle_posts import Point, Post, Surroundings, distance_km

from sim.scenario import Platform

GROUND, OUTBOUND, ON_STATION, INBOUND = "ground", "outbound", "on station", "inbound"
GROUNDING_LEVEL = {"poor": 1, "severe": 2, "never": 99}


@dataclass
class Sortie:
    """One flight; times in hours, NaN where something did not happen."""

    drone: int
    launched_h: float
    on_station_h: float = math.nan
    off_station_h: float = math.nan
    landed_h: float = math.nan
    end: str = "open"


@dataclass
class Drone:
    """A drone that is flown step by step."""

    number: int
    group: str
    platform: Platform
    post: Post
    zone: int
    length_factor: float
    thresholds: list[float]  # of accumulated hazard, one for each life
    state: str = GROUND
    ready_h: float = 0.0
    place: Point = (0.0, 0.0)
    w_km: float = 0.0
    take_off_h: float = 0.0
    turned_by_weather: bool = False
    hazard: float = 0.0
    lives_lost: int = 0
    sorties: list[Sortie] = field(default_factory=list)
    # (time, x, y, number of the stay on station or 0) wherever the drone was sampled
    samples: list[tuple[float, float, float, int]] = field(default_factory=list)
    lots_of: Callable[[int], int] = int  # drawn by it for each violation, against others

    @property
    def track_speed_kmh(self) -> float:
        """Speed along the mapped track."""
        return self.platform.speed_kmh / self.length_factor

    @property
    def transit_speed_kmh(self) -> float:
        """Speed between base and track; endless for what stands at its post."""
        return self.platform.transit_speed_kmh or self.platform.speed_kmh or math.inf

    @property
    def endurance_h(self) -> float:
        """Time from take-off to landing."""
        return math.inf if self.platform.endurance_h is None else self.platform.endurance_h

    @property
    def reserve_h(self) -> float:
        """Time kept for the way home."""
        return self.post.farthest_km / self.transit_speed_kmh

    def place_at_start(self, cycle_share: float, weather: int) -> None:
        """Put the drone where it is at time 0."""
        self.place = self.post.base
        if weather >= GROUNDING_LEVEL[self.platform.grounded_by]:
            self.ready_h = 0.0
        elif self.platform.endurance_h is None:
            self.state = ON_STATION
            self.w_km = cycle_share * self.post.track.period_km
            self.place = self.post.track.position(self.w_km)
            self.sorties.append(Sortie(self.number, 0.0, on_station_h=0.0))
        else:
            # the way out, the stay, the way home from where it then is, and the turnaround
            flight = self._planned_flight_h()
            cycle = flight + self.platform.turnaround_h
            age = cycle_share * cycle
            if age >= flight:
                self.ready_h = cycle - age
            else:
                self.ready_h = -age
                self.advance(-age, 0.0, weather=0, jammed=False, mortal=False)
                self.samples.clear()
        self.sample(0.0)

    def _planned_flight_h(self) -> float:
        """Return how long a sortie takes, by flying it."""
        trial = copy.copy(self)
        trial.samples, trial.sorties = [], []
        trial.advance(0.0, self.endurance_h + 1.0, weather=0, jammed=False, mortal=False)
        return trial.sorties[0].landed_h

    def sample(self, t: float) -> None:
        """Note where the drone is."""
        stay = len(self.sorties) if self.state == ON_STATION else 0
        self.samples.append((t, self.place[0], self.place[1], stay))

    def advance(
        self, t: float, until: float, *, weather: int, jammed: bool, mortal: bool = True
    ) -> None:
        """Live through a step during which the surroundings do not change."""
        grounded = weather >= GROUNDING_LEVEL[self.platform.grounded_by]
        if grounded and self.state in (OUTBOUND, ON_STATION):
            self.turned_by_weather = True
            self._turn_home(t)
        rate = self.platform.loss_per_1000_h / 1000.0
        if jammed:
            rate *= self.platform.jamming_loss_factor
        while t < until:
            limit = until
            flying = self.state != GROUND
            if flying and mortal and rate > 0.0:
                left = self.thresholds[self.lives_lost] - self.hazard
                limit = min(until, t + left / rate)
            lost = limit < until
            before = t
            t = self._fly(t, limit) if flying else self._wait(t, until, grounded=grounded)
            if flying and mortal:
                self.hazard += rate * (t - before)
                if lost and t == limit:
                    self._lose(t)
        self.sample(until)

    def _wait(self, t: float, until: float, *, grounded: bool) -> float:
        if grounded or self.ready_h >= until:
            return until
        t = max(t, self.ready_h)
        self.state = OUTBOUND
        self.take_off_h = t
        self.turned_by_weather = False
        self.sorties.append(Sortie(self.number, t))
        return t

    def _fly(self, t: float, until: float) -> float:
        if self.state == ON_STATION:
            return self._patrol(t, until)
        target = self.post.entry if self.state == OUTBOUND else self.post.base
        left = distance_km(self.place, target)
        arrival = t + left / self.transit_speed_kmh
        if arrival > until:
            share = self.transit_speed_kmh * (until - t) / left
            (x, y), (tx, ty) = self.place, target
            self.place = (x + share * (tx - x), y + share * (ty - y))
            return until
        self.place = target
        if self.state == OUTBOUND:
            self.state = ON_STATION
            self.w_km = self.post.entry_km
            self.sorties[-1].on_station_h = arrival
            self.sample(arrival)
        else:
            self.state = GROUND
            self.ready_h = arrival + self.platform.turnaround_h
            self.sorties[-1].landed_h = arrival
            self.sorties[-1].end = "weather" if self.turned_by_weather else "planned"
        return arrival

    def _patrol(self, t: float, until: float) -> float:
        leave = self.take_off_h + self.endurance_h - self.reserve_h
        stop = min(until, leave)
        track = self.post.track
        if track.period_km > 0.0:
            if self.w_km >= track.period_km:  # the entry point is the end of a round
                self._pass_corner(t, track.period_km)
            ahead = min(at for at in track.vertices_at_km if at > self.w_km)
            corner = t + (ahead - self.w_km) / self.track_speed_kmh
            if corner <= stop:
                self._pass_corner(corner, ahead)
                return corner
            # rounding must not carry it past the vertex that it does not reach
            self.w_km = min(self.w_km + self.track_speed_kmh * (stop - t), math.nextafter(ahead, 0))
            self.place = track.position(self.w_km)
        if leave <= until:
            self._turn_home(leave)
        return stop

    def _pass_corner(self, t: float, w_km: float) -> None:
        track = self.post.track
        self.w_km = w_km
        self.place = track.position(w_km)
        self.sample(t)
        if w_km == track.period_km:  # the next round; a stream goes on at its beginning
            self.w_km = 0.0
            self.place = track.position(0.0)
            self.sample(t)

    def _turn_home(self, t: float) -> None:
        if self.state == ON_STATION:
            self.sample(t)  # the last moment on station
            self.sorties[-1].off_station_h = t
        self.state = INBOUND
        self.sample(t)

    def _lose(self, t: float) -> None:
        if self.state == ON_STATION:
            self.sample(t)
            self.sorties[-1].off_station_h = t
        self.state = GROUND
        self.place = self.post.base
        self.sample(t)
        self.sorties[-1].landed_h = t
        self.sorties[-1].end = "lost"
        self.hazard = 0.0
        self.lives_lost += 1
        self.ready_h = t + 24.0 * self.platform.replacement_days


def fly_all(
    drones: list[Drone],
    cycle_shares: list[float],
    surroundings: Surroundings,
    instants: list[float],
) -> None:
    """Fly every drone from time 0 through a list of instants that begins with 0."""
    for drone, share in zip(drones, cycle_shares, strict=True):
        weather, _ = surroundings.at(drone.zone, 0.0)
        drone.place_at_start(share, weather)
        for t, until in pairwise(instants):
            weather, jammed = surroundings.at(drone.zone, t)
            drone.advance(t, until, weather=weather, jammed=jammed)
