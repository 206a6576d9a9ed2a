"""Which unit is sent to a call, and what happens when none is ready."""

from typing import Literal, get_args

from sim.scenario.fields import Section, quantity

Rule = Literal["nearest", "sector_first"]
RULES = get_args(Rule)
"""Dispatch rules; the position of each is its code in the engine."""


class Dispatch(Section):
    """Which unit is sent, and what happens when none is free."""

    rule: Rule = quantity(
        "nearest",
        "nearest = nearest ready unit; sector_first = one from the sector of the call, if ready",
    )
    waiting_room: bool = quantity(
        True, "Whether a call waits if all units are busy; false = it is lost"
    )
    travel_is_busy: bool = quantity(
        True,
        "Whether a unit is busy from dispatch until it is back; false = for the time on the scene "
        "only, counted from dispatch, as in loss models: it may then serve two calls",
    )
    max_wait_h: float | None = quantity(
        None, "A call that has waited this long is dropped; none = never", unit="h", gt=0
    )
