"""Regimes of the ceasefire, driven by grave violations that go unanswered.

The pressure of unanswered violations decays exponentially. Worsening is a clock that runs at a
rate linear in the pressure, easing one at a constant rate; each rings when it has used up its
exponential threshold, drawn before the run for each stay in a regime.
"""

import numpy as np

from sim.kernel.calendar import EASE, GRAVE_DUE, WORSEN, push
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H
from sim.kernel.world import World, column
from sim.rules.headquarters import ENGAGED, us_changed
from sim.rules.violation import REAL

REGIME_RULE = np.dtype(
    [
        ("factor_share", "f8"),  # of the highest factor of any regime
        ("worsen_per_h", "f8"),
        ("worsen_per_unanswered_h", "f8"),
        ("ease_per_h", "f8"),
    ],
    align=True,
)
REGIME = np.dtype(
    [
        ("level", "i4"),
        ("epoch", "i4"),  # voids the alarms set before
        ("stay", "i4"),  # counts the stays in a regime
        ("transitions", "i4"),
        ("honoured", "i4"),  # -1 as long as there was no attack
        ("unanswered", "i4"),  # grave violations left unanswered so far
        ("pressure", "f8"),
        ("since", "f8"),  # h, up to which pressure and clocks are taken
        ("worsen_left", "f8"),
        ("ease_left", "f8"),
        ("ended", "f8"),  # h, infinite while the ceasefire holds
        ("backstop_mark", "f8"),  # uniform, against the chance that the backstop is honoured
        ("hours", "f8", 3),  # in each regime so far
    ],
    align=True,
)

column("regimes", REGIME_RULE)  # (3,)
column("regime", REGIME)  # (1,)
column("regime_thresholds", np.float64, 2)  # (stays, 2) of worsening and easing

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
def _run_clocks(world: World, t: float) -> None:
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
    kind = WORSEN if worsen_h <= ease_h else EASE
    push(world, t + min(worsen_h, ease_h, FARTHEST_ALARM_H), kind, 0, 0, state.epoch, 0.0)


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
def await_answer(world: World, v: int, t: float) -> None:
    """Remember to see whether a grave violation will have been answered in time."""
    settings = world.settings[0]
    violation = world.violations[v]
    if (
        settings.escalation
        and violation.nature == REAL
        and violation.severity >= settings.grave_severity
    ):
        # who arrives at that very instant is in time, whatever rounding says
        push(world, t + settings.answer_within_h + SAME_H, GRAVE_DUE, v, 0, 0, 0.0)


@compiled
def grave_due(world: World, v: int, t: float) -> None:
    """Let a grave violation weigh on the ceasefire if nobody has come."""
    if not np.isnan(world.violations[v].arrived):
        return
    _run_clocks(world, t)
    world.regime[0].unanswered += 1
    world.regime[0].pressure += 1.0
    _set_alarms(world, t)


@handler
def engagement_changed(world: World, state: int, t: float) -> None:
    """Let the United States engage, suspend or withdraw: stations, and the rates of worsening."""
    if world.settings[0].escalation:
        _run_clocks(world, t)
        us_changed(world, state, t)
        _set_alarms(world, t)
    else:
        us_changed(world, state, t)


@compiled
def change_regime(world: World, step: int, epoch: int, t: float) -> None:
    """Turn worse (+1) or ease (-1) if the alarm is still in force."""
    state = world.regime[0]
    if state.epoch != epoch:
        return
    _run_clocks(world, t)
    left = state.worsen_left if step > 0 else state.ease_left
    if left > ALARM_ROUNDING:
        _set_alarms(world, t)
        return
    state.transitions += 1
    if state.level + step == ENDED:
        _attack(world, t)
    else:
        enter_regime(world, state.level + step, t)


@compiled
def _attack(world: World, t: float) -> None:
    """End the ceasefire, and with it the run."""
    state = world.regime[0]
    state.level = ENDED
    state.epoch += 1
    state.ended = t
    engaged = world.us[0].state == ENGAGED
    chance = world.settings[0].backstop_chance if engaged else 0.0
    state.honoured = 1 if state.backstop_mark < chance else 0
    world.clock[0].horizon = t
