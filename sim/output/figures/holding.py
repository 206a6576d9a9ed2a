"""How long the ceasefire holds: the share of runs in which it still does, by day."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from sim.output.figures.differences import scenario_look
from sim.output.figures.style import STYLE, add_caption, add_title, new_figure
from sim.output.labels import counted
from sim.statistics.survival import SurvivalCurve, survival_curve

BAND_ALPHA = 0.15
TABLE_STEP_DAYS = 30.0


def _curve_of(
    good: pd.DataFrame, label: str, end_day: str, days: float
) -> tuple[SurvivalCurve, int, int] | None:
    """Return the curve of a scenario, how many runs collapsed, and of how many; None if of none."""
    ends = good.loc[good["scenario"] == label, end_day].to_numpy(dtype=np.float64)
    if len(ends) == 0:
        return None
    collapsed = np.isfinite(ends)
    curve = survival_curve(np.where(collapsed, ends, days), collapsed)
    return curve, int(collapsed.sum()), len(ends)


def holding_table(
    runs: pd.DataFrame, end_day: str, duration_days: Mapping[str, float]
) -> pd.DataFrame:
    """Return the share of runs in which the ceasefire holds to a day, every 30 days and at the end.

    Parameters
    ----------
    runs, end_day, duration_days
        As for `draw_holding`.

    Returns
    -------
    DataFrame
        One row a scenario and day: `scenario`, `day`, `held_share` (Kaplan-Meier), `low`, `high`
        (95 % interval; NaN before the first collapse and after the last run), `collapsed`
        (runs up to that day), `runs`.
    """
    good = runs[runs["error"] == ""]
    rows = []
    for label, days in duration_days.items():
        found = _curve_of(good, label, end_day, days)
        if found is None:
            continue
        curve, _, count = found
        for day in np.unique([*np.arange(TABLE_STEP_DAYS, days, TABLE_STEP_DAYS), days]):
            row = int(np.searchsorted(curve.times, day, side="right")) - 1
            share, low, high = 1.0, np.nan, np.nan
            if row >= 0:
                share = curve.share[row]
                low, high = curve.low[row], curve.high[row]
            ended = int((good.loc[good["scenario"] == label, end_day] <= day).sum())
            rows.append((label, float(day), float(share), float(low), float(high), ended, count))
    columns = ["scenario", "day", "held_share", "low", "high", "collapsed", "runs"]
    return pd.DataFrame(rows, columns=columns)


def draw_holding(runs: pd.DataFrame, end_day: str, duration_days: Mapping[str, float]) -> Figure:
    """Draw the share of runs in which the ceasefire still holds by day, with 95 % bands.

    Parameters
    ----------
    runs
        One row a run: `scenario`, the column `end_day`, and `error` (failed runs are left out, and
        scenarios of which no other is there).
    end_day
        Column with the day on which the ceasefire collapsed; NaN where it held to the end.
    duration_days
        Length of the runs of each scenario, at which runs that held are censored.
    """
    good = runs[runs["error"] == ""]
    with mpl.rc_context(STYLE):
        figure = new_figure(7.6, 4.4)
        axes = figure.subplots()
        counts = []
        for number, (label, days) in enumerate(duration_days.items()):
            found = _curve_of(good, label, end_day, days)
            if found is None:
                continue
            curve, collapsed, number_of_runs = found
            _draw_curve(axes, curve, label, number, days)
            counts.append(f"{label} {collapsed:,} of {counted(number_of_runs, 'run')}")
        axes.set_xlim(0.0, max(duration_days.values()))
        axes.set_ylim(0.0, 1.02)
        axes.set_xlabel("Day of the ceasefire")
        axes.set_ylabel("Share of runs in which it holds")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        add_title(figure, "How long the ceasefire holds")
        add_caption(figure, _caption(counts))
    return figure


def _draw_curve(axes: Axes, curve: SurvivalCurve, label: str, number: int, days: float) -> None:
    """Draw a curve up to the end of its runs; its band begins with the first collapse."""
    colour, _ = scenario_look(number)
    times = np.concatenate([[0.0], curve.times, [days]])
    share = np.concatenate([[1.0], curve.share, curve.share[-1:] if len(curve.share) else [1.0]])
    axes.step(times, share, where="post", color=colour, label=label, linewidth=2.0, zorder=3)
    if len(curve.times):
        low, high = (np.append(bound, bound[-1]) for bound in (curve.low, curve.high))
        axes.fill_between(
            times[1:], low, high, step="post", color=to_rgba(colour, BAND_ALPHA), linewidth=0
        )


def _caption(counts: list[str]) -> str:
    return (
        f"Collapsed: {'; '.join(counts)}. Kaplan-Meier estimate over runs; those that hold to "
        "their end are censored there. Bands: 95\u00a0% intervals at each day (Greenwood's "
        "variance, log-log), from the first collapse on."
    )
