import gzip
from importlib.resources import files

import numpy as np
import pytest
import shapely
from elsewhere import PLACES

from sim.geography import basemap_around, load_basemap
from sim.geography.basemap import load_world

BASE = load_basemap()
AREAS = {
    name: shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])
    for name, rings in BASE.countries
}


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [
        (30.52, 50.45, "Ukraine"),
        (34.11, 44.96, "Ukraine"),
        (33.69, 46.16, "Ukraine"),
        (36.40, 45.33, "Ukraine"),
        (36.58, 50.60, "Russia"),
        (39.71, 47.24, "Russia"),
        (28.86, 47.01, "Moldova"),
        (30.98, 52.43, "Belarus"),
        (31.0, 44.5, None),
        (36.5, 46.0, None),
    ],
)
def test_places_lie_in_their_country(lon: float, lat: float, country: str | None) -> None:
    """Catches Crimea or Perekop outside Ukraine, land in the sea, and swapped coordinates."""
    found = [name for name, area in AREAS.items() if area.contains(shapely.Point(lon, lat))]
    assert found == ([] if country is None else [country])


def test_no_border_at_perekop() -> None:
    """Catches an outline that is still drawn between Crimea and the mainland."""
    mainland = [
        ring
        for name, rings in BASE.countries
        if name == "Ukraine"
        for ring in rings
        if shapely.Polygon(ring).contains(shapely.Point(30.52, 50.45))
    ]
    assert len(mainland) == 1
    assert shapely.Polygon(mainland[0]).contains(shapely.Point(34.11, 44.96))


def test_neighbours_share_their_border() -> None:
    """Catches gaps and overlaps from simplifying each country for itself (degrees squared)."""
    assert AREAS["Ukraine"].intersection(AREAS["Russia"]).area < 1e-3
    joined = AREAS["Ukraine"].union(AREAS["Belarus"])
    assert (
        len(shapely.get_parts(joined))
        == len(shapely.get_parts(AREAS["Ukraine"])) + len(shapely.get_parts(AREAS["Belarus"])) - 1
    )


def test_rings_are_closed_and_inside_the_window() -> None:
    """Catches rings that would be drawn wrongly."""
    for _, rings in BASE.countries:
        for ring in rings:
            assert np.array_equal(ring[0], ring[-1])
            assert np.all(ring >= [21.0, 43.0])
            assert np.all(ring <= [42.5, 53.2])


def test_towns_are_the_larger_ones() -> None:
    """Catches towns in the wrong country, out of order, or a district in place of its city."""
    names = [town.name for town in BASE.towns]
    assert len(names) == len(set(names)) >= 50
    assert {"Kyiv", "Kharkiv", "Mariupol", "Donetsk", "Kherson", "Simferopol"} <= set(names)
    sizes = [town.population for town in BASE.towns]
    assert sizes == sorted(sizes, reverse=True)
    codes = {"UA": "Ukraine", "RU": "Russia", "MD": "Moldova", "BY": "Belarus"}
    for town in BASE.towns:
        if town.country in codes:
            area = AREAS[codes[town.country]]
            assert area.distance(shapely.Point(town.lon, town.lat)) < 0.03, town.name


def test_file_is_small_and_names_its_sources() -> None:
    """Catches a base map that bloats the package, or one without its attribution."""
    folder = files("sim").joinpath("data", "geography")
    assert len(folder.joinpath("basemap.json").read_bytes()) < 200_000
    assert "Natural Earth" in BASE.attribution
    assert "GeoNames" in BASE.attribution
    assert "basemap.json" in folder.joinpath("ATTRIBUTION.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [
        (126.98, 37.57, "South Korea"),
        (125.75, 39.03, "North Korea"),
        (44.5, 40.2, "Armenia"),
        (49.6, 40.4, "Azerbaijan"),
        (33.2, 34.9, "Cyprus"),
        (36.3, 33.5, "Syria"),
        (34.1, 45.0, "Ukraine"),
        (29.3, -29.5, "Lesotho"),
        (28.86, 47.01, "Moldova"),
        (0.0, 0.0, None),
    ],
)
def test_world_shows_where_a_place_lies(lon: float, lat: float, country: str | None) -> None:
    """Catches a map of the world that is decoded wrongly, or with Crimea outside Ukraine.

    A country within another is drawn after it, so the last one counts.
    """
    found = [
        name
        for name, rings in load_world().countries
        if any(shapely.Polygon(ring).contains(shapely.Point(lon, lat)) for ring in rings)
    ]
    assert found[-1:] == ([] if country is None else [country])


@pytest.mark.parametrize("place", PLACES)
def test_map_around_a_line_shows_its_surroundings(place: str) -> None:
    """Catches a line elsewhere that is drawn on nothing, the wrong piece, or all the world."""
    vertices = PLACES[place].vertices
    base = basemap_around(vertices)
    fine = place == "Transnistria"
    assert (base is BASE) == fine
    corners = np.concatenate([ring for _, rings in base.countries for ring in rings])
    assert np.all(corners.min(axis=0) < vertices.min(axis=0) - 1.0)
    assert np.all(corners.max(axis=0) > vertices.max(axis=0) + 1.0)
    assert fine or np.all(np.ptp(corners, axis=0) < 6.0 * np.ptp(vertices, axis=0).max() + 10.0)
    assert len(base.towns) >= 3
    assert fine or "1:50m" in base.attribution


def test_world_is_small_and_names_its_sources() -> None:
    """Catches a map of the world that bloats the package, or one without its attribution."""
    folder = files("sim").joinpath("data", "geography")
    assert len(gzip.compress(folder.joinpath("basemap_world.json").read_bytes())) < 200_000
    assert "Natural Earth" in load_world().attribution
    assert "basemap_world.json" in folder.joinpath("ATTRIBUTION.md").read_text(encoding="utf-8")
