"""Groups of unmanned monitors and how they patrol."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import MAX_COUNT, Latitude, Longitude, Section, quantity, refuse


class MonitorGroup(Section):
    """Monitors of one platform that share a patrol along one stretch of the line."""

    platform: str = quantity(..., "Name of the platform", source="set by the scenario")
    count: int = quantity(
        ..., "Number of monitors", unit="monitors", ge=0, le=MAX_COUNT, source="set by the scenario"
    )
    nation: str = quantity(
        "United States",
        "Nation that provides them; those of the United States fly only while it is engaged",
    )
    from_day: float = quantity(0.0, "First day on which they fly", unit="days", ge=0)
    only_without_us: bool = quantity(
        False, "Whether they fly only while the United States are not engaged"
    )
    without_us_delay_days: float = quantity(
        0.0,
        "Time until they are delivered once the United States are not engaged for the first time; "
        "with only_without_us",
        unit="days",
        ge=0,
    )
    posts: int | None = quantity(
        None,
        "Number of equal parts into which shuttle and static patrols divide the stretch, each "
        "with a track and a base; none = count",
        unit="posts",
        ge=1,
        le=MAX_COUNT,
    )
    patrol: Literal["shuttle", "circuit", "stream", "static"] = quantity(
        ...,
        "shuttle = back and forth along each post; circuit = all monitors of the group around one "
        "closed track along the whole stretch; stream = one way along it, relieved at the end; "
        "static = at the middle of each post",
        source="set by the scenario",
    )
    from_km: float | None = quantity(
        None, "Chainage where the stretch begins; none = start of the line", unit="km", ge=0
    )
    to_km: float | None = quantity(
        None, "Chainage where the stretch ends; none = end of the line", unit="km", gt=0
    )
    offset_km: float = quantity(
        0.0,
        "Offset of the patrol track, positive on the Ukrainian-controlled side",
        unit="km",
        ge=-500,
        le=500,
    )
    return_offset_km: float | None = quantity(
        None,
        "Offset of the return leg of a circuit; none = offset_km",
        unit="km",
        ge=-500,
        le=500,
    )
    base_lon: Longitude | None = quantity(
        None, "Longitude of one base for the whole group", unit="deg E"
    )
    base_lat: Latitude | None = quantity(
        None, "Latitude of one base for the whole group", unit="deg N"
    )
    base_offset_km: float = quantity(
        0.0,
        "Distance behind the line of the base of each track, at the middle of its stretch; "
        "without base_lon and base_lat",
        unit="km",
        ge=0,
        le=1000,
    )
    placement: Literal["even", "random"] = quantity(
        "even", "Where static posts are: in the middle of equal parts, or drawn in each run"
    )

    @property
    def post_count(self) -> int:
        """How many posts its drones share."""
        if self.patrol in ("circuit", "stream"):
            return 1
        return self.count if self.posts is None else self.posts

    @model_validator(mode="after")
    def _check_base(self) -> Self:
        if (self.base_lon is None) != (self.base_lat is None):
            missing = "base_lon" if self.base_lon is None else "base_lat"
            refuse(missing, "base_lon and base_lat go together: give both or none")
        return self

    @model_validator(mode="after")
    def _check_stretch(self) -> Self:
        check_stretch(self.from_km, self.to_km)
        return self


def check_stretch(from_km: float | None, to_km: float | None) -> None:
    """Raise the error of a stretch that ends before it begins (chainages in km)."""
    if from_km is not None and to_km is not None and to_km <= from_km:
        refuse("to_km", f"must be greater than from_km = {from_km:g}")
