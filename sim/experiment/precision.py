"""More runs until means are known as closely as asked.

The sequential procedure of Chow and Robbins: stop at the first look at which the interval of every
mean (`sim.statistics.intervals.mean_interval`) goes no farther to either side than was asked. The
values that happen to vary little stop too early, so such an interval covers the mean somewhat less
often than stated; looks that are far apart and a first look at 20 runs keep the loss small
(docs/verification.md measures it).

Equal values are no precision: that n runs all have the same value leaves room for a share of about
3/n of runs with another one. The intervals of shares and of counts of 0 know that; until others
differ, their half width counts as 3/n of a unit (the rule of three, `equal_values_width`).

References
----------
Chow, Y. S. and Robbins, H. (1965), On the asymptotic theory of fixed-width sequential confidence
intervals for the mean, Annals of Mathematical Statistics 36, 457-462.
Law, A. M. (2015), Simulation Modeling and Analysis, 5th ed., section 9.4.1.
Hanley, J. A. and Lippman-Hand, A. (1983), If nothing goes wrong, is everything all right?, JAMA
249, 1743-1745.
Singham, D. I. and Schruben, L. W. (2012), Finite-sample performance of absolute precision stopping
rules, INFORMS Journal on Computing 24, 624-635.

In a sweep each point follows the procedure. Which runs are made depends on the runs before and on
nothing else, so a sweep that was interrupted resumes identically.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Floats, Ints
from sim.errors import InputError
from sim.experiment.design import SweepDesign
from sim.experiment.runner import SweepReport, perform
from sim.experiment.store import iterate_points
from sim.files import checked_path
from sim.manifest import read_manifest
from sim.results.measures import measure_scale, parse_request
from sim.statistics.intervals import CONFIDENCE, Interval, mean_interval

type MoreRuns = Callable[[int], Mapping[str, Sequence[float] | Floats]]
"""Makes n more runs; by measure their n values, NaN where undefined."""

FIRST_RUNS = 20
"""Runs before the first look."""
GROWTH = 1.25
"""Each look has at least this many times the runs of the one before."""
MOST_GROWTH = 4.0
"""And at most this many: an early guess of what is needed is rough."""

_TARGET = re.compile(r"\s*(\w+(?:\[[^\]]*\])?)\s*=\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)\s*")


@dataclass(frozen=True)
class Precision:
    """What a sequential procedure came to."""

    intervals: dict[str, Interval]
    """By measure, from all runs."""
    runs: int
    is_reached: bool
    """Whether every half width is within its target; else the most runs were made."""


def read_precision(texts: Iterable[str]) -> dict[str, float]:
    """Read targets such as ``detection_rate=0.01``: half widths by measure, in its unit.

    Raises
    ------
    InputError
        If one cannot be read, is 0, stands twice, or names no measure.
    """
    targets: dict[str, float] = {}
    for text in texts:
        match = _TARGET.fullmatch(text)
        if match is None or float(match[2]) == 0.0:
            raise InputError(f"--precision {text!r}: must be like detection_rate=0.01, above 0")
        try:
            name = str(parse_request(match[1]))
        except InputError as error:
            raise InputError(f"--precision {text!r}: {error}") from None
        if name in targets:
            raise InputError(f"--precision {name}: stands there twice")
        targets[name] = float(match[2])
    return targets


def run_to_precision(
    more: MoreRuns,
    targets: Mapping[str, float],
    *,
    most_runs: int,
    first_runs: int = FIRST_RUNS,
    confidence: float = CONFIDENCE,
) -> Precision:
    """Make runs until the mean of every measure is known as closely as asked.

    Parameters
    ----------
    more
        Makes the next n runs. Called with ever new seeds by whoever made it.
    targets
        By measure the half width that is wanted, in its unit.
    most_runs
        Runs at most.
    first_runs
        Runs before the first look, 2 or more; Law advises 10 or more.
    confidence
        Of the intervals, one by one.

    Returns
    -------
    Precision
        The intervals, and whether the targets were reached. Runs in which a measure is undefined
        do not count for it. Equal values reach a target once `equal_values_width` is within it.
    """
    values: dict[str, list[float]] = {name: [] for name in targets}
    runs, wanted = 0, min(first_runs, most_runs)
    while True:
        new = more(wanted - runs)
        for name, known in values.items():
            known.extend(float(value) for value in new[name])
        runs = wanted
        intervals = {
            name: mean_interval(known, confidence, measure_scale(name))
            for name, known in values.items()
        }
        excess = max(
            excess_of(intervals[name], half, values[name], confidence)
            for name, half in targets.items()
        )
        if excess <= 1.0 or runs >= most_runs:
            return Precision(intervals, runs, bool(excess <= 1.0))
        wanted = next_look(runs, excess, most_runs)


def next_look(runs: int, excess: float, most_runs: int) -> int:
    """Return the runs at the next look, given how many times too wide the interval is now.

    Half widths shrink with the root of the number of runs.
    """
    factor = min(max(GROWTH, 1.02 * excess**2), MOST_GROWTH)
    return min(ceil(factor * runs), most_runs)


def excess_of(
    interval: Interval, half_width: float, values: ArrayLike, confidence: float = CONFIDENCE
) -> float:
    """Return how many times too wide the interval of values is; infinite where there is none.

    Where its sides are not alike, the longer one counts.
    """
    width = max(interval.reach, equal_values_width(values, confidence))
    ratio = width / half_width
    return ratio if np.isfinite(ratio) else float("inf")


def equal_values_width(values: ArrayLike, confidence: float = CONFIDENCE) -> float:
    """Return the half width that equal values are taken to have; 0 where values differ.

    Parameters
    ----------
    values
        One value a run; NaN is left out.
    confidence
        Chance that runs with another value are rarer than is assumed.

    Returns
    -------
    float
        About 3/n for n equal values at 95 %, in the unit of the values: what runs that are off by
        one unit, such as a share of 1 instead of 0 or one event, may move the mean.
    """
    sample = np.asarray(values, dtype=np.float64)
    sample = sample[~np.isnan(sample)]
    if len(sample) == 0 or np.ptp(sample) > 0.0:
        return 0.0
    return -log(1.0 - confidence) / len(sample)


def perform_to_precision(
    design: SweepDesign,
    out: str | Path,
    targets: Mapping[str, float],
    most_replications: int,
    **options: Any,
) -> SweepReport:
    """Make runs until the mean of each measure is known as closely as asked, at every point.

    Parameters
    ----------
    design
        The design; its replications are those of the first look, which has 20 at least (or the
        most replications, if those are fewer).
    out
        Directory of the results.
    targets
        By measure how far, in its unit, the 95 % interval may go to either side of the mean.
    most_replications
        Replications of a point at most.
    options
        As for `perform`.

    Returns
    -------
    SweepReport
        Ints of all that was made now.

    Raises
    ------
    InputError
        As `perform`; if a target names no measure of the runs, or the first look would have one
        run or more than there may be.
    """
    if not 2 <= design.replications <= most_replications:
        raise InputError(
            f"replications = {design.replications}: must be from 2 to {most_replications} where "
            "runs are made to a precision"
        )
    first = min(max(design.replications, FIRST_RUNS), most_replications)
    planned = np.full(design.n_points, first, dtype=np.int64)
    there = read_manifest(checked_path(out)) or {}
    most_there = int(there.get("replications", 0))
    total = SweepReport(n_before=0)
    while True:
        replications = max(int(planned.max()), most_there)
        wide = design.model_copy(update={"replications": replications})
        report = perform(wide, out, planned=planned, **options)
        total.join(report)
        wanted = _next_looks(wide, out, planned, targets, most_replications)
        if np.array_equal(wanted, planned):
            return total
        planned = wanted


def _next_looks(
    design: SweepDesign,
    out: str | Path,
    planned: Ints,
    targets: Mapping[str, float],
    most: int,
) -> Ints:
    """Return the replications that each point is to have at its next look."""
    wanted = planned.copy()
    for runs in iterate_points(checked_path(out), design, planned):
        if missing := [name for name in targets if name not in runs]:
            raise InputError(f"precision: {missing[0]} is no measure of these runs")
        for point, own in runs.groupby("point"):
            number = int(str(point))
            own = own[own["replication"] < planned[number]]  # there may be runs of later looks
            excess = max(
                excess_of(
                    mean_interval(own[name], CONFIDENCE, measure_scale(name)), half, own[name]
                )
                for name, half in targets.items()
            )
            if excess > 1.0:
                wanted[number] = next_look(int(planned[number]), excess, most)
    return wanted
