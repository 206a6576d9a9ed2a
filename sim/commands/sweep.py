"""`ceasefire sweep`: a grid of runs, its summary and its figures."""

import argparse
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from sim.commands import status
from sim.commands.common import (
    OUTPUTS,
    announce_compilation,
    naming,
    show,
    show_paths,
    tell_failures,
)
from sim.errors import InputError
from sim.experiment import SweepDesign, perform, summarise_results
from sim.experiment.executors import available_cpus, dask_cluster, worker_processes
from sim.experiment.merge import sweep_status
from sim.experiment.precise import perform_to_precision
from sim.experiment.precision import read_precision
from sim.experiment.shard import Shard
from sim.files import staging
from sim.report import draw_sweep_figures, sweep_table, write_sweep_tables

ALL_FAILED = 1


def execute(options: argparse.Namespace) -> int:
    """Run a sweep, or what is missing of it, and write its results.

    Parameters
    ----------
    options
        ``sweep``, ``workers``, ``threads``, ``run_limit``, ``dask``, ``shard``, ``retry_failed``,
        ``precision``, ``max_replications``, ``out`` and ``quiet``.

    Returns
    -------
    int
        Exit status: 0, or 1 if every run failed.
    """
    design = SweepDesign.load(options.sweep)
    shard = None if options.shard is None else Shard.parse(options.shard)
    name = options.sweep.stem + (f"-shard-{shard.number}-of-{shard.of}" if shard else "")
    out = options.out or OUTPUTS / name
    if not options.quiet:
        announce_compilation()
    targets = read_precision(options.precision)
    if targets and shard is not None:
        message = "--shard: a shard does not see all runs of a point, so it takes no --precision"
        raise InputError(message)
    with naming(options.sweep), _executor(options) as (pool, workers):
        how: dict[str, Any] = {
            "workers": workers,
            "executor": pool,
            "progress": not options.quiet,
            "retry_failed": options.retry_failed,
        }
        if targets:
            report = perform_to_precision(design, out, targets, options.max_replications, **how)
        else:
            report = perform(design, out, shard=shard, **how)
    if shard is not None:
        tell_failures(report.n_failed, report.n_made, report.first_error)
        status.tell(sweep_status(out), out, quiet=options.quiet)
        return 0
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


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int]]:
    """Open what the runs are made on, with how many are made at a time."""
    workers = options.workers or available_cpus()
    if options.dask is not None:
        with dask_cluster(options.dask) as found:
            yield found
    elif options.threads:
        yield None, workers
    else:
        with worker_processes(workers, options.run_limit) as pool:
            yield pool, workers
