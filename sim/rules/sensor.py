"""Looks: how a drone on station comes to detect a violation.

While a live violation is inside the footprint, the sensor looks on entry and then every look
interval, until before the violation is out of view or over or the drone leaves. Each look with
chance p adds -ln(1 - p) of evidence to the violation, which is detected by the look that carries
the evidence to its threshold. With exponential thresholds of mean 1, drawn before the run, that is
the law of independent looks, and the engine draws nothing.
"""

import numpy as np

from sim.kernel.calendar import bring_forward, is_tied
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H, before
from sim.rules.headquarters import record_detection
from sim.rules.patrol import STATIC, next_visit, path_position, point_in_view, stretches_in_view
from sim.rules.violation import CONFIRMED
from sim.rules.weather import POOR, is_jammed
from sim.world.events import schedule_look
from sim.world.lots import lot
from sim.world.rows import ViolationRow
from sim.world.world import World

AT_NIGHT = 1
IN_POOR_WEATHER = 2
JAMMED = 4
CONDITIONS = 8
"""Conditions of a look: any of the three bits."""

NIGHT_FROM_H = 20.0
NIGHT_TO_H = 6.0
"""Night, as clock time; the mean over the year, assumed."""


@compiled
def _conditions(world: World, violation: ViolationRow, t: float) -> int:
    """Return the conditions of a look at a violation now: column of `evidence` and `sure`."""
    zone = world.zones[violation.zone]
    clock_h = t + SAME_H
    hour = clock_h - 24.0 * np.floor(clock_h / 24.0)
    conditions = 0
    if hour >= NIGHT_FROM_H or hour < NIGHT_TO_H:
        conditions |= AT_NIGHT
    if zone.weather >= POOR:
        conditions |= IN_POOR_WEATHER
    if is_jammed(world, violation.zone, t):
        conditions |= JAMMED
    return conditions


@compiled
def _schedule_next_visit(world: World, d: int, v: int, count: int, t: float) -> None:
    """Enter the next look of a drone at a violation from `t` on, given the stretches in view."""
    drone = world.drones[d]
    violation = world.violations[v]
    post = world.posts[drone.post]
    if post.patrol == STATIC:
        if before(t, violation.end) and before(t, drone.on_until):
            schedule_look(world, v, d, t, np.inf)
        return
    path_km = path_position(post, drone.path_start, drone.on_from, t)
    way, stay = next_visit(world, post, count, path_km)
    entry = t + way / post.speed_kmh
    if before(entry, violation.end) and before(entry, drone.on_until):
        schedule_look(world, v, d, entry, entry + stay / post.speed_kmh)


@compiled
def reach_of(world: World, cell: int, post: int) -> int:
    """Return the row for the part of a post's track that can see into a cell, -1 for none.

    The rows of a cell are in the order of posts, and there may be thousands.
    """
    low, end = world.reach_start[cell], world.reach_start[cell + 1]
    high = end
    while low < high:
        middle = (low + high) >> 1
        if world.reach[middle].post < post:
            low = middle + 1
        else:
            high = middle
    return low if low < end and world.reach[low].post == post else -1


@compiled
def _find_stretches(world: World, row: int, violation: ViolationRow) -> int:
    """Return how many stretches of a post's track have the violation in view."""
    reach = world.reach[row]
    post = world.posts[reach.post]
    if post.patrol == STATIC:
        return 1 if point_in_view(world, post, violation.x, violation.y) else 0
    return stretches_in_view(world, reach, violation.x, violation.y)


@compiled
def schedule_first_looks(world: World, v: int, t: float) -> None:
    """Enter the first look at a new violation of each drone whose patrol comes in view of it."""
    violation = world.violations[v]
    for row in range(world.reach_start[violation.cell], world.reach_start[violation.cell + 1]):
        count = -1
        d = world.posts[world.reach[row].post].first_drone
        while d >= 0 and count != 0:
            drone = world.drones[d]
            if drone.on_until > t:
                if count < 0:
                    count = _find_stretches(world, row, violation)
                if count > 0:
                    _schedule_next_visit(world, d, v, count, max(t, drone.on_from))
            d = drone.next_here


@compiled
def schedule_looks_from(world: World, d: int, v: int, t: float) -> None:
    """Enter the next look of one drone at one violation from `t` on."""
    violation = world.violations[v]
    row = reach_of(world, violation.cell, world.drones[d].post)
    if row < 0:
        return
    count = _find_stretches(world, row, violation)
    if count > 0:
        _schedule_next_visit(world, d, v, count, t)


@compiled
def _look_once(world: World, d: int, v: int, evidence: float, sure: bool, t: float) -> None:
    """Look once at a violation, and report it if that carries the evidence to its threshold.

    Once there is a detection that needs confirmation, only sure looks count.
    """
    violation = world.violations[v]
    violation.looks += 1
    if not sure and not np.isnan(violation.detected):
        return
    violation.evidence += evidence
    if violation.evidence >= violation.threshold:
        record_detection(world, v, d, sure, t)


@handler
def choose_tied_look(world: World, row: int) -> None:
    """Of looks at one violation at one instant, take first those that leave a doubt.

    What confirms then adds to what was seen, and is not taken instead of it. Within either sort the
    first is drawn by lot.
    """
    v, t = world.events[row].first, world.events[row].time
    violation = world.violations[v]
    if violation.grade == CONFIRMED:
        return
    conditions = _conditions(world, violation, t)
    drone = world.drones[world.events[row].second]
    sure, drawn = world.sure[drone.platform, conditions], lot(world, v, drone.name)
    other = world.events[row].next
    while is_tied(world, row, other):
        drone = world.drones[world.events[other].second]
        others_sure, others = world.sure[drone.platform, conditions], lot(world, v, drone.name)
        if others_sure < sure or (others_sure == sure and others < drawn):
            bring_forward(world, row, other)
            sure, drawn = others_sure, others
        other = world.events[other].next


@compiled
def take_close_look(world: World, d: int, v: int, t: float) -> None:
    """Look once, with the drone near, so that what it sees leaves no doubt."""
    violation = world.violations[v]
    conditions = _conditions(world, violation, t)
    evidence = world.evidence[world.drones[d].platform, conditions, violation.look_kind]
    _look_once(world, d, v, evidence, True, t)


@handler
def take_look(world: World, v: int, d: int, epoch: int, until: float, t: float) -> None:
    """Look once at a violation on patrol; enter the next look if it is still to be confirmed."""
    violation = world.violations[v]
    drone = world.drones[d]
    if violation.grade == CONFIRMED or drone.epoch != epoch:
        return
    conditions = _conditions(world, violation, t)
    evidence = world.evidence[drone.platform, conditions, violation.look_kind]
    _look_once(world, d, v, evidence, world.sure[drone.platform, conditions] != 0, t)
    sensor = world.platforms[drone.platform]
    if violation.grade == CONFIRMED or not (sensor.confirms or np.isnan(violation.detected)):
        return
    again = t + sensor.look_h
    if before(again, until):
        if before(again, violation.end) and before(again, drone.on_until):
            schedule_look(world, v, d, again, until)
    elif before(until, violation.end) and before(until, drone.on_until):
        schedule_looks_from(world, d, v, until)
