"""Unmanned monitors: the sortie cycle, weather, loss and re-tasking.

A drone turns around at its base, flies out, is on station along its post's track and flies home. It
leaves the station in time to come home from the farthest point of its track (the planned reserve).
Weather at or above its limit keeps it down and calls it back; a lost one is replaced.
"""

import numpy as np

from sim.kernel.calendar import DRONE_READY, DRONE_REPLACED, GO_ON, push
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import before
from sim.kernel.world import World
from sim.mesa.view import RemovableView
from sim.rules.flight import (
    CALLED_HOME,
    GONE,
    HELD,
    INBOUND,
    ON_STATION,
    READY,
    RETASKED,
    SHOT_DOWN,
    STAGE_NAMES,
    SWITCHED_OFF,
    WEATHER,
    WITHDRAWN,
    aloft,
    close_sortie,
    drone_point,
    end_on_station,
    enter_stage,
    fly_back,
    fly_out,
    open_sortie,
    serve,
    set_out,
    settle,
)
from sim.rules.headquarters import cue_failed
from sim.rules.patrol import BLOCK_CELLS
from sim.rules.sensor import look_from
from sim.rules.violation import strike_ended


@compiled
def grounded(world: World, d: int) -> bool:
    """Tell whether the weather of its post's zone keeps a drone down."""
    drone = world.drones[d]
    zone = world.zones[world.drone_zones[d]]
    return bool(zone.weather >= world.platforms[drone.platform].weather_limit)


@compiled
def _take_off(world: World, d: int, t: float) -> None:
    following = world.drones[d].next_post
    serve(world, d, following, following)
    set_out(world, d, t)
    look_around(world, d, t)


@handler
def turned_around(world: World, d: int, t: float) -> None:
    """Launch a drone that is ready, unless it is held or grounded."""
    settle(world, d, t)
    drone = world.drones[d]
    if drone.held or grounded(world, d):
        enter_stage(world, d, READY, t, np.inf, t)
        serve(world, d, drone.next_post, drone.next_post)
    else:
        _take_off(world, d, t)


@compiled
def _look_into(world: World, d: int, cell: int, t: float) -> None:
    """Enter the looks of a drone, once it is on station, at what is under way in a cell now."""
    strike_ended(world, cell, t)
    arrival = max(t, world.drones[d].on_from)
    v = world.cell_live[cell]
    while v >= 0:
        if world.violations[v].end > arrival:
            look_from(world, d, v, arrival)
        v = world.violations[v].next_live


@compiled
def look_around(world: World, d: int, t: float) -> None:
    """Enter the looks of a drone that is or will be on station at what is under way now."""
    post = world.drones[d].post
    for row in range(world.post_start[post], world.post_start[post + 1]):
        block = world.post_blocks[row]
        cells = block.cells & world.block_live[block.block]
        cell = block.block * BLOCK_CELLS
        while cells != 0:
            if cells & 1:
                _look_into(world, d, cell, t)
            cells >>= 1
            cell += 1


@compiled
def end_stay(world: World, d: int, t: float) -> None:
    """Give up the station, if the drone is on station, or its flight to confirm a report."""
    drone = world.drones[d]
    if drone.cue >= 0:
        cue_failed(world, d, t)
    if drone.stage == ON_STATION:
        end_on_station(world, d, t)
    drone.on_until = min(drone.on_until, t)


@compiled
def fly_home(world: World, d: int, t: float) -> None:
    """Turn for home, earlier than planned, from wherever the drone is."""
    x, y = drone_point(world, d, t)
    end_stay(world, d, t)
    fly_back(world, d, t, x, y)


@handler
def lose(world: World, d: int, t: float) -> None:
    """Lose a drone in flight and order its replacement."""
    drone = world.drones[d]
    settle(world, d, t)
    end_stay(world, d, t)
    close_sortie(world, d, t, SHOT_DOWN)
    drone.lives += 1
    end = t + world.platforms[drone.platform].replacement_h
    enter_stage(world, d, GONE, t, end, t)
    drone.loss_left = world.loss_hazard[d, drone.lives % world.loss_hazard.shape[1]]
    push(world, end, DRONE_REPLACED, d, 0, drone.epoch, 0.0)


@compiled
def call_home(world: World, d: int, reason: int, t: float) -> None:
    """Call a drone back from the way out, its station or a flight to confirm a report."""
    settle(world, d, t)
    drone = world.drones[d]
    if aloft(drone.stage) and drone.stage != INBOUND:
        if drone.cue >= 0:
            push(world, t, GO_ON, drone.cue, 0, 0, 0.0)  # a front may call several back
            drone.cue = -1
        drone.ending = reason
        fly_home(world, d, t)


@compiled
def _let_go(world: World, d: int, t: float) -> None:
    """Launch a drone that stands ready; by an event, as each needs room on the calendar."""
    drone = world.drones[d]
    if not drone.held and drone.stage == READY:
        push(world, t, DRONE_READY, d, 0, drone.epoch, 0.0)


@compiled
def withdraw(world: World, d: int, reason: int, t: float) -> None:
    """Call a drone home and keep it down for a reason."""
    world.drones[d].held |= reason
    call_home(world, d, CALLED_HOME, t)


@handler
def switch_group(world: World, group: int, on: bool, t: float) -> None:
    """Let the drones of a group fly from now on, or call them home and keep them down."""
    for d in range(len(world.drones)):
        drone = world.drones[d]
        if drone.group != group:
            continue
        if on:
            drone.held &= ~SWITCHED_OFF
            _let_go(world, d, t)
        else:
            withdraw(world, d, SWITCHED_OFF, t)


@handler
def weather_changed(world: World, zone: int, t: float) -> None:
    """Call back the drones of a zone that may no longer fly; launch those that may again."""
    for d in range(len(world.drones)):
        if world.drone_zones[d] != zone:
            continue
        if grounded(world, d):
            call_home(world, d, WEATHER, t)
        else:
            _let_go(world, d, t)


@compiled
def withhold(world: World, d: int, reason: int, held: bool, t: float) -> None:
    """Keep a drone on the ground after its present sortie for a reason, or let that reason go."""
    drone = world.drones[d]
    drone.held = drone.held | reason if held else drone.held & ~reason
    if not drone.held and drone.stage == READY:
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
    return not before(drone.took_off + sensor.endurance_h, arrival + target.return_h)


@compiled
def retask(world: World, d: int, post: int, t: float) -> None:
    """Send a drone to another post: at once from the air, else with its next sortie.

    The flight goes straight from where it is to the new track, within the same endurance. A drone
    in the air that could not be home in time from there, or that the weather there would ground,
    flies home instead and goes to the new post afterwards.
    """
    drone = world.drones[d]
    serve(world, d, drone.post, post)
    if not aloft(drone.stage) or drone.stage == INBOUND:
        if drone.stage == READY:
            turned_around(world, d, t)
        return
    if not _can_go(world, d, post, t):
        fly_home(world, d, t)
        return
    x, y = drone_point(world, d, t)
    end_stay(world, d, t)
    close_sortie(world, d, t, RETASKED)
    serve(world, d, post, post)
    open_sortie(world, d, t)
    fly_out(world, d, t, x, y)
    look_around(world, d, t)


class DroneMonitor(RemovableView):
    """An unmanned monitor: a live view of its record, with the ways to re-task it.

    Its `pos` is exact in every stage.
    """

    column = "drones"

    def _place(self) -> tuple[float, float]:
        return drone_point(self.model.world, self.row, self.model.hours)

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
        """What it does now; see `STAGE_NAMES`."""
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
        return bool(self.record["held"] & HELD)

    @property
    def removed(self) -> bool:
        """Whether it was withdrawn for good."""
        return bool(self.record["held"] & WITHDRAWN)

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
            When the stretch does not lie on the line, lies out of its reach, or it was removed.
        """
        self.check_there("retask")
        self.model.retask(self, from_km, to_km, offset_km)

    def hold(self) -> None:
        """Keep it on the ground once its present sortie is over.

        One of unlimited endurance, whose sortie has no end, comes home at once.

        Raises
        ------
        InputError
            When it was removed.
        """
        self.check_there("hold")
        self.model.make_room()
        world, now = self.model.world, self.model.hours
        if np.isinf(world.platforms["endurance_h"][self.record["platform"]]):
            withdraw(world, self.row, HELD, now)
        else:
            withhold(world, self.row, HELD, True, now)

    def release(self) -> None:
        """Let it fly again.

        Raises
        ------
        InputError
            When it was removed.
        """
        self.check_there("release")
        self.model.make_room()
        withhold(self.model.world, self.row, HELD, False, self.model.hours)

    def remove(self) -> None:
        """Take it out of the model for good: from now on it looks at nothing and flies home.

        Measures that are shares of all drones go on counting it, as they do one that is held.
        """
        if not self.removed:
            self.model.make_room()
            withdraw(self.model.world, self.row, WITHDRAWN, self.model.hours)
        super().remove()
