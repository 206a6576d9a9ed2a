"""What all Mesa agents of the model share: they are live views of a row of the world."""

from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim.kernel.world import Records

if TYPE_CHECKING:
    from sim.model import CeasefireModel


class RecordView(mesa.Agent):  # type: ignore[misc]  # Mesa ships no types
    """A Mesa agent whose properties read its row of a column of the world.

    Parameters
    ----------
    model
        The model.
    row
        Row of the column.
    """

    model: "CeasefireModel"
    column: ClassVar[str]

    def __init__(self, model: "CeasefireModel", row: int) -> None:
        self.row = row
        super().__init__(model)

    @property
    def record(self) -> Records:
        """The row of the world, km and hours; reading and writing it reads and writes the world."""
        return getattr(self.model.world, self.column)[self.row]

    @property
    def pos(self) -> tuple[float, float]:
        """Place in the local plane, km."""
        raise NotImplementedError

    @pos.setter
    def pos(self, _value: Any) -> None:
        # Mesa sets every agent's place to None when it makes it; ours follows from the record
        return

    @property
    def lonlat(self) -> tuple[float, float]:
        """Place as longitude and latitude, degrees."""
        lon, lat = self.model.plan.line.to_lonlat(self.pos)
        return float(lon), float(lat)

    def step(self) -> None:
        """Do nothing: the engine moves the world; subclasses may look, decide and write here."""
