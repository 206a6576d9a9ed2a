"""Whether coordinates are degrees, in the right order, and near where a line is expected."""

from pathlib import Path

import numpy as np
import pyproj
import shapely

from sim.arrays import Floats
from sim.errors import InputError
from sim.geography.basemap import country_area

type LonLat = tuple[float, float]

REGION = (20.0, 43.0, 45.0, 54.0)
"""Around Ukraine: least longitude and latitude, greatest longitude and latitude (degrees)."""

FAR_FROM_HOME_KM = 1500.0
"""A line farther than this from the place on the home side is worth a warning."""

SWAP_FROM_KM = 200.0
"""A line nearer to home than this is not taken for one with longitude and latitude swapped."""

_BESIDE_UKRAINE_DEG = 0.3
_GEOD = pyproj.Geod(ellps="WGS84")

SWAPPED = "longitude and latitude are swapped: GeoJSON puts longitude first"


def check_degrees(vertices: Floats, path: Path) -> None:
    """Refuse vertices (n, 2) that are not longitudes and latitudes in degrees.

    Raises
    ------
    InputError
        With a hint at what they may be instead.
    """
    if _are_degrees(vertices):
        return
    if _are_degrees(vertices[:, ::-1]):
        hint = SWAPPED
    elif np.abs(vertices).max() > 360.0:
        hint = (
            "these are not degrees (EPSG:4326) but look like metres of a projection; "
            "a crs member in the file has to say which"
        )
    else:
        hint = "must be longitude -180 to 180 and latitude -90 to 90 degrees"
    message = f"{path}: coordinates reach {_reach(vertices)}; {hint}"
    raise InputError(message)


def check_place(vertices: Floats, path: Path, home: LonLat | None) -> tuple[str, ...]:
    """Compare the place of a line with where it is expected: near home, or around Ukraine.

    Parameters
    ----------
    vertices
        Longitude and latitude in degrees, shape (n, 2).
    path
        The file, for messages.
    home
        A place on the home side (degrees); None where the scenario names none.

    Returns
    -------
    tuple of str
        A warning where the line lies elsewhere.

    Raises
    ------
    InputError
        When the line lies elsewhere but with longitude and latitude swapped would be where it is
        expected.
    """
    check_degrees(vertices, path)
    reach = f"{path}: coordinates reach {_reach(vertices)}"
    if _are_degrees(vertices[:, ::-1]) and _is_swapped(vertices, home):
        message = f"{reach}; {SWAPPED}"
        raise InputError(message)
    if home is not None:
        distance = _distance_km(vertices, home)
        far = f"{reach}; the line lies {distance:,.0f} km from line.home"
        return (far,) if distance > FAR_FROM_HOME_KM else ()
    if is_around_ukraine(vertices):
        return ()
    west, south, east, north = REGION
    advice = "line.home should name a place on the home side, or the side of Kyiv is taken"
    region = f"longitude {west:g} to {east:g}, latitude {south:g} to {north:g}"
    return (f"{reach}; outside the region around Ukraine ({region}); {advice}",)


def is_around_ukraine(vertices: Floats) -> bool:
    """Tell whether vertices (n, 2) in degrees lie in the region around Ukraine."""
    west, south, east, north = REGION
    return bool(np.all((vertices >= (west, south)) & (vertices <= (east, north))))


def _is_swapped(vertices: Floats, home: LonLat | None) -> bool:
    """Tell whether a line is where it is expected only with longitude and latitude swapped.

    Without a home that is: most of it in Ukraine itself. The region around it is too wide for
    this: swapped, many a line of the Caucasus lies in it.
    """
    turned = vertices[:, ::-1]
    if home is not None:
        distance = _distance_km(vertices, home)
        return distance > SWAP_FROM_KM and _distance_km(turned, home) < 0.5 * distance
    if is_around_ukraine(vertices):
        return False
    ukraine = shapely.buffer(country_area("Ukraine"), _BESIDE_UKRAINE_DEG)
    return bool(shapely.contains_xy(ukraine, *turned.T).mean() > 0.5)


def lonlat_text(lon: float, lat: float, decimals: int = 2) -> str:
    """Write a longitude and latitude (degrees) for a message."""
    east, north = "E" if lon >= 0.0 else "W", "N" if lat >= 0.0 else "S"
    return f"{abs(lon):.{decimals}f} {east}, {abs(lat):.{decimals}f} {north}"


def _are_degrees(vertices: Floats) -> bool:
    return bool(np.all(np.abs(vertices) <= (180.0, 90.0)))


def _distance_km(vertices: Floats, home: LonLat) -> float:
    lon, lat = (np.full(len(vertices), value) for value in home)
    _, _, metres = _GEOD.inv(lon, lat, vertices[:, 0], vertices[:, 1])
    return float(np.min(metres)) / 1000.0


def _reach(vertices: Floats) -> str:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return f"{low[0]:.6g} to {high[0]:.6g} and {low[1]:.6g} to {high[1]:.6g}"
