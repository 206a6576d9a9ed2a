"""The calendar of coming events: a calendar queue.

Time is cut into short days of equal length, which are dealt out in turn to a ring of lists: as on
the pages of a desk calendar, a list holds the events of its day of this year, in order, and after
them those of the same day of later years. The next event is nearly always at the head of one of the
next few lists, and a new one nearly always belongs at the head of its list, so entering and taking
need about the same few steps however many events are pending. The length of a day is set anew
when lists get long, or the days between events many.

Events at the same instant are taken by kind, the lowest number first, then by the two numbers they
carry. The order is thus a property of the events and not of the order in which they were entered,
which is what makes a run independent of how it is cut into steps. Where these numbers come from the
order of a file, who takes the event may put tied ones in another order (`bring_forward`).

References
----------
Brown, R. (1988), Calendar queues: a fast O(1) priority queue implementation for the simulation
event set problem, Communications of the ACM 31, 1220-1227.
"""

import numpy as np

from sim.kernel.columns import F8, I4, I8, Column, Columns, Ints1D, Records, Row
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H


class EventRow(Row):
    """An event that is pending."""

    time: F8  # h, >= 0
    until: F8  # h, for whoever takes it; so are the two numbers and the epoch
    kind: I4
    first: I4
    second: I4
    epoch: I4
    next: I4  # in its list, or among the unused; -1 for none


class CalendarRow(Row):
    """The state of a calendar."""

    horizon: F8  # h, after which nothing happens
    pending: I8  # events entered and not yet taken
    next: I4  # row of the event that comes next, -1 for none
    last: I4  # row of the event entered last, -1 if it was taken since
    unused: I4  # first of the rows given back
    rows: I4  # rows ever in use
    days_per_h: F8
    day: I8  # of the next event
    taken: I8  # events taken since the length of a day was last looked at,
    passed: I8  # events passed by in lists on entering since then,
    turned: I8  # and days gone through for the next event


class Calendar(Columns):
    """Columns that hold a calendar."""

    calendar: Column[CalendarRow]  # (1,)
    events: Column[EventRow]
    days: Ints1D  # (a power of two,) first event of each list, -1 for none


FIRST_DAYS_PER_H = 16.0
LOOK_AFTER = 1024
"""Events taken between looks at the length of a day."""
LONG_LISTS = 2
MANY_DAYS = 4
"""Means per event taken, above which days are made shorter, or longer, by `DAY_STEP`."""
DAY_STEP = 2.0
MOST_DAYS_PER_H = 1e9


def pages(room: int) -> int:
    """Return the number of lists for a calendar that has room for so many events."""
    return 1 << max(0, room // 4 - 1).bit_length()


def empty_calendar(horizon_h: float) -> Records:
    """Return the state of a calendar without events, for a run that ends at a time (h)."""
    calendar = np.zeros(1, dtype=CalendarRow.dtype)
    calendar["horizon"] = horizon_h
    calendar["next"] = calendar["last"] = calendar["unused"] = -1
    calendar["days_per_h"] = FIRST_DAYS_PER_H
    return calendar


@compiled
def _before(one: EventRow, other: EventRow) -> bool:
    if one.time != other.time:
        return bool(one.time < other.time)
    if one.kind != other.kind:
        return bool(one.kind < other.kind)
    if one.first != other.first:
        return bool(one.first < other.first)
    return bool(one.second < other.second)


@compiled
def _row_for_new(calendar: CalendarRow, events: Column[EventRow]) -> int:
    row = calendar.unused
    if row >= 0:
        calendar.unused = events[row].next
        return int(row)
    calendar.rows += 1
    return int(calendar.rows - 1)


@compiled
def _event_to_pass(calendar: CalendarRow, events: Column[EventRow], new: EventRow) -> int:
    """Return the event entered last if it is of the same instant and before a new one, else -1.

    A change of weather launches thousands of drones at one instant, one after another: to pass
    all of them by for each would take a time that grows with the square of their number.
    """
    last = calendar.last
    if last >= 0 and events[last].time == new.time and _before(events[last], new):
        return int(last)
    return -1


@compiled
def _insert(world: Calendar, row: int) -> None:
    """Put an event into the list of its day."""
    calendar = world.calendar[0]
    events = world.events
    days = world.days
    new = events[row]
    day = int(new.time * calendar.days_per_h)
    page = day & (len(days) - 1)
    previous = _event_to_pass(calendar, events, new)
    other = events[previous].next if previous >= 0 else days[page]
    calendar.last = row
    while other >= 0 and _before(events[other], new):
        previous = other
        other = events[other].next
        calendar.passed += 1
    new.next = other
    if previous >= 0:
        events[previous].next = row
        return
    days[page] = row
    if calendar.next < 0 or day <= calendar.day:
        calendar.next = row
        calendar.day = day


@compiled
def push(
    world: Calendar, time: float, kind: int, first: int, second: int, epoch: int, until: float
) -> None:
    """Enter an event; nothing is entered that would fall after the end of the run."""
    calendar = world.calendar[0]
    if time > calendar.horizon:
        return
    row = _row_for_new(calendar, world.events)
    new = world.events[row]
    new.time = time
    new.until = until
    new.kind = kind
    new.first = first
    new.second = second
    new.epoch = epoch
    calendar.pending += 1
    _insert(world, row)


@compiled
def _find_next(world: Calendar) -> None:
    """Find the event that comes next, from the present day on."""
    calendar = world.calendar[0]
    days = world.days
    day = calendar.day
    for _ in range(len(days)):
        row = days[day & (len(days) - 1)]
        if row >= 0 and int(world.events[row].time * calendar.days_per_h) == day:
            calendar.next = row
            calendar.day = day
            return
        day += 1
        calendar.turned += 1
    calendar.next = -1
    for page in range(len(days)):
        row = days[page]
        if row >= 0 and (
            calendar.next < 0 or _before(world.events[row], world.events[calendar.next])
        ):
            calendar.next = row
    calendar.day = int(world.events[calendar.next].time * calendar.days_per_h)


@compiled
def next_time(world: Calendar) -> float:
    """Return the time of the event that comes next (h), infinite if none is pending."""
    row = world.calendar[0].next
    return float(world.events[row].time) if row >= 0 else np.inf


@compiled
def is_tied(world: Calendar, row: int, other: int) -> bool:
    """Tell whether an event shares kind, first number and instant with one before it."""
    if other < 0:
        return False
    one, following = world.events[row], world.events[other]
    return bool(
        following.time <= one.time + SAME_H
        and following.kind == one.kind
        and following.first == one.first
    )


@compiled
def bring_forward(world: Calendar, row: int, other: int) -> None:
    """Let two tied events change places."""
    one, following = world.events[row], world.events[other]
    one.second, following.second = following.second, one.second
    one.epoch, following.epoch = following.epoch, one.epoch
    one.until, following.until = following.until, one.until


@compiled
def drop_first(world: Calendar) -> None:
    """Take the earliest event off the calendar."""
    calendar = world.calendar[0]
    row = calendar.next
    event = world.events[row]
    world.days[calendar.day & (len(world.days) - 1)] = event.next
    event.next = calendar.unused
    calendar.unused = row
    if calendar.last == row:
        calendar.last = -1
    calendar.pending -= 1
    if calendar.pending == 0:
        calendar.next = -1
        return
    calendar.taken += 1
    if calendar.taken == LOOK_AFTER:
        _adapt(world)
    _find_next(world)


@handler
def _adapt(world: Calendar) -> None:
    """Make days shorter where lists have grown long, longer where most days are empty."""
    calendar = world.calendar[0]
    factor = 1.0
    if calendar.passed > LONG_LISTS * calendar.taken and calendar.days_per_h < MOST_DAYS_PER_H:
        factor = DAY_STEP
    elif calendar.turned > MANY_DAYS * calendar.taken:
        factor = 1.0 / DAY_STEP
    if factor != 1.0:
        chain = take_apart(world)
        calendar.days_per_h *= factor
        put_together(world, chain)
    calendar.taken = calendar.passed = calendar.turned = 0


@compiled
def take_apart(world: Calendar) -> int:
    """Put all events into one list and empty the days; return its first event."""
    chain = -1
    for page in range(len(world.days)):
        row = world.days[page]
        while row >= 0:
            following = world.events[row].next
            world.events[row].next = chain
            chain = row
            row = following
        world.days[page] = -1
    world.calendar[0].next = world.calendar[0].last = -1
    return chain


@compiled
def put_together(world: Calendar, chain: int) -> None:
    """Put the events of a list back into their days."""
    while chain >= 0:
        following = world.events[chain].next
        _insert(world, chain)
        chain = following
