"""Where drones are when the ceasefire starts: in the air or on the ground, as after a long time."""

import numpy as np

from sim.kernel.compile import compiled
from sim.rules.drone import is_grounded
from sim.rules.flight import (
    READY,
    TURNAROUND,
    begin_sortie,
    begin_stay,
    enter_stage,
    flight_hours,
    join_post,
    open_sortie,
    update_stage,
)
from sim.world.events import schedule_ready_drone
from sim.world.world import World


@compiled
def _start_on_station(world: World, d: int) -> None:
    """Put a drone of unlimited endurance on its path; it stays for the whole run."""
    drone = world.drones[d]
    drone.took_off = 0.0
    open_sortie(world, d, 0.0)
    world.sorties[drone.sortie].on_station = 0.0
    begin_stay(world, d, 0.0, drone.cycle_share * world.posts[drone.post].period_km)


@compiled
def _start_turning_around(world: World, d: int, start: float, ready: float) -> None:
    enter_stage(world, d, TURNAROUND, start, ready, start)
    schedule_ready_drone(world, d, ready)


@compiled
def _start_in_cycle(world: World, d: int) -> None:
    """Put a drone somewhere in the cycle that it flies, as if launched before time 0."""
    drone = world.drones[d]
    flight_h = flight_hours(world, d)
    cycle_h = flight_h + world.platforms[drone.platform].turnaround_h
    age = drone.cycle_share * cycle_h
    if age < flight_h:
        begin_sortie(world, d, -age)
        update_stage(world, d, 0.0)
    else:
        _start_turning_around(world, d, flight_h - age, cycle_h - age)


@compiled
def start_drone(world: World, d: int) -> None:
    """Set a drone to its state at time 0."""
    drone = world.drones[d]
    join_post(world, d)
    drone.loss_left = world.loss_hazard[d, 0]
    if drone.held or is_grounded(world, d):
        enter_stage(world, d, READY, 0.0, np.inf, 0.0)
    elif np.isinf(world.platforms[drone.platform].endurance_h):
        _start_on_station(world, d)
    else:
        _start_in_cycle(world, d)
