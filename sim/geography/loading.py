"""Reading a contact line from GeoJSON, with one clear error for whatever can not be used."""

import json
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sim.errors import InputError

type Floats = NDArray[np.float64]

REGION = (20.0, 43.0, 45.0, 54.0)
"""Where lines may lie: least longitude and latitude, greatest longitude and latitude (degrees)."""

MAX_GAP_KM = 25.0
"""Parts of a line whose ends are no farther apart than this are joined."""

_KM_PER_DEGREE = 111.2


def read_geojson(path: Path) -> dict[str, Any]:
    """Read a GeoJSON file.

    Raises
    ------
    InputError
        When the file can not be read or is not a GeoJSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        message = f"{path}: no such file"
        raise InputError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file in UTF-8"
        message = f"{path}: can not be read ({reason})"
        raise InputError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{path}: not valid JSON ({error})"
        raise InputError(message) from None
    if not isinstance(content, dict) or "type" not in content:
        message = f"{path}: not GeoJSON; an object with a type is expected"
        raise InputError(message)
    return content


def _feature_name(feature: Any) -> str | None:
    if not isinstance(feature, dict):
        return None
    properties = feature.get("properties")
    name = properties.get("id") if isinstance(properties, dict) else None
    name = feature.get("id") if name is None else name
    return None if name is None else str(name)


def features(content: dict[str, Any], path: Path) -> list[tuple[str | None, Any]]:
    """Return name and geometry of each feature; a bare geometry counts as one without a name.

    Raises
    ------
    InputError
        When the features are not laid out as in GeoJSON.
    """
    if content["type"] == "Feature":
        return [(_feature_name(content), content.get("geometry"))]
    if content["type"] != "FeatureCollection":
        return [(None, content)]
    listed = content.get("features")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        message = f"{path}: features must be a list of features"
        raise InputError(message)
    return [(_feature_name(one), one.get("geometry")) for one in listed]


def _choose(found: list[tuple[str | None, Any]], feature: str | None, path: Path) -> Any:
    """Return the geometry of the feature asked for, or of the only line there is."""
    if feature is not None:
        for name, geometry in found:
            if name == feature:
                return geometry
        known = ", ".join(sorted(name for name, _ in found if name)) or "none has an id"
        message = f'{path}: feature = "{feature}": no such feature; there are: {known}'
        raise InputError(message)
    lines = [
        (name, geometry)
        for name, geometry in found
        if isinstance(geometry, dict) and "LineString" in str(geometry.get("type"))
    ]
    if len(lines) == 1:
        return lines[0][1]
    if not lines:
        message = f"{path}: no LineString or MultiLineString in it"
        raise InputError(message)
    names = ", ".join(name or "(no id)" for name, _ in lines)
    message = f"{path}: several lines ({names}); choose one with feature"
    raise InputError(message)


def read_vertices(coordinates: Any, path: Path) -> Floats:
    """Return the vertices (n, 2) of one LineString or ring, without consecutive equal ones.

    Raises
    ------
    InputError
        When they are not positions made of finite numbers; `path` names the file.
    """
    wrong = f"{path}: coordinates must be a list of [longitude, latitude] numbers"
    try:
        vertices = np.array([(lon, lat) for lon, lat, *_ in coordinates])
    except (TypeError, ValueError):
        raise InputError(wrong) from None
    if vertices.size == 0:
        return np.empty((0, 2))
    if vertices.ndim != 2 or vertices.dtype.kind not in "if":  # "36" reads as a number but is text
        raise InputError(wrong)
    if not np.isfinite(vertices).all():
        message = f"{path}: coordinates must be pairs of finite numbers"
        raise InputError(message)
    return _without_repeats(vertices.astype(np.float64))


def _without_repeats(vertices: Floats) -> Floats:
    moved = np.concatenate([[True], np.any(np.diff(vertices, axis=0) != 0.0, axis=1)])
    kept: Floats = vertices[moved]
    return kept


def check_region(vertices: Floats, path: Path) -> None:
    """Refuse vertices (n, 2) that are not degrees within the region.

    Raises
    ------
    InputError
        With a hint at what they may be instead.
    """
    west, south, east, north = REGION
    low, high = vertices.min(axis=0), vertices.max(axis=0)

    def within(x: tuple[float, float], y: tuple[float, float]) -> bool:
        return west <= x[0] and x[1] <= east and south <= y[0] and y[1] <= north

    first, second = (low[0], high[0]), (low[1], high[1])
    if within(first, second):
        return
    allowed = f"longitude {west:g} to {east:g} and latitude {south:g} to {north:g} degrees"
    reach = f"{low[0]:.6g} to {high[0]:.6g} and {low[1]:.6g} to {high[1]:.6g}"
    if within(second, first):
        hint = "longitude and latitude are swapped: GeoJSON puts longitude first"
    elif np.abs(vertices).max() > 360.0:
        hint = "these are not degrees (EPSG:4326) but look like metres of a projection"
    else:
        hint = f"outside the region ({allowed})"
    message = f"{path}: coordinates reach {reach}; {hint}"
    raise InputError(message)


def _distance_km(one: Floats, other: Floats) -> Floats:
    """Return about how far apart places in degrees are (km); enough to judge a gap."""
    apart = one - other
    shrink = np.cos(np.radians(0.5 * (one[..., 1] + other[..., 1])))
    distance: Floats = _KM_PER_DEGREE * np.hypot(apart[..., 0] * shrink, apart[..., 1])
    return distance


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
    merged = shapely.line_merge(shapely.MultiLineString(parts))
    left = [shapely.get_coordinates(part) for part in shapely.get_parts(merged)]
    ends = np.stack([part[[0, -1]] for part in left])
    first = int(np.argmax([len(part) for part in left]))
    chain, waiting = deque([left[first]]), np.arange(len(left)) != first
    while waiting.any():
        tips = np.stack([chain[0][0], chain[-1][-1]])
        gaps = _distance_km(tips[:, None, None], ends)
        gaps[:, ~waiting] = np.inf
        tip, number, end = (int(k) for k in np.unravel_index(np.argmin(gaps), gaps.shape))
        if gaps[tip, number, end] > max_gap_km:
            message = (
                f"{source}: the line has a gap of {gaps[tip, number, end]:.0f} km; "
                f"gaps of at most {max_gap_km:g} km are bridged"
            )
            raise InputError(message)
        waiting[number] = False
        part = left[number] if tip != end else left[number][::-1]
        (chain.append if tip == 1 else chain.appendleft)(part)
    return _without_repeats(np.concatenate(chain))


def read_line(path: Path, feature: str | None = None) -> Floats:
    """Read the vertices of a contact line.

    Parameters
    ----------
    path
        GeoJSON file in EPSG:4326.
    feature
        Its `id`, where the file holds several lines.

    Returns
    -------
    ndarray, shape (n, 2)
        Longitude and latitude in degrees, in the order of the file.

    Raises
    ------
    InputError
        When the file holds no line that can be used.
    """
    geometry = _choose(features(read_geojson(path), path), feature, path)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("LineString", "MultiLineString"):
        message = f"{path}: a LineString or MultiLineString is expected, not {kind}"
        raise InputError(message)
    coordinates = geometry.get("coordinates")
    lists = [coordinates] if kind == "LineString" else coordinates
    if not isinstance(lists, list) or not all(isinstance(one, list) for one in lists):
        message = f"{path}: coordinates must be a list of [longitude, latitude] numbers"
        raise InputError(message)
    parts = [part for part in (read_vertices(one, path) for one in lists) if len(part) >= 2]
    if not parts:
        message = f"{path}: the line is empty; at least two different vertices are needed"
        raise InputError(message)
    check_region(np.concatenate(parts), path)
    return parts[0] if len(parts) == 1 else join_parts(parts, str(path))
