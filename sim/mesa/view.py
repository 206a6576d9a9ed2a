"""What all Mesa agents of the model share: they are live views of a row of the world."""

from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from sim.errors import InputError
from sim.kernel.columns import Records

if TYPE_CHECKING:
    from sim.mesa.model import CeasefireModel


class RecordView(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A Mesa agent whose properties read its row of a column of the world.

    Parameters
    ----------
    model
        The model.
    row
        Row of the column.

    Raises
    ------
    InputError
        When there is no such row, or another agent of the model is the view of it.
    """

    model: "CeasefireModel"
    column: ClassVar[str]

    def __init__(self, model: "CeasefireModel", row: int) -> None:
        self._row = self._checked(model, row)
        super().__init__(model)

    @classmethod
    def rows(cls, model: "CeasefireModel") -> int:
        """Return how many rows there are to view."""
        return len(getattr(model.world, cls.column))

    @classmethod
    def _checked(cls, model: "CeasefireModel", row: Any) -> int:
        rows = cls.rows(model)
        whole = isinstance(row, int | np.integer) and not isinstance(row, bool)
        if not whole or not 0 <= row < rows:
            allowed = f"a whole number from 0 to {rows - 1}" if rows else f"none: no {cls.column}"
            message = f"{cls.__name__}: row = {row!r}: must be {allowed}"
            raise InputError(message)
        return int(row)

    @property
    def row(self) -> int:
        """Row of the column that it is the view of."""
        return self._row

    @property
    def record(self) -> Records:
        """The row of the world, km and hours; reading and writing it reads and writes the world."""
        return getattr(self.model.world, self.column)[self.row]

    @property
    def pos(self) -> tuple[float, float]:
        """Place in the local plane now, km; it follows from the record and cannot be set."""
        return self._place()

    @pos.setter
    def pos(self, value: Any) -> None:
        # Mesa sets every agent's place to None when it makes it
        if value is not None:
            message = f"pos = {value}: cannot be set: where an agent is follows from the run"
            raise AttributeError(message)

    def _place(self) -> tuple[float, float]:
        raise NotImplementedError

    @property
    def lonlat(self) -> tuple[float, float]:
        """Place as longitude and latitude, degrees."""
        lon, lat = self.model.plan.line.to_lonlat(self.pos)
        return float(lon), float(lat)

    def step(self) -> None:
        """Do nothing: the engine moves the world; subclasses may look, decide and write here."""


class RemovableView(RecordView):
    """A view of what can be taken out of a run."""

    @property
    def name(self) -> str:
        """Name in the scenario."""
        raise NotImplementedError

    @property
    def removed(self) -> bool:
        """Whether it was taken out of the run for good."""
        raise NotImplementedError

    def check_there(self, order: str) -> None:
        """Check that it can follow an order.

        Raises
        ------
        InputError
            When it was removed.
        """
        if self.removed:
            message = f"{order} {self.name}: it was removed from the model, for good"
            raise InputError(message)


class HoldableView(RemovableView):
    """A view of what can be kept back for a while."""

    def hold(self) -> None:
        """Keep it back once its present sortie or job is over.

        A drone of unlimited endurance, whose sortie has no end, comes home at once.

        Raises
        ------
        InputError
            When it was removed.
        """
        self._order("hold", True)

    def release(self) -> None:
        """Let it fly, or answer calls, again; a unit takes the next waiting call.

        Raises
        ------
        InputError
            When it was removed.
        """
        self._order("release", False)

    def _order(self, order: str, held: bool) -> None:
        self.check_there(order)
        self.model.make_room()
        self._set_held(held)

    def _set_held(self, held: bool) -> None:
        raise NotImplementedError
