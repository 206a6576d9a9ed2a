"""What a look is worth: tables by platform, conditions and kind."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints32
from sim.rules.sensor import AT_NIGHT, CONDITIONS, IN_POOR_WEATHER, JAMMED
from sim.scenario import Platform, Scenario
from sim.setup.reports import clutter_chances


@dataclass(frozen=True)
class LookTables:
    """What looks are worth; the last kind is what nobody sees, made-up reports."""

    evidence: Floats  # (platforms, conditions, kinds + clutter + 1) that a look adds
    sure: Ints32  # (platforms, conditions) whether one that detects leaves no doubt


def _chances(scenario: Scenario) -> Floats:
    """Return the chance of a look by day, in fair weather and unjammed, by platform and kind."""
    platforms = scenario.monitor_platforms().values()
    kinds = scenario.violations.kinds.items()
    chances = [[p.chance(name, kind.domain == "land") for name, kind in kinds] for p in platforms]
    true = np.array(chances, dtype=np.float64).reshape(len(platforms), len(kinds))
    nothing = np.zeros((len(platforms), 1))
    return np.hstack([true, clutter_chances(scenario), nothing])


def _clarity(platform: Platform) -> Floats:
    """Return the chance of a look in all conditions, as a share of that in the best."""
    conditions = np.arange(CONDITIONS)
    clarity = np.ones(CONDITIONS)
    for bit, factor in (
        (AT_NIGHT, platform.night_factor),
        (IN_POOR_WEATHER, platform.poor_weather_factor),
        (JAMMED, platform.jamming_factor),
    ):
        clarity[conditions & bit != 0] *= factor
    return clarity


def build_look_tables(scenario: Scenario) -> LookTables:
    """Work out what a look adds to the evidence: -ln(1 - p) for one that detects with chance p.

    Parameters
    ----------
    scenario
        The scenario.
    """
    platforms = scenario.monitor_platforms().values()
    clarity = np.array([_clarity(platform) for platform in platforms]).reshape(-1, CONDITIONS)
    confirms = np.array([platform.confirms for platform in platforms], dtype=np.bool_)
    least = scenario.cueing.poor_look_share
    chances = _chances(scenario)[:, None, :] * clarity[:, :, None]
    with np.errstate(divide="ignore"):  # a look that can not fail adds infinite evidence
        evidence = -np.log1p(-chances)
    sure = confirms[:, None] & (clarity >= least)
    return LookTables(np.ascontiguousarray(evidence), sure.astype(np.int32))
