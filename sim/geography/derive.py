"""Deriving a contact line from polygons of occupied territory."""

from pathlib import Path
from typing import Literal

import numpy as np
import shapely
import shapely.ops

from sim.arrays import Floats
from sim.errors import InputError
from sim.geography.areas import read_areas, within_country
from sim.geography.basemap import country_area
from sim.geography.contact_line import DETAIL_KM, ContactLine
from sim.geography.joining import MAX_GAP_KM, chains, gap_km, lonlat_length_km
from sim.geography.projection import project, unproject
from sim.geography.region import lonlat_text

type LonLat = tuple[float, float]

MAIN_SHARE = 0.5
"""A piece of front longer than this share of the longest one is no rest that may be left out."""

_MOST_LISTED = 5


def derive_contact_line(
    occupied: str | Path,
    country: str | Path | None = None,
    *,
    opening_km: float = 1.25,
    min_area_km2: float = 500.0,
    reach_km: float = 2.0,
    max_gap_km: float = MAX_GAP_KM,
    length_factor: float = 1.0,
) -> ContactLine:
    """Derive the contact line from polygons of occupied territory.

    The free area is the country minus the occupied area. A morphological opening takes away what
    is narrower than twice `opening_km`, small rests are dropped, and the contact line is the part
    of the boundary of the free area that lies near occupied land. So the state border and the
    coast drop out. Where that leaves several pieces, those near each other are joined, and the
    longest line that comes of it is taken.

    Parameters
    ----------
    occupied
        GeoJSON file with Polygons or MultiPolygons of the occupied territory; longitude and
        latitude (WGS 84), or in the CRS that its `crs` member names.
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
    max_gap_km
        Pieces of front whose ends are no farther apart than this are joined, >= 0.
    length_factor
        Kilometres of true line per kilometre derived, >= 1.

    Returns
    -------
    ContactLine
        The free area lies to its left. It ends about `opening_km` before the border. Its `notes`
        say what was left out: polygons outside the country, pockets far from the line, areas with
        the other side all round.

    Raises
    ------
    InputError
        When a file can not be used, there is no line between free and occupied area, or there are
        two lines of similar length.
    """
    limits = {"opening_km": opening_km, "reach_km": reach_km}
    rests = {"min_area_km2": min_area_km2, "max_gap_km": max_gap_km}
    _check_limits(limits, rests)
    source = Path(occupied)
    whole, country_notes = _whole_country(country)
    areas, notes = read_areas(source)
    areas, foreign = within_country(areas, whole, min_area_km2, source)
    centre = _centre(whole)
    held = _to_plane(shapely.union_all([area.shape for area in areas]), centre)
    whole = _to_plane(whole, centre)
    free, small = _free_area(whole, held, opening_km, min_area_km2)
    # nearer to the border the opening has rounded the corner between front and border
    border = shapely.buffer(shapely.boundary(whole), opening_km)
    parts, rings = _front(free, held, border, reach_km)
    if not parts:
        message = (
            f"{source}: no line between occupied and free area; the occupied area has to take up "
            "part of the country and reach its border"
        )
        raise InputError(message)
    pieces = chains([unproject(centre, part) for part in parts], max_gap_km)
    left_out = _without_rests(pieces, max_gap_km, source)
    near = shapely.buffer(held, reach_km)
    rings += [area for area in small if shapely.intersects(near, area)]
    left_out += _areas_note(rings, centre, source)
    return ContactLine.from_lonlat(
        pieces[0],
        length_factor=length_factor,
        ukrainian_side=_free_side(project(centre, pieces[0]), free),
        name=source.stem,
        source=str(source),
        notes=(*country_notes, *notes, *foreign, *left_out),
    )


def _check_limits(above_0: dict[str, float], at_least_0: dict[str, float]) -> None:
    for key, value in (above_0 | at_least_0).items():
        if not 0.0 <= value < np.inf or (key in above_0 and value == 0.0):
            message = f"{key} = {value}: must be a number {'>' if key in above_0 else '>='} 0"
            raise InputError(message)


def _whole_country(country: str | Path | None) -> tuple[shapely.Geometry, tuple[str, ...]]:
    if country is None:
        return country_area("Ukraine"), ()
    areas, notes = read_areas(Path(country))
    return shapely.union_all([area.shape for area in areas]), notes


def _centre(area: shapely.Geometry) -> LonLat:
    west, south, east, north = (float(value) for value in shapely.bounds(area))
    return 0.5 * (west + east), 0.5 * (south + north)


def _without_rests(pieces: list[Floats], max_gap_km: float, source: Path) -> tuple[str, ...]:
    """Say which pieces of front, all but the first, are left out.

    Raises
    ------
    InputError
        When one of them is so long that it may as well be meant.
    """
    main, *rests = pieces
    length = lonlat_length_km(main)
    for rest in rests[:1]:
        if lonlat_length_km(rest) > MAIN_SHARE * length:
            message = (
                f"{source}: two separate lines of {length:,.0f} and {lonlat_length_km(rest):,.0f} "
                f"km with a gap of {gap_km(main, rest):.0f} km; gaps of at most max_gap_km = "
                f"{max_gap_km:g} km are bridged, and only a much shorter line is left out"
            )
            raise InputError(message)
    listed = "; ".join(_described(rest, main) for rest in rests[:_MOST_LISTED])
    more = f"; and {len(rests) - _MOST_LISTED} shorter" if len(rests) > _MOST_LISTED else ""
    why = f"farther than max_gap_km = {max_gap_km:g} km from the line"
    return (f"{source}: left out, {why}: {listed}{more}",) if rests else ()


def _described(piece: Floats, main: Floats) -> str:
    place = lonlat_text(*piece[len(piece) // 2])
    length, gap = lonlat_length_km(piece), gap_km(main, piece)
    return f"{length:,.0f} km of front near {place} (gap of {gap:,.0f} km)"


def _areas_note(areas: list[shapely.Polygon], centre: LonLat, source: Path) -> tuple[str, ...]:
    """Say where areas (km) lie that are left out; without those too small to be seen."""
    seen = sorted((area for area in areas if area.area >= 1.0), key=lambda area: -area.area)
    described = []
    for area in seen[:_MOST_LISTED]:
        place = unproject(centre, shapely.get_coordinates(shapely.point_on_surface(area))[0])
        described.append(f"{area.area:,.0f} km2 near {lonlat_text(*place)}")
    more = f"; and {len(seen) - _MOST_LISTED} smaller" if len(seen) > _MOST_LISTED else ""
    why = "cut off from its own side"
    return (f"{source}: left out, {why}: {'; '.join(described)}{more}",) if seen else ()


def _to_plane(area: shapely.Geometry, centre: tuple[float, float]) -> shapely.Geometry:
    """Project an area into the plane (km), without detail too fine to matter."""
    projected = shapely.transform(area, lambda lonlat: project(centre, lonlat))
    return shapely.make_valid(shapely.simplify(projected, DETAIL_KM))


def _free_area(
    whole: shapely.Geometry, held: shapely.Geometry, opening_km: float, min_area_km2: float
) -> tuple[shapely.Geometry, list[shapely.Polygon]]:
    """Return the country without the occupied area, and the small parts and holes left out of it.

    Narrow parts are not told.
    """
    free = shapely.difference(whole, held)
    opened = shapely.buffer(shapely.buffer(free, -opening_km), opening_km)
    parts = [part for part in shapely.get_parts(opened) if isinstance(part, shapely.Polygon)]
    large = [part for part in parts if part.area >= min_area_km2]
    holes = [
        [hole for hole in part.interiors if shapely.Polygon(hole).area >= min_area_km2]
        for part in large
    ]
    counted = shapely.MultiPolygon(
        [shapely.Polygon(part.exterior, kept) for part, kept in zip(large, holes, strict=True)]
    )
    small = [part for part in parts if part.area < min_area_km2]
    return counted, small + _small_holes(large, min_area_km2)


def _small_holes(parts: list[shapely.Polygon], min_area_km2: float) -> list[shapely.Polygon]:
    holes = [shapely.Polygon(hole) for part in parts for hole in part.interiors]
    return [hole for hole in holes if hole.area < min_area_km2]


def _front(
    free: shapely.Geometry, held: shapely.Geometry, border: shapely.Geometry, reach_km: float
) -> tuple[list[Floats], list[shapely.Polygon]]:
    """Return the boundary of the free area where it is near occupied land: open parts, rings."""
    near = shapely.intersection(shapely.boundary(free), shapely.buffer(held, reach_km))
    pieces = shapely.get_parts(shapely.line_merge(near))
    trimmed = [_without_border_ends(piece, border) for piece in pieces if not piece.is_closed]
    # what is left of a piece that is hardly longer than the reach is a corner, not a front
    parts = [
        shapely.get_coordinates(piece)
        for piece in trimmed
        if piece is not None and piece.length > 2.0 * reach_km
    ]
    return parts, [shapely.Polygon(piece) for piece in pieces if piece.is_closed]


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
