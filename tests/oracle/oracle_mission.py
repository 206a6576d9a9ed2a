"""Oracle, part 7: drones, reports and regimes together, from one look or event to the next."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from oracle_cue import AWAY, CUE_OUT, SEARCH, CueDrone, seen_from
from oracle_drones import GROUNDING_LEVEL, ON_STATION
from oracle_looks import SAME_H, look_chance
from oracle_posts import Point, Surroundings, distance_km
from oracle_regime import RegimeClock
from oracle_reports import CONFIRMED, NOT_FOUND, TRUE, Chain, Report
from oracle_support import Case

from sim.scenario.escalation import REGIMES

STEP_H = 1.0 / 60.0
TINY_H = 1e-10
US_CHANGE, GROUP_CHANGE = 1, 2  # what a change of the world is about
REACH_KM = 12.0  # more than a drone flies in a step

type Leg = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass
class Mission(Chain):
    """The whole mission; goes on to the next look, event, change or end of a step."""

    drones: list[CueDrone] = field(default_factory=list)
    surroundings: Surroundings = field(default_factory=lambda: Surroundings([(0, 0)], [], 1.0))
    clutter_of: dict[int, Any] = field(default_factory=dict)  # by number of the candidate
    changes: list[tuple[float, int, int, int]] = field(default_factory=list)  # politics
    groups: list[str] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    next_look: dict[tuple[int, int], float] = field(default_factory=dict)
    evidence: dict[int, float] = field(default_factory=dict)
    search_look: dict[int, float] = field(default_factory=dict)
    regime: RegimeClock | None = None
    ended_h: float = math.inf

    def go(self, horizon_h: float) -> None:
        """Run to the horizon, or to the end of the ceasefire."""
        self.cases = [Case() for _ in self.candidates]
        for candidate in self.candidates:
            self._plan(candidate.onset_h, "onset", candidate.number)
        t = 0.0
        while t < horizon_h and t < self.ended_h:
            until = self._limit(t, horizon_h)
            until = self._advance(t, until)
            if self.regime is not None:
                self.regime.advance(t, until, engaged=self.engaged)
                if self.regime.level == len(REGIMES):
                    self.ended_h = until
            t = until
            self._happen(t)

    def _limit(self, t: float, horizon_h: float) -> float:
        times = [t + STEP_H, horizon_h]
        times += [time for time in self.surroundings.change_times if time > t][:1]
        times += [time for time, *_ in self.changes if time > t][:1]
        times += [time for time, *_ in self.agenda[:1]]
        for drone in self.drones:
            if drone.state == CUE_OUT:
                times.append(t + drone.flight_to(drone.place_of_report)[0])
            if drone.state == SEARCH:
                times += [drone.search_until_h, self.search_look[drone.number]]
        if self.regime is not None:
            times.append(self.regime.next_change(t, min(times), engaged=self.engaged))
        return max(t, min(times))

    def _state(self, drone: CueDrone, t: float) -> dict[str, Any]:
        weather, jammed = self.surroundings.at(drone.zone, t)
        return {"weather": weather, "jammed": jammed}

    def _advance(self, t: float, until: float) -> float:
        """Fly until the next look, at most until a time; return that time."""
        self.live = [
            n
            for n in self.live
            if self.candidates[n].end_h > t and self.reports[n].grade < CONFIRMED
        ]
        ahead = self._fly(t, until)
        # the flight of one that is lost or turned back ends there and then
        stops = [d.ended_cue_h + 1e-9 for d in ahead if d.ended_cue >= 0]
        looks = [look for drone in ahead for look in self._looks_due(drone)]
        look_h = min((look[0] for look in looks), default=math.inf)
        stop = max(t, min([until, look_h, *stops]))
        arriving = any(h == t and self.drones[d].state != ON_STATION for h, d, _ in looks)
        if stop == t and arriving:  # the step must be long enough to arrive in
            stop = min(until, t + 1e-9)
        if stop < until:
            ahead = self._fly(t, stop)
        self.drones = ahead
        for drone in ahead:
            self._drop_views(drone)
        for due_h, drone_number, n in looks:
            if due_h <= stop:
                self.next_look.setdefault((drone_number, n), stop)
        return stop

    def _fly(self, t: float, until: float) -> list[CueDrone]:
        ahead = [drone.copied() for drone in self.drones]
        for drone in ahead:
            drone.advance(t, until, **self._state(drone, t))
        return ahead

    def _legs(self, drone: CueDrone) -> list[Leg]:
        return [(a, b) for a, b in pairwise(drone.samples) if b[0] > a[0] and a[3] and b[3]]

    def _looks_due(self, drone: CueDrone) -> Iterator[tuple[float, int, int]]:
        """Yield the first look of a drone at each live violation in this step."""
        legs = self._legs(drone)
        for n in self.live if legs else ():
            place = (self.candidates[n].x_km, self.candidates[n].y_km)
            if distance_km(drone.place, place) > drone.platform.radius_km + REACH_KM:
                continue
            due = self._first_due(drone, n, place, legs)
            if due < math.inf:
                yield due, drone.number, n

    def _first_due(self, drone: CueDrone, n: int, place: Point, legs: list[Leg]) -> float:
        due = self.next_look.get((drone.number, n))
        for a, b in legs:
            span = seen_from(drone, place, a, b)
            if due is None and span and span[0] < b[0] and span[1] > a[0] + TINY_H:
                return max(a[0], span[0])
            if due is not None:
                out_h = span[1] if span else -math.inf
                if due <= min(b[0], max(a[0], out_h)):
                    return max(a[0], due)
                if out_h < b[0] - TINY_H:
                    due = None
        return math.inf

    def _drop_views(self, drone: CueDrone) -> None:
        """Forget what went out of view in this step."""
        for key in [key for key in self.next_look if key[0] == drone.number]:
            place = (self.candidates[key[1]].x_km, self.candidates[key[1]].y_km)
            spans = [(seen_from(drone, place, a, b), b) for a, b in self._legs(drone)]
            left = any(span is None or span[1] < b[0] - TINY_H for span, b in spans)
            if left or drone.state != ON_STATION or key[1] not in self.live:
                del self.next_look[key]

    def _happen(self, t: float) -> None:
        """Let happen what is due: changes, events, searches that begin or end, looks."""
        for _, subject, what, level in [change for change in self.changes if change[0] == t]:
            self._change(t, subject, what, level)
        while self.agenda and self.agenda[0][0] <= t:
            _, _, event, which = heapq.heappop(self.agenda)
            getattr(self, f"_{event}")(t, which)
        self._end_flights(t)
        for drone in self.drones:
            self._begin_search(t, drone)
        self._look_all(t)
        for drone in sorted(self.drones, key=lambda drone: drone.report):
            if drone.state == SEARCH and drone.search_until_h <= t:
                self._give_up(t, drone)

    def _change(self, t: float, subject: int, what: int, level: int) -> None:
        """Let the United States come or go, or a group of monitors be switched on or off."""
        if what == US_CHANGE:
            self._engage(t, engaged=level == 0)
        elif what == GROUP_CHANGE:
            for drone in self.drones:
                if self.groups.index(drone.group) == subject:
                    drone.off = level == 0

    def _end_flights(self, t: float) -> None:
        """Pass on what the drones that turned back or were lost had been sent for."""
        for drone in sorted(self.drones, key=lambda drone: drone.ended_cue):
            if drone.ended_cue >= 0:
                number, drone.ended_cue = drone.ended_cue, -1
                self._go_on(t, number)

    def _begin_search(self, t: float, drone: CueDrone) -> None:
        if drone.state == CUE_OUT and drone.flight_to(drone.place_of_report)[0] < TINY_H:
            drone.state = SEARCH
        if drone.state == SEARCH and drone.search_until_h == math.inf:
            drone.search_until_h = t + self.scenario.cueing.search_min / 60.0
            self.search_look[drone.number] = t

    def _give_up(self, t: float, drone: CueDrone) -> None:
        number = drone.report
        self.reports[number].grade = max(NOT_FOUND, self.reports[number].grade)
        drone.recall(t)
        self._go_on(t, number)

    def _look_all(self, t: float) -> None:
        for key, due in sorted(self.next_look.items(), key=lambda look: self._turn(t, *look[0])):
            drone, n = self.drones[key[0]], key[1]
            if due <= t:
                self.next_look[key] = due + self._interval_h(drone)
                if n in self.live and drone.state == ON_STATION:
                    self._look(t, drone, n, cued=False)
        fresh, self.fresh = self.fresh, []
        for n in sorted(fresh):
            self._first(t, n)
        for drone in self.drones:
            due_h = self.search_look.get(drone.number, math.inf)
            if drone.state == SEARCH and due_h <= min(t, drone.search_until_h - SAME_H):
                self.search_look[drone.number] += self._interval_h(drone)
                self._look(t, drone, drone.report, cued=True)

    def _turn(self, t: float, drone_number: int, n: int) -> tuple[int, bool, int]:
        """Return by what the looks of one moment are put in order."""
        drone = self.drones[drone_number]
        return n, self._leaves_no_doubt(drone, n, t), drone.lots_of(n)

    def _leaves_no_doubt(self, drone: CueDrone, n: int, t: float) -> bool:
        chance, base = self._chances(drone, n, t)
        poor = chance < self.scenario.cueing.poor_look_share * base
        return drone.platform.confirms and not poor

    def _interval_h(self, drone: CueDrone) -> float:
        interval_min = drone.platform.look_interval_min
        return math.inf if interval_min is None else interval_min / 60.0

    def _look(self, t: float, drone: CueDrone, n: int, *, cued: bool) -> None:
        chance, _ = self._chances(drone, n, t)
        report = self.reports[n]
        if report.grade == CONFIRMED or self.candidates[n].end_h - SAME_H <= t:
            return
        confirms = cued or self._leaves_no_doubt(drone, n, t)
        second = not math.isnan(report.detected_h)
        if second and not confirms:
            return
        gain = math.inf if chance >= 1.0 else -math.log(1.0 - chance)
        self.evidence[n] = self.evidence.get(n, 0.0) + gain
        first = self.candidates[n].threshold
        threshold = report.marks["confirm_threshold"] if second else first
        if self.evidence[n] >= threshold:
            self.evidence[n] = 0.0
            self._seen(t, n, drone, confirms=confirms)

    def _chances(self, drone: CueDrone, n: int, t: float) -> tuple[float, float]:
        candidate, clutter = self.candidates[n], self.clutter_of.get(n)
        platform = drone.platform
        if clutter is not None:
            name = self.scenario.monitors[drone.group].platform
            base = clutter.look_chance.get(name, clutter.look_chance.get("default", 0.0))
        else:
            base = 0.0 if self.reports[n].nature != TRUE else platform.chance(candidate.kind)
        bare = platform.model_copy(update={"look_chance": base})
        return look_chance(bare, candidate, self.surroundings, t), base

    def _onset(self, t: float, number: int) -> None:
        case, candidate, report = self.cases[number], self.candidates[number], self.reports[number]
        case.happened = not self._prevented(t, candidate)
        if self.regime is not None and report.nature == TRUE and candidate.parent < 0:
            case.happened &= self.regime.lets(report.marks["regime_mark"])
        if not case.happened:
            return
        if report.nature != 2:
            self.live.append(number)
        self._onset_report(number)
        if self.regime is not None and report.nature == TRUE:
            self._plan_answer_limit(t, number)

    def _plan_answer_limit(self, t: float, number: int) -> None:
        rules = self.scenario.escalation
        if self.candidates[number].severity >= rules.grave_severity:
            self._plan(t + rules.answer_within_h, "unanswered", number)

    def _unanswered(self, t: float, number: int) -> None:
        if self.regime is not None and not self.cases[number].arrived_h <= t:
            self.regime.pressure += 1.0

    def _cue(self, t: float, number: int) -> bool:
        candidate, cueing = self.candidates[number], self.scenario.cueing
        place = (candidate.x_km, candidate.y_km)
        zone = self.surroundings.zone(candidate.chainage_km)
        weather, _ = self.surroundings.at(zone, t)
        able: list[tuple[float, int, int]] = []
        for drone in self.drones:
            platform = drone.platform
            flight_h, there = drone.flight_to(place)
            total_h = flight_h + cueing.search_min / 60.0 + drone.home_h(there)
            fits = t + total_h <= drone.take_off_h + drone.endurance_h
            moves = platform.confirms and drone.transit_speed_kmh < math.inf
            sees = platform.chance(candidate.kind) > 0.0
            flies = weather < GROUNDING_LEVEL[platform.grounded_by]
            if drone.state == ON_STATION and moves and sees and flies and fits:
                able.append((flight_h, drone.lots_of(number), drone.number))
        longest = math.inf if cueing.max_flight_min is None else cueing.max_flight_min / 60.0
        if not able or min(able)[0] > longest + SAME_H:
            return False
        first_h = min(able)[0] + SAME_H
        _, sent = min(drawn for flight_h, *drawn in able if flight_h <= first_h)
        self.drones[sent].send(t, number, place)
        self.reports[number].cued = sent
        for key in [key for key in self.next_look if key[0] == sent]:
            del self.next_look[key]
        return True

    def _call_off(self, t: float, number: int) -> bool:
        """Recall the drone that is out for a report; tell whether there was one."""
        for drone in self.drones:
            if drone.report == number and drone.state in AWAY:
                drone.recall(t)
                return True
        return False


def read_reports(world: Any) -> list[Report]:
    """Return the drawn numbers of all reports."""
    marks = ("confirm_threshold", "false_mark", "dismissal_mark", "attribution_mark")
    reports = []
    for n, (row, case) in enumerate(zip(world.violations, world.cases, strict=True)):
        drawn = {name: float(case[name]) for name in marks}
        drawn["regime_mark"] = float(row["regime_mark"])
        at = [float(x) for x in world.report_at[n]] if world.report_at.size else []
        desk = [float(x) for x in world.desk_hours[n]] if world.desk_hours.size else []
        reports.append(Report(int(row["nature"]), drawn, at, desk))
    return reports
