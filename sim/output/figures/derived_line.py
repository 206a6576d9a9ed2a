"""The picture of a derived contact line: the occupied area, the line, and the land around."""

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.arrays import Floats
from sim.geography import ContactLine
from sim.output.figures.ground import (
    MAP_WIDTH_IN,
    Sheet,
    base_map_of,
    draw_country_names,
    draw_land,
    draw_scale_and_north,
    draw_towns,
    window_of,
)
from sim.output.figures.style import STYLE, VERMILION, add_caption, add_title, new_figure

WIDTH_IN, MOST_MAP_IN, OTHER_IN = 9.0, 7.0, 1.6
MARGIN = 0.15
"""Room around the line, over its extent."""
OCCUPIED, LINE = "#e8c9bd", VERMILION


def draw_derived_line(line: ContactLine, occupied: shapely.Geometry) -> Figure:
    """Draw a contact line that was derived from polygons of occupied territory.

    Parameters
    ----------
    line
        The line; its notes go below the map.
    occupied
        All polygons that it was derived from, in degrees.

    Returns
    -------
    Figure
        A map.
    """
    low, high = _window(line.xy)
    height = MAP_WIDTH_IN * float((high - low)[1] / (high - low)[0])
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH_IN, height + OTHER_IN + 0.3 * len(line.notes))
        axes = figure.add_subplot()
        sheet = Sheet(axes, low, high, float(high[0] - low[0]) / MAP_WIDTH_IN / 72)
        _draw(sheet, line, occupied)
        handles = [
            Line2D([], [], color=LINE, linewidth=2.4, label="contact line"),
            Patch(facecolor=OCCUPIED, label="occupied, as given"),
        ]
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.01, -0.01), ncols=2)
        add_title(figure, f"{line.name}: a contact line of {line.length_km:,.1f} km")
        notes = "\n".join(line.notes) or "Nothing was left out."
        base = base_map_of(line, low, high).attribution
        add_caption(figure, f"{notes}\nBase map: {base} Not for navigation or operations.")
    return figure


def _draw(sheet: Sheet, line: ContactLine, occupied: shapely.Geometry) -> None:
    axes, base = sheet.axes, base_map_of(line, sheet.low, sheet.high)
    sheet.frame()
    sheet.take(shapely.LineString(line.xy), 6.0)
    land = draw_land(sheet, line, base)
    rings = [shapely.get_coordinates(part.exterior) for part in _polygons(occupied)]
    shapes = [line.to_plane(*ring.T) for ring in rings]
    axes.add_collection(PolyCollection(shapes, facecolor=OCCUPIED, edgecolor="none", zorder=0.5))
    axes.plot(*line.xy.T, color=LINE, linewidth=2.4, zorder=3)
    draw_scale_and_north(sheet, line, [])
    draw_towns(sheet, line, base)
    draw_country_names(sheet, land)


def _polygons(area: shapely.Geometry) -> list[shapely.Polygon]:
    parts = shapely.get_parts(area)
    return [part for part in parts if isinstance(part, shapely.Polygon)]


def _window(xy: Floats) -> tuple[Floats, Floats]:
    """Return the corners (km) of a window around a line, neither too flat nor too high."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = MARGIN * float(np.hypot(*(high - low)))
    return window_of(low - margin, high + margin, MOST_MAP_IN)
