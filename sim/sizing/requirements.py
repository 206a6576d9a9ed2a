"""What a force has to achieve, and how a sentence about it is read.

A requirement speaks of runs: of the mean of a measure over runs, or of the share of runs in which
the measure is good enough. Everything else is put in one of these two forms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from sim.arrays import Floats
from sim.errors import InputError
from sim.results.measures import MEASURES, base_name, find_measure, parse_request
from sim.scenario.messages import did_you_mean

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NAME = r"\w+(?:\s*\[[^\]]*\])?"  # what stands in brackets is for `sim.results.measures` to read
_PLAIN = re.compile(
    rf"\s*(?:(?P<of>mean|p\d\d?)\s*\(\s*(?P<inner>{_NAME})\s*\)|(?P<name>{_NAME}))"
    rf"\s*(?P<sign>[<>]=)\s*(?P<limit>{_NUMBER})\s*"
)
_CHANCE = re.compile(
    rf"\s*P\s*\(\s*(?P<name>{_NAME})\s*(?P<sign>[<>]=)\s*(?P<limit>{_NUMBER})\s*\)"
    rf"\s*>=\s*(?P<share>{_NUMBER})\s*"
)
GRAMMAR = (
    "must be like detection_rate >= 0.9, mean(NAME) >= X, p90(NAME) <= X or P(NAME >= X) >= 0.8"
)
CALL_TIMES = {"detection_delay_min", "response_time_min", "time_to_arrival_min"}
"""Times of single violations, of which each run has quantiles of its own."""
SHARE_OF_RUNS = "share of runs"
LARGEST_LIMIT = 1e15
"""Above what any measure reaches, the cost of a mission in dollars included."""
_WAITING = ("response_time", "time_to_arrival")


@dataclass(frozen=True)
class Statistic:
    """A number over runs: the mean of a measure, or its quantile.

    ``p90(response_time_min)`` is a quantile over calls: each run has its own (Kaplan-Meier, so
    that calls that nobody answered count), and the statistic is the median of these over runs.
    """

    text: str
    """As it was written."""
    measure: str
    """The measure of a run."""
    quantile: float | None
    """Between 0 and 1: which quantile over runs; None = the mean."""


@dataclass(frozen=True)
class Requirement:
    """A limit that a force has to keep.

    With `share` None: the mean of the measure over runs is at least (at most) `limit`. Otherwise:
    in at least this share of runs the measure is at least (at most) `limit`.
    """

    text: str
    """As it was written."""
    measure: str
    at_least: bool
    """Whether the limit is a lower one."""
    limit: float
    """In the unit of the measure."""
    share: float | None

    @property
    def is_share_of_runs(self) -> bool:
        """Whether it is about a share of runs."""
        return self.share is not None

    @property
    def target(self) -> float:
        """What the tested number is compared with: the share of runs, or the limit."""
        return self.limit if self.share is None else self.share

    @property
    def upwards(self) -> bool:
        """Whether a larger tested number is better; shares of good runs always are."""
        return self.is_share_of_runs or self.at_least

    @property
    def tested(self) -> str:
        """What is tested: the name of a measure for its mean over runs, or `SHARE_OF_RUNS`."""
        return SHARE_OF_RUNS if self.is_share_of_runs else self.measure

    @property
    def is_bounded(self) -> bool:
        """Whether what is averaged over runs lies between 0 and 1 in every run."""
        known = find_measure(self.measure)
        return self.is_share_of_runs or (known is not None and known.unit == "share")

    def sample(self, value: float) -> float:
        """Turn the value of a run into what is averaged over runs."""
        if self.share is None or isnan(value):
            return value
        return float(value >= self.limit if self.at_least else value <= self.limit)


def read_statistic(text: str) -> Statistic:
    """Read the name of a measure, ``mean(NAME)`` or ``pNN(NAME)``.

    Raises
    ------
    InputError
        If it is none of these, or the measure is not known.
    """
    match = _PLAIN.fullmatch(f"{text} >= 0")
    if match is None:
        raise InputError(f"{text!r}: must be the name of a measure, mean(NAME) or p90(NAME)")
    return _statistic(text.strip(), match["of"] or "mean", match["inner"] or match["name"])


def read_requirement(text: str) -> Requirement:
    """Read a requirement such as ``detection_rate >= 0.9``.

    Parameters
    ----------
    text
        ``MEASURE op NUMBER`` or ``mean(MEASURE) op NUMBER`` (the mean over runs),
        ``pNN(MEASURE) op NUMBER`` (a quantile over runs; of a time of calls such as
        ``response_time_min`` the run's own quantile, of which the median over runs counts) or
        ``P(MEASURE op NUMBER) >= SHARE`` (the share of runs); op is ``>=`` or ``<=``.

    Raises
    ------
    InputError
        If the sentence cannot be read or the measure is not known.
    """
    if match := _CHANCE.fullmatch(text):
        name, share = _known(match["name"], text), float(match["share"])
        if not 0.0 < share < 1.0:
            raise InputError(f"{text!r}: the share of runs must be above 0 and below 1")
        limit = _possible(name, float(match["limit"]), text)
        return Requirement(text.strip(), name, match["sign"] == ">=", limit, share)
    if (match := _PLAIN.fullmatch(text)) is None:
        raise InputError(f"{text!r}: {GRAMMAR}")
    found = _statistic(text, match["of"] or "mean", match["inner"] or match["name"])
    at_least = match["sign"] == ">="
    share_of_runs = found.quantile
    if share_of_runs is not None and at_least:
        # The quantile is at or above the limit where enough runs are.
        share_of_runs = round(1.0 - share_of_runs, 6)
    limit = _possible(found.measure, float(match["limit"]), text)
    return Requirement(text.strip(), found.measure, at_least, limit, share_of_runs)


def _possible(measure: str, limit: float, text: str) -> float:
    """Return a limit that the measure can reach."""
    known = find_measure(measure)
    if limit < 0.0 or (known is not None and known.unit == "share" and limit > 1.0):
        most = " and at most 1, as a share is" if known and known.unit == "share" else ""
        raise InputError(f"{text!r}: the limit must be at least 0{most}")
    if limit > LARGEST_LIMIT:
        raise InputError(f"{text!r}: the limit must be at most {LARGEST_LIMIT:g}")
    return limit


def _statistic(text: str, of: str, name: str) -> Statistic:
    if of == "mean":
        return Statistic(text, _known(name, text), None)
    number = int(of[1:])
    if number == 0:
        raise InputError(f"{text!r}: a quantile must be from p1 to p99")
    base = base_name(name).strip()
    if base not in CALL_TIMES:
        return Statistic(text, _known(name, text), number / 100.0)
    own = f"{base.removesuffix('_min')}_p{number}_min"
    if own not in MEASURES:
        raise InputError(f"{text!r}: of {base} a run has only p50 and p90")
    return Statistic(text, _spelt(f"{own}{name.removeprefix(base)}", text), 0.5)


def _known(name: str, text: str) -> str:
    base = base_name(name).strip()
    if base in MEASURES:
        return _spelt(name, text)
    hint = did_you_mean(base, {*MEASURES, *CALL_TIMES})
    if base in CALL_TIMES:
        hint = f"; a run has mean and quantiles of it: p90({base}) or {base[:-4]}_mean_min"
    raise InputError(f"{text.strip()!r}: unknown measure {base}{hint}")


def _spelt(name: str, text: str) -> str:
    """Return a measure with its conditions in the one spelling that runs know it by."""
    try:
        return str(parse_request(name))
    except InputError as error:
        raise InputError(f"{text.strip()!r}: {error}") from None


def value_of_run(measure: str, measures: Mapping[str, float]) -> float:
    """Return what a run says of a measure; infinite for times that are never reached.

    A time is undefined where too few calls are ever answered (or violations detected): it then
    counts as longer than any limit. Only where there was nothing to measure, since no violation
    (or none grave enough for support) happened, does the run say nothing: NaN.

    Raises
    ------
    InputError
        If the run has no such measure.
    """
    if measure not in measures:
        raise InputError(f"a run gives no {measure}")
    value = float(measures[measure])
    known = find_measure(measure)
    if not isnan(value) or known is None or known.unit != "min":
        return value
    if measures.get("n_violations") == 0:
        return value
    if measure.startswith(_WAITING) and isnan(measures.get("answered_share", 0.0)):
        return value
    return inf


def statistic_of(values: Floats, quantile: float | None) -> float:
    """Return mean or quantile of the values of runs; NaN is left out.

    Parameters
    ----------
    values
        Shape (runs,); infinite for a time that is never reached.
    quantile
        None = the mean. A quantile is an order statistic, so that infinite values do not spoil
        it: the least value that at least this share of runs does not pass.
    """
    defined = np.sort(values[~np.isnan(values)])
    if len(defined) == 0:
        return float("nan")
    if quantile is None:
        return float(defined.mean())
    return float(defined[max(0, int(np.ceil(quantile * len(defined) - 1e-9)) - 1)])
