"""The base map: countries and larger towns around the contact line, for drawing only."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class Town:
    """A town on the base map.

    Attributes
    ----------
    name, country
        Name, and the country's code of two letters (ISO 3166).
    lon, lat
        Longitude and latitude (degrees).
    population
        Inhabitants as in GeoNames; from before the war for many towns.
    """

    name: str
    country: str
    lon: float
    lat: float
    population: int


@dataclass(frozen=True, eq=False)
class Basemap:
    """Land and towns between 21 and 42.5 degrees east, 43 and 53.2 degrees north.

    Attributes
    ----------
    countries
        Name and outer rings of each country; a ring is an array (k, 2) of longitude and latitude
        (degrees), closed. Neighbours share their border, what no country covers is sea. Crimea is
        part of Ukraine, as internationally recognised.
    towns
        The largest first.
    attribution
        Whom to name where the map is shown.
    """

    countries: tuple[tuple[str, tuple[NDArray[np.float64], ...]], ...]
    towns: tuple[Town, ...]
    attribution: str


@cache
def load_basemap() -> Basemap:
    """Return the packaged base map; it is read once.

    References
    ----------
    Natural Earth, 1:10m countries (public domain); GeoNames (CC BY 4.0). The file is made by
    `scripts/build_basemap.py`.
    """
    text = files("sim").joinpath("data", "geography", "basemap.json").read_text(encoding="utf-8")
    content = json.loads(text)
    countries = tuple(
        (str(country["name"]), tuple(np.array(ring, dtype=np.float64) for ring in country["rings"]))
        for country in content["countries"]
    )
    towns = tuple(Town(*row) for row in content["towns"])
    return Basemap(countries, towns, content["attribution"])


@cache
def country_area(name: str) -> shapely.Geometry:
    """Return a country of the packaged base map, in degrees."""
    (rings,) = (rings for one, rings in load_basemap().countries if one == name)
    return shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])
