"""Areas away from the line in which violations in the air and at sea take place."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.scenario.fields import Section, items, refuse

Corner = Annotated[tuple[float, float], Field(strict=False)]


class Area(Section):
    """A stretch of sea or air space."""

    outline: tuple[Corner, ...] = items(
        ...,
        "Corners as [lon, lat] in degrees, at least three",
        min_length=3,
        unit="deg",
        source="set by the scenario",
    )

    @model_validator(mode="after")
    def _check_outline(self) -> Self:
        for index, (lon, lat) in enumerate(self.outline):
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                refuse(f"outline.{index}", "must be [lon, lat] in degrees")
        import shapely  # scenarios without areas need not load it

        polygon = shapely.Polygon(self.outline)
        if not polygon.is_valid or polygon.area <= 0:
            refuse("outline", "must be the corners of an area whose sides do not cross")
        return self
