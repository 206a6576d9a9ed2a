from importlib.resources import files

import numpy as np
import pytest
import shapely

from sim.geography import load_basemap

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
