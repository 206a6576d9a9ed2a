"""The engagement of the United States over time, and the backstop."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import Section, items, quantity, refuse

State = Literal["engaged", "suspended", "withdrawn"]


class Engagement(Section):
    """A state of engagement, and the day from which it holds."""

    from_day: float = quantity(
        ..., "First day of the state", unit="days", ge=0, source="set by the scenario"
    )
    state: State = quantity(..., "The state", source="set by the scenario")


class UnitedStates(Section):
    """Whether the United States are engaged, and whether they honour the backstop."""

    engagement: Literal["engaged", "schedule", "random"] = quantity(
        "engaged",
        "engaged = all the time; schedule = as stated; random = spells drawn in each run, the "
        "first of them engaged",
    )
    schedule: tuple[Engagement, ...] = items(
        (), "States in chronological order, from day 0; with engagement = schedule"
    )
    mean_engaged_days: float = quantity(
        365.0, "Mean length of a spell of engagement; exponential", unit="days", gt=0
    )
    mean_suspended_days: float = quantity(
        30.0, "Mean length of a suspension; exponential", unit="days", gt=0
    )
    withdrawal_share: float = quantity(
        0.2,
        "Probability that a spell of engagement ends in permanent withdrawal",
        unit="share",
        ge=0,
        le=1,
    )
    backstop_chance: float = quantity(
        0.5,
        "Probability that they honour the backstop if the ceasefire ends while they are engaged; "
        "otherwise they do not",
        unit="share",
        ge=0,
        le=1,
    )

    @model_validator(mode="after")
    def _check_schedule(self) -> Self:
        if self.engagement == "schedule" and not self.schedule:
            refuse("schedule", 'must state at least one state when engagement = "schedule"')
        if self.engagement != "schedule" and self.schedule:
            refuse("schedule", 'must be empty unless engagement = "schedule"')
        for index, row in enumerate(self.schedule):
            if index == 0 and row.from_day != 0:
                refuse("schedule.0.from_day", "must be 0: the first state begins on day 0")
            if index and row.from_day <= self.schedule[index - 1].from_day:
                refuse(f"schedule.{index}.from_day", "must be later than the one before it")
            if index and self.schedule[index - 1].state == "withdrawn":
                refuse(f"schedule.{index}.state", "cannot follow a withdrawal, which is final")
        return self
