"""Violations of the ceasefire: candidates drawn before the run, and what becomes of them.

A run meets a fixed list of candidates. Feedback acts by thinning: a candidate does not happen when
the incident that would have provoked it did not happen, or when help arrived in time to
calm the place (`happens`).
"""

from typing import Any

import numpy as np

from sim.agents.view import RecordView
from sim.kernel.compiled import compiled
from sim.kernel.world import Records, World, column

VIOLATION = np.dtype(
    [
        # drawn before the run
        ("onset", "f8"),  # h
        ("end", "f8"),  # h
        ("chainage", "f8"),  # km
        ("offset", "f8"),  # km, positive on the Ukrainian-controlled side
        ("x", "f8"),  # km
        ("y", "f8"),  # km
        ("threshold", "f8"),  # evidence at which it is detected, exponential with mean 1
        ("delay", "f8"),  # h from detection to the call for support
        ("depth", "f8"),  # km behind the line in truth; the offset, or less near a bend
        ("normal_x", "f8"),  # unit vector towards the Ukrainian-controlled side
        ("normal_y", "f8"),
        ("service_exponential", "f8"),  # mean-1 multiple of an exponential on-scene time
        ("service_normal", "f8"),  # standard normal behind a lognormal on-scene time
        ("calm_mark", "f8"),  # uniform, against the calming effect of an answer nearby
        ("parent_mark", "f8"),  # uniform, against the share dropped by an answer to the parent
        ("kind", "i4"),
        ("severity", "i4"),  # 1 to 5
        ("side", "i4"),  # 0 Russian, 1 Ukrainian
        ("parent", "i4"),  # the candidate that provoked it, -1 for none
        ("cell", "i4"),  # of the grid
        ("zone", "i4"),  # of weather and jamming
        ("line_cell", "i4"),  # stretch of the line, for the search for bases
        ("sector", "i4"),
        # what becomes of it
        ("status", "i4"),
        ("looks", "i4"),
        ("evidence", "f8"),
        ("detected", "f8"),  # h, nan until it happens; so the times below
        ("called", "f8"),
        ("dispatched", "f8"),
        ("arrived", "f8"),
        ("cleared", "f8"),
        ("distance", "f8"),  # km of straight way of the unit that came
        ("detector", "i4"),  # drone, -1 for none
        ("unit", "i4"),  # -1 for none
        ("next_live", "i4"),  # in its cell's list of live, undetected violations
        ("next_waiting", "i4"),  # in its queue of calls
    ],
    align=True,
)

column("violations", VIOLATION)  # by onset
column("cell_live", np.int32)  # (cells + 1,) first live, undetected violation of each cell
column("answers", np.float64, 2)  # (candidates, 2) time (h) and chainage (km) of answers

CANDIDATE = 0
PREVENTED = 1
UNDETECTED = 2
DETECTED = 3  # and nobody is sent
DELAYED = 4  # between detection and call
WAITING = 5
UNDER_WAY = 6
ANSWERED = 7
LOST = 8
EXPIRED = 9
STATUS_NAMES = (
    "candidate",
    "prevented",
    "missed",
    "detected",
    "delayed",
    "waiting",
    "under_way",
    "answered",
    "lost",
    "expired",
)
"""Names by code; an undetected violation that is not over yet is shown as `live`."""
SIDES = ("russian", "ukrainian")


@compiled
def _calmed(world: World, violation: Records, t: float) -> bool:
    """Tell whether an answer nearby, not long ago, lies behind this candidate."""
    clock = world.clock[0]
    settings = world.settings[0]
    while (
        clock.calm_from < clock.answers and world.answers[clock.calm_from, 0] < t - settings.calm_h
    ):
        clock.calm_from += 1
    for row in range(clock.calm_from, clock.answers):
        if abs(world.answers[row, 1] - violation.chainage) <= settings.calm_radius_km:
            return True
    return False


@compiled
def happens(world: World, v: int, t: float) -> bool:
    """Tell whether a candidate happens, given what was answered before it.

    It does not when its parent did not; nor, with feedback on, when its parent was answered before
    and its mark falls in the share dropped, or a place nearby was calmed and its mark falls in the
    share calmed.
    """
    violation = world.violations[v]
    settings = world.settings[0]
    parent = violation.parent
    if parent >= 0 and world.violations[parent].status == PREVENTED:
        return False
    if settings.feedback == 0:
        return True
    if (
        parent >= 0
        and world.violations[parent].arrived <= t
        and violation.parent_mark < settings.answered_offspring_drop
    ):
        return False
    return not (violation.calm_mark < settings.calm_effect and _calmed(world, violation, t))


@compiled
def enlist(world: World, v: int) -> None:
    """Put a violation into the list of live, undetected ones of its cell."""
    violation = world.violations[v]
    violation.next_live = world.cell_live[violation.cell]
    world.cell_live[violation.cell] = v
    world.clock[0].live += 1


@compiled
def strike_ended(world: World, cell: int, t: float) -> None:
    """Take out of a cell's list what is over or detected."""
    previous = -1
    v = world.cell_live[cell]
    while v >= 0:
        violation = world.violations[v]
        following = violation.next_live
        if violation.end <= t or violation.status != UNDETECTED:
            if previous < 0:
                world.cell_live[cell] = following
            else:
                world.violations[previous].next_live = following
            world.clock[0].live -= 1
        else:
            previous = v
        v = following


@compiled
def detect(world: World, v: int, detector: int, t: float) -> None:
    """Note the detection of a violation; it is `DELAYED` when a call for support is to follow."""
    violation = world.violations[v]
    violation.detected = t
    violation.detector = detector
    grave = violation.severity >= world.settings[0].min_severity
    violation.status = DELAYED if grave else DETECTED


@compiled
def note_answer(world: World, v: int, t: float) -> None:
    """Note that help has arrived; the place is calmed from now on."""
    violation = world.violations[v]
    violation.arrived = t
    violation.status = ANSWERED
    clock = world.clock[0]
    world.answers[clock.answers, 0] = t
    world.answers[clock.answers, 1] = violation.chainage
    clock.answers += 1


class Violation(RecordView):
    """A live view of one violation.

    A model holds a view for each violation that is on display: under way, or detected and not yet
    settled.
    """

    column = "violations"

    @property
    def pos(self) -> tuple[float, float]:
        """Place in the local plane, km."""
        record = self.record
        return float(record["x"]), float(record["y"])

    @pos.setter
    def pos(self, _value: Any) -> None:
        return

    @property
    def kind(self) -> str:
        """Kind of violation, as named in the scenario."""
        return self.model.plan.kinds[int(self.record["kind"])]

    @property
    def severity(self) -> int:
        """Severity from 1 (slight) to 5 (grave)."""
        return int(self.record["severity"])

    @property
    def side(self) -> str:
        """Side that committed it: `russian` or `ukrainian`."""
        return SIDES[int(self.record["side"])]

    @property
    def onset_h(self) -> float:
        """Onset, hours since the start of the ceasefire."""
        return float(self.record["onset"])

    @property
    def end_h(self) -> float:
        """End, hours since the start of the ceasefire."""
        return float(self.record["end"])

    @property
    def chainage_km(self) -> float:
        """Place along the contact line."""
        return float(self.record["chainage"])

    @property
    def offset_km(self) -> float:
        """Place across the contact line, positive on the Ukrainian-controlled side."""
        return float(self.record["offset"])

    @property
    def detected_h(self) -> float:
        """Time of detection (h); nan while undetected."""
        return float(self.record["detected"])

    @property
    def dispatched_h(self) -> float:
        """Time at which a unit was sent (h); nan until then."""
        return float(self.record["dispatched"])

    @property
    def arrived_h(self) -> float:
        """Time at which help arrived (h); nan until then."""
        return float(self.record["arrived"])

    @property
    def status(self) -> str:
        """What has become of it so far; see `STATUS_NAMES`."""
        status = int(self.record["status"])
        if status == UNDETECTED and self.end_h > self.model.hours:
            return "live"
        return STATUS_NAMES[status]

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return is_settled(self.record, self.model.hours)


def is_settled(record: Records, hours: float) -> bool:
    """Tell whether nothing more will happen to a violation after a time (h)."""
    status = int(record["status"])
    if status == ANSWERED:
        return bool(record["cleared"] <= hours)
    if status in (DELAYED, WAITING, UNDER_WAY):
        return False
    return status in (LOST, EXPIRED, PREVENTED) or bool(record["end"] <= hours)
