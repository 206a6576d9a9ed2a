"""The contact line of a scenario."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import MAX_COUNT, Section, quantity, refuse


class Line(Section):
    """Where the contact line runs: the packaged line, a file, or a straight line by length."""

    file: str | None = quantity(
        None,
        "GeoJSON file (EPSG:4326) of the line, relative to the scenario file; none = the packaged "
        "approximate line of December 2025",
        source="packaged line: GeoNames and Natural Earth, see its attribution",
    )
    feature: str | None = quantity(
        None,
        'Identifier of the feature in the file (packaged line: "full", "land", "dnipro"); '
        "none = the first or only one",
    )
    length_km: float | None = quantity(
        None,
        "Length of a straight synthetic line; excludes file and feature",
        unit="km",
        gt=0,
        le=20_000,
    )
    length_factor: float = quantity(
        1.0,
        "Kilometres of true line per kilometre as mapped",
        unit="km/km",
        ge=1,
        le=100,
        source="1 = as mapped; the packaged line of 705 km needs 1.25 for 5 km detail and 1.75 "
        "for the quoted length of almost 1,250 km",
    )
    ukrainian_side: Literal["auto", "left", "right"] = quantity(
        "auto",
        "Side of the line, in the order it is digitised, that Ukraine controls; auto = the side "
        "of Kyiv",
    )
    sectors: int = quantity(
        6, "Number of equal sectors along the line", unit="sectors", ge=1, le=MAX_COUNT
    )
    generalise_km: float = quantity(
        5.0, "Detail smaller than this is left out of patrol tracks", unit="km", ge=0
    )

    @model_validator(mode="after")
    def _check_one_line(self) -> Self:
        for key in ("file", "feature"):
            if self.length_km is not None and getattr(self, key) is not None:
                refuse(
                    "length_km",
                    f"cannot stand beside line.{key}: give a file or a length, not both",
                )
        return self
