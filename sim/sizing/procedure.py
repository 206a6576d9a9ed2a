"""Force sizing from start to end: what is asked, which forces are run, what is claimed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.engine import Engine, compiled_engine
from sim.experiment.executors import available_cpus, open_executor
from sim.scenario import Scenario
from sim.sizing.cost import Cost, cost_grid
from sim.sizing.factors import Factor, read_factor
from sim.sizing.frontier import Knowledge, Place, check_neighbours, search
from sim.sizing.monotone import reversals
from sim.sizing.requirements import Requirement, read_requirement
from sim.sizing.result import Sizing, make_sizing, sizes_at
from sim.sizing.trials import Trials
from sim.sizing.verdict import FIRST_LOOK, Finding, TestPlan, Verdict, judge, runs_for_t

type Floats = NDArray[np.float64]

DEFAULT_CONFIDENCE = 0.95
DEFAULT_MOST_RUNS = 320
MOST_CHECKS = 4
"""Forces tested after the search, next below those that suffice."""
PILOT_RUNS = 160
"""Runs of the first force in any case: they show how skew the measures are over runs."""
DEFAULT_MOST_FORCES = 60
"""Forces tested at most where two sizes vary; one size needs fewer."""


def size(
    scenario: Scenario | str | Path,
    *,
    require: Sequence[str],
    vary: Sequence[str],
    cost: str | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    max_replications: int = DEFAULT_MOST_RUNS,
    max_forces: int = DEFAULT_MOST_FORCES,
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
        `sim.sizing.requirements.read_requirement`.
    vary
        One or two sizes with their ranges, such as ``monitors.male.count=20:400``.
    cost
        A formula of the sizes, which must not fall when one grows: the cheapest force is sought.
        None = the whole frontier.
    confidence
        Chance that all verdicts are right, given that more is never worse.
    max_replications
        Runs of one force at most; one that is then open stays undecided.
    max_forces
        Forces tested at most where two sizes vary.
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
    requirements = [read_requirement(text) for text in require]
    factors = _read_factors(vary, scenario)
    if not requirements:
        message = 'no requirement is given; --require "detection_rate >= 0.9", for example'
        raise InputError(message)
    prices = None if cost is None else cost_grid(Cost(cost, factors), factors)
    most_forces = max_forces if len(factors) == 2 else _tests_of_a_column(factors[0])
    plan = TestPlan.make(confidence, most_forces + MOST_CHECKS, max_replications)
    n_workers = available_cpus() if workers is None else workers
    with open_executor(executor, n_workers) as pool:
        names = [requirement.measure for requirement in requirements]
        trials = Trials(scenario, names, engine or compiled_engine(), pool, first_seed)
        bench = Bench(scenario, factors, requirements, plan, trials, tell)
        known = Knowledge(bench.shape, bench.test, most_forces)
        search(known, None if prices is None else prices.reshape(bench.shape))
        check_neighbours(known, MOST_CHECKS)
    worse = reversals(requirements, {bench.sizes(place): s for place, s in bench.samples.items()})
    return make_sizing(
        factors=factors,
        requirements=requirements,
        known=known,
        findings=bench.findings,
        samples=bench.samples,
        cost=None if cost is None else Cost(cost, factors),
        confidence=confidence,
        plan=plan,
        most_forces=most_forces,
        first_seed=first_seed,
        runs=trials.runs,
        least_runs=bench.least_runs,
        worse=worse,
    )


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
    return factors


def _tests_of_a_column(factor: Factor) -> int:
    """Return how many tests halving takes at most, once from above and once from below."""
    return 2 * len(factor.levels).bit_length() + 1


@dataclass
class Bench:
    """Tests forces at places of a grid, and keeps what it found."""

    scenario: Scenario
    factors: Sequence[Factor]
    requirements: Sequence[Requirement]
    plan: TestPlan
    trials: Trials
    tell: Callable[[str], None] | None = None
    samples: dict[Place, list[Floats]] = field(default_factory=dict)
    """By place: for each requirement one number a run."""
    findings: dict[Place, list[Finding]] = field(default_factory=dict)
    least_runs: list[float] = field(default_factory=list)
    """For each requirement: runs before which a mean is not judged; empty before the pilot."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid; a single size makes a single row."""
        lengths = [len(factor.levels) for factor in self.factors]
        return (lengths[0], lengths[1]) if len(lengths) == 2 else (1, lengths[0])

    def sizes(self, place: Place) -> tuple[int, ...]:
        """Return the sizes of the force at a place."""
        return tuple(sizes_at(place, self.factors).values())

    def test(self, place: Place) -> Verdict:
        """Run a force until the verdict is clear, or no more runs are due."""
        changes: dict[str, Any] = {}
        for factor, level in zip(self.factors, self.sizes(place), strict=True):
            changes |= factor.values(self.scenario, level)
        if not self.least_runs:
            # Seeds are shared, so the odd runs of one force are those of all.
            pilot = self._samples(changes, min(PILOT_RUNS, self.plan.looks[-1]))
            self.least_runs += [runs_for_t(sample) for sample in pilot]
        verdict: Verdict = "undecided"
        for look, runs in enumerate(self.plan.looks):
            samples = self._samples(changes, runs)
            verdict, findings = judge(self.requirements, samples, self.plan, look, self.least_runs)
            self.samples[place], self.findings[place] = samples, findings
            if verdict != "undecided":
                break
        if self.tell is not None:
            force = ", ".join(f"{key} = {n}" for key, n in sizes_at(place, self.factors).items())
            self.tell(f"{force}: {verdict} after {runs} runs")
        return verdict

    def _samples(self, changes: dict[str, Any], runs: int) -> list[Floats]:
        values = self.trials.values(changes, runs)
        return [
            np.array([requirement.sample(value) for value in values[requirement.measure]])
            for requirement in self.requirements
        ]
