"""Comparing scenarios: each run with the same seeds, the differences taken seed by seed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.experiment.design import DesignPoint
from sim.experiment.engine import Engine, compiled_engine
from sim.experiment.pairing import pairing_notes
from sim.experiment.runner import perform_in_memory
from sim.results.measures import (
    find_measure,
    further_requests,
    headline,
    measure_scale,
    parse_request,
)
from sim.scenario import Scenario
from sim.statistics.intervals import CONFIDENCE, mean_interval, paired_difference

DEFAULT_REPLICATIONS = 40
LAST_FIRST_SEED = 2**53
"""As for sweeps."""


@dataclass(frozen=True)
class ComparisonDesign:
    """Scenarios by label, each run with the same seeds (common random numbers)."""

    scenarios: Mapping[str, Scenario]
    """The first one is the reference."""
    replications: int
    first_seed: int
    requests: tuple[str, ...] = ()
    """Measures of parts of the violations that each run is asked for."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The one thing that differs: which scenario."""
        return ("scenario",)

    @property
    def n_points(self) -> int:
        """Number of scenarios."""
        return len(self.scenarios)

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return self.n_points * self.replications

    def points(self) -> Iterator[DesignPoint]:
        """Go through the scenarios."""
        for number, label in enumerate(self.scenarios):
            yield DesignPoint(number, {"scenario": label})

    def scenario_at(self, point: DesignPoint) -> Scenario:
        """Return the scenario of a design point."""
        return self.scenarios[point.levels["scenario"]]

    def seed(self, point: int, replication: int) -> int:  # noqa: ARG002 - the same for every one
        """Return the seed of a replication, the same for every scenario."""
        return self.first_seed + replication


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios run with the same seeds, and how they differ from the first."""

    scenarios: Mapping[str, Scenario]
    """By label; the first one is the reference."""
    runs: pd.DataFrame
    """One row a run: `scenario`, `seed`, all measures, `error` (empty where it went well)."""
    table: pd.DataFrame
    """One row a scenario and measure, as from `compare_runs`."""
    notes: tuple[str, ...]
    """What the reader should know of the scenarios, a line each."""

    @property
    def reference(self) -> str:
        """Label of the scenario that the others are compared with."""
        return next(iter(self.scenarios))


def compare(
    scenarios: Mapping[str, Scenario | str | Path] | Iterable[str | Path],
    *,
    measures: Sequence[str] | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    first_seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    engine: Engine | None = None,
) -> Comparison:
    """Run scenarios with the same seeds and estimate how they differ from the first.

    Parameters
    ----------
    scenarios
        Two or more, by label: scenarios or their TOML files. Without labels, files, which are
        labelled by their names.
    measures
        Names of the measures to compare, also of parts of the violations, such as
        `detection_rate[kind=shelling]`; None = the headline of the scenarios.
    replications
        Runs per scenario.
    first_seed
        Seed of the first run; the next ones follow, the same for every scenario.
    workers
        Runs made at a time; None = one a processor. The results do not depend on it.
    executor
        Any `concurrent.futures.Executor`; None for threads of this process.
    progress
        Show progress on stderr.
    engine
        Functions that make a plan and run it; None = the simulation's own.

    Returns
    -------
    Comparison
        The runs, and means and paired differences with 95 % intervals.

    Raises
    ------
    InputError
        If there are fewer than two scenarios, one stands there twice or is not allowed, or a
        measure is not known.

    Examples
    --------
    >>> found = compare(["few.toml", "many.toml"], replications=20)  # doctest: +SKIP
    >>> found.table[["scenario", "measure", "difference"]]  # doctest: +SKIP
    """
    loaded = load_scenarios(scenarios)
    names = check_measures(headline(loaded.values()) if measures is None else measures)
    requests = further_requests(names, loaded.values())
    _check_seeds(replications, first_seed)
    engine = engine or compiled_engine(requests)
    _check_plans(loaded, engine)
    design = ComparisonDesign(loaded, replications, first_seed, requests)
    rows = perform_in_memory(
        design, engine=engine, workers=workers, executor=executor, progress=progress
    )
    others = [name for name in rows if name not in ("point", "replication", "scenario")]
    runs = rows[["scenario", *others]]
    table = compare_runs(runs, [name for name in names if name in runs])
    return Comparison(loaded, runs, table, tuple(pairing_notes(loaded)))


def compare_runs(runs: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """Estimate means by scenario and, paired by seed, their differences to the first scenario.

    Parameters
    ----------
    runs
        One row a run: `scenario`, `seed` and the measures (NaN where undefined).
    measures
        Columns to compare; one that is undefined in every run is left out.

    Returns
    -------
    DataFrame
        One row a measure and scenario: `scenario`, `measure`, `unit`, `n` (runs in which it is
        defined), `mean`, `low`, `high`, `pairs` (seeds for which it is defined in both runs),
        `unequal` (pairs that differ), `difference`, `difference_low`, `difference_high`, with
        intervals of 95 % that stay where means and differences can be
        (`sim.statistics.intervals`). The reference has no pairs and no difference.
    """
    labels = list(dict.fromkeys(runs["scenario"]))
    by_seed = runs.set_index(["seed", "scenario"])
    rows = []
    for name in measures:
        values = by_seed.loc[:, name].unstack("scenario")[labels]  # noqa: PD010 - nothing to pool
        if values.notna().to_numpy().any():
            rows += [_row(values, label, name) for label in labels]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    *("scenario", "measure", "unit", "n", "mean", "low", "high"),
    *("pairs", "unequal", "difference", "difference_low", "difference_high"),
)


def _row(values: pd.DataFrame, label: str, name: str) -> dict[str, Any]:
    """Return the row of a scenario; `values` has a row a seed and a column a scenario."""
    reference, own = (
        column.to_numpy(dtype=np.float64) for column in (values.iloc[:, 0], values[label])
    )
    is_reference = label == values.columns[0]
    # Of the reference there is nothing to compare: a difference to itself would look like one.
    before = np.full_like(reference, np.nan) if is_reference else reference
    scale, measure = measure_scale(name), find_measure(name)
    mean = mean_interval(own, CONFIDENCE, scale)
    difference = paired_difference(before, own, CONFIDENCE, scale)
    unit = measure.unit if measure else ""
    paired = ~np.isnan(before) & ~np.isnan(own)
    pairs, unequal = int(paired.sum()), int((before != own)[paired].sum())
    n = int((~np.isnan(own)).sum())
    cells = (label, name, unit, n, *mean, pairs, unequal, *difference)
    return dict(zip(_COLUMNS, cells, strict=True))


def check_measures(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of measures, each once and in one spelling.

    Raises
    ------
    InputError
        If one is not known, or there is none.
    """
    found = dict.fromkeys(str(parse_request(name)) for name in names)
    if not found:
        message = "no measure is named"
        raise InputError(message)
    return tuple(found)


def load_scenarios(
    scenarios: Mapping[str, Scenario | str | Path] | Iterable[str | Path],
) -> dict[str, Scenario]:
    """Load scenarios that are to be compared; see `compare`."""
    if isinstance(scenarios, str | Path):
        scenarios = [scenarios]
    if not isinstance(scenarios, Mapping):
        scenarios = label_files([Path(path) for path in scenarios])
    if len(scenarios) < 2:
        raise InputError(f"{len(scenarios)} scenario given: a comparison takes two or more")
    seen: dict[Path, str] = {}
    for label, given in scenarios.items():
        if isinstance(given, Scenario):
            continue
        if (path := Path(given).resolve()) in seen:
            raise InputError(f"{given}: stands there twice; a comparison takes different files")
        seen[path] = label
    return {
        label: given if isinstance(given, Scenario) else Scenario.load(given)
        for label, given in scenarios.items()
    }


def label_files(paths: Sequence[Path]) -> dict[str, Path]:
    """Label files by their names without ending; equal ones get a number: `base`, `base-2`."""
    labelled: dict[str, Path] = {}
    for path in paths:
        label, number = path.stem, 1
        while label in labelled:
            number += 1
            label = f"{path.stem}-{number}"
        labelled[label] = path
    return labelled


def _check_seeds(replications: int, first_seed: int) -> None:
    if replications < 1:
        raise InputError(f"replications = {replications}: must be >= 1")
    if not 0 <= first_seed <= LAST_FIRST_SEED:
        raise InputError(f"first_seed = {first_seed}: must be from 0 to {LAST_FIRST_SEED}")


def _check_plans(scenarios: Mapping[str, Scenario], engine: Engine) -> None:
    """Refuse a scenario that does not fit its line before any run is made."""
    for label, scenario in scenarios.items():
        try:
            engine.prepare(scenario)
        except InputError as error:
            raise InputError(f"{label}: {error}") from None
