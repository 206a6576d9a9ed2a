"""Where drones are when the ceasefire starts: in the air or on the ground, as after a long time."""

import numpy as np

from sim.agents.drone import fly_home, grounded, stay
from sim.agents.flight import (
    OUTBOUND,
    READY,
    TURNAROUND,
    enter_stage,
    fly,
    open_sortie,
)
from sim.kernel.calendar import DRONE_ON_STATION, DRONE_READY, push
from sim.kernel.compiled import compiled
from sim.kernel.world import World


@compiled
def _start_on_station(world: World, d: int) -> None:
    """Put a drone of unlimited endurance on its path; it stays for the whole run."""
    drone = world.drones[d]
    drone.took_off = 0.0
    open_sortie(world, d, 0.0)
    world.sorties[drone.sortie].on_station = 0.0
    stay(world, d, 0.0, drone.cycle_share * world.posts[drone.post].period_km)


@compiled
def _forget_sortie(world: World, d: int, landed: float) -> None:
    """Leave out a sortie that was over before time 0; the drone is in its turnaround."""
    drone = world.drones[d]
    world.clock[0].sorties -= 1
    drone.sortie = -1
    end = landed + world.platforms[drone.platform].turnaround_h
    enter_stage(world, d, TURNAROUND, landed, end)
    push(world, end, DRONE_READY, d, 0, drone.epoch, 0.0)


@compiled
def _start_in_cycle(world: World, d: int) -> None:
    """Put a drone somewhere in its cycle, as if it had been launched before time 0."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    sensor = world.platforms[drone.platform]
    out_h = np.hypot(post.entry_x - post.base_x, post.entry_y - post.base_y) / sensor.transit_kmh
    stay_h = sensor.endurance_h - out_h - post.return_h
    cycle_h = out_h + stay_h + post.return_h + sensor.turnaround_h
    age = drone.cycle_share * cycle_h
    if age >= out_h + stay_h + post.return_h:
        end = cycle_h - age
        enter_stage(world, d, TURNAROUND, 0.0, end)
        push(world, end, DRONE_READY, d, 0, drone.epoch, 0.0)
        return
    drone.took_off = -age
    open_sortie(world, d, -age)
    end = fly(world, d, OUTBOUND, -age, post.base_x, post.base_y, post.entry_x, post.entry_y)
    if age < out_h:
        push(world, end, DRONE_ON_STATION, d, 0, drone.epoch, 0.0)
    else:
        world.sorties[drone.sortie].on_station = end
        stay(world, d, end, post.entry_km)
        if drone.stage_end <= 0.0:
            fly_home(world, d, drone.stage_end)
        if drone.stage_end <= 0.0:
            _forget_sortie(world, d, drone.stage_end)


@compiled
def start_drone(world: World, d: int) -> None:
    """Set a drone to its state at time 0."""
    drone = world.drones[d]
    drone.loss_left = world.loss_hazard[d, 0]
    if drone.held or grounded(world, d):
        enter_stage(world, d, READY, 0.0, np.inf)
    elif np.isinf(world.platforms[drone.platform].endurance_h):
        _start_on_station(world, d)
    else:
        _start_in_cycle(world, d)
