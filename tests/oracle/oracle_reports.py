"""Oracle, part 6: a report from its first mention to the call, event by event."""

import heapq
import math
from dataclasses import dataclass, field
from typing import Any

from oracle_support import Response

UNKNOWN, UNCONFIRMED, NOT_FOUND, CONFIRMED = range(4)
TRUE, CLUTTER, MADE_UP = range(3)
ATTRIBUTED, NOT_ATTRIBUTED, FALSE_ALARM = 1, 2, 3


@dataclass
class Report:
    """What becomes of one violation, or of what is taken for one."""

    nature: int
    marks: dict[str, float]
    source_at_h: list[float]
    desk_h: list[float]
    grade: int = UNKNOWN
    detected_h: float = math.nan
    detector: int = -1
    reported_h: float = math.nan
    confirmed_h: float = math.nan
    ruled_h: float = math.nan
    ruling: int = 0
    cued: int = -1
    doubt: float = 1.0
    unattributed: float = 1.0
    station: int = -1
    came_h: float = math.nan
    dropped: bool = False


@dataclass
class Chain(Response):
    """Reports, desks, rulings and calls; `_cue` and `_call_off` belong to the drones' half."""

    reports: list[Report] = field(default_factory=list)
    engaged: bool = True
    queues: list[list[int]] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)  # detected in this round of looks

    def __post_init__(self) -> None:
        """Lay out the stations."""
        self.stations = list(self.scenario.headquarters.values())
        self.sources = list(self.scenario.reports.values())
        self.queues = [[] for _ in self.stations]
        self.busy = [0 for _ in self.stations]

    def _cue(self, t: float, number: int) -> bool:
        raise NotImplementedError

    def _call_off(self, t: float, number: int) -> bool:
        raise NotImplementedError

    def _onset_report(self, number: int) -> None:
        for source, at in enumerate(self.reports[number].source_at_h):
            if math.isfinite(at):
                self._plan(at, "source", number * len(self.sources) + source)

    def _source(self, t: float, which: int) -> None:
        number, row = divmod(which, len(self.sources))
        source, report = self.sources[row], self.reports[number]
        if source.nation == "United States" and not self.engaged:
            return
        if source.confirmed:
            if math.isnan(report.detected_h):
                report.detected_h = t
            self._confirm(t, number, source.attribution_chance)
        elif report.grade == UNKNOWN:
            report.grade = UNCONFIRMED
            report.unattributed = 1.0 - source.attribution_chance
            self._first(t, number)

    def _seen(self, t: float, number: int, drone: Any, *, confirms: bool) -> None:
        """Take the look that crosses a threshold."""
        report = self.reports[number]
        if math.isnan(report.detected_h):
            report.detected_h, report.detector = t, drone.number
        chance = drone.platform.attribution_chance
        if confirms:
            self._confirm(t, number, chance)
        elif report.grade == UNKNOWN:
            report.grade = UNCONFIRMED
            report.unattributed = 1.0 - chance
            self.fresh.append(number)  # others may look at the same moment

    def _confirm(self, t: float, number: int, chance: float) -> None:
        report = self.reports[number]
        if report.grade == CONFIRMED:
            return
        first = report.grade == UNKNOWN
        report.grade = CONFIRMED
        report.confirmed_h = t
        report.unattributed *= 1.0 - chance
        if first:
            self._first(t, number)
        elif self._call_off(t, number):
            self._go_on(t, number)

    def _first(self, t: float, number: int) -> None:
        report, cueing = self.reports[number], self.scenario.cueing
        report.reported_h = t
        grave = self.candidates[number].severity >= cueing.min_severity
        needs = cueing.enabled and grave and report.grade == UNCONFIRMED
        if not (needs and self._cue(t, number)):
            self._go_on(t, number)

    def _go_on(self, t: float, number: int) -> None:
        """Take a report to the next station that it does not pass by."""
        report, severity = self.reports[number], self.candidates[number].severity
        while True:
            report.station += 1
            if report.station == len(self.stations):
                self._leave_chain(t, number)
                return
            station = self.stations[report.station]
            if severity < station.min_severity:
                continue
            if self._closed(report.station) and station.while_closed == "pass":
                continue
            report.came_h = t
            self.queues[report.station].append(number)
            self._serve(t, report.station)
            return

    def _closed(self, row: int) -> bool:
        return self.stations[row].nation == "United States" and not self.engaged

    def _serve(self, t: float, row: int) -> None:
        queue, station = self.queues[row], self.stations[row]
        while queue and self.busy[row] < station.desks and not self._closed(row):
            number = min(
                queue,
                key=lambda n: (-self.candidates[n].severity, self.reports[n].came_h),
            )
            queue.remove(number)
            self.busy[row] += 1
            self._plan(t + self.reports[number].desk_h[row], "desk", number)

    def _desk(self, t: float, number: int) -> None:
        row = self.reports[number].station
        self.busy[row] -= 1
        task = self.stations[row].task
        if task == "analysis":
            self._analyse(t, number, self.stations[row].recognises_false)
        elif task == "ruling":
            self._rule(t, number)
        self._serve(t, row)
        if not self.reports[number].dropped:
            self._go_on(t, number)

    def _recognised(self, t: float, number: int, chance: float) -> bool:
        report = self.reports[number]
        report.doubt *= 1.0 - chance
        if report.marks["false_mark"] > report.doubt:
            report.ruling, report.ruled_h, report.dropped = FALSE_ALARM, t, True
        return report.dropped

    def _analyse(self, t: float, number: int, chance: float) -> None:
        if self.reports[number].nature != TRUE:
            self._recognised(t, number, chance)

    def _rule(self, t: float, number: int) -> None:
        report, referee = self.reports[number], self.scenario.referee
        grades = {UNCONFIRMED: "unconfirmed", NOT_FOUND: "not_found", CONFIRMED: "confirmed"}
        grade = grades[report.grade]
        if report.nature != TRUE:
            if self._recognised(t, number, getattr(referee, f"recognises_{grade}")):
                return
        elif grade != "confirmed" and (
            report.marks["dismissal_mark"] < getattr(referee, f"dismisses_{grade}")
        ):
            report.ruling, report.ruled_h, report.dropped = FALSE_ALARM, t, True
            return
        shown = report.marks["attribution_mark"] < 1.0 - report.unattributed
        report.ruling = ATTRIBUTED if shown else NOT_ATTRIBUTED
        report.ruled_h = t

    def _leave_chain(self, t: float, number: int) -> None:
        if self.candidates[number].severity >= self.scenario.command.min_severity:
            # of calls at one moment the one with the lower number goes first
            order = number - len(self.candidates)
            heapq.heappush(
                self.agenda, (t + self.candidates[number].delay_h, order, "call", number)
            )

    def _engage(self, t: float, *, engaged: bool) -> None:
        """Open or close what the United States provide."""
        self.engaged = engaged
        for row, queue in enumerate(self.queues):
            if self._closed(row) and self.stations[row].while_closed == "pass":
                leaving = sorted(
                    queue, key=lambda n: (-self.candidates[n].severity, self.reports[n].came_h)
                )
                queue.clear()
                for number in leaving:
                    self._go_on(t, number)
            self._serve(t, row)
