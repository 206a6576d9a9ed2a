"""Timelines of a run: forces, the United States, and what is seen and answered, over the days."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.output.figures.style import (
    BLUE,
    CYCLE,
    GREY,
    QUIET,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
    say_nothing_to_show,
)
from sim.output.labels import counted
from sim.results.outcome import Outcome
from sim.statistics.intervals import wilson_interval

SPELL_DAYS = 7
DASHES = ("-", "--", "-.", ":")


def draw_timelines(outcome: Outcome) -> Figure:
    """Draw units present by nation, and the shares detected and answered by week.

    Parameters
    ----------
    outcome
        The run.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.6, 5.4)
        forces, shares = figure.subplots(2, 1, sharex=True)
        _draw_forces(forces, outcome)
        _draw_shares(shares, outcome)
        shares.set_xlabel("Day of the ceasefire")
        shares.set_xlim(0.0, outcome.scenario.run.duration_days)
        add_title(figure, outcome.scenario.title)
        add_caption(figure, _caption(outcome))
    return figure


def _draw_forces(axes: Axes, outcome: Outcome) -> None:
    axes.set_title("Support units in the country, by nation")
    axes.set_ylabel("Units")
    forces = outcome.forces
    if forces.empty:
        say_nothing_to_show(axes, "no support units")
        return
    units = forces.pivot_table(index="day", columns="nation", values="units", aggfunc="sum")
    for number, nation in enumerate(units[units.max().sort_values(ascending=False).index]):
        look: Any = {"color": CYCLE[number % len(CYCLE)], "linestyle": DASHES[number % len(DASHES)]}
        axes.step(units.index, units[nation], where="post", label=nation, **look)
    away = forces.groupby("day")["united_states"].first()
    for day in away.index[away != "engaged"]:
        axes.axvspan(day, day + 1, color=GREY, alpha=0.25, linewidth=0)
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def weekly_shares(outcome: Outcome) -> pd.DataFrame:
    """Count violations by week.

    Returns
    -------
    DataFrame
        One row a week with violations: `day` (its middle), `n`, and of `detected` and `answered`
        the share with its Wilson interval (`_low`, `_high`).
    """
    events = outcome.violations
    week = (events["onset_h"] // (24 * SPELL_DAYS)).astype(int)
    rows = []
    for number, own in events.groupby(week):
        row: dict[str, float] = {"day": (float(str(number)) + 0.5) * SPELL_DAYS, "n": len(own)}
        for name, hits in (
            ("detected", own["detected_h"].notna()),
            ("answered", own["arrived_h"].notna()),
        ):
            found = wilson_interval(int(hits.sum()), len(own))
            row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)


def _draw_shares(axes: Axes, outcome: Outcome) -> None:
    axes.set_title("Violations detected, and answered by a unit, by week of onset")
    axes.set_ylabel("Share")
    weeks = weekly_shares(outcome)
    if weeks.empty:
        say_nothing_to_show(axes, "no violations")
        return
    for name, colour in (("detected", BLUE), ("answered", VERMILION)):
        axes.plot(weeks["day"], weeks[name], "o-", color=colour, markersize=3, label=name)
        axes.fill_between(
            weeks["day"], weeks[f"{name}_low"], weeks[f"{name}_high"], color=colour, alpha=0.17
        )
    axes.set_ylim(0.0, 1.0)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    end = outcome.measures["ceasefire_end_day"]
    if np.isfinite(end):
        axes.axvline(end, color=QUIET, linestyle=":")
        axes.text(end, 0.95, " the ceasefire ends", color=QUIET, va="top", fontsize=8)


def _caption(outcome: Outcome) -> str:
    n = counted(len(outcome.violations), "violation")
    return (
        f"One run, seed {outcome.seed}: {n}. Grey: days on which the United States are not engaged."
        " Bands: 95 % Wilson intervals, as if violations did not depend on each other; they do, so "
        "the true ones are wider."
    )
