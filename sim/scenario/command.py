"""From a detection to a unit on its way: the command delay and the dispatch rule."""

from typing import Literal, get_args

from sim.scenario.fields import Section, quantity

Rule = Literal["nearest", "sector_first"]
RULES = get_args(Rule)
"""Dispatch rules; their places here are their codes in the engine."""


class Command(Section):
    """How headquarters turns a detection into a call for a unit."""

    delay_min: float = quantity(
        0.0, "Mean time between detection and the request for dispatch", unit="min", ge=0
    )
    delay: Literal["fixed", "exponential", "lognormal"] = quantity("fixed", "Law of the delay")
    delay_cv: float = quantity(
        1.0, "Coefficient of variation of the delay; lognormal only", unit="ratio", gt=0
    )
    min_severity: int = quantity(
        1, "Nobody is sent to an incident less severe than this", unit="severity", ge=1, le=5
    )


class Dispatch(Section):
    """Which unit is sent, and what happens when none is free."""

    rule: Rule = quantity(
        "nearest", "nearest = nearest ready unit; sector_first = one of the own sector if ready"
    )
    waiting_room: bool = quantity(
        True, "Whether a call that finds all units busy waits; false = it is lost"
    )
    travel_is_busy: bool = quantity(
        True,
        "Whether a unit is busy from dispatch until it is back; false = only as long as work on "
        "the scene takes, from dispatch on, as in loss models: it may then serve two calls",
    )
    max_wait_h: float | None = quantity(
        None, "A call that has waited this long is dropped; none = never", unit="h", gt=0
    )
