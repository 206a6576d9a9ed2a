"""Oracle, part 4: who is sent where and when, given when each violation is detected.

This half has no time steps: the few things that happen (onsets, calls, arrivals, units that come
free, calls that expire) are taken in order of time from a sorted list.
"""

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from oracle_looks import SAME_H, Candidate
from oracle_posts import Point, distance_km

from sim.geography import ContactLine
from sim.scenario import Scenario, SupportGroup


@dataclass
class Unit:
    """A support unit."""

    number: int
    group: SupportGroup
    base: Point
    sector: int
    ready: bool = True
    lots_of: Callable[[int], int] = int  # drawn by its base for each violation, against others

    def answers(self, kind: str) -> bool:
        """Whether the unit is sent to this kind of violation."""
        return self.group.answers is None or kind in self.group.answers


@dataclass
class Case:
    """What became of one candidate; times in hours, NaN where something did not happen."""

    happened: bool = False
    called_h: float = math.nan
    dispatched_h: float = math.nan
    unit: int = -1
    arrived_h: float = math.nan
    free_h: float = math.nan  # when the unit is ready for another call
    cleared_h: float = math.nan
    dropped: str = ""  # "lost" or "expired"


def _sector(line: ContactLine, sectors: int, chainage_km: float) -> int:
    return min(sectors - 1, int(chainage_km / line.length_km * sectors))


def lay_units(
    scenario: Scenario, line: ContactLine, lots: Callable[[str], Callable[[int], int]]
) -> list[Unit]:
    """Return all units in the order of the scenario."""
    units: list[Unit] = []
    for name, group in scenario.support.items():
        low = 0.0 if group.from_km is None else group.from_km
        high = line.length_km if group.to_km is None else group.to_km
        for number in range(group.count):
            if group.placement == "bases":
                base = group.bases[number % len(group.bases)]
                place = line.to_plane(base.lon, base.lat)
                chainage = float(line.locate(place)[0])
            else:
                chainage = low + (number + 0.5) * (high - low) / group.count
                place = line.point(chainage, group.base_offset_km)
            sector = _sector(line, scenario.line.sectors, chainage)
            point = (float(place[0]), float(place[1]))
            at = number % len(group.bases) if group.placement == "bases" else number
            lots_of = lots(f"{name}/{at}")
            units.append(Unit(len(units), group, point, sector, lots_of=lots_of))
    return units


def on_scene_h(group: SupportGroup, case: Candidate) -> float:
    """Return how long the unit stays."""
    if group.on_scene == "exponential":
        return group.on_scene_h * case.service_exponential
    if group.on_scene == "lognormal":
        variance = math.log(1.0 + group.on_scene_cv**2)
        spread = math.sqrt(variance)
        return group.on_scene_h * math.exp(spread * case.service_normal - variance / 2.0)
    return group.on_scene_h


@dataclass
class Response:
    """The response half of one run."""

    scenario: Scenario
    line: ContactLine
    candidates: list[Candidate]
    detected_h: list[float]  # of each candidate, as if it happened; NaN if never
    units: list[Unit]
    cases: list[Case] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)  # (time, chainage)
    agenda: list[tuple[float, int, str, int]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)  # of what is planned for the same time

    def run(self, horizon_h: float) -> list[Case]:
        """Take everything up to the horizon in order of time."""
        self.cases = [Case() for _ in self.candidates]
        for candidate in self.candidates:
            self._plan(candidate.onset_h, "onset", candidate.number)
        while self.agenda and self.agenda[0][0] <= horizon_h:
            t, _, what, which = heapq.heappop(self.agenda)
            getattr(self, f"_{what}")(t, which)
        return self.cases

    def _plan(self, t: float, what: str, which: int) -> None:
        heapq.heappush(self.agenda, (t, next(self.order), what, which))

    def _onset(self, t: float, number: int) -> None:
        candidate = self.candidates[number]
        case = self.cases[number]
        case.happened = not self._prevented(t, candidate)
        detected = self.detected_h[number]
        if not case.happened or math.isnan(detected):
            return
        if candidate.severity >= self.scenario.command.min_severity:
            self._plan(detected + candidate.delay_h, "call", number)

    def _prevented(self, t: float, candidate: Candidate) -> bool:
        feedback = self.scenario.violations.feedback
        if candidate.parent >= 0:
            parent = self.cases[candidate.parent]
            if not parent.happened:
                return True
            helped = parent.arrived_h <= t  # false while it is NaN
            dropped = candidate.parent_mark < feedback.answered_offspring_drop
            if feedback.enabled and helped and dropped:
                return True
        if not feedback.enabled or candidate.calm_mark >= feedback.calm_effect:
            return False
        return any(
            t - feedback.calm_h <= time <= t
            and abs(chainage - candidate.chainage_km) <= feedback.calm_radius_km
            for time, chainage in self.answers
        )

    def destination(self, unit: Unit, candidate: Candidate) -> Point:
        """Return where the unit goes; stand-off as on a straight line."""
        standoff = unit.group.standoff_km
        if candidate.offset_km >= standoff:
            return (candidate.x_km, candidate.y_km)
        point = self.line.point(candidate.chainage_km, standoff)
        return (float(point[0]), float(point[1]))

    def travel_h(self, unit: Unit, candidate: Candidate) -> float:
        """Return the time on the road, one way."""
        straight = distance_km(unit.base, self.destination(unit, candidate))
        return straight * unit.group.road_factor / unit.group.speed_kmh

    def time_to_arrive_h(self, unit: Unit, candidate: Candidate) -> float:
        """Return the time from dispatch to arrival."""
        return unit.group.readiness_min / 60.0 + self.travel_h(unit, candidate)

    def _call(self, t: float, number: int) -> None:
        case, candidate = self.cases[number], self.candidates[number]
        case.called_h = t
        ready = [unit for unit in self.units if unit.ready and unit.answers(candidate.kind)]
        if self.scenario.dispatch.rule == "sector_first":
            sector = _sector(self.line, self.scenario.line.sectors, candidate.chainage_km)
            ready = [unit for unit in ready if unit.sector == sector] or ready
        if ready:
            hours = [self.time_to_arrive_h(unit, candidate) for unit in ready]
            first = [u for u, h in zip(ready, hours, strict=True) if h <= min(hours) + SAME_H]
            unit = min(first, key=lambda unit: unit.lots_of(number))
            self._dispatch(t, unit, number)
        elif self.scenario.dispatch.waiting_room:
            self.waiting.append(number)
            longest = self.scenario.dispatch.max_wait_h
            if longest is not None:
                self._plan(t + longest, "expire", number)
        else:
            case.dropped = "lost"

    def _dispatch(self, t: float, unit: Unit, number: int) -> None:
        case, candidate = self.cases[number], self.candidates[number]
        stay = on_scene_h(unit.group, candidate)
        case.dispatched_h = t
        case.unit = unit.number
        unit.ready = False
        arrival = t + self.time_to_arrive_h(unit, candidate)
        case.cleared_h = arrival + stay
        if self.scenario.dispatch.travel_is_busy:
            case.free_h = case.cleared_h + self.travel_h(unit, candidate)
        else:
            case.free_h = t + stay
        self._plan(arrival, "arrive", number)
        self._plan(case.free_h, "free", unit.number)

    def _arrive(self, t: float, number: int) -> None:
        self.cases[number].arrived_h = t
        self.answers.append((t, self.candidates[number].chainage_km))

    def _free(self, t: float, which: int) -> None:
        unit = self.units[which]
        unit.ready = True
        fitting = [n for n in self.waiting if unit.answers(self.candidates[n].kind)]
        if fitting:
            number = min(
                fitting, key=lambda n: (-self.candidates[n].severity, self.cases[n].called_h, n)
            )
            self.waiting.remove(number)
            self._dispatch(t, unit, number)

    def _expire(self, _t: float, number: int) -> None:
        if number in self.waiting:
            self.waiting.remove(number)
            self.cases[number].dropped = "expired"

    def status(self, number: int, horizon_h: float) -> str:
        """Return the status of a violation that happened, at the horizon."""
        case, candidate = self.cases[number], self.candidates[number]
        if math.isnan(self.detected_h[number]):
            return "live" if candidate.end_h > horizon_h else "missed"
        if candidate.severity < self.scenario.command.min_severity:
            return "detected"
        if math.isnan(case.called_h):
            return "delayed"
        if case.dropped:
            return case.dropped
        if math.isnan(case.dispatched_h):
            return "waiting"
        return "under_way" if math.isnan(case.arrived_h) else "answered"
