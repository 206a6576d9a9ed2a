"""The command chain: desks that reports pass, the referee's rulings, and confirmation flights."""

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


class Referee(Section):
    """The quality of rulings, by how well a report is confirmed."""

    recognises_confirmed: float = quantity(
        0.3, "Chance to recognise a false report that looked confirmed", unit="share", ge=0, le=1
    )
    recognises_unconfirmed: float = quantity(
        0.5, "Chance to recognise a false report nobody went to see", unit="share", ge=0, le=1
    )
    recognises_not_found: float = quantity(
        0.9,
        "Chance to recognise a false report where a drone found nothing",
        unit="share",
        ge=0,
        le=1,
    )
    dismisses_unconfirmed: float = quantity(
        0.1, "Chance to take a true report nobody went to see for false", unit="share", ge=0, le=1
    )
    dismisses_not_found: float = quantity(
        0.4,
        "Chance to take a true report where a drone found nothing for false",
        unit="share",
        ge=0,
        le=1,
    )


class Cueing(Section):
    """Flights that leave a patrol to confirm a report."""

    enabled: bool = quantity(False, "Whether drones are sent to confirm unconfirmed reports")
    search_min: float = quantity(
        20.0, "Longest stay on the spot before it is given up", unit="min", gt=0
    )
    max_flight_min: float | None = quantity(
        None, "No drone is sent that needs longer to get there; none = no limit", unit="min", gt=0
    )
    min_severity: int = quantity(
        1, "Nobody flies for a report less severe than this", unit="severity", ge=1, le=5
    )
    poor_look_share: float = quantity(
        0.0,
        "A detection by a look whose chance is below this share of its fair-weather daylight "
        "value is unconfirmed",
        unit="share",
        ge=0,
        le=1,
    )
