"""Offsets from the whole line: the signed distance of a place, and the places that have one."""

import numpy as np
import shapely

from sim.arrays import Floats

EXACT_KM = 1e-6
"""Offsets closer together than this are the same; a millimetre."""

STEP_KM = 0.25
"""Spacing of the places with an offset (km)."""

_QUARTER_SEGMENTS = 64
"""Segments of a quarter circle in the buffer's round corners; their chords cut in by 1/20,000."""

_BUFFER_ERROR = 1e-4
"""Room for what the buffer smooths over on a line with many bends, relative to its radius."""

_PROBED = 16
"""Every so many places of an edge are asked for their side of the line first."""

_VERTEX_KM = 1e-9
"""A place of the line nearer to a vertex than this is the vertex."""


def directions(xy: Floats, chainage_km: Floats) -> Floats:
    """Return the unit vectors (n - 1, 2) of the segments between vertices (n, 2)."""
    steps = np.diff(xy, axis=0)
    return np.asarray(steps / np.diff(chainage_km)[:, None])


def locate(xy: Floats, chainage_km: Floats, points: Floats) -> tuple[Floats, Floats, Floats]:
    """Return where points lie beside a line.

    Parameters
    ----------
    xy
        Vertices (n, 2) of the line, km.
    chainage_km
        Their chainages (n,).
    points
        The points (m, 2), km.

    Returns
    -------
    chainage, offset, foot
        Chainage (m,) of the nearest place of the line, signed distance (m,) from it, positive on
        the left, and that place (m, 2); all in km.
    """
    line = shapely.LineString(xy)
    chainage = np.asarray(shapely.line_locate_point(line, shapely.points(points)))
    along = directions(xy, chainage_km)
    segment = np.clip(np.searchsorted(chainage_km, chainage, side="right") - 1, 0, len(along) - 1)
    foot = xy[segment] + (chainage - chainage_km[segment])[:, None] * along[segment]
    apart = points - foot
    side = _turn(along[segment], apart)
    # at a vertex a point may lie on one side of one segment and straight ahead of the other
    for vertex, other in ((segment, segment - 1), (segment + 1, segment + 1)):
        inside = (np.abs(chainage - chainage_km[vertex]) <= _VERTEX_KM) & (other >= 0)
        inside &= other < len(along)
        turn = _turn(along[np.clip(other, 0, len(along) - 1)], apart)
        side = np.where(inside, side + turn, side)
    distance = np.hypot(apart[:, 0], apart[:, 1])
    return chainage, np.where(side < 0.0, -distance, distance), foot


def _turn(along: Floats, apart: Floats) -> Floats:
    """Return the sine of the angles from directions to ways, times the lengths of the ways."""
    return np.asarray(along[:, 0] * apart[:, 1] - along[:, 1] * apart[:, 0])


def _edge_on_side(xy: Floats, chainage_km: Floats, zone: shapely.Geometry, side: float) -> Floats:
    """Return places (m, 2) along the edge of a zone around a line, without most on the other side.

    To locate all of them beside the line took half of the time of a plan. The edge changes sides
    only beyond the ends of the line, so between two places on the other side there is none on this
    one, nor on a ring that both lie on.
    """
    rings = shapely.get_parts(shapely.segmentize(shapely.boundary(zone), STEP_KM))
    edge, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.concatenate([[True], np.diff(ring) != 0, [True]])
    asked = ends[:-1] | ends[1:] | (np.arange(len(edge)) % _PROBED == 0)
    probes = np.flatnonzero(asked)
    on_side = locate(xy, chainage_km, edge[probes])[1] * side > 0.0
    kept = np.append(on_side[:-1] | on_side[1:], on_side[-1])
    return np.asarray(edge[np.repeat(kept, np.diff(probes, append=len(edge)))])


def places_at(xy: Floats, chainage_km: Floats, offset_km: float) -> Floats:
    """Return places all along a line that have a certain offset from the whole of it.

    They are taken from the edge of the zone within that distance, on the side of the sign, and
    drawn in towards the line until the offset is exact.

    Parameters
    ----------
    xy
        Vertices (n, 2) of the line, km.
    chainage_km
        Their chainages (n,).
    offset_km
        The offset, not 0.

    Returns
    -------
    ndarray, shape (m, 2)
        Places (km), at most `STEP_KM` apart where the edge has no corner; none where the line
        leaves no room on that side.
    """
    radius = (1.0 + _BUFFER_ERROR) * abs(offset_km) / np.cos(np.pi / (4 * _QUARTER_SEGMENTS))
    zone = shapely.buffer(shapely.LineString(xy), radius, quad_segs=_QUARTER_SEGMENTS)
    edge = _edge_on_side(xy, chainage_km, zone, offset_km)
    _, found, foot = locate(xy, chainage_km, edge)
    far_enough = found * np.sign(offset_km) >= abs(offset_km)
    edge, found, foot = edge[far_enough], found[far_enough], foot[far_enough]
    drawn_in = foot + (offset_km / found)[:, None] * (edge - foot)
    _, found, _ = locate(xy, chainage_km, drawn_in)
    return np.ascontiguousarray(drawn_in[np.abs(found - offset_km) <= EXACT_KM])
