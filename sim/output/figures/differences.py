"""How scenarios differ from a reference: a row a measure, a point and an interval a scenario."""

from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.arrays import Floats
from sim.output.axes import MINUS, tell_values
from sim.output.comparison import Difference, differences
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
    say_nothing_to_show,
)
from sim.output.labels import counted
from sim.output.values import table_label

OTHERS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY)
"""Colours of the scenarios but the reference, which is black."""
MARKERS = "osD^v"
"""Tell scenarios apart once the colours are used up."""
WIDTH_IN = 8.6
ROW_IN, SCENARIO_IN = 0.36, 0.155
LABEL_LETTERS = 26
LEGEND_LETTERS = 74
"""Letters of a line of the legend; a handle takes as much room as ten."""
FEW = 4
"""A difference that is of fewer than one in so many pairs of runs is told but not drawn."""


def scenario_look(number: int) -> tuple[str, str]:
    """Return colour and marker of a scenario by its number; 0 is the reference."""
    if number == 0:
        return BLACK, MARKERS[0]
    round_number, place = divmod(number - 1, len(OTHERS))
    return OTHERS[place], MARKERS[round_number % len(MARKERS)]


def draw_differences(table: pd.DataFrame, runs: int, note: str = "") -> Figure:
    """Draw the paired differences of scenarios to the first one, each measure on its own scale.

    Measures in which no run of any scenario differs are named in the caption instead.

    Parameters
    ----------
    table
        From `sim.experiment.compare_runs`.
    runs
        Runs per scenario.
    note
        What else holds, for the caption.
    """
    reference, *others = dict.fromkeys(table["scenario"])
    rows = {name: differences(table, name) for name in dict.fromkeys(table["measure"])}
    equal = [name for name, row in rows.items() if all(d.is_none for d in row)]
    undefined = [name for name, row in rows.items() if all(np.isnan(d.estimate) for d in row)]
    shown = {name: row for name, row in rows.items() if name not in equal + undefined}
    row_in = ROW_IN + SCENARIO_IN * len(others)
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH_IN, 1.6 + row_in * max(1, len(shown)))
        panels = figure.subplots(max(1, len(shown)), 1, squeeze=False)[:, 0]
        for axes, (name, row) in zip(panels, shown.items(), strict=False):
            _draw_row(axes, name, row, runs)
        if shown:
            _name_scenarios(panels[0], others)
        else:
            say_nothing_to_show(panels[0], "no run differs in any measure")
        add_title(figure, f"Difference to {reference}")
        add_caption(
            figure,
            " ".join(
                [_caption(reference, rows, runs), *_equal(equal), *_undefined(undefined), note]
            ),
        )
    return figure


def _draw_row(axes: Axes, measure: str, row: list[Difference], runs: int) -> None:
    """Draw a measure: the scenarios one below the other, their numbers in words at the right."""
    axes.axvline(0.0, color=BLACK, linewidth=1.0, zorder=1)
    for place, difference in enumerate(row):
        colour, marker = scenario_look(place + 1)
        # what comes from few of many runs would only stretch the scale; its number is in words
        is_drawn = np.isfinite(difference.estimate) and FEW * difference.pairs >= runs
        if is_drawn and difference.has_interval and not difference.is_none:
            ends = (difference.low, difference.high)
            axes.plot(ends, (place, place), color=colour, linewidth=2.2, solid_capstyle="butt")
        if is_drawn:
            face = colour if difference.is_clear else "white"
            axes.plot(
                difference.estimate, place, marker, color=colour, markerfacecolor=face,
                markersize=5.5, markeredgewidth=1.4,
            )  # fmt: skip
        words = difference.cell(runs).replace("-", MINUS)
        axes.annotate(
            words, (1.0, place), xycoords=("axes fraction", "data"), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=7.5,
            color=GREY if difference.is_none else BLACK,
        )  # fmt: skip
    axes.set_ylim(len(row) - 0.4, -0.6)
    axes.set_yticks([])
    drawn = np.concatenate([np.ravel(line.get_xdata()) for line in axes.lines])
    label = tell_values(axes.xaxis, measure, drawn, most=5)
    axes.set_ylabel(
        fill(label, LABEL_LETTERS),
        rotation=0, ha="left", va="center", labelpad=130, color=BLACK,
    )  # fmt: skip
    _scale(axes, drawn)


def _scale(axes: Axes, drawn: Floats) -> None:
    """Give a row its own axis, with 0 in it."""
    if np.abs(drawn).max() == 0.0:
        axes.set_xlim(-1.0, 1.0)
        axes.set_xticks([0.0])
    else:
        axes.margins(x=0.06)
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=7, length=2, pad=1.5, labelcolor=QUIET)


def _name_scenarios(axes: Axes, others: list[str]) -> None:
    """Name the scenarios above the first row."""
    handles = []
    for number, label in enumerate(others, start=1):
        colour, marker = scenario_look(number)
        handles.append(Line2D([], [], color=colour, marker=marker, linewidth=2.2, label=label))
    columns = max(1, LEGEND_LETTERS // (10 + max(map(len, others))))
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.05), ncols=columns,
        fontsize=9.0, borderaxespad=0.0, borderpad=0.0,
    )  # fmt: skip


def _caption(reference: str, rows: dict[str, list[Difference]], runs: int) -> str:
    fewest = min((d.pairs for row in rows.values() for d in row), default=runs)
    pairs = f"{counted(runs, 'pair')} of runs"
    if fewest < runs:
        pairs = f"{fewest:,} to {pairs} (a measure may be undefined in a run)"
    return (
        f"Mean difference to {reference} over runs with the same seeds, n = {pairs} for each "
        f"scenario; lines: 95\u00a0% intervals over pairs. "
        "Filled points and *: the "
        "interval leaves out 0, as 1 in 20 would by chance. Each row has its own scale."
    )


def _undefined(measures: list[str]) -> list[str]:
    """Name the measures that are left out because no pair of runs has them."""
    if not measures:
        return []
    names = [table_label(name) for name in measures]
    return [f"Not defined in any pair of runs: {'; '.join(names)}."]


def _equal(measures: list[str]) -> list[str]:
    """Name the measures that are left out because nothing differs in them."""
    if not measures:
        return []
    names = [table_label(name) for name in measures]
    return [f"The same in every run of all scenarios: {'; '.join(names)}."]
