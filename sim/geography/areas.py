"""Areas from GeoJSON: polygons with their names, and which of them lie in a country."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from sim.errors import InputError
from sim.geography.geojson import GeoFile, read_geojson
from sim.geography.region import SWAPPED, check_degrees, lonlat_text

FOREIGN_SHARE = 0.1
"""A polygon with less of it than this in the country is left out, unless that is a large area."""

_MOST_NAMED = 5
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True)
class NamedArea:
    """A polygon of a file.

    Attributes
    ----------
    label
        What it is called in the file, or its number.
    shape
        The polygon, in degrees.
    """

    label: str
    shape: shapely.Geometry

    @property
    def area_km2(self) -> float:
        """Its area on the ellipsoid."""
        return area_km2(self.shape)


def area_km2(shape: shapely.Geometry) -> float:
    """Return the area (km2) on the ellipsoid of polygons in degrees."""
    oriented = shapely.orient_polygons(shape)
    return abs(float(_GEOD.geometry_area_perimeter(oriented)[0])) / 1e6


def read_areas(path: Path) -> tuple[list[NamedArea], tuple[str, ...]]:
    """Read the polygons of a GeoJSON file, also those within collections.

    Returns
    -------
    tuple
        The polygons, and notes on how they were read.

    Raises
    ------
    InputError
        When there is no polygon that can be used.
    """
    content = read_geojson(path)
    areas = [
        NamedArea(feature.label, _polygon(rings, content))
        for feature in content.features
        for rings in content.geometries(feature, "Polygon")
    ]
    if not areas:
        message = f"{path}: no Polygon or MultiPolygon in it"
        raise InputError(message)
    return areas, content.notes


def _polygon(rings: Any, content: GeoFile) -> shapely.Geometry:
    """Return a polygon, put right where it touches or crosses itself."""
    if not isinstance(rings, list):
        message = f"{content.path}: coordinates of a polygon must be lists of rings"
        raise InputError(message)
    outlines = [content.vertices(ring) for ring in rings]
    if not outlines or any(len(np.unique(outline, axis=0)) < 3 for outline in outlines):
        message = f"{content.path}: a ring of a polygon needs at least three different vertices"
        raise InputError(message)
    check_degrees(np.concatenate(outlines), content.path)
    return shapely.make_valid(shapely.Polygon(outlines[0], outlines[1:]))


def within_country(
    areas: Sequence[NamedArea], country: shapely.Geometry, min_area_km2: float, path: Path
) -> tuple[list[NamedArea], tuple[str, ...]]:
    """Keep the areas that take up part of a country.

    Parameters
    ----------
    areas
        What is said to be occupied.
    country
        The country, in degrees.
    min_area_km2
        An area that overlaps the country by as much as this is kept, however little of it that is.
    path
        The file, for messages.

    Returns
    -------
    tuple
        The areas kept, and a note that names the others.

    Raises
    ------
    InputError
        When none lies in the country, but some would with longitude and latitude swapped.
    """
    shapely.prepare(country)
    kept = [area for area in areas if _takes_part(area, country, min_area_km2)]
    if not kept and any(_is_swapped(area, country) for area in areas):
        message = f"{path}: no polygon lies in the country; {SWAPPED}"
        raise InputError(message)
    foreign = [area for area in areas if area not in kept]
    return kept, (_left_out(foreign, path),) if foreign else ()


def _takes_part(area: NamedArea, country: shapely.Geometry, min_area_km2: float) -> bool:
    if not shapely.intersects(country, area.shape):
        return False
    overlap = area_km2(shapely.intersection(country, area.shape))
    return overlap >= min(min_area_km2, FOREIGN_SHARE * area.area_km2)


def _is_swapped(area: NamedArea, country: shapely.Geometry) -> bool:
    turned = shapely.transform(area.shape, lambda lonlat: lonlat[:, ::-1])
    return bool(shapely.intersects(country, turned))


def _left_out(foreign: Sequence[NamedArea], path: Path) -> str:
    """Name areas that lie outside the country, the largest first."""
    largest = sorted(foreign, key=lambda area: area.area_km2, reverse=True)
    named = "; ".join(_described(area) for area in largest[:_MOST_NAMED])
    more = f"; and {len(foreign) - _MOST_NAMED} smaller" if len(foreign) > _MOST_NAMED else ""
    return f"{path}: left out, outside the country: {named}{more}"


def _described(area: NamedArea) -> str:
    place = shapely.point_on_surface(area.shape)
    return f"{area.label} ({area.area_km2:,.0f} km2 near {lonlat_text(place.x, place.y)})"
