"""Regimes of the ceasefire: calm, tense, collapsing, and the renewed attack that ends it."""

from typing import Literal

from pydantic import Field

from sim.scenario.fields import Section, quantity

REGIMES = ("calm", "tense", "collapsing")


class Regime(Section):
    """What a regime does to violations, and how it ends."""

    factor: float = quantity(
        1.0, "Multiplier of the background rate in this regime", unit="ratio", ge=0, le=100
    )
    worsen_per_day: float = quantity(
        0.0, "Rate of turning worse whatever happens", unit="1/day", ge=0, le=10_000
    )
    worsen_per_unanswered: float = quantity(
        0.0,
        "Further rate of turning worse for each remembered grave violation left unanswered",
        unit="1/day",
        ge=0,
        le=10_000,
    )
    ease_per_day: float = quantity(
        0.0,
        "Rate of turning back to the regime before; calm has none",
        unit="1/day",
        ge=0,
        le=10_000,
    )


class Escalation(Section):
    """How violations that go unanswered wear a ceasefire down."""

    enabled: bool = quantity(False, "Whether regimes change and the ceasefire may end")
    start: Literal["calm", "tense", "collapsing"] = quantity("calm", "Regime on day 0")
    grave_severity: int = quantity(
        4, "Violations at least this severe weigh on the ceasefire", unit="severity", ge=1, le=5
    )
    answer_within_h: float = quantity(
        12.0,
        "A grave violation not reached this long after its onset is unanswered",
        unit="h",
        gt=0,
    )
    memory_days: float = quantity(
        7.0, "Time constant with which an unanswered violation is forgotten", unit="days", gt=0
    )
    us_deterrence: float = quantity(
        1.0,
        "Multiplier of the rates of turning worse while the United States are engaged",
        unit="ratio",
        ge=0,
        le=1,
    )
    calm: Regime = Field(default=Regime(), description="The first regime")
    tense: Regime = Field(default=Regime(), description="The second regime")
    collapsing: Regime = Field(
        default=Regime(), description="The third regime; turning worse is a renewed attack"
    )
