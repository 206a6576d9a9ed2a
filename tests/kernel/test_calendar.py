"""The calendar of events."""

import numpy as np
from engine_scenarios import TINY, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import make_room
from sim.kernel.calendar import Calendar, EventRow, drop_first, empty_calendar, pages, push
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

HORIZON_H = 48.0
EVENTS = st.tuples(
    st.sampled_from([0.0, 0.5, 1.0, 1.0 + 2**-52, 7.0, 47.5, HORIZON_H]),
    st.integers(1, 12),
    st.integers(0, 3),
    st.integers(0, 3),
)

type Event = tuple[float, int, int, int]

QUEUE = Calendar(
    calendar=empty_calendar(HORIZON_H),
    events=np.empty(96, dtype=EventRow.dtype),
    days=np.full(pages(96), -1, dtype=np.int32),
)


def clear() -> None:
    QUEUE.days[:] = -1
    QUEUE.put("calendar", empty_calendar(HORIZON_H))


def enter(event: Event) -> None:
    time, kind, first, second = event
    push(QUEUE, time, kind, first, second, 5, 3.0)


def take() -> Event:
    first = QUEUE.events[QUEUE.calendar["next"][0]]
    event = (float(first["time"]), int(first["kind"]), int(first["first"]), int(first["second"]))
    drop_first(QUEUE)
    return event


@given(st.lists(EVENTS, max_size=60))
def test_events_come_in_the_order_of_time_kind_and_numbers(events: list[Event]) -> None:
    """Catches a heap that loses or swaps events, or lets the order of entry break ties."""
    clear()
    for event in events:
        enter(event)
    assert [take() for _ in events] == sorted(events)
    assert QUEUE.calendar["pending"][0] == 0


@given(st.lists(st.one_of(EVENTS, st.none()), max_size=80))
def test_entering_and_taking_may_alternate(moves: list[Event | None]) -> None:
    """Catches a hole that a removal leaves and a later entry falls into."""
    clear()
    model: list[Event] = []
    for move in moves:
        if move is not None:
            enter(move)
            model.append(move)
        elif model:
            assert take() == min(model)
            model.remove(min(model))
    assert QUEUE.calendar["pending"][0] == len(model)


def test_events_of_one_instant_are_not_passed_by_one_after_another() -> None:
    """Catches launches after bad weather that take a time with the square of their number."""
    clear()
    for number in range(60):
        push(QUEUE, 7.0, 1, number, 0, 0, 0.0)
    assert QUEUE.calendar["passed"][0] == 0
    assert [take()[2] for _ in range(60)] == list(range(60))


def test_events_carry_their_epoch_and_end() -> None:
    """Catches fields that stay behind when events move within the heap."""
    clear()
    for number in range(20):
        push(QUEUE, float(20 - number), 7, number, 0, 100 + number, 0.5 * number)
    for number in reversed(range(20)):
        first = QUEUE.events[QUEUE.calendar["next"][0]]
        assert (first["first"], first["epoch"], first["until"]) == (
            number,
            100 + number,
            0.5 * number,
        )
        drop_first(QUEUE)


def test_nothing_is_entered_beyond_the_end_of_the_run() -> None:
    """Catches a calendar that fills up with events that never come; the end itself belongs."""
    clear()
    push(QUEUE, np.nextafter(HORIZON_H, np.inf), 7, 0, 0, 0, 0.0)
    push(QUEUE, np.inf, 7, 0, 0, 0, 0.0)
    assert QUEUE.calendar["pending"][0] == 0
    push(QUEUE, HORIZON_H, 7, 0, 0, 0, 0.0)
    assert QUEUE.calendar["pending"][0] == 1


def test_a_full_calendar_grows_and_keeps_its_events() -> None:
    """Catches a calendar that loses events, or keeps its old address, when it has to grow."""
    world = make_world(build_plan(scenario(TINY)), 1)
    world.put("events", world.events[:70].copy())
    for number in range(60):
        push(world, float((7 * number) % 60) / 2.0, 7, number, 0, 0, 0.0)
    room = len(world.events)
    make_room(world)
    assert len(world.events) > room
    times = []
    for _ in range(60):
        times.append(float(world.events[world.calendar["next"][0]]["time"]))
        drop_first(world)
    assert times == [0.5 * number for number in range(60)]
