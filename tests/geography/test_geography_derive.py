import re
from pathlib import Path

import numpy as np
import pyproj
import pytest
from geography_support import feature, line_string, polygon, write

from sim.errors import InputError
from sim.geography import ContactLine, derive_contact_line, load_basemap

ROOT = Path(__file__).resolve().parents[2]
MINSK = ROOT.parent / "shared" / "data" / "check" / "contact_line_minsk_ne10m.geojson"


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """Outline of a box; with vertices along its parallels, which are curved in the plane."""
    along = np.linspace(west, east, 41).tolist()
    lower, upper = [[lon, south] for lon in along], [[lon, north] for lon in reversed(along)]
    return [*lower, *upper, lower[0]]


COUNTRY = box(33.0, 47.0, 38.0, 49.0)


@pytest.fixture
def country(tmp_path: Path) -> Path:
    return write(tmp_path, polygon(COUNTRY), "country.geojson")


def offsets(line: ContactLine, lon: float) -> np.ndarray:
    """Distances of a meridian between 47.1 and 48.9 N from a line."""
    return line.locate(line.to_plane(lon, np.linspace(47.1, 48.9, 50)))[1]


@pytest.mark.parametrize(("west", "east", "left_is"), [(36.0, 38.0, "west"), (33.0, 36.0, "east")])
def test_straight_front(tmp_path, country, west, east, left_is) -> None:
    """Catches a front in the wrong place, of the wrong length or with the free side right.

    The occupied area is one side of 36 E in a country from 47 to 49 N, so the line is that
    meridian, 222.4 km long less 1.25 km at each end, whichever side Kyiv is on.
    """
    occupied = write(tmp_path, polygon(box(west, 46.5, east, 49.5)))
    line = derive_contact_line(occupied, country)
    assert line.length_km == pytest.approx(222.4 - 2 * 1.25, abs=0.2)
    assert np.abs(offsets(line, 36.0)).max() < 0.1
    free = 35.0 if left_is == "west" else 37.0
    assert np.all(offsets(line, free) > 0.0)


def test_narrow_pocket_and_small_enclave_drop_out(tmp_path, country) -> None:
    """Catches an opening that does not open, or enclaves that are taken for the front."""
    pocket = [[36.0, 46.5], [38.0, 46.5], [38.0, 49.5], [36.0, 49.5]]
    pocket += [[36.0, 48.01], [37.0, 48.01], [37.0, 48.0], [36.0, 48.0], [36.0, 46.5]]
    content = {
        "type": "MultiPolygon",
        "coordinates": [[pocket], [box(34.0, 47.5, 34.1, 47.6)]],
    }
    line = derive_contact_line(write(tmp_path, content), country)
    assert line.length_km == pytest.approx(222.4 - 2 * 1.25, abs=1.0)
    assert np.abs(offsets(line, 36.0)).max() < 2.0


def test_front_with_a_corner(tmp_path, country) -> None:
    """Catches a front that is cut short at a bend: 1 degree south to north, then to the east."""
    occupied = write(tmp_path, polygon(box(36.0, 46.5, 39.0, 48.0)))
    line = derive_contact_line(occupied, country)
    east = 2.0 * 111.32 * np.cos(np.radians(48.0)) * 1.0018  # a degree on the ellipsoid
    assert line.length_km == pytest.approx(111.2 + east - 2 * 1.25, abs=0.5)


def test_base_map_stands_in_for_the_country() -> None:
    """Catches an example file that can not be used, or a base map without Ukraine's border."""
    line = derive_contact_line(ROOT / "configs" / "geometry" / "example_occupied.geojson")
    assert line.length_km == pytest.approx(339.0, abs=3.0)
    assert line.locate(line.to_plane(36.0, 48.5))[1] > 0.0


def test_example_line_can_be_used() -> None:
    """Catches an example that does not load."""
    line = ContactLine.load(ROOT / "configs" / "geometry" / "example_line.geojson")
    assert line.length_km == pytest.approx(203.4, abs=0.5)


def test_line_of_contact_of_the_minsk_agreements() -> None:
    """Catches a method that does not work on a real outline: Natural Earth's area and its line."""
    if not MINSK.exists():
        pytest.skip("shared/data is not here")
    derived, mapped = derive_contact_line(MINSK), ContactLine.load(MINSK, feature="line")
    lonlat = mapped.to_lonlat(mapped.point(np.linspace(5.0, mapped.length_km - 5.0, 300)))
    _, apart = derived.locate(derived.to_plane(lonlat[:, 0], lonlat[:, 1]))
    assert np.abs(apart).mean() < 0.5
    assert derived.length_km == pytest.approx(mapped.length_km, rel=0.1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (line_string([[36.0, 48.0], [37.0, 48.0]]), "no Polygon"),
        (polygon(), "three different vertices"),
        (polygon([[36.0, 48.0], [37.0, 48.0], [36.0, 48.0]]), "three different vertices"),
        ({"type": "Polygon", "coordinates": 3}, "lists of rings"),
        (polygon([["36", "48"], ["37", "48"], ["37", "49"]]), "must be a list"),
        (polygon(box(48.0, 36.0, 49.0, 37.0)), "swapped"),
        (polygon(box(40.0, 47.0, 41.0, 48.0)), "no line between"),
        (polygon(box(32.0, 46.0, 39.0, 50.0)), "no line between"),
        (polygon(box(35.0, 47.5, 36.5, 48.5)), "no line between"),
    ],
)
def test_area_that_gives_no_line(tmp_path, country, content, expected) -> None:
    """Catches a traceback or a made-up line: nothing, all or an island of the country occupied."""
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=expected) as caught:
        derive_contact_line(path, country)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("key", ["opening_km", "reach_km", "min_area_km2", "max_gap_km"])
def test_radii_are_positive(tmp_path, country, key: str) -> None:
    """Catches a radius that turns the opening into a closing."""
    occupied = write(tmp_path, polygon(box(36.0, 46.5, 38.0, 49.5)))
    with pytest.raises(InputError, match=key):
        derive_contact_line(occupied, country, **{key: -1.0})


def test_two_fronts_too_far_apart_are_told(tmp_path, country) -> None:
    """Catches two separate fronts joined through free land."""
    content = {
        "type": "MultiPolygon",
        "coordinates": [[box(36.5, 46.5, 39.0, 49.5)], [box(32.0, 46.5, 34.5, 49.5)]],
    }
    with pytest.raises(InputError, match="gap of"):
        derive_contact_line(write(tmp_path, content), country)


def collected(*boxes):
    return {"type": "GeometryCollection", "geometries": [polygon(one) for one in boxes]}


WEST_HALF, POCKET = box(32.0, 46.5, 34.5, 49.5), box(37.0, 48.7, 37.3, 49.5)


def test_pocket_at_the_border_is_left_out_with_a_note(tmp_path, country) -> None:
    """Catches a small occupied pocket at the border that makes a map unusable, or goes unsaid.

    The pocket's front is 33 km to the north twice and 22 km across, less what the opening trims.
    """
    content = {"type": "MultiPolygon", "coordinates": [[WEST_HALF], [POCKET]]}
    line = derive_contact_line(write(tmp_path, content), country)
    alone = derive_contact_line(write(tmp_path, polygon(WEST_HALF), "alone.geojson"), country)
    assert np.array_equal(line.xy, alone.xy)
    assert alone.notes == ()
    (note,) = line.notes
    assert re.search(r"left out, .* 8\d km of front near 37\.\d\d E, 48\.\d\d N", note)
    gap = float(re.findall(r"gap of (\d+) km", note)[0])
    joined = derive_contact_line(tmp_path / "line.geojson", country, max_gap_km=gap + 1.0)
    assert joined.length_km == pytest.approx(line.length_km + 86.0 + gap, abs=4.0)
    assert joined.notes == ()


def test_polygons_in_a_collection_count(tmp_path, country) -> None:
    """Catches a polygon inside a GeometryCollection that is dropped without a word."""
    south = box(34.5, 46.5, 36.0, 47.5)
    plain = {"type": "MultiPolygon", "coordinates": [[WEST_HALF], [south]]}
    nested = {
        "type": "GeometryCollection",
        "geometries": [line_string([[1, 2], [3, 4]]), collected(WEST_HALF), collected(south)],
    }
    expected = derive_contact_line(write(tmp_path, plain, "plain.geojson"), country)
    line = derive_contact_line(write(tmp_path, nested), country)
    assert np.array_equal(line.xy, expected.xy)
    assert expected.length_km == pytest.approx(166.8 + 113.1 + 55.6 - 2 * 1.25, abs=1.5)


def test_foreign_polygons_are_named_and_left_out(tmp_path, country) -> None:
    """Catches a polygon of another country that is refused, bends the line, or goes unsaid.

    The second overlaps the border by 2 km, as polygons along a border drawn elsewhere do.
    """
    boxes = {
        "front": WEST_HALF,
        "Isles": box(140.0, 43.0, 141.0, 44.0),
        None: box(37.97, 47.5, 39.0, 48.5),
    }
    listed = [feature(polygon(one), name) for name, one in boxes.items()]
    path = write(tmp_path, {"type": "FeatureCollection", "features": listed})
    line = derive_contact_line(path, country)
    alone = derive_contact_line(write(tmp_path, polygon(WEST_HALF), "alone.geojson"), country)
    assert np.array_equal(line.xy, alone.xy)
    (note,) = line.notes
    named = r'"Isles" \(8,985 km2 near 140.50 E, 43.50 N\); number 3 \(8,5\d\d km2 near 38.4'
    assert re.search(rf"left out, outside the country: {named}", note)
    assert "front" not in note


def test_areas_cut_off_are_told(tmp_path, country) -> None:
    """Catches an occupied enclave, or a free one behind the line, that is left out unsaid."""
    behind = [WEST_HALF, box(33.4, 47.9, 33.6, 48.1)[::-1]]
    content = {"type": "MultiPolygon", "coordinates": [behind, [box(36.0, 48.0, 36.3, 48.2)]]}
    (note,) = derive_contact_line(write(tmp_path, content), country).notes
    assert re.search(
        r"cut off from its own side: 49\d km2 near 36.1\d E.*; 33\d km2 near 33.5", note
    )


def test_country_in_another_crs(tmp_path, country) -> None:
    """Catches a country in metres, whose CRS the file names, that is refused or misplaced."""
    there = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:32636", always_xy=True)
    metres = np.stack(there.transform(*np.array(COUNTRY).T), axis=-1).tolist()
    crs = {"type": "name", "properties": {"name": "EPSG:32636"}}
    mapped = write(tmp_path, polygon(metres) | {"crs": crs}, "mapped.geojson")
    occupied = write(tmp_path, polygon(WEST_HALF))
    line = derive_contact_line(occupied, mapped)
    expected = derive_contact_line(occupied, country)
    assert line.length_km == pytest.approx(expected.length_km, abs=0.05)
    assert ["to WGS 84" in note for note in line.notes] == [True]


def test_country_is_drawn_whole() -> None:
    """Catches a base map from which Ukraine or a part of it is missing."""
    assert [name for name, _ in load_basemap().countries].count("Ukraine") == 1
