"""What a sizing found, and the words in which it is claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.sizing.cost import Cost, cost_grid
from sim.sizing.factors import Factor
from sim.sizing.frontier import Knowledge, Place, maximal, minimal
from sim.sizing.requirements import Requirement
from sim.sizing.verdict import Finding, TestPlan

type Floats = NDArray[np.float64]
type Reversal = tuple[tuple[int, ...], tuple[int, ...], Requirement]

MOST_LISTED = 4
"""Forces named in a claim; the tables have all."""
MOST_REVERSALS = 3
"""Warnings in full; more are counted."""


@dataclass(frozen=True, eq=False)
class Sizing:
    """The smallest forces that meet requirements."""

    factors: tuple[Factor, ...]
    requirements: tuple[Requirement, ...]
    sufficient: pd.DataFrame
    """The smallest forces that were shown to suffice, a row each: sizes, `cost` where asked for.
    No row where none was."""
    insufficient: pd.DataFrame
    """The largest forces that were shown to fall short, as `sufficient`."""
    evaluations: pd.DataFrame
    """One row a tested force and requirement: sizes, `cost` where asked for, `requirement`,
    `runs`, `estimate`, `low`, `high` (bounds at the error of the look), `finding` (of the
    requirement) and `verdict` (of the force)."""
    cheapest: dict[str, float] | None
    """Sizes and `cost` of the cheapest force shown to suffice; None without costs, or if none
    was."""
    least_cost: float
    """No force in range that costs less than this suffices; NaN without costs."""
    confidence: float
    most_runs: int
    most_forces: int
    first_seed: int
    runs: int
    """Runs made."""
    claim: str
    """What is claimed, in words."""
    warnings: tuple[str, ...]
    """What speaks against it, a line each."""


def make_sizing(
    *,
    factors: Sequence[Factor],
    requirements: Sequence[Requirement],
    known: Knowledge,
    findings: Mapping[Place, Sequence[Finding]],
    samples: Mapping[Place, Sequence[Floats]],
    cost: Cost | None,
    confidence: float,
    plan: TestPlan,
    most_forces: int,
    first_seed: int,
    runs: int,
    least_runs: Sequence[float],
    worse: Sequence[Reversal],
) -> Sizing:
    """Put the outcome of a search in tables and words."""
    grid = None if cost is None else cost_grid(cost, factors).reshape(known.shape)
    sufficient = _forces(minimal(known.sufficient), factors, grid)
    insufficient = _forces(maximal(known.failed & ~known.met), factors, grid)
    best, least = None, float("nan")
    if grid is not None:
        least = float(grid[~known.failed].min(initial=np.inf))
        if len(sufficient):
            sufficient = sufficient.sort_values("cost", kind="stable", ignore_index=True)
            best = {str(key): float(value) for key, value in sufficient.iloc[0].items()}
    claim = _claim(factors, known, sufficient, insufficient, best, least, confidence)
    if known.failed.all():
        claim += _shortfall(requirements, findings)
    if (known.met & known.failed).any():
        claim += " What is said of untested forces takes more to be never worse, which failed here."
    return Sizing(
        factors=tuple(factors),
        requirements=tuple(requirements),
        sufficient=sufficient,
        insufficient=insufficient,
        evaluations=_evaluations(factors, requirements, known, findings, samples, grid),
        cheapest=best,
        least_cost=least,
        confidence=confidence,
        most_runs=plan.looks[-1],
        most_forces=most_forces,
        first_seed=first_seed,
        runs=runs,
        claim=claim,
        warnings=(
            *_skew_warnings(requirements, least_runs, plan.looks[-1]),
            *_warnings(factors, known, worse),
        ),
    )


def sizes_at(place: Place, factors: Sequence[Factor]) -> dict[str, int]:
    """Return the sizes of the force at a place of the grid, by key."""
    numbers = place[-len(factors) :]
    return {f.key: f.levels[n] for f, n in zip(factors, numbers, strict=True)}


def _forces(
    places: Sequence[Place], factors: Sequence[Factor], grid: Floats | None
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {**sizes_at(place, factors), **({} if grid is None else {"cost": float(grid[place])})}
        for place in places
    ]
    keys = [factor.key for factor in factors]
    return pd.DataFrame(rows, columns=[*keys, *([] if grid is None else ["cost"])])


def _evaluations(
    factors: Sequence[Factor],
    requirements: Sequence[Requirement],
    known: Knowledge,
    findings: Mapping[Place, Sequence[Finding]],
    samples: Mapping[Place, Sequence[Floats]],
    grid: Floats | None,
) -> pd.DataFrame:
    rows = []
    for place in sorted(known.tested):
        force = _forces([place], factors, grid).iloc[0].to_dict()
        found = zip(requirements, findings[place], samples[place], strict=True)
        rows += [
            {
                **force,
                "requirement": requirement.text,
                "runs": len(sample),
                "estimate": finding.estimate,
                "low": finding.low,
                "high": finding.high,
                "finding": finding.verdict,
                "verdict": known.tested[place],
            }
            for requirement, finding, sample in found
        ]
    return pd.DataFrame(rows)


def _claim(
    factors: Sequence[Factor],
    known: Knowledge,
    sufficient: pd.DataFrame,
    insufficient: pd.DataFrame,
    best: Mapping[str, float] | None,
    least: float,
    confidence: float,
) -> str:
    sure = f"With {100 * confidence:g} % confidence"
    if known.failed.all():
        return f"{sure}, no force in range suffices."
    if not len(sufficient) and not len(insufficient):
        return "No force in range was shown to suffice, and none to fall short: all are open."
    if not len(sufficient):
        return (
            f"No force in range was shown to suffice. {sure}, that much was shown to fall short: "
            f"{_list_of(insufficient)}; the rest is open."
        )
    if best is not None:
        force = ", ".join(f"{key} = {best[key]:g}" for key in best if key != "cost")
        words = f"{sure}, {force} at a cost of {best['cost']:g} suffices, and no force in range"
        return f"{words} that costs less than {least:g} does."
    if len(factors) == 1:
        return f"{sure}, {_one_size(factors[0], sufficient, insufficient)}"
    missing = int((~known.met & ~known.failed).sum())
    return (
        f"{sure}, these forces suffice, and so do all that contain one: {_list_of(sufficient)}. "
        f"These fall short, and so do all contained in one: {_list_of(insufficient)}. "
        f"{missing:,} of {known.met.size:,} forces in range are open."
    )


def _shortfall(
    requirements: Sequence[Requirement], findings: Mapping[Place, Sequence[Finding]]
) -> str:
    """Say of what the largest force falls short, and what it achieves."""
    rules = [
        f"{requirement.text} ({_achieved(requirement, finding.estimate)})"
        for requirement, finding in zip(requirements, findings[max(findings)], strict=True)
        if finding.verdict == "not met"
    ]
    return f" The largest falls short of {', '.join(rules)}."


def _achieved(requirement: Requirement, estimate: float) -> str:
    if np.isinf(estimate):
        return "never reached in some runs"
    return f"{estimate:.4g}{' of runs' if requirement.is_share_of_runs else ''}"


def _one_size(factor: Factor, sufficient: pd.DataFrame, insufficient: pd.DataFrame) -> str:
    enough = int(sufficient[factor.key].iloc[0])
    if not len(insufficient):
        if enough == factor.levels[0]:
            return f"{factor.key} = {enough} suffices; this is the least in range."
        return f"{factor.key} = {enough} suffices; smaller forces are open."
    short = int(insufficient[factor.key].iloc[-1])
    words = f"{factor.key} = {enough} suffices and {short} does not"
    if factor.levels.index(enough) - factor.levels.index(short) == 1:
        return f"{words}: {enough} is the least."
    return f"{words}: the least is from {short + factor.levels.step} to {enough}."


def _list_of(forces: pd.DataFrame) -> str:
    if not len(forces):
        return "none"
    rows = forces.to_dict(orient="records")
    texts = [" with ".join(f"{key} = {row[key]:g}" for key in row) for row in rows[:MOST_LISTED]]
    more = f"; and {len(rows) - MOST_LISTED} more" if len(rows) > MOST_LISTED else ""
    return "; ".join(texts) + more


def _skew_warnings(
    requirements: Sequence[Requirement], least_runs: Sequence[float], most_runs: int
) -> list[str]:
    """Say where runs differ so much in kind that their mean takes more of them than allowed."""
    return [
        f"{requirement.measure} is so skew over runs that its mean takes {least:,.0f} runs to "
        f"judge (--max-replications); P({requirement.measure} ...) >= SHARE takes fewer"
        for requirement, least in zip(requirements, least_runs, strict=True)
        if not requirement.is_share_of_runs and least > most_runs
    ]


def _warnings(factors: Sequence[Factor], known: Knowledge, worse: Sequence[Reversal]) -> list[str]:
    lines = []
    for small, large, requirement in worse[:MOST_REVERSALS]:
        keys = [factor.key for factor in factors]
        few, many = (
            ", ".join(f"{key} = {n}" for key, n in zip(keys, force, strict=True))
            for force in (small, large)
        )
        lines.append(
            f"more is not always better: {requirement.measure} is worse at {many} than at {few}"
        )
    if len(worse) > MOST_REVERSALS:
        lines.append(f"so it is for {len(worse) - MOST_REVERSALS} more pairs of tested forces")
    if (known.met & known.failed).any():
        lines.append(
            "a force was shown to suffice that lies within one shown to fall short: more is not "
            "always better, so smaller or cheaper forces than these may suffice"
        )
    if known.is_exhausted and len(factors) == 2:
        lines.append(
            f"{len(known.tested)} forces were tested, the most allowed: the frontier is coarser "
            "than it could be"
        )
    return lines
