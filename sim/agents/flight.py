"""Flights: the record of a drone, where it is, how it comes to be lost, and the sortie table."""

import numpy as np

from sim.agents.patrol import path_position, track_point, track_position
from sim.kernel.calendar import DRONE_LOST, push
from sim.kernel.compiled import compiled
from sim.kernel.world import World, column

DRONE = np.dtype(
    [
        ("group", "i4"),
        ("platform", "i4"),
        ("post", "i4"),
        ("next_post", "i4"),  # the post it will serve from its next leg on
        ("stage", "i4"),
        ("epoch", "i4"),  # counts stages; voids the events of earlier ones
        ("lives", "i4"),  # losses so far
        ("sortie", "i4"),  # row in the sortie table, -1 on the ground
        ("held", "i4"),  # bits that keep it on the ground: `HELD`, `SWITCHED_OFF`
        ("next_on_station", "i4"),
        ("detections", "i4"),
        ("cue", "i4"),  # the violation it is sent to confirm, -1 for none
        ("cues", "i4"),  # flights to confirm so far
        ("cues_before", "i4"),  # up to the present sortie
        ("ending", "i4"),  # why the present sortie ends
        ("stage_start", "f8"),  # h
        ("stage_end", "f8"),  # h, as planned
        ("took_off", "f8"),  # h; its endurance runs from here
        ("launched", "f8"),  # h, of the present sortie
        ("path_start", "f8"),  # km along the path, on coming on station; or where it left
        ("x0", "f8"),  # km, start and end of the leg it flies
        ("y0", "f8"),
        ("x1", "f8"),
        ("y1", "f8"),
        ("loss_left", "f8"),  # what is left of its loss threshold
        ("loss_rate", "f8"),  # per h, now
        ("loss_since", "f8"),  # h
        ("loss_entry", "f8"),  # h, of its loss on the calendar, infinite if none
        ("on_station_h", "f8"),  # in finished stays
        ("flight_h", "f8"),  # in finished flights
        ("cycle_share", "f8"),  # uniform: where in its cycle, or on its path, it starts
    ],
    align=True,
)
SORTIE = np.dtype(
    [
        ("drone", "i4"),
        ("post", "i4"),
        ("ending", "i4"),
        ("launched", "f8"),
        ("on_station", "f8"),
        ("off_station", "f8"),
        ("landed", "f8"),
        ("cues", "i4"),
    ],
    align=True,
)

column("drones", DRONE)
column("drone_zones", np.int32, 2)  # (drones, 2) zone of its post, and of the next one
column("loss_hazard", np.float64, 2)  # (drones, lives) exponential thresholds of loss
column("sorties", SORTIE)

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

ALOFT = (OUTBOUND, ON_STATION, INBOUND, CUED, CONFIRMING, RETURNING)
_ALOFT_BITS = sum(1 << stage for stage in ALOFT)

HELD = 1  # by a user's decision
SWITCHED_OFF = 2  # its group does not fly now

OPEN = 0
PLANNED = 1
WEATHER = 2
SHOT_DOWN = 3
RETASKED = 4
CALLED_HOME = 5  # its group was switched off
ENDING_NAMES = ("open", "planned", "weather", "lost", "retasked", "called_home")


LOSS_ROUNDING = 1e-9
"""What may be left of a loss threshold, by rounding, when its time has come."""


@compiled
def hours_between(start: float, end: float) -> float:
    """Return the hours between two times that fall into the run."""
    return max(0.0, end) - max(0.0, start)


@compiled
def aloft(stage: int) -> bool:
    """Tell whether a drone in this stage is in the air."""
    return (_ALOFT_BITS >> stage) & 1 == 1


@compiled
def serve(world: World, d: int, post: int, following: int) -> None:
    """Assign a drone the post it serves, and the one it will serve from its next leg on."""
    drone = world.drones[d]
    drone.post, drone.next_post = post, following
    world.drone_zones[d, 0] = world.posts[post].zone
    world.drone_zones[d, 1] = world.posts[following].zone


@compiled
def drone_point(world: World, d: int, t: float) -> tuple[float, float]:
    """Return where a drone is at time `t` (km in the plane), exactly, in any stage."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    if drone.stage == ON_STATION:
        path_km = path_position(post, drone.path_start, drone.stage_start, t)
        return track_point(world, post, track_position(post, path_km))
    if drone.stage == CONFIRMING:
        return drone.x1, drone.y1
    if aloft(drone.stage):
        length = drone.stage_end - drone.stage_start
        share = (t - drone.stage_start) / length if length > 0.0 else 1.0
        return (
            drone.x0 + share * (drone.x1 - drone.x0),
            drone.y0 + share * (drone.y1 - drone.y0),
        )
    return post.base_x, post.base_y


@compiled
def count_exposure(world: World, d: int, t: float) -> None:
    """Use up the threshold of loss at the rate in force since it was last read."""
    drone = world.drones[d]
    drone.loss_left -= drone.loss_rate * hours_between(drone.loss_since, t)
    drone.loss_since = t


@compiled
def set_hazard(world: World, d: int, t: float) -> None:
    """Set the rate of loss of the stage, and enter the loss if it comes before the stage ends.

    An entry that comes too early, because the hazard has fallen since, is left standing: the loss
    clock tells when its time comes. So a mast has few entries, however often jamming changes.
    """
    drone = world.drones[d]
    sensor = world.platforms[drone.platform]
    drone.loss_rate = 0.0
    if sensor.loss_per_h <= 0.0 or not aloft(drone.stage):
        return
    drone.loss_rate = sensor.loss_per_h
    if world.zones[world.posts[drone.post].zone].jammed:
        drone.loss_rate *= sensor.jamming_loss_factor
    at = max(0.0, t) + drone.loss_left / drone.loss_rate
    if at < min(drone.stage_end, drone.loss_entry):
        drone.loss_entry = at
        push(world, at, DRONE_LOST, d, 0, drone.epoch, 0.0)


@compiled
def enter_stage(world: World, d: int, stage: int, t: float, end: float) -> None:
    """Enter a stage, planned to last until `end`; earlier events are void."""
    drone = world.drones[d]
    count_exposure(world, d, t)
    drone.stage = stage
    drone.epoch += 1
    drone.stage_start = t
    drone.stage_end = end
    drone.loss_entry = np.inf
    set_hazard(world, d, t)


@compiled
def fly(
    world: World, d: int, stage: int, t: float, x0: float, y0: float, x1: float, y1: float
) -> float:
    """Start a leg; return when it will be over."""
    drone = world.drones[d]
    drone.x0, drone.y0, drone.x1, drone.y1 = x0, y0, x1, y1
    way_km = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    way_h = way_km / world.platforms[drone.platform].transit_kmh
    enter_stage(world, d, stage, t, t + way_h)
    return float(t + way_h)


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
    drone = world.drones[d]
    sortie = world.sorties[drone.sortie]
    sortie.landed = t
    sortie.ending = ending
    sortie.cues = drone.cues - drone.cues_before
    drone.sortie = -1
    drone.flight_h += hours_between(drone.launched, t)
