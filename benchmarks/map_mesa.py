"""The frames of `benchmarks.map_state` as a Mesa model, and Mesa's renderer of it."""

from typing import Any

import altair as alt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from mesa import Agent, Model
from mesa.space import ContinuousSpace
from mesa.visualization import SpaceRenderer
from mesa.visualization.components import AgentPortrayalStyle

from benchmarks.map_page import EDGE, HEIGHT_PX, INK, LAND, WIDTH_PX, marks
from benchmarks.map_state import recorded

MARGIN_KM = 60.0
DPI = 100


class StateModel(Model):
    """A model that only shows: its agents are moved to where the frames have them."""

    def __init__(self) -> None:
        super().__init__()
        self.ground, self.frames = recorded()
        x, y = zip(*self.ground["line"], strict=True)
        self.space = ContinuousSpace(
            max(x) + MARGIN_KM, max(y) + 5 * MARGIN_KM, False,
            min(x) - MARGIN_KM, min(y) - 5 * MARGIN_KM,
        )  # fmt: skip
        self.colours: dict[int, str] = {}
        for x_km, y_km, _ in marks(self.frames[0]):
            self.space.place_agent(Agent(self), (x_km, y_km))

    def show(self, number: int) -> None:
        """Put the agents where a frame has them."""
        places = marks(self.frames[number % len(self.frames)])
        for agent, (x, y, colour) in zip(self.agents, places, strict=True):
            self.space.move_agent(agent, (x, y))
            agent.colour = colour


def make_renderer(model: StateModel, backend: str) -> SpaceRenderer:
    """Return Mesa's renderer with the base map; backend is `matplotlib` or `altair`."""
    model.show(0)
    renderer = SpaceRenderer(model, backend=backend)
    size = {"chart_width": WIDTH_PX - 100, "chart_height": HEIGHT_PX - 60}
    renderer.setup_agents(
        lambda agent: AgentPortrayalStyle(color=agent.colour, size=18),
        **(size if backend == "altair" else {}),
    )
    if backend == "matplotlib":
        # it clears lines and patches before each frame, so the base map has to be drawn again
        frame_of = renderer.space_drawer.draw_matplotlib

        def draw(ax: Axes, **words: Any) -> Axes:
            _draw_ground(ax, model.ground)
            return frame_of(ax, **words)

        renderer.space_drawer.draw_matplotlib = draw
        renderer.canvas.get_figure().set_size_inches(WIDTH_PX / DPI, HEIGHT_PX / DPI)
    else:
        renderer.setup_structure(**size)
        ground = _ground_chart(model)
        renderer.post_process = lambda chart: alt.layer(ground, chart)
    return renderer.render()


def _draw_ground(axes: Axes, ground: dict[str, Any]) -> None:
    axes.add_collection(PolyCollection(ground["land"], facecolor=LAND, edgecolor=EDGE))
    x, y = zip(*ground["line"], strict=True)
    axes.plot(x, y, color=INK, linewidth=1.4)


def _ground_chart(model: StateModel) -> alt.Chart:
    rows = [
        {"x": x, "y": y, "part": part, "order": order}
        for part, places in enumerate([model.ground["line"], *model.ground["land"]])
        for order, (x, y) in enumerate(places)
    ]
    space = model.space
    alt.data_transformers.disable_max_rows()
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(color=INK, strokeWidth=1, clip=True)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=[space.x_min, space.x_max])),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[space.y_min, space.y_max])),
            detail="part:N",
            order="order:Q",
        )
    )
