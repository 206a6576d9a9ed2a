"""Reports from sources other than monitors, and clutter that causes false reports."""

from typing import Literal

from sim.scenario.fields import NonNegative, Section, Share, items, quantity


class ReportSource(Section):
    """A source of reports besides the monitors, such as a party's complaints or a radar picture."""

    nation: str = quantity(
        "", 'Nation that provides it; "United States" = silent while they are not engaged'
    )
    kinds: tuple[str, ...] | None = items(
        None, "Kinds of violation it reports; none = all", min_length=1
    )
    share: float = quantity(
        ...,
        "Share of violations it reports",
        unit="share",
        ge=0,
        le=1,
        source="set by the scenario",
    )
    delay_min: float = quantity(0.0, "Mean time from onset to the report", unit="min", ge=0)
    delay: Literal["fixed", "exponential"] = quantity("exponential", "Distribution of the delay")
    confirmed: bool = quantity(
        False, "Whether its report needs no confirmation; it then counts as a detection"
    )
    attribution_chance: float = quantity(
        0.3, "Probability that the report shows who did it", unit="share", ge=0, le=1
    )
    false_per_day: float = quantity(
        0.0, "False reports per day on the whole line", unit="1/day", ge=0, le=100_000
    )


class Clutter(Section):
    """What sensors mistake for violations, such as field fires or quarry blasts."""

    rate_per_day: float = quantity(
        ...,
        "Occurrences per day on the whole line",
        unit="1/day",
        ge=0,
        le=100_000,
        source="set by the scenario",
    )
    mean_duration_min: float = quantity(
        ...,
        "Mean time for which it can be seen; exponential",
        unit="min",
        gt=0,
        source="set by the scenario",
    )
    taken_for: str = quantity(
        ..., "Kind of violation it is taken for", source="set by the scenario"
    )
    offset_sd_km: NonNegative = quantity(
        0.0, "Standard deviation of the distance across the line", unit="km"
    )
    look_chance: dict[str, Share] = quantity(
        ...,
        'Probability that one look mistakes it for a violation, by platform; an entry "default" '
        "applies to the others, which otherwise never do",
        unit="share",
        source="set by the scenario",
    )
