"""Run the levels of one factor with the same seeds, and say what it moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import Outcome, Scenario, compare
from sim.experiment import Engine, Interval, mean_interval, paired_difference
from sim.output.labels import measure_label
from sim.output.values import no_difference_text
from sim.results.measures import MEASURES, measure_scale
from sim.results.outcome import run_plan
from sim.setup.plan import build_plan
from sim.statistics.intervals import CONFIDENCE

FIRST_SEED = 1

type Floats = NDArray[np.float64]
type Level = tuple[str, float | str]
"""Curve to which a point belongs ("" if there is one only), and place on its axis."""
type Further = Callable[[Outcome], Mapping[str, float]]
"""Takes from a run what is no measure."""


@dataclass(frozen=True)
class Curve:
    """Means over runs against a factor, with 95 % intervals; all of the shape (levels,)."""

    label: str
    x: Floats
    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Result:
    """The runs of an experiment: one row a level and seed, one column a measure."""

    runs: pd.DataFrame
    levels: tuple[Level, ...]
    replications: int

    def values(self, level: Level, measure: str) -> Floats:
        """Return a measure of each run at a level, by seed."""
        rows = self.runs[self.runs["scenario"] == _label(level)].sort_values("seed")
        return rows[measure].to_numpy(dtype=np.float64)

    def mean(self, level: Level, measure: str) -> float:
        """Return the mean of a measure over the runs of a level."""
        return mean_interval(self.values(level, measure)).estimate

    def interval(self, level: Level, measure: str) -> Interval:
        """Return the mean over runs, with an interval that stays where the measure can be."""
        return mean_interval(self.values(level, measure), CONFIDENCE, measure_scale(measure))

    def curve(self, measure: str, label: str = "", shown: str | None = None) -> Curve:
        """Return a measure against the levels of a curve; names of levels lie side by side."""
        levels = [level for level in self.levels if level[0] == label]
        intervals = np.array([self.interval(level, measure) for level in levels])
        places = [x if isinstance(x, int | float) else k for k, (_, x) in enumerate(levels)]
        return Curve(shown or label, np.array(places, dtype=np.float64), *intervals.T)

    def cell(self, level: Level, measure: str) -> str:
        """Return mean and interval of a measure in words."""
        return _in_words(self.interval(level, measure), digits_of(measure), "-")

    def change(self, measure: str, first: Level, last: Level) -> str:
        """Return the paired difference between two levels in words, with its interval."""
        pairs = self.values(first, measure), self.values(last, measure)
        defined = ~np.isnan(pairs[0]) & ~np.isnan(pairs[1])
        if defined.any() and (pairs[0] == pairs[1])[defined].all():
            return no_difference_text(int(defined.sum()))
        change = paired_difference(*pairs, CONFIDENCE, measure_scale(measure))
        return _in_words(change, digits_of(measure), "no pairs", sign="+")

    def table(self, names: Mapping[str, str], factor: str, by: str = "") -> str:
        """Write the levels and some measures as a Markdown table; names by column of the runs."""
        heads = [*([by] if by else []), factor, *(names[name] for name in names)]
        lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        for level in self.levels:
            cells = [*([level[0]] if by else []), str(level[1])]
            cells += [self.cell(level, name) for name in names]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)


def run_levels(
    scenarios: Mapping[Level, Scenario], replications: int, further: Further | None = None
) -> Result:
    """Run each level with the same seeds (common random numbers).

    Parameters
    ----------
    scenarios
        The scenario of each level.
    replications
        Runs a level.
    further
        Takes from a run what is no measure, by name.
    """

    def run(plan: object, seed: int) -> Mapping[str, float]:
        outcome = run_plan(plan, seed)
        return {**outcome.measures, **(further(outcome) if further else {})}

    labelled = {_label(level): scenario for level, scenario in scenarios.items()}
    engine = Engine(build_plan, run)
    found = compare(labelled, replications=replications, first_seed=FIRST_SEED, engine=engine)
    failed = found.runs.loc[found.runs["error"] != "", "error"]
    if len(failed):
        raise RuntimeError(failed.iloc[0])
    return Result(found.runs, tuple(scenarios), replications)


def labels_of(*measures: str) -> dict[str, str]:
    """Return what figures and tables call some measures."""
    return {name: measure_label(name) for name in measures}


def digits_of(measure: str) -> int:
    """Return how many digits after the point are shown; shares have two or three."""
    return MEASURES[measure].digits if measure in MEASURES else 3 if "share" in measure else 1


def _label(level: Level) -> str:
    return f"{level[0]}|{level[1]}"


def _in_words(interval: tuple[float, float, float], digits: int, none: str, sign: str = "") -> str:
    mean, low, high = (float(value) + 0.0 for value in interval)
    if np.isnan(mean):
        return none
    if np.isnan(low) or low == high:
        return f"{mean:{sign}.{digits}f}"
    return f"{mean:{sign}.{digits}f} ({low:{sign}.{digits}f} to {high:{sign}.{digits}f})"
