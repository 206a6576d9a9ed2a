"""`ceasefire sweep`: a grid of runs, its summary and its figures."""

import argparse
from pathlib import Path

from sim.commands.common import (
    OUTPUTS,
    announce_compilation,
    naming,
    show,
    show_paths,
    tell_failures,
)
from sim.experiment import SweepDesign, perform, summarise_results
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
    failed, good = int(summary["failed"].sum()), int(summary["runs"].sum())
    tell_failures(failed, failed + good, report.first_error)
    if good == 0:
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
