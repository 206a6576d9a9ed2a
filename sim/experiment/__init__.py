"""Experiments: scenarios side by side, or one over a grid of values, all with the same seeds."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import mesa  # noqa: F401 - loading it costs less where few calls lie below: it looks into them all
import pandas as pd

from sim.errors import InputError
from sim.experiment.comparison import Comparison, compare, compare_runs
from sim.experiment.design import DesignPoint, SweepDesign
from sim.experiment.engine import Engine, RunFunction, compiled_engine
from sim.experiment.runner import (
    SweepReport,
    perform,
    perform_in_memory,
    summarise_results,
)
from sim.experiment.store import ResultStore, load_results
from sim.experiment.summary import summarise
from sim.scenario import Scenario
from sim.statistics.intervals import (
    Interval,
    mean_interval,
    paired_difference,
    quantile_interval,
    wilson_interval,
)

__all__ = [
    "Comparison",
    "DesignPoint",
    "Engine",
    "Interval",
    "ResultStore",
    "RunFunction",
    "SweepDesign",
    "SweepReport",
    "compare",
    "compare_runs",
    "compiled_engine",
    "load_results",
    "mean_interval",
    "paired_difference",
    "perform",
    "quantile_interval",
    "summarise",
    "summarise_results",
    "sweep",
    "wilson_interval",
]

DEFAULT_REPLICATIONS = 20


def sweep(
    design: SweepDesign | str | Path | None = None,
    *,
    scenario: Scenario | str | Path | None = None,
    factors: Mapping[str, Iterable[Any] | Mapping[str, float]] | None = None,
    constants: Mapping[str, Any] | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    first_seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    out: str | Path | None = None,
    progress: bool = False,
    engine: Engine | None = None,
) -> pd.DataFrame:
    """Run a scenario over a grid of values.

    Either `design` is given, or `scenario` with what is varied.

    Parameters
    ----------
    design
        A design, or the TOML file of one.
    scenario
        The scenario that is varied, or the TOML file of one.
    factors
        By dotted scenario key: the values, or ``{"from": 10, "to": 40, "step": 10}``.
    constants
        Values by dotted scenario key that hold for the whole sweep.
    replications
        Runs per design point.
    first_seed
        Seed of the first replication; the next ones follow, the same at every point.
    workers
        Runs made at a time; None = one a processor.
    executor
        Any `concurrent.futures.Executor`, such as a cluster's; None for threads of this process.
    out
        Directory that keeps the results run by run; the same call takes up an interrupted
        sweep. None = keep nothing.
    progress
        Show progress on stderr.
    engine
        Functions that make a plan and run it; None = the simulation's own.

    Returns
    -------
    DataFrame
        One row a run, by point and replication: ``point``, ``replication``, ``seed``, the
        factors, the measures (NaN where undefined), ``error`` (empty where the run went well).

    Raises
    ------
    InputError
        If the design or one of its points is not allowed, or `out` holds something else.

    Examples
    --------
    >>> factors = {"monitors.male.count": [10, 20]}
    >>> runs = sweep(scenario="configs/minimal.toml", factors=factors)  # doctest: +SKIP
    >>> summarise(runs, list(factors))  # doctest: +SKIP
    """
    if design is None:
        design = _make_design(scenario, factors, constants, replications, first_seed)
    elif (scenario, factors, constants) != (None, None, None):
        message = "sweep: give a design, or a scenario with factors, not both"
        raise InputError(message)
    elif not isinstance(design, SweepDesign):
        design = SweepDesign.load(design)
    if out is None:
        return perform_in_memory(
            design, engine=engine, workers=workers, executor=executor, progress=progress
        )
    perform(design, out, engine=engine, workers=workers, executor=executor, progress=progress)
    return load_results(out)


def _make_design(
    scenario: Scenario | str | Path | None,
    factors: Mapping[str, Any] | None,
    constants: Mapping[str, Any] | None,
    replications: int,
    first_seed: int,
) -> SweepDesign:
    if scenario is None:
        message = "sweep: a design or a scenario is needed"
        raise InputError(message)
    return SweepDesign.from_dict(
        {
            "scenario": scenario if isinstance(scenario, Scenario) else Scenario.load(scenario),
            "factors": dict(factors or {}),
            "constants": dict(constants or {}),
            "replications": replications,
            "first_seed": first_seed,
        }
    )
