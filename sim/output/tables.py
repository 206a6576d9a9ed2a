"""Tables of the measures of a run and of the design points of a sweep, on screen and in files."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.markup import escape
from rich.table import Table

from sim.files import atomic_file
from sim.output.figures.sweeps import shown_measures
from sim.output.labels import factor_label, measure_digits, value_label
from sim.output.values import MISSING, estimate_text, scale_of, table_label, value_text
from sim.results.measures import measure_of

TITLE = "Mean of the runs [95 % interval of the mean]"
UNDEFINED = "- undefined: nothing to measure, or fewer are ever answered than the quantile needs"
SOME_RUNS = (
    "n: the runs that the mean is of, where the measure is undefined in others. Times of answers\n"
    "are undefined where too few are answered: the mean is of the better runs, and looks too good."
)
UNDEFINED_POINT = "- undefined: nothing to measure in any run of the point"


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
    group = ""
    for name, (label, value) in zip(measures, summary_rows(measures), strict=True):
        measure = measure_of(name)
        if measure.group != group:
            if group:
                table.add_row()
            group = measure.group
            table.add_row(f"[bold]{group}[/bold]")
        table.add_row(f"  {escape(label)}", value)
    if any(np.isnan(value) for value in measures.values()):
        table.caption = UNDEFINED
        table.caption_justify = "left"
    return table


def summary_rows(measures: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return label and value of the measures of one run, in words.

    Parameters
    ----------
    measures
        As for `summary_table`.
    """
    return [(table_label(name), value_text(name, float(value))) for name, value in measures.items()]


def _interval(row: "pd.Series[float]", name: str) -> str:
    mean, low, high = (float(row[f"{name}_{part}"]) for part in ("mean", "low", "high"))
    text = estimate_text(name, mean, low, high)
    defined = row.get(f"{name}_n", row["runs"])
    return f"{text} (n = {int(defined):,})" if defined < row["runs"] and text != MISSING else text


def _notes(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what a reader has to know of the cells of a sweep's table."""
    cells = [cell for row in rows for cell in row]
    notes = [SOME_RUNS] if any("(n = " in cell for cell in cells) else []
    return notes + ([UNDEFINED_POINT] if MISSING in cells else [])


def sweep_cells(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] | None = None
) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the table of a sweep, in words.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    """
    shown = shown_measures(summary, measures)
    heads = [*map(factor_label, factors), "Runs", *map(table_label, shown)]
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
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] | None = None
) -> Table:
    """Return the design points of a sweep as a table for the screen, with 95 % intervals.

    Parameters
    ----------
    summary
        One row a design point, from `sim.experiment.summarise`.
    factors
        Columns of the factors.
    measures
        Which measures to show; None = the key measures.
    """
    heads, rows = sweep_cells(summary, factors, measures)
    table = Table(title=TITLE, title_justify="left", box=None, pad_edge=False)
    for head in heads:
        table.add_column(escape(head), justify="right")
    for row in rows:
        table.add_row(*map(escape, row))
    if notes := _notes(rows):
        table.caption = "\n".join(notes)
        table.caption_justify = "left"
    return table


def sweep_markdown(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] | None = None
) -> str:
    """Return the design points of a sweep as a Markdown table, with 95 % intervals.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    """
    heads, rows = sweep_cells(summary, factors, measures)
    lines = [heads, ["---:"] * len(heads), *rows]
    text = "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)
    return "\n\n".join((TITLE, text, *_notes(rows))) + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def sweep_csv(
    summary: pd.DataFrame, factors: Sequence[str], measures: Sequence[str] | None = None
) -> str:
    """Return the design points of a sweep as comma-separated values, rounded as on the screen.

    The first row holds the keys of the factors and `<measure>_mean`, `_low` and `_high`, and `_n`
    (the runs that the mean is of) where a measure is undefined in some run; what is undefined is
    empty.

    Parameters
    ----------
    summary, factors, measures
        As for `sweep_table`.
    """
    shown = shown_measures(summary, measures)
    columns = [f"{name}_{part}" for name in shown for part in ("mean", "low", "high")]
    digits = [measure_digits(name) + 1 for name in shown for _ in range(3)]
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    counts = [f"{name}_n" for name in shown if f"{name}_n" in summary]
    writer.writerow([*factors, "runs", *columns, *counts])
    for _, row in summary.iterrows():
        numbers = [
            "" if np.isnan(row[name]) else f"{row[name]:.{places}f}"
            for name, places in zip(columns, digits, strict=True)
        ]
        of = [int(row[name]) for name in counts]
        writer.writerow([*(row[factor] for factor in factors), int(row["runs"]), *numbers, *of])
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
    for _, row in components.iterrows():
        table.add_row(*map(escape, _components_cells(row)))
    table.caption = (
        "Variance of single runs, split by analysis of variance with random effects: between "
        "design points (inputs) and within them (chance of a run)."
    )
    table.caption_justify = "left"
    return table


def _components_cells(row: "pd.Series[Any]") -> list[str]:
    """Write where the spread of a measure comes from, in one unit."""
    name = str(row["measure"])
    mean, low, high, *deviations = (
        float(row[part]) for part in ("mean", "low", "high", "sd_inputs", "sd_chance")
    )
    share, least, most = (float(row[part]) for part in ("input_share", "share_low", "share_high"))
    scale = scale_of(name, mean, low, high)
    return [
        table_label(name),
        value_text(name, mean, scale),
        scale.join(f"{scale.number(low)} to {scale.number(high)}"),
        *(scale.join(scale.number(deviation, more=1)) for deviation in deviations),
        estimate_text("share", share, least, most),
    ]


def write_sweep_tables(
    summary: pd.DataFrame,
    factors: Sequence[str],
    path: Path,
    measures: Sequence[str] | None = None,
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
