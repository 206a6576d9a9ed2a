"""Force generation: the strength of nations over time, their mandates, airlift and rotation."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import Section, items, quantity, refuse


class Strength(Section):
    """Soldiers that a nation plans to have in place on a day."""

    day: float = quantity(
        ..., "Days since the mandate", unit="days", ge=0, source="set by the scenario"
    )
    soldiers: float = quantity(
        ..., "Planned strength", unit="soldiers", ge=0, le=1e7, source="set by the scenario"
    )


class Nation(Section):
    """A nation that provides support units."""

    name: str = quantity(
        ...,
        "Its name; the support groups of this nation are its units",
        source="set by the scenario",
    )
    mandate: Literal["granted", "date", "random", "refused"] = quantity(
        "granted",
        "granted = from day 0; date = from mandate_day; random = by chance; refused = never",
    )
    mandate_day: float = quantity(0.0, "Day of the mandate; with mandate = date", unit="days", ge=0)
    mandate_chance: float = quantity(
        1.0, "Probability that parliament agrees; with mandate = random", unit="share", ge=0, le=1
    )
    mandate_mean_days: float = quantity(
        60.0, "Mean time until it agrees; exponential, with mandate = random", unit="days", gt=0
    )
    airlift_share: float = quantity(
        1.0,
        "Share of its soldiers that come by air; the others come by road or rail",
        unit="share",
        ge=0,
        le=1,
    )
    strength: tuple[Strength, ...] = items(
        ...,
        "Planned strength by days since the mandate, linear in between",
        min_length=1,
        source="set by the scenario",
    )

    @model_validator(mode="after")
    def _check_mandate(self) -> Self:
        if self.mandate == "granted" and self.mandate_day > 0:
            refuse("mandate_day", 'must be 0 unless mandate = "date"')
        return self

    @model_validator(mode="after")
    def _check_strength(self) -> Self:
        for index, row in enumerate(self.strength):
            if index == 0 and row.day != 0:
                refuse("strength.0.day", "must be 0: the plan begins with the mandate")
            if index and row.day <= self.strength[index - 1].day:
                refuse(f"strength.{index}.day", "must be later than the one before it")
        return self


class ForceGeneration(Section):
    """How fast forces arrive, and how long soldiers stay."""

    enabled: bool = quantity(
        False,
        "Whether units arrive with their nation's soldiers; false = all are present on day 0",
    )
    airlift_with_us_per_day: float = quantity(
        60.0,
        "Soldiers flown in per day while the United States are engaged",
        unit="soldiers/day",
        ge=0,
    )
    airlift_without_us_per_day: float = quantity(
        20.0, "Soldiers flown in per day while they are not engaged", unit="soldiers/day", ge=0
    )
    rotation_days: float | None = quantity(
        None,
        "Length of a tour, after which soldiers who came by air leave; none = they stay",
        unit="days",
        ge=1,
    )
