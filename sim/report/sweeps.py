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
from numpy.typing import NDArray

from sim.measures import MEASURES
from sim.report.style import BLUE, CYCLE, SHARES, STYLE, add_caption, new_figure, save_figure

type Floats = NDArray[np.float64]

DEFAULT_MEASURES = (
    "detection_rate",
    "response_time_p50_min",
    "response_time_p90_min",
    "within_standard_share",
)
MOST_CURVES = 8
_ACRONYMS = {"male": "MALE", "hale": "HALE"}


def factor_label(key: str) -> str:
    """Return a scenario key in words: `monitors.male.count` becomes `MALE monitors`."""
    parts = key.split(".")
    if len(parts) == 3 and parts[0] in ("monitors", "support"):
        noun = "monitors" if parts[0] == "monitors" else "support units"
        quantity = parts[2].replace("_", " ")
        name = _ACRONYMS.get(parts[1]) or parts[1].replace("_", " ").title()
        return f"{name} {noun}" if quantity == "count" else f"{name} {noun}: {quantity}"
    return ": ".join(part.replace("_", " ") for part in parts)


def measure_label(name: str) -> str:
    """Return a measure in words with its unit."""
    measure = MEASURES.get(name)
    if measure is None:
        return name.replace("_", " ")
    return measure.label if measure.unit == "share" else f"{measure.label} ({measure.unit})"


def _is_share(name: str) -> bool:
    return name in MEASURES and MEASURES[name].unit == "share"


def _value_label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _runs_text(summary: pd.DataFrame) -> str:
    low, high = int(summary["runs"].min()), int(summary["runs"].max())
    return f"{low}" if low == high else f"{low} to {high}"


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
        figure = new_figure(6.6, 4.3)
        axes = figure.subplots()
        values = [None] if by is None else list(dict.fromkeys(summary[by]))
        if len(values) > MOST_CURVES:
            chosen = np.linspace(0, len(values) - 1, MOST_CURVES).round().astype(int)
            values = [values[k] for k in chosen]
        curves = [
            (
                value,
                (summary if value is None else summary[summary[by] == value]).sort_values(factor),
            )
            for value in values
        ]
        if by is not None and len(curves) > 1 and _same([rows for _, rows in curves], measure):
            note = f"The same for every number of {factor_label(by)}. {note}"
            curves, by = [(None, curves[0][1])], None
        colours = _colours(values, len(curves))
        for (value, rows), colour in zip(curves, colours, strict=True):
            _draw_curve(axes, rows, factor, measure, value, colour)
        _finish_curves(axes, factor, measure, by)
        figure.suptitle(
            f"{measure_label(measure)} against {factor_label(factor)}",
            x=0.01, ha="left", fontweight="bold", fontsize=10.5,
        )  # fmt: skip
        add_caption(
            figure, f"Means of {_runs_text(summary)} runs a point; bands: 95 % intervals. {note}"
        )
    return figure


def _same(curves: list[pd.DataFrame], measure: str) -> bool:
    """Tell whether all curves coincide, as when the other factor has no part in the measure."""
    means = [rows[f"{measure}_mean"].to_numpy() for rows in curves]
    return all(
        len(mean) == len(means[0]) and np.allclose(mean, means[0], equal_nan=True) for mean in means
    )


def _colours(values: list[Any], count: int) -> list[Any]:
    """Return a colour a curve: along a scale for numbers, apart from each other for names."""
    if count == 1:
        return [BLUE]
    if all(isinstance(value, int | float | np.number) for value in values):
        return list(mpl.colormaps[SHARES](np.linspace(0.0, 0.85, count)))
    return list(CYCLE[:count])


def _places(rows: pd.DataFrame, factor: str) -> tuple[Any, list[str] | None]:
    """Return where on the axis the values of a factor lie, and their names where not numbers."""
    if pd.api.types.is_numeric_dtype(rows[factor]):
        return rows[factor].to_numpy(dtype=np.float64), None
    names = [_value_label(value) for value in rows[factor]]
    return np.arange(len(names), dtype=np.float64), names


def _draw_curve(
    axes: Axes, rows: pd.DataFrame, factor: str, measure: str, value: Any, colour: Any
) -> None:
    places, names = _places(rows, factor)
    mean = rows[f"{measure}_mean"].to_numpy(dtype=np.float64)
    low = rows[f"{measure}_low"].to_numpy(dtype=np.float64)
    high = rows[f"{measure}_high"].to_numpy(dtype=np.float64)
    label = None if value is None else _value_label(value)
    axes.fill_between(places, low, high, color=to_rgba(colour, 0.2), linewidth=0)
    axes.plot(places, mean, color=colour, marker="o", markersize=4, label=label)
    if names is not None:
        axes.set_xticks(places, names)


def _finish_curves(axes: Axes, factor: str, measure: str, by: str | None) -> None:
    axes.set_xlabel(_capital(factor_label(factor)))
    axes.set_ylabel(measure_label(measure))
    if _is_share(measure):
        low, high = axes.get_ylim()
        axes.set_ylim(max(0.0, low), min(1.0, high))
    else:
        axes.set_ylim(bottom=0.0)
    if not axes.has_data() or all(np.isnan(line.get_ydata()).all() for line in axes.lines):
        axes.text(0.5, 0.5, "undefined at every point", transform=axes.transAxes, ha="center")
    if by is not None:
        axes.legend(
            title=_capital(factor_label(by)), loc="center left", bbox_to_anchor=(1.0, 0.5),
            alignment="left",
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def draw_heat_map(summary: pd.DataFrame, x: str, y: str, measure: str, note: str = "") -> Figure:
    """Draw a measure over two factors, with the mean and its half-width written in each cell.

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
    columns, rows = _levels(summary, x), _levels(summary, y)
    mean = _grid(summary, x, y, columns, rows, f"{measure}_mean")
    half = _grid(summary, x, y, columns, rows, f"{measure}_high") - mean
    with mpl.rc_context(STYLE):
        figure = new_figure(2.6 + 0.78 * len(columns), 1.9 + 0.52 * len(rows))
        axes = figure.subplots()
        axes.grid(visible=False)
        low, high = (0.0, 1.0) if _is_share(measure) else (None, None)
        image = axes.imshow(
            np.ma.masked_invalid(mean), origin="lower", aspect="auto", cmap="viridis",
            vmin=low, vmax=high,
        )  # fmt: skip
        digits = (
            2 if _is_share(measure) else (MEASURES[measure].digits if measure in MEASURES else 2)
        )
        digits = min(digits, 2 if np.nanmax(np.abs(mean), initial=0.0) < 10 else 0)
        _write_cells(axes, mean, half, image, digits)
        axes.set_xticks(range(len(columns)), [_value_label(value) for value in columns])
        axes.set_yticks(range(len(rows)), [_value_label(value) for value in rows])
        axes.set_xlabel(_capital(factor_label(x)))
        axes.set_ylabel(_capital(factor_label(y)))
        axes.spines[:].set_visible(False)
        bar = figure.colorbar(image, ax=axes, pad=0.02)
        bar.outline.set_visible(False)
        figure.suptitle(measure_label(measure), x=0.01, ha="left", fontweight="bold", fontsize=10.5)
        add_caption(
            figure,
            f"Means of {_runs_text(summary)} runs a point, with the half-width of the "
            f"95 % interval. {note}",
        )
    return figure


def _levels(summary: pd.DataFrame, factor: str) -> list[Any]:
    levels = list(dict.fromkeys(summary[factor]))
    return sorted(levels) if pd.api.types.is_numeric_dtype(summary[factor]) else levels


def _grid(
    summary: pd.DataFrame, x: str, y: str, columns: list[Any], rows: list[Any], name: str
) -> Floats:
    table = summary.pivot_table(index=y, columns=x, values=name, aggfunc="mean", dropna=False)
    return table.reindex(index=rows, columns=columns).to_numpy(dtype=np.float64)


def _write_cells(axes: Axes, mean: Floats, half: Floats, image: Any, digits: int) -> None:
    for (row, column), value in np.ndenumerate(mean):
        if np.isnan(value):
            axes.text(column, row, "-", ha="center", va="center", color="#555555")
            continue
        red, green, blue, _ = image.cmap(image.norm(value))
        colour = "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
        spread = "" if np.isnan(half[row, column]) else f"±{half[row, column]:.{digits}f}"
        if digits == 2:
            spread = spread.replace("±0.", "±.")
        axes.text(column, row + 0.1, f"{value:.{digits}f}", ha="center", va="center", color=colour)
        axes.text(column, row - 0.25, spread, ha="center", va="center", color=colour, fontsize=6.5)


def draw_sweep_figures(
    summary: pd.DataFrame,
    factors: Sequence[str],
    out_dir: Path,
    measures: Sequence[str] = DEFAULT_MEASURES,
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
        Which measures to draw.

    Returns
    -------
    list of Path
        The files written.
    """
    varied = [factor for factor in factors if len(_levels(summary, factor)) > 1]
    chosen = (varied or list(factors))[:2]
    rows, note = _middle(summary, [factor for factor in varied if factor not in chosen])
    written: list[Path] = []
    for measure in measures:
        if f"{measure}_mean" not in rows or not chosen:
            continue
        first = chosen[0]
        if len(chosen) == 1:
            written += save_figure(draw_curves(rows, first, measure, note=note), out_dir / measure)
            continue
        second = chosen[1]
        for x, by in ((first, second), (second, first)):
            name = f"{measure}_by_{x.replace('.', '_')}"
            written += save_figure(draw_curves(rows, x, measure, by, note), out_dir / name)
        heat_map = draw_heat_map(rows, first, second, measure, note)
        written += save_figure(heat_map, out_dir / f"{measure}_map")
    return written


def _middle(summary: pd.DataFrame, others: list[str]) -> tuple[pd.DataFrame, str]:
    """Hold further factors at their middle value; return what is left and say so."""
    notes = []
    for factor in others:
        levels = _levels(summary, factor)
        value = levels[len(levels) // 2]
        summary = summary[summary[factor] == value]
        notes.append(f"{factor_label(factor)} = {_value_label(value)}")
    return summary, (f"Held: {', '.join(notes)}." if notes else "")
