"""Patrol tracks: generalised copies of a stretch of the line, moved across by an offset."""

import numpy as np
import shapely

from sim.arrays import Floats

_QUARTER_SEGMENTS = 4
"""Segments of a quarter circle where a track goes round the outside of a bend."""


def _oriented(track: Floats, line: shapely.LineString) -> Floats:
    """Return a track so that it runs the way of the line it was moved from.

    Both ends may be nearest to one place of the line (inside a bend), so all vertices count.
    """
    places = np.asarray(shapely.line_locate_point(line, shapely.points(track)))
    order = np.arange(len(track)) - 0.5 * (len(track) - 1)
    return track if float(order @ places) >= 0.0 else track[::-1]


def _opened(track: Floats) -> Floats:
    """Return a track without its last vertex where it ends at its beginning."""
    closed = len(track) > 3 and bool(np.all(track[0] == track[-1]))
    return track[:-1] if closed else track


def _longest(geometry: shapely.Geometry) -> Floats:
    parts = np.array(shapely.get_parts(geometry), ndmin=1)
    lengths = np.atleast_1d(shapely.length(parts))
    if lengths.size == 0:
        return np.empty((0, 2))
    return shapely.get_coordinates(parts[[int(np.argmax(lengths))]])


def offset_track(stretch: Floats, offset_km: float, generalise_km: float) -> Floats:
    """Return a generalised copy of a stretch of line, moved across by an offset.

    Parameters
    ----------
    stretch
        Vertices (n, 2) in km of the stretch, in the order of chainage.
    offset_km
        Distance across, positive to the left.
    generalise_km
        Detail smaller than this is left out.

    Returns
    -------
    ndarray, shape (m, 2)
        Vertices in km in the order of chainage, m >= 2. Where the offset splits the track (inside
        a bend) its longest part is kept; where nothing of it is left (a bend tighter than the
        offset) it is the chord of the stretch, moved across.
    """
    line = shapely.simplify(shapely.LineString(stretch), generalise_km, preserve_topology=True)
    if offset_km == 0.0:
        return shapely.get_coordinates(line)
    moved = shapely.offset_curve(line, offset_km, quad_segs=_QUARTER_SEGMENTS, join_style="round")
    track = _opened(_longest(moved))
    if len(track) < 2:
        track = _moved_chord(stretch, offset_km)
    step = np.concatenate([[True], np.hypot(*np.diff(track, axis=0).T) > 0.0])
    return np.ascontiguousarray(_oriented(track[step], line))


def _moved_chord(stretch: Floats, offset_km: float) -> Floats:
    ends = stretch[[0, -1]]
    step = ends[1] - ends[0]
    length = float(np.hypot(step[0], step[1]))
    normal = np.array([-step[1], step[0]]) / length if length > 0.0 else np.array([0.0, 1.0])
    return ends + offset_km * normal
