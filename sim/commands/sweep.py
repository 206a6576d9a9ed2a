"""`ceasefire sweep`: a grid of runs, its summary and its figures."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from sim.commands.common import OUTPUTS, announce_compilation, naming, show, show_paths
from sim.experiment import SweepDesign, SweepReport, perform, summarise_results
from sim.files import staging
from sim.report import draw_sweep_figures, sweep_table, write_sweep_tables

ALL_FAILED = 1


def execute(options: argparse.Namespace) -> int:
    """Run a sweep, or what is missing of it, and write its results.

    Parameters
    ----------
    options
        ``sweep``, ``workers``, ``out`` and ``quiet``.

    Returns
    -------
    int
        Exit status: 0, or 1 if every run failed.
    """
    design = SweepDesign.load(options.sweep)
    out = Path(options.out or OUTPUTS / options.sweep.stem)
    if not options.quiet:
        announce_compilation()
    with naming(options.sweep):
        report = perform(design, out, workers=options.workers, progress=not options.quiet)
    summary = summarise_results(out, design)
    factors = list(design.factors)
    tell_failures(report, summary)
    if not summary["runs"].any():
        return ALL_FAILED
    with staging(out) as folder:
        summary.to_csv(folder / "summary.csv", index=False)
        summary.to_parquet(folder / "summary.parquet", index=False)
        draw_sweep_figures(summary, factors, folder)
        write_sweep_tables(summary, factors, folder / "table")
        names = sorted(file.name for file in folder.iterdir())
    if not options.quiet:
        show(sweep_table(summary, factors))
        show_paths([*(out / name for name in names), out / "manifest.json", out / "runs"])
    return 0


def tell_failures(report: SweepReport, summary: pd.DataFrame) -> None:
    """Say on stderr how many runs failed, and why the first one did."""
    failed = int(summary["failed"].sum())
    if failed == 0:
        return
    total = failed + int(summary["runs"].sum())
    reason = f"; the first: {report.first_error}" if report.first_error else ""
    print(f"ceasefire: {failed:,} of {total:,} runs failed{reason}", file=sys.stderr)
