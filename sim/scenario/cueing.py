"""Cueing: drones that leave a patrol to confirm a report."""

from sim.scenario.fields import Section, quantity


class Cueing(Section):
    """Flights that leave a patrol to confirm a report."""

    enabled: bool = quantity(False, "Whether drones are sent to confirm unconfirmed reports")
    search_min: float = quantity(
        20.0, "Longest search at the place before giving up", unit="min", gt=0
    )
    max_flight_min: float | None = quantity(
        None, "Longest flight for which a drone is sent; none = no limit", unit="min", gt=0
    )
    min_severity: int = quantity(
        1, "No drone is sent for a report less severe than this", unit="severity", ge=1, le=5
    )
    poor_look_share: float = quantity(
        0.0,
        "A detection by a look whose probability is below this share of its fair-weather daylight "
        "value is unconfirmed",
        unit="share",
        ge=0,
        le=1,
    )
