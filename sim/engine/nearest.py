"""The nearest place of the contact line, for compiled code.

As `ContactLine.locate`, and several times as fast on lines of some hundred vertices: a run asks for
thousands of points.
"""

import numpy as np
from numpy.typing import NDArray

from sim.kernel.compiled import compiled

type Floats = NDArray[np.float64]


@compiled
def _nearest(x: float, y: float, vertices: Floats) -> tuple[int, float]:
    """Return the segment that is nearest to a point, and how far along it (0 to 1)."""
    segment, best_share, best = 0, 0.0, np.inf
    for s in range(len(vertices) - 1):
        ux = vertices[s + 1, 0] - vertices[s, 0]
        uy = vertices[s + 1, 1] - vertices[s, 1]
        dx = x - vertices[s, 0]
        dy = y - vertices[s, 1]
        share = min(1.0, max(0.0, (dx * ux + dy * uy) / (ux * ux + uy * uy)))
        dx -= share * ux
        dy -= share * uy
        square = dx * dx + dy * dy
        if square < best:
            segment, best_share, best = s, share, square
    return segment, best_share


@compiled
def _turn(vertices: Floats, s: int, dx: float, dy: float) -> float:
    """Return the sine of the angle from a segment to a way, times the length of the way."""
    ux = vertices[s + 1, 0] - vertices[s, 0]
    uy = vertices[s + 1, 1] - vertices[s, 1]
    return float((ux * dy - uy * dx) / np.sqrt(ux * ux + uy * uy))


@compiled
def locate_one(x: float, y: float, vertices: Floats, vertex_km: Floats) -> tuple[float, float]:
    """Return chainage and offset (km) of a point of the plane (km).

    The chainage is that of the nearest point of the line; the offset is the distance to it, with
    the sign of the side.
    """
    s, share = _nearest(x, y, vertices)
    chainage = vertex_km[s] + share * (vertex_km[s + 1] - vertex_km[s])
    dx = x - vertices[s, 0] - share * (vertices[s + 1, 0] - vertices[s, 0])
    dy = y - vertices[s, 1] - share * (vertices[s + 1, 1] - vertices[s, 1])
    side = _turn(vertices, s, dx, dy)
    # at a vertex a point may lie on one side of one segment and straight ahead of the other
    if share == 0.0 and s > 0:
        side += _turn(vertices, s - 1, dx, dy)
    elif share == 1.0 and s + 2 < len(vertices):
        side += _turn(vertices, s + 1, dx, dy)
    away = np.sqrt(dx * dx + dy * dy)
    return chainage, -away if side < 0.0 else away
