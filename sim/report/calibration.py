"""What a calibration shows: the fitted numbers, the record against the fit, and a check."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table
from scipy.stats import kstwo

from sim.calibration import Calibration
from sim.report.style import (
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

type Floats = NDArray[np.float64]
HOURS = 24


def calibration_table(found: Calibration) -> Table:
    """Make the table of fitted numbers; the hours of the day take one line."""
    share = f"{100 * found.confidence:g} %"
    table = Table(title=escape(found.record), title_justify="left")
    for name in ("violations.", "estimate", f"{share} interval", "unit", "interval by"):
        table.add_column(name, justify="right" if name == "estimate" else "left", no_wrap=True)
    for one in found.estimates:
        if one.key.startswith("hour_weights."):
            continue
        table.add_row(
            escape(one.key), _text(one.value, "none"),
            f"{_text(one.low, 'no bound')} to {_text(one.high, 'no bound')}", one.unit, one.method,
        )  # fmt: skip
    if "hour_weights.0" in found:
        weights = [found[f"hour_weights.{hour}"].value for hour in range(HOURS)]
        low, high = int(np.argmin(weights)), int(np.argmax(weights))
        table.add_row(
            "hour_weights", "24 weights",
            f"from {min(weights):.2f} ({low} h) to {max(weights):.2f} ({high} h)", "mean 1",
            found["hour_weights.0"].method,
        )  # fmt: skip
    return table


def _text(value: float, if_open: str) -> str:
    return f"{value:.4g}" if np.isfinite(value) else if_open


def draw_calibration(found: Calibration) -> Figure:
    """Draw the record with the fitted range of each day or cell, and how the fit holds.

    Left: what was counted, and the fitted mean with the range in which the stated share of counts
    lies. Right: chances under the fit against a uniform law (a probability plot), with the band
    that a right model leaves in one case of twenty.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(8.6, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=(1.7, 1.0))
        _draw_record(left, found)
        _draw_check(right, found)
        add_title(figure, "The record and the fitted violation process")
        add_caption(figure, _caption(found))
    return figure


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
