"""Violations in areas of air and sea: anywhere in the area with equal chance."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from sim.engine.grid import Grid
from sim.engine.nearest import locate
from sim.errors import InputError
from sim.geography import ContactLine
from sim.kernel.world import Records
from sim.scenario import Scenario

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Triangles:
    """An area cut into triangles."""

    edges: Floats  # (triangles,) cumulative shares of the area
    corners: Floats  # (triangles, 3, 2) km


FARTHEST_AREA_KM = 1000.0
"""A corner farther from the line is taken for a slip, such as latitude before longitude."""

type Areas = dict[int, Triangles]
"""The area of each kind that has one, by row of the kind."""
type Stretches = tuple[int, int, int]


def _cut(outline: Floats) -> Triangles:
    parts = shapely.constrained_delaunay_triangles(shapely.Polygon(outline))
    triangles = [part for part in shapely.get_parts(parts) if part.area > 0.0]
    corners = np.array([shapely.get_coordinates(part)[:3] for part in triangles])
    shares = np.cumsum([part.area for part in triangles])
    return Triangles(shares / shares[-1], corners)


def _check_near(name: str, outline: Floats, line: ContactLine) -> None:
    away_km = np.asarray(shapely.distance(shapely.points(outline), shapely.LineString(line.xy)))
    farthest = int(np.argmax(away_km))
    if away_km[farthest] > FARTHEST_AREA_KM:
        message = (
            f"areas.{name}.outline.{farthest}: lies {away_km[farthest]:,.0f} km from the line; at "
            f"most {FARTHEST_AREA_KM:,.0f} is allowed (corners are [lon, lat])"
        )
        raise InputError(message)


def lay_areas(scenario: Scenario, line: ContactLine) -> Areas:
    """Cut the areas of the kinds that have one into triangles in the local plane.

    Raises
    ------
    InputError
        When a corner of an area lies too far from the line.
    """
    areas: Areas = {}
    for row, kind in enumerate(scenario.violations.kinds.values()):
        if kind.area is not None:
            lon, lat = np.array(scenario.areas[kind.area].outline).T
            outline = line.to_plane(lon, lat)
            _check_near(kind.area, outline, line)
            areas[row] = _cut(outline)
    return areas


def _points(area: Triangles, uniform: Floats) -> Floats:
    """Return points (n, 2) in an area from uniforms (3, n)."""
    at = np.minimum(np.searchsorted(area.edges, uniform[0], side="right"), len(area.edges) - 1)
    a, b, c = np.moveaxis(area.corners[at], 1, 0)
    # a uniform point of the unit triangle, by folding the unit square
    folded = uniform[1] + uniform[2] > 1.0
    u = np.where(folded, 1.0 - uniform[1], uniform[1])[:, None]
    v = np.where(folded, 1.0 - uniform[2], uniform[2])[:, None]
    points: Floats = a + u * (b - a) + v * (c - a)
    return points


def place_in_areas(
    rows: Records,
    at: NDArray[np.int64],
    kinds: NDArray[np.int32],
    areas: Areas,
    line: ContactLine,
    grid: Grid,
    stretches: Stretches,
    rng: np.random.Generator,
) -> None:
    """Move the violations of one origin whose kind has an area there.

    Their chainage is that of the nearest place of the line, their offset the distance from it;
    units go to the very place, whatever their stand-off.

    Parameters
    ----------
    rows
        Records of violations, placed along the line; changed in place.
    at
        Those of this origin.
    kinds
        Their kinds.
    areas, line, grid
        The areas, the line and the grid.
    stretches
        Number of sectors, of zones, and of stretches for the search for bases.
    rng
        The stream of the places.
    """
    found = [(area, np.flatnonzero(kinds == kind)) for kind, area in areas.items()]
    if not any(len(chosen) for _, chosen in found):
        return
    uniform = rng.random((3, len(at)))
    for area, chosen in found:
        if len(chosen) == 0:
            continue
        mine = at[chosen]
        points = _points(area, uniform[:, chosen])
        rows["x"][mine], rows["y"][mine] = points.T
        chainage, offset = locate(line, points)
        rows["chainage"][mine] = chainage
        rows["offset"][mine] = np.abs(offset)
        rows["depth"][mine] = np.inf
        rows["cell"][mine] = grid.cell_of(points)
        for name, count in zip(("sector", "zone", "line_cell"), stretches, strict=True):
            rows[name][mine] = np.minimum(count - 1, chainage / line.length_km * count)
