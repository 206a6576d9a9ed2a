"""Forward points: how near to the line support units may come."""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.geography.contact_line import ContactLine

_QUARTER_SEGMENTS = 64
"""Segments of a quarter circle in the buffer's round corners; their chords cut in by 1/20,000."""

_BUFFER_ERROR = 1e-4
"""Room for what the buffer smooths over on a line with many bends, relative to its radius."""


def forward_points(line: ContactLine, standoff_km: float, step_km: float) -> NDArray[np.float64]:
    """Return the forward point of each place along the line, at stand-off from all of it.

    A step back along the normal is not enough on a curved line: it may come near another bend. The
    forward points are therefore taken from the edge of the zone within the stand-off, on the
    Ukrainian-controlled side, the nearest one to each place.

    Parameters
    ----------
    line
        The contact line.
    standoff_km
        Least distance (km) from every point of the line, > 0.
    step_km
        Distance (km) along the line between the places.

    Returns
    -------
    ndarray, shape (places, 2)
        Forward points in the local plane (km) for chainages 0, step_km, 2 step_km, ... to the end
        of the line.
    """
    radius = (1.0 + _BUFFER_ERROR) * standoff_km / np.cos(np.pi / (4 * _QUARTER_SEGMENTS))
    zone = shapely.buffer(shapely.LineString(line.xy), radius, quad_segs=_QUARTER_SEGMENTS)
    edge = shapely.segmentize(shapely.boundary(zone), step_km)
    candidates = shapely.get_coordinates(edge)
    _, offset = line.locate(candidates)
    candidates = candidates[offset > 0.0]
    places = np.arange(int(np.ceil(line.length_km / step_km)) + 1) * step_km
    on_line = line.point(np.minimum(places, line.length_km))
    _, nearest = cKDTree(candidates).query(on_line)
    return np.ascontiguousarray(candidates[nearest])
