"""Tables on the screen: the measures of a run, the design points of a sweep."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from rich.table import Table

from sim.measures import MEASURES, Measure
from sim.report.sweeps import DEFAULT_MEASURES, factor_label, measure_label

_GROUPS = (
    ("Detection", ("n_violations", "detection_rate", "detection_delay_mean_min",
                   "detection_delay_p50_min", "detection_delay_p90_min")),
    ("Response", ("response_time_mean_min", "response_time_p50_min", "response_time_p90_min",
                  "total_time_mean_min", "total_time_p50_min", "total_time_p90_min",
                  "within_standard_share", "answered_share", "timely_share")),
    ("Calls", ("unanswered_share", "lost_share", "wait_mean_min", "waited_share",
               "travel_distance_mean_km")),
    ("Forces", ("on_station_share", "monitors_on_station_mean", "unit_utilisation", "sorties",
                "flight_h", "drones_lost", "monitor_cost_usd")),
)  # fmt: skip


def format_value(measure: Measure, value: float) -> str:
    """Return a value with as many digits as the measure deserves; `-` where it is undefined."""
    if np.isnan(value):
        return "-"
    return f"{value:,.{measure.digits}f}"


def summary_table(measures: Mapping[str, float]) -> Table:
    """Return the measures of one run as a table for the screen.

    Parameters
    ----------
    measures
        Value by name, as `Outcome.measures`.
    """
    table = Table(title="Measures of the run", title_justify="left", box=None, pad_edge=False)
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    undefined = False
    for number, (group, names) in enumerate(_GROUPS):
        if number:
            table.add_row()
        table.add_row(f"[bold]{group}[/bold]")
        for name in names:
            value = float(measures[name])
            undefined |= bool(np.isnan(value))
            measure = MEASURES[name]
            unit = "" if measure.unit in ("count", "share") else measure.unit
            table.add_row(f"  {measure.label}", format_value(measure, value), unit)
    if undefined:
        table.caption = "- undefined: nothing to measure, or too few calls are ever answered"
        table.caption_justify = "left"
    return table


def _interval(row: "pd.Series[float]", name: str) -> str:
    mean, low, high = (float(row[f"{name}_{part}"]) for part in ("mean", "low", "high"))
    if np.isnan(mean):
        return "-"
    measure = MEASURES.get(name)
    digits = measure.digits if measure is not None else 3
    if np.isnan(low):
        return f"{mean:,.{digits}f}"
    return f"{mean:,.{digits}f} [{low:,.{digits}f}, {high:,.{digits}f}]"


def sweep_table(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] = DEFAULT_MEASURES
) -> Table:
    """Return the design points of a sweep as a table for the screen, with 95 % intervals.

    Parameters
    ----------
    summary
        One row a design point, from `sim.experiment.summarise`.
    factors
        Columns of the factors.
    measures
        Which measures to show.
    """
    shown = [name for name in measures if f"{name}_mean" in summary]
    table = Table(
        title="Mean of the runs [95 % interval of the mean]", title_justify="left", box=None,
        pad_edge=False,
    )  # fmt: skip
    for factor in factors:
        table.add_column(factor_label(factor), justify="right")
    table.add_column("runs", justify="right")
    for name in shown:
        table.add_column(measure_label(name), justify="right")
    for _, row in summary.iterrows():
        cells = [f"{row[f]:g}" if _is_number(row[f]) else str(row[f]) for f in factors]
        table.add_row(*cells, f"{int(row['runs'])}", *(_interval(row, name) for name in shown))
    return table


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
