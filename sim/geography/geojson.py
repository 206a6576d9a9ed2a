"""GeoJSON files: their features, coordinates in degrees, with one clear error for bad ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from sim.arrays import Floats
from sim.errors import InputError

WGS_84 = pyproj.CRS("OGC:CRS84")
"""Longitude and latitude in degrees, as GeoJSON (RFC 7946) has them."""

_NAME_KEYS = ("name", "Name", "NAME", "title")


@dataclass(frozen=True)
class Feature:
    """A feature of a file.

    Attributes
    ----------
    number
        Its place in the file, from 1.
    identifier, name
        Its `id` and its `name`, where it has them.
    geometry
        Its geometry as it stands in the file.
    """

    number: int
    identifier: str | None
    name: str | None
    geometry: Any

    @property
    def word(self) -> str | None:
        """Its `id` or else its `name`."""
        return self.name if self.identifier is None else self.identifier

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return f"number {self.number}" if self.word is None else f'"{self.word}"'


@dataclass(frozen=True)
class GeoFile:
    """What a GeoJSON file holds.

    Attributes
    ----------
    path
        The file.
    features
        Its features; a bare geometry counts as one.
    notes
        What was done on reading that its reader should know.
    """

    path: Path
    features: tuple[Feature, ...]
    notes: tuple[str, ...]
    _to_degrees: pyproj.Transformer | None

    def vertices(self, coordinates: Any) -> Floats:
        """Return the vertices (n, 2) of one LineString or ring, in degrees, none twice in a row.

        Raises
        ------
        InputError
            When they are not positions made of finite numbers.
        """
        vertices = _positions(coordinates, self.path)
        if self._to_degrees is not None and len(vertices):
            vertices = np.stack(self._to_degrees.transform(*vertices.T), axis=-1)
            if not np.isfinite(vertices).all():
                message = f"{self.path}: coordinates lie outside the CRS that the file names"
                raise InputError(message)
        return without_repeats(vertices)

    def geometries(self, feature: Feature, kind: str) -> Iterator[Any]:
        """Yield the coordinates of each part of a kind ("LineString" or "Polygon") of a feature.

        Parts of a Multi... and of a GeometryCollection, however deep, are told apart.

        Raises
        ------
        InputError
            When a geometry is not laid out as in GeoJSON.
        """
        waiting = [feature.geometry]
        while waiting:
            geometry = waiting.pop()
            found = geometry.get("type") if isinstance(geometry, dict) else None
            if found == "GeometryCollection":
                waiting += reversed(self._list(geometry, "geometries", "geometries"))
            elif found == kind:
                yield geometry.get("coordinates")
            elif found == f"Multi{kind}":
                yield from self._list(geometry, "coordinates", f"{kind} coordinates")

    def _list(self, geometry: dict[str, Any], key: str, what: str) -> list[Any]:
        value = geometry.get(key)
        if not isinstance(value, list):
            message = f"{self.path}: {key} of a {geometry['type']} must be a list of {what}"
            raise InputError(message)
        return value


def read_geojson(path: Path) -> GeoFile:
    """Read a GeoJSON file.

    Coordinates of a file with a `crs` member (as GeoJSON had until 2016) are transformed to
    WGS 84.

    Raises
    ------
    InputError
        When the file can not be read, is not GeoJSON, or names a CRS that is not known.
    """
    content = _read_object(path)
    crs = _stated_crs(content, path)
    notes = () if crs is None else (f"{path}: coordinates transformed from {crs.name} to WGS 84",)
    to_degrees = None if crs is None else pyproj.Transformer.from_crs(crs, WGS_84, always_xy=True)
    return GeoFile(path, _features(content, path), notes, to_degrees)


def _read_object(path: Path) -> dict[str, Any]:
    if _is_no_file(path):
        message = f"{path}: is not a file; a GeoJSON file is needed"
        raise InputError(message)
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


def _is_no_file(path: Path) -> bool:
    """Tell whether a path is a directory, or a pipe, which would keep its reader waiting."""
    try:
        return path.exists() and not path.is_file()
    except OSError:
        return False  # reading it says why


def _stated_crs(content: dict[str, Any], path: Path) -> pyproj.CRS | None:
    """Return the CRS that a file names; None for WGS 84."""
    member = content.get("crs")
    if member is None:
        return None
    named = member.get("properties") if isinstance(member, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    try:
        crs = pyproj.CRS.from_user_input(name) if isinstance(name, str) else None
    except CRSError:
        crs = None
    if crs is None or not (crs.is_geographic or crs.is_projected):
        stated = json.dumps(member, ensure_ascii=False)[:80]
        message = (
            f"{path}: crs = {stated}: must be the name of a known CRS, such as "
            '{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}; '
            "without one, coordinates are longitude and latitude (WGS 84)"
        )
        raise InputError(message)
    same = crs.equals(WGS_84, ignore_axis_order=True) or crs.to_epsg() == 4326
    return None if same else crs


def _features(content: dict[str, Any], path: Path) -> tuple[Feature, ...]:
    if content["type"] == "Feature":
        listed = [content]
    elif content["type"] == "FeatureCollection":
        listed = content.get("features", 0)
    else:
        listed = [{"geometry": content}]
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        message = f"{path}: features must be a list of features"
        raise InputError(message)
    return tuple(_feature(number, one) for number, one in enumerate(listed, 1))


def _feature(number: int, one: dict[str, Any]) -> Feature:
    stated = one.get("properties")
    properties = stated if isinstance(stated, dict) else {}
    identifier = properties.get("id")
    identifier = one.get("id") if identifier is None else identifier
    names = [properties[key] for key in _NAME_KEYS if properties.get(key) is not None]
    return Feature(
        number,
        None if identifier is None else str(identifier),
        str(names[0]) if names else None,
        one.get("geometry"),
    )


def _positions(coordinates: Any, path: Path) -> Floats:
    """Return positions as they stand in a file, shape (n, 2)."""
    wrong = f"{path}: coordinates must be a list of [longitude, latitude] numbers"
    if not isinstance(coordinates, list):
        raise InputError(wrong)
    try:
        vertices = np.array([(x, y) for x, y, *_ in coordinates])
    except (TypeError, ValueError):
        raise InputError(wrong) from None
    if vertices.size == 0:
        return np.empty((0, 2))
    if vertices.ndim != 2 or vertices.dtype.kind not in "if":  # "36" reads as a number but is text
        raise InputError(wrong)
    if not np.isfinite(vertices).all():
        message = f"{path}: coordinates must be pairs of finite numbers"
        raise InputError(message)
    return vertices.astype(np.float64)


def without_repeats(vertices: Floats) -> Floats:
    """Return vertices (n, 2) without those equal to the one before."""
    moved = np.concatenate([[True], np.any(np.diff(vertices, axis=0) != 0.0, axis=1)])
    kept: Floats = vertices[moved[: len(vertices)]]
    return kept
