"""What a sizing found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.sizing.bench import Bench
from sim.sizing.claim import explain, lower_failures, make_claim, upper_failures
from sim.sizing.factors import Factor
from sim.sizing.frontier import Knowledge, maximal, minimal
from sim.sizing.question import Question
from sim.sizing.requirements import Requirement
from sim.sizing.trend import Place


@dataclass(frozen=True, eq=False)
class Sizing:
    """The smallest forces that meet requirements."""

    factors: tuple[Factor, ...]
    requirements: tuple[Requirement, ...]
    budgets: Mapping[str, float]
    """Rules about the formula of the cost: its limits by their words."""
    given: Mapping[str, Any]
    """What the claim is conditional on: values by key."""
    sufficient: pd.DataFrame
    """The smallest forces whose own runs show that they suffice, a row each: sizes, `cost` where
    asked for. No row where there is none."""
    insufficient: pd.DataFrame
    """The largest forces whose own runs show that they fall short, as `sufficient`."""
    largest: pd.DataFrame
    """The largest forces that suffice, where a larger one was shown to fall short; else empty."""
    too_large: pd.DataFrame
    """The smallest forces that fall short although a smaller one suffices."""
    evaluations: pd.DataFrame
    """One row a force that was run and requirement: sizes, `cost` where asked for, `requirement`,
    `tested` (a measure for its mean over runs, or "share of runs"), `runs`, `undefined` (runs of
    these without a value), `estimate`, `low`, `high` (bounds that hold all at once), `finding` (of
    the requirement) and `verdict` (of the force)."""
    states: NDArray[np.int8]
    """Of every force in range, first by second size (one row for one size): 1 suffices, -1 does
    not, by its own runs or by the trend; 0 is open."""
    cheapest: dict[str, float] | None
    """Sizes and `cost` of the cheapest force shown to suffice; None without costs, or if none
    was."""
    least_cost: float
    """No force in range that costs less than this suffices, by its runs or by the trend; NaN
    without costs."""
    confidence: float
    most_runs: int
    most_forces: int
    first_seed: int
    runs: int
    """Runs made."""
    claim: str
    """What is claimed, in words."""
    explanation: tuple[str, ...]
    """What it rests on for forces that were not run, and why none suffices; a line each."""
    warnings: tuple[str, ...]
    """What speaks against it, a line each."""


def make_sizing(
    bench: Bench, known: Knowledge, *, confidence: float, most_forces: int, first_seed: int
) -> Sizing:
    """Put the outcome of a search in tables and words."""
    asked = bench.asked
    met = known.run_verdicts("met")
    sufficient = _forces(minimal(met), asked)
    too_large = upper_failures(known)
    best, least = None, float("nan")
    if asked.prices is not None:
        least = float(asked.prices[~known.claimed_short].min(initial=np.inf))
        sufficient = sufficient.sort_values("cost", kind="stable", ignore_index=True)
        if len(sufficient):
            best = {str(key): float(value) for key, value in sufficient.iloc[0].items()}
    return Sizing(
        factors=asked.factors,
        requirements=asked.requirements,
        budgets=dict(asked.budgets),
        given=dict(asked.given),
        sufficient=sufficient,
        insufficient=_forces(lower_failures(known), asked),
        largest=_forces(maximal(met) if too_large else [], asked),
        too_large=_forces(too_large, asked),
        evaluations=_evaluations(bench, known),
        states=known.claimed_sufficient.astype(np.int8) - known.claimed_short,
        cheapest=best,
        least_cost=least,
        confidence=confidence,
        most_runs=bench.plan.looks[-1],
        most_forces=most_forces,
        first_seed=first_seed,
        runs=bench.trials.runs,
        claim=make_claim(bench, known, confidence),
        explanation=tuple(explain(bench, known)),
        warnings=(*_skew_warnings(bench), *_warnings(known)),
    )


def _forces(places: Sequence[Place], asked: Question) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {**asked.sizes(place), **_price(asked, place)} for place in places
    ]
    return pd.DataFrame(rows, columns=[*asked.keys, *([] if asked.prices is None else ["cost"])])


def _price(asked: Question, place: Place) -> dict[str, float]:
    return {} if asked.prices is None else {"cost": float(asked.prices[place])}


def _evaluations(bench: Bench, known: Knowledge) -> pd.DataFrame:
    rows = []
    for place in sorted(known.tested):
        samples = zip(
            bench.asked.requirements, bench.findings[place], bench.samples(place), strict=True
        )
        rows += [
            {
                **bench.asked.sizes(place),
                **_price(bench.asked, place),
                "requirement": requirement.text,
                "tested": requirement.tested,
                "runs": len(sample),
                "undefined": int(np.isnan(sample).sum()),
                "estimate": finding.estimate,
                "low": finding.low,
                "high": finding.high,
                "finding": finding.verdict,
                "verdict": known.tested[place].verdict,
            }
            for requirement, finding, sample in samples
        ]
    return pd.DataFrame(rows)


def _skew_warnings(bench: Bench) -> list[str]:
    """Say where runs differ so much in kind that their mean takes more of them than allowed."""
    politics = bench.asked.scenario.united_states.engagement == "random"
    advice = "; or set what makes runs unequal: --given united_states.engagement=engaged"
    return [
        f"{requirement.measure} is so skew over runs that its mean takes {least:,.0f} runs to "
        f"judge closely (--max-replications); P({requirement.measure} ...) >= SHARE takes fewer"
        f"{advice if politics else ''}"
        for requirement, least in zip(bench.asked.requirements, bench.least_runs, strict=True)
        if not requirement.is_share_of_runs and least > bench.plan.looks[-1]
    ]


def _warnings(known: Knowledge) -> list[str]:
    lines = []
    against = [place for place, found in known.tested.items() if found.verdict == "undecided"]
    if known.is_exhausted and known.worthwhile(np.ones(known.shape, dtype=np.bool_)).any():
        lines.append(
            f"{len(known.tested)} forces were run, the most allowed (--max-forces): more would "
            "leave fewer open"
        )
    if against and not known.run_verdicts("met").any():
        lines.append(
            f"{len(against)} of {len(known.tested)} forces run stayed undecided: more runs of each "
            "(--max-replications) would tell"
        )
    return lines
