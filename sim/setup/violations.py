"""The process that violations come from, made ready for drawing.

Background incidents are an inhomogeneous Poisson process: a rate that follows the phases of the
ceasefire and the hour of the day, times a Gamma activity of each day (which makes daily counts
negative binomial), placed by hot spots. Each incident sets off a Poisson number of others at
exponential delays and normal distances: a Hawkes process in its cluster form.

References
----------
Hawkes, A. G. and Oakes, D. (1974), A cluster process representation of a self-exciting process,
Journal of Applied Probability 11, 493-503.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.errors import InputError
from sim.geography import ContactLine
from sim.scenario import Escalation, HotSpot, Scenario
from sim.scenario.escalation import REGIMES
from sim.statistics.distributions import LAWS, lognormal_sigma

FARTHEST_SPOT_KM = 100.0
MOST_CANDIDATES = 20_000_000
"""A run that expects more candidates than this is refused: its tables would not fit in memory."""


@dataclass(frozen=True)
class ViolationProcess:
    """The violation process of a scenario, made ready for drawing."""

    horizon_h: float
    edges_h: Floats  # (bins + 1,) between which the rate is constant
    expected: Floats  # (bins,) background incidents of each bin at activity 1
    day_of_bin: Ints  # (bins,)
    days: int
    dispersion_k: float | None
    branching_ratio: float
    decay_h: float
    spread_km: float
    spot_edges: Floats  # (spots,) cumulative shares
    spot_at_km: Floats
    spot_spread_km: Floats
    law: "Law"
    regimes: bool  # whether candidates are thinned by the regime


class Law(NamedTuple):
    """What the fields of a candidate are drawn from, as arrays by kind."""

    kind_edges: Floats  # (kinds,) cumulative shares
    severity_edges: Floats  # (kinds, 5) cumulative shares
    duration_h: Floats  # (kinds,) means
    duration_law: Ints  # (kinds,)
    duration_sigma: Floats  # (kinds,) of the logarithm, for the lognormal
    offset_sd_km: Floats  # (kinds,)
    russian_share: Floats  # (kinds,)
    max_offset_km: float
    delay_h: float
    delay_law: int
    delay_sigma: float
    service_drawn: bool  # whether any unit's time on the scene is random
    service_normal: bool  # whether any is lognormal


def _cumulative(weights: list[float]) -> Floats:
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    shares: Floats = total / total[-1]
    return shares


def highest_factor(spec: Escalation) -> float:
    """Return the highest factor of any regime, which candidates are drawn for."""
    if not spec.enabled:
        return 1.0
    return max(float(getattr(spec, regime).factor) for regime in REGIMES)


def _rate_bins(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return the bins between which the background rate is constant, and their expected counts."""
    spec = scenario.violations
    horizon = scenario.run.duration_days * 24.0
    rate_per_day = spec.rate_per_day * highest_factor(scenario.escalation)
    starts = np.array([24.0 * phase.from_day for phase in spec.phases])
    factors = np.array([phase.factor for phase in spec.phases])
    hours = np.asarray(spec.hour_weights)
    steady = bool(np.all(hours == hours[0]))
    daily = spec.overdispersion_k is not None
    step = 24.0 if steady else 1.0
    grid = np.arange(0.0, horizon, step) if daily or not steady else np.zeros(1)
    edges = np.unique(np.concatenate([grid, starts[starts < horizon], [horizon]]))
    factor = factors[np.searchsorted(starts, edges[:-1], side="right") - 1]
    hour = (hours / hours.mean())[(edges[:-1] % 24.0).astype(int)] if not steady else 1.0
    return edges, rate_per_day / 24.0 * np.diff(edges) * factor * hour


def build_process(scenario: Scenario, line: ContactLine) -> ViolationProcess:
    """Make the violation process of a scenario ready for drawing.

    Raises
    ------
    InputError
        When a hot spot does not lie near the line, or the run would hold too many violations.
    """
    spec = scenario.violations
    edges, expected = _rate_bins(scenario)
    total = expected.sum() / (1.0 - spec.branching_ratio)
    if total > MOST_CANDIDATES:
        message = (
            f"violations.rate_per_day = {spec.rate_per_day:g}: the run would hold about "
            f"{total:.2g} violations; "
            f"at most {MOST_CANDIDATES:g} are allowed"
        )
        raise InputError(message)
    spots = spec.hot_spots
    at_km = [spot_chainage(name, spot, line) for name, spot in spots.items()]
    return ViolationProcess(
        horizon_h=scenario.run.duration_days * 24.0,
        edges_h=edges,
        expected=expected,
        day_of_bin=(edges[:-1] // 24.0).astype(np.int64),
        days=int(np.ceil(scenario.run.duration_days)),
        dispersion_k=spec.overdispersion_k,
        branching_ratio=spec.branching_ratio,
        decay_h=spec.offspring_decay_h,
        spread_km=spec.offspring_spread_km,
        spot_edges=np.cumsum([spot.share for spot in spots.values()]),
        spot_at_km=np.array(at_km),
        spot_spread_km=np.array([spot.spread_km for spot in spots.values()]),
        law=_law(scenario),
        regimes=scenario.escalation.enabled,
    )


def _law(scenario: Scenario) -> Law:
    kinds = list(scenario.violations.kinds.values())
    command = scenario.command
    return Law(
        kind_edges=_cumulative([kind.share for kind in kinds]),
        severity_edges=np.array([_cumulative(list(kind.severity_weights)) for kind in kinds]),
        duration_h=np.array([kind.mean_duration_min / 60.0 for kind in kinds]),
        duration_law=np.array([LAWS.index(kind.duration) for kind in kinds]),
        duration_sigma=np.array([lognormal_sigma(kind.duration_cv) for kind in kinds]),
        offset_sd_km=np.array([kind.offset_sd_km for kind in kinds]),
        russian_share=np.array([kind.russian_side_share for kind in kinds]),
        max_offset_km=scenario.violations.max_offset_km,
        delay_h=command.delay_min / 60.0,
        delay_law=LAWS.index(command.delay),
        delay_sigma=lognormal_sigma(command.delay_cv),
        service_drawn=any(group.on_scene != "fixed" for group in scenario.support.values()),
        service_normal=any(group.on_scene == "lognormal" for group in scenario.support.values()),
    )


def spot_chainage(name: str, spot: HotSpot, line: ContactLine) -> float:
    """Return the chainage (km) of a hot spot's centre.

    Raises
    ------
    InputError
        When it does not lie near the line.
    """
    key = f"violations.hot_spots.{name}"
    if spot.lon is not None and spot.lat is not None:
        chainage, offset = line.locate(line.to_plane(spot.lon, spot.lat))
        away_km = abs(float(offset))
        if away_km > FARTHEST_SPOT_KM:
            message = (
                f"{key}: lies {away_km:.0f} km from the line; "
                f"at most {FARTHEST_SPOT_KM:g} is allowed"
            )
            raise InputError(message)
        return float(chainage)
    at_km = spot.chainage_km or 0.0
    if at_km > line.length_km:
        message = f"{key}.chainage_km = {at_km:g}: the line is {line.length_km:.1f} km long"
        raise InputError(message)
    return at_km
