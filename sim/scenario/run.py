"""How long a run lasts, and the response standard."""

from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from sim.scenario.fields import Section, Value, quantity, refuse


def _read_date(value: Value) -> Value:
    """Read a date written as text; whatever is not one is left to the strict check."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2200, 12, 31)
"""A start date outside these is taken for a typing error."""


class Run(Section):
    """The span of simulated time. Time 0 is the start of the ceasefire."""

    duration_days: float = quantity(
        365.0, "Length of the run", unit="days", gt=0, le=3660, source="one year, assumed"
    )
    warmup_days: float = quantity(
        0.0,
        "Violations with onset before this time are simulated but not counted",
        unit="days",
        ge=0,
    )
    start_date: Annotated[date, BeforeValidator(_read_date)] = quantity(
        date(2026, 1, 1), "Calendar day of time 0; gives the month for the weather"
    )

    @model_validator(mode="after")
    def _check_date(self) -> Self:
        if not FIRST_DATE <= self.start_date <= LAST_DATE:
            refuse("start_date", f"must be a date from {FIRST_DATE} to {LAST_DATE}")
        return self

    @model_validator(mode="after")
    def _check_warmup(self) -> Self:
        if self.warmup_days >= self.duration_days:
            refuse("warmup_days", f"must be less than run.duration_days = {self.duration_days:g}")
        return self


class Measures(Section):
    """What counts as a good response, and how long each violation is followed up."""

    standard_min: float = quantity(
        60.0, "Response standard: first report to arrival within this time", unit="min", gt=0
    )
    follow_up_h: float = quantity(
        24.0,
        "Follow-up window of each violation: longer times, and times to what never happens, count "
        "as this in restricted means",
        unit="h",
        gt=0,
        source="assumed",
    )
