"""Where forces are run and judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.sizing.frontier import Better, Found
from sim.sizing.question import Question
from sim.sizing.requirements import Requirement
from sim.sizing.trend import (
    ERROR,
    NO_TREND,
    SAME,
    Comparisons,
    Place,
    Trend,
    lines_along,
    trend_along,
)
from sim.sizing.trials import Trials
from sim.sizing.verdict import Finding, TestPlan, Verdict, judge, runs_for_t, verdict_of

PILOT_RUNS = 160
"""Runs of the first force in any case: they show how skew the measures are over runs."""


@dataclass
class Bench:
    """Runs forces at places of a grid, and keeps what it found."""

    asked: Question
    plan: TestPlan
    trials: Trials
    tell: Callable[[str], None] | None = None
    values: dict[Place, dict[str, Floats]] = field(default_factory=dict)
    """By place: for each measure one value a run."""
    findings: dict[Place, list[Finding]] = field(default_factory=dict)
    least_runs: list[float] = field(default_factory=list)
    """For each requirement: runs before which a mean is not judged; empty before the pilot."""
    _comparisons: Comparisons = field(default_factory=Comparisons)

    def test(self, place: Place) -> Found:
        """Run a force until the verdict is clear, or no more runs are due."""
        if not self.least_runs:
            # Seeds are shared, so the odd runs of one force are those of all.
            self._run(place, min(PILOT_RUNS, self.plan.looks[-1]))
            self.least_runs += [runs_for_t(sample) for sample in self.samples(place)]
        verdict: Verdict = "undecided"
        findings: list[Finding] = []
        runs = 0
        for look, runs in enumerate(self.plan.looks):
            self._run(place, runs)
            findings = judge(
                self.asked.requirements, self.samples(place), self.plan, look, self.least_runs,
                findings,
            )  # fmt: skip
            if (verdict := verdict_of(findings)) != "undecided":
                break
        self.findings[place] = findings
        if self.tell is not None:
            self.tell(f"{self.asked.name(place)}: {verdict} after {runs} runs")
        return Found(tuple(finding.verdict for finding in findings), verdict)

    def samples(self, place: Place) -> list[Floats]:
        """Return for each requirement what is averaged over the runs of a force."""
        return [_sample(rule, self.values[place][rule.measure]) for rule in self.asked.requirements]

    def _run(self, place: Place, runs: int) -> None:
        changes: dict[str, Any] = {}
        for factor, level in zip(self.asked.factors, self.asked.sizes(place).values(), strict=True):
            changes |= factor.values(self.asked.scenario, level)
        self.values[place] = self.trials.values(changes, runs)

    def better(self, places: Sequence[Place]) -> Better:
        """Tell along which steps each requirement is met the more, or the less."""
        signs = [1 if rule.at_least else -1 for rule in self.asked.requirements]
        return [
            [np.multiply(trend.steps, sign, dtype=np.int8) for trend in trends]
            for sign, trends in zip(signs, self.trends(places), strict=True)
        ]

    def trends(self, places: Sequence[Place]) -> list[list[Trend]]:
        """Tell for each requirement how its measure moves along each size."""
        lines = [line for axis in (0, 1) for line in lines_along(places, axis)]
        pairs = sum(len(line) * (len(line) - 1) // 2 for line in lines)
        error = ERROR / max(1, 2 * pairs * len(self.asked.requirements))
        return [
            [
                trend_along(places, axis, sizes, partial(self._compare, rule, error))
                for axis, sizes in enumerate(self.asked.shape)
            ]
            for rule in self.asked.requirements
        ]

    def _compare(self, rule: Requirement, error: float, small: Place, large: Place) -> int:
        """Tell whether a measure rises from one force to another; of a share of runs, this one."""
        one, other = (self.values[place][rule.measure] for place in (small, large))
        if rule.is_share_of_runs:
            good = self._sign((rule, small, large), _sample(rule, one), _sample(rule, other), error)
            if abs(good) == 1:
                return good if rule.at_least else -good
        return self._sign((rule.measure, small, large), one, other, error)

    def _sign(self, key: object, one: Floats, other: Floats, error: float) -> int:
        rise, fall = self._comparisons.chances(key, one, other)
        if rise == fall == 1.0:
            return SAME
        return 1 if rise < error else -1 if fall < error else NO_TREND


def _sample(rule: Requirement, values: Floats) -> Floats:
    return np.array([rule.sample(value) for value in values])
