"""The kinds of event, and how each is put on the calendar.

What an event does stands with the rules; who takes which event stands in `sim.engine.loop`.
"""

from sim.kernel.calendar import push
from sim.kernel.compile import compiled
from sim.world.world import World

# The kinds of event, in the order in which they are taken at one instant.
DRONE_READY = 1
DRONE_LOST = 2
DRONE_REPLACED = 3
SEARCH_BEGINS = 4  # a drone that was sent to confirm a report has the place in its footprint
SEARCH_LOOK = 5
SEARCH_ENDS = 6
BACK_ON_TRACK = 7
GO_ON = 8  # a report whose drone gave it back goes on
DOUBTFUL_REPORT = 9  # of a source that needs a second look; before looks that may give it
LOOK = 10
SURE_REPORT = 11  # of a source that leaves no doubt
CUE = 12
DESK_DONE = 13
CALL = 14
UNIT_ARRIVED = 15
UNIT_READY = 16
CALL_EXPIRED = 17
GRAVE_DUE = 18
WORSEN = 19
EASE = 20

DRONE_KINDS = (
    DRONE_READY,
    DRONE_LOST,
    DRONE_REPLACED,
    SEARCH_BEGINS,
    SEARCH_LOOK,
    SEARCH_ENDS,
    BACK_ON_TRACK,
)
"""Events of a drone's plan; void when the plan was changed."""


@compiled
def _of_drone(world: World, t: float, kind: int, d: int, number: int) -> None:
    push(world, t, kind, d, number, world.drones[d].epoch, 0.0)


@compiled
def _of_violation(world: World, t: float, kind: int, v: int, other: int) -> None:
    push(world, t, kind, v, other, 0, 0.0)


@compiled
def schedule_ready_drone(world: World, d: int, t: float) -> None:
    """Have a drone ready for its next sortie at a time (h)."""
    _of_drone(world, t, DRONE_READY, d, 0)


@compiled
def schedule_loss(world: World, d: int, t: float) -> None:
    """Have a drone lost in flight at a time (h)."""
    _of_drone(world, t, DRONE_LOST, d, 0)


@compiled
def schedule_replacement(world: World, d: int, t: float) -> None:
    """Have a lost drone replaced at a time (h)."""
    _of_drone(world, t, DRONE_REPLACED, d, 0)


@compiled
def schedule_search(world: World, d: int, t: float) -> None:
    """Have a cued drone in position to search at a time (h)."""
    _of_drone(world, t, SEARCH_BEGINS, d, 0)


@compiled
def schedule_search_look(world: World, d: int, number: int, t: float) -> None:
    """Have a cued drone look for the `number`-th time, counted from 0, at a time (h)."""
    _of_drone(world, t, SEARCH_LOOK, d, number)


@compiled
def schedule_search_end(world: World, d: int, t: float) -> None:
    """Have the search of a cued drone end at a time (h)."""
    _of_drone(world, t, SEARCH_ENDS, d, 0)


@compiled
def schedule_return(world: World, d: int, t: float) -> None:
    """Have a cued drone back on its track at a time (h)."""
    _of_drone(world, t, BACK_ON_TRACK, d, 0)


@compiled
def schedule_look(world: World, v: int, d: int, t: float, until: float) -> None:
    """Have a drone look at a violation at a time (h), in a visit that lasts until another."""
    push(world, t, LOOK, v, d, world.drones[d].epoch, until)


@compiled
def schedule_report(world: World, v: int, source: int, t: float) -> None:
    """Have a source report a violation at a time (h), infinite for never."""
    kind = SURE_REPORT if world.sources[source].confirmed else DOUBTFUL_REPORT
    _of_violation(world, t, kind, v, source)


@compiled
def schedule_going_on(world: World, v: int, t: float) -> None:
    """Have a report that waited for a drone go on through the command chain at a time (h)."""
    _of_violation(world, t, GO_ON, v, 0)


@compiled
def schedule_cue(world: World, v: int, t: float) -> None:
    """Have a drone sought to confirm a report at a time (h)."""
    _of_violation(world, t, CUE, v, 0)


@compiled
def schedule_desk_end(world: World, v: int, s: int, t: float) -> None:
    """Have a desk of a headquarters done with a report at a time (h)."""
    _of_violation(world, t, DESK_DONE, v, s)


@compiled
def schedule_call(world: World, v: int, t: float) -> None:
    """Have a violation call for support at a time (h)."""
    _of_violation(world, t, CALL, v, 0)


@compiled
def schedule_arrival(world: World, v: int, u: int, t: float) -> None:
    """Have a support unit arrive at a violation at a time (h)."""
    _of_violation(world, t, UNIT_ARRIVED, v, u)


@compiled
def schedule_ready_unit(world: World, v: int, u: int, t: float) -> None:
    """Have a support unit ready again after serving a violation, at a time (h)."""
    _of_violation(world, t, UNIT_READY, v, u)


@compiled
def schedule_expiry(world: World, v: int, t: float) -> None:
    """Have a call that still waits given up at a time (h)."""
    _of_violation(world, t, CALL_EXPIRED, v, 0)


@compiled
def schedule_answer_due(world: World, v: int, t: float) -> None:
    """Have a grave violation count as unanswered at a time (h), unless it is answered by then."""
    _of_violation(world, t, GRAVE_DUE, v, 0)


@compiled
def schedule_regime_change(world: World, worsens: bool, t: float) -> None:
    """Have the regime of the ceasefire worsen, or ease, at a time (h)."""
    push(world, t, WORSEN if worsens else EASE, 0, 0, world.regime[0].epoch, 0.0)
