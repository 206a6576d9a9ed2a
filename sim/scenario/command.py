"""From a detection to a call for support: the command delay."""

from typing import Literal

from sim.scenario.fields import Section, quantity


class Command(Section):
    """How the end of the chain of command turns a report into a call for a unit."""

    delay_min: float = quantity(
        0.0, "Mean time from the end of the chain of command to the call", unit="min", ge=0
    )
    delay: Literal["fixed", "exponential", "lognormal"] = quantity(
        "fixed", "Distribution of the delay"
    )
    delay_cv: float = quantity(
        1.0, "Coefficient of variation of the delay; lognormal only", unit="ratio", gt=0
    )
    min_severity: int = quantity(
        1, "No unit is sent to a violation less severe than this", unit="severity", ge=1, le=5
    )
