"""What a search under several aims shows: the front, and what lies behind it."""

from collections.abc import Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.output.figures.style import (
    BLUE,
    GREY,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
)

FRESH = "_fresh"


def draw_pareto(
    trials: pd.DataFrame, front: pd.DataFrame, objectives: Sequence[tuple[str, bool]], note: str
) -> Figure:
    """Draw the first aim against each other one, a panel each.

    Parameters
    ----------
    trials
        One row a trial: a column an aim.
    front
        The forces on the front: a column an aim, and `<aim>_fresh` with the values from other
        seeds where the aim has any.
    objectives
        Words of each aim and whether more is better; with one aim it is drawn against the number
        of the trial.
    note
        The caption.
    """
    (first, first_up), *others = objectives
    with mpl.rc_context(STYLE):
        figure = new_figure(6.8, 1.6 + 3.3 * max(1, len(others)))
        panels = figure.subplots(max(1, len(others)), squeeze=False)[:, 0]
        if not others:
            _draw_progress(panels[0], trials, first, first_up)
        for axes, (other, up) in zip(panels, others, strict=False):
            _draw_pair(axes, trials, front, (other, first))
            axes.set_xlabel(_words(other, more_is_better=up))
            axes.set_ylabel(_words(first, more_is_better=first_up))
        panels[0].legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, borderaxespad=0.2)
        add_title(figure, "Forces that no other tested one beats in every aim")
        add_caption(figure, note)
    return figure


def _draw_pair(
    axes: Axes, trials: pd.DataFrame, front: pd.DataFrame, aims: tuple[str, str]
) -> None:
    across, upward = aims
    axes.scatter(trials[across], trials[upward], s=14, color=GREY, alpha=0.6, label="tested")
    axes.scatter(front[across], front[upward], s=26, color=BLUE, label="on the front", zorder=3)
    fresh = [name if f"{name}{FRESH}" not in front else f"{name}{FRESH}" for name in aims]
    axes.scatter(
        front[fresh[0]], front[fresh[1]], s=30, facecolor="none", edgecolor=VERMILION,
        label="the same, other seeds", zorder=4,
    )  # fmt: skip


def _draw_progress(axes: Axes, trials: pd.DataFrame, aim: str, more_is_better: bool) -> None:
    best = trials[aim].cummax() if more_is_better else trials[aim].cummin()
    axes.scatter(trials.index + 1, trials[aim], s=14, color=GREY, alpha=0.6, label="tested")
    axes.plot(trials.index + 1, best, color=BLUE, drawstyle="steps-post", label="best so far")
    axes.set_xlabel("Trial")
    axes.set_ylabel(_words(aim, more_is_better=more_is_better))


def _words(aim: str, *, more_is_better: bool) -> str:
    return f"{aim} ({'more' if more_is_better else 'less'} is better)"
