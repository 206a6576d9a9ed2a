"""Start and advance a world, with room for whatever comes."""

import numpy as np

from sim.engine.loop import DONE, advance, most_pushes, start_agents
from sim.kernel.calendar import pages, put_together, take_apart
from sim.kernel.columns import Records
from sim.kernel.compile import is_cached, mark_cached
from sim.world.world import PER_VIOLATION, World


def _grown(array: Records, room: int) -> Records:
    grown = np.zeros(max(room, 2 * len(array)), dtype=array.dtype)
    grown[: len(array)] = array
    return grown


def make_room(world: World) -> None:
    """Make the calendar and the sortie table large enough for whatever the next event may enter."""
    clock = world.clock[0]
    most = world.calendar["pending"][0] + clock["live"] + 2 * clock["queued"]
    events = int(most) + most_pushes(world) + 64
    if events > len(world.events):
        chain = take_apart(world)
        world.put("events", _grown(world.events, events))
        world.put("days", np.full(pages(len(world.events)), -1, dtype=np.int32))
        put_together(world, chain)
    sorties = int(clock["sorties"]) + 2 * len(world.drones) + 64
    if sorties > len(world.sorties):
        world.put("sorties", _grown(world.sorties, sorties))


def start_world(world: World) -> None:
    """Set every agent to its state at time 0.

    Raises
    ------
    ValueError
        If a column of `PER_VIOLATION` has not as many rows as there are violations: the compiled
        rules would write beyond its end.
    """
    rows = len(world.violations)
    for name in PER_VIOLATION:
        if len(getattr(world, name)) != rows:
            message = f"{name}: {len(getattr(world, name))} rows for {rows} violations"
            raise ValueError(message)
    start_agents(world)


def advance_world(world: World, until_h: float) -> None:
    """Take all that happens up to and including a time.

    Parameters
    ----------
    world
        A started world; its arrays are changed in place.
    until_h
        Time (h), at most the end of the run.
    """
    cold = not is_cached()
    while advance(world, until_h) != DONE:
        make_room(world)
    if cold:
        mark_cached()
