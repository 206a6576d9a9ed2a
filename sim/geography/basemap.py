"""The base map: countries and larger towns around the contact line, for drawing only."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely

from sim.arrays import Floats
from sim.geography.projection import unwrapped

EXTENT = (21.0, 43.0, 42.5, 53.2)
"""What the fine base map covers: west, south, east, north (degrees)."""

_LEAST_MARGIN_DEG = 3.0


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
    """Land and towns around a contact line.

    Attributes
    ----------
    countries
        Name and outer rings of each country; a ring is an array (k, 2) of longitude and latitude
        (degrees), closed. Neighbours share their border, what no country covers is sea. Crimea is
        part of Ukraine, as internationally recognised; elsewhere borders are drawn as Natural Earth
        has them, by who controls the ground.
    towns
        The largest first.
    attribution
        Whom to name where the map is shown.
    """

    countries: tuple[tuple[str, tuple[Floats, ...]], ...]
    towns: tuple[Town, ...]
    attribution: str


def basemap_around(lonlat: Floats) -> Basemap:
    """Return the base map for a line: the fine one around Ukraine, or a piece of the world's.

    Parameters
    ----------
    lonlat
        What has to be on it, in degrees: vertices of the line, corners of a map; shape (n, 2).
    """
    west, south, east, north = EXTENT
    if np.all((lonlat > (west, south)) & (lonlat < (east, north))):
        return load_basemap()
    return _cut(load_world(), _box_around(lonlat))


@cache
def load_basemap() -> Basemap:
    """Return the packaged base map around Ukraine; it is read once.

    References
    ----------
    Natural Earth, 1:10m countries (public domain); GeoNames (CC BY 4.0). The file is made by
    `scripts/build_basemap.py`.
    """
    content = _read("basemap.json")
    return _basemap(content, lambda ring: np.array(ring, dtype=np.float64))


@cache
def load_world() -> Basemap:
    """Return the packaged base map of the world, accurate to about 10 km; it is read once.

    References
    ----------
    Natural Earth, 1:50m countries (public domain); GeoNames (CC BY 4.0). The file is made by
    `scripts/build_world_basemap.py`.
    """
    content = _read("basemap_world.json")
    scale = float(content["scale_deg"])
    return _basemap(content, lambda steps: scale * np.cumsum(np.reshape(steps, (-1, 2)), axis=0))


def _read(name: str) -> dict[str, Any]:
    text = files("sim").joinpath("data", "geography", name).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _basemap(content: dict[str, Any], decode: Callable[[list[Any]], Floats]) -> Basemap:
    countries = tuple(
        (str(country["name"]), tuple(decode(ring) for ring in country["rings"]))
        for country in content["countries"]
    )
    towns = tuple(Town(*row) for row in content["towns"])
    return Basemap(countries, towns, content["attribution"])


def _box_around(lonlat: Floats) -> shapely.Geometry:
    """Return a box (degrees) around a line, with as much room again on every side of it.

    One that reaches beyond 180 degrees is joined by what it covers on the other side.
    """
    around = unwrapped(lonlat)
    low, high = around.min(axis=0), around.max(axis=0)
    shrink = max(0.1, float(np.cos(np.radians(np.abs(lonlat[:, 1]).max()))))
    margin = _LEAST_MARGIN_DEG + max(float(high[1] - low[1]), float(high[0] - low[0]) * shrink)
    beside = (margin / shrink, margin)
    (west, south), (east, north) = low - beside, high + beside
    turns = [0.0, *([360.0] if west < -180.0 else []), *([-360.0] if east > 180.0 else [])]
    return shapely.union_all([shapely.box(west + t, south, east + t, north) for t in turns])


def _cut(basemap: Basemap, box: shapely.Geometry) -> Basemap:
    """Return what lies in a box (degrees) of a base map."""
    countries = []
    for name, rings in basemap.countries:
        outlines = [shapely.Polygon(ring) for ring in rings]
        near = [shapely.make_valid(one) for one in outlines if shapely.intersects(box, one)]
        parts = shapely.get_parts(shapely.intersection(near, box)) if near else ()
        cut = [shapely.get_coordinates(one.exterior) for one in parts if one.geom_type == "Polygon"]
        if cut:
            countries.append((name, tuple(cut)))
    towns = [town for town in basemap.towns if shapely.contains_xy(box, town.lon, town.lat)]
    return Basemap(tuple(countries), tuple(towns), basemap.attribution)


@cache
def country_area(name: str) -> shapely.Geometry:
    """Return a country of the base map around Ukraine, in degrees."""
    (rings,) = (rings for one, rings in load_basemap().countries if one == name)
    return shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])
