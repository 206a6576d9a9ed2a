import json
import os
import re

import numpy as np
import pyproj
import pytest
from geography_support import feature, line_string, polygon, write

from sim.errors import InputError
from sim.geography import ContactLine

GOOD = [[35.0, 48.0], [36.0, 48.2], [37.0, 48.0]]


def multi(*parts):
    return {"type": "MultiLineString", "coordinates": list(parts)}


def collection(geometries):
    return {"type": "GeometryCollection", "geometries": geometries}


def in_crs(name, coordinates):
    member = {"type": "name", "properties": {"name": name}}
    return line_string(coordinates) | {"crs": member}


def in_features(*lines, key="name"):
    """Features of two vertices or more, each with a name (or another key) where one is given."""
    listed = [
        {"type": "Feature", "properties": {key: name} if name else {}, "geometry": line_string(one)}
        for name, one in lines
    ]
    return {"type": "FeatureCollection", "features": listed}


@pytest.mark.parametrize(
    "content",
    [
        line_string(GOOD),
        feature(line_string(GOOD)),
        {"type": "FeatureCollection", "features": [feature(line_string(GOOD))]},
        multi(GOOD[:2], GOOD[1:]),
        multi(GOOD[1:], GOOD[:2]),
        multi(GOOD[:2][::-1], GOOD[1:]),
        line_string([GOOD[0], GOOD[0], *GOOD[1:], GOOD[2]]),
        line_string([[*place, 120.0] for place in GOOD]),
        collection([{"type": "Point", "coordinates": GOOD[0]}, collection([line_string(GOOD)])]),
        in_features((None, GOOD[1:]), (None, GOOD[:2])),
        in_crs("urn:ogc:def:crs:OGC:1.3:CRS84", GOOD),
        in_crs("urn:ogc:def:crs:EPSG::4326", GOOD),
        line_string(GOOD) | {"crs": None},
        "\ufeff" + json.dumps(line_string(GOOD)),
    ],
)
def test_every_layout_gives_the_same_line(tmp_path, content) -> None:
    """Catches a way of writing the same line that is refused or read differently."""
    line = ContactLine.load(write(tmp_path, content))
    expected = ContactLine.from_lonlat(np.array(GOOD))
    assert line.xy == pytest.approx(expected.xy)


def test_small_gap_is_joined(tmp_path) -> None:
    """Catches parts that are joined by the wrong ends."""
    content = multi([[36.0, 48.0], [36.5, 48.0]], [[37.2, 48.0], [36.7, 48.0]])
    line = ContactLine.load(write(tmp_path, content))
    assert len(line.xy) == 4
    straight = ContactLine.from_lonlat(np.array([[36.0, 48.0], [37.2, 48.0]]))
    assert line.length_km == pytest.approx(straight.length_km, rel=1e-3)


def test_feature_is_chosen_by_its_id(tmp_path) -> None:
    """Catches the wrong one of several lines."""
    other = line_string([[30.0, 48.0], [31.0, 48.0]])
    content = {
        "type": "FeatureCollection",
        "features": [feature(other, "west"), feature(line_string(GOOD), "east")],
    }
    line = ContactLine.load(write(tmp_path, content), feature="east")
    assert len(line.xy) == 3
    assert line.name == "east"


LAYOUTS = {
    "not JSON": ("{", "not valid JSON"),
    "not an object": ([1], "not GeoJSON"),
    "no coordinates": ({"type": "LineString"}, "must be a list"),
    "empty": (line_string([]), "two different vertices"),
    "one vertex": (line_string([[36, 48]]), "two different vertices"),
    "one vertex twice": (line_string([[36, 48], [36, 48]]), "two different vertices"),
    "NaN": ('{"type": "LineString", "coordinates": [[36, 48], [NaN, 48]]}', "finite"),
    "infinite": ('{"type": "LineString", "coordinates": [[36, 48], [1e999, 48]]}', "finite"),
    "null": (line_string([[36, 48], [None, 48]]), "must be a list"),
    "text": (line_string([["36", "48"], ["37", "48"]]), "must be a list"),
    "objects": (line_string([{"lon": 36, "lat": 48}, [36, 48]]), "must be a list"),
    "depth of a MultiLineString": (multi([36, 48], [37, 48]), "must be a list"),
    "metres": (line_string([[636000, 5348000], [640000, 5350000]]), "metres of a projection"),
    "swapped": (line_string([[48, 36], [48.5, 37]]), "swapped"),
    "swapped in Korea": (line_string([[37.9, 126.7], [38.6, 128.4]]), "swapped"),
    "no longitude": (line_string([[196, 48], [197, 48]]), "longitude -180 to 180"),
    "crossing": (line_string([[36, 48], [37, 49], [37, 48], [36, 49]]), "36.500 E, 48.5"),
    "touching": (line_string([[36, 48], [37, 48], [37, 49], [36.5, 48]]), "crosses itself"),
    "running back": (line_string([[36, 48], [36, 49], [36, 48.5]]), "near 36.000 E, 49.000 N"),
    "closed": (line_string([[36, 48], [37, 48], [36.5, 49], [36, 48]]), "closed"),
    "there and back": (line_string([[36, 48], [37, 48], [36, 48]]), "closed"),
    "gap": (multi([[36, 48], [36.5, 48]], [[37.5, 48], [38, 48]]), "gap of 74 km"),
    "area": (polygon([[36, 48], [37, 48], [37, 49], [36, 48]]), "no LineString"),
    "no geometry": (feature(None), "no LineString"),
    "geometries": (collection(3), "geometries of a GeometryCollection must be a list"),
    "unknown CRS": (in_crs("EPSG:0", GOOD), "crs = .*must be the name of a known CRS"),
    "CRS of another kind": (in_crs("EPSG:4978", GOOD), "must be the name of a known CRS"),
    "linked CRS": (line_string(GOOD) | {"crs": {"type": "link"}}, "must be the name of"),
    "outside its CRS": (in_crs("EPSG:32636", [[1e30, 0], [2e30, 0]]), "outside the CRS"),
    "several": (
        {
            "type": "FeatureCollection",
            "features": [feature(line_string(GOOD), name) for name in ("a", "b")],
        },
        r'several lines .*"a" \(15\d km\), "b" \(15\d km\); choose one',
    ),
    "bad collection": ({"type": "FeatureCollection", "features": 3}, "list of features"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_bad_file_gets_one_line_that_names_it(tmp_path, layout: str) -> None:
    """Catches a traceback, a line read from nonsense, or an error without the file's name."""
    content, expected = LAYOUTS[layout]
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=expected) as caught:
        ContactLine.load(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_file_that_can_not_be_read(tmp_path) -> None:
    """Catches a bare OSError for a missing file, a folder, a file without text, or a pipe."""
    (tmp_path / "binary.geojson").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(tmp_path / "pipe.geojson")
    (tmp_path / "loop.geojson").symlink_to(tmp_path / "loop.geojson")
    names = ("none.geojson", ".", "binary.geojson", "pipe.geojson", "loop.geojson")
    for path in (tmp_path / name for name in names):
        with pytest.raises(InputError, match=re.escape(str(path))):
            ContactLine.load(path)


def test_unknown_feature_lists_the_known_ones() -> None:
    """Catches an error that leaves a user without the names."""
    with pytest.raises(InputError, match="dnipro, full, land"):
        ContactLine.default(feature="donbas")


WEST, EAST = [[35.0, 48.0], [36.0, 48.2]], [[36.0, 48.2], [37.0, 48.1], [37.5, 48.1]]
APART = [[38.0, 49.0], [38.4, 49.1]]


@pytest.mark.parametrize(
    ("feature", "expected"),
    [("one", 0), ("two", 1), ("1", 0), ("2", 1), ("3", 2), ("longest", 1)],
)
def test_line_is_chosen_by_name_number_or_as_the_longest(tmp_path, feature, expected) -> None:
    """Catches a file of several lines without id, of which none can be chosen."""
    lines = [("one", WEST), ("two", EAST), (None, APART)]
    line = ContactLine.load(write(tmp_path, in_features(*lines)), feature=feature)
    assert line.xy == pytest.approx(ContactLine.from_lonlat(np.array(lines[expected][1])).xy)
    with pytest.raises(InputError, match=r'"one" \(78 km\), "two" \(112 km\), number 3 \(31 km\)'):
        ContactLine.load(tmp_path / "line.geojson")


def test_id_comes_before_number_and_word(tmp_path) -> None:
    """Catches a line whose id is a number, or `longest`, that can no longer be chosen by it."""
    content = in_features(("2", WEST), ("longest", EAST), (None, APART), key="id")
    path = write(tmp_path, content)
    assert ContactLine.load(path, feature="2").length_km == pytest.approx(77.7, abs=0.1)
    assert ContactLine.load(path, feature="longest").length_km == pytest.approx(112.5, abs=0.1)
    assert ContactLine.load(path, feature="3").length_km == pytest.approx(31.3, abs=0.1)


def test_lines_that_touch_are_joined_with_a_note(tmp_path) -> None:
    """Catches a line drawn in several features that is refused, or joined without a word."""
    line = ContactLine.load(write(tmp_path, in_features(("one", EAST[::-1]), ("two", WEST))))
    assert line.xy == pytest.approx(ContactLine.from_lonlat(np.array(WEST + EAST[1:])).xy)
    assert ["2 lines that touch" in note for note in line.notes] == [True]


def test_lines_that_meet_at_a_fork_are_not_joined(tmp_path) -> None:
    """Catches a branch that is joined to a line although its end meets the middle of it."""
    fork = [[36.0, 48.2], [36.0, 49.0]]
    with pytest.raises(InputError, match="do not join end to end"):
        ContactLine.load(write(tmp_path, in_features(("a", WEST), ("b", EAST), ("c", fork))))


@pytest.mark.parametrize("name", ["EPSG:32636", "urn:ogc:def:crs:EPSG::3857"])
def test_other_crs_is_transformed(tmp_path, name: str) -> None:
    """Catches metres of a projection that are refused, or taken for degrees, though the file says.

    Transverse Mercator zone 36 and Web Mercator; the expected place is the line in degrees.
    """
    there = pyproj.Transformer.from_crs("OGC:CRS84", name, always_xy=True)
    mapped = np.stack(there.transform(*np.array(GOOD).T), axis=-1)
    line = ContactLine.load(write(tmp_path, in_crs(name, mapped.tolist())))
    assert line.xy == pytest.approx(ContactLine.from_lonlat(np.array(GOOD)).xy, abs=1e-6)
    assert ["to WGS 84" in note for note in line.notes] == [True]


def test_sharp_bend_is_not_a_crossing(tmp_path) -> None:
    """Catches a sharp bend that is taken for a crossing."""
    line = ContactLine.load(write(tmp_path, line_string([[36, 48], [37, 48], [36, 48.05]])))
    assert len(line.xy) == 3


def test_many_parts_are_joined_in_time(tmp_path) -> None:
    """Catches joining that compares all parts again for each one it adds, in Python."""
    edges = np.linspace(30.0, 33.0, 3001).round(6)
    parts = [[[a, 48.0], [a + 0.0005, 48.0]] for a in edges[:-1].tolist()]
    line = ContactLine.load(write(tmp_path, multi(*parts)))
    assert line.length_km == pytest.approx(223.7, abs=0.5)


@pytest.mark.slow
def test_a_million_vertices(tmp_path) -> None:
    """Catches a step of loading that is not nearly linear, and detail that is kept."""
    lon = np.linspace(30.0, 38.0, 10**6)
    lat = 47.0 + 0.5 * np.sin(3.0 * lon) + 1e-6 * np.cos(1e4 * lon)
    path = write(tmp_path, line_string(np.stack([lon, lat], axis=1).tolist()))
    line = ContactLine.load(path)
    assert len(line.xy) < 5000
    coarse = np.stack([lon, 47.0 + 0.5 * np.sin(3.0 * lon)], axis=1)[::1000]
    assert line.length_km == pytest.approx(ContactLine.from_lonlat(coarse).length_km, rel=1e-3)
