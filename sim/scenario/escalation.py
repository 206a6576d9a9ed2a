"""Regimes of the ceasefire: calm, tense, collapsing, and the renewed attack that ends it."""

from typing import Literal

from pydantic import Field

from sim.scenario.fields import Section, quantity

REGIMES = ("calm", "tense", "collapsing")


class Regime(Section):
    """The effect of a regime on violations, and how it ends."""

    factor: float = quantity(
        1.0, "Multiplier of the background rate in this regime", unit="ratio", ge=0, le=100
    )
    worsen_per_day: float = quantity(0.0, "Base rate of worsening", unit="1/day", ge=0, le=10_000)
    worsen_per_unanswered: float = quantity(
        0.0,
        "Additional rate of worsening for each remembered grave violation left unanswered",
        unit="1/day",
        ge=0,
        le=10_000,
    )
    ease_per_day: float = quantity(
        0.0,
        "Rate of easing to the previous regime; calm has none",
        unit="1/day",
        ge=0,
        le=10_000,
    )


class Escalation(Section):
    """How unanswered violations wear down a ceasefire."""

    enabled: bool = quantity(False, "Whether regimes change and the ceasefire may end")
    start: Literal["calm", "tense", "collapsing"] = quantity("calm", "Regime on day 0")
    grave_severity: int = quantity(
        4, "Lowest severity of a grave violation", unit="severity", ge=1, le=5
    )
    answer_within_h: float = quantity(
        12.0,
        "A grave violation not reached within this time of its onset is unanswered",
        unit="h",
        gt=0,
    )
    memory_days: float = quantity(
        7.0,
        "Time constant with which the weight of an unanswered violation decays",
        unit="days",
        gt=0,
    )
    us_deterrence: float = quantity(
        1.0,
        "Multiplier of the rates of worsening while the United States are engaged",
        unit="ratio",
        ge=0,
        le=1,
    )
    calm: Regime = Field(default=Regime(), description="The first regime")
    tense: Regime = Field(default=Regime(), description="The second regime")
    collapsing: Regime = Field(
        default=Regime(), description="The third regime; worsening is a renewed attack"
    )
