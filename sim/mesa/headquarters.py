"""The Mesa agent of a headquarters."""

import numpy as np

from sim.mesa.view import RemovableView
from sim.rules.headquarters import SHUT, TASKS, close_station


class Headquarters(RemovableView):
    """A station of the command chain: a live view of its record.

    Its `pos` is nan where the scenario states no place.
    """

    column = "stations"

    def _place(self) -> tuple[float, float]:
        spec = self.model.plan.scenario.headquarters[self.name]
        if spec.lon is None or spec.lat is None:
            return np.nan, np.nan
        x, y = self.model.plan.line.to_plane(spec.lon, spec.lat)
        return float(x), float(y)

    @property
    def name(self) -> str:
        """Name in the scenario."""
        return self.model.plan.station_names[self.row]

    @property
    def task(self) -> str:
        """One of `analysis`, `ruling`, `coordination`."""
        return TASKS[int(self.record["task"])]

    @property
    def nation(self) -> str:
        """Nation that provides it; empty where none is stated."""
        nation: str = self.model.plan.scenario.headquarters[self.name].nation
        return nation

    @property
    def open(self) -> bool:
        """Whether it works; a station of the United States does while they are engaged."""
        return not self.record["closed"]

    @property
    def busy(self) -> int:
        """Desks at work."""
        return int(self.record["busy"])

    @property
    def queued(self) -> int:
        """Reports that wait for a desk."""
        return int(self.record["queued"])

    @property
    def served(self) -> int:
        """Reports it has finished."""
        return int(self.record["served"])

    @property
    def removed(self) -> bool:
        """Whether it was closed for good."""
        return bool(self.record["closed"] & SHUT)

    def remove(self) -> None:
        """Take it out of the model for good: reports that wait for it, or come, pass it by."""
        if not self.removed:
            self.model.make_room()
            close_station(self.model.world, self.row, self.model.hours)
        super().remove()
