"""What lies around the line on a map: land, towns, scale and north, none on top of another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from sim.arrays import Floats
from sim.geography import Basemap, ContactLine, basemap_around
from sim.output.figures.style import BLACK, QUIET, halo

SEA, LAND, BORDER, COUNTRY = "#dbe7ef", "#f7f4ee", "#b8b0a3", "#a89f90"
MOST_TOWNS = 16
TOWN_PT, COUNTRY_PT, SCALE_PT = 7.5, 10.0, 8.0
# Width and height of a letter of DejaVu Sans over its size.
LETTER_WIDTH, LETTER_HEIGHT = 0.6, 1.15
MAP_WIDTH_IN, LEAST_MAP_IN = 7.7, 3.2
"""Width of a map, and its least height."""
SCALES_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


@dataclass
class Sheet:
    """A map in the making: its window, and the places that are taken.

    Attributes
    ----------
    axes
        Where it is drawn, x and y in km.
    low, high
        Corners of the window (km), shape (2,).
    km_per_pt
        Kilometres on the ground for a point (1/72 inch) on paper.
    taken
        What no label may cover.
    """

    axes: Axes
    low: Floats
    high: Floats
    km_per_pt: float
    taken: list[BaseGeometry] = field(default_factory=list)

    def frame(self) -> None:
        """Set the axes to the window, with a frame and without ticks."""
        self.axes.set_xlim(self.low[0], self.high[0])
        self.axes.set_ylim(self.low[1], self.high[1])
        self.axes.set_aspect("equal")
        self.axes.grid(visible=False)
        self.axes.set_xticks([])
        self.axes.set_yticks([])
        self.axes.spines[:].set_visible(True)
        self.axes.spines[:].set_color("#cccccc")

    def take(self, shape: BaseGeometry, margin_pt: float) -> None:
        """Keep labels away from a shape (km)."""
        self.taken.append(shape.buffer(margin_pt * self.km_per_pt))

    def is_free(self, box: BaseGeometry) -> bool:
        """Tell whether a box (km) lies in the window and covers nothing that matters."""
        window = shapely.box(*(self.low + 4 * self.km_per_pt), *(self.high - 4 * self.km_per_pt))
        return bool(window.contains(box)) and not any(box.intersects(one) for one in self.taken)

    def box(self, x: float, y: float, text: str, size_pt: float, ha: str, va: str) -> Any:
        """Return the box (km) that a text takes."""
        width = LETTER_WIDTH * size_pt * len(text) * self.km_per_pt
        height = LETTER_HEIGHT * size_pt * self.km_per_pt
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * width
        bottom = y - {"bottom": 0.0, "center": 0.5, "top": 1.0}[va] * height
        return shapely.box(left, bottom, left + width, bottom + height)

    def label(self, point: Floats, text: str, size_pt: float, **style: Any) -> bool:
        """Write a label beside a point (km) where there is room; tell whether there was."""
        gap = 6.0 * self.km_per_pt
        for dx, dy, ha, va in (
            (gap, 0, "left", "center"), (-gap, 0, "right", "center"),
            (0, gap, "center", "bottom"), (0, -gap, "center", "top"),
            (0.6 * gap, 0.6 * gap, "left", "bottom"), (-0.6 * gap, 0.6 * gap, "right", "bottom"),
        ):  # fmt: skip
            x, y = float(point[0]) + dx, float(point[1]) + dy
            box = self.box(x, y, text, size_pt, ha, va)
            if self.is_free(box):
                self.take(box, 1.5)
                self.axes.text(
                    x, y, text, ha=ha, va=va, fontsize=size_pt, path_effects=halo(),
                    parse_math=False, **style,
                )  # fmt: skip
                return True
        return False


def window_of(low: Floats, high: Floats, most_map_in: float) -> tuple[Floats, Floats]:
    """Return the corners (km) of a window that holds two corners, neither too flat nor too high.

    Parameters
    ----------
    low, high
        Corners (2,) of what has to be in it, km.
    most_map_in
        Greatest height of the map, inches.
    """
    span = high - low
    least = np.array([span[1] * MAP_WIDTH_IN / most_map_in, span[0] * LEAST_MAP_IN / MAP_WIDTH_IN])
    missing = np.maximum(0.0, least - span)
    return low - 0.5 * missing, high + 0.5 * missing


def base_map_of(line: ContactLine, low: Floats, high: Floats) -> Basemap:
    """Return the base map that covers a window (km) around a line."""
    corners = shapely.get_coordinates(shapely.box(*low, *high))
    return basemap_around(line.to_lonlat(np.concatenate([line.xy, corners])))


def draw_land(sheet: Sheet, line: ContactLine, base: Basemap) -> dict[str, BaseGeometry]:
    """Draw land and sea; return the part (km) of each country that is in the window."""
    sheet.axes.set_facecolor(SEA)
    window = shapely.box(*sheet.low, *sheet.high)
    rings: list[Floats] = []
    countries = {}
    for name, outlines in base.countries:
        shapes = [line.to_plane(ring[:, 0], ring[:, 1]) for ring in outlines]
        rings += shapes
        land = shapely.union_all([shapely.make_valid(shapely.Polygon(shape)) for shape in shapes])
        countries[name] = shapely.intersection(land, window)
    sheet.axes.add_collection(
        PolyCollection(rings, facecolor=LAND, edgecolor=BORDER, linewidth=0.7, zorder=0)
    )
    return countries


def draw_towns(sheet: Sheet, line: ContactLine, base: Basemap) -> None:
    """Write the largest towns, none too near to another and none on top of anything else."""
    placed: list[Floats] = []
    apart = 0.085 * float(np.hypot(*(sheet.high - sheet.low)))
    for town in sorted(base.towns, key=lambda one: -one.population):
        point = line.to_plane(town.lon, town.lat)
        inside = np.all((point > sheet.low) & (point < sheet.high))
        if not inside or any(np.hypot(*(point - other)) < apart for other in placed):
            continue
        if sheet.label(point, town.name, TOWN_PT, color="#333333", zorder=6):
            placed.append(point)
            sheet.take(shapely.Point(point), 3.0)
            sheet.axes.plot(*point, marker="o", markersize=2.6, color=QUIET, zorder=2.6)
        if len(placed) == MOST_TOWNS:
            return


def draw_country_names(sheet: Sheet, countries: dict[str, BaseGeometry]) -> None:
    """Write the name of each country where it has most room, if there is enough."""
    for name, land in countries.items():
        free = shapely.difference(land, shapely.union_all(sheet.taken))
        pieces = [piece for piece in shapely.get_parts(free) if piece.area > 0.0]
        if not pieces:
            continue
        text = " ".join(name.upper())
        place = polylabel(max(pieces, key=lambda piece: float(piece.area)), tolerance=2.0)
        box = sheet.box(place.x, place.y, text, COUNTRY_PT, "center", "center")
        if free.contains(box) and sheet.is_free(box):
            sheet.take(box, 2.0)
            sheet.axes.text(
                place.x, place.y, text, ha="center", va="center", fontsize=COUNTRY_PT,
                color=COUNTRY, zorder=1,
            )  # fmt: skip


def draw_scale_and_north(sheet: Sheet, line: ContactLine, avoid: Iterable[Floats]) -> None:
    """Draw a scale bar and an arrow to the north in the corner with the most room."""
    span = sheet.high - sheet.low
    length = max((km for km in SCALES_KM if km <= 0.17 * span[0]), default=SCALES_KM[0])
    pt = sheet.km_per_pt
    width, height = length + 34 * pt, 34 * pt
    inset = 10 * pt
    crowd = shapely.union_all([shapely.LineString(line.xy), *map(shapely.MultiPoint, avoid)])
    corners = [(x, y) for y in (0, 1) for x in (1, 0)]  # lower right first
    boxes = []
    for x, y in corners:
        left = sheet.high[0] - inset - width if x else sheet.low[0] + inset
        bottom = sheet.high[1] - inset - height if y else sheet.low[1] + inset
        boxes.append(shapely.box(left, bottom, left + width, bottom + height))
    box = max(boxes, key=lambda one: float(one.distance(crowd)))
    left, bottom, right, top = box.bounds
    sheet.take(box, 4.0)
    bar = bottom + 6 * pt
    sheet.axes.plot([left, left + length], [bar, bar], color=BLACK, linewidth=2.0, zorder=7)
    sheet.axes.annotate(
        f"{length:,} km", (left + 0.5 * length, bar), xytext=(0, 4), textcoords="offset points",
        ha="center", fontsize=SCALE_PT, path_effects=halo(), zorder=7,
    )  # fmt: skip
    _draw_north(sheet, line, np.array([right - 10 * pt, bottom + 4 * pt]), top - bottom - 14 * pt)


def _draw_north(sheet: Sheet, line: ContactLine, foot: Floats, length: float) -> None:
    """Draw the arrow along the meridian at its place, as the plane is not aligned everywhere."""
    lon, lat = line.to_lonlat(foot)
    along = line.to_plane(lon, lat + 0.1) - foot
    tip = foot + length * along / np.hypot(*along)
    end, start = (float(tip[0]), float(tip[1])), (float(foot[0]), float(foot[1]))
    sheet.axes.annotate(
        "", end, start, zorder=7,
        arrowprops={"arrowstyle": "-|>", "color": BLACK, "linewidth": 1.2, "shrinkA": 0,
                    "shrinkB": 0},
    )  # fmt: skip
    sheet.axes.annotate(
        "N", end, xytext=(0, 1), textcoords="offset points", ha="center",
        va="bottom", fontsize=SCALE_PT, fontweight="bold", path_effects=halo(), zorder=7,
    )  # fmt: skip
