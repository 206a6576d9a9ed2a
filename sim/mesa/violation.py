"""The Mesa agent of a violation."""

from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.mesa.view import RecordView
from sim.rules.violation import SIDES, STATUS_NAMES, UNDETECTED, is_settled

if TYPE_CHECKING:
    from sim.mesa.model import CeasefireModel


class Violation(RecordView):
    """A live view of one violation.

    A model holds a view for each violation that is on display: under way, or detected and not yet
    settled.
    """

    column = "violations"

    @classmethod
    def rows(cls, model: "CeasefireModel") -> int:
        """Return how many rows there are to view: those of candidates whose onset is past."""
        return model.world.past_candidates

    def _place(self) -> tuple[float, float]:
        record = self.record
        return float(record["x"]), float(record["y"])

    @property
    def kind(self) -> str:
        """Kind of violation, as named in the scenario."""
        return self.model.plan.kinds[int(self.record["kind"])]

    @property
    def severity(self) -> int:
        """Severity from 1 (slight) to 5 (grave)."""
        return int(self.record["severity"])

    @property
    def side(self) -> str:
        """Side that committed it: `russian` or `ukrainian`."""
        return SIDES[int(self.record["side"])]

    @property
    def onset_h(self) -> float:
        """Onset, hours since the start of the ceasefire."""
        return float(self.record["onset"])

    @property
    def end_h(self) -> float:
        """End, hours since the start of the ceasefire."""
        return float(self.record["end"])

    @property
    def chainage_km(self) -> float:
        """Place along the contact line."""
        return float(self.record["chainage"])

    @property
    def offset_km(self) -> float:
        """Place across the contact line, positive on the Ukrainian-controlled side."""
        return float(self.record["offset"])

    @property
    def detected_h(self) -> float:
        """Time of detection (h); nan while undetected."""
        return float(self.record["detected"])

    @property
    def dispatched_h(self) -> float:
        """Time at which a unit was sent (h); nan until then."""
        return float(self.record["dispatched"])

    @property
    def arrived_h(self) -> float:
        """Time at which help arrived (h); nan until then."""
        return float(self.record["arrived"])

    @property
    def status(self) -> str:
        """What has become of it so far; see `STATUS_NAMES`."""
        status = int(self.record["status"])
        if status == UNDETECTED and self.end_h > self.model.hours:
            return "live"
        return STATUS_NAMES[status]

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return is_settled(self.record, self.model.hours)

    def remove(self) -> None:
        """Take a settled violation off display; the model does so by itself.

        Raises
        ------
        InputError
            When it is not settled: what happens cannot be undone.
        """
        if not self.settled:
            message = (
                f"violation {self.row} cannot be removed: it is {self.status}, and what happens "
                "cannot be undone; it leaves the model when it is settled"
            )
            raise InputError(message)
        super().remove()
