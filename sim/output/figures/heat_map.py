"""A measure of a sweep over two factors: a heat map with numbers and lines of equal value."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from sim.arrays import Floats
from sim.output.axes import UnitTicks, axis_label, axis_scale, tick_text
from sim.output.figures.style import (
    BLACK,
    QUIET,
    SHARES,
    STYLE,
    add_caption,
    add_title,
    halo,
    new_figure,
)
from sim.output.labels import (
    capital,
    factor_label,
    is_duration,
    is_numeric,
    is_share,
    runs_text,
    value_label,
)
from sim.output.values import Scale, table_label

CELL_IN = (0.8, 0.5)
"""Width and height of a cell."""
LEAST_IN = (3.0, 1.7)
MOST_DIGITS = 2
"""After the point, in a cell."""
LEAST_STEPS = 10
"""The bar spans at least so many steps of the last digit of the numbers in the cells."""
UNDEFINED = "#ececec"


def levels_of(summary: pd.DataFrame, factor: str) -> list[Any]:
    """Return the levels of a factor: numbers ascending, others in the order of the design."""
    levels = list(dict.fromkeys(summary[factor]))
    return sorted(levels) if is_numeric(summary[factor]) else levels


def draw_heat_map(summary: pd.DataFrame, x: str, y: str, measure: str, note: str = "") -> Figure:
    """Draw a measure over two factors, with the mean and its half-width written in each cell.

    The brighter a cell the better, where that is known: times are brighter when they are shorter.
    Lines of equal value are drawn from three levels a factor on; the bar marks their values.

    Parameters
    ----------
    summary
        One row a design point.
    x, y
        Columns of the two factors.
    measure
        Name of the measure.
    note
        What else holds, for the caption.
    """
    columns, rows = levels_of(summary, x), levels_of(summary, y)
    mean = _grid(summary, x, y, columns, rows, f"{measure}_mean")
    half = _grid(summary, x, y, columns, rows, f"{measure}_high") - mean
    width = max(LEAST_IN[0], CELL_IN[0] * len(columns)) + 1.9
    height = max(LEAST_IN[1], CELL_IN[1] * len(rows)) + 1.4
    with mpl.rc_context(STYLE):
        figure = new_figure(width, height)
        axes = figure.subplots()
        axes.grid(visible=False)
        scale = axis_scale(measure, mean[np.isfinite(mean)])
        image = _draw_cells(axes, mean, measure, scale)
        _write_cells(axes, mean, half, image, scale)
        axes.set_xticks(range(len(columns)), [value_label(value) for value in columns])
        axes.set_yticks(range(len(rows)), [value_label(value) for value in rows])
        axes.tick_params(length=0)
        axes.set_xlabel(capital(factor_label(x)))
        axes.set_ylabel(capital(factor_label(y)))
        axes.spines[:].set_visible(False)
        bar = figure.colorbar(
            image, ax=axes, pad=0.02, label=axis_label(measure, scale),
            ticks=UnitTicks(scale.size, 6), format=lambda value, _: tick_text(value, scale),
        )  # fmt: skip
        bar.outline.set_visible(False)
        lines = _draw_contours(axes, bar, mean, scale)
        add_title(figure, table_label(measure))
        add_caption(figure, _caption(summary, mean, half, lines=lines, note=note))
    return figure


def _caption(summary: pd.DataFrame, mean: Floats, half: Floats, *, lines: bool, note: str) -> str:
    text = f"Means of {runs_text(summary)} a point"
    if np.isfinite(half).any():
        text += ", ± half-width of the 95\u00a0% interval over runs"
    if lines:
        text += "; lines of equal value at the marks of the bar"
    if np.isnan(mean).any():
        text += "; - undefined"
    return f"{text}. {note}"


def _grid(
    summary: pd.DataFrame, x: str, y: str, columns: list[Any], rows: list[Any], name: str
) -> Floats:
    """Return a column of the summary with a row for each level of y, a column for each of x."""
    grid = np.full((len(rows), len(columns)), np.nan)
    place_x, place_y = ({v: k for k, v in enumerate(levels)} for levels in (columns, rows))
    for at_x, at_y, value in zip(summary[x], summary[y], summary[name], strict=True):
        grid[place_y[at_y], place_x[at_x]] = value
    return grid


def _colour_range(mean: Floats, measure: str, scale: Scale) -> tuple[float, float]:
    """Return the values at the ends of the bar; what reads the same is not to look different."""
    known = mean[np.isfinite(mean)]
    if is_share(measure) or not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    least = LEAST_STEPS * scale.size * 10.0**-scale.digits
    if high - low >= least:
        return low, high
    start = max(0.5 * (low + high - least), min(0.0, low))
    return start, start + least


def _draw_cells(axes: Axes, mean: Floats, measure: str, scale: Scale) -> AxesImage:
    low, high = _colour_range(mean, measure, scale)
    colours = mpl.colormaps[f"{SHARES}_r" if is_duration(measure) else SHARES]
    return axes.imshow(
        np.ma.masked_invalid(mean), origin="lower", aspect="auto", vmin=low, vmax=high,
        cmap=colours.with_extremes(bad=UNDEFINED),
    )  # fmt: skip


def _draw_contours(axes: Axes, bar: Colorbar, mean: Floats, scale: Scale) -> bool:
    """Draw lines of equal value through the middles of the cells; tell whether there are any."""
    values = np.ma.masked_invalid(mean)
    if min(mean.shape) < 3 or values.count() < 6 or np.ptp(values.compressed()) <= 0.0:
        return False
    low, high = float(values.min()), float(values.max())
    edge = 0.04 * (high - low)  # a line nearer to an end would be a stub
    levels = np.array(UnitTicks(scale.size, 4).tick_values(low, high))
    inside = levels[(levels > low + edge) & (levels < high - edge)]
    if not len(inside):
        return False
    axes.contour(values, levels=inside, colors="white", linewidths=2.2, alpha=0.55)
    lines = axes.contour(values, levels=inside, colors=BLACK, linewidths=0.8)
    bar.add_lines(lines)
    bar.set_ticks(list(inside))
    return True


def _write_cells(axes: Axes, mean: Floats, half: Floats, image: AxesImage, scale: Scale) -> None:
    cells, scale = image.to_rgba(mean), scale._replace(digits=min(scale.digits, MOST_DIGITS))
    for (row, column), value in np.ndenumerate(mean):
        if np.isnan(value):
            axes.text(column, row, "-", ha="center", va="center", color=QUIET)
            continue
        cell = cells[row, column]
        red, green, blue, _ = cell
        ink = BLACK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
        edge = halo(cell, 3.0)
        axes.text(
            column, row + 0.12, scale.number(float(value)), ha="center", va="center", color=ink,
            path_effects=edge, zorder=4,
        )  # fmt: skip
        if np.isfinite(half[row, column]):
            axes.text(
                column, row - 0.24, f"±{scale.number(float(half[row, column]))}", ha="center",
                va="center", color=ink, fontsize=6.5, path_effects=edge, zorder=4,
            )  # fmt: skip
