"""Times and results of the programs: taken in turn, compared in standard errors."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt
from typing import NamedTuple

from benchmarks.job import JobResult

type Program = Callable[[int], JobResult]

MEASURES = ("detection_rate", "response_mean_min")


class Turn(NamedTuple):
    """What a program does when it is its turn."""

    program: Program
    runs: int = 1
    """Runs in a turn."""
    every: int = 1
    """It has a turn in every round, in every second, ..."""


@dataclass
class Sample:
    """What the runs of one program took and gave."""

    seconds: list[float] = field(default_factory=list)
    results: list[JobResult] = field(default_factory=list)

    def add(self, program: Program, runs: int) -> None:
        """Run a program some more, with the seeds that follow."""
        for _ in range(runs):
            seed = len(self.results) + 1
            begin = time.perf_counter()
            result = program(seed)
            self.seconds.append(time.perf_counter() - begin)
            self.results.append(result)

    @property
    def median_s(self) -> float:
        """Median time of a run (s)."""
        return statistics.median(self.seconds)

    def values(self, measure: str) -> list[float]:
        """Return a measure of all runs."""
        return [float(getattr(result, measure)) for result in self.results]

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over runs."""
        return statistics.fmean(self.values(measure))


@dataclass(frozen=True)
class Check:
    """A claim of the benchmark, and whether it holds."""

    claim: str
    value: float
    limit: float
    at_least: bool = False
    """Whether the limit is the least allowed; else it is the most."""

    @property
    def holds(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def take_turns(turns: Mapping[str, Turn], rounds: int) -> dict[str, Sample]:
    """Run programs in turn, so that whatever else the machine does slows all of them alike.

    Parameters
    ----------
    turns
        By name of the program.
    rounds
        Number of rounds. Each program goes through the seeds 1, 2, ...

    Returns
    -------
    dict of Sample
        By name.
    """
    samples = {name: Sample() for name in turns}
    for number in range(rounds):
        for name, turn in turns.items():
            if number % turn.every == 0:
                samples[name].add(turn.program, turn.runs)
    return samples


def pooled_deviation(samples: Sequence[Sample], measure: str) -> float:
    """Return the standard deviation between runs, pooled over programs that do the same job."""
    squares = sum(
        statistics.variance(sample.values(measure)) * (len(sample.results) - 1)
        for sample in samples
    )
    return sqrt(squares / sum(len(sample.results) - 1 for sample in samples))


def standard_errors(samples: Mapping[str, Sample], measure: str) -> dict[str, float]:
    """Return the standard error of each program's mean, from the pooled deviation."""
    deviation = pooled_deviation(list(samples.values()), measure)
    return {name: deviation / sqrt(len(sample.results)) for name, sample in samples.items()}


def z_scores(samples: Mapping[str, Sample], measure: str) -> dict[str, float]:
    """Return the difference of each pair of programs in standard errors, by "one - other"."""
    errors = standard_errors(samples, measure)
    return {
        f"{one} - {other}": (samples[one].mean(measure) - samples[other].mean(measure))
        / sqrt(errors[one] ** 2 + errors[other] ** 2)
        for one, other in combinations(samples, 2)
    }
