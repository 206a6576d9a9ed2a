"""One look for all figures: colours, sizes, and how they are written to disk."""

from pathlib import Path
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

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
LIGHT = "#d9d9d9"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, GREY)
SHARES = "viridis"
"""Colour map of shares from 0 to 1; ordered in lightness too."""

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
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
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "ceasefire-sim",  # the same figure gives the same file
    "svg.fonttype": "path",
}
PNG_DPI = 150
CAPTION_LETTERS_PER_INCH = 15.5


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure (sizes in inches) that no window system knows of."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        FigureCanvasAgg(figure)
    return figure


def add_caption(figure: Figure, text: str) -> None:
    """Put a caption below the axes of a figure, clear of them and no wider than the figure."""
    width = int(CAPTION_LETTERS_PER_INCH * figure.get_figwidth())
    lines = [line for part in text.split("\n") for line in wrap(part, width)]
    figure.supxlabel("\n".join(lines), fontsize=7.5, color="#555555", x=0.01, ha="left")


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
    for ending, options in (("png", {"dpi": PNG_DPI}), ("svg", {"metadata": {"Date": None}})):
        target = path.with_name(f"{path.name}.{ending}")
        with atomic_file(target) as temporary, mpl.rc_context(STYLE):
            figure.savefig(temporary, format=ending, facecolor="white", **options)
        written.append(target)
    return written
