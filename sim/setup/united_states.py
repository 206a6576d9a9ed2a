"""The engagement of the United States in a run, and the groups of monitors that depend on it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats
from sim.kernel.instants import SAME_H
from sim.rules.headquarters import ENGAGED, SUSPENDED, US_STATES, WITHDRAWN
from sim.scenario import MonitorGroup, UnitedStates
from sim.scenario.mission import UNITED_STATES
from sim.setup.streams import stream

type States = NDArray[np.int8]


class Course(NamedTuple):
    """States over time: each holds from its time (h) to the next; the first time is 0."""

    times_h: Floats
    states: States

    def at(self, t: Floats) -> States:
        """Return the states at given times (h)."""
        found: States = self.states[np.searchsorted(self.times_h, t, side="right") - 1]
        return found


def draw_engagement(spec: UnitedStates, horizon_h: float, seed: int) -> Course:
    """Draw, or take from the schedule, the states of engagement over a run."""
    if spec.engagement == "schedule":
        times = [24.0 * row.from_day for row in spec.schedule]
        states = [US_STATES.index(row.state) for row in spec.schedule]
        return Course(np.array(times), np.array(states, dtype=np.int8))
    times, states = [0.0], [ENGAGED]
    if spec.engagement == "random":
        rng = stream(seed, "united_states")
        while times[-1] < horizon_h and states[-1] != WITHDRAWN:
            engaged = states[-1] == ENGAGED
            mean_days = spec.mean_engaged_days if engaged else spec.mean_suspended_days
            spell_h, leaves = 24.0 * mean_days * rng.standard_exponential(), rng.random()
            times.append(times[-1] + spell_h)
            left = WITHDRAWN if leaves < spec.withdrawal_share else SUSPENDED
            states.append(left if engaged else ENGAGED)
    return Course(np.array(times), np.array(states, dtype=np.int8))


def group_course(group: MonitorGroup, us: Course) -> list[tuple[float, bool]]:
    """Return from when on (h) a group of monitors flies, or does not; the first time is 0."""
    start_h = 24.0 * group.from_day
    bounds = [(start_h, True)]
    if group.only_without_us:
        bounds = _without_us(us, 24.0 * group.without_us_delay_days, start_h)
    elif group.nation == UNITED_STATES:
        engaged = us.states == ENGAGED
        bounds = [(max(start_h, t), bool(on)) for t, on in zip(us.times_h, engaged, strict=True)]
    course: list[tuple[float, bool]] = [(0.0, False)]
    for t, on in bounds:
        if t <= course[-1][0]:
            course[-1] = (course[-1][0], on)
        elif on != course[-1][1]:
            course.append((t, on))
    return course


def _without_us(us: Course, delay_h: float, start_h: float) -> list[tuple[float, bool]]:
    """Return when a group flies in place of the United States.

    The delay is waited for once: what has been delivered stays at hand.
    """
    bounds: list[tuple[float, bool]] = []
    delivered_h = np.inf
    for t, state in zip(us.times_h.tolist(), us.states.tolist(), strict=True):
        if state == ENGAGED:
            bounds.append((t, False))
            continue
        delivered_h = min(delivered_h, t + delay_h)
        bounds.append((max(t, delivered_h, start_h), True))
    # a delivery that comes after they are back waits for the next time
    kept: list[tuple[float, bool]] = []
    for index, (t, on) in enumerate(bounds):
        following = bounds[index + 1][0] if index + 1 < len(bounds) else np.inf
        if not on or t + SAME_H < following or index + 1 == len(bounds):
            kept.append((t, on))
    return kept
