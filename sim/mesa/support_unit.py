"""The Mesa agent of a support unit."""

from sim.mesa.view import HoldableView
from sim.rules.support_unit import (
    ABSENT,
    AT_BASE,
    DISBANDED,
    HELD,
    ON_SCENE,
    RESPONDING,
    disband_unit,
    set_unit_held,
    unit_point,
)


class SupportUnit(HoldableView):
    """A support unit: a live view of its record, with the way to hold it back.

    For its `pos` the road is drawn as a straight way.
    """

    column = "units"

    def _place(self) -> tuple[float, float]:
        return unit_point(self.model.world, self.row, self.model.hours)

    @property
    def name(self) -> str:
        """Group and number, such as `france-2`."""
        return self.model.plan.support.names[self.row]

    @property
    def group(self) -> str:
        """Group of units in the scenario."""
        return self.model.plan.support.base_groups[int(self.record["base"])]

    @property
    def nation(self) -> str:
        """Nation that provides it."""
        return self.model.plan.scenario.support[self.group].nation

    @property
    def role(self) -> str:
        """What it is for."""
        return self.model.plan.scenario.support[self.group].role

    @property
    def stage(self) -> str:
        """One of `ready`, `responding`, `on_scene`, `returning`."""
        record = self.record
        if record["stage"] != ON_SCENE:
            return "responding" if record["stage"] == RESPONDING else "ready"
        cleared_h = self.model.world.violations["cleared"][record["violation"]]
        return "on_scene" if cleared_h > self.model.hours else "returning"

    @property
    def busy(self) -> bool:
        """Whether it is on a job."""
        return int(self.record["stage"]) != AT_BASE

    @property
    def violation(self) -> int:
        """Row of the violation it is sent to, -1 for none."""
        return int(self.record["violation"])

    @property
    def trips(self) -> int:
        """How many times it was sent out."""
        return int(self.record["trips"])

    @property
    def held(self) -> bool:
        """Whether it is held back on purpose."""
        return bool(self.record["held"] & HELD)

    @property
    def present(self) -> bool:
        """Whether it is in the country."""
        return not self.record["held"] & ABSENT

    @property
    def removed(self) -> bool:
        """Whether it was taken out of the model for good."""
        return bool(self.record["held"] & DISBANDED)

    def _set_held(self, held: bool) -> None:
        set_unit_held(self.model.world, self.row, HELD, held, self.model.hours)

    def remove(self) -> None:
        """Take it out of the model for good: it leaves the country after its present job."""
        if not self.removed:
            self.model.make_room()
            disband_unit(self.model.world, self.row, self.model.hours)
        super().remove()
