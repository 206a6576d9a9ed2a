"""The map of a run: the contact line coloured by what share of the violations is detected."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sim.geography import load_basemap
from sim.outcome import Outcome
from sim.report.style import (
    BLACK,
    BLUE,
    CYCLE,
    GREY,
    SHARES,
    STYLE,
    VERMILION,
    add_caption,
    new_figure,
)
from sim.statistics import wilson_interval

type Floats = NDArray[np.float64]

MARGIN_KM = 45.0
MAP_SHAPE = 1.45
"""Least width of the map over its height."""
MOST_BINS = 60
MOST_TOWNS = 16
_SEA, _LAND, _BORDER = "#dbe7ef", "#f6f3ec", "#b3aca0"


def draw_run_map(outcome: Outcome) -> Figure:
    """Draw where violations happened in a run and what share of them was detected.

    Parameters
    ----------
    outcome
        The run.

    Returns
    -------
    Figure
        Above the map, below the share detected along the line.
    """
    with mpl.rc_context(STYLE):
        straight = len(outcome.line.xy) == 2
        figure = new_figure(9.0, 4.2 if straight else 8.2)
        ratio = (0.55, 1.0) if straight else (3.6, 1.0)
        above, below = figure.subplots(2, 1, height_ratios=ratio)
        edges, counts, detected = _along_line(outcome)
        _draw_plane(above, outcome, edges, counts, detected, straight)
        _draw_strip(below, edges, counts, detected)
        shown = np.ma.masked_invalid(_shares(counts, detected))
        colours = mpl.cm.ScalarMappable(Normalize(0.0, 1.0), SHARES)
        colours.set_array(shown)
        bar = figure.colorbar(
            colours, ax=above, shrink=0.9, pad=0.01, aspect=10 if straight else 28
        )
        bar.set_label("Share detected")
        bar.outline.set_visible(False)
        figure.suptitle(outcome.scenario.title, x=0.01, ha="left", fontweight="bold", fontsize=11)
        add_caption(figure, _caption(outcome, straight))
    return figure


def _caption(outcome: Outcome, straight: bool) -> str:
    count = int(outcome.measures["n_violations"])
    days = outcome.scenario.run.duration_days
    parts = [f"One run: seed {outcome.seed}, {days:g} days, {count:,} violations."]
    if outcome.line.length_factor != 1.0:
        parts.append(
            f"Line {outcome.line.length_km:.0f} km as mapped, "
            f"{outcome.line.true_length_km:,.0f} km with length factor "
            f"{outcome.line.length_factor:g}."
        )
    if not straight:
        if outcome.line.attribution:
            parts.append("\n" + outcome.line.attribution)
        parts.append("\n" + load_basemap().attribution)
    return " ".join(parts)


def _along_line(outcome: Outcome) -> tuple[Floats, Floats, Floats]:
    """Return bin edges along the line (km), and violations and detections in each bin."""
    table = outcome.violations
    decided = table["detected_h"].notna() | (table["status"] == "missed")
    chainage = table["chainage_km"].to_numpy()
    length = outcome.line.length_km
    bins = int(np.clip(length / 10.0, 1, MOST_BINS))
    edges = np.linspace(0.0, length, bins + 1)
    counts, _ = np.histogram(chainage[decided], edges)
    detected, _ = np.histogram(chainage[table["detected_h"].notna()], edges)
    return edges, counts.astype(np.float64), detected.astype(np.float64)


def _shares(counts: Floats, detected: Floats) -> Floats:
    shares = np.full(len(counts), np.nan)
    np.divide(detected, counts, out=shares, where=counts > 0)
    return shares


def _draw_plane(
    axes: Axes, outcome: Outcome, edges: Floats, counts: Floats, detected: Floats, straight: bool
) -> None:
    low, high = _window(outcome)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    axes.grid(visible=False)
    if not straight:
        _draw_base_map(axes, outcome, low, high)
    _draw_tracks(axes, outcome)
    _draw_line(axes, outcome, edges, counts, detected)
    _draw_bases(axes, outcome, low, high)
    _draw_scale(axes, low, high)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(not straight)
    handles = _legend(outcome)
    if straight:
        axes.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(handles)
        )
    else:
        legend = axes.legend(
            handles=handles, loc="upper left", frameon=True, framealpha=1.0, edgecolor="none"
        )
        legend.set_zorder(10)


def _window(outcome: Outcome) -> tuple[Floats, Floats]:
    """Return the corners of the part of the plane that is shown (km)."""
    xy = outcome.line.xy
    low, high = xy.min(axis=0) - MARGIN_KM, xy.max(axis=0) + MARGIN_KM
    missing = np.maximum(0.0, MAP_SHAPE * (high - low)[1] - (high - low)[0])
    spread = np.array([0.5 * missing, 0.0])
    return low - spread, high + spread


def _draw_base_map(axes: Axes, outcome: Outcome, low: Floats, high: Floats) -> None:
    base = load_basemap()
    axes.set_facecolor(_SEA)
    rings = [ring for _, rings in base.countries for ring in rings]
    shapes = [outcome.line.to_plane(ring[:, 0], ring[:, 1]) for ring in rings]
    axes.add_collection(
        PolyCollection(shapes, facecolor=_LAND, edgecolor=_BORDER, linewidth=0.7, zorder=0)
    )
    _draw_towns(axes, outcome, base.towns, low, high)


def _draw_towns(
    axes: Axes, outcome: Outcome, towns: Sequence[Any], low: Floats, high: Floats
) -> None:
    """Write the largest towns, none too near to another one or to the edge."""
    placed: list[Floats] = []
    apart = 0.09 * float(np.hypot(*(high - low)))
    for town in sorted(towns, key=lambda one: -one.population):
        point = outcome.line.to_plane(town.lon, town.lat)
        inside = np.all(point > low + 12.0) and np.all(point < high - np.array([60.0, 15.0]))
        if not inside or any(np.hypot(*(point - other)) < apart for other in placed):
            continue
        placed.append(point)
        axes.plot(*point, marker="o", markersize=2.6, color="#555555", zorder=3)
        axes.annotate(
            town.name, (float(point[0]), float(point[1])), xytext=(4, 2),
            textcoords="offset points", fontsize=7.5,
            color="#333333", zorder=6, path_effects=[_halo()],
        )  # fmt: skip
        if len(placed) == MOST_TOWNS:
            return


def _halo() -> Any:
    from matplotlib.patheffects import withStroke

    return withStroke(linewidth=2.0, foreground="white", alpha=0.8)


def _draw_tracks(axes: Axes, outcome: Outcome) -> None:
    tracks = [track for _, track in outcome.posts if len(track) > 1]
    axes.add_collection(LineCollection(tracks, colors=BLUE, linewidths=0.5, alpha=0.45, zorder=2))
    posts = np.array([track[0] for _, track in outcome.posts if len(track) == 1])
    if len(posts):
        axes.plot(*posts.T, linestyle="", marker="+", markersize=4, color=BLUE, zorder=4)


def _draw_line(
    axes: Axes, outcome: Outcome, edges: Floats, counts: Floats, detected: Floats
) -> None:
    """Draw the line in stretches: the colour is the share detected, the width how much happens."""
    pieces = [outcome.line.stretch(float(a), float(b)) for a, b in pairwise(edges)]
    busiest = counts.max(initial=1.0)
    axes.add_collection(
        LineCollection(
            pieces,
            array=np.ma.masked_invalid(_shares(counts, detected)),
            cmap=SHARES,
            norm=Normalize(0.0, 1.0),
            linewidths=2.0 + 12.0 * np.sqrt(counts / busiest),
            capstyle="round",
            zorder=3,
        )
    )
    axes.plot(*outcome.line.xy.T, color=BLACK, linewidth=0.7, zorder=5)


def _draw_bases(axes: Axes, outcome: Outcome, low: Floats, high: Floats) -> None:
    units = outcome.units
    if units.empty:
        return
    places = units.groupby(["lon", "lat", "nation"], sort=False).size().reset_index(name="count")
    points = outcome.line.to_plane(places["lon"].to_numpy(), places["lat"].to_numpy())
    seen = np.all((points > low) & (points < high), axis=1)
    colour = _nation_colours(outcome)
    axes.scatter(
        points[seen, 0],
        points[seen, 1],
        s=14.0 + 9.0 * np.sqrt(places["count"].to_numpy()[seen]),
        marker="^",
        c=[colour[nation] for nation in places["nation"][seen]],
        edgecolor="white",
        linewidth=0.6,
        zorder=6,
    )


def _nation_colours(outcome: Outcome) -> dict[str, str]:
    nations = dict.fromkeys(outcome.units["nation"])
    palette = [colour for colour in CYCLE if colour != BLUE]
    return {nation: palette[k % len(palette)] for k, nation in enumerate(nations)}


def _draw_scale(axes: Axes, low: Floats, high: Floats) -> None:
    width = high[0] - low[0]
    lengths = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    length = max(km for km in lengths if km <= max(1.0, 0.2 * width))
    x, y = high[0] - 0.04 * width - length, low[1] + 0.05 * (high[1] - low[1])
    axes.plot([x, x + length], [y, y], color=BLACK, linewidth=2.0, zorder=7)
    axes.annotate(
        f"{length} km", (x + 0.5 * length, y), xytext=(0, 4), textcoords="offset points",
        ha="center", fontsize=8, zorder=7,
    )  # fmt: skip


def _legend(outcome: Outcome) -> list[Line2D]:
    handles = [Line2D([], [], color=BLACK, linewidth=0.9, label="Contact line")]
    handles.append(
        Line2D([], [], color="#3b8f8c", linewidth=6, label="wider: more violations", alpha=0.8)
    )
    if any(len(track) > 1 for _, track in outcome.posts):
        handles.append(Line2D([], [], color=BLUE, linewidth=0.9, label="Patrol tracks"))
    if any(len(track) == 1 for _, track in outcome.posts):
        handles.append(Line2D([], [], color=BLUE, linestyle="", marker="+", label="Static posts"))
    for nation, colour in _nation_colours(outcome).items():
        handles.append(
            Line2D([], [], color=colour, linestyle="", marker="^", label=f"Bases: {nation}")
        )
    return handles


def _draw_strip(axes: Axes, edges: Floats, counts: Floats, detected: Floats) -> None:
    """Draw the share detected along the line with its 95 % interval, and how much happens."""
    middle, width = 0.5 * (edges[:-1] + edges[1:]), np.diff(edges)
    busy = counts > 0
    seen = zip(detected[busy], counts[busy], strict=True)
    bounds = np.array([wilson_interval(int(d), int(n))[1:] for d, n in seen]).reshape(-1, 2)
    axes.bar(
        middle, 0.35 * counts / counts.max(initial=1.0), width=width, color=GREY, alpha=0.35,
        label=f"Violations (highest bar: {int(counts.max(initial=0.0)):,} in {width[0]:.0f} km)",
    )  # fmt: skip
    axes.vlines(middle[busy], *bounds.T, color=VERMILION, linewidth=1.2, alpha=0.7)
    axes.plot(
        middle[busy], _shares(counts, detected)[busy], linestyle="", marker="o", markersize=3.2,
        color=VERMILION, label="Share detected, 95 % interval (Wilson)",
    )  # fmt: skip
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel("Chainage along the line (km as mapped)")
    axes.set_ylabel("Share detected")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
