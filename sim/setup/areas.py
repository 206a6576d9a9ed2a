"""Violations in areas of air and sea: anywhere in the area with equal chance."""

from typing import NamedTuple

import numpy as np
import shapely

from sim.arrays import Floats, Ints
from sim.errors import InputError
from sim.geography import ContactLine
from sim.kernel.compile import compiled
from sim.scenario import Scenario

FARTHEST_AREA_KM = 1000.0
"""A corner farther from the line is taken for a slip, such as latitude before longitude."""


class Areas(NamedTuple):
    """The areas of all kinds, each cut into triangles, for compiled code."""

    first: Ints  # (kinds + 1,) first triangle of each kind's area; none for a kind of the line
    edges: Floats  # (triangles,) cumulative shares of their area
    corners: Floats  # (triangles, 3, 2) km


def _cut(outline: Floats) -> tuple[Floats, Floats]:
    """Cut an area into triangles; return their cumulative shares and their corners."""
    parts = shapely.constrained_delaunay_triangles(shapely.Polygon(outline))
    triangles = [part for part in shapely.get_parts(parts) if part.area > 0.0]
    corners = np.array([shapely.get_coordinates(part)[:3] for part in triangles])
    shares = np.cumsum([part.area for part in triangles])
    return shares / shares[-1], corners


def _check_near(name: str, outline: Floats, line: ContactLine) -> None:
    away_km = np.asarray(shapely.distance(shapely.points(outline), shapely.LineString(line.xy)))
    farthest = int(np.argmax(away_km))
    if away_km[farthest] > FARTHEST_AREA_KM:
        message = (
            f"areas.{name}.outline.{farthest}: lies {away_km[farthest]:,.0f} km from the line; at "
            f"most {FARTHEST_AREA_KM:,.0f} is allowed (corners are [lon, lat])"
        )
        raise InputError(message)


def build_areas(scenario: Scenario, line: ContactLine) -> Areas:
    """Cut the areas of the kinds that have one into triangles in the local plane.

    Raises
    ------
    InputError
        When a corner of an area lies too far from the line.
    """
    first, edges, corners = [0], [np.empty(0)], [np.empty((0, 3, 2))]
    for kind in scenario.violations.kinds.values():
        if kind.area is not None:
            lon, lat = np.array(scenario.areas[kind.area].outline).T
            outline = line.to_plane(lon, lat)
            _check_near(kind.area, outline, line)
            cut = _cut(outline)
            edges.append(cut[0])
            corners.append(cut[1])
        first.append(sum(map(len, edges)))
    return Areas(np.array(first), np.concatenate(edges), np.concatenate(corners))


@compiled
def point_in_area(areas: Areas, kind: int, share: float, u: float, v: float) -> tuple[float, float]:
    """Return the point (km) of a kind's area that belongs to three numbers from 0 to 1."""
    row = areas.first[kind]
    while row + 1 < areas.first[kind + 1] and areas.edges[row] <= share:
        row += 1
    if u + v > 1.0:  # a uniform point of the unit triangle, by folding the unit square
        u, v = 1.0 - u, 1.0 - v
    a, b, c = areas.corners[row]
    x = a[0] + u * (b[0] - a[0]) + v * (c[0] - a[0])
    y = a[1] + u * (b[1] - a[1]) + v * (c[1] - a[1])
    return x, y
