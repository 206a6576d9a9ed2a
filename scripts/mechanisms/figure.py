"""Draw what a factor moves: panels side by side, closed forms as broken lines beside the runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from mechanisms.experiment import Curve
from sim.output.figures.style import (
    BLACK,
    CYCLE,
    STYLE,
    add_caption,
    add_title,
    new_figure,
)

UNNAMED = " "
"""Label of a curve that needs no name."""
MARKERS = ("o", "s", "^", "D", "v")
WIDTHS_IN = {1: 6.2, 2: 8.6, 3: 10.2}
ROW_IN = 2.9


@dataclass(frozen=True)
class Form:
    """A closed form to be drawn beside the runs."""

    label: str
    x: ArrayLike
    y: ArrayLike
    colour: str = BLACK


@dataclass(frozen=True)
class Panel:
    """One measure against the factor."""

    x: str
    y: str
    curves: Sequence[Curve]
    forms: Sequence[Form] = ()
    ticks: Sequence[str] = ()
    """Names of the levels, where they are no numbers."""
    top: float | None = None
    steps: bool = False
    """Draw the curves as steps by day without marks."""


def draw_panels(title: str, panels: Sequence[Panel], caption: str, columns: int = 3) -> Figure:
    """Draw panels row by row, with one legend where the curves of all are the same."""
    across = min(columns, len(panels))
    rows = ceil(len(panels) / across)
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTHS_IN[across], ROW_IN * rows + 0.8)
        grid = figure.subplots(rows, across, squeeze=False).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            _draw_panel(axes, panel)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        _explain(list(grid[: len(panels)]))
        add_title(figure, title)
        add_caption(figure, caption)
    return figure


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for number, curve in enumerate(panel.curves):
        colour, marker = CYCLE[number], MARKERS[number % len(MARKERS)]
        if panel.steps:
            axes.step(curve.x, curve.mean, where="post", color=colour, label=curve.label)
            axes.fill_between(
                curve.x, curve.low, curve.high, step="post", color=colour, alpha=0.17, linewidth=0
            )
            continue
        sides = np.nan_to_num([curve.mean - curve.low, curve.high - curve.mean])
        axes.errorbar(
            curve.x, curve.mean, yerr=np.maximum(sides, 0.0), color=colour, marker=marker,
            markersize=4.5, capsize=2.5, linewidth=0.0 if panel.forms or panel.ticks else 1.4,
            elinewidth=1.2, label=curve.label,
        )  # fmt: skip
    for form in panel.forms:
        axes.plot(
            form.x, form.y, color=form.colour, linestyle="--", linewidth=1.3, label=form.label
        )
    if panel.ticks:
        axes.set_xticks(range(len(panel.ticks)), panel.ticks)
        axes.margins(x=0.12)
    axes.set_ylim(bottom=0.0, top=panel.top)
    if panel.steps:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(panel.x)
    axes.set_title(panel.y)


def _explain(panels: list[Axes]) -> None:
    """Name the curves once, where the first panel has room."""
    named = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    named.pop(UNNAMED, None)
    if named:
        panels[0].legend(list(named.values()), list(named), loc="best")


def caption_of(replications: int, more: str = "") -> str:
    """Say how many runs a point stands for and what the bars are."""
    return (
        f"Means of {replications} runs a point, the same seeds at all points; bars and bands: "
        f"95\u00a0% intervals of the mean over runs. {more}"
    ).strip()
