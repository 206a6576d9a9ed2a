"""The local plane: azimuthal equidistant about a centre, in kilometres."""

import numpy as np
import pyproj

from sim.arrays import Floats


def project(centre: tuple[float, float], lonlat: Floats) -> Floats:
    """Return the points (..., 2) of the plane (km) at longitudes and latitudes (degrees)."""
    x, y = _projection(centre)(lonlat[..., 0], lonlat[..., 1])
    return np.stack([x, y], axis=-1) / 1000.0


def unproject(centre: tuple[float, float], xy: Floats) -> Floats:
    """Return longitudes and latitudes (degrees), shape (..., 2), of points of the plane (km)."""
    metres = 1000.0 * xy
    lon, lat = _projection(centre)(metres[..., 0], metres[..., 1], inverse=True)
    return np.stack([lon, lat], axis=-1)


def _projection(centre: tuple[float, float]) -> pyproj.Proj:
    return pyproj.Proj(proj="aeqd", lon_0=centre[0], lat_0=centre[1], ellps="WGS84")


def unwrapped(lonlat: Floats) -> Floats:
    """Return vertices (n, 2) in degrees with longitudes that go on beyond 180 where they cross it.

    From one vertex to the next a line takes the short way round the Earth.
    """
    if np.ptp(lonlat[:, 0]) <= 180.0:
        return lonlat
    return np.column_stack([np.unwrap(lonlat[:, 0], period=360.0), lonlat[:, 1]])
