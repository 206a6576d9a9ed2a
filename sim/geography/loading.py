"""Reading a contact line from GeoJSON: which of several lines is meant, and where it lies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from sim.arrays import Floats
from sim.errors import InputError
from sim.geography.geojson import Feature, GeoFile, read_geojson
from sim.geography.joining import chains, join_parts, lonlat_length_km
from sim.geography.region import LonLat, check_place

LONGEST = "longest"
"""The word that chooses the longest of several lines."""

_TOUCH_KM = 0.05
"""Lines whose ends are no farther apart than this touch each other."""

_MOST_LISTED = 8


@dataclass(frozen=True, eq=False)
class MappedLine:
    """A line as read from a file.

    Attributes
    ----------
    lonlat
        Vertices in degrees, in the order of the file, shape (n, 2).
    name
        What it is called in the file, if anything.
    notes
        What its reader should know: that parts were joined, or that it lies elsewhere than
        expected.
    """

    lonlat: Floats
    name: str
    notes: tuple[str, ...]


def read_line(path: Path, feature: str | None = None, *, home: LonLat | None = None) -> MappedLine:
    """Read the vertices of a contact line.

    Parameters
    ----------
    path
        GeoJSON file; in WGS 84, or in the CRS that its `crs` member names.
    feature
        Which one, where the file holds several lines: an `id`, a name, a number (from 1) or
        `longest`. None is the only one, or all of them where they touch end to end.
    home
        A place on the home side (degrees), near which the line is expected.

    Returns
    -------
    MappedLine
        The line.

    Raises
    ------
    InputError
        When the file holds no line that can be used.
    """
    content = read_geojson(path)
    features = content.features if feature is None else _chosen(content, feature)
    lines = [(one, parts) for one in features if (parts := _parts_of(content, one)) is not None]
    if not lines:
        message = f"{path}: no LineString or MultiLineString in {_where(feature)}"
        raise InputError(message)
    if not any(parts for _, parts in lines):
        message = f"{path}: the line is empty; at least two different vertices are needed"
        raise InputError(message)
    lonlat = _joined([line for line in lines if line[1]], path)
    notes = content.notes
    if len(lines) > 1:
        notes += (f"{path}: {len(lines)} lines that touch end to end are joined into one",)
    name = lines[0][0].word if len(lines) == 1 else feature
    return MappedLine(lonlat, name or "", notes + check_place(lonlat, path, home))


def _where(feature: str | None) -> str:
    return "it" if feature is None else f'feature = "{feature}"'


def _chosen(content: GeoFile, feature: str) -> tuple[Feature, ...]:
    """Return the features of an id, a name or a number; or the one with the longest line.

    Raises
    ------
    InputError
        When there is none.
    """
    for matches in (
        lambda one: one.identifier == feature,
        lambda one: one.name == feature,
        lambda one: str(one.number) == feature,
    ):
        found = tuple(one for one in content.features if matches(one))
        if found:
            return found
    if feature == LONGEST and content.features:
        return (max(content.features, key=lambda one: _length_km(_parts_of(content, one))),)
    known = ", ".join(sorted(one.word or one.label for one in content.features)[:_MOST_LISTED])
    message = (
        f'{content.path}: feature = "{feature}": no such feature; there are: {known or "none"}; '
        f'a number from 1 to {len(content.features)}, or "{LONGEST}", is understood too'
    )
    raise InputError(message)


def _parts_of(content: GeoFile, feature: Feature) -> list[Floats] | None:
    """Return the vertices (n, 2) of each line of a feature; None where it holds no line."""
    listed = [content.vertices(one) for one in content.geometries(feature, "LineString")]
    return [part for part in listed if len(part) >= 2] if listed else None


def _length_km(parts: list[Floats] | None) -> float:
    return sum(map(lonlat_length_km, parts or ()))


def _joined(lines: list[tuple[Feature, list[Floats]]], path: Path) -> Floats:
    """Join the parts of one feature, or the lines of several that touch end to end.

    Raises
    ------
    InputError
        When parts are too far apart, or lines do not touch; with what can be chosen.
    """
    parts = [part for _, some in lines for part in some]
    if len(lines) == 1:
        return parts[0] if len(parts) == 1 else join_parts(parts, str(path))
    joined, *rest = chains(parts, _TOUCH_KM)
    if not rest and shapely.LineString(joined).is_simple and bool(np.any(joined[0] != joined[-1])):
        return joined
    listed = ", ".join(
        f"{feature.label} ({_length_km(some):,.0f} km)" for feature, some in lines[:_MOST_LISTED]
    )
    more = f" and {len(lines) - _MOST_LISTED} more" if len(lines) > _MOST_LISTED else ""
    message = (
        f"{path}: several lines that do not join end to end: {listed}{more}; choose one with "
        f'feature = its id, its name, its number in the file, or "{LONGEST}"'
    )
    raise InputError(message)
