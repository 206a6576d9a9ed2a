"""A film of a run, drawn without a browser: MP4 through ffmpeg, or GIF through Pillow."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path as MplPath

from sim.app.figures import clock_text
from sim.app.frame import STATES
from sim.app.watch import STEP_MINUTES, Watch
from sim.errors import InputError
from sim.files import atomic_file, check_parent
from sim.output.figures.ground import BORDER, LAND, SEA
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    QUIET,
    STYLE,
    VERMILION,
    new_figure,
)  # fmt: skip
from sim.scenario import Scenario

FRAMES_PER_S = 10
DPI = 120
WIDTH_IN, HEIGHT_IN = 9.0, 6.0
MARGIN_SHARE = 0.12
COLOURS = (VERMILION, ORANGE, PURPLE, GREY, BLUE, GREEN, QUIET)
MARKS = ("^", "^", "s", "s", "o", "o", "x")
"""Colour and mark of each of `STATES`, as on the page."""


def make_writer(out: Path) -> AbstractMovieWriter:
    """Return what writes a film with the ending of a file.

    Raises
    ------
    InputError
        When the ending is neither .mp4 nor .gif, or ffmpeg is missing.
    """
    if out.suffix == ".gif":
        return PillowWriter(fps=FRAMES_PER_S)
    if out.suffix != ".mp4":
        message = f"--out {out}: must end in .mp4 or .gif"
        raise InputError(message)
    if find_spec("imageio_ffmpeg") is not None:
        mpl.rcParams["animation.ffmpeg_path"] = import_module("imageio_ffmpeg").get_ffmpeg_exe()
    if not FFMpegWriter.isAvailable():
        message = f"--out {out}: ffmpeg is missing; install ceasefire-sim[app], or write a .gif"
        raise InputError(message)
    return FFMpegWriter(fps=FRAMES_PER_S)


def make_film(scenario: Scenario, seed: int, out: Path, hours: float, minutes: int) -> int:
    """Write a film of the first hours of a run.

    Parameters
    ----------
    scenario, seed
        The run; the same as without a film.
    out
        The file, .mp4 or .gif.
    hours
        Simulated time to show (h); less where the run is shorter.
    minutes
        Simulated time for each frame (min), a multiple of `STEP_MINUTES`.

    Returns
    -------
    int
        Number of frames.

    Raises
    ------
    InputError
        When the film cannot be written, or the run cannot be made.
    """
    if minutes % STEP_MINUTES:
        message = f"--minutes-per-frame {minutes}: must be a multiple of {STEP_MINUTES:g}"
        raise InputError(message)
    writer = make_writer(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    check_parent(out)
    watch = Watch(scenario, seed, number=1)
    figure = new_figure(WIDTH_IN, HEIGHT_IN)
    film = _Film(figure, watch)
    frames = 0
    with (
        atomic_file(out) as temporary,
        mpl.rc_context(STYLE),
        writer.saving(figure, str(temporary), DPI),
    ):
        while watch.model.running and watch.model.hours < hours:
            watch.advance(minutes)
            film.show(watch)
            writer.grab_frame()
            frames += 1
    return frames


class _Film:
    """The picture of a run whose marks move from frame to frame."""

    def __init__(self, figure: Figure, watch: Watch) -> None:
        self.axes: Axes = figure.add_subplot()
        self.title = self.axes.set_title("")
        _draw_ground(self.axes, watch)
        self.classes = [
            self.axes.scatter(
                [], [], s=34, marker=_marker(one["corners"]), color=one["colour"],
                label=one["words"], linewidths=0, zorder=3,
            )
            for one in watch.ground["classes"]
        ]  # fmt: skip
        self.units = self.axes.scatter(
            [], [], s=28, marker="D", color=BLACK, label="support unit on a job", zorder=5
        )
        self.states = [
            self.axes.scatter([], [], s=42, marker=mark, color=colour, label=text, zorder=4)
            for colour, mark, text in zip(COLOURS, MARKS, STATES, strict=True)
        ]
        figure.legend(loc="outside lower center", ncols=3)

    def show(self, watch: Watch) -> None:
        now = watch.frame()
        class_of = [drone[1] for drone in watch.ground["drones"]]
        for number, marks in enumerate(self.classes):
            marks.set_offsets(
                _places(row[1:3] for row in now["drones"] if class_of[row[0]] == number)
            )
        self.units.set_offsets(_places(row[1:3] for row in now["units"] if row[5] >= 0))
        for state, marks in enumerate(self.states):
            marks.set_offsets(_places(row[1:3] for row in now["violations"] if row[4] == state))
        light = "night" if now["night"] else "day"
        counts = watch.counts
        self.title.set_text(
            f"{clock_text(watch.model.hours)} ({light}): {counts['detected']} of "
            f"{counts['violations']} violations detected, {counts['answered']} answered"
        )


def _marker(corners: list[list[float]]) -> MplPath:
    """Return the mark of a class of monitors as Matplotlib takes it."""
    return MplPath([*corners, corners[0]], closed=True)


def _places(points: Any) -> Any:
    return np.array(list(points), dtype=np.float64).reshape(-1, 2)


def _draw_ground(axes: Axes, watch: Watch) -> None:
    line, land = _places(watch.ground["line"]), watch.ground["land"]
    axes.set_facecolor(SEA if land else LAND)
    axes.add_collection(
        PolyCollection(
            [_places(ring) for ring in land], facecolor=LAND, edgecolor=BORDER, linewidth=0.7
        )
    )
    axes.plot(*line.T, color=BLACK, linewidth=1.4, zorder=2)
    low, high = line.min(axis=0), line.max(axis=0)
    margin = MARGIN_SHARE * float(np.max(high - low))
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - margin, high[1] + margin)
    axes.set_aspect("equal")
    axes.set_xlabel("km east of the middle of the line")
    axes.set_ylabel("km north")
    axes.grid(visible=False)
    for name, x, y in watch.ground["towns"]:
        axes.annotate(name, (x, y), fontsize=7, color=QUIET, annotation_clip=True)
