"""What a sweep shows: measures against force sizes, as curves with bands and as heat maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from sim.arrays import Floats
from sim.output.axes import tell_values
from sim.output.figures.heat_map import draw_heat_map, levels_of
from sim.output.figures.style import (
    BLUE,
    CYCLE,
    SHARES,
    STYLE,
    add_caption,
    add_title,
    new_figure,
    save_figure,
    say_nothing_to_show,
)
from sim.output.labels import (
    capital,
    factor_label,
    file_stem,
    is_number,
    is_numeric,
    is_share,
    runs_text,
    value_label,
)
from sim.output.values import table_label
from sim.results.measures import key_columns

MOST_CURVES = 8
BAND_ALPHA = 0.17


def draw_curves(
    summary: pd.DataFrame, factor: str, measure: str, by: str | None = None, note: str = ""
) -> Figure:
    """Draw a measure against a factor, with its 95 % band, one curve for each value of another.

    Parameters
    ----------
    summary
        One row a design point, from `sim.experiment.summarise`.
    factor, by
        Columns of factors; no `by` gives one curve.
    measure
        Name of the measure; columns `<measure>_mean`, `_low` and `_high`.
    note
        What else holds, for the caption.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(6.8, 4.3)
        axes = figure.subplots()
        curves = _curves(summary, factor, by)
        if by is not None and len(curves) > 1 and _same([rows for _, rows in curves], measure):
            note = f"The same for every value of {factor_label(by)}. {note}"
            curves, by = [(None, curves[0][1])], None
        levels = levels_of(summary, factor)
        for (value, rows), colour in zip(curves, _colours(curves), strict=True):
            places = _places(levels, rows, factor)
            _draw_curve(axes, places, rows, measure, value, colour)
        _finish_axes(axes, summary, factor, measure)
        if by is not None:
            _explain_curves(axes, by, len(levels_of(summary, by)))
        add_title(figure, f"{table_label(measure)} against {factor_label(factor)}")
        add_caption(figure, f"{_what(summary, measure)} {note}")
    return figure


def _what(summary: pd.DataFrame, measure: str) -> str:
    runs = f"Means of {runs_text(summary)} a point"
    if summary[f"{measure}_low"].notna().any():
        return f"{runs}; bands: 95\u00a0% intervals of the mean over runs."
    return f"{runs}; an interval takes two runs or more."


def _curves(summary: pd.DataFrame, factor: str, by: str | None) -> list[tuple[Any, pd.DataFrame]]:
    """Return value and rows of each curve; of many values, some that are evenly spread."""
    if by is None:
        return [(None, summary.sort_values(factor) if is_numeric(summary[factor]) else summary)]
    values = levels_of(summary, by)
    if len(values) > MOST_CURVES:
        chosen = np.linspace(0, len(values) - 1, MOST_CURVES).round().astype(int)
        values = [values[k] for k in chosen]
    return [
        (value, row[1])
        for value in values
        for row in _curves(summary[summary[by] == value], factor, None)
    ]


def _same(curves: list[pd.DataFrame], measure: str) -> bool:
    """Tell whether all curves coincide, as when the other factor has no part in the measure."""
    means = [rows[f"{measure}_mean"].to_numpy() for rows in curves]
    return all(
        len(mean) == len(means[0]) and np.allclose(mean, means[0], equal_nan=True) for mean in means
    )


def _colours(curves: list[tuple[Any, pd.DataFrame]]) -> list[Any]:
    """Return a colour a curve: along a scale for numbers, apart from each other for names."""
    if len(curves) == 1:
        return [BLUE]
    if all(is_number(value) for value, _ in curves):
        return list(mpl.colormaps[SHARES](np.linspace(0.0, 0.88, len(curves))))
    return list(CYCLE[: len(curves)])


def _places(levels: list[Any], rows: pd.DataFrame, factor: str) -> Floats:
    """Return where on the axis the levels of some rows lie; names lie one beside the other."""
    if is_numeric(rows[factor]):
        return rows[factor].to_numpy(dtype=np.float64)
    return np.array([levels.index(value) for value in rows[factor]], dtype=np.float64)


def _draw_curve(
    axes: Axes, places: Floats, rows: pd.DataFrame, measure: str, value: Any, colour: Any
) -> None:
    mean, low, high = (
        rows[f"{measure}_{part}"].to_numpy(dtype=np.float64) for part in ("mean", "low", "high")
    )
    label = None if value is None else value_label(value)
    if len(places) == 1:
        axes.vlines(places, low, high, color=colour, linewidth=1.4)
    axes.fill_between(places, low, high, color=to_rgba(colour, BAND_ALPHA), linewidth=0)
    axes.plot(places, mean, color=colour, marker="o", markersize=4, label=label)


def _finish_axes(axes: Axes, summary: pd.DataFrame, factor: str, measure: str) -> None:
    if not any(np.isfinite(line.get_ydata()).any() for line in axes.lines):
        say_nothing_to_show(axes, "undefined at every point")
    elif is_share(measure):
        axes.set_ylim(0.0, min(1.0, 1.04 * max(axes.get_ylim()[1], 0.01)))
    elif summary[f"{measure}_mean"].min() >= 0.0:
        axes.set_ylim(bottom=0.0)
    levels = levels_of(summary, factor)
    if not is_numeric(summary[factor]):
        axes.set_xticks(range(len(levels)), [value_label(value) for value in levels])
        axes.margins(x=0.1)
    axes.set_xlabel(capital(factor_label(factor)))
    means = [line.get_ydata() for line in axes.lines]
    axes.set_ylabel(tell_values(axes.yaxis, measure, np.ravel(np.concatenate(means))))


def _explain_curves(axes: Axes, by: str, levels: int) -> None:
    """Name the curves in the order in which they lie, the uppermost first."""
    handles, labels = axes.get_legend_handles_labels()
    curves = [np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.lines]
    height = np.array([y[np.isfinite(y)].mean() if np.isfinite(y).any() else -1 for y in curves])
    order = np.argsort(-height, kind="stable")
    title = capital(factor_label(by)).replace(" support units", "\nsupport units")
    if levels > len(handles):
        title += f"\n{len(handles)} of {levels} values"
    axes.legend(
        [handles[k] for k in order], [labels[k] for k in order], title=title, alignment="left",
        loc="center left", bbox_to_anchor=(1.0, 0.5),
    )  # fmt: skip


def draw_sweep_figures(
    summary: pd.DataFrame,
    factors: Sequence[str],
    out_dir: Path,
    measures: Sequence[str] | None = None,
) -> list[Path]:
    """Draw the default figures of a sweep and write them as PNG and SVG.

    With one factor, curves; with two or more, curves both ways round and a heat map over the first
    two factors that vary, the others held at their middle value (named in the caption).

    Parameters
    ----------
    summary
        One row a design point, from `sim.experiment.summarise`.
    factors
        Columns of the factors.
    out_dir
        An existing folder.
    measures
        Which measures to draw; None = the key measures.

    Returns
    -------
    list of Path
        The files written.
    """
    varied = [factor for factor in factors if len(levels_of(summary, factor)) > 1]
    chosen = (varied or list(factors))[:2]
    rows, note = at_middle(summary, [factor for factor in varied if factor not in chosen])
    written: list[Path] = []
    for measure in shown_measures(rows, measures) if chosen else ():
        first, stem = chosen[0], file_stem(measure)
        if len(chosen) == 1:
            written += save_figure(draw_curves(rows, first, measure, note=note), out_dir / stem)
            continue
        second = chosen[1]
        for x, by in ((first, second), (second, first)):
            name = f"{stem}_by_{x.replace('.', '_')}"
            written += save_figure(draw_curves(rows, x, measure, by, note), out_dir / name)
        heat_map = draw_heat_map(rows, first, second, measure, note)
        written += save_figure(heat_map, out_dir / f"{stem}_map")
    return written


def shown_measures(summary: pd.DataFrame, measures: Sequence[str] | None = None) -> list[str]:
    """Return which of the measures a summary holds; without any, which key measures."""
    known = [n.removesuffix("_mean") for n in map(str, summary) if n.endswith("_mean")]
    return key_columns(known) if measures is None else [m for m in measures if m in known]


def at_middle(summary: pd.DataFrame, others: list[str]) -> tuple[pd.DataFrame, str]:
    """Hold further factors at their middle value; return what is left and say so."""
    notes = []
    for factor in others:
        levels = levels_of(summary, factor)
        value = levels[len(levels) // 2]
        summary = summary[summary[factor] == value]
        notes.append(f"{factor_label(factor)} = {value_label(value)}")
    return summary, (f"Held: {', '.join(notes)}." if notes else "")
