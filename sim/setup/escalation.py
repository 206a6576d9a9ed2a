"""The rules of escalation, and what is drawn for the regimes of a run."""

from dataclasses import dataclass

import numpy as np

from sim.kernel.columns import Records
from sim.scenario import Regime, Scenario
from sim.scenario.escalation import REGIMES
from sim.setup.streams import stream
from sim.setup.violations import highest_factor
from sim.world.rows import RegimeRow, RegimeRuleRow

STAYS_MARGIN = 64


@dataclass(frozen=True)
class EscalationRules:
    """How regimes change, made ready to run."""

    enabled: bool
    start: int
    rules: Records  # RegimeRuleRow (3,)
    stays: int  # for how many stays in a regime thresholds are drawn


def build_escalation_rules(scenario: Scenario) -> EscalationRules:
    """Make the rules of escalation ready to run."""
    spec = scenario.escalation
    highest = highest_factor(spec)
    rules = np.zeros(len(REGIMES), dtype=RegimeRuleRow.dtype)
    for rule, name in zip(rules, REGIMES, strict=True):
        regime: Regime = getattr(spec, name)
        rule["factor_share"] = regime.factor / highest if highest > 0.0 else 0.0
        rule["worsen_per_h"] = regime.worsen_per_day / 24.0
        rule["worsen_per_unanswered_h"] = regime.worsen_per_unanswered / 24.0
        rule["ease_per_h"] = 0.0 if name == "calm" else regime.ease_per_day / 24.0
    # each easing needs one stay, and the worsening before it another
    eased = scenario.run.duration_days * 24.0 * float(rules["ease_per_h"].max())
    stays = int(2.0 * (eased + 10.0 * np.sqrt(eased))) + STAYS_MARGIN
    return EscalationRules(spec.enabled, REGIMES.index(spec.start), rules, stays)


def draw_regime(spec: EscalationRules, seed: int) -> dict[str, Records]:
    """Draw the thresholds of the regimes.

    Returns
    -------
    dict
        Columns of the world: ``regime``, the state at time 0, and ``regime_thresholds`` (stays, 2),
        exponential, of worsening and easing of each stay in a regime.
    """
    regime = np.zeros(1, dtype=RegimeRow.dtype)
    regime["level"] = spec.start
    regime["honoured"] = -1
    regime["ended"] = np.inf
    if not spec.enabled:
        return {"regime": regime, "regime_thresholds": np.ones((1, 2))}
    rng = stream(seed, "escalation")
    regime["backstop_mark"] = rng.random()
    thresholds = rng.standard_exponential((spec.stays, 2))
    return {"regime": regime, "regime_thresholds": thresholds}
