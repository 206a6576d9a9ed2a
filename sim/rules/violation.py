"""Violations of the ceasefire: candidates drawn before the run, and what becomes of them.

A run meets a fixed list of candidates. Feedback acts by thinning: a candidate does not happen when
the incident that would have provoked it did not happen, or when help arrived in time to
calm the place (`happens`).
"""

from sim.kernel.compile import compiled
from sim.rules.patrol import BLOCK_CELLS
from sim.world.rows import ViolationRow
from sim.world.world import World

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
def _is_calmed(world: World, violation: ViolationRow, t: float) -> bool:
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
def _regime_allows(world: World, violation: ViolationRow) -> bool:
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
    if parent < 0 and not _regime_allows(world, violation):
        return False
    if settings.feedback == 0 or violation.nature != REAL:
        return True
    if parent >= 0 and _parent_deters(world, parent, violation.parent_mark, t):
        return False
    return not (violation.calm_mark < settings.calm_effect and _is_calmed(world, violation, t))


@compiled
def add_to_live(world: World, v: int) -> None:
    """Put a violation into the list of live, unconfirmed ones of its cell."""
    violation = world.violations[v]
    violation.next_live = world.cell_live[violation.cell]
    world.cell_live[violation.cell] = v
    world.clock[0].live += 1
    world.block_live[violation.cell // BLOCK_CELLS] |= 1 << violation.cell % BLOCK_CELLS


@compiled
def remove_ended(world: World, cell: int, t: float) -> None:
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
def record_answer(world: World, v: int, t: float) -> None:
    """Note that help has arrived; the place is calmed from now on."""
    violation = world.violations[v]
    violation.arrived = t
    violation.status = ANSWERED
    clock = world.clock[0]
    world.answers[clock.answers, 0] = t
    world.answers[clock.answers, 1] = violation.chainage
    clock.answers += 1


def is_settled(record: ViolationRow, hours: float) -> bool:
    """Tell whether nothing more will happen to a violation after a time (h)."""
    status = int(record["status"])
    if status == ANSWERED:
        return bool(record["cleared"] <= hours)
    if CUEING <= status <= UNDER_WAY:
        return False
    return status in (LOST, EXPIRED, PREVENTED) or bool(record["end"] <= hours)
