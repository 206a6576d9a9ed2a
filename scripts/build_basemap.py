"""Build the base map of the package, sim/data/geography/basemap.json.

Wants `countries-10m.json` of the npm package world-atlas 2.0.2:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_basemap.py package/countries-10m.json
"""

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

GEOGRAPHY = Path(__file__).resolve().parents[1] / "sim" / "data" / "geography"
WINDOW = (21.0, 43.0, 42.5, 53.2)
CRIMEA = shapely.Point(34.3, 45.3)
SQUEEZE = 0.67  # a degree of longitude in degrees of latitude, at 48 N
TOLERANCE_DEG = 0.01
LEAST_AREA_DEG2 = 2e-4  # islands below about 2 km2 are left out
ATTRIBUTION = (
    "Made with Natural Earth (public domain), through world-atlas 2.0.2 (ISC). "
    "Towns: GeoNames (geonames.org), CC BY 4.0."
)

TOWNS_NEAR_LINE = 34
LEAST_DISTANCE_DEG = 0.1  # nearer places are districts and suburbs of the larger one
DISTRICTS = {"Inhulets", "Pravyi Bereh", "Tekstylnyk"}  # and what ends as adjectives do
SPELLING = {
    "Berdyansk": "Berdiansk",
    "Kostyantynivka": "Kostiantynivka",
    "Kryvyy Rih": "Kryvyi Rih",
    "Mykolayiv": "Mykolaiv",
    "Yenakiyeve": "Yenakiieve",
    "Zaporizhzhya": "Zaporizhzhia",
}
# Capitals and regional centres beyond settlements_geonames.csv, as in GeoNames:
# name, country, longitude, latitude, population
FARTHER_TOWNS: list[tuple[str, str, float, float, int]] = [
    ("Kyiv", "UA", 30.5238, 50.4547, 2952301),
    ("Odesa", "UA", 30.7438, 46.4857, 1010537),
    ("Dnipro", "UA", 35.0407, 48.4666, 968502),
    ("Lviv", "UA", 24.0232, 49.8383, 717273),
    ("Sevastopol", "UA", 33.5213, 44.6080, 547820),
    ("Vinnytsia", "UA", 28.4687, 49.2322, 430091),
    ("Simferopol", "UA", 34.1108, 44.9572, 336460),
    ("Chernihiv", "UA", 31.2866, 51.5054, 282747),
    ("Poltava", "UA", 34.5537, 49.5893, 279593),
    ("Khmelnytskyi", "UA", 26.9794, 49.4184, 274452),
    ("Cherkasy", "UA", 32.0574, 49.4445, 269836),
    ("Chernivtsi", "UA", 25.9324, 48.2905, 264298),
    ("Zhytomyr", "UA", 28.6791, 50.2624, 261624),
    ("Sumy", "UA", 34.7991, 50.9174, 256474),
    ("Rivne", "UA", 26.2370, 50.6204, 243873),
    ("Ivano-Frankivsk", "UA", 24.7125, 48.9231, 238196),
    ("Ternopil", "UA", 25.5907, 49.5540, 225238),
    ("Kremenchuk", "UA", 33.4048, 49.0625, 224997),
    ("Kropyvnytskyi", "UA", 32.2662, 48.5083, 219676),
    ("Lutsk", "UA", 25.3502, 50.7578, 215986),
    ("Kerch", "UA", 36.4754, 45.3568, 148932),
    ("Uzhhorod", "UA", 22.2947, 48.6242, 115449),
    ("Bucharest", "RO", 26.1063, 44.4323, 1877155),
    ("Warsaw", "PL", 21.0118, 52.2298, 1702139),
    ("Rostov-on-Don", "RU", 39.7077, 47.2200, 1130305),
    ("Voronezh", "RU", 39.1920, 51.6683, 1047549),
    ("Krasnodar", "RU", 38.9818, 45.0453, 899541),
    ("Chisinau", "MD", 28.8594, 47.0090, 635994),
    ("Homiel", "BY", 30.9754, 52.4345, 501193),
    ("Kursk", "RU", 36.1846, 51.7269, 448733),
]


def decode_arcs(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    """Return longitude and latitude of the vertices of each arc of a quantised TopoJSON."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def ring(numbers: list[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Join the arcs of a ring; a negative number is an arc run backwards."""
    parts = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def country(geometry: dict[str, Any], arcs: list[NDArray[np.float64]]) -> shapely.Geometry:
    """Return a country inside the window."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    window = shapely.box(*WINDOW)
    shapes = []
    for outer, *holes in polygons:
        outlines = [ring(numbers, arcs) for numbers in (outer, *holes)]
        if len(outlines[0]) < 4:  # an islet that has shrunk to a point in the atlas
            continue
        shape = shapely.Polygon(outlines[0], [hole for hole in outlines[1:] if len(hole) >= 4])
        if shape.intersects(window):
            shapes.append(shapely.make_valid(shape).intersection(window))
    parts = shapely.get_parts(shapely.get_parts(shapes))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return shapely.union_all(areas)


def countries_in_window(topology: dict[str, Any]) -> dict[str, shapely.Geometry]:
    """Return the countries of the window, with Crimea in Ukraine."""
    arcs = decode_arcs(topology)
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        shape = country(geometry, arcs)
        if not shape.is_empty:
            found[geometry["properties"]["name"]] = shape
    # Natural Earth draws who holds Crimea, not whose it is; joined, no border is left at Perekop
    crimea = [part for part in shapely.get_parts(found["Russia"]) if part.covers(CRIMEA)]
    found["Russia"] = shapely.difference(found["Russia"], shapely.union_all(crimea))
    found["Ukraine"] = shapely.union_all([found["Ukraine"], *crimea])
    return found


def simplified(countries: dict[str, shapely.Geometry]) -> dict[str, list[NDArray[np.float64]]]:
    """Return the outer rings of each country with less detail; neighbours still meet."""
    shapes = [
        shapely.transform(shape, lambda xy: xy * (SQUEEZE, 1.0)) for shape in countries.values()
    ]
    rings = {}
    for name, shape in zip(
        countries, shapely.coverage_simplify(shapes, TOLERANCE_DEG), strict=True
    ):
        parts = [part for part in shapely.get_parts(shape) if part.area > LEAST_AREA_DEG2]
        outer = [shapely.get_coordinates(part.exterior) / (SQUEEZE, 1.0) for part in parts]
        if outer:
            rings[name] = [np.round(vertices, 3) for vertices in outer]
    return rings


def towns() -> list[list[Any]]:
    """Return the larger towns, the largest first: name, country, lon, lat, population."""
    with (GEOGRAPHY / "settlements_geonames.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -int(row["population"]))
    near: list[list[Any]] = []
    for row in rows:
        place = np.array([float(row["lon"]) * SQUEEZE, float(row["lat"])])
        taken = [np.array([town[2] * SQUEEZE, town[3]]) for town in near]
        if (
            row["name"] in DISTRICTS
            or row["name"].endswith("skyi")
            or any(np.hypot(*(place - other)) < LEAST_DISTANCE_DEG for other in taken)
        ):
            continue
        name = SPELLING.get(row["name"], row["name"])
        lon, lat = round(float(row["lon"]), 4), round(float(row["lat"]), 4)
        near.append([name, row["country"], lon, lat, int(row["population"])])
        if len(near) == TOWNS_NEAR_LINE:
            break
    known = {town[0] for town in near}
    near += [list(town) for town in FARTHER_TOWNS if town[0] not in known]
    return sorted(near, key=lambda town: -town[4])


def main() -> None:
    """Read the atlas and write the base map."""
    parser = argparse.ArgumentParser(description="Build sim/data/geography/basemap.json.")
    parser.add_argument("atlas", type=Path, help="countries-10m.json of world-atlas 2.0.2")
    parser.add_argument("--out", type=Path, default=GEOGRAPHY / "basemap.json")
    arguments = parser.parse_args()
    topology = json.loads(arguments.atlas.read_text(encoding="utf-8"))
    rings = simplified(countries_in_window(topology))
    content = {
        "attribution": ATTRIBUTION,
        "countries": [
            {"name": name, "rings": [outer.tolist() for outer in rings[name]]}
            for name in sorted(rings)
        ],
        "towns": towns(),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{arguments.out}: {len(text.encode()) / 1000:.0f} kB, {len(content['towns'])} towns")


if __name__ == "__main__":
    main()
