"""Deriving a contact line from polygons of occupied territory."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from sim.errors import InputError
from sim.geography.basemap import load_basemap
from sim.geography.contact_line import DETAIL_KM, ContactLine
from sim.geography.loading import (
    check_region,
    features,
    join_parts,
    read_geojson,
    read_vertices,
)
from sim.geography.projection import project, unproject

type Floats = NDArray[np.float64]


def derive_contact_line(
    occupied: str | Path,
    country: str | Path | None = None,
    *,
    opening_km: float = 1.25,
    min_area_km2: float = 500.0,
    reach_km: float = 2.0,
    length_factor: float = 1.0,
) -> ContactLine:
    """Derive the contact line from polygons of occupied territory.

    The free area is the country minus the occupied area. A morphological opening takes away what
    is narrower than twice `opening_km`, small rests are dropped, and the contact line is the part
    of the boundary of the free area that lies near occupied land. So the state border and the
    coast drop out.

    Parameters
    ----------
    occupied
        GeoJSON file (EPSG:4326) with Polygons or MultiPolygons of the occupied territory.
    country
        GeoJSON file with the whole country; None is Ukraine as on the base map, whose border is
        accurate to a few kilometres only.
    opening_km
        Radius of the opening, > 0.
    min_area_km2
        Free areas, and occupied areas with free area all round, below this do not count.
    reach_km
        Greatest distance of the contact line from occupied land, > 0; it should be more than
        `opening_km`, or the mouths of narrow pockets drop out too.
    length_factor
        Kilometres of true line per kilometre derived, >= 1.

    Returns
    -------
    ContactLine
        The free area lies to its left. It ends about `opening_km` before the border.

    Raises
    ------
    InputError
        When a file can not be used, or there is no line between free and occupied area.
    """
    for key, value in (("opening_km", opening_km), ("reach_km", reach_km)):
        if not 0.0 < value < np.inf:
            message = f"{key} = {value}: must be a number > 0"
            raise InputError(message)
    source = Path(occupied)
    held = read_area(source)
    whole = _ukraine() if country is None else read_area(Path(country))
    west, south, east, north = (float(value) for value in shapely.bounds(whole))
    centre = (0.5 * (west + east), 0.5 * (south + north))
    held, whole = (_to_plane(area, centre) for area in (held, whole))
    free = _free_area(whole, held, opening_km, min_area_km2)
    # nearer to the border the opening has rounded the corner between front and border
    border = shapely.buffer(shapely.boundary(whole), opening_km)
    parts = _front(free, held, border, reach_km)
    if not parts:
        message = (
            f"{source}: no line between occupied and free area; the occupied area has to take up "
            "part of the country and reach its border"
        )
        raise InputError(message)
    line = join_parts([unproject(centre, part) for part in parts], str(source))
    return ContactLine.from_lonlat(
        line,
        length_factor=length_factor,
        ukrainian_side=_free_side(project(centre, line), free),
        name=source.stem,
        source=str(source),
    )


def read_area(path: Path) -> shapely.Geometry:
    """Read the union of the polygons of a GeoJSON file, in degrees.

    Raises
    ------
    InputError
        When there is no polygon that can be used.
    """
    polygons = []
    for _, geometry in features(read_geojson(path), path):
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if kind in ("Polygon", "MultiPolygon"):
            listed = geometry.get("coordinates")
            polygons += [
                _polygon(rings, path)
                for rings in _lists([listed] if kind == "Polygon" else listed, path)
            ]
    if not polygons:
        message = f"{path}: no Polygon or MultiPolygon in it"
        raise InputError(message)
    return shapely.union_all(polygons)


def _lists(value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list):
        message = f"{path}: coordinates of a polygon must be lists of rings"
        raise InputError(message)
    return value


def _polygon(rings: Any, path: Path) -> shapely.Geometry:
    """Return a polygon, put right where it touches or crosses itself."""
    outlines = [read_vertices(ring, path) for ring in _lists(rings, path)]
    if not outlines or any(len(np.unique(outline, axis=0)) < 3 for outline in outlines):
        message = f"{path}: a ring of a polygon needs at least three different vertices"
        raise InputError(message)
    check_region(np.concatenate(outlines), path)
    return shapely.make_valid(shapely.Polygon(outlines[0], outlines[1:]))


def _ukraine() -> shapely.Geometry:
    (rings,) = (rings for name, rings in load_basemap().countries if name == "Ukraine")
    return shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])


def _to_plane(area: shapely.Geometry, centre: tuple[float, float]) -> shapely.Geometry:
    """Project an area into the plane (km), without detail too fine to matter."""
    projected = shapely.transform(area, lambda lonlat: project(centre, lonlat))
    return shapely.make_valid(shapely.simplify(projected, DETAIL_KM))


def _free_area(
    whole: shapely.Geometry, held: shapely.Geometry, opening_km: float, min_area_km2: float
) -> shapely.Geometry:
    """Return the country without the occupied area, without narrow and small parts and holes."""
    free = shapely.difference(whole, held)
    opened = shapely.buffer(shapely.buffer(free, -opening_km), opening_km)
    large = [part for part in shapely.get_parts(opened) if part.area >= min_area_km2]
    holes = [
        [hole for hole in part.interiors if shapely.Polygon(hole).area >= min_area_km2]
        for part in large
    ]
    return shapely.MultiPolygon(
        [shapely.Polygon(part.exterior, kept) for part, kept in zip(large, holes, strict=True)]
    )


def _front(
    free: shapely.Geometry, held: shapely.Geometry, border: shapely.Geometry, reach_km: float
) -> list[Floats]:
    """Return the open parts of the boundary of the free area that are near occupied land."""
    near = shapely.intersection(shapely.boundary(free), shapely.buffer(held, reach_km))
    pieces = shapely.get_parts(shapely.line_merge(near))
    trimmed = [_without_border_ends(piece, border) for piece in pieces if not piece.is_closed]
    # what is left of a piece that is hardly longer than the reach is a corner, not a front
    return [
        shapely.get_coordinates(piece)
        for piece in trimmed
        if piece is not None and piece.length > 2.0 * reach_km
    ]


def _without_border_ends(
    piece: shapely.LineString, border: shapely.Geometry
) -> shapely.LineString | None:
    """Cut off the ends of a piece that are near the outer border; None where all of it is."""
    inside = shapely.get_coordinates(shapely.difference(piece, border))
    if len(inside) == 0:
        return None
    places = np.asarray(shapely.line_locate_point(piece, shapely.points(inside)))
    cut = shapely.ops.substring(piece, float(places.min()), float(places.max()))
    return cut if isinstance(cut, shapely.LineString) else None


def _free_side(line: Floats, free: shapely.Geometry) -> Literal["left", "right"]:
    """Tell on which side of a line (n, 2) in the plane the free area lies."""
    along = np.diff(line, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])[:, None]
    aside = 0.1 * np.stack([-along[:, 1], along[:, 0]], axis=1) / length
    middle = 0.5 * (line[1:] + line[:-1])
    left, right = (
        shapely.contains_xy(free, *(middle + way * aside).T) @ length[:, 0] for way in (1.0, -1.0)
    )
    return "left" if left >= right else "right"
