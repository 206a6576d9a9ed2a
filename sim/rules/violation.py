"""Violations of the ceasefire: candidates drawn before the run, and what becomes of them.

A run meets a fixed list of candidates. Feedback acts by thinning: a candidate does not happen when
the incident that would have provoked it did not happen, or when help arrived in time to
calm the place (`happens`).
"""

from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError
from sim.kernel.compile import compiled
from sim.kernel.world import Records, World, column
from sim.mesa.view import RecordView
from sim.rules.patrol import BLOCK_CELLS

if TYPE_CHECKING:
    from sim.mesa.model import CeasefireModel

VIOLATION = np.dtype(
    [
        # The order follows the use: what a look needs lies close together in memory.
        # drawn before the run
        ("onset", "f8"),  # h
        ("end", "f8"),  # h
        ("regime_mark", "f8"),  # uniform, against the factor of the regime over the highest
        ("x", "f8"),  # km
        ("y", "f8"),  # km
        ("parent", "i4"),  # the candidate that provoked it, -1 for none
        ("nature", "i4"),  # a violation, clutter taken for one, or made up
        ("severity", "i4"),  # 1 to 5
        ("cell", "i4"),  # of the grid
        ("zone", "i4"),  # of weather and jamming
        ("look_kind", "i4"),  # column of the table of look chances
        # what becomes of it
        ("status", "i4"),
        ("grade", "i4"),  # how well it is known
        ("next_live", "i4"),  # in its cell's list of live, unconfirmed violations
        ("looks", "i4"),
        ("threshold", "f8"),  # evidence at which it is detected, exponential with mean 1
        ("evidence", "f8"),
        ("detected", "f8"),  # h, nan until it happens; so the other times
        ("reported", "f8"),
        ("detector", "i4"),  # drone, -1 for none
        ("unit", "i4"),  # -1 for none
        ("next_waiting", "i4"),  # in its queue of calls
        ("kind", "i4"),  # of a false one, the kind it is taken for
        ("called", "f8"),
        ("dispatched", "f8"),
        ("arrived", "f8"),
        ("cleared", "f8"),
        ("distance", "f8"),  # km of straight way of the unit that came
        # drawn before the run
        ("chainage", "f8"),  # km
        ("offset", "f8"),  # km from the whole line, positive on the Ukrainian-controlled side
        ("depth", "f8"),  # km behind the line; infinite in an area, where any unit may go
        ("normal_x", "f8"),  # unit vector towards the Ukrainian-controlled side
        ("normal_y", "f8"),
        ("delay", "f8"),  # h from the end of the chain to the call for support
        ("service_exponential", "f8"),  # mean-1 multiple of an exponential on-scene time
        ("service_normal", "f8"),  # standard normal behind a lognormal on-scene time
        ("calm_mark", "f8"),  # uniform, against the calming effect of an answer nearby
        ("parent_mark", "f8"),  # uniform, against the share dropped by an answer to the parent
        ("side", "i4"),  # 0 Russian, 1 Ukrainian
        ("line_cell", "i4"),  # stretch of the line, for the search for bases
        ("sector", "i4"),
    ],
    align=True,
)
CASE = np.dtype(
    [
        # drawn before the run
        ("confirm_threshold", "f8"),  # evidence at which a detection is confirmed, exponential
        ("false_mark", "f8"),  # uniform, against being recognised as false
        ("dismissal_mark", "f8"),  # uniform, against being taken for false
        ("attribution_mark", "f8"),  # uniform, against being attributed
        # what becomes of it
        ("doubt", "f8"),  # chance that nobody recognised a false report so far
        ("unattributed", "f8"),  # chance that nothing seen so far shows who did it
        ("queued", "f8"),  # h, since when it waits for a desk
        ("waited", "f8"),  # h, for desks so far
        ("confirmed", "f8"),  # h, nan until it happens; so the time below
        ("ruled", "f8"),
        ("ruling", "i4"),
        ("first_source", "i4"),  # row of the source, -1 for a monitor, -2 before it is reported
        ("cued", "i4"),  # the drone sent last, -1 for none
        ("station", "i4"),  # where it is in the chain
        ("next_queued", "i4"),  # in the queue for a desk
    ],
    align=True,
)
column("violations", VIOLATION)  # by onset
column("cases", CASE)  # (violations,) what is known and ruled of each
column("cell_live", np.int32)  # (cells + 1,) first live, unconfirmed violation of each cell
column("block_live", np.int64)  # (blocks,) a bit for each cell of the block whose list has entries
column("answers", np.float64, 2)  # (candidates, 2) time (h) and chainage (km) of answers

REAL = 0
CLUTTER = 1
MADE_UP = 2
NATURE_NAMES = ("violation", "clutter", "made_up")

NOT_RULED = 0
ATTRIBUTED = 1
NOT_ATTRIBUTED = 2
FALSE_ALARM = 3
RULING_NAMES = ("none", "attributed", "not_attributed", "false_alarm")

UNKNOWN = 0
UNCONFIRMED = 1
NOT_FOUND = 2  # a drone was sent and saw nothing
CONFIRMED = 3
GRADE_NAMES = ("unknown", "unconfirmed", "not_found", "confirmed")

CANDIDATE = 0
PREVENTED = 1
UNDETECTED = 2  # and not reported
DETECTED = 3  # or reported, and nobody is sent
DISMISSED = 4  # taken for a false report
CUEING = 5  # a drone is on its way to confirm it
AT_DESK = 6  # with a headquarters, or waiting for one of its desks
DELAYED = 7  # between the end of the chain and the call
WAITING = 8
UNDER_WAY = 9
ANSWERED = 10
LOST = 11
EXPIRED = 12
STATUS_NAMES = (
    "candidate",
    "prevented",
    "missed",
    "detected",
    "dismissed",
    "cueing",
    "at_desk",
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
def _regime_lets(world: World, violation: Records) -> bool:
    """Tell whether the present regime of the ceasefire lets a background candidate happen."""
    if world.settings[0].escalation == 0 or violation.nature != REAL:
        return True
    share = world.regimes[world.regime[0].level].factor_share
    return bool(violation.regime_mark < share)


@compiled
def _parent_deters(world: World, parent: int, mark: float, t: float) -> bool:
    """Tell whether an answer to its parent, or a ruling on it, keeps a candidate from happening."""
    settings = world.settings[0]
    dropped = 0.0
    if world.violations[parent].arrived <= t:
        dropped = settings.answered_offspring_drop
    if world.cases[parent].ruling == ATTRIBUTED and world.cases[parent].ruled <= t:
        dropped = 1.0 - (1.0 - dropped) * (1.0 - settings.attributed_offspring_drop)
    return mark < dropped


@compiled
def happens(world: World, v: int, t: float) -> bool:
    """Tell whether a candidate happens, given what came before it.

    It does not when its parent did not, or when the regime is calmer than the one it was drawn for;
    nor, with feedback on, when its parent was answered or ruled on before and its mark falls in the
    share dropped, or a place nearby was calmed and its mark falls in the share calmed.
    """
    violation = world.violations[v]
    settings = world.settings[0]
    parent = violation.parent
    if parent >= 0 and world.violations[parent].status == PREVENTED:
        return False
    if parent < 0 and not _regime_lets(world, violation):
        return False
    if settings.feedback == 0 or violation.nature != REAL:
        return True
    if parent >= 0 and _parent_deters(world, parent, violation.parent_mark, t):
        return False
    return not (violation.calm_mark < settings.calm_effect and _calmed(world, violation, t))


@compiled
def enlist(world: World, v: int) -> None:
    """Put a violation into the list of live, unconfirmed ones of its cell."""
    violation = world.violations[v]
    violation.next_live = world.cell_live[violation.cell]
    world.cell_live[violation.cell] = v
    world.clock[0].live += 1
    world.block_live[violation.cell // BLOCK_CELLS] |= 1 << violation.cell % BLOCK_CELLS


@compiled
def strike_ended(world: World, cell: int, t: float) -> None:
    """Take out of a cell's list what is over or confirmed."""
    previous = -1
    v = world.cell_live[cell]
    while v >= 0:
        violation = world.violations[v]
        following = violation.next_live
        if violation.end <= t or violation.grade == CONFIRMED:
            if previous < 0:
                world.cell_live[cell] = following
            else:
                world.violations[previous].next_live = following
            world.clock[0].live -= 1
        else:
            previous = v
        v = following
    if world.cell_live[cell] < 0:
        world.block_live[cell // BLOCK_CELLS] &= ~(1 << cell % BLOCK_CELLS)


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

    @classmethod
    def rows(cls, model: "CeasefireModel") -> int:
        """Return how many rows there are to view: those of candidates whose onset is past."""
        return int(model.world.clock["next_candidate"][0])

    def _place(self) -> tuple[float, float]:
        record = self.record
        return float(record["x"]), float(record["y"])

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

    def remove(self) -> None:
        """Take a settled violation off display; the model does so by itself.

        Raises
        ------
        InputError
            When it is not settled: what happens cannot be undone.
        """
        if not self.settled:
            message = (
                f"violation {self.row} cannot be removed: it is {self.status}, and what happens "
                "cannot be undone; it leaves the model when it is settled"
            )
            raise InputError(message)
        super().remove()


def is_settled(record: Records, hours: float) -> bool:
    """Tell whether nothing more will happen to a violation after a time (h)."""
    status = int(record["status"])
    if status == ANSWERED:
        return bool(record["cleared"] <= hours)
    if CUEING <= status <= UNDER_WAY:
        return False
    return status in (LOST, EXPIRED, PREVENTED) or bool(record["end"] <= hours)
