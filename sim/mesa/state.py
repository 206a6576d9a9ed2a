"""Between Mesa's bookkeeping and the world: time, and models that are copied or pickled."""

from __future__ import annotations

import inspect
import itertools
import weakref
from collections import defaultdict
from typing import Any

from mesa.experimental.mesa_signals import Observable
from mesa.time import Event, EventList

type Handlers = dict[Any, list[Any]]


class WorldTime(Observable):  # type: ignore[misc]  # Mesa ships no types
    """Mesa's time of a model; whenever it is set, the model's world moves to it first."""

    def __set__(self, model: Any, value: float) -> None:
        model.follow(value)
        super().__set__(model, value)


def held_strongly(subscribers: Handlers) -> Handlers:
    """Return who is told of a model's signals; Mesa holds weak references, which do not pickle."""
    return {
        signal: [handler for reference in references if (handler := reference()) is not None]
        for signal, references in subscribers.items()
    }


def held_weakly(subscribers: Handlers) -> Handlers:
    """Return subscribers as Mesa holds them."""
    found: Handlers = defaultdict(list)
    for signal, handlers in subscribers.items():
        found[signal] = [
            weakref.WeakMethod(handler) if inspect.ismethod(handler) else weakref.ref(handler)
            for handler in handlers
        ]
    return found


def number_events_after(events: EventList) -> None:
    """Let Mesa number new events after those of a list that was made in another process.

    At one instant Mesa takes events by number, and each process counts from 0: without this, a
    model loaded elsewhere would take events in another order than the original.
    """
    latest = max((event.unique_id for event in events._events), default=-1)
    following = next(Event._ids)
    Event._ids = itertools.count(max(following, latest + 1))
