"""The figure of a sampled sweep: a measure against each factor, one dot a design point."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.output.axes import tell_values
from sim.output.figures.style import CYCLE, STYLE, add_caption, add_title, new_figure, save_figure
from sim.output.labels import capital, factor_label, file_stem
from sim.output.values import table_label

MOST_PANELS = 9
COLUMNS = 3
PANEL_IN = (2.6, 2.1)


def draw_scatter(summary: pd.DataFrame, factors: Sequence[str], measure: str) -> Figure:
    """Draw a measure against each factor that is a number.

    Parameters
    ----------
    summary
        One row a design point, from `sim.experiment.summarise`.
    factors
        Columns of the factors; the first nine that differ between points are drawn.
    measure
        The measure.
    """
    shown = [
        key
        for key in factors
        if pd.api.types.is_numeric_dtype(summary[key]) and summary[key].min() < summary[key].max()
    ][:MOST_PANELS]
    columns = min(COLUMNS, max(1, len(shown)))
    rows = -(-max(1, len(shown)) // columns)
    with mpl.rc_context(STYLE):
        figure = new_figure(1.2 + PANEL_IN[0] * columns, 1.3 + PANEL_IN[1] * rows)
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
        for axes, key in zip(panels.flat, shown, strict=False):
            _draw_panel(axes, summary[key], summary[f"{measure}_mean"])
            axes.set_xlabel(capital(factor_label(key)))
        for axes in panels.flat[len(shown) :]:
            axes.set_visible(False)
        for axes in panels[:, 0]:
            axes.set_ylabel(tell_values(axes.yaxis, measure, summary[f"{measure}_mean"].dropna()))
        add_title(figure, f"{table_label(measure)} at {len(summary):,} design points")
        runs = int(summary["runs"].max())
        add_caption(
            figure,
            f"A dot is the mean of {runs} runs at a design point; all factors vary at once. Lines "
            "are means of a tenth of the points each.",
        )
    return figure


def _draw_panel(axes: Axes, x: "pd.Series[float]", y: "pd.Series[float]") -> None:
    axes.plot(x, y, linestyle="none", marker="o", markersize=3.0, alpha=0.45, color=CYCLE[0])
    if len(x) >= 40:
        order = np.argsort(x.to_numpy(), kind="stable")
        parts = np.array_split(order, 10)
        axes.plot(
            [x.to_numpy()[part].mean() for part in parts],
            [np.nanmean(y.to_numpy()[part]) for part in parts],
            color=CYCLE[1],
            linewidth=2.0,
        )


def draw_scatters(
    summary: pd.DataFrame, factors: Sequence[str], out_dir: Path, measures: Sequence[str]
) -> list[Path]:
    """Draw the measures that are defined somewhere, and write them as PNG and SVG."""
    written: list[Path] = []
    for measure in measures:
        column = f"{measure}_mean"
        if column in summary and summary[column].notna().any():
            written += save_figure(
                draw_scatter(summary, factors, measure), out_dir / file_stem(measure)
            )
    return written
