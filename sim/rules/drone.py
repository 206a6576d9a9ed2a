"""Unmanned monitors: the sortie cycle, weather, loss and re-tasking.

A drone turns around at its base, flies out, is on station along its post's track and flies home. It
leaves the station in time to come home from the farthest point of its track (the planned reserve).
Weather at or above its limit keeps it down and calls it back; a lost one is replaced.
"""

import numpy as np

from sim.kernel.compile import compiled, handler
from sim.kernel.instants import before
from sim.rules.flight import (
    CALLED_HOME,
    GONE,
    INBOUND,
    ON_STATION,
    READY,
    RETASKED,
    SHOT_DOWN,
    SWITCHED_OFF,
    WEATHER,
    assign_post,
    begin_sortie,
    begin_way_home,
    begin_way_out,
    close_sortie,
    drone_point,
    enter_stage,
    is_airborne,
    open_sortie,
    record_end_of_stay,
    update_stage,
)
from sim.rules.headquarters import give_up_search
from sim.rules.patrol import BLOCK_CELLS
from sim.rules.sensor import schedule_looks_from
from sim.rules.violation import remove_ended
from sim.world.events import schedule_going_on, schedule_ready_drone, schedule_replacement
from sim.world.world import World


@compiled
def is_grounded(world: World, d: int) -> bool:
    """Tell whether the weather of its post's zone keeps a drone down."""
    drone = world.drones[d]
    zone = world.zones[world.drone_zones[d]]
    return bool(zone.weather >= world.platforms[drone.platform].weather_limit)


@compiled
def _take_off(world: World, d: int, t: float) -> None:
    following = world.drones[d].next_post
    assign_post(world, d, following, following)
    begin_sortie(world, d, t)
    schedule_looks_in_view(world, d, t)


@handler
def launch_or_wait(world: World, d: int, t: float) -> None:
    """Launch a drone that is ready, unless it is held or grounded."""
    update_stage(world, d, t)
    drone = world.drones[d]
    if drone.held or is_grounded(world, d):
        enter_stage(world, d, READY, t, np.inf, t)
        assign_post(world, d, drone.next_post, drone.next_post)
    else:
        _take_off(world, d, t)


@compiled
def _schedule_looks_into(world: World, d: int, cell: int, t: float) -> None:
    """Enter the looks of a drone, once it is on station, at what is under way in a cell now."""
    remove_ended(world, cell, t)
    arrival = max(t, world.drones[d].on_from)
    v = world.cell_live[cell]
    while v >= 0:
        if world.violations[v].end > arrival:
            schedule_looks_from(world, d, v, arrival)
        v = world.violations[v].next_live


@compiled
def schedule_looks_in_view(world: World, d: int, t: float) -> None:
    """Enter the looks of a drone that is or will be on station at what is under way now."""
    post = world.drones[d].post
    for row in range(world.post_start[post], world.post_start[post + 1]):
        block = world.post_blocks[row]
        cells = block.cells & world.block_live[block.block]
        cell = block.block * BLOCK_CELLS
        while cells != 0:
            if cells & 1:
                _schedule_looks_into(world, d, cell, t)
            cells >>= 1
            cell += 1


@compiled
def leave_station(world: World, d: int, t: float) -> None:
    """Give up the station, if the drone is on station, or its flight to confirm a report."""
    drone = world.drones[d]
    if drone.cue >= 0:
        give_up_search(world, d, t)
    if drone.stage == ON_STATION:
        record_end_of_stay(world, d, t)
    drone.on_until = min(drone.on_until, t)


@compiled
def fly_home(world: World, d: int, t: float) -> None:
    """Turn for home, earlier than planned, from wherever the drone is."""
    x, y = drone_point(world, d, t)
    leave_station(world, d, t)
    begin_way_home(world, d, t, x, y)


@handler
def lose_drone(world: World, d: int, t: float) -> None:
    """Lose a drone in flight and order its replacement."""
    drone = world.drones[d]
    update_stage(world, d, t)
    leave_station(world, d, t)
    close_sortie(world, d, t, SHOT_DOWN)
    drone.lives += 1
    end = t + world.platforms[drone.platform].replacement_h
    enter_stage(world, d, GONE, t, end, t)
    drone.loss_left = world.loss_hazard[d, drone.lives % world.loss_hazard.shape[1]]
    schedule_replacement(world, d, end)


@compiled
def recall(world: World, d: int, reason: int, t: float) -> None:
    """Call a drone back from the way out, its station or a flight to confirm a report."""
    update_stage(world, d, t)
    drone = world.drones[d]
    if is_airborne(drone.stage) and drone.stage != INBOUND:
        if drone.cue >= 0:
            schedule_going_on(world, drone.cue, t)  # a front may call several back
            drone.cue = -1
        drone.ending = reason
        fly_home(world, d, t)


@compiled
def _launch_if_ready(world: World, d: int, t: float) -> None:
    """Launch a drone that stands ready; by an event, as each needs room on the calendar."""
    drone = world.drones[d]
    if not drone.held and drone.stage == READY:
        schedule_ready_drone(world, d, t)


@compiled
def withdraw_drone(world: World, d: int, reason: int, t: float) -> None:
    """Call a drone home and keep it down for a reason."""
    world.drones[d].held |= reason
    recall(world, d, CALLED_HOME, t)


@handler
def switch_group(world: World, group: int, on: bool, t: float) -> None:
    """Let the drones of a group fly from now on, or call them home and keep them down."""
    for d in range(len(world.drones)):
        drone = world.drones[d]
        if drone.group != group:
            continue
        if on:
            drone.held &= ~SWITCHED_OFF
            _launch_if_ready(world, d, t)
        else:
            withdraw_drone(world, d, SWITCHED_OFF, t)


@handler
def weather_changed(world: World, zone: int, t: float) -> None:
    """Call back the drones of a zone that may no longer fly; launch those that may again."""
    for d in range(len(world.drones)):
        if world.drone_zones[d] != zone:
            continue
        if is_grounded(world, d):
            recall(world, d, WEATHER, t)
        else:
            _launch_if_ready(world, d, t)


@compiled
def set_drone_held(world: World, d: int, reason: int, held: bool, t: float) -> None:
    """Keep a drone on the ground after its present sortie for a reason, or let that reason go."""
    drone = world.drones[d]
    drone.held = drone.held | reason if held else drone.held & ~reason
    if not drone.held and drone.stage == READY:
        launch_or_wait(world, d, t)


@compiled
def _can_fly_to(world: World, d: int, post: int, t: float) -> bool:
    """Tell whether a flying drone may go to a post: weather permits, and endurance to be home."""
    drone = world.drones[d]
    target = world.posts[post]
    sensor = world.platforms[drone.platform]
    if world.zones[target.zone].weather >= sensor.weather_limit:
        return False
    x, y = drone_point(world, d, t)
    way_km = np.sqrt((target.entry_x - x) ** 2 + (target.entry_y - y) ** 2)
    arrival = t + way_km / sensor.transit_kmh
    return not before(drone.took_off + sensor.endurance_h, arrival + target.return_h)


@compiled
def retask_drone(world: World, d: int, post: int, t: float) -> None:
    """Send a drone to another post: at once from the air, else with its next sortie.

    The flight goes straight from where it is to the new track, within the same endurance. A drone
    in the air that could not be home in time from there, or that the weather there would ground,
    flies home instead and goes to the new post afterwards.
    """
    drone = world.drones[d]
    assign_post(world, d, drone.post, post)
    if not is_airborne(drone.stage) or drone.stage == INBOUND:
        if drone.stage == READY:
            launch_or_wait(world, d, t)
        return
    if not _can_fly_to(world, d, post, t):
        fly_home(world, d, t)
        return
    x, y = drone_point(world, d, t)
    leave_station(world, d, t)
    close_sortie(world, d, t, RETASKED)
    assign_post(world, d, post, post)
    open_sortie(world, d, t)
    begin_way_out(world, d, t, x, y)
    schedule_looks_in_view(world, d, t)
