"""Oracle, part 8: the regime of the ceasefire, its pressure and its two clocks."""

import math
from dataclasses import dataclass, field

from sim.scenario.escalation import REGIMES, Escalation


@dataclass
class RegimeClock:
    """The present regime; hazards are integrated from one event to the next."""

    rules: Escalation
    thresholds: list[list[float]]  # of worsening and easing, for each stay
    level: int = 0
    pressure: float = 0.0
    worsened: float = 0.0  # hazard of turning worse used up in this stay
    eased: float = 0.0
    stay: int = 0
    times_h: list[float] = field(default_factory=list)  # of the changes

    def lets(self, mark: float) -> bool:
        """Tell whether the regime lets a background candidate happen."""
        factors: list[float] = [getattr(self.rules, name).factor for name in REGIMES]
        return mark * max(factors) < factors[self.level]

    def _after(self, gap_h: float, *, engaged: bool) -> tuple[float, float]:
        rule = getattr(self.rules, REGIMES[self.level])
        memory_h = 24.0 * self.rules.memory_days
        pressure_h = self.pressure * memory_h * -math.expm1(-gap_h / memory_h)
        worse = rule.worsen_per_day * gap_h + rule.worsen_per_unanswered * pressure_h
        worse *= self.rules.us_deterrence if engaged else 1.0
        ease = rule.ease_per_day * gap_h if self.level > 0 else 0.0
        return self.worsened + worse / 24.0, self.eased + ease / 24.0

    def _due(self, gap_h: float, *, engaged: bool) -> bool:
        worse, ease = self._after(gap_h, engaged=engaged)
        limits = self.thresholds[self.stay]
        return worse >= limits[0] or ease >= limits[1]

    def next_change(self, t: float, until: float, *, engaged: bool) -> float:
        """Return when the regime changes, by halving, or the end of the step."""
        if not self._due(until - t, engaged=engaged):
            return until
        low, high = 0.0, until - t
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (low, middle) if self._due(middle, engaged=engaged) else (middle, high)
        return t + high

    def advance(self, t: float, until: float, *, engaged: bool) -> None:
        """Let time pass, and change the regime where a clock has run out."""
        worse, ease = self._after(until - t, engaged=engaged)
        self.pressure *= math.exp(-(until - t) / (24.0 * self.rules.memory_days))
        self.worsened, self.eased = worse, ease
        limits = self.thresholds[self.stay]
        slack = 1e-11  # of rounding in the time of the change
        if worse >= limits[0] - slack or ease >= limits[1] - slack:
            self.level += 1 if worse >= limits[0] - slack else -1
            self.worsened = self.eased = 0.0
            self.stay += 1
            self.times_h.append(until)
