"""Flights: the record of a drone, where it is, how it comes to be lost, and the sortie table.

All of a sortie is known when it begins: the way out, the stay on station, the way home and the
turnaround. So it needs one event, at its end. What stage a drone is in meanwhile is noted when
somebody asks (`update_stage`); whatever changes the plan does that first.
"""

import numpy as np

from sim.kernel.compile import compiled
from sim.rules.patrol import path_position, track_point, track_position
from sim.rules.weather import exposed_until, exposure_hours
from sim.world.events import schedule_loss, schedule_ready_drone
from sim.world.world import World

READY = 0  # could fly, but is held or grounded
TURNAROUND = 1
OUTBOUND = 2
ON_STATION = 3
INBOUND = 4
GONE = 5  # lost, not yet replaced
CUED = 6  # on the way to confirm a report
CONFIRMING = 7
RETURNING = 8  # from there to its patrol
STAGE_NAMES = (
    "ready",
    "turnaround",
    "outbound",
    "on_station",
    "inbound",
    "lost",
    "cued",
    "confirming",
    "returning",
)

ALOFT_BITS = sum(1 << s for s in (OUTBOUND, ON_STATION, INBOUND, CUED, CONFIRMING, RETURNING))
"""A bit for each stage in which a drone is in the air."""

HELD = 1  # by a user's decision
SWITCHED_OFF = 2  # its group does not fly now
WITHDRAWN = 4  # for good

OPEN = 0
PLANNED = 1
WEATHER = 2
SHOT_DOWN = 3
RETASKED = 4
CALLED_HOME = 5  # its group was switched off, or it was withdrawn
ENDING_NAMES = ("open", "planned", "weather", "lost", "retasked", "called_home")


@compiled
def hours_between(start: float, end: float) -> float:
    """Return the hours between two times that fall into the run."""
    return max(0.0, end) - max(0.0, start)


@compiled
def is_airborne(stage: int) -> bool:
    """Tell whether a drone in this stage is in the air."""
    return (ALOFT_BITS >> stage) & 1 == 1


@compiled
def join_post(world: World, d: int) -> None:
    """Put a drone on the list of those that serve its post."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    drone.next_here, post.first_drone = post.first_drone, d


@compiled
def _leave_post(world: World, d: int) -> None:
    drones = world.drones
    drone = drones[d]
    post = world.posts[drone.post]
    if post.first_drone == d:
        post.first_drone = drone.next_here
        return
    other = post.first_drone
    while drones[other].next_here != d:
        other = drones[other].next_here
    drones[other].next_here = drone.next_here


@compiled
def assign_post(world: World, d: int, post: int, following: int) -> None:
    """Assign a drone the post it serves, and the one it will serve from its next leg on."""
    drone = world.drones[d]
    if drone.post != post:
        _leave_post(world, d)
        drone.post = post
        join_post(world, d)
    drone.next_post = following
    world.drone_zones[d] = world.posts[following].zone


@compiled
def patrol_point(world: World, d: int, t: float) -> tuple[float, float]:
    """Return where a drone is (km in the plane) at a time of its stay on station."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    path_km = path_position(post, drone.path_start, drone.on_from, t)
    return track_point(world, post, track_position(post, path_km))


@compiled
def drone_point(world: World, d: int, t: float) -> tuple[float, float]:
    """Return where a drone is at time `t` (km in the plane), exactly, in any stage.

    Its stage must be settled.
    """
    drone = world.drones[d]
    post = world.posts[drone.post]
    if drone.stage == ON_STATION:
        return patrol_point(world, d, t)
    if drone.stage == CONFIRMING:
        return drone.x1, drone.y1
    if is_airborne(drone.stage):
        length = drone.stage_end - drone.stage_start
        share = (t - drone.stage_start) / length if length > 0.0 else 1.0
        return (
            drone.x0 + share * (drone.x1 - drone.x0),
            drone.y0 + share * (drone.y1 - drone.y0),
        )
    return post.base_x, post.base_y


@compiled
def count_exposure(world: World, d: int, t: float) -> None:
    """Use up the threshold of loss of a drone in flight for the time since that was last done."""
    drone = world.drones[d]
    begin, end = max(0.0, drone.exposed_since), max(0.0, t)
    if begin >= end:
        return
    sensor = world.platforms[drone.platform]
    zone = world.posts[drone.post].zone
    hours = exposure_hours(world, zone, begin, end, sensor.jamming_loss_factor)
    drone.loss_left -= sensor.loss_per_h * hours
    drone.exposed_since = t


@compiled
def _schedule_loss_in_flight(world: World, d: int, t: float, flight_end: float) -> None:
    """Enter the loss of a drone that flies as planned if it comes before the flight ends."""
    drone = world.drones[d]
    sensor = world.platforms[drone.platform]
    drone.exposed_since = np.inf
    if sensor.loss_per_h <= 0.0 or not is_airborne(drone.stage):
        return
    drone.exposed_since = t
    begin = max(0.0, t)
    factor = sensor.jamming_loss_factor
    if drone.loss_left >= sensor.loss_per_h * factor * (flight_end - begin):
        return  # nearly always; no need to know when
    zone = world.posts[drone.post].zone
    hours = max(0.0, drone.loss_left) / sensor.loss_per_h
    at = exposed_until(world, zone, begin, flight_end, factor, hours)
    schedule_loss(world, d, at)


@compiled
def record_stage(world: World, d: int, stage: int, start: float, end: float) -> None:
    """Note the stage that a drone is in."""
    drone = world.drones[d]
    drone.stage = stage
    drone.stage_start = start
    drone.stage_end = end


@compiled
def enter_stage(world: World, d: int, stage: int, t: float, end: float, flight_end: float) -> None:
    """Enter a stage, planned to last until `end`; earlier events are void.

    The flight goes on as foreseen until `flight_end`; a loss before then goes on the calendar.
    """
    count_exposure(world, d, t)
    record_stage(world, d, stage, t, end)
    world.drones[d].epoch += 1
    _schedule_loss_in_flight(world, d, t, flight_end)


@compiled
def _set_leg(world: World, d: int, x0: float, y0: float, x1: float, y1: float) -> None:
    drone = world.drones[d]
    drone.x0, drone.y0, drone.x1, drone.y1 = x0, y0, x1, y1


@compiled
def leg_hours(world: World, d: int, x0: float, y0: float, x1: float, y1: float) -> float:
    """Return how long a drone flies from one point to another (km), straight."""
    way_km = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    return float(way_km / world.platforms[world.drones[d].platform].transit_kmh)


@compiled
def begin_leg(
    world: World, d: int, stage: int, t: float, x0: float, y0: float, x1: float, y1: float
) -> float:
    """Start a leg that ends with an event of its own; return when it will be over."""
    end = t + leg_hours(world, d, x0, y0, x1, y1)
    _set_leg(world, d, x0, y0, x1, y1)
    enter_stage(world, d, stage, t, end, end)
    return float(end)


@compiled
def _schedule_next_launch(world: World, d: int) -> None:
    """Enter the end of the turnaround after the planned landing."""
    drone = world.drones[d]
    ready = drone.landing + world.platforms[drone.platform].turnaround_h
    schedule_ready_drone(world, d, ready)


@compiled
def _plan_stay(world: World, d: int, arrival: float, path_start: float) -> None:
    """Plan a stay on station that begins at a place of the path, and the way home."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    endurance = world.platforms[drone.platform].endurance_h
    drone.path_start = path_start
    drone.on_from = arrival
    drone.on_until = max(arrival, drone.took_off + endurance - post.return_h)
    drone.landing = np.inf
    if drone.on_until < np.inf:
        x, y = patrol_point(world, d, drone.on_until)
        drone.off_x, drone.off_y = x, y
        drone.landing = drone.on_until + leg_hours(world, d, x, y, post.base_x, post.base_y)


@compiled
def begin_way_out(world: World, d: int, t: float, x: float, y: float) -> None:
    """Fly from a point (km) on the way to the post and do there what is left of the sortie."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    arrival = t + leg_hours(world, d, x, y, post.entry_x, post.entry_y)
    _plan_stay(world, d, arrival, post.entry_km)
    _set_leg(world, d, x, y, post.entry_x, post.entry_y)
    enter_stage(world, d, OUTBOUND, t, arrival, drone.landing)
    _schedule_next_launch(world, d)


@compiled
def _plan_sortie(world: World, d: int) -> None:
    """Work out the sortie from the base of a drone's post that goes as planned."""
    post = world.posts[world.drones[d].post]
    post.out_h = leg_hours(world, d, post.base_x, post.base_y, post.entry_x, post.entry_y)
    endurance = world.platforms[world.drones[d].platform].endurance_h
    post.stay_h = max(0.0, endurance - post.return_h - post.out_h)
    post.home_h = 0.0
    if post.stay_h < np.inf:
        path_km = path_position(post, post.entry_km, 0.0, post.stay_h)
        x, y = track_point(world, post, track_position(post, path_km))
        post.off_x, post.off_y = x, y
        post.home_h = leg_hours(world, d, x, y, post.base_x, post.base_y)


@compiled
def flight_hours(world: World, d: int) -> float:
    """Return how long a sortie from the base takes that goes as planned, from take-off to landing.

    Mostly less than the endurance: few drones are at the farthest point when they turn for home.
    """
    post = world.posts[world.drones[d].post]
    if np.isnan(post.out_h):
        _plan_sortie(world, d)
    return float(post.out_h + post.stay_h + post.home_h)


@compiled
def begin_sortie(world: World, d: int, t: float) -> None:
    """Begin a sortie at the base; all of it is known now."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    if np.isnan(post.out_h):
        _plan_sortie(world, d)
    drone.took_off = t
    open_sortie(world, d, t)
    drone.path_start = post.entry_km
    drone.on_from = t + post.out_h
    drone.on_until = drone.on_from + post.stay_h
    drone.landing = drone.on_until + post.home_h
    drone.off_x, drone.off_y = post.off_x, post.off_y
    _set_leg(world, d, post.base_x, post.base_y, post.entry_x, post.entry_y)
    enter_stage(world, d, OUTBOUND, t, drone.on_from, drone.landing)
    _schedule_next_launch(world, d)


@compiled
def begin_stay(world: World, d: int, t: float, path_start: float) -> None:
    """Be on station from `t` on, starting at a place of the path, and then do as planned."""
    drone = world.drones[d]
    _plan_stay(world, d, t, path_start)
    enter_stage(world, d, ON_STATION, t, drone.on_until, drone.landing)
    _schedule_next_launch(world, d)


@compiled
def begin_way_home(world: World, d: int, t: float, x: float, y: float) -> None:
    """Fly from a point (km) to the base."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    drone.landing = t + leg_hours(world, d, x, y, post.base_x, post.base_y)
    _set_leg(world, d, x, y, post.base_x, post.base_y)
    enter_stage(world, d, INBOUND, t, drone.landing, drone.landing)
    _schedule_next_launch(world, d)


@compiled
def open_sortie(world: World, d: int, launched: float) -> None:
    """Start a row of the sortie table."""
    clock = world.clock[0]
    drone = world.drones[d]
    sortie = world.sorties[clock.sorties]
    sortie.drone = d
    sortie.post = drone.post
    sortie.ending = OPEN
    sortie.launched = launched
    sortie.on_station = np.nan
    sortie.off_station = np.nan
    sortie.landed = np.nan
    sortie.cues = 0
    drone.cues_before = drone.cues
    drone.sortie = clock.sorties
    drone.launched = launched
    drone.ending = PLANNED
    clock.sorties += 1


@compiled
def close_sortie(world: World, d: int, t: float, ending: int) -> None:
    """End the row of the sortie table."""
    count_exposure(world, d, t)
    drone = world.drones[d]
    sortie = world.sorties[drone.sortie]
    sortie.landed = t
    sortie.ending = ending
    sortie.cues = drone.cues - drone.cues_before
    drone.sortie = -1
    drone.flight_h += hours_between(drone.launched, t)


@compiled
def _record_arrival(world: World, d: int) -> None:
    """Note that a drone has come on station."""
    drone = world.drones[d]
    world.sorties[drone.sortie].on_station = drone.on_from
    record_stage(world, d, ON_STATION, drone.on_from, drone.on_until)


@compiled
def _record_departure(world: World, d: int) -> None:
    """Note that a drone has left its station as planned."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    record_end_of_stay(world, d, drone.on_until)
    _set_leg(world, d, drone.off_x, drone.off_y, post.base_x, post.base_y)
    record_stage(world, d, INBOUND, drone.on_until, drone.landing)


@compiled
def _record_landing(world: World, d: int) -> None:
    """Note that a drone has come home."""
    drone = world.drones[d]
    landed = drone.landing
    close_sortie(world, d, landed, drone.ending)
    drone.exposed_since = np.inf
    ready = landed + world.platforms[drone.platform].turnaround_h
    record_stage(world, d, TURNAROUND, landed, ready)


@compiled
def record_end_of_stay(world: World, d: int, t: float) -> None:
    """Note the end of a stay on station."""
    drone = world.drones[d]
    drone.on_station_h += hours_between(drone.stage_start, t)
    world.sorties[drone.sortie].off_station = t


@compiled
def update_stage(world: World, d: int, t: float) -> None:
    """Note the stages that a drone has gone through by now as planned."""
    drone = world.drones[d]
    if t < drone.stage_end:
        return
    if drone.stage == OUTBOUND:
        _record_arrival(world, d)
    if drone.stage == ON_STATION and t >= drone.stage_end:
        _record_departure(world, d)
    if drone.stage == INBOUND and t >= drone.stage_end:
        _record_landing(world, d)
