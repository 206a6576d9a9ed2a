"""Regimes of the ceasefire, driven by grave violations that go unanswered.

The pressure of unanswered violations decays exponentially. Worsening is a clock that runs at a
rate linear in the pressure, easing one at a constant rate; each rings when it has used up its
exponential threshold, drawn before the run for each stay in a regime.
"""

import numpy as np

from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H
from sim.rules.headquarters import ENGAGED, apply_us_state
from sim.rules.violation import REAL
from sim.world.events import schedule_answer_due, schedule_regime_change
from sim.world.world import World

CALM = 0
TENSE = 1
COLLAPSING = 2
ENDED = 3

FARTHEST_ALARM_H = 24.0
ALARM_ROUNDING = 1e-9
"""What may be left of a threshold, by rounding, when its time has come."""


@compiled
def _rates(world: World) -> tuple[float, float]:
    """Return the rates of worsening now: the constant part, and the part of the pressure (1/h)."""
    state = world.regime[0]
    rule = world.regimes[state.level]
    settings = world.settings[0]
    share = settings.us_deterrence if world.us[0].state == ENGAGED else 1.0
    return share * rule.worsen_per_h, share * rule.worsen_per_unanswered_h * state.pressure


@compiled
def _time_to_use(constant: float, decaying: float, left: float, memory_h: float) -> float:
    """Return when the integral of a constant and a decaying rate reaches `left` (h).

    Infinite if that takes longer than the farthest alarm. Else by Newton's method: the integral is
    concave, so from 0 the iteration rises to the root and never passes it.
    """
    most = -decaying * memory_h * np.expm1(-FARTHEST_ALARM_H / memory_h)
    if constant * FARTHEST_ALARM_H + most <= left:
        return np.inf
    hours = 0.0
    for _ in range(64):
        decayed = -np.expm1(-hours / memory_h)
        missing = left - constant * hours - decaying * memory_h * decayed
        rate = constant + decaying * (1.0 - decayed)
        if missing <= 1e-13 * left or rate <= 0.0:
            break
        hours += missing / rate
    return hours


@compiled
def _advance_clocks(world: World, t: float) -> None:
    """Let pressure and clocks run to the present."""
    state = world.regime[0]
    memory_h = world.settings[0].memory_h
    hours = t - state.since
    constant, decaying = _rates(world)
    decayed = -np.expm1(-hours / memory_h)
    state.worsen_left -= constant * hours + decaying * memory_h * decayed
    state.ease_left -= world.regimes[state.level].ease_per_h * hours
    state.pressure *= 1.0 - decayed
    state.hours[state.level] += hours
    state.since = t


@compiled
def _set_alarms(world: World, t: float) -> None:
    """Set the alarm for the clock that will ring first.

    No alarm is set farther ahead than a day, to be set anew then: each unanswered violation voids
    the one before, and the calendar would fill with them.
    """
    state = world.regime[0]
    state.epoch += 1
    constant, decaying = _rates(world)
    left = max(0.0, state.worsen_left)
    worsen_h = _time_to_use(constant, decaying, left, world.settings[0].memory_h)
    ease_per_h = world.regimes[state.level].ease_per_h
    ease_h = max(0.0, state.ease_left) / ease_per_h if ease_per_h > 0.0 else np.inf
    alarm = t + min(worsen_h, ease_h, FARTHEST_ALARM_H)
    schedule_regime_change(world, worsen_h <= ease_h, alarm)


@compiled
def enter_regime(world: World, level: int, t: float) -> None:
    """Enter a regime; both clocks start anew."""
    state = world.regime[0]
    stay = state.stay % len(world.regime_thresholds)
    state.level = level
    state.stay += 1
    state.since = t
    state.worsen_left = world.regime_thresholds[stay, 0]
    state.ease_left = world.regime_thresholds[stay, 1]
    _set_alarms(world, t)


@compiled
def watch_if_grave(world: World, v: int, t: float) -> None:
    """Remember to see whether a grave violation will have been answered in time."""
    settings = world.settings[0]
    violation = world.violations[v]
    if (
        settings.escalation
        and violation.nature == REAL
        and violation.severity >= settings.grave_severity
    ):
        # who arrives at that very instant is in time, whatever rounding says
        schedule_answer_due(world, v, t + settings.answer_within_h + SAME_H)


@compiled
def count_if_unanswered(world: World, v: int, t: float) -> None:
    """Let a grave violation weigh on the ceasefire if nobody has come."""
    if not np.isnan(world.violations[v].arrived):
        return
    _advance_clocks(world, t)
    world.regime[0].unanswered += 1
    world.regime[0].pressure += 1.0
    _set_alarms(world, t)


@handler
def apply_engagement(world: World, state: int, t: float) -> None:
    """Let the United States engage, suspend or withdraw: stations, and the rates of worsening."""
    if world.settings[0].escalation:
        _advance_clocks(world, t)
        apply_us_state(world, state, t)
        _set_alarms(world, t)
    else:
        apply_us_state(world, state, t)


@compiled
def change_regime(world: World, step: int, epoch: int, t: float) -> None:
    """Turn worse (+1) or ease (-1) if the alarm is still in force."""
    state = world.regime[0]
    if state.epoch != epoch:
        return
    _advance_clocks(world, t)
    left = state.worsen_left if step > 0 else state.ease_left
    if left > ALARM_ROUNDING:
        _set_alarms(world, t)
        return
    state.transitions += 1
    if state.level + step == ENDED:
        _renew_attack(world, t)
    else:
        enter_regime(world, state.level + step, t)


@compiled
def _renew_attack(world: World, t: float) -> None:
    """End the ceasefire, and with it the run."""
    state = world.regime[0]
    state.level = ENDED
    state.epoch += 1
    state.ended = t
    engaged = world.us[0].state == ENGAGED
    chance = world.settings[0].backstop_chance if engaged else 0.0
    state.honoured = 1 if state.backstop_mark < chance else 0
    world.calendar[0].horizon = t
