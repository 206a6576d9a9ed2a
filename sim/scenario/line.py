"""The contact line of a scenario."""

from typing import Literal, Self

from pydantic import model_validator

from sim.scenario.fields import MAX_COUNT, Section, items, quantity, refuse


class Line(Section):
    """Where the contact line runs: the packaged line, a file, or a straight line by length."""

    file: str | None = quantity(
        None,
        "GeoJSON file of the line, anywhere on Earth, relative to the scenario file; longitude and "
        "latitude, or in the CRS that the file names; none = the packaged approximate line of "
        "December 2025",
        source="packaged line: GeoNames and Natural Earth, see its attribution",
    )
    feature: str | None = quantity(
        None,
        'Which line of the file: its id (packaged line: "full", "land", "dnipro"), its name, its '
        'number from 1, or "longest"; none = the only one, or all where they touch end to end',
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
        "Home side, on which the mission is based, of the line in the order it is digitised: in "
        "Ukraine the Ukrainian-controlled one; auto = the side of line.home",
    )
    home: tuple[float, float] | None = items(
        None,
        "A place on the home side as [lon, lat], such as a capital, for lines outside Ukraine; "
        "none = Kyiv",
        unit="deg",
        length=2,
    )
    sectors: int = quantity(
        6, "Number of equal sectors along the line", unit="sectors", ge=1, le=MAX_COUNT
    )
    generalise_km: float = quantity(
        5.0, "Patrol tracks omit detail smaller than this", unit="km", ge=0
    )

    @model_validator(mode="after")
    def _check_one_line(self) -> Self:
        for key in ("file", "feature"):
            if self.length_km is not None and getattr(self, key) is not None:
                refuse(
                    "length_km",
                    f"cannot stand beside line.{key}: give a file or a length, not both",
                )
        if self.home is not None and not (abs(self.home[0]) <= 180 and abs(self.home[1]) <= 90):
            refuse("home", "must be [lon, lat] in degrees")
        if self.home is not None and self.ukrainian_side != "auto":
            refuse("home", "cannot stand beside line.ukrainian_side: both say which side is home")
        return self
