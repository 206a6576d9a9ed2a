"""Weather and jamming, both shared by all monitors of a zone."""

from sim.scenario.fields import Section, Share, items, quantity

OPEN_METEO = "Weather data by Open-Meteo.com (CC BY 4.0), five front oblasts, 2015-2024"


MAX_ZONES = 1000


class Weather(Section):
    """Spells of poor and severe weather that move in as fronts."""

    enabled: bool = quantity(False, "Whether weather grounds and blinds monitors")
    zones: int = quantity(
        1,
        "Number of equal stretches of the line, each with its own weather",
        unit="zones",
        ge=1,
        le=MAX_ZONES,
    )
    bad_share_by_month: tuple[Share, ...] = items(
        (0.3,) * 12,
        "Share of time with poor or severe weather, January to December",
        length=12,
        unit="share",
    )
    correlation_time_h: float = quantity(
        38.0,
        "Correlation time of the weather: 1 / (1/mean spell good + 1/mean spell bad)",
        unit="h",
        gt=0,
        source="-24 / ln(0.53), lag-1-day autocorrelation of cloud; " + OPEN_METEO,
    )
    front_zone_share: float = quantity(
        1.0, "Probability that a front reaches a zone", unit="share", ge=0, le=1
    )
    severe_share: float = quantity(
        0.2, "Share of bad weather that is severe", unit="share", ge=0, le=1
    )


class Jamming(Section):
    """Spells of electronic interference, independent between zones."""

    enabled: bool = quantity(False, "Whether monitors are jammed")
    zones: int = quantity(
        1,
        "Number of equal stretches of the line, each jammed independently",
        unit="zones",
        ge=1,
        le=MAX_ZONES,
    )
    mean_on_h: float = quantity(4.0, "Mean length of a spell with jamming", unit="h", gt=0)
    mean_off_h: float = quantity(
        6.0,
        "Mean length of a spell without jamming",
        unit="h",
        gt=0,
        source="with spells of 4 h, 78 % of flights of 6 h meet jamming; OSCE: 75-83 % of "
        "long-range flights in 2021",
    )
