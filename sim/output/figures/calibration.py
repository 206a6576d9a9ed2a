"""What a calibration shows: the fitted numbers, the record against the fit, and a check."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table
from scipy.stats import kstwo

from sim.calibration import Calibration, Estimate, Recovery
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREY,
    SKY,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
)

HOUR = "hour_weights."
HOURS = 24
LOG_FROM = 100.0
"""Counts above this are drawn on a scale of logarithms."""


def calibration_table(found: Calibration, check: Recovery | None = None) -> Table:
    """Make the table of fitted numbers; of the hours of the day, the quietest and the busiest."""
    share = f"{100 * found.confidence:g} %"
    table = Table(box=None, pad_edge=False)
    for name in ("violations.", "estimate", f"{share} interval", "unit", "held"):
        table.add_column(name, justify="right" if name == "estimate" else "left", no_wrap=True)
    hours = [one for one in found.estimates if one.key.startswith(HOUR)]
    for one in found.estimates:
        if one not in hours:
            _add_row(table, one.key, one, _held(check, [one.key]))
    if hours:
        held = _held(check, [one.key for one in hours])
        quietest, busiest = (pick(hours, key=lambda one: one.value) for pick in (min, max))
        _add_row(table, f"{quietest.key} (least)", quietest, held)
        _add_row(table, f"{busiest.key} (most)", busiest, "")
    return table


def _add_row(table: Table, name: str, one: Estimate, held: str) -> None:
    bounds = f"{_text(one.low, 'no bound')} to {_text(one.high, 'no bound')}"
    table.add_row(escape(name), _text(one.value, "none"), bounds, one.unit, held)


def interval_words(found: Calibration) -> str:
    """Say how the intervals of which parameters were made."""
    methods: dict[str, list[str]] = {}
    for one in found.estimates:
        names = methods.setdefault(one.method, [])
        if (name := one.key.split(".")[0]) not in names:
            names.append(name)
    return "; ".join(f"{method} ({', '.join(names)})" for method, names in methods.items())


def _held(check: Recovery | None, keys: list[str]) -> str:
    """Say how often the intervals of the self-check held what was planted."""
    told = sum(check.told.get(key, 0) for key in keys) if check else 0
    if check is None or told == 0:
        return ""
    return f"{sum(check.held.get(key, 0) for key in keys)}/{told}"


def _text(value: float, if_open: str) -> str:
    return f"{value:.4g}" if np.isfinite(value) else if_open


def draw_calibration(found: Calibration) -> Figure:
    """Draw the record with the fitted range of each day or cell, and how the fit holds.

    Left: what was counted, and the fitted mean with the range in which the stated share of counts
    lies. Middle, where times are known: the weights of the hours. Right: chances under the fit
    against a uniform law (a probability plot), with the band that a right model leaves in one case
    of twenty.
    """
    has_hours = f"{HOUR}0" in found
    with mpl.rc_context(STYLE):
        figure = new_figure(11.0 if has_hours else 8.6, 4.2)
        left, *middle, right = figure.subplots(
            1, 2 + has_hours, width_ratios=(1.7, 1.0, 1.0) if has_hours else (1.7, 1.0)
        )
        _draw_record(left, found)
        if has_hours:
            _draw_hours(middle[0], found)
        _draw_check(right, found)
        add_title(figure, "The record and the fitted violation process")
        add_caption(figure, _caption(found))
    return figure


def _draw_hours(axes: Axes, found: Calibration) -> None:
    ones = [found[f"{HOUR}{hour}"] for hour in range(HOURS)]
    edges = np.arange(HOURS + 1)
    low, high, weight = (
        np.array([getattr(one, part) for one in ones]) for part in ("low", "high", "value")
    )
    axes.stairs(high, edges, baseline=low, fill=True, color=SKY, alpha=0.5, lw=0)
    axes.stairs(weight, edges, color=BLUE, lw=1.8, baseline=None)
    axes.set(xlim=(0, HOURS), ylim=(0, None), xticks=range(0, HOURS + 1, 6))
    axes.set_xlabel("hour of the day")
    axes.set_ylabel("weight of the hour (mean 1)")


def _caption(found: Calibration) -> str:
    check = found.residuals
    return (
        f"{found.record}. Model: {found.model}. Range: {100 * found.confidence:g} % of counts at "
        f"the estimates. Right: {len(check.uniform):,} {check.what}; Kolmogorov-Smirnov distance "
        f"{check.distance:.3f}, p = {check.p_value:.2g} (not lowered for the fitted parameters)."
    )


def _draw_record(axes: Axes, found: Calibration) -> None:
    record = found.daily
    axes.vlines(record.day, record.low, record.high, color=SKY, lw=2.0, alpha=0.5, label="range")
    axes.plot(record.day, record.mean, "_", color=BLUE, ms=5, label="fitted mean")
    axes.plot(record.day, record.count, ".", color=BLACK, ms=4, label="counted")
    if max(record.count.max(), record.high.max()) > LOG_FROM:
        axes.set_yscale("symlog", linthresh=10.0)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel(f"day since {found.first_day}")
    axes.set_ylabel("violations a day")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)


def _draw_check(axes: Axes, found: Calibration) -> None:
    uniform = np.sort(found.residuals.uniform)
    number = len(uniform)
    expected = (np.arange(number) + 0.5) / number
    band = float(kstwo.ppf(0.95, number))
    ends = np.array([0.0, 1.0])
    axes.fill_between(ends, ends - band, ends + band, color=GREY, alpha=0.25, lw=0)
    axes.plot(ends, ends, color=GREY, lw=1.0)
    axes.plot(expected, uniform, color=VERMILION)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel(f"uniform law ({found.residuals.what})")
    axes.set_ylabel("chance under the fit")
