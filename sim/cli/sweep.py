"""`ceasefire sweep`: a grid of runs, its summary and its figures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd

    from sim.experiment import SweepDesign
    from sim.geography import ContactLine


ALL_FAILED = 1
MOST_ROWS = 60
"""Design points that are printed; the tables that are written hold all."""
UNCERTAIN = ("random", "latin_hypercube", "sobol")
"""Designs whose points are a sample of what is not known."""


def add(commands: types.Commands) -> None:
    """Add `ceasefire sweep`."""
    sweep = types.add(
        commands,
        "sweep",
        "run a grid of scenarios, each with several seeds",
        "Run a scenario over a grid of values, each point with the same seeds. Prints and writes "
        "means with 95 % intervals (the run is the unit), figures, and every run as Parquet. The "
        "same command resumes an interrupted sweep.",
    )
    sweep.add_argument("sweep", metavar="SWEEP", type=Path, help="sweep file (TOML)")
    types.add_workers(sweep)
    sweep.add_argument(
        "--dry-run",
        action="store_true",
        help="time a few runs, estimate the time and disk space of the sweep, and write nothing",
    )
    sweep.add_argument(
        "--run-limit",
        type=types.seconds_above_0,
        default=3600.0,
        metavar="S",
        help="seconds after which a run counts as failed (default: 3600)",
    )
    sweep.add_argument(
        "--threads",
        action="store_true",
        help="threads of one process instead of processes: starts sooner, but a run that hangs or "
        "crashes stops the sweep",
    )
    sweep.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="make the runs on a Dask cluster, such as tcp://host:8786, or local for one of this "
        "machine's own",
    )
    sweep.add_argument(
        "--shard",
        metavar="I/N",
        help="make the i-th of n parts of the runs only, for arrays of jobs; join them with merge",
    )
    sweep.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar="MEASURE=HALF",
        help="make replications of each point until the 95 %% interval of the measure is no wider "
        "than this to either side, as detection_rate=0.01; may be given several times",
    )
    sweep.add_argument(
        "--max-replications",
        type=types.replications,
        default=1000,
        metavar="N",
        help="maximum replications per point, with --precision (default: 1000)",
    )
    types.add_measures(sweep, "those of the sweep file; these are added to it")
    sweep.add_argument("--retry-failed", action="store_true", help="repeat failed runs")
    sweep.add_argument(
        "--out",
        type=types.place_of,
        metavar="DIR",
        help="directory or URL for the results (default: outputs/<sweep>)",
    )


def execute(options: argparse.Namespace) -> int:
    """Run a sweep, or what is missing of it, and write its results.

    Parameters
    ----------
    options
        ``sweep``, ``workers``, ``threads``, ``run_limit``, ``dask``, ``shard``, ``retry_failed``,
        ``precision``, ``max_replications``, ``measures``, ``window``, ``out`` and ``quiet``.

    Returns
    -------
    int
        Exit status: 0, or 1 if every run failed.
    """
    from sim.cli import status
    from sim.cli.common import (
        OUTPUTS,
        announce_compilation,
        naming,
        show,
        show_paths,
        tell_failures,
        tell_notes,
    )
    from sim.errors import InputError
    from sim.experiment import perform, summarise_results
    from sim.experiment.merge import sweep_status
    from sim.experiment.precision import perform_to_precision
    from sim.experiment.shard import Shard
    from sim.experiment.store import seal_tables
    from sim.files import staging, write_json
    from sim.output import sweep_table, write_sweep_tables
    from sim.output.html.content import SOURCES
    from sim.output.tables import components_table

    design, targets = _load(options)
    if options.dry_run:
        return _tell_estimate(options, design)
    shard = None if options.shard is None else Shard.parse(options.shard)
    name = options.sweep.stem + (f"-shard-{shard.number}-of-{shard.of}" if shard else "")
    out = options.out or OUTPUTS / name
    if not options.quiet:
        with naming(options.sweep, options):
            tell_notes(*_lines(design))
        announce_compilation()
    if targets and shard is not None:
        message = "--shard: a shard does not see all runs of a point, so it takes no --precision"
        raise InputError(message)
    with naming(options.sweep, options), _executor(options) as (pool, workers):
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
    factors = list(design.columns)
    failed, good = int(summary["failed"].sum()), int(summary["runs"].sum())
    tell_failures(failed, failed + good, report.first_error)
    if good == 0:
        return ALL_FAILED
    with staging(out) as folder:
        summary.to_csv(folder / "summary.csv", index=False)
        summary.to_parquet(folder / "summary.parquet", index=False)
        write_sweep_tables(summary, factors, folder / "table", design.shown)
        write_json(folder / SOURCES, {str(options.sweep): _sources(options.sweep, design)})
        components = _draw(design, summary, out, folder)
        names = sorted(file.name for file in folder.iterdir())
    seal_tables(out, names)
    if not options.quiet:
        if len(summary) <= MOST_ROWS:
            show(sweep_table(summary, factors, design.shown))
        if components is not None:
            show(components_table(components))
        show_paths([*(out / name for name in names), out / "manifest.json", out / "runs"])
    return 0


def _lines(design: SweepDesign) -> Iterator[ContactLine]:
    """Read the contact lines of the design: one, unless the line is varied."""
    from sim.experiment.design import DesignPoint
    from sim.setup.plan import load_line

    keys = [key for key in design.columns if key.startswith("line.") or key == "variant"]
    different: dict[str, DesignPoint] = {}
    for point in design.points():
        different.setdefault(str([point.levels[key] for key in keys]), point)
        if not keys:
            break
    for point in different.values():
        yield load_line(design.scenario_at(point))


def _load(options: argparse.Namespace) -> tuple[SweepDesign, dict[str, float]]:
    """Return the design, with the measures that the command line adds, and the precision asked."""
    from sim.cli.common import asked_measures
    from sim.experiment import SweepDesign
    from sim.experiment.precision import read_precision
    from sim.results.measures import key_measures

    design = SweepDesign.load(options.sweep)
    targets = read_precision(options.precision)
    asked = [name for name in targets if "[" in name]
    if options.measures or options.window:
        asked += asked_measures(options, [design.scenario], key_measures)
    return (design.with_measures(asked) if asked else design), targets


def _sources(path: Path, design: SweepDesign) -> dict[str, str]:
    """Return the comments beside the values of the scenario, and beside those the design sets."""
    from sim.scenario.comments import value_comments
    from sim.scenario.loading import read_toml

    comments: dict[str, str] = {}
    if isinstance(name := read_toml(path).get("scenario"), str):
        comments = value_comments(path.parent / name)
    for key in (*design.constants, *design.columns):
        comments = {k: v for k, v in comments.items() if k != key and not k.startswith(f"{key}.")}
    own = value_comments(path)
    table = "constants."
    return comments | {k.removeprefix(table): v for k, v in own.items() if k.startswith(table)}


def _draw(
    design: SweepDesign, summary: pd.DataFrame, out: Path, folder: Path
) -> pd.DataFrame | None:
    """Draw what suits the design; of samples return where the spread comes from."""
    from sim.experiment import load_results
    from sim.experiment.components import split_runs
    from sim.output import draw_sweep_figures
    from sim.output.figures.scatter import draw_scatters

    factors = list(design.columns)
    if design.design == "grid":
        draw_sweep_figures(summary, factors, folder, design.shown)
        return None
    draw_scatters(summary, list(design.factors) or factors, folder, design.shown)
    if design.design not in UNCERTAIN or design.replications < 2:
        return None
    runs = load_results(out, columns=list(design.shown))
    components = split_runs(runs, design.shown, common_seeds=design.seeds == "common")
    components.to_csv(folder / "components.csv", index=False)
    return components if len(components) else None


def _tell_estimate(options: argparse.Namespace, design: SweepDesign) -> int:
    """Say what the sweep will take, and make none of it."""
    from sim.cli.common import announce_compilation, naming
    from sim.experiment.estimate import estimate
    from sim.experiment.executors import available_cpus

    workers = options.workers or available_cpus()
    if not options.quiet:
        announce_compilation()
    with naming(options.sweep):
        found = estimate(design, workers)
    fast, slow = (1e3 * seconds for seconds in found.run_seconds)
    print(
        f"{found.points:,} design points x {design.replications:,} replications = "
        f"{found.runs:,} runs\n"
        f"time: about {words_of_seconds(found.seconds)} with {workers} workers "
        f"({fast:.3g} to {slow:.3g} ms a run where tried)\n"
        f"disk: about {found.megabytes:,.1f} MB\n"
        "nothing was written"
    )
    return 0


def words_of_seconds(seconds: float) -> str:
    """Say a time in a unit that suits it."""
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2.0 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} seconds"


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int]]:
    """Open what the runs are made on, with how many are made at a time."""
    from sim.experiment.executors import available_cpus, dask_cluster, worker_processes

    workers = options.workers or available_cpus()
    if options.dask is not None:
        with dask_cluster(options.dask) as found:
            yield found
    elif options.threads:
        yield None, workers
    else:
        with worker_processes(workers, options.run_limit) as pool:
            yield pool, workers
