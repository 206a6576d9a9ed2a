"""Whether a force meets its requirements: a test in looks, after ever more runs.

The looks are planned: after 40, 80, 160, ... runs. The error is shared out evenly over all forces
in range, looks and requirements (Bonferroni's bound), so that neither looking again, nor the choice
of forces, costs confidence: every finding of every force that is run is right, all at once. A force
either meets a requirement or does not, so only one of two errors can be made of it, and each bound
may use all of its share.

References
----------
Jennison, C. and Turnbull, B. W. (2000), Group Sequential Methods with Applications to Clinical
Trials, chapters 2 and 11: repeated looks and t statistics.
Berger, R. L. (1982), Multiparameter hypothesis testing and acceptance sampling, Technometrics 24,
295-300: a force meets all requirements with error a when it meets each with error a.
Hoeffding, W. (1963), Probability inequalities for sums of bounded random variables, Journal of the
American Statistical Association 58, 13-30, theorem 1: bounds of the mean of any values in [0, 1].
Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in
the case of the binomial, Biometrika 26, 404-413.
Sugden, R. A., Smith, T. M. F. and Jones, R. P. (2000), Cochran's rule for simple random sampling,
Journal of the Royal Statistical Society B 62, 787-793: how many values Student's t takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincinv, rel_entr, stdtrit
from scipy.stats import skew

from sim.arrays import Floats
from sim.sizing.requirements import Requirement

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
    error: float
    """Of each look at each requirement: chance that its finding is wrong."""

    @classmethod
    def make(cls, confidence: float, forces: int, most_runs: int, rules: int = 1) -> "TestPlan":
        """Share the error out over forces, looks and requirements.

        Parameters
        ----------
        confidence
            Chance that all findings are right.
        forces
            How many forces there are in range: which of them are run hangs on the same seeds, so
            the bound has to cover all that could have been.
        most_runs
            Runs of one force at most.
        rules
            How many requirements there are.
        """
        looks = [min(FIRST_LOOK, most_runs)]
        while looks[-1] < most_runs:
            looks.append(min(2 * looks[-1], most_runs))
        return cls(tuple(looks), (1.0 - confidence) / (forces * len(looks) * rules))


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
    before: Sequence[Finding] = (),
) -> list[Finding]:
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
    before
        What the look before found; its bounds go on holding.

    Returns
    -------
    list of Finding
        Of each requirement.
    """
    is_last = look == len(plan.looks) - 1
    now = [
        _find(requirement, sample[~np.isnan(sample)], plan.error, least, is_last=is_last)
        for requirement, sample, least in zip(requirements, samples, least_runs, strict=True)
    ]
    return [_joined(*pair) for pair in zip(before, now, strict=True)] if before else now


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Return "met" when every requirement is, "not met" when one is not, else "undecided"."""
    verdicts = {finding.verdict for finding in findings}
    if "not met" in verdicts:
        return "not met"
    return "met" if verdicts == {"met"} else "undecided"


def _joined(before: Finding, now: Finding) -> Finding:
    """Join what two looks found: all their bounds hold at once, and a verdict stays."""
    if np.isinf(now.estimate):
        return now
    low, high = max(before.low, now.low), min(before.high, now.high)
    return Finding(now.estimate, low, high, now.verdict if _is_open(before) else before.verdict)


def _is_open(finding: Finding) -> bool:
    return finding.verdict == "undecided"


def _find(
    requirement: Requirement, sample: Floats, error: float, least: float, *, is_last: bool
) -> Finding:
    target = requirement.target
    estimate, low, high = _bounds(sample, error, least, is_last=is_last)
    if low == -np.inf and requirement.is_bounded and _is_share(sample):
        low, high = bounded_mean_bounds(estimate, len(sample), error)
    good, bad = low >= target, high < target
    if not requirement.upwards:
        good, bad = high <= target, low > target
    return Finding(estimate, low, high, "met" if good else "not met" if bad else "undecided")


def _bounds(
    sample: Floats, error: float, least: float, *, is_last: bool
) -> tuple[float, float, float]:
    """Return mean and one-sided bounds, each with its own error."""
    n = len(sample)
    if n < 2:
        return (float(sample.mean()) if n else np.nan), -np.inf, np.inf
    if np.isinf(sample).any():  # a mean with an infinite value in it is infinite: this is certain
        return np.inf, np.inf, np.inf
    mean, spread = float(sample.mean()), float(sample.std(ddof=1))
    if np.isin(sample, (0.0, 1.0)).all():
        return mean, *share_bounds(int(sample.sum()), n, error, error)
    if _are_equal(sample):
        # Equal values may be a law or luck: they are believed only when no more runs are due.
        return (mean, mean, mean) if is_last else (mean, -np.inf, np.inf)
    if n < max(least, runs_for_t(sample)):
        return mean, -np.inf, np.inf
    reach = float(stdtrit(n - 1, 1.0 - error)) * spread / n**0.5
    return mean, mean - reach, mean + reach


def _are_equal(sample: Floats) -> bool:
    return bool(np.ptp(sample) <= EQUAL * abs(float(sample.mean())))


def _is_share(sample: Floats) -> bool:
    """Tell whether values lie between 0 and 1 and differ; equal ones are judged by themselves."""
    return len(sample) > 1 and bool(0.0 <= sample.min() < sample.max() <= 1.0)


def bounded_mean_bounds(mean: float, trials: int, error: float) -> tuple[float, float]:
    """Return one-sided bounds of the mean of values in [0, 1], however they are distributed.

    Parameters
    ----------
    mean
        Of the values, in [0, 1].
    trials
        How many there are.
    error
        Chance that the true mean lies beyond a bound.

    Notes
    -----
    Hoeffding's first theorem: a mean this far from the truth m has a chance of at most
    exp(-n D(mean, m)), D being the relative entropy of two shares.
    """
    limit = -float(np.log(error)) / trials

    def beyond(truth: float) -> float:
        return float(rel_entr(mean, truth) + rel_entr(1.0 - mean, 1.0 - truth)) - limit

    tiny = 1e-12
    low = brentq(beyond, tiny, mean) if mean > tiny and beyond(tiny) > 0.0 else 0.0
    is_below = mean < 1.0 - tiny and beyond(1.0 - tiny) > 0.0
    return float(low), float(brentq(beyond, mean, 1.0 - tiny) if is_below else 1.0)


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
