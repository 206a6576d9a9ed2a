"""`ceasefire line`: from polygons to a line, a picture and a scenario that uses it."""

import json

import pytest
import shapely

from sim.cli.main import main
from sim.geography import ContactLine

COUNTRY = shapely.segmentize(shapely.box(33.0, 47.0, 38.0, 49.0), 0.1)
FRONT = shapely.segmentize(shapely.box(36.0, 46.5, 39.0, 49.5), 0.1)
POCKET, ISLES = shapely.box(33.5, 48.7, 33.8, 49.5), shapely.box(140.0, 43.0, 141.0, 44.0)


@pytest.fixture
def files(folder):
    """Write a country, and an occupied area with a pocket at the border and one far away."""
    occupied = shapely.MultiPolygon([FRONT, POCKET, ISLES])
    (folder / "country.geojson").write_text(shapely.to_geojson(COUNTRY), encoding="utf-8")
    (folder / "occupied.geojson").write_text(shapely.to_geojson(occupied), encoding="utf-8")
    return folder


def test_line_is_written_with_a_picture_and_what_was_left_out(files, capsys) -> None:
    """Catches a length, a pocket or a foreign polygon that is not told, or no picture."""
    words = [
        "line",
        "occupied.geojson",
        "--country",
        "country.geojson",
        "--out",
        "new/line.geojson",
    ]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "contact line of 219.9 km" in said
    assert "outside the country: number 1 (8,985 km2 near 140.50 E, 43.50 N)" in said
    assert "km of front near 33." in said
    assert (files / "new" / "line.png").read_bytes().startswith(b"\x89PNG")
    content = json.loads((files / "new" / "line.geojson").read_text(encoding="utf-8"))
    (feature,) = content["features"]
    assert feature["properties"]["length_km"] == pytest.approx(219.9, abs=0.1)
    assert len(feature["properties"]["notes"]) == 2
    line = ContactLine.load(files / "new" / "line.geojson", ukrainian_side="left")
    assert line.length_km == pytest.approx(219.9, abs=0.1)
    assert line.locate(line.to_plane(34.5, 48.0))[1] > 0.0


def test_limits_reach_the_derivation(files, capsys) -> None:
    """Catches an option that is not passed on: the pocket is joined over the gap to it."""
    words = ["line", "occupied.geojson", "--country", "country.geojson", "--out", "line.geojson"]
    assert main([*words, "--max-gap-km", "300"]) == 0
    length_km = float(capsys.readouterr().out.split()[3])
    assert length_km > 400.0
    assert (files / "line.png").exists()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["--opening-km", "0"], "opening_km = 0.0: must be a number > 0"),
        (["--max-gap-km", "nan"], "max_gap_km = nan: must be a number >= 0"),
        (["--out", "line.txt"], "must end in .geojson or .json"),
        (["--country", "."], "is not a file"),
    ],
)
def test_bad_words_get_one_line(files, capsys, more, expected) -> None:
    """Catches a traceback, or a file written in spite of an error."""
    words = ["line", "occupied.geojson", "--country", "country.geojson", "--out", "line.geojson"]
    assert main([*words, *more]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1
    assert not list(files.glob("line.*"))
