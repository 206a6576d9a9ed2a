"""`ceasefire run --also`: the violations for spreadsheets and GIS."""

import csv
import json
import sqlite3

import pandas as pd
import pytest
import shapely

from sim.cli.main import main

ALL = ["--also", "csv,geojson,gpkg", "--out", "out", "-q"]


def test_every_format_holds_every_violation_at_its_place(folder) -> None:
    """Catches rows lost, places swapped, or missing values written as numbers."""
    assert main(["run", "small.toml", *ALL]) == 0
    table = pd.read_parquet(folder / "out" / "events.parquet")
    assert len(table) > 20
    with (folder / "out" / "violations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(table)
    assert [float(row["lon"]) for row in rows] == table["lon"].tolist()
    content = json.loads((folder / "out" / "violations.geojson").read_text(encoding="utf-8"))
    found = [one["geometry"]["coordinates"] for one in content["features"]]
    assert found == table[["lon", "lat"]].to_numpy().tolist()
    detected = [one["properties"]["detected_h"] is not None for one in content["features"]]
    assert detected == table["detected_h"].notna().tolist()


def test_geopackage_is_laid_out_as_the_standard_says(folder) -> None:
    """Catches a GeoPackage that GIS programs do not open (OGC 12-128r18, sections 1.1 and 2.1)."""
    assert main(["run", "small.toml", *ALL]) == 0
    table = pd.read_parquet(folder / "out" / "events.parquet")
    database = sqlite3.connect(folder / "out" / "violations.gpkg")
    try:
        assert database.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        layers = database.execute("SELECT table_name, data_type, srs_id FROM gpkg_contents")
        assert layers.fetchall() == [("violations", "features", 4326)]
        ids = database.execute("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY srs_id")
        assert ids.fetchall() == [(-1,), (0,), (4326,)]
        columns = "table_name, column_name, geometry_type_name, srs_id, z, m"
        geometry = database.execute(f"SELECT {columns} FROM gpkg_geometry_columns")  # noqa: S608
        assert geometry.fetchall() == [("violations", "geom", "POINT", 4326, 0, 0)]
        rows = database.execute("SELECT geom, lon, lat, status FROM violations").fetchall()
    finally:
        database.close()
    assert {row[0][:8] for row in rows} == {b"GP\x00\x01\xe6\x10\x00\x00"}
    points = shapely.from_wkb([row[0][8:] for row in rows])
    assert shapely.get_coordinates(points).tolist() == table[["lon", "lat"]].to_numpy().tolist()
    assert [row[3] for row in rows] == table["status"].tolist()


def test_run_without_violations_can_be_written(folder) -> None:
    """Catches a traceback, or no file, where nothing happened."""
    text = (folder / "small.toml").read_text(encoding="utf-8")
    quiet = text.replace("rate_per_day = 20", "rate_per_day = 0")
    (folder / "quiet.toml").write_text(quiet, encoding="utf-8")
    assert main(["run", "quiet.toml", *ALL]) == 0
    content = json.loads((folder / "out" / "violations.geojson").read_text(encoding="utf-8"))
    assert content["features"] == []
    assert (folder / "out" / "violations.gpkg").stat().st_size > 0


def test_unknown_format_is_refused(folder, capsys) -> None:
    """Catches a slip that is passed over, so that a file is missing after a long run."""
    with pytest.raises(SystemExit) as caught:
        main(["run", "small.toml", "--also", "csv,shp"])
    assert caught.value.code == 2
    assert "must be one or more of csv, geojson, gpkg" in capsys.readouterr().err
    assert not (folder / "outputs").exists()
