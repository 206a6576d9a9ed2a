"""Support units: where they stand, how they travel, what they answer."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import MAX_COUNT, Latitude, Longitude, Section, items, quantity, refuse
from sim.scenario.monitors import check_stretch

Role = Literal[
    "logistics",
    "training",
    "quick_reaction",
    "monitoring",
    "air_policing",
    "naval",
    "naval_specialist",
]
DOMAINS = ("land", "air", "sea")
DOMAIN_OF_ROLE = {"air_policing": "air", "naval": "sea", "naval_specialist": "sea"}
"""The domain of the roles that are not on land."""

LITTORAL_STATES = ("Bulgaria", "Georgia", "Romania", "Turkey", "Ukraine")
"""Black Sea powers whose warships may patrol there; Russia, the sixth, is a party to the conflict.

Convention regarding the Regime of the Straits, Montreux, 20 July 1936, article 18:
other states' warships are limited in tonnage and may stay for no more than 21 days.
"""


class Base(Section):
    """A place where support units are based."""

    name: str = quantity(..., "Name of the place", source="set by the scenario")
    lon: Longitude = quantity(..., "Longitude", unit="deg E", source="set by the scenario")
    lat: Latitude = quantity(..., "Latitude", unit="deg N", source="set by the scenario")


class SupportGroup(Section):
    """Support units of one nation and role."""

    nation: str = quantity(..., "Nation that provides the units", source="set by the scenario")
    role: Role = quantity("monitoring", "What the units are for")
    count: int = quantity(
        ..., "Number of units", unit="units", ge=0, le=MAX_COUNT, source="set by the scenario"
    )
    soldiers_per_unit: float = quantity(
        10.0, "Soldiers of a unit; with force generation", unit="soldiers", gt=0
    )
    from_strength: bool = quantity(
        True,
        "Whether, with force generation, the units count towards the strength of their nation; "
        "false = they are present from the first day, like aircraft already on alert",
    )
    placement: Literal["even", "bases", "random"] = quantity(
        "even",
        "even = at the midpoints of equal parts of the stretch; random = anywhere along it; "
        "bases = distributed over the bases in turn",
    )
    from_km: float | None = quantity(
        None, "Chainage where the stretch begins; none = start of the line", unit="km", ge=0
    )
    to_km: float | None = quantity(
        None, "Chainage where the stretch ends; none = end of the line", unit="km", gt=0
    )
    base_offset_km: float = quantity(
        15.0, "Distance behind the line; even and random placement", unit="km", ge=0, le=1000
    )
    bases: tuple[Base, ...] = items((), 'Bases, used with placement = "bases"')
    standoff_km: float = quantity(
        0.0,
        "Units go to the violation but no nearer to the line than this; 0 = up to the line, never "
        "across",
        unit="km",
        ge=0,
        le=1000,
    )
    readiness_min: float = quantity(10.0, "Time from dispatch to departure", unit="min", ge=0)
    speed_kmh: float = quantity(50.0, "Road speed", unit="km/h", gt=0)
    road_factor: float = quantity(
        1.3, "Kilometres by road per kilometre as the crow flies", unit="km/km", ge=1, le=100
    )
    on_scene_h: float = quantity(2.0, "Mean time on the scene", unit="h", ge=0)
    on_scene: Literal["fixed", "exponential", "lognormal"] = quantity(
        "fixed", "Distribution of the time on the scene"
    )
    on_scene_cv: float = quantity(
        1.0, "Coefficient of variation of the time on the scene; lognormal only", unit="ratio", gt=0
    )
    answers: tuple[str, ...] | None = items(
        None, "Kinds of violation the units respond to; none = all"
    )

    @property
    def domain(self) -> str:
        """One of `DOMAINS`; it follows from the role."""
        return DOMAIN_OF_ROLE.get(self.role, "land")

    @model_validator(mode="after")
    def _check_montreux(self) -> Self:
        if self.role == "naval" and self.nation not in LITTORAL_STATES:
            refuse(
                "nation",
                f"must be a littoral state ({', '.join(LITTORAL_STATES)}) where role is "
                '"naval": under the Montreux Convention warships of other states may not stay in '
                'the Black Sea (teams of other states can serve as "naval_specialist")',
            )
        return self

    @model_validator(mode="after")
    def _check_bases(self) -> Self:
        if self.placement == "bases" and not self.bases:
            refuse("bases", 'must name at least one place when placement = "bases"')
        check_stretch(self.from_km, self.to_km)
        return self
