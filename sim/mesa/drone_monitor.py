"""The Mesa agent of an unmanned monitor."""

import numpy as np

from sim.mesa.view import HoldableView
from sim.rules.drone import set_drone_held, withdraw_drone
from sim.rules.flight import HELD, ON_STATION, STAGE_NAMES, WITHDRAWN, drone_point


class DroneMonitor(HoldableView):
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

    def _set_held(self, held: bool) -> None:
        """Keep it down after its sortie, or call it home at once where the sortie has no end."""
        world, now = self.model.world, self.model.hours
        if held and np.isinf(world.platforms["endurance_h"][self.record["platform"]]):
            withdraw_drone(world, self.row, HELD, now)
        else:
            set_drone_held(world, self.row, HELD, held, now)

    def remove(self) -> None:
        """Take it out of the model for good: from now on it looks at nothing and flies home.

        Measures that are shares of all drones go on counting it, as they do one that is held.
        """
        if not self.removed:
            self.model.make_room()
            withdraw_drone(self.model.world, self.row, WITHDRAWN, self.model.hours)
        super().remove()
