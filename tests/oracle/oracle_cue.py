"""Oracle, part 5: a drone that can be sent to confirm a report, and when a place is in view."""

import copy
import math
from dataclasses import dataclass, fields

from oracle_drones import GROUNDING_LEVEL, ON_STATION, Drone
from oracle_posts import Point, distance_km

CUE_OUT, SEARCH, BACK = "to the place", "searching", "back to the patrol"
AWAY = (CUE_OUT, SEARCH, BACK)


@dataclass
class CueDrone(Drone):
    """A drone with a second task: to fly to a place, search there, and come back."""

    off: bool = False  # its group is switched off
    report: int = -1
    place_of_report: Point = (0.0, 0.0)
    search_until_h: float = math.inf
    left_at: Point = (0.0, 0.0)
    ended_cue: int = -1  # the report whose search is over without a result
    ended_cue_h: float = math.nan
    cues: int = 0

    @classmethod
    def of(cls, drone: Drone) -> "CueDrone":
        """Return a drone that can be sent."""
        return cls(**{field.name: getattr(drone, field.name) for field in fields(drone)})

    def copied(self) -> "CueDrone":
        """Return a copy that can be flown ahead without effect on this one."""
        ahead = copy.copy(self)
        ahead.samples = self.samples[-1:]
        ahead.sorties = [*self.sorties[:-1], *map(copy.copy, self.sorties[-1:])]
        return ahead

    def flight_to(self, place: Point) -> tuple[float, Point]:
        """Return the flight time until a place is in view, and where the drone then is."""
        away = distance_km(self.place, place)
        left = max(0.0, away - self.platform.radius_km)
        share = left / away if away > 0.0 else 0.0
        (x, y), (px, py) = self.place, place
        return left / self.transit_speed_kmh, (x + share * (px - x), y + share * (py - y))

    def home_h(self, place: Point) -> float:
        """Return the time home from a place."""
        return distance_km(place, self.post.base) / self.transit_speed_kmh

    def send(self, t: float, report: int, place: Point) -> None:
        """Leave the patrol for a report."""
        self.sample(t)
        self.report, self.place_of_report, self.left_at = report, place, self.place
        self.state = CUE_OUT
        self.sorties[-1].off_station_h = t  # unless it comes back to its patrol
        self.cues += 1
        self.sample(t)

    def recall(self, t: float) -> None:
        """End the search: back to the patrol, or home where the time does not suffice."""
        self.report = -1
        self.search_until_h = math.inf
        back_h = distance_km(self.place, self.left_at) / self.transit_speed_kmh
        if t + back_h > self.take_off_h + self.endurance_h - self.reserve_h:
            self._turn_home(t)
        else:
            self.state = BACK
            if back_h == 0.0:
                self._resume()
            self.sample(t)

    def advance(
        self, t: float, until: float, *, weather: int, jammed: bool, mortal: bool = True
    ) -> None:
        """Live through a step; what stops a patrol stops a flight to a report as well."""
        weather = 100 if self.off else weather
        if weather >= GROUNDING_LEVEL[self.platform.grounded_by] and self.state in AWAY:
            self.turned_by_weather = True
            self._turn_home(t)
        super().advance(t, until, weather=weather, jammed=jammed, mortal=mortal)

    def _turn_home(self, t: float) -> None:
        self._abandon(t)
        super()._turn_home(t)

    def _lose(self, t: float) -> None:
        self._abandon(t)
        super()._lose(t)

    def _resume(self) -> None:
        self.state = ON_STATION
        self.sorties[-1].off_station_h = math.nan

    def _abandon(self, t: float) -> None:
        if self.report >= 0:
            self.ended_cue, self.report = self.report, -1
            self.ended_cue_h = t
        self.search_until_h = math.inf

    def _fly(self, t: float, until: float) -> float:
        if self.state not in AWAY:
            return super()._fly(t, until)
        if self.state == SEARCH:
            return until
        target = self.left_at if self.state == BACK else self.flight_to(self.place_of_report)[1]
        left = distance_km(self.place, target)
        arrival = t + left / self.transit_speed_kmh
        if arrival > until + 1e-12:
            share = self.transit_speed_kmh * (until - t) / left
            (x, y), (tx, ty) = self.place, target
            self.place = (x + share * (tx - x), y + share * (ty - y))
            return until
        self.place = target
        if self.state == BACK:
            self._resume()
        else:
            self.state = SEARCH
        self.sample(min(arrival, until))
        return min(arrival, until)


def seen_from(
    drone: Drone, place: Point, a: tuple[float, ...], b: tuple[float, ...]
) -> tuple[float, float] | None:
    """Return when a place is in view on a straight way between two samples, or None."""
    (ta, ax, ay, _), (tb, bx, by, _) = a, b
    dx, dy, fx, fy = bx - ax, by - ay, ax - place[0], ay - place[1]
    square, slope = dx * dx + dy * dy, fx * dx + fy * dy
    rest = fx * fx + fy * fy - drone.platform.radius_km**2
    if square == 0.0:
        return (-math.inf, math.inf) if rest <= 0.0 else None
    root = slope * slope - square * rest
    if root < 0.0:
        return None
    low, high = (-slope - math.sqrt(root)) / square, (-slope + math.sqrt(root)) / square
    return (ta + low * (tb - ta), ta + high * (tb - ta))
