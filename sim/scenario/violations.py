"""How violations arise: rate, phases, kinds, hot spots, contagion and feedback."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.fields import (
    GroupName,
    Latitude,
    Longitude,
    NonNegative,
    Section,
    items,
    quantity,
    refuse,
)


class Phase(Section):
    """A period in which the background rate is multiplied by a factor."""

    name: str = quantity(..., "Name of the phase in the results", source="set by the scenario")
    from_day: float = quantity(
        ..., "First day of the phase", unit="days", ge=0, source="set by the scenario"
    )
    factor: float = quantity(
        ...,
        "Multiplier of the background rate while the phase lasts",
        unit="ratio",
        ge=0,
        source="set by the scenario",
    )


class Kind(Section):
    """A kind of violation."""

    domain: Literal["land", "air", "sea"] = quantity(
        "land",
        "Where it happens: on land it lies along the line and monitors can see it; in the air "
        "and at sea only platforms that name the kind see it, otherwise it is known from reports",
    )
    area: str | None = quantity(
        None, "Area over which it is uniformly distributed; none = along the line"
    )
    share: float = quantity(
        1.0, "Weight of the kind among background candidates (relative)", unit="weight", gt=0
    )
    mean_duration_min: float = quantity(
        ...,
        "Mean duration, during which it can be seen",
        unit="min",
        gt=0,
        source="set by the scenario",
    )
    duration: Literal["exponential", "fixed", "lognormal"] = quantity(
        "exponential", "Distribution of the duration"
    )
    duration_cv: float = quantity(
        1.0, "Coefficient of variation of the duration; lognormal only", unit="ratio", gt=0
    )
    severity_weights: tuple[NonNegative, ...] = items(
        (1.0, 1.0, 1.0, 1.0, 1.0),
        "Weights of severity 1 (least) to 5 (worst)",
        length=5,
        unit="weight",
    )
    offset_sd_km: float = quantity(
        0.0, "Standard deviation of the distance across the line", unit="km", ge=0
    )
    russian_side_share: float = quantity(
        0.5, "Share of violations committed by the Russian side", unit="share", ge=0, le=1
    )

    @model_validator(mode="after")
    def _check_severity(self) -> Self:
        if sum(self.severity_weights) <= 0:
            refuse("severity_weights", "must hold at least one weight > 0")
        return self


class HotSpot(Section):
    """A stretch of the line that draws more than its share of the violations."""

    lon: Longitude | None = quantity(None, "Longitude of the centre", unit="deg E")
    lat: Latitude | None = quantity(None, "Latitude of the centre", unit="deg N")
    chainage_km: float | None = quantity(
        None, "Centre as a distance along the line; instead of lon and lat", unit="km", ge=0
    )
    share: float = quantity(
        ...,
        "Share of background candidates located here",
        unit="share",
        ge=0,
        le=1,
        source="set by the scenario",
    )
    spread_km: float = quantity(
        6.0,
        "Standard deviation along the line",
        unit="km",
        gt=0,
        source="spots 20-25 km wide reproduce the concentration of OSCE violations in 2020; own "
        "estimate",
    )

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            refuse("lon" if self.lon is None else "lat", "lon and lat go together")
        if (self.lon is None) == (self.chainage_km is None):
            refuse("", "needs either lon and lat, or chainage_km")
        return self


class Feedback(Section):
    """How responding to violations changes later ones."""

    enabled: bool = quantity(False, "Whether responses prevent later violations")
    calm_effect: float = quantity(
        0.3,
        "Share of candidates near a recent response that do not happen",
        unit="share",
        ge=0,
        le=1,
    )
    calm_h: float = quantity(24.0, "Duration of the calming effect of a response", unit="h", gt=0)
    calm_radius_km: float = quantity(
        10.0, "Reach of the calming effect along the line", unit="km", gt=0
    )
    answered_offspring_drop: float = quantity(
        0.5,
        "Share of a violation's later offspring that do not happen once it is answered",
        unit="share",
        ge=0,
        le=1,
    )
    attributed_offspring_drop: float = quantity(
        0.0,
        "Share of a violation's later offspring that do not happen once the referee has "
        "attributed it",
        unit="share",
        ge=0,
        le=1,
    )


class Violations(Section):
    """The process that generates violations."""

    rate_per_day: float = quantity(
        ...,
        "Background candidates per day on the whole line at factor 1, before offspring",
        unit="1/day",
        ge=0,
        le=100_000,
        source="set by the scenario",
    )
    overdispersion_k: float | None = quantity(
        None,
        "Shape of the Gamma multiplier of each day's rate; none = Poisson days",
        unit="shape",
        gt=0,
        source="OSCE daily counts show k of about 1-3 within a regime; default Poisson",
    )
    branching_ratio: float = quantity(
        0.0,
        "Mean number of violations that one violation triggers directly",
        unit="ratio",
        ge=0,
        lt=1,
        source="0.15-0.4 estimated from event data of 2016-2025; default none",
    )
    offspring_decay_h: float = quantity(
        6.0, "Mean delay of an offspring after its parent", unit="h", gt=0
    )
    offspring_spread_km: float = quantity(
        2.0, "Standard deviation of an offspring's distance along the line", unit="km", ge=0
    )
    hour_weights: tuple[NonNegative, ...] = items(
        (1.0,) * 24, "Weights of the 24 hours of the day (relative)", length=24, unit="weight"
    )
    max_offset_km: float = quantity(
        20.0, "Largest distance of a violation from the line", unit="km", gt=0
    )
    phases: tuple[Phase, ...] = items(
        (Phase(name="calm", from_day=0.0, factor=1.0),),
        "Phases of the ceasefire in chronological order; the first begins on day 0",
        min_length=1,
    )
    kinds: dict[GroupName, Kind] = quantity(
        ..., "Kinds of violation by name", min_length=1, source="set by the scenario"
    )
    hot_spots: dict[GroupName, HotSpot] = quantity(
        dict, "Hot spots by name; the remaining share is uniform along the line"
    )
    feedback: Feedback = Field(Feedback(), description="How responses change later violations")

    @model_validator(mode="after")
    def _check_hours(self) -> Self:
        if sum(self.hour_weights) <= 0:
            refuse("hour_weights", "must hold at least one weight > 0")
        return self

    @model_validator(mode="after")
    def _check_phases(self) -> Self:
        if self.phases[0].from_day != 0:
            refuse("phases.0.from_day", "must be 0: the first phase begins with the ceasefire")
        for index in range(1, len(self.phases)):
            before = self.phases[index - 1].from_day
            if self.phases[index].from_day <= before:
                refuse(
                    f"phases.{index}.from_day",
                    f"must be later than the phase before it ({before:g})",
                )
        return self

    @model_validator(mode="after")
    def _check_hot_spots(self) -> Self:
        total = sum(spot.share for spot in self.hot_spots.values())
        if total > 1 + 1e-9:
            refuse("hot_spots", f"the shares sum to {total:g}; they must sum to at most 1")
        return self
