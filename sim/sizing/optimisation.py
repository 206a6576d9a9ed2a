"""A search for good forces under several aims, with Optuna.

Every force meets the same seeds. The values of the forces that look best are flattered by the
search (it prefers those the seeds favoured), so the front is run again with seeds of its own.

References
----------
Akiba, T., Sano, S., Yanase, T., Ohta, T. and Koyama, M. (2019), Optuna: a next-generation
hyperparameter optimization framework, Proceedings of KDD 2019, 2623-2631.
Deb, K., Pratap, A., Agarwal, S. and Meyarivan, T. (2002), A fast and elitist multiobjective
genetic algorithm: NSGA-II, IEEE Transactions on Evolutionary Computation 6, 182-197.
Ozaki, Y., Tanigaki, Y., Watanabe, S. and Onishi, M. (2020), Multiobjective tree-structured Parzen
estimator, Proceedings of GECCO 2020, 533-541.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Flags, Floats
from sim.errors import InputError
from sim.experiment.engine import Engine, compiled_engine
from sim.experiment.executors import available_cpus, open_executor
from sim.results.measures import further_requests
from sim.scenario import Scenario
from sim.sizing.cost import Cost
from sim.sizing.factors import Factor, read_factor
from sim.sizing.given import condition, read_given
from sim.sizing.requirements import Statistic, read_statistic, statistic_of
from sim.sizing.trials import Trials

COST = "cost"
SAMPLERS = ("nsga2", "tpe")
DEFAULT_TRIALS = 100
DEFAULT_REPLICATIONS = 10
CHECK_RUNS = 2
"""Runs that check the front, in multiples of those of the search."""
FRESH = "_fresh"
"""Ending of the columns with values from the seeds of the check."""


@dataclass(frozen=True)
class Objective:
    """An aim: a statistic of the runs, or the cost where it is None."""

    text: str
    statistic: Statistic | None
    maximise: bool


@dataclass(frozen=True, eq=False)
class Optimum:
    """What a search under several aims found."""

    factors: tuple[Factor, ...]
    objectives: tuple[Objective, ...]
    trials: pd.DataFrame
    """One row a trial: sizes, a column an objective, `on_front`."""
    front: pd.DataFrame
    """The forces that no tested one beats in every aim, by the first aim: sizes, objectives, and
    objectives with `_fresh` from seeds that the search has not seen."""
    replications: int
    first_seed: int
    first_fresh_seed: int
    runs: int
    """Runs made."""
    given: Mapping[str, Any]
    """What all of it is conditional on: values by key."""


def optimise(
    scenario: Scenario | str | Path,
    *,
    vary: Sequence[str],
    maximise: Sequence[str] = (),
    minimise: Sequence[str] = (),
    cost: str | None = None,
    trials: int = DEFAULT_TRIALS,
    replications: int = DEFAULT_REPLICATIONS,
    sampler: str = SAMPLERS[0],
    given: Sequence[str] = (),
    first_seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    engine: Engine | None = None,
) -> Optimum:
    """Search for forces that no other beats in every aim.

    Parameters
    ----------
    scenario
        The scenario, or the TOML file of one.
    vary
        Sizes with their ranges, such as ``monitors.male.count=20:400``.
    maximise, minimise
        Aims: a measure, ``mean(NAME)``, ``pNN(NAME)`` (see
        `sim.sizing.requirements.read_statistic`) or ``cost``.
    cost
        A formula of the sizes.
    trials
        Forces that are tried.
    replications
        Runs of each; those on the front get twice as many again, with other seeds.
    sampler
        What proposes forces: "nsga2" or "tpe".
    given
        Values of the scenario that all of it is conditional on, such as
        ``united_states.engagement=engaged``.
    first_seed
        Seed of the sampler and of the first run of every force.
    workers
        Runs made at a time; None = one a processor. The result does not depend on it.
    executor
        Any `concurrent.futures.Executor`; None for threads of this process.
    engine
        Functions that make a plan and run it; None = the simulation's own.

    Raises
    ------
    InputError
        If Optuna is not installed, something asked cannot be used, or a run fails.
    """
    optuna = load_optuna()
    if not isinstance(scenario, Scenario):
        scenario = Scenario.load(scenario)
    factors = [read_factor(text, scenario) for text in vary]
    values_given = read_given(given)
    scenario = condition(scenario, values_given, factors)
    formula = None if cost is None else Cost(cost, factors)
    objectives = _read_objectives(maximise, minimise, has_cost=formula is not None)
    _check(factors, trials, replications, sampler)
    study = _make_study(optuna, objectives, sampler, first_seed, trials)
    with open_executor(executor, available_cpus() if workers is None else workers) as pool:
        names = [aim.statistic.measure for aim in objectives if aim.statistic]
        used = engine or compiled_engine(further_requests(names, [scenario]))
        values = Valuation(
            scenario, factors, objectives, formula, Trials(scenario, names, used, pool, first_seed)
        )
        table = _search(study, optuna, values, trials, replications)
        fresh_seed = first_seed + replications
        fresh = Trials(scenario, names, used, pool, fresh_seed)
        checks = Valuation(scenario, factors, objectives, formula, fresh)
        front = _check_front(table, checks, CHECK_RUNS * replications)
    runs = values.trials.runs + fresh.runs
    aims = tuple(objectives)
    return Optimum(
        tuple(factors), aims, table, front, replications, first_seed, fresh_seed, runs, values_given
    )


def load_optuna() -> ModuleType:
    """Import Optuna, which only this search needs.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        optuna = import_module("optuna")
    except ModuleNotFoundError:
        message = "optimise needs Optuna: pip install 'ceasefire-sim[optimise]'"
        raise InputError(message) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


@dataclass(frozen=True)
class Valuation:
    """Turns sizes into the values of the aims."""

    scenario: Scenario
    factors: Sequence[Factor]
    objectives: Sequence[Objective]
    cost: Cost | None
    trials: Trials

    def of(self, sizes: dict[str, int], runs: int) -> list[float]:
        """Run a force and return the value of each aim."""
        changes: dict[str, Any] = {}
        for factor in self.factors:
            changes |= factor.values(self.scenario, sizes[factor.key])
        found = self.trials.values(changes, runs)
        return [self._value(objective, sizes, found) for objective in self.objectives]

    def _value(
        self, objective: Objective, sizes: dict[str, int], found: dict[str, Floats]
    ) -> float:
        if objective.statistic is not None:
            return statistic_of(found[objective.statistic.measure], objective.statistic.quantile)
        return self.cost.of(sizes) if self.cost else float("nan")


def _read_objectives(
    maximise: Sequence[str], minimise: Sequence[str], *, has_cost: bool
) -> list[Objective]:
    aims = [(text.strip(), True) for text in maximise] + [
        (text.strip(), False) for text in minimise
    ]
    if not aims:
        message = "no aim is given; --maximise detection_rate, for example"
        raise InputError(message)
    texts = [text for text, _ in aims]
    if twice := next((text for text in texts if texts.count(text) > 1), ""):
        raise InputError(f"{twice}: stands there twice as an aim")
    if COST in texts and not has_cost:
        message = "the aim cost needs a formula (--cost)"
        raise InputError(message)
    return [
        Objective(text, None if text == COST else read_statistic(text), up) for text, up in aims
    ]


def _check(factors: Sequence[Factor], trials: int, replications: int, sampler: str) -> None:
    if not factors:
        message = "nothing varies (--vary)"
        raise InputError(message)
    keys = [factor.key for factor in factors]
    if twice := next((key for key in keys if keys.count(key) > 1), ""):
        raise InputError(f"--vary {twice}: stands there twice")
    if trials < 1 or replications < 1:
        raise InputError(f"trials = {trials}, replications = {replications}: must be >= 1")
    if sampler not in SAMPLERS:
        raise InputError(f"sampler = {sampler!r}: must be {' or '.join(SAMPLERS)}")


def _make_study(
    optuna: ModuleType, objectives: Sequence[Objective], sampler: str, seed: int, trials: int
) -> Any:
    samplers = optuna.samplers
    if sampler == "tpe":
        chosen = samplers.TPESampler(seed=seed % 2**32)
    else:
        # Five generations or more; Optuna's own 50 a generation would make two of 100 trials.
        size = min(50, max(4, trials // 5))
        chosen = samplers.NSGAIISampler(seed=seed % 2**32, population_size=size)
    directions = ["maximize" if aim.maximise else "minimize" for aim in objectives]
    return optuna.create_study(directions=directions, sampler=chosen)


def _search(
    study: Any, optuna: ModuleType, values: Valuation, trials: int, replications: int
) -> pd.DataFrame:
    rows = []
    for _ in range(trials):
        trial = study.ask()
        sizes = {
            f.key: int(trial.suggest_int(f.key, f.levels[0], f.levels[-1], step=f.levels.step))
            for f in values.factors
        }
        found = values.of(sizes, replications)
        if np.isfinite(found).all():
            study.tell(trial, found)
        else:  # a time that is never reached cannot be ranked
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        rows.append(
            {**sizes, **{aim.text: v for aim, v in zip(values.objectives, found, strict=True)}}
        )
    table = pd.DataFrame(rows)
    table["on_front"] = on_front(table, values.objectives)
    return table


def on_front(table: pd.DataFrame, objectives: Sequence[Objective]) -> Flags:
    """Tell which rows no other row beats: as good in every aim and better in one.

    Parameters
    ----------
    table
        A column an objective, by its text.
    objectives
        The aims.

    Returns
    -------
    array of bool
        Shape (rows,). A row with a value that is not finite is never on the front.
    """
    signs = np.array([-1.0 if aim.maximise else 1.0 for aim in objectives])
    loss = table[[aim.text for aim in objectives]].to_numpy(dtype=np.float64) * signs
    is_finite = np.isfinite(loss).all(axis=1)
    rivals = loss[is_finite]
    beaten = [
        bool(((rivals <= row).all(axis=1) & (rivals < row).any(axis=1)).any()) for row in loss
    ]
    unbeaten: Flags = is_finite & ~np.array(beaten, dtype=np.bool_)
    return unbeaten


def _check_front(table: pd.DataFrame, checks: Valuation, runs: int) -> pd.DataFrame:
    keys = [factor.key for factor in checks.factors]
    first = checks.objectives[0].text
    front = table[table["on_front"]].drop(columns="on_front").drop_duplicates(keys)
    front = front.sort_values([first, *keys], ignore_index=True)
    forces = front[keys].to_dict(orient="records")
    fresh = [checks.of({str(k): int(v) for k, v in force.items()}, runs) for force in forces]
    for number, aim in enumerate(checks.objectives):
        if aim.statistic is not None:
            front[f"{aim.text}{FRESH}"] = [values[number] for values in fresh]
    return front
