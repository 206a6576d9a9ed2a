"""Space-time diagram: where drones are along the line, and what happens, over some hours."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.arrays import Floats
from sim.errors import InputError
from sim.mesa.model import CeasefireModel
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
)
from sim.output.labels import counted, title_words
from sim.scenario import Scenario

STEP_MINUTES = 5.0
"""Time between the places of a drone that are joined by a line."""
_TRACKS = (BLUE, GREEN, ORANGE, PURPLE, SKY, GREY)


def draw_space_time(
    scenario: Scenario,
    seed: int,
    hours: tuple[float, float],
    stretch_km: tuple[float, float] | None = None,
) -> Figure:
    """Draw the tracks of drones on station and what they see, chainage against time.

    The run is made again up to the end of the window.

    Parameters
    ----------
    scenario, seed
        The run.
    hours
        From when to when (h since the start of the ceasefire).
    stretch_km
        From which chainage to which (km as mapped); None = the whole line.

    Raises
    ------
    InputError
        If the window is empty or does not lie within the run and the line.
    """
    model = CeasefireModel(scenario, rng=seed, step_minutes=STEP_MINUTES)
    length_km = model.plan.line.length_km
    stretch = stretch_km or (0.0, length_km)
    _check("hours", hours, 24.0 * scenario.run.duration_days, "h, the length of the run")
    _check("stretch_km", stretch, length_km, "km, the length of the line")
    times, tracks = _tracks(model, hours)
    events = model.outcome.violations
    events = events[(events["end_h"] > hours[0]) & (events["onset_h"] < hours[1])]
    events = events[events["chainage_km"].between(*stretch) & (events["domain"] == "land")]
    with mpl.rc_context(STYLE):
        figure = new_figure(8.6, 4.6)
        axes = figure.subplots()
        colours = _draw_tracks(axes, times, tracks)
        _draw_events(axes, events)
        axes.set(xlim=hours, ylim=stretch)
        axes.set_xlabel("Time since the start of the ceasefire (h)")
        axes.set_ylabel("Chainage (km as mapped)")
        axes.legend(handles=_handles(colours), loc="center left", bbox_to_anchor=(1.0, 0.5))
        add_title(figure, f"Drones on station and violations: {scenario.title}")
        add_caption(figure, _caption(seed, events, _in_stretch(tracks, stretch)))
    return figure


def _check(name: str, window: tuple[float, float], most: float, what: str) -> None:
    low, high = window
    if not 0.0 <= low < high <= most:
        raise InputError(f"{name} = {window}: must rise, from 0 at least to {most:g} {what}")


def _tracks(
    model: CeasefireModel, hours: tuple[float, float]
) -> tuple[Floats, dict[tuple[str, str], Floats]]:
    """Return times (h), and the chainage of each mobile drone then, NaN where it is not there.

    By platform and name of the drone.
    """
    step_h = STEP_MINUTES / 60.0
    while model.running and model.hours + step_h < hours[0]:
        model.step()
    mobile = [
        drone
        for drone in model.drones
        if model.plan.scenario.monitors[drone.group].patrol != "static"
    ]
    times, places = [], []
    while model.running and model.hours < hours[1]:
        model.step()
        times.append(model.hours)
        here = np.array([drone.pos for drone in mobile]).reshape(-1, 2)
        there = np.array([drone.on_station for drone in mobile], dtype=bool)
        chainage = model.plan.line.locate(here)[0] if len(mobile) else np.empty(0)
        places.append(np.where(there, chainage, np.nan))
    table = np.array(places).reshape(len(times), len(mobile))
    tracks = {(drone.platform, drone.name): table[:, column] for column, drone in enumerate(mobile)}
    return np.array(times), tracks


def _draw_tracks(
    axes: Axes, times: Floats, tracks: Mapping[tuple[str, str], Floats]
) -> dict[str, str]:
    platforms = list(dict.fromkeys(platform for platform, _ in tracks))
    colours = {name: _TRACKS[n % len(_TRACKS)] for n, name in enumerate(platforms)}
    for (platform, name), chainage in tracks.items():
        axes.plot(times, chainage, color=colours[platform], linewidth=0.8, label=name)
    return colours


def _draw_events(axes: Axes, events: pd.DataFrame) -> None:
    places = events["chainage_km"]
    axes.hlines(places, events["onset_h"], events["end_h"], color=VERMILION, linewidth=3, alpha=0.6)
    axes.plot(events["detected_h"], places, "o", color=BLACK, markersize=4)
    axes.plot(events["arrived_h"], places, "^", color=BLACK, markersize=5, markerfacecolor="white")


def _handles(colours: Mapping[str, str]) -> list[Line2D]:
    lines = [
        Line2D([], [], color=colour, label=f"{title_words(platform)} on station")
        for platform, colour in colours.items()
    ]
    look: Any = {"color": BLACK, "linestyle": "none"}
    return [
        *lines,
        Line2D([], [], color=VERMILION, linewidth=3, alpha=0.6, label="violation under way"),
        Line2D([], [], marker="o", markersize=4, label="detected", **look),
        Line2D(
            [], [], marker="^", markersize=5, markerfacecolor="white", label="unit there", **look
        ),
    ]


def _in_stretch(tracks: Mapping[tuple[str, str], Floats], stretch: tuple[float, float]) -> int:
    """Count the drones that are on station within a stretch at some time."""
    low, high = stretch
    return sum(bool(np.any((at >= low) & (at <= high))) for at in tracks.values())


def _caption(seed: int, events: pd.DataFrame, flying: int) -> str:
    seen = int(events["detected_h"].notna().sum())
    return (
        f"One run, seed {seed}: {counted(len(events), 'violation')} on land in the window, {seen:,}"
        f" of them detected by its end; {counted(flying, 'drone')} on station at some time. Drones "
        "are not drawn on the way out, on the way home, or while they confirm a report; fixed "
        "monitors are not drawn."
    )
