"""Tables of the measures of a run and of the design points of a sweep, on screen and in files."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from rich.markup import escape
from rich.table import Table

from sim.files import atomic_file
from sim.measures import MEASURES, Measure
from sim.report.labels import factor_label, measure_digits, measure_label, value_label
from sim.report.sweeps import DEFAULT_MEASURES

_GROUPS = (
    ("Detection", ("n_violations", "detection_rate", "detection_delay_mean_min",
                   "detection_delay_p50_min", "detection_delay_p90_min")),
    ("Response", ("response_time_mean_min", "response_time_p50_min", "response_time_p90_min",
                  "total_time_mean_min", "total_time_p50_min", "total_time_p90_min",
                  "within_standard_share", "answered_share", "timely_share")),
    ("Calls", ("unanswered_share", "lost_share", "wait_mean_min", "waited_share",
               "travel_distance_mean_km")),
    ("Reports", ("reported_share", "confirmed_share", "attributed_share", "attribution_rate",
                 "dismissed_share", "chain_time_mean_min", "desk_wait_mean_min", "cue_flights",
                 "false_reports", "false_attributed", "false_trips")),
    ("Ceasefire", ("us_engaged_share", "units_present_mean", "calm_share", "tense_share",
                   "collapsing_share", "grave_unanswered", "ceasefire_held", "ceasefire_end_day",
                   "backstop_honoured")),
    ("Forces", ("on_station_share", "monitors_on_station_mean", "unit_utilisation", "sorties",
                "flight_h", "drones_lost", "monitor_cost_usd")),
)  # fmt: skip

TITLE = "Mean of the runs [95 % interval of the mean]"
UNDEFINED_POINT = "- undefined: nothing to measure in any run of the point"


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
    listed = {name for _, names in _GROUPS for name in names}
    others = ("Others", tuple(name for name in measures if name not in listed))
    for number, (group, names) in enumerate((*_GROUPS, others) if others[1] else _GROUPS):
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
    digits = measure_digits(name)
    if np.isnan(low):
        return f"{mean:,.{digits}f}"
    return f"{mean:,.{digits}f} [{low:,.{digits}f}, {high:,.{digits}f}]"


def _cells(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the table of a sweep, in words."""
    shown = [name for name in measures if f"{name}_mean" in summary]
    heads = [*map(factor_label, factors), "Runs", *map(measure_label, shown)]
    rows = [
        [
            *(value_label(row[factor]) for factor in factors),
            f"{int(row['runs']):,}",
            *(_interval(row, name) for name in shown),
        ]
        for _, row in summary.iterrows()
    ]
    return heads, rows


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
    heads, rows = _cells(summary, factors, measures)
    table = Table(title=TITLE, title_justify="left", box=None, pad_edge=False)
    for head in heads:
        table.add_column(escape(head), justify="right")
    for row in rows:
        table.add_row(*map(escape, row))
    if any("-" in row for row in rows):
        table.caption = UNDEFINED_POINT
        table.caption_justify = "left"
    return table


def sweep_markdown(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] = DEFAULT_MEASURES
) -> str:
    """Return the design points of a sweep as a Markdown table, with 95 % intervals.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    """
    heads, rows = _cells(summary, factors, measures)
    lines = [heads, ["---:"] * len(heads), *rows]
    text = "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)
    note = f"\n\n{UNDEFINED_POINT}" if any("-" in row for row in rows) else ""
    return f"{TITLE}\n\n{text}{note}\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def sweep_csv(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] = DEFAULT_MEASURES
) -> str:
    """Return the design points of a sweep as comma-separated values, rounded as on the screen.

    The first row holds the keys of the factors and `<measure>_mean`, `_low` and `_high`; what is
    undefined is empty.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    """
    shown = [name for name in measures if f"{name}_mean" in summary]
    columns = [f"{name}_{part}" for name in shown for part in ("mean", "low", "high")]
    digits = [measure_digits(name) + 1 for name in shown for _ in range(3)]
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*factors, "runs", *columns])
    for _, row in summary.iterrows():
        numbers = [
            "" if np.isnan(row[name]) else f"{row[name]:.{places}f}"
            for name, places in zip(columns, digits, strict=True)
        ]
        writer.writerow([*(row[factor] for factor in factors), int(row["runs"]), *numbers])
    return file.getvalue()


def components_table(components: pd.DataFrame) -> Table:
    """Return where the spread of measures comes from as a table for the screen.

    Parameters
    ----------
    components
        From `sim.experiment.components.split_runs`.
    """
    table = Table(
        title="Uncertain inputs and chance", title_justify="left", box=None, pad_edge=False
    )
    for head in ("Measure", "Mean", "90 % by inputs", "SD inputs", "SD chance", "Share of inputs"):
        table.add_column(head, justify="left" if head == "Measure" else "right")
    for row in components.itertuples(index=False):
        share = f"{row.input_share:.0%} [{row.share_low:.0%}, {row.share_high:.0%}]"
        table.add_row(
            escape(measure_label(str(row.measure))),
            f"{row.mean:.4g}",
            f"{row.low:.4g} to {row.high:.4g}",
            f"{row.sd_inputs:.3g}",
            f"{row.sd_chance:.3g}",
            share,
        )
    table.caption = (
        "Variance of single runs, split by analysis of variance with random effects: between "
        "design points (inputs) and within them (chance of a run)."
    )
    table.caption_justify = "left"
    return table


def write_sweep_tables(
    summary: pd.DataFrame,
    factors: Sequence[str],
    path: Path,
    measures: Sequence[str] = DEFAULT_MEASURES,
) -> list[Path]:
    """Write the table of a sweep as Markdown and as CSV, each whole or not at all.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    path
        Where to, without the ending.

    Returns
    -------
    list of Path
        The files written.
    """
    written = []
    for ending, make in (("md", sweep_markdown), ("csv", sweep_csv)):
        target = path.with_name(f"{path.name}.{ending}")
        with atomic_file(target) as temporary:
            temporary.write_text(make(summary, factors, measures), encoding="utf-8")
        written.append(target)
    return written
