"""The calendar of coming events: a binary heap in one array.

Events at the same instant are taken by kind, then by the two numbers they carry. The order is thus
a property of the events and not of the order in which they were entered, which is what makes a run
independent of how it is cut into steps.
"""

import numpy as np

from sim.kernel.compiled import compiled
from sim.kernel.world import Records, World, column

EVENT = np.dtype(
    {
        "names": ["time", "time_bits", "until", "kind", "first", "second", "epoch"],
        "formats": ["f8", "i8", "f8", "i4", "i4", "i4", "i4"],
        "offsets": [0, 0, 8, 16, 20, 24, 28],
        "itemsize": 32,
    },
    align=True,
)
"""An event: its time (h, >= 0), also as an integer of the same order; the end (h) of the visit of
a look; its kind; a violation or drone; a drone, unit, source or station; and the epoch of its drone
or regime, without which it is void."""

column("heap", EVENT)
column("spare", EVENT)  # (1,) the event being entered

# The kinds of event, in the order in which they are taken at one instant.
# Events of drones come first.
DRONE_READY = 1
DRONE_ON_STATION = 2
DRONE_OFF_STATION = 3
DRONE_LOST = 4
DRONE_REPLACED = 5
DRONE_AT_CUE = 6
DRONE_CUE_LOOK = 7
DRONE_CUE_OVER = 8
DRONE_BACK = 9
LOOK = 10
REPORT = 11
CUE = 12
DESK_DONE = 13
CALL = 14
UNIT_ARRIVED = 15
UNIT_READY = 16
CALL_EXPIRED = 17
GRAVE_DUE = 18
WORSEN = 19
EASE = 20


@compiled
def _before(one: Records, other: Records) -> bool:
    if one.time != other.time:
        return bool(one.time < other.time)
    if one.kind != other.kind:
        return bool(one.kind < other.kind)
    if one.first != other.first:
        return bool(one.first < other.first)
    return bool(one.second < other.second)


@compiled
def push(
    world: World, time: float, kind: int, first: int, second: int, epoch: int, until: float
) -> None:
    """Enter an event; nothing is entered that would fall after the end of the run."""
    clock = world.clock[0]
    if time > clock.horizon:
        return
    heap = world.heap
    new = world.spare[0]
    new.time = time
    new.until = until
    new.kind = kind
    new.first = first
    new.second = second
    new.epoch = epoch
    hole = clock.pending
    clock.pending += 1
    while hole > 0:
        parent = (hole - 1) >> 1
        if not _before(new, heap[parent]):
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = new


@compiled
def drop_first(world: World) -> None:
    """Take the earliest event off the calendar.

    The hole goes down to a leaf along the earlier children, then the last event rises from there:
    it nearly always belongs near the leaves, and each level costs one comparison instead of two.
    Which child is earlier is a coin toss that the processor can not guess, so instead of a branch
    the sign of the difference of the times, as integers, makes the step.
    """
    clock = world.clock[0]
    heap = world.heap
    clock.pending -= 1
    size = clock.pending
    hole = 0
    child = 1
    while child + 1 < size:
        ahead = heap[child + 1].time_bits - heap[child].time_bits
        if ahead == 0:
            child += 1 if _before(heap[child + 1], heap[child]) else 0
        else:
            child -= ahead >> 63
        heap[hole] = heap[child]
        hole = child
        child = 2 * hole + 1
    if child < size:
        heap[hole] = heap[child]
        hole = child
    last = heap[size]
    while hole > 0:
        parent = (hole - 1) >> 1
        if not _before(last, heap[parent]):
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = last
