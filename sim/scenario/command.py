"""From a detection to a call for support: the command delay."""

from typing import Literal

from sim.scenario.fields import Section, quantity


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
