"""The figures of a run, in the order in which the report shows them."""

from collections.abc import Callable
from typing import NamedTuple

from matplotlib.figure import Figure

from sim.output.figures.map import draw_run_map
from sim.output.figures.responses import draw_response_times
from sim.output.figures.timelines import draw_timelines
from sim.results.outcome import Outcome


class RunFigure(NamedTuple):
    """A figure that `ceasefire run` writes and `ceasefire report` shows."""

    stem: str
    """Name of its files, without the ending."""
    title: str
    draw: Callable[[Outcome], Figure]


RUN_FIGURES = (
    RunFigure("map", "Where violations were detected and answered", draw_run_map),
    RunFigure("timelines", "Forces, and what was seen and answered, over time", draw_timelines),
    RunFigure("response_times", "How long help took", draw_response_times),
)
