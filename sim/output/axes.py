"""Axes of figures in the units in which people say values of measures: hours, not 400 minutes."""

from collections.abc import Iterable

from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from sim.output.labels import is_duration, measure_label
from sim.output.values import MILLION, Scale, scale_of

MINUS = "\u2212"


class UnitTicks(MaxNLocator):
    """Ticks at round numbers of a unit that holds so many of the measure's own."""

    def __init__(self, size: float, most: int) -> None:
        super().__init__(most, steps=[1, 2, 2.5, 5, 10])
        self.size = size

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the places of the ticks between two values in the unit of the measure."""
        ticks = super().tick_values(vmin / self.size, vmax / self.size)
        return [self.size * float(tick) for tick in ticks]


def tick_text(value: float, scale: Scale) -> str:
    """Write a tick without its unit, which stands in the label of the axis."""
    return f"{round(value / scale.size, 9) + 0.0:,.6g}".replace("-", MINUS)


def axis_scale(measure: str, values: Iterable[float]) -> Scale:
    """Return the unit of an axis on which values of a measure are drawn."""
    return scale_of(measure, *(float(value) for value in values))


def axis_label(measure: str, scale: Scale) -> str:
    """Return a measure in words with the unit that its axis is in.

    Parameters
    ----------
    measure
        Its name.
    scale
        The unit of the axis.
    """
    if is_duration(measure):
        return f"{measure_label(measure, with_unit=False)} ({scale.unit})"
    label = measure_label(measure)
    if scale.size != MILLION:
        return label
    return label.replace(" (", " (million ", 1) if " (" in label else f"{label} (millions)"


def tell_values(axis: Axis, measure: str, values: Iterable[float], most: int = 8) -> str:
    """Put an axis in the unit in which people say values of a measure; return its label."""
    return axis_label(measure, put_in_unit(axis, measure, values, most))


def put_in_unit(axis: Axis, measure: str, values: Iterable[float], most: int = 8) -> Scale:
    """Put an axis in the unit in which people say values of a measure, and return that.

    Parameters
    ----------
    axis
        An axis on which values are drawn in the unit of the measure.
    measure
        Name of the measure.
    values
        What is drawn; the largest decides, whatever its sign.
    most
        Most stretches between ticks.
    """
    scale = axis_scale(measure, values)
    axis.set_major_locator(UnitTicks(scale.size, most))
    axis.set_major_formatter(lambda value, _: tick_text(value, scale))
    return scale
