"""Joining the parts of a line end to end."""

from collections import deque

import numpy as np
import pyproj
import shapely

from sim.arrays import Flags, Floats
from sim.errors import InputError
from sim.geography.geojson import without_repeats

MAX_GAP_KM = 25.0
"""Parts of a line whose ends are no farther apart than this are joined."""

_KM_PER_DEGREE = 111.2
_GEOD = pyproj.Geod(ellps="WGS84")


def lonlat_length_km(lonlat: Floats) -> float:
    """Return the length (km) of a line with vertices (n, 2) in degrees."""
    return float(_GEOD.line_length(lonlat[:, 0], lonlat[:, 1])) / 1000.0


def join_parts(parts: list[Floats], source: str, max_gap_km: float = MAX_GAP_KM) -> Floats:
    """Join the parts of a line end to end, nearest ends first.

    Parameters
    ----------
    parts
        Vertices (n, 2) in degrees of each part.
    source
        Name of the file, for the error.
    max_gap_km
        Greatest gap (km) that is bridged.

    Raises
    ------
    InputError
        When a part lies farther from the rest.
    """
    main, *others = chains(parts, max_gap_km)
    if others:
        message = (
            f"{source}: the line has a gap of {min(gap_km(main, one) for one in others):.0f} km; "
            f"gaps of at most {max_gap_km:g} km are bridged"
        )
        raise InputError(message)
    return main


def chains(parts: list[Floats], max_gap_km: float) -> list[Floats]:
    """Join parts end to end where gaps allow it.

    Parameters
    ----------
    parts
        Vertices (n, 2) in degrees of each part.
    max_gap_km
        Greatest gap (km) that is bridged.

    Returns
    -------
    list of ndarray, shape (m, 2)
        The lines that come of it, the longest first.
    """
    merged = shapely.line_merge(shapely.MultiLineString(parts))
    left = [shapely.get_coordinates(part) for part in shapely.get_parts(merged)]
    ends = np.stack([part[[0, -1]] for part in left])
    waiting = np.full(len(left), True)
    found = []
    while waiting.any():
        found.append(_chain(left, ends, waiting, max_gap_km))
    return sorted(found, key=lonlat_length_km, reverse=True)


def _chain(left: list[Floats], ends: Floats, waiting: Flags, max_gap_km: float) -> Floats:
    """Take the waiting part with most vertices, and join to it whatever is near its ends."""
    first = max(np.flatnonzero(waiting), key=lambda number: len(left[number]))
    waiting[first] = False
    chain = deque([left[first]])
    while waiting.any():
        tips = np.stack([chain[0][0], chain[-1][-1]])
        gaps = _distance_km(tips[:, None, None], ends)
        gaps[:, ~waiting] = np.inf
        tip, number, end = (int(k) for k in np.unravel_index(np.argmin(gaps), gaps.shape))
        if gaps[tip, number, end] > max_gap_km:
            break
        waiting[number] = False
        part = left[number] if tip != end else left[number][::-1]
        (chain.append if tip == 1 else chain.appendleft)(part)
    return without_repeats(np.concatenate(chain))


def gap_km(one: Floats, other: Floats) -> float:
    """Return the least distance (km) between the ends of two lines (n, 2) in degrees."""
    return float(_distance_km(one[[0, -1]][:, None], other[[0, -1]]).min())


def _distance_km(one: Floats, other: Floats) -> Floats:
    """Return about how far apart places in degrees are (km); enough to judge a gap."""
    apart = one - other
    apart[..., 0] = np.remainder(apart[..., 0] + 180.0, 360.0) - 180.0  # the short way round
    shrink = np.cos(np.radians(0.5 * (one[..., 1] + other[..., 1])))
    distance: Floats = _KM_PER_DEGREE * np.hypot(apart[..., 0] * shrink, apart[..., 1])
    return distance
