"""`ceasefire sensitivity`: which factors the results of a sweep hang on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import types

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def add(commands: types.Commands) -> None:
    """Add `ceasefire sensitivity`."""
    sensitivity = types.add(
        commands,
        "sensitivity",
        "show which factors drive the results of a sweep",
        "Analyse a finished sweep of a morris or saltelli design: Morris screening or Sobol "
        "indices with 95 % intervals, as a table and a ranked figure for each measure.",
    )
    sensitivity.add_argument(
        "directory", metavar="DIR", type=types.place_of, help="directory of a sweep"
    )
    sensitivity.add_argument(
        "--measure",
        action="append",
        metavar="NAME",
        help="a measure to analyse; may be given several times (default: detection rate, response "
        "time and answered share)",
    )
    sensitivity.add_argument(
        "--out",
        type=types.place_of,
        metavar="DIR",
        help="directory for table and figures (default: sensitivity in DIR)",
    )


def execute(options: argparse.Namespace) -> int:
    """Analyse a finished sweep and write a table and a figure for each measure.

    Returns
    -------
    int
        Exit status: 0.
    """
    from sim.cli.common import show, show_paths
    from sim.experiment.design import SweepDesign
    from sim.experiment.merge import sweep_status
    from sim.experiment.sensitivity import measure_faults
    from sim.experiment.store import sweep_manifest
    from sim.files import staging
    from sim.output.figures.indices import draw_indices
    from sim.output.figures.style import save_figure
    from sim.output.labels import file_stem
    from sim.output.values import table_label

    status = sweep_status(options.directory)
    usual = SweepDesign.from_manifest(sweep_manifest(options.directory)["design"]).shown
    found = _analyse(options.directory, options.measure, usual)
    faults = measure_faults(options.directory, options.measure or usual)
    note = f"{status.points:,} points, {status.replications:,} runs each."
    out = options.out or options.directory / "sensitivity"
    drawn = [name for name in dict.fromkeys(found["measure"]) if name not in faults]
    with staging(out) as folder:
        found.to_csv(folder / "sensitivity.csv", index=False)
        for measure in drawn:
            save_figure(draw_indices(found, measure, note), folder / file_stem(measure))
        names = sorted(file.name for file in folder.iterdir())
    if not options.quiet:
        show(*(_table(found, measure) for measure in drawn))
        for name, fault in faults.items():
            print(f"{table_label(name)} ({name}): {_words(fault, named=bool(options.measure))}")
        show_paths([out / name for name in names])
    return 0


def _analyse(directory: Path, measures: Sequence[str] | None, usual: Sequence[str]) -> pd.DataFrame:
    """Analyse the measures that were named; else those of the default that can be, or all."""
    from sim.experiment.sensitivity import sensitivity

    if measures:
        return sensitivity(directory, measures)
    found = sensitivity(directory)
    default = found[found["measure"].isin(usual)]
    return default if len(default) else found


def _words(fault: str, *, named: bool) -> str:
    return fault if named else f"left out: {fault}"


def _table(found: pd.DataFrame, measure: str) -> Table:
    from rich.table import Table

    from sim.output.labels import capital, factor_label
    from sim.output.values import scale_of, table_label, value_text

    own = found[found["measure"] == measure].dropna(axis=1)
    table = Table(title=table_label(measure), title_justify="left", box=None)
    table.add_column("factor")
    columns = [str(name) for name in own if name not in ("measure", "factor")]
    for name in columns:
        table.add_column(name.replace("_half", " ±"), justify="right")
    # shares of the variance are no values of the measure
    told = "share" if {"first", "total"} & set(columns) else measure
    scale = scale_of(told, *own[columns].to_numpy(dtype=float).ravel())
    for _, row in own.iterrows():
        cells = [value_text(told, float(row[name]), scale) for name in columns]
        table.add_row(capital(factor_label(str(row["factor"]))), *cells)
    return table
