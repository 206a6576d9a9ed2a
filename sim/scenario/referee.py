"""The quality of the referee's rulings."""

from sim.scenario.fields import Section, quantity


class Referee(Section):
    """The quality of rulings, by how well a report is confirmed."""

    recognises_confirmed: float = quantity(
        0.3, "Probability of recognising a confirmed false report", unit="share", ge=0, le=1
    )
    recognises_unconfirmed: float = quantity(
        0.5, "Probability of recognising an unconfirmed false report", unit="share", ge=0, le=1
    )
    recognises_not_found: float = quantity(
        0.9,
        "Probability of recognising a false report for which a drone found nothing",
        unit="share",
        ge=0,
        le=1,
    )
    dismisses_unconfirmed: float = quantity(
        0.1, "Probability of dismissing an unconfirmed true report", unit="share", ge=0, le=1
    )
    dismisses_not_found: float = quantity(
        0.4,
        "Probability of dismissing a true report for which a drone found nothing",
        unit="share",
        ge=0,
        le=1,
    )
