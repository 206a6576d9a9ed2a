"""The figure of a sensitivity analysis: factors in the order of their weight."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.output.axes import tell_values
from sim.output.figures.style import CYCLE, STYLE, add_caption, add_title, new_figure
from sim.output.labels import capital, factor_label
from sim.output.values import spoken_label

WIDTH_IN = 7.2
ROW_IN = 0.34


def draw_indices(table: pd.DataFrame, measure: str, note: str = "") -> Figure:
    """Draw the indices of the factors for one measure, the most important factor on top.

    Parameters
    ----------
    table
        From `sim.experiment.sensitivity`.
    measure
        The measure.
    note
        What else the caption says, such as the number of runs.
    """
    own = table[table["measure"] == measure].iloc[::-1]
    is_morris = "mu_star" in own and own["mu_star"].notna().any()
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH_IN, 1.7 + ROW_IN * len(own) * (1 if is_morris else 1.5))
        axes = figure.subplots()
        if is_morris:
            _draw_morris(axes, own)
            label = tell_values(axes.xaxis, measure, own["mu_star"].dropna())
            axes.set_xlabel(f"Mean size of the change over the range of the factor\n{label}")
            caption = (
                "Morris screening, mu*: lines are 95 % intervals (bootstrap over trajectories)."
            )
        else:
            _draw_sobol(axes, own)
            axes.set_xlabel("Share of the variance between design points")
            caption = (
                "Sobol indices: alone (first order), and with all interactions (total). Lines are "
                "95 % intervals (bootstrap over base points)."
            )
        axes.set_yticks(range(len(own)), [capital(factor_label(key)) for key in own["factor"]])
        axes.set_ylim(-0.6, len(own) - 0.4)
        axes.axvline(0.0, color="black", linewidth=0.8)
        add_title(figure, f"What {spoken_label(measure)} hangs on")
        add_caption(figure, f"{caption} {note}".strip())
    return figure


def _draw_morris(axes: Axes, own: pd.DataFrame) -> None:
    places = np.arange(len(own))
    axes.barh(places, own["mu_star"], height=0.55, color=CYCLE[0])
    _whiskers(axes, places, own["mu_star"], own["mu_star_half"])


def _draw_sobol(axes: Axes, own: pd.DataFrame) -> None:
    places = np.arange(len(own))
    for shift, name, label, colour in (
        (0.2, "first", "alone", CYCLE[0]),
        (-0.2, "total", "with interactions", CYCLE[1]),
    ):
        axes.barh(places + shift, own[name], height=0.36, color=colour, label=label)
        _whiskers(axes, places + shift, own[name], own[f"{name}_half"])
    axes.legend(loc="lower right")


def _whiskers(axes: Axes, places: np.ndarray, values: pd.Series, halves: pd.Series) -> None:
    axes.errorbar(
        values, places, xerr=halves, fmt="none", ecolor="black", elinewidth=1.0, capsize=2.5
    )
