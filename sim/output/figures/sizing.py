"""What a sizing shows: the response to one size, or the frontier of two."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from sim.output.axes import tell_values
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
    say_nothing_to_show,
)
from sim.output.labels import (
    capital,
    counted,
    factor_label,
    is_duration,
    value_label,
)
from sim.output.values import MILLION, percent_text, range_text, table_label, value_text
from sim.results.measures import find_measure

COLOURS = {"met": BLUE, "undecided": ORANGE, "not met": VERMILION}
MARKERS = {"met": "o", "undecided": "s", "not met": "X"}
FINDINGS = {"met": "rule kept", "undecided": "open", "not met": "rule missed"}
WORDS = {"met": "suffices", "undecided": "undecided", "not met": "falls short"}
PANEL_HEIGHT_IN = 2.9
SHARES = ("share of runs",)
"""What is tested where it is no measure."""


def draw_response(
    evaluations: pd.DataFrame,
    factor: str,
    targets: Sequence[tuple[str, float, bool]],
    note: str,
) -> Figure:
    """Draw what each tested force achieved, a panel a requirement.

    Parameters
    ----------
    evaluations
        One row a force and requirement: `factor`, `requirement`, `estimate`, `low`, `high`,
        `finding`, `tested`.
    factor
        The size that varies.
    targets
        Of each requirement: its words, what the estimate is compared with, and whether more is
        better.
    note
        The caption.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(6.8, 1.4 + PANEL_HEIGHT_IN * len(targets))
        panels = figure.subplots(len(targets), sharex=True, squeeze=False)[:, 0]
        for axes, (words, target, upwards) in zip(panels, targets, strict=True):
            rows = evaluations[evaluations["requirement"] == words]
            _draw_panel(axes, rows.sort_values(factor), factor, target, upwards=upwards)
            axes.set_title(words)
        panels[-1].set_xlabel(capital(size_label(factor)))
        if explained := [axes for axes in panels if axes.get_legend_handles_labels()[0]]:
            _explain(explained[0])
        add_title(figure, f"What is achieved with {size_label(factor)}")
        add_caption(figure, note)
    return figure


def _target_text(tested: str, target: float) -> str:
    if tested in SHARES:
        return percent_text(target)
    is_plain = abs(target) < MILLION and not is_duration(tested)
    return value_label(target) if is_plain else achieved_text(tested, target)


def _draw_panel(
    axes: Axes, rows: pd.DataFrame, factor: str, target: float, *, upwards: bool
) -> None:
    shown = rows[np.isfinite(rows["estimate"])]
    if shown.empty:
        say_nothing_to_show(axes, "infinite at every force: a time that some runs never reach")
        return
    axes.plot(shown[factor], shown["estimate"], color=GREY, linewidth=1.0, zorder=1)
    for verdict, colour in COLOURS.items():
        if (part := shown[shown["finding"] == verdict]).empty:
            continue
        estimate = part["estimate"].to_numpy()
        bounds = part[["low", "high"]].to_numpy()
        # A bound that is not known yet is left away.
        reach = np.where(np.isfinite(bounds), np.abs(bounds - estimate[:, None]), 0.0)
        axes.errorbar(
            part[factor], estimate, yerr=reach.T, color=colour, marker=MARKERS[verdict],
            markersize=5, linestyle="none", elinewidth=1.2, label=FINDINGS[verdict],
        )  # fmt: skip
    tested = str(rows["tested"].iloc[0])
    if tested in SHARES:
        axes.yaxis.set_major_formatter(lambda value, _: percent_text(value))
        axes.set_ylabel("Share of runs")
    else:
        axes.set_ylabel(tell_values(axes.yaxis, tested, [*shown["estimate"], target]))
    axes.axhline(target, color=BLACK, linewidth=1.0, linestyle="--", zorder=2)
    side = "at least" if upwards else "at most"
    place, words = (1.0, target), _target_text(tested, target)
    axes.annotate(
        f"{side} {words}", place, xycoords=("axes fraction", "data"),
        xytext=(0, 3), textcoords="offset points", ha="right", fontsize=8,
    )  # fmt: skip


def draw_frontier(
    evaluations: pd.DataFrame,
    states: NDArray[np.int8],
    factors: tuple[str, str],
    ranges: tuple[range, range],
    cheapest: tuple[float, float] | None,
    note: str,
) -> Figure:
    """Draw which pairs of sizes suffice, which fall short, and what lies open in between.

    Parameters
    ----------
    evaluations
        One row a tested force and requirement, with `factors`, `runs` and `verdict`.
    states
        Of every pair, shape (first sizes, second sizes): 1 suffices, -1 does not, 0 is open.
    factors, ranges
        The two sizes and what they can be; the first one goes to the right.
    cheapest
        The force to be marked; None = no costs.
    note
        The caption.
    """
    across, upward = factors
    with mpl.rc_context(STYLE):
        figure = new_figure(6.8, 5.6)
        axes = figure.subplots()
        (left, right), (bottom, top) = ((sizes[0], sizes[-1]) for sizes in ranges)
        _shade(axes, states, ranges)
        forces = evaluations.drop_duplicates([*factors])
        for verdict, colour in COLOURS.items():
            if (part := forces[forces["verdict"] == verdict]).empty:
                continue
            axes.scatter(
                part[across], part[upward], s=18, color=colour, marker=MARKERS[verdict],
                label=f"tested: {WORDS[verdict]}", zorder=3, clip_on=False,
            )  # fmt: skip
        if cheapest is not None:
            axes.scatter(
                *cheapest, s=190, marker="*", facecolor="gold", edgecolor="black",
                label="cheapest that suffices", zorder=4,
            )  # fmt: skip
        axes.set_xlim(left, max(right, left + 1))
        axes.set_ylim(bottom, max(top, bottom + 1))
        axes.grid(visible=False)
        axes.set_xlabel(capital(size_label(across)))
        axes.set_ylabel(capital(size_label(upward)))
        _explain(axes)
        is_any = (forces["verdict"] == "met").any()
        add_title(
            figure, "Forces that suffice" if is_any else "Forces that were run: none suffices"
        )
        add_caption(figure, note)
    return figure


def _shade(axes: Axes, states: NDArray[np.int8], ranges: tuple[range, range]) -> None:
    """Fill the area of the pairs that suffice, and of those that do not."""
    edges = [np.append(sizes, sizes[-1] + sizes.step) - sizes.step / 2 for sizes in ranges]
    for state, verdict in ((1, "met"), (-1, "not met")):
        mask = np.ma.masked_where(states != state, np.ones(states.shape))
        colour = ListedColormap([COLOURS[verdict]])
        axes.pcolormesh(*edges, mask.T, cmap=colour, alpha=0.16, linewidth=0, rasterized=True)


def _explain(axes: Axes) -> None:
    """Put the legend above the axes, where it hides nothing."""
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)


def size_label(key: str) -> str:
    """Return the key of a size in words."""
    match key.removesuffix(".count").removesuffix(".*"):
        case "monitors" | "support" as table if key.endswith(".count"):
            return f"{'monitors' if table == 'monitors' else 'support units'}, all groups"
        case _:
            return factor_label(key)


def sizing_table(evaluations: pd.DataFrame, factors: Sequence[str]) -> Table:
    """Return the tested forces as a table for the screen: what each achieved, by rule.

    Where a rule speaks of a quantile or of a share of runs, that is the share of good runs.
    """
    sizes = [*factors, *(["cost"] if "cost" in evaluations else [])]
    rules = list(dict.fromkeys(evaluations["requirement"]))
    of = evaluations.drop_duplicates("requirement").set_index("requirement")["tested"]
    legend = "\n".join(
        f"rule {number}: {escape(rule)}{' (share of runs that keep it)' * (of[rule] in SHARES)}"
        for number, rule in enumerate(rules, 1)
    )
    table = Table(title=f"Forces tested\n{legend}", title_justify="left", box=None, pad_edge=False)
    headers = [*sizes, "runs", *(f"rule {number}" for number in range(1, len(rules) + 1))]
    for name in headers:
        table.add_column(capital(size_label(name)), justify="right")
    table.add_column("Verdict")
    for _, rows in evaluations.groupby([*factors], sort=True):
        first, by_rule = rows.iloc[0], rows.set_index("requirement")["estimate"]
        table.add_row(
            *(value_label(first[name]) for name in sizes),
            f"{first['runs']:,}",
            *(achieved_text(of[rule], by_rule[rule]) for rule in rules),
            WORDS[first["verdict"]],
        )
    return table


def achieved_text(tested: str, value: float) -> str:
    """Write what a force achieved by a rule.

    Parameters
    ----------
    tested
        A measure, of which this is the mean over runs, or "share of runs".
    value
        In the unit of the measure; infinite where some runs never reach it.
    """
    return value_text(tested, value)


def bounds_text(tested: str, low: float, high: float) -> str:
    """Write the bounds of what was achieved; a side that is not known yet is left out."""
    return range_text(tested, low, high)


def force_table(title: str, forces: pd.DataFrame) -> Table:
    """Return forces as a table for the screen, a row each."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, min_width=len(title))
    names = [str(name) for name in forces]
    for name in names:
        head = table_label(name) if find_measure(name) else capital(size_label(name))
        table.add_column(head, justify="right")
    for _, row in forces.iterrows():
        table.add_row(*(_force_text(name, row[name]) for name in names))
    return table


def _force_text(name: str, value: Any) -> str:
    """Write a size of a force, or what it achieved in a measure."""
    return value_text(name, float(value)) if find_measure(name) else value_label(value)


def tested_text(evaluations: pd.DataFrame, factors: Sequence[str]) -> str:
    """Return how many forces were tested, with how many runs, in words."""
    forces = evaluations.drop_duplicates([*factors])
    runs = int(forces["runs"].sum())
    return f"{counted(len(forces), 'force')} tested with {counted(runs, 'run')}"
