"""One look for all figures: colours, sizes, and how they are written to disk."""

from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke

from sim.files import atomic_file

# Colours that stay apart for colour-blind readers: Okabe, M. and Ito, K. (2008), Color universal
# design.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
BLACK = "#222222"
GREY = "#8a8a8a"
QUIET = "#555555"
"""Colour of captions and of other words that stay in the background."""
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, GREY)
SHARES = "viridis"
"""Colour map of shares from 0 to 1; ordered in lightness too."""

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "ceasefire-sim",  # the same figure gives the same file
    "svg.fonttype": "path",
    "text.parse_math": False,  # a name may hold a dollar sign
}
PNG_DPI = 150
# Letters of DejaVu Sans that fit in an inch, in the sizes of captions and of titles.
CAPTION_LETTERS_PER_INCH = 15.5
TITLE_LETTERS_PER_INCH = 10.5


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure (sizes in inches) that no window system knows of."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        FigureCanvasAgg(figure)
    return figure


def add_title(figure: Figure, text: str) -> None:
    """Put a title above the axes of a figure, at its left edge and no wider than the figure."""
    width = int(TITLE_LETTERS_PER_INCH * figure.get_figwidth())
    title = fill(text, width)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=11.5, parse_math=False)


def add_caption(figure: Figure, text: str) -> None:
    """Put a caption below the axes of a figure, clear of them and no wider than the figure."""
    width = int(CAPTION_LETTERS_PER_INCH * figure.get_figwidth())
    lines = "\n".join(fill(part, width) for part in text.split("\n"))
    figure.supxlabel(lines, fontsize=7.5, color=QUIET, x=0.01, ha="left", parse_math=False)


def say_nothing_to_show(axes: Axes, text: str) -> None:
    """Say in an empty panel why it is empty."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=QUIET)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("#f7f7f7")


def halo(colour: Any = "white", width_pt: float = 2.0) -> list[AbstractPathEffect]:
    """Return the edge that keeps words readable on top of lines."""
    return [withStroke(linewidth=width_pt, foreground=colour, alpha=0.85)]


def save_figure(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as PNG and SVG, each whole or not at all.

    Parameters
    ----------
    figure
        The figure.
    path
        Where to, without the ending.

    Returns
    -------
    list of Path
        The files written.
    """
    written = []
    options: dict[str, dict[str, Any]] = {"png": {}, "svg": {"metadata": {"Date": None}}}
    for ending, more in options.items():
        target = path.with_name(f"{path.name}.{ending}")
        with atomic_file(target) as temporary, mpl.rc_context(STYLE):
            figure.savefig(temporary, format=ending, dpi=PNG_DPI, facecolor="white", **more)
        written.append(target)
    return written
