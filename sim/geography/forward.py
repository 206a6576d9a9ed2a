"""Forward points: how near to the line support units may come."""

import numpy as np

from sim.arrays import Floats
from sim.geography.contact_line import ContactLine


def forward_points(
    line: ContactLine, standoff_km: float, step_km: float, *, key: str = "standoff_km"
) -> Floats:
    """Return the forward point of each place along the line, at stand-off from all of it.

    A step back along the normal is not enough on a curved line: it may come near another bend. The
    forward points are therefore taken from the places that have the stand-off as their offset, the
    nearest one to each place.

    Parameters
    ----------
    line
        The contact line.
    standoff_km
        Least distance (km) from every point of the line, > 0.
    step_km
        Distance (km) along the line between the places.
    key
        What the stand-off is called in the message of an error.

    Returns
    -------
    ndarray, shape (places, 2)
        Forward points in the local plane (km) for chainages 0, step_km, 2 step_km, ... to the end
        of the line.

    Raises
    ------
    InputError
        When the line leaves no room so far behind it.
    """
    places = np.arange(int(np.ceil(line.length_km / step_km)) + 1) * step_km
    on_line = line.point(np.minimum(places, line.length_km))
    return line.nearest_place(on_line, standoff_km, key=key)
