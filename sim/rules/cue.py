"""Cueing: a drone leaves its patrol to confirm a report, and takes it up again afterwards.

It flies straight until the place comes into its footprint, looks there until it has confirmed the
report or its search is over, and flies back to where it left its track. The way is a straight line
at constant speed, so every time in it is known in advance.
"""

import numpy as np

from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H, before
from sim.rules.drone import fly_home, leave_station, schedule_looks_in_view
from sim.rules.flight import (
    CONFIRMING,
    CUED,
    RETURNING,
    begin_leg,
    begin_stay,
    drone_point,
    enter_stage,
    patrol_point,
    update_stage,
)
from sim.rules.headquarters import close_search, pass_to_next_station
from sim.rules.patrol import GRAZE_KM, path_position, track_point, track_position
from sim.rules.sensor import reach_of, take_close_look
from sim.rules.violation import CONFIRMED
from sim.world.events import (
    schedule_return,
    schedule_search,
    schedule_search_end,
    schedule_search_look,
)
from sim.world.lots import lot
from sim.world.world import World


@compiled
def _position(world: World, d: int, v: int, x: float, y: float) -> tuple[float, float]:
    """Return where a drone that flies straight from a point (km) has the place in its footprint."""
    violation = world.violations[v]
    dx, dy = violation.x - x, violation.y - y
    away_km = np.sqrt(dx * dx + dy * dy)
    way_km = away_km - world.posts[world.drones[d].post].radius_km
    if way_km <= 0.0:
        return x, y
    return x + dx * (way_km / away_km), y + dy * (way_km / away_km)


@compiled
def _can_be_cued(world: World, d: int, v: int, t: float) -> bool:
    """Tell whether a drone is on station and of use for confirming a report, wherever it is."""
    drone = world.drones[d]
    if not drone.on_from <= t < drone.on_until:
        return False
    sensor = world.platforms[drone.platform]
    violation = world.violations[v]
    if world.evidence[drone.platform, 0, violation.kind] <= 0.0:
        return False
    return bool(world.zones[violation.zone].weather < sensor.weather_limit)


@compiled
def _hours_into_position(world: World, d: int, v: int, t: float, most_h: float) -> float:
    """Return how long a drone needs into position.

    Infinite if that is longer than `most_h`, or if it could not be home in time.
    """
    drone = world.drones[d]
    violation = world.violations[v]
    sensor = world.platforms[drone.platform]
    post = world.posts[drone.post]
    x, y = patrol_point(world, d, t)
    dx, dy = violation.x - x, violation.y - y
    most_km = post.radius_km + (most_h + SAME_H) * sensor.transit_kmh + GRAZE_KM
    if dx * dx + dy * dy > most_km * most_km:
        return np.inf
    to_x, to_y = _position(world, d, v, x, y)
    out_h = np.sqrt((to_x - x) ** 2 + (to_y - y) ** 2) / sensor.transit_kmh
    home_h = np.sqrt((to_x - post.base_x) ** 2 + (to_y - post.base_y) ** 2) / sensor.transit_kmh
    back_at = t + out_h + world.settings[0].search_h + home_h
    return np.inf if before(drone.took_off + sensor.endurance_h, back_at) else out_h


@compiled
def _goes_before(world: World, v: int, d: int, hours: float, other: int, others_h: float) -> bool:
    """Tell whether a drone goes rather than another one, which is not in position before it."""
    if other < 0 or before(hours, others_h):
        return True
    return lot(world, v, world.drones[d].name) < lot(world, v, world.drones[other].name)


@compiled
def _first_of_post(
    world: World, p: int, v: int, t: float, best: int, best_h: float
) -> tuple[int, float]:
    """Return the drone of a post that is in position sooner than the best so far, or that one."""
    d = world.posts[p].first_drone
    while d >= 0:
        hours = (
            _hours_into_position(world, d, v, t, best_h) if _can_be_cued(world, d, v, t) else np.inf
        )
        if (
            hours < np.inf
            and not before(best_h, hours)
            and _goes_before(world, v, d, hours, best, best_h)
        ):
            best, best_h = d, hours
        d = world.drones[d].next_here
    return best, best_h


@compiled
def _first_in_position(world: World, v: int, t: float) -> int:
    """Return the suitable drone that is first in position, -1 for none.

    Those that pass by are asked first: they are mostly near, and what they need rules out most
    others. The circle around what a post can see gives a time that its drones can not stay below.
    """
    violation = world.violations[v]
    cell = violation.cell
    best = -1
    best_h = world.settings[0].cue_flight_h
    for row in range(world.reach_start[cell], world.reach_start[cell + 1]):
        p = world.reach[row].post
        if world.platforms[world.posts[p].platform].can_be_cued:
            best, best_h = _first_of_post(world, p, v, t, best, best_h)
    if best >= 0 and best_h == 0.0:
        return best  # it has the place in view, as nobody can that does not pass by
    for row in range(len(world.circles)):
        circle = world.circles[row]
        dx, dy = abs(violation.x - circle.x), abs(violation.y - circle.y)
        most_km = circle.radius_km + (best_h + SAME_H) * circle.transit_kmh + GRAZE_KM
        if dx > most_km or dy > most_km:
            continue  # most posts are far away, and this needs no root
        if dx * dx + dy * dy > most_km * most_km or reach_of(world, cell, circle.post) >= 0:
            continue
        best, best_h = _first_of_post(world, circle.post, v, t, best, best_h)
    return best


@handler
def send_to_confirm(world: World, v: int, t: float) -> None:
    """Send a drone to confirm a report, or let the report go on if there is none to send."""
    confirmed = world.violations[v].grade == CONFIRMED  # by another look at this very instant
    d = -1 if confirmed else _first_in_position(world, v, t)
    if d < 0:
        pass_to_next_station(world, v, 0, t)
        return
    update_stage(world, d, t)
    drone = world.drones[d]
    post = world.posts[drone.post]
    x, y = drone_point(world, d, t)
    to_x, to_y = _position(world, d, v, x, y)
    drone.path_start = path_position(post, drone.path_start, drone.on_from, t)
    leave_station(world, d, t)
    drone.cue = v
    drone.cues += 1
    world.cases[v].cued = d
    end = begin_leg(world, d, CUED, t, x, y, to_x, to_y)
    schedule_search(world, d, end)


@handler
def begin_search(world: World, d: int, t: float) -> None:
    """Begin to search where the place has come into the footprint."""
    end = t + world.settings[0].search_h
    enter_stage(world, d, CONFIRMING, t, end, end)
    schedule_search_end(world, d, end)
    take_search_look(world, d, 0, t)


@handler
def take_search_look(world: World, d: int, number: int, t: float) -> None:
    """Look for what the report tells of, for the first time (number 0) or again.

    Such looks leave no doubt. They come until before the end of the search, and of the violation.
    """
    drone = world.drones[d]
    v = drone.cue
    violation = world.violations[v]
    if violation.grade == CONFIRMED or not before(t, violation.end):
        return
    take_close_look(world, d, v, t)
    number += 1
    again = drone.stage_start + number * world.platforms[drone.platform].look_h
    if violation.grade != CONFIRMED and before(again, min(violation.end, drone.stage_end)):
        schedule_search_look(world, d, number, again)


@handler
def end_search(world: World, d: int, t: float) -> None:
    """Give the report back and return to the patrol, or home if there is no time for both."""
    close_search(world, d, t)
    drone = world.drones[d]
    post = world.posts[drone.post]
    x, y = drone_point(world, d, t)
    to_x, to_y = track_point(world, post, track_position(post, drone.path_start))
    sensor = world.platforms[drone.platform]
    back_at = t + np.sqrt((to_x - x) ** 2 + (to_y - y) ** 2) / sensor.transit_kmh
    if before(drone.took_off + sensor.endurance_h, back_at + post.return_h):
        fly_home(world, d, t)
        return
    end = begin_leg(world, d, RETURNING, t, x, y, to_x, to_y)
    schedule_return(world, d, end)


@handler
def resume_patrol(world: World, d: int, t: float) -> None:
    """Take the patrol up again where it was left."""
    drone = world.drones[d]
    world.sorties[drone.sortie].off_station = np.nan  # it is on station again
    begin_stay(world, d, t, drone.path_start)
    schedule_looks_in_view(world, d, t)
