"""Force sizing from start to end: what is asked, which forces are run, what is claimed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from math import prod
from pathlib import Path

from sim.errors import InputError
from sim.experiment.engine import Engine, compiled_engine
from sim.experiment.executors import available_cpus, open_executor
from sim.results.measures import further_requests
from sim.scenario import Scenario
from sim.sizing.bench import Bench
from sim.sizing.cost import Cost, read_budget
from sim.sizing.factors import Factor, read_factor
from sim.sizing.frontier import Knowledge, search
from sim.sizing.given import condition, read_given
from sim.sizing.question import Question
from sim.sizing.requirements import read_requirement
from sim.sizing.result import Sizing, make_sizing
from sim.sizing.shortfall import BESIDE
from sim.sizing.trials import Trials
from sim.sizing.verdict import FIRST_LOOK, TestPlan

DEFAULT_CONFIDENCE = 0.95
DEFAULT_MOST_RUNS = 320
MOST_CHECKS = 4
"""Forces run in the end, next to those that suffice."""
DEFAULT_MOST_FORCES = 60
"""Forces that are run at most."""
MOST_IN_RANGE = 1_000_000
"""Forces in range at most."""


def size(
    scenario: Scenario | str | Path,
    *,
    require: Sequence[str],
    vary: Sequence[str],
    cost: str | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    max_replications: int = DEFAULT_MOST_RUNS,
    max_forces: int = DEFAULT_MOST_FORCES,
    given: Sequence[str] = (),
    first_seed: int = 1,
    workers: int | None = None,
    executor: Executor | None = None,
    engine: Engine | None = None,
    tell: Callable[[str], None] | None = None,
) -> Sizing:
    """Find the smallest forces that meet requirements, with a stated confidence.

    Parameters
    ----------
    scenario
        The scenario, or the TOML file of one.
    require
        Requirements, such as ``detection_rate >= 0.9`` or ``p90(response_time_min) <= 60``; see
        `sim.sizing.requirements.read_requirement`. With `cost` also ``cost <= 100e6``.
    vary
        One or two sizes with their ranges, such as ``monitors.male.count=20:400``.
    cost
        A formula of the sizes, which must not fall when one grows: the cheapest force is sought.
        None = the whole frontier.
    confidence
        Chance that all findings of all forces that are run are right.
    max_replications
        Runs of one force at most; one that is then open stays undecided.
    max_forces
        Forces that are run at most.
    given
        Values of the scenario that the claim is conditional on, such as
        ``united_states.engagement=engaged``.
    first_seed
        Seed of the first run of every force; the next ones follow.
    workers
        Runs made at a time; None = one a processor. The result does not depend on it.
    executor
        Any `concurrent.futures.Executor`; None for threads of this process.
    engine
        Functions that make a plan and run it; None = the simulation's own.
    tell
        Called with a line for each force that was tested.

    Returns
    -------
    Sizing
        The forces that suffice, those that do not, all that was tested, and what is claimed.

    Raises
    ------
    InputError
        If a requirement, size or formula cannot be used, or a force cannot be run.

    Examples
    --------
    >>> found = size(
    ...     "configs/minimal.toml",
    ...     require=["detection_rate >= 0.9"],
    ...     vary=["monitors.male.count=20:400"],
    ... )  # doctest: +SKIP
    >>> found.sufficient  # doctest: +SKIP
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario.load(scenario)
    _check_numbers(confidence, max_replications, max_forces)
    asked = _read_question(scenario, require, vary, cost, given)
    plan = TestPlan.make(confidence, asked.forces, max_replications, len(asked.requirements))
    n_workers = available_cpus() if workers is None else workers
    with open_executor(executor, n_workers) as pool:
        names = [requirement.measure for requirement in asked.requirements]
        used = engine or compiled_engine(further_requests(names, [asked.scenario]))
        trials = Trials(asked.scenario, names, used, pool, first_seed, BESIDE)
        bench = Bench(asked, plan, trials, tell)
        known = Knowledge(
            asked.shape, len(names), bench.test, bench.better, max_forces, asked.barred
        )
        search(known, asked.prices, MOST_CHECKS)
    return make_sizing(
        bench, known, confidence=confidence, most_forces=max_forces, first_seed=first_seed
    )


def _read_question(
    scenario: Scenario,
    require: Sequence[str],
    vary: Sequence[str],
    cost: str | None,
    given: Sequence[str],
) -> Question:
    factors = _read_factors(vary, scenario)
    values = read_given(given)
    scenario = condition(scenario, values, factors)
    budgets = {text.strip(): limit for text in require if (limit := read_budget(text)) is not None}
    rules = [text for text in require if text.strip() not in budgets]
    requirements = tuple(read_requirement(text) for text in rules)
    if not requirements:
        message = 'no requirement is given; --require "detection_rate >= 0.9", for example'
        raise InputError(message)
    if budgets and cost is None:
        raise InputError(f"--require {next(iter(budgets))!r}: needs a formula (--cost)")
    formula = None if cost is None else Cost(cost, factors)
    return Question(scenario, tuple(factors), requirements, budgets, formula, values)


def _check_numbers(confidence: float, most_runs: int, most_forces: int) -> None:
    if not 0.5 <= confidence < 1.0:
        raise InputError(f"confidence = {confidence}: must be at least 0.5 and below 1")
    if most_runs < FIRST_LOOK:
        raise InputError(f"max_replications = {most_runs}: must be >= {FIRST_LOOK}")
    if most_forces < 1:
        raise InputError(f"max_forces = {most_forces}: must be >= 1")


def _read_factors(texts: Sequence[str], scenario: Scenario) -> list[Factor]:
    if not 1 <= len(texts) <= 2:
        raise InputError(f"{len(texts)} sizes vary: must be one or two (--vary)")
    factors = [read_factor(text, scenario) for text in texts]
    if len({factor.key for factor in factors}) < len(factors):
        raise InputError(f"--vary {factors[0].key}: stands there twice")
    if (forces := prod(len(factor.levels) for factor in factors)) > MOST_IN_RANGE:
        raise InputError(
            f"--vary: {forces:,} forces are in range; must be {MOST_IN_RANGE:,} at most"
        )
    return factors
