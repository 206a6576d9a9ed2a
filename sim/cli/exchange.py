"""The violations of a run for other programs: CSV, GeoJSON and GeoPackage."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyproj
import shapely

WGS_84_ID = 4326
_TYPES = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "DOUBLE"}
_SCHEMA = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL,
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL,
  m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);
"""


def write_violations(violations: pd.DataFrame, folder: Path, names: tuple[str, ...]) -> None:
    """Write the violations of a run in other formats, as violations.csv and so on.

    Parameters
    ----------
    violations
        One row a violation, with `lon` and `lat`; see docs/tables.md.
    folder
        Where the files go.
    names
        Formats, of `WRITERS`.
    """
    for name in names:
        WRITERS[name](violations, folder / f"violations.{name}")


def _write_csv(violations: pd.DataFrame, path: Path) -> None:
    violations.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _write_geojson(violations: pd.DataFrame, path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        }
        for row in _rows(violations)
    ]
    content = {"type": "FeatureCollection", "features": features}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _write_gpkg(violations: pd.DataFrame, path: Path) -> None:
    """Write a GeoPackage (OGC 12-128r18, version 1.3) with the table `violations`."""
    columns = {name: _TYPES.get(violations[name].dtype.kind, "TEXT") for name in violations}
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    rows = [(_point(row["lon"], row["lat"]), *row.values()) for row in _rows(violations)]
    marks = ", ".join("?" * (len(columns) + 1))
    database = sqlite3.connect(path)
    try:
        database.executescript(_SCHEMA)
        database.execute(f"CREATE TABLE violations (fid INTEGER PRIMARY KEY, geom POINT, {typed})")
        database.executemany(f"INSERT INTO violations VALUES (NULL, {marks})", rows)  # noqa: S608
        _register(database, violations)
        database.commit()
    finally:
        database.close()


def _register(database: sqlite3.Connection, violations: pd.DataFrame) -> None:
    """Enter the table of violations where a GeoPackage lists its layers."""
    definition = pyproj.CRS(WGS_84_ID).to_wkt("WKT1_GDAL")
    database.execute(
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', ?, 'EPSG', ?, ?, NULL)",
        (WGS_84_ID, WGS_84_ID, definition),
    )
    bounds = [None] * 4
    if len(violations):
        places = violations[["lon", "lat"]]
        bounds = [*places.min().tolist(), *places.max().tolist()]
    database.execute(
        "INSERT INTO gpkg_contents VALUES ('violations', 'features', 'violations', '',"
        " '1970-01-01T00:00:00.000Z', ?, ?, ?, ?, ?)",  # the same run gives the same file
        (*bounds, WGS_84_ID),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES ('violations', 'geom', 'POINT', ?, 0, 0)",
        (WGS_84_ID,),
    )


def _point(lon: float, lat: float) -> bytes:
    """Return a point as a GeoPackage holds it: a header without an envelope, then WKB."""
    header = b"GP\x00\x01" + WGS_84_ID.to_bytes(4, "little")
    wkb: bytes = shapely.to_wkb(shapely.Point(lon, lat), byte_order=1)
    return header + wkb


def _rows(violations: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of plain values, None where there is none."""
    plain = violations.astype(object).where(violations.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "csv": _write_csv,
    "geojson": _write_geojson,
    "gpkg": _write_gpkg,
}
