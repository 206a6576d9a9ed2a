"""The quality of the referee's rulings."""

from sim.scenario.fields import Section, quantity


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
