"""One page for each way to draw the map; `benchmarks.maps` serves it and measures.

All show the frames of `benchmarks.map_state` in turn. The next one is sent when the browser has
painted the last, so what is measured is the rate that a technique sustains.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import solara

from benchmarks.map_state import recorded

TECHNIQUE = "CEASEFIRE_MAP"
WIDTH_PX, HEIGHT_PX = 1100, 700
INK, LAND, EDGE = "#222222", "#f7f4ee", "#b8b0a3"
STATES = ("#D55E00", "#E69F00", "#CC79A7", "#8a8a8a", "#0072B2", "#009E73", "#777777")


@solara.component_vue("map_ack.vue")
def Ack(number: int, event_next: Callable[[int], None]) -> None:  # noqa: N802  # a component
    """Tell when a frame has been painted."""


def marks(frame: dict[str, Any]) -> list[tuple[float, float, str]]:
    """Return place and colour of all that moves in a frame: drones, then violations."""
    drones = [(row[1], row[2], "#0072B2") for row in frame["drones"]]
    return drones + [(row[1], row[2], STATES[row[4]]) for row in frame["violations"]]


@solara.component
def Canvas(number: int) -> None:  # noqa: N802
    """Draw with the page's own canvas."""
    from sim.app.page import Map

    ground, frames = recorded()
    text = solara.use_memo(lambda: json.dumps(ground), [])
    Map(
        ground_json=text, frame_json=json.dumps(frames[number % len(frames)]), playing=False,
        picked=-1, event_next=lambda _: None, event_pick=lambda _: None,
    )  # fmt: skip


@solara.component
def Plotly(number: int) -> None:  # noqa: N802
    """Draw with Plotly, whose figure is a widget that is changed in place."""
    import plotly.graph_objects as go

    ground, frames = recorded()

    def build() -> Any:
        figure = go.FigureWidget()
        for ring in ground["land"]:
            x, y = zip(*ring, strict=True)
            figure.add_scatter(
                x=x, y=y, mode="lines", fill="toself", fillcolor=LAND, line_color=EDGE
            )
        x, y = zip(*ground["line"], strict=True)
        figure.add_scatter(x=x, y=y, mode="lines", line_color=INK)
        figure.add_scatter(x=[], y=[], mode="markers")
        low, high = [min(x) - 60, max(x) + 60], [min(y) - 300, max(y) + 300]
        figure.update_layout(
            width=WIDTH_PX, height=HEIGHT_PX, showlegend=False, xaxis_range=low, yaxis_range=high
        )
        return figure

    figure = solara.use_memo(build, [])

    def change() -> None:
        x, y, colours = zip(*marks(frames[number % len(frames)]), strict=True)
        with figure.batch_update():
            figure.data[-1].x, figure.data[-1].y = list(x), list(y)
            figure.data[-1].marker.color = list(colours)

    solara.use_effect(change, [number])
    solara.display(figure)


@solara.component
def Leaflet(number: int) -> None:  # noqa: N802
    """Draw with ipyleaflet's GeoJSON layer, which is what mesa-geo draws agents with."""
    import ipyleaflet

    _, frames = recorded()

    def build() -> Any:
        line = ipyleaflet.Polyline(locations=degrees(recorded()[0]["line"]), color=INK, fill=False)
        land = [
            ipyleaflet.Polygon(locations=degrees(ring), color=EDGE, fill_color=LAND, weight=1)
            for ring in recorded()[0]["land"]
        ]
        agents = ipyleaflet.GeoJSON(
            data=points(frames[0]), point_style={"radius": 4, "weight": 1, "fillOpacity": 0.9}
        )
        shown = ipyleaflet.Map(
            center=(0, 0), zoom=8, layers=[*land, line, agents],
            layout={"width": f"{WIDTH_PX}px", "height": f"{HEIGHT_PX}px"},
        )  # fmt: skip
        return shown, agents

    shown, agents = solara.use_memo(build, [])

    def change() -> None:
        agents.data = points(frames[number % len(frames)])

    solara.use_effect(change, [number])
    solara.display(shown)


def degrees(places: Any) -> list[tuple[float, float]]:
    """Return places as latitude and longitude about 0, 0: 111 km to a degree."""
    return [(y / 111.0, x / 111.0) for x, y in places]


def points(frame: dict[str, Any]) -> dict[str, Any]:
    """Return all that moves in a frame as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"style": {"color": colour, "fillColor": colour}},
            "geometry": {"type": "Point", "coordinates": [x / 111.0, y / 111.0]},
        }
        for x, y, colour in marks(frame)
    ]
    return {"type": "FeatureCollection", "features": features}


@solara.component
def Mesa(number: int, backend: str) -> None:  # noqa: N802
    """Draw with what SolaraViz draws spaces with."""
    from mesa.visualization.solara_viz import SpaceRendererComponent

    from benchmarks.map_mesa import StateModel, make_renderer

    model = solara.use_memo(StateModel, [])
    renderer = solara.use_memo(lambda: make_renderer(model, backend), [])
    solara.use_memo(lambda: model.show(number), [number])
    SpaceRendererComponent(model, renderer, dependencies=[number])


@solara.component
def Page() -> None:  # noqa: N802
    """Show the map of the technique that the environment names."""
    number = solara.use_reactive(0)
    technique = os.environ[TECHNIQUE]
    with solara.Div(classes=["bench-map"], style=f"width: {WIDTH_PX}px; height: {HEIGHT_PX}px"):
        match technique:
            case "canvas":
                Canvas(number.value)
            case "plotly":
                Plotly(number.value)
            case "leaflet":
                Leaflet(number.value)
            case _:
                Mesa(number.value, technique.removeprefix("mesa-"))
    Ack(number=number.value, event_next=lambda shown: number.set(shown + 1))
