"""Unmanned monitors: the sortie cycle, weather, loss and re-tasking.

A drone turns around at its base, flies out, is on station along its post's track and flies home. It
leaves the station in time to come home from the farthest point of its track (the planned reserve).
Weather at or above its limit keeps it down and calls it back; a lost one is replaced.
"""

from typing import Any

import numpy as np

from sim.agents.patrol import path_position, track_point, track_position
from sim.agents.sensor import look_from
from sim.agents.view import RecordView
from sim.agents.violation import strike_ended
from sim.kernel.calendar import (
    DRONE_LANDED,
    DRONE_LOST,
    DRONE_OFF_STATION,
    DRONE_ON_STATION,
    DRONE_READY,
    DRONE_REPLACED,
    push,
)
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
        ("held", "i4"),  # 1 while kept on the ground on purpose
        ("next_on_station", "i4"),
        ("detections", "i4"),
        ("ending", "i4"),  # why the present sortie ends
        ("stage_start", "f8"),  # h
        ("stage_end", "f8"),  # h, as planned
        ("took_off", "f8"),  # h; its endurance runs from here
        ("launched", "f8"),  # h, of the present sortie
        ("path_start", "f8"),  # km along the path, on coming on station
        ("x0", "f8"),  # km, start and end of the leg it flies
        ("y0", "f8"),
        ("x1", "f8"),
        ("y1", "f8"),
        ("loss_left", "f8"),  # what is left of its loss threshold
        ("loss_rate", "f8"),  # per h, now
        ("loss_since", "f8"),  # h
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
    ],
    align=True,
)

column("drones", DRONE)
column("loss_hazard", np.float64, 2)  # (drones, lives) exponential thresholds of loss
column("sorties", SORTIE)

READY = 0  # could fly, but is held or grounded
TURNAROUND = 1
OUTBOUND = 2
ON_STATION = 3
INBOUND = 4
GONE = 5  # lost, not yet replaced
STAGE_NAMES = ("ready", "turnaround", "outbound", "on_station", "inbound", "lost")

OPEN = 0
PLANNED = 1
WEATHER = 2
SHOT_DOWN = 3
RETASKED = 4
ENDING_NAMES = ("open", "planned", "weather", "lost", "retasked")


LOSS_ROUNDING = 1e-9
"""What may be left of a loss threshold, by rounding, when its time has come."""


@compiled
def _hours(start: float, end: float) -> float:
    """Return the hours between two times that fall into the run."""
    return max(0.0, end) - max(0.0, start)


@compiled
def grounded(world: World, d: int) -> bool:
    """Tell whether the weather of its post's zone keeps a drone down."""
    drone = world.drones[d]
    zone = world.zones[world.posts[drone.next_post].zone]
    return bool(zone.weather >= world.platforms[drone.platform].weather_limit)


@compiled
def drone_point(world: World, d: int, t: float) -> tuple[float, float]:
    """Return where a drone is at time `t` (km in the plane), exactly, in any stage."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    if drone.stage == ON_STATION:
        path_km = path_position(post, drone.path_start, drone.stage_start, t)
        return track_point(world, post, track_position(post, path_km))
    if drone.stage in (OUTBOUND, INBOUND):
        length = drone.stage_end - drone.stage_start
        share = (t - drone.stage_start) / length if length > 0.0 else 1.0
        return (
            drone.x0 + share * (drone.x1 - drone.x0),
            drone.y0 + share * (drone.y1 - drone.y0),
        )
    return post.base_x, post.base_y


@compiled
def _count_exposure(world: World, d: int, t: float) -> None:
    """Use up the threshold of loss at the rate in force since it was last read."""
    drone = world.drones[d]
    drone.loss_left -= drone.loss_rate * _hours(drone.loss_since, t)
    drone.loss_since = t


@compiled
def _set_hazard(world: World, d: int, t: float) -> None:
    """Set the rate of loss of the stage, and enter the loss if it comes before the stage ends."""
    drone = world.drones[d]
    sensor = world.platforms[drone.platform]
    drone.loss_rate = 0.0
    if sensor.loss_per_h <= 0.0 or drone.stage not in (OUTBOUND, ON_STATION, INBOUND):
        return
    drone.loss_rate = sensor.loss_per_h
    if world.zones[world.posts[drone.post].zone].jammed:
        drone.loss_rate *= sensor.jamming_loss_factor
    at = max(0.0, t) + drone.loss_left / drone.loss_rate
    if at < drone.stage_end:
        push(world, at, DRONE_LOST, d, 0, drone.epoch, 0.0)


@compiled
def enter_stage(world: World, d: int, stage: int, t: float, end: float) -> None:
    """Enter a stage, planned to last until `end`; earlier events are void."""
    drone = world.drones[d]
    _count_exposure(world, d, t)
    drone.stage = stage
    drone.epoch += 1
    drone.stage_start = t
    drone.stage_end = end
    _set_hazard(world, d, t)


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
    drone.sortie = clock.sorties
    drone.launched = launched
    drone.ending = PLANNED
    clock.sorties += 1


@compiled
def _take_off(world: World, d: int, t: float) -> None:
    drone = world.drones[d]
    drone.post = drone.next_post
    post = world.posts[drone.post]
    drone.took_off = t
    open_sortie(world, d, t)
    end = fly(world, d, OUTBOUND, t, post.base_x, post.base_y, post.entry_x, post.entry_y)
    push(world, end, DRONE_ON_STATION, d, 0, drone.epoch, 0.0)


@compiled
def turned_around(world: World, d: int, t: float) -> None:
    """Launch a drone that is ready, unless it is held or grounded."""
    drone = world.drones[d]
    if drone.held or grounded(world, d):
        enter_stage(world, d, READY, t, np.inf)
        drone.post = drone.next_post
    else:
        _take_off(world, d, t)


@compiled
def _join_post(world: World, d: int) -> None:
    drone = world.drones[d]
    post = world.posts[drone.post]
    drone.next_on_station = post.on_station
    post.on_station = d


@compiled
def _quit_post(world: World, d: int) -> None:
    drone = world.drones[d]
    post = world.posts[drone.post]
    if post.on_station == d:
        post.on_station = drone.next_on_station
        return
    other = post.on_station
    while world.drones[other].next_on_station != d:
        other = world.drones[other].next_on_station
    world.drones[other].next_on_station = drone.next_on_station


@compiled
def _look_around(world: World, d: int, t: float) -> None:
    """Enter the looks of a drone that has come on station at what is already under way."""
    post = world.drones[d].post
    for row in range(world.post_cell_start[post], world.post_cell_start[post + 1]):
        cell = world.post_cells[row]
        strike_ended(world, cell, t)
        v = world.cell_live[cell]
        while v >= 0:
            look_from(world, d, v, t)
            v = world.violations[v].next_live


@compiled
def stay(world: World, d: int, t: float, path_start: float) -> None:
    """Be on station from `t` on, starting at a place of the path."""
    drone = world.drones[d]
    post = world.posts[drone.post]
    endurance = world.platforms[drone.platform].endurance_h
    end = max(t, drone.took_off + endurance - post.return_h)
    enter_stage(world, d, ON_STATION, t, end)
    drone.path_start = path_start
    _join_post(world, d)
    push(world, end, DRONE_OFF_STATION, d, 0, drone.epoch, 0.0)


@compiled
def came_on_station(world: World, d: int, t: float) -> None:
    """Begin the patrol where the way out ends, and look at what is under way."""
    drone = world.drones[d]
    world.sorties[drone.sortie].on_station = t
    stay(world, d, t, world.posts[drone.post].entry_km)
    _look_around(world, d, t)


@compiled
def _end_stay(world: World, d: int, t: float) -> None:
    """Give up the station, if the drone is on station."""
    drone = world.drones[d]
    if drone.stage == ON_STATION:
        drone.on_station_h += _hours(drone.stage_start, t)
        _quit_post(world, d)
        world.sorties[drone.sortie].off_station = t


@compiled
def fly_home(world: World, d: int, t: float) -> None:
    """Turn for home from wherever the drone is."""
    drone = world.drones[d]
    x, y = drone_point(world, d, t)
    _end_stay(world, d, t)
    post = world.posts[drone.post]
    end = fly(world, d, INBOUND, t, x, y, post.base_x, post.base_y)
    push(world, end, DRONE_LANDED, d, 0, drone.epoch, 0.0)


@compiled
def _close_sortie(world: World, d: int, t: float, ending: int) -> None:
    drone = world.drones[d]
    sortie = world.sorties[drone.sortie]
    sortie.landed = t
    sortie.ending = ending
    drone.sortie = -1
    drone.flight_h += _hours(drone.launched, t)


@compiled
def land(world: World, d: int, t: float) -> None:
    """End a sortie at the base and start the turnaround."""
    drone = world.drones[d]
    _close_sortie(world, d, t, drone.ending)
    end = t + world.platforms[drone.platform].turnaround_h
    enter_stage(world, d, TURNAROUND, t, end)
    push(world, end, DRONE_READY, d, 0, drone.epoch, 0.0)


@compiled
def lose(world: World, d: int, t: float) -> None:
    """Lose a drone in flight and order its replacement.

    An event that was entered before the hazard fell comes too early; the loss clock tells.
    """
    drone = world.drones[d]
    _count_exposure(world, d, t)
    if drone.loss_left > LOSS_ROUNDING:
        _set_hazard(world, d, t)
        return
    _end_stay(world, d, t)
    _close_sortie(world, d, t, SHOT_DOWN)
    drone.lives += 1
    end = t + world.platforms[drone.platform].replacement_h
    enter_stage(world, d, GONE, t, end)
    drone.loss_left = world.loss_hazard[d, drone.lives % world.loss_hazard.shape[1]]
    push(world, end, DRONE_REPLACED, d, 0, drone.epoch, 0.0)


@compiled
def weather_changed(world: World, zone: int, t: float) -> None:
    """Call back the drones of a zone that may no longer fly; launch those that may again."""
    for d in range(len(world.drones)):
        drone = world.drones[d]
        if world.posts[drone.next_post].zone != zone:
            continue
        if grounded(world, d):
            if drone.stage in (OUTBOUND, ON_STATION):
                drone.ending = WEATHER
                fly_home(world, d, t)
        elif drone.stage == READY:
            turned_around(world, d, t)


@compiled
def jamming_changed(world: World, zone: int, t: float) -> None:
    """Set the loss clocks of a zone's flying drones to the new hazard."""
    for d in range(len(world.drones)):
        drone = world.drones[d]
        if world.posts[drone.post].zone == zone and drone.stage in (OUTBOUND, ON_STATION, INBOUND):
            _count_exposure(world, d, t)
            _set_hazard(world, d, t)


@compiled
def hold(world: World, d: int, held: bool, t: float) -> None:
    """Keep a drone on the ground after its present sortie, or let it fly again."""
    drone = world.drones[d]
    drone.held = 1 if held else 0
    if not held and drone.stage == READY:
        turned_around(world, d, t)


@compiled
def _can_go(world: World, d: int, post: int, t: float) -> bool:
    """Tell whether a flying drone may go to a post: weather permits, and endurance to be home."""
    drone = world.drones[d]
    target = world.posts[post]
    sensor = world.platforms[drone.platform]
    if world.zones[target.zone].weather >= sensor.weather_limit:
        return False
    x, y = drone_point(world, d, t)
    way_km = np.sqrt((target.entry_x - x) ** 2 + (target.entry_y - y) ** 2)
    arrival = t + way_km / sensor.transit_kmh
    return bool(arrival + target.return_h <= drone.took_off + sensor.endurance_h)


@compiled
def retask(world: World, d: int, post: int, t: float) -> None:
    """Send a drone to another post: at once from the air, else with its next sortie.

    The flight goes straight from where it is to the new track, within the same endurance. A drone
    in the air that could not be home in time from there, or that the weather there would ground,
    flies home instead and goes to the new post afterwards.
    """
    drone = world.drones[d]
    drone.next_post = post
    if drone.stage not in (OUTBOUND, ON_STATION):
        if drone.stage == READY:
            turned_around(world, d, t)
        return
    if not _can_go(world, d, post, t):
        fly_home(world, d, t)
        return
    x, y = drone_point(world, d, t)
    _end_stay(world, d, t)
    _close_sortie(world, d, t, RETASKED)
    drone.post = post
    open_sortie(world, d, t)
    target = world.posts[post]
    end = fly(world, d, OUTBOUND, t, x, y, target.entry_x, target.entry_y)
    push(world, end, DRONE_ON_STATION, d, 0, drone.epoch, 0.0)


class DroneMonitor(RecordView):
    """An unmanned monitor: a live view of its record, with the ways to re-task it."""

    column = "drones"

    @property
    def pos(self) -> tuple[float, float]:
        """Place in the local plane now, km, exact in every stage."""
        return drone_point(self.model.world, self.row, self.model.hours)

    @pos.setter
    def pos(self, _value: Any) -> None:
        return

    @property
    def name(self) -> str:
        """Group and number, such as `male-3`."""
        return self.model.plan.drone_names[self.row]

    @property
    def group(self) -> str:
        """Group of monitors in the scenario."""
        return self.model.plan.group_names[int(self.record["group"])]

    @property
    def platform(self) -> str:
        """Platform class."""
        return self.model.plan.platform_names[int(self.record["platform"])]

    @property
    def stage(self) -> str:
        """One of `ready`, `turnaround`, `outbound`, `on_station`, `inbound`, `lost`."""
        return STAGE_NAMES[int(self.record["stage"])]

    @property
    def on_station(self) -> bool:
        """Whether it is on station, looking."""
        return int(self.record["stage"]) == ON_STATION

    @property
    def radius_km(self) -> float:
        """Radius of its footprint."""
        return float(self.model.world.platforms["radius_km"][self.record["platform"]])

    @property
    def detections(self) -> int:
        """Violations it has detected so far."""
        return int(self.record["detections"])

    @property
    def held(self) -> bool:
        """Whether it is kept on the ground on purpose."""
        return bool(self.record["held"])

    def retask(self, from_km: float, to_km: float, offset_km: float | None = None) -> None:
        """Send the drone to shuttle along another stretch; a static one, to stand in its middle.

        In flight it turns there at once, within what is left of its endurance; on the ground it
        goes with its next sortie. It keeps its base.

        Parameters
        ----------
        from_km, to_km
            Chainages of the stretch.
        offset_km
            Offset of the track; the one of its group where none is given.

        Raises
        ------
        InputError
            When the stretch does not lie on the line.
        """
        self.model.retask(self, from_km, to_km, offset_km)

    def hold(self) -> None:
        """Keep it on the ground once its present sortie is over."""
        hold(self.model.world, self.row, True, self.model.hours)

    def release(self) -> None:
        """Let it fly again."""
        self.model.make_room()
        hold(self.model.world, self.row, False, self.model.hours)
