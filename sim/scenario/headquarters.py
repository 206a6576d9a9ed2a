"""The chain of command: headquarters whose desks reports pass through."""

from typing import Literal

from sim.scenario.fields import MAX_COUNT, Latitude, Longitude, Section, quantity


class Headquarters(Section):
    """A headquarters in the chain of command: desks that work on one report each at a time."""

    task: Literal["analysis", "ruling", "coordination"] = quantity(
        "coordination",
        "analysis = screens out false reports; ruling = the referee rules on each report; "
        "coordination = passes it on",
    )
    nation: str = quantity(
        "", 'Nation that provides it; "United States" = closed while they are not engaged'
    )
    place: str = quantity("", "Where it is, for maps and tables")
    lon: Longitude | None = quantity(None, "Longitude, for maps", unit="deg E")
    lat: Latitude | None = quantity(None, "Latitude, for maps", unit="deg N")
    desks: int = quantity(
        ...,
        "Reports that can be worked on at the same time",
        unit="desks",
        ge=1,
        le=MAX_COUNT,
        source="set by the scenario",
    )
    service_min: float = quantity(
        ..., "Mean time a report takes at a desk", unit="min", ge=0, source="set by the scenario"
    )
    service: Literal["fixed", "exponential", "lognormal"] = quantity(
        "exponential", "Distribution of the time at a desk"
    )
    service_cv: float = quantity(
        1.0, "Coefficient of variation of the time at a desk; lognormal only", unit="ratio", gt=0
    )
    min_severity: int = quantity(1, "Less severe reports skip it", unit="severity", ge=1, le=5)
    recognises_false: float = quantity(
        0.0, "Probability that analysis recognises a false report", unit="share", ge=0, le=1
    )
    while_closed: Literal["pass", "wait"] = quantity(
        "pass", "pass = reports skip it while it is closed; wait = they wait for it to open"
    )
