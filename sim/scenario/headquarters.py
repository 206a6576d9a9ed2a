"""The command chain: stations whose desks reports pass."""

from typing import Literal

from sim.scenario.fields import MAX_COUNT, Latitude, Longitude, Section, quantity


class Headquarters(Section):
    """A station of the command chain: desks that work on one report at a time."""

    task: Literal["analysis", "ruling", "coordination"] = quantity(
        "coordination",
        "analysis = looks for false alarms; ruling = the referee rules on each report; "
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
        "Reports worked on at a time",
        unit="desks",
        ge=1,
        le=MAX_COUNT,
        source="set by the scenario",
    )
    service_min: float = quantity(
        ..., "Mean time a report takes at a desk", unit="min", ge=0, source="set by the scenario"
    )
    service: Literal["fixed", "exponential", "lognormal"] = quantity(
        "exponential", "Law of the time at a desk"
    )
    service_cv: float = quantity(
        1.0, "Coefficient of variation of the time at a desk; lognormal only", unit="ratio", gt=0
    )
    min_severity: int = quantity(1, "Less severe reports pass it by", unit="severity", ge=1, le=5)
    recognises_false: float = quantity(
        0.0, "Chance that analysis recognises a false report", unit="share", ge=0, le=1
    )
    while_closed: Literal["pass", "wait"] = quantity(
        "pass", "While it is closed reports pass it by, or wait for it to open"
    )
