"""Support units: dispatch to violations, queueing of calls, and the way there and back.

The unit with the shortest time to arrive among those ready at their bases is sent; if none is ready
the call waits, graver calls first and older ones first among equals, or is lost where the scenario
has no waiting room. Units drive to a forward point that keeps their stand-off from the line.
"""

from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H
from sim.rules.dispatch import choose_base, forward_point, straight_km
from sim.rules.violation import EXPIRED, LOST, UNDER_WAY, WAITING, record_answer
from sim.statistics.distributions import multiple
from sim.world.events import schedule_arrival, schedule_expiry, schedule_ready_unit
from sim.world.rows import BaseRow, ViolationRow
from sim.world.world import World

HELD = 1  # by a user's decision
ABSENT = 2  # not yet there, or gone
DISBANDED = 4  # for good

AT_BASE = 0
RESPONDING = 1
ON_SCENE = 2  # and, once its work is done, on the way back


@compiled
def _dispatch(world: World, u: int, v: int, km: float, t: float) -> None:
    """Send a unit to a violation."""
    unit = world.units[u]
    base = world.bases[unit.base]
    violation = world.violations[v]
    violation.status = UNDER_WAY
    violation.dispatched = t
    violation.unit = u
    violation.distance = km
    unit.trips += 1
    unit.stage = RESPONDING
    unit.violation = v
    unit.busy_since = t
    base.ready -= 1
    schedule_arrival(world, v, u, t + base.readiness_h + km * base.h_per_km)
    if world.settings[0].travel_is_busy == 0:
        schedule_ready_unit(world, v, u, t + _on_scene_h(base, violation))


@compiled
def _on_scene_h(base: BaseRow, violation: ViolationRow) -> float:
    """Return how long the work on the scene takes (h)."""
    exponential, normal = violation.service_exponential, violation.service_normal
    return base.on_scene_h * multiple(base.on_scene_law, base.on_scene_sigma, exponential, normal)


@compiled
def _first_ready(world: World, b: int) -> int:
    base = world.bases[b]
    for u in range(base.first_unit, base.end_unit):
        if world.units[u].stage == AT_BASE and not world.units[u].held:
            return u
    return -1


@handler
def answer_call(world: World, v: int, t: float) -> None:
    """Answer a call for support: send the nearest ready unit, or queue the call, or lose it."""
    settings = world.settings[0]
    violation = world.violations[v]
    violation.called = t
    best, km = choose_base(world, v)
    if best >= 0:
        _dispatch(world, _first_ready(world, best), v, km, t)
    elif settings.waiting_room:
        _queue_call(world, v, t)
    else:
        violation.status = LOST


@compiled
def _queue_call(world: World, v: int, t: float) -> None:
    """Let a call wait, last among those of its kind and severity."""
    violation = world.violations[v]
    violation.status = WAITING
    violation.next_waiting = -1
    tail = world.queue_tail[violation.kind, violation.severity]
    if tail >= 0:
        world.violations[tail].next_waiting = v
    else:
        world.queue_head[violation.kind, violation.severity] = v
    world.queue_tail[violation.kind, violation.severity] = v
    # a unit that is ready at that very instant still goes, whatever rounding says
    given_up = t + world.settings[0].max_wait_h + SAME_H
    schedule_expiry(world, v, given_up)


@compiled
def _unqueue_call(world: World, v: int) -> None:
    """Take a call out of its queue; it is the first one but for rounding of equal ages."""
    violation = world.violations[v]
    kind, severity = violation.kind, violation.severity
    before = -1
    other = world.queue_head[kind, severity]
    while other != v:
        before = other
        other = world.violations[other].next_waiting
    following = violation.next_waiting
    if before < 0:
        world.queue_head[kind, severity] = following
    else:
        world.violations[before].next_waiting = following
    if following < 0:
        world.queue_tail[kind, severity] = before


@handler
def give_up_call(world: World, v: int) -> None:
    """Give up a call that still waits after the longest wait."""
    violation = world.violations[v]
    if violation.status == WAITING:
        _unqueue_call(world, v)
        violation.status = EXPIRED


@compiled
def _called_before(world: World, v: int, other: int) -> bool:
    """Tell whether a call is older than another; of one moment is first what broke out first."""
    called, others = world.violations[v].called, world.violations[other].called
    return bool(called < others or (called == others and v < other))


@compiled
def _next_call(world: World, group: int) -> int:
    """Return the gravest, then oldest, waiting call that units of a group answer, -1 for none."""
    for severity in range(5, 0, -1):
        best = -1
        for kind in range(world.queue_head.shape[0]):
            v = world.queue_head[kind, severity]
            if v < 0 or not world.fits[group, kind]:
                continue
            if best < 0 or _called_before(world, v, best):
                best = v
        if best >= 0:
            return best
    return -1


@compiled
def take_next_call(world: World, u: int, t: float) -> None:
    """Send a unit that is ready to the next waiting call it fits, if there is one."""
    base = world.bases[world.units[u].base]
    v = _next_call(world, base.group)
    if v >= 0:
        violation = world.violations[v]
        _unqueue_call(world, v)
        _dispatch(world, u, v, straight_km(world, base, violation), t)


@handler
def record_arrival(world: World, v: int, u: int, t: float) -> None:
    """Note the arrival of a unit: from now on it is known when it will be back."""
    unit = world.units[u]
    violation = world.violations[v]
    on_scene_h = _on_scene_h(world.bases[unit.base], violation)
    record_answer(world, v, t)
    violation.cleared = t + on_scene_h
    if unit.violation == v:
        unit.stage = ON_SCENE
    if world.settings[0].travel_is_busy:
        way_back_h = violation.distance * world.bases[unit.base].h_per_km
        schedule_ready_unit(world, v, u, violation.cleared + way_back_h)


@handler
def end_job(world: World, u: int, t: float) -> None:
    """Be ready at the base again, or go straight on to the next waiting call."""
    unit = world.units[u]
    unit.busy_h += t - unit.busy_since
    if unit.held & ABSENT:
        unit.overtime_h += t - max(unit.present_since, unit.busy_since)
    unit.stage = AT_BASE
    unit.violation = -1
    if unit.held:
        return
    world.bases[unit.base].ready += 1
    take_next_call(world, u, t)


@compiled
def set_unit_held(world: World, u: int, reason: int, held: bool, t: float) -> None:
    """Keep a unit from dispatch after its present job for a reason, or let that reason go."""
    unit = world.units[u]
    before = unit.held
    unit.held = before | reason if held else before & ~reason
    if unit.stage != AT_BASE or (before != 0) == (unit.held != 0):
        return
    base = world.bases[unit.base]
    if unit.held:
        base.ready -= 1
    else:
        base.ready += 1
        take_next_call(world, u, t)


@handler
def set_unit_present(world: World, u: int, present: bool, t: float) -> None:
    """Let a unit come, or go after its present job; one that is disbanded is gone."""
    unit = world.units[u]
    if unit.held & DISBANDED:
        return
    base = world.bases[unit.base]
    world.leads[base.domain].present += base.leads * (1 if present else -1)
    if not present:
        unit.present_h += t - unit.present_since
    unit.present_since = t
    set_unit_held(world, u, ABSENT, not present, t)


@compiled
def disband_unit(world: World, u: int, t: float) -> None:
    """Let a unit go for good after its present job."""
    if not world.units[u].held & ABSENT:
        set_unit_present(world, u, False, t)
    world.units[u].held |= DISBANDED


@compiled
def unit_point(world: World, u: int, t: float) -> tuple[float, float]:
    """Return where a unit is at time `t` (km in the plane); the road is drawn as a straight way."""
    unit = world.units[u]
    base = world.bases[unit.base]
    if unit.violation < 0:
        return base.x, base.y
    violation = world.violations[unit.violation]
    x, y = forward_point(world, base, violation)
    way_h = violation.distance * base.h_per_km
    if unit.stage == RESPONDING:
        driven_h = t - violation.dispatched - base.readiness_h
    else:
        driven_h = way_h - max(0.0, t - violation.cleared)
    share = min(1.0, max(0.0, driven_h / way_h)) if way_h > 0.0 else 1.0
    return base.x + share * (x - base.x), base.y + share * (y - base.y)
