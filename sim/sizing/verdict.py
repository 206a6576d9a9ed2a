"""Whether a force meets its requirements: a test in looks, after ever more runs.

The looks are planned: after 40, 80, 160, ... runs. Each spends an equal share of the error that the
force was given (Bonferroni's bound), so that looking again costs no confidence.

References
----------
Jennison, C. and Turnbull, B. W. (2000), Group Sequential Methods with Applications to Clinical
Trials, chapters 2 and 11: repeated looks and t statistics.
Berger, R. L. (1982), Multiparameter hypothesis testing and acceptance sampling, Technometrics 24,
295-300: a force meets all requirements with error a when it meets each with error a.
Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in
the case of the binomial, Biometrika 26, 404-413.
Sugden, R. A., Smith, T. M. F. and Jones, R. P. (2000), Cochran's rule for simple random sampling,
Journal of the Royal Statistical Society B 62, 787-793: how many values Student's t takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit
from scipy.stats import skew

from sim.sizing.requirements import Requirement

type Floats = NDArray[np.float64]
type Verdict = Literal["met", "not met", "undecided"]

FIRST_LOOK = 40
"""Runs before the first look: fewer may not show that one run in ten is of another sort."""
EQUAL = 1e-12
"""Relative spread below which values count as equal."""


@dataclass(frozen=True)
class TestPlan:
    """When a force is looked at, and how much error each look may make."""

    __test__ = False  # its name is not meant for pytest

    looks: tuple[int, ...]
    """Runs at each look, ascending."""
    error_met: float
    """Of each look: chance that a force that falls short is called sufficient."""
    error_not_met: float
    """Of each look: chance that a force that suffices is called insufficient."""

    @classmethod
    def make(cls, confidence: float, forces: int, most_runs: int) -> "TestPlan":
        """Share the error out over forces, looks and the two kinds of error.

        Parameters
        ----------
        confidence
            Chance that all verdicts are right.
        forces
            How many forces are tested at most.
        most_runs
            Runs of one force at most.
        """
        looks = [min(FIRST_LOOK, most_runs)]
        while looks[-1] < most_runs:
            looks.append(min(2 * looks[-1], most_runs))
        error = (1.0 - confidence) / (2 * forces * len(looks))
        return cls(tuple(looks), error, error)


class Finding(NamedTuple):
    """What the runs of a force say of one requirement."""

    estimate: float
    """Mean over runs, or share of good runs."""
    low: float
    """Lower bound at the look's error."""
    high: float
    """Upper bound at the look's error."""
    verdict: Verdict


def runs_for_t(sample: Floats) -> float:
    """Return how many runs Student's t takes for values as skew as these.

    The rule of Cochran, as Sugden, Smith and Jones have it: 28 + 25 times the squared skewness.
    """
    defined = sample[np.isfinite(sample)]
    if len(defined) < 3 or defined.std() <= EQUAL * abs(defined.mean()):
        return 28.0
    return 28.0 + 25.0 * float(skew(defined)) ** 2


def judge(
    requirements: Sequence[Requirement],
    samples: Sequence[Floats],
    plan: TestPlan,
    look: int,
    least_runs: Sequence[float],
) -> tuple[Verdict, list[Finding]]:
    """Judge a force at a look.

    Parameters
    ----------
    requirements
        What it has to achieve.
    samples
        For each requirement one number a run, as `Requirement.sample` gives; NaN is left out.
    plan
        The looks and their errors.
    look
        Number of this look, from 0.
    least_runs
        For each requirement: before so many runs a mean is not judged, whatever this force shows.

    Returns
    -------
    verdict
        "met" when every requirement is, "not met" when one is not, else "undecided".
    findings
        Of each requirement.
    """
    is_last = look == len(plan.looks) - 1
    # Any one requirement can call a force insufficient by mistake: they share that error.
    errors = (plan.error_met, plan.error_not_met / len(requirements))
    findings = [
        _find(requirement, sample[~np.isnan(sample)], errors, least, is_last=is_last)
        for requirement, sample, least in zip(requirements, samples, least_runs, strict=True)
    ]
    verdicts = {finding.verdict for finding in findings}
    if verdicts == {"met"}:
        return "met", findings
    return ("not met" if "not met" in verdicts else "undecided"), findings


def _find(
    requirement: Requirement,
    sample: Floats,
    errors: tuple[float, float],
    least: float,
    *,
    is_last: bool,
) -> Finding:
    error_met, error_not_met = errors
    upwards, target = requirement.upwards, requirement.target
    below, above = (error_met, error_not_met) if upwards else (error_not_met, error_met)
    estimate, low, high = _bounds(sample, below, above, least, is_last=is_last)
    good, bad = (low >= target, high < target) if upwards else (high <= target, low > target)
    return Finding(estimate, low, high, "met" if good else "not met" if bad else "undecided")


def _bounds(
    sample: Floats, below: float, above: float, least: float, *, is_last: bool
) -> tuple[float, float, float]:
    """Return mean and one-sided bounds, each with its own error."""
    n = len(sample)
    if n < 2:
        return (float(sample.mean()) if n else np.nan), -np.inf, np.inf
    if np.isinf(sample).any():  # a mean with an infinite value in it is infinite: this is certain
        return np.inf, np.inf, np.inf
    mean, spread = float(sample.mean()), float(sample.std(ddof=1))
    if np.isin(sample, (0.0, 1.0)).all():
        return mean, *share_bounds(int(sample.sum()), n, below, above)
    if spread <= EQUAL * abs(mean):
        # Equal values may be a law or luck: they are believed only when no more runs are due.
        return (mean, mean, mean) if is_last else (mean, -np.inf, np.inf)
    if n < max(least, runs_for_t(sample)):
        return mean, -np.inf, np.inf
    scale = spread / n**0.5
    low = mean + float(stdtrit(n - 1, below)) * scale
    return mean, low, mean - float(stdtrit(n - 1, above)) * scale


def share_bounds(good: int, trials: int, below: float, above: float) -> tuple[float, float]:
    """Return exact one-sided bounds of a share (Clopper and Pearson).

    Parameters
    ----------
    good, trials
        How many of how many.
    below, above
        Chance that the share lies below the lower, above the upper bound.
    """
    low = 0.0 if good == 0 else float(betaincinv(good, trials - good + 1, below))
    high = 1.0 if good == trials else float(betaincinv(good + 1, trials - good, 1.0 - above))
    return low, high
