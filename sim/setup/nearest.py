"""The nearest place of the contact line, for compiled code.

As `ContactLine.locate`, and several times as fast on lines of some hundred vertices: a run asks for
thousands of points.
"""

from typing import NamedTuple

import numpy as np
import shapely

from sim.arrays import Floats, Ints
from sim.geography import ContactLine
from sim.kernel.compile import compiled

PIECE_KM = 1.0
MOST_PIECES = 1024


class LinePieces(NamedTuple):
    """The contact line, and which of its segments lie near each of many equal pieces of it."""

    vertices: Floats  # (n, 2) km
    vertex_km: Floats  # (n,)
    first: Ints  # (pieces + 1,) rows of each piece in the two lists that follow
    segments: Ints
    apart_km: Floats  # least distance of the segment from the piece, ascending in a piece
    pieces_per_km: float
    radius_km: float  # segments farther from a piece than this are not listed


def build_line_pieces(line: ContactLine, farthest_km: float) -> LinePieces:
    """Make a line ready for places at most so far (km) from it."""
    radius_km = 2.0 * farthest_km
    pieces = int(np.clip(np.ceil(line.length_km / PIECE_KM), 1, MOST_PIECES))
    half_km = 0.5 * line.length_km / pieces
    middles = np.asarray(shapely.points(line.point((2.0 * np.arange(pieces) + 1.0) * half_km)))
    segments = np.asarray(shapely.linestrings(np.stack([line.xy[:-1], line.xy[1:]], axis=1)))
    reach_km = radius_km + half_km
    piece, near = shapely.STRtree(segments).query(middles, predicate="dwithin", distance=reach_km)
    apart_km = np.maximum(0.0, shapely.distance(middles[piece], segments[near]) - half_km)
    order = np.lexsort((apart_km, piece))
    first = np.searchsorted(piece[order], np.arange(pieces + 1))
    per_km = pieces / line.length_km
    return LinePieces(
        line.xy, line.chainage_km, first, near[order], apart_km[order], per_km, radius_km
    )


@compiled
def _to_segment(x: float, y: float, vertices: Floats, s: int) -> tuple[float, float]:
    """Return where on a segment (0 to 1) it is nearest to a point, and that distance squared."""
    ux = vertices[s + 1, 0] - vertices[s, 0]
    uy = vertices[s + 1, 1] - vertices[s, 1]
    dx = x - vertices[s, 0]
    dy = y - vertices[s, 1]
    share = min(1.0, max(0.0, (dx * ux + dy * uy) / (ux * ux + uy * uy)))
    dx -= share * ux
    dy -= share * uy
    return share, dx * dx + dy * dy


@compiled
def _nearest(x: float, y: float, vertices: Floats) -> tuple[int, float]:
    """Return the segment that is nearest to a point, and how far along it (0 to 1)."""
    segment, best_share, best = 0, 0.0, np.inf
    for s in range(len(vertices) - 1):
        share, square = _to_segment(x, y, vertices, s)
        if square < best:
            segment, best_share, best = s, share, square
    return segment, best_share


@compiled
def _nearest_around(
    x: float, y: float, chainage: float, away_km: float, line: LinePieces
) -> tuple[int, float]:
    """As `_nearest`, for a point that lies so far (km) from the place of the line at a chainage.

    No segment that is farther from that place than twice as far can be the nearest.
    """
    if 2.0 * away_km > line.radius_km:
        return _nearest(x, y, line.vertices)
    piece = min(len(line.first) - 2, int(chainage * line.pieces_per_km))
    segment, best_share, best = 0, 0.0, np.inf
    for row in range(line.first[piece], line.first[piece + 1]):
        least_km = line.apart_km[row] - away_km
        if least_km > 0.0 and least_km * least_km > best:
            break
        share, square = _to_segment(x, y, line.vertices, line.segments[row])
        if square < best:
            segment, best_share, best = line.segments[row], share, square
    return segment, best_share


@compiled
def _turn(vertices: Floats, s: int, dx: float, dy: float) -> float:
    """Return the sine of the angle from a segment to a way, times the length of the way."""
    ux = vertices[s + 1, 0] - vertices[s, 0]
    uy = vertices[s + 1, 1] - vertices[s, 1]
    return float((ux * dy - uy * dx) / np.sqrt(ux * ux + uy * uy))


@compiled
def _offset(x: float, y: float, s: int, share: float, vertices: Floats) -> float:
    """Return the signed distance (km) of a point from the nearest place of the line."""
    dx = x - vertices[s, 0] - share * (vertices[s + 1, 0] - vertices[s, 0])
    dy = y - vertices[s, 1] - share * (vertices[s + 1, 1] - vertices[s, 1])
    side = _turn(vertices, s, dx, dy)
    # at a vertex a point may lie on one side of one segment and straight ahead of the other
    if share == 0.0 and s > 0:
        side += _turn(vertices, s - 1, dx, dy)
    elif share == 1.0 and s + 2 < len(vertices):
        side += _turn(vertices, s + 1, dx, dy)
    away = np.sqrt(dx * dx + dy * dy)
    return float(-away if side < 0.0 else away)


@compiled
def locate_one(x: float, y: float, vertices: Floats, vertex_km: Floats) -> tuple[float, float]:
    """Return chainage and offset (km) of a point of the plane (km).

    The chainage is that of the nearest point of the line; the offset is the distance to it, with
    the sign of the side.
    """
    s, share = _nearest(x, y, vertices)
    chainage = vertex_km[s] + share * (vertex_km[s + 1] - vertex_km[s])
    return chainage, _offset(x, y, s, share, vertices)


@compiled
def locate_around(
    x: float, y: float, chainage: float, away_km: float, line: LinePieces
) -> tuple[float, float, float, float]:
    """Return chainage and offset of a point near the line, and its nearest place there (km).

    Parameters
    ----------
    x, y
        The point.
    chainage, away_km
        A place of the line, and how far from it the point lies.
    line
        The line.
    """
    s, share = _nearest_around(x, y, chainage, away_km, line)
    vertices, vertex_km = line.vertices, line.vertex_km
    return (
        vertex_km[s] + share * (vertex_km[s + 1] - vertex_km[s]),
        _offset(x, y, s, share, vertices),
        vertices[s, 0] + share * (vertices[s + 1, 0] - vertices[s, 0]),
        vertices[s, 1] + share * (vertices[s + 1, 1] - vertices[s, 1]),
    )
