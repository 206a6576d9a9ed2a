"""Runs of forces: every force meets the same seeds (common random numbers)."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.errors import InputError
from sim.experiment.engine import Engine, Plan
from sim.scenario import Scenario
from sim.sizing.requirements import value_of_run


class Trials:
    """Makes the runs of variants of a scenario, and keeps what they gave.

    Parameters
    ----------
    scenario
        The scenario that is varied.
    measures
        Names of the measures that are kept.
    engine
        Makes plans and runs.
    pool
        Where runs are made.
    first_seed
        Seed of the first run of every variant; the next ones follow.
    beside
        Names of measures that are kept where the engine gives them, and are NaN where not.
    """

    def __init__(
        self,
        scenario: Scenario,
        measures: Sequence[str],
        engine: Engine,
        pool: Executor,
        first_seed: int,
        beside: Sequence[str] = (),
    ) -> None:
        self.first_seed = first_seed
        self.runs = 0
        """Runs made so far."""
        self._scenario = scenario
        self._needed = tuple(dict.fromkeys(measures))
        self._beside = tuple(name for name in beside if name not in self._needed)
        self._engine = engine
        self._pool = pool
        self._rows: dict[tuple[tuple[str, Any], ...], list[list[float]]] = {}

    def values(self, changes: Mapping[str, Any], runs: int) -> dict[str, Floats]:
        """Return the measures of the first runs of a variant; those that are missing are made.

        Parameters
        ----------
        changes
            Values by scenario key.
        runs
            How many runs.

        Returns
        -------
        dict
            By measure one value a run, in the order of seeds, shape (runs,); infinite for a time
            that is never reached, NaN where there was nothing to measure.

        Raises
        ------
        InputError
            If the variant is not allowed, or a run of it fails.
        """
        rows = self._rows.setdefault(tuple(sorted(changes.items())), [])
        if len(rows) < runs:
            plan = self._engine.prepare(self._scenario.with_values(changes, source="--vary"))
            seeds = range(self.first_seed + len(rows), self.first_seed + runs)
            rows += self._pool.map(partial(self._run, plan), seeds)
            self.runs += len(seeds)
        table = np.array(rows[:runs])
        return {name: table[:, column] for column, name in enumerate(self._needed + self._beside)}

    def _run(self, plan: Plan, seed: int) -> list[float]:
        try:
            measures = self._engine.run(plan, seed)
        except Exception as error:
            raise InputError(f"the run with seed {seed} failed: {error}") from error
        values = [value_of_run(name, measures) for name in self._needed]
        return values + [float(measures.get(name, np.nan)) for name in self._beside]
