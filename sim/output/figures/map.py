"""The map of a run: the contact line coloured by what share of the violations is detected."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.arrays import Floats
from sim.output.figures.along import (
    STATUSES,
    Along,
    count_along,
    counted_violations,
    draw_counts,
    draw_shares,
    status_codes,
    violations_on_land,
)
from sim.output.figures.ground import (
    MAP_WIDTH_IN,
    Sheet,
    base_map_of,
    draw_country_names,
    draw_land,
    draw_scale_and_north,
    draw_towns,
    window_of,
)
from sim.output.figures.style import (
    BLACK,
    GREEN,
    ORANGE,
    PURPLE,
    QUIET,
    SHARES,
    STYLE,
    add_caption,
    add_title,
    halo,
    new_figure,
)
from sim.output.labels import counted
from sim.results.outcome import Outcome

WIDTH_IN = 9.0
MOST_MAP_IN, PLANE_IN = 6.0, 2.3
OTHER_IN = 3.9
"""Height of the title, the key, the strips and the caption."""
MARGIN_KM, FAR_KM = 30.0, 150.0
NO_VIOLATIONS = "#c9c9c9"
TRACK = "#6b6b6b"
_NATIONS = tuple((colour, mark) for mark in "^sD" for colour in (ORANGE, GREEN, PURPLE, BLACK))


def draw_run_map(outcome: Outcome, changed: str = "") -> Figure:
    """Draw where violations happened in a run and what share of them was detected.

    A line on the ground is drawn on the base map. A straight synthetic line is drawn in its plane,
    stretched across so that tracks and bases can be told apart.

    Parameters
    ----------
    outcome
        The run, or the run so far.
    changed
        What differs from the scenario of that title, for the caption.

    Returns
    -------
    Figure
        The map, and below it, along the line, the violations by status and the share detected.
    """
    synthetic = outcome.scenario.line.length_km is not None
    along = count_along(outcome)
    low, high = _window(outcome)
    height = PLANE_IN if synthetic else MAP_WIDTH_IN * (high - low)[1] / (high - low)[0]
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH_IN, height + OTHER_IN)
        ratios = (height, 0.62, 0.75, 1.1)
        plane, key, counts, shares = figure.subplots(4, 1, height_ratios=ratios)
        if synthetic:
            _draw_plane(plane, outcome)
        else:
            _draw_ground(Sheet(plane, low, high, float(high[0] - low[0]) / MAP_WIDTH_IN / 72),
                         outcome)  # fmt: skip
        _draw_violations(plane, outcome)
        _draw_line(plane, outcome, along)
        _draw_key(key, outcome, along)
        draw_counts(counts, outcome, along)
        draw_shares(shares, outcome, along)
        counts.set_xlim(shares.get_xlim())
        add_title(figure, outcome.scenario.title)
        add_caption(figure, _caption(outcome, along, synthetic, changed))
    return figure


def _caption(outcome: Outcome, along: Along, synthetic: bool, changed: str) -> str:
    line = outcome.line
    by_status = along.counts.sum(axis=1)
    parts = "; ".join(
        f"{int(n):,} {name}" for (name, _), n in zip(STATUSES, by_status, strict=True)
    )
    number = len(violations_on_land(outcome))
    elsewhere = len(counted_violations(outcome)) - number
    where = f" on land ({elsewhere:,} in the air or at sea not drawn)" if elsewhere else ""
    width = float(along.edges[1] - along.edges[0])
    text = (
        f"One run: seed {outcome.seed}, {_length(outcome)}, n = {counted(number, 'violation')}"
        f"{where}: {parts}"
        f"{_still_open(number - int(by_status.sum()))}. Stretches of {width:g} km; upright lines: "
        "95\u00a0% Wilson intervals, as if violations did not depend on each other."
    )
    if changed:
        text += f" Changed in the scenario: {changed}."
    if line.length_factor != 1.0:
        text += (
            f" Line {line.length_km:,.0f} km as mapped, {line.true_length_km:,.0f} km with length "
            f"factor {line.length_factor:g}."
        )
    if synthetic:
        return f"{text}\nA synthetic line; distances across are stretched."
    source = line.attribution or "Line as given by the scenario; approximate, not for navigation."
    base = base_map_of(line, *_window(outcome))
    return f"{text}\n{source}\nBase map: {base.attribution}"


def _length(outcome: Outcome) -> str:
    """Say how long the run is, and how much of it there is so far."""
    days, now = outcome.scenario.run.duration_days, outcome.world.now
    ended = outcome.measures["ceasefire_end_day"]
    if not np.isnan(ended):
        return f"ended on day {ended:.1f} of {days:g}"
    return (
        f"{days:g} days" if now >= 24.0 * days else f"the first {now / 24.0:.2f} of {days:g} days"
    )


def _still_open(number: int) -> str:
    return f"; {number:,} still live and undetected (not drawn)" if number else ""


def _window(outcome: Outcome) -> tuple[Floats, Floats]:
    """Return the corners of the part of the plane that is shown (km): the line and near bases."""
    bases = _bases(outcome)
    near = bases[np.abs(_land_units(outcome)["offset_km"].to_numpy()) < FAR_KM]
    shown = np.concatenate([outcome.line.xy, near])
    low, high = shown.min(axis=0), shown.max(axis=0)
    margin = max(3.0, min(MARGIN_KM, 0.1 * float(np.hypot(*(high - low)))))
    return window_of(low - margin, high + margin, MOST_MAP_IN)


def _bases(outcome: Outcome) -> Floats:
    units = _land_units(outcome)
    return outcome.line.to_plane(units["lon"].to_numpy(), units["lat"].to_numpy()).reshape(-1, 2)


def _draw_ground(sheet: Sheet, outcome: Outcome) -> None:
    axes, line = sheet.axes, outcome.line
    sheet.frame()
    bases = _bases(outcome)
    sheet.take(shapely.LineString(line.xy), 7.0)
    if len(bases):
        sheet.take(shapely.MultiPoint(np.unique(bases, axis=0)), 4.0)
    _draw_posts(axes, outcome)
    _draw_bases(axes, outcome)
    base = base_map_of(line, sheet.low, sheet.high)
    land = draw_land(sheet, line, base)
    draw_scale_and_north(sheet, line, [bases] if len(bases) else [])
    _draw_chainage(sheet, outcome)
    draw_towns(sheet, line, base)
    draw_country_names(sheet, land)


def _draw_plane(axes: Axes, outcome: Outcome) -> None:
    """Draw the plane of a straight line: x along, y across, each with its own scale."""
    _draw_posts(axes, outcome)
    _draw_bases(axes, outcome)
    points = [track for _, track in outcome.posts] + [_bases(outcome)]
    across = np.concatenate([*(p[:, 1] for p in points), outcome.violations["offset_km"], [0.0]])
    margin = max(2.0, 0.12 * float(np.ptp(across)))
    axes.set_ylim(across.min() - margin, across.max() + margin)
    axes.set_xlim(0.0, outcome.line.length_km)
    axes.set_ylabel("Across the line (km)")
    axes.tick_params(labelbottom=False)
    axes.set_title("Ukrainian-controlled side above the line", fontsize=8.5, color=QUIET)


def _draw_posts(axes: Axes, outcome: Outcome) -> None:
    tracks = [track for _, track in outcome.posts if len(track) > 1]
    axes.add_collection(LineCollection(tracks, colors=TRACK, linewidths=0.6, alpha=0.8, zorder=2))
    posts = np.array([track[0] for _, track in outcome.posts if len(track) == 1]).reshape(-1, 2)
    axes.plot(
        *posts.T,
        linestyle="",
        marker="x",
        markersize=3.0,
        markeredgewidth=0.8,
        color=BLACK,
        zorder=4.5,
    )


def _draw_violations(axes: Axes, outcome: Outcome) -> None:
    """Draw each violation as a dot; the more there are, the fainter."""
    violations = violations_on_land(outcome)
    code = status_codes(violations)
    drawn = code >= 0
    points = outcome.line.to_plane(
        violations["lon"].to_numpy()[drawn], violations["lat"].to_numpy()[drawn]
    ).reshape(-1, 2)
    number = max(1, len(points))
    colours = np.array([mpl.colors.to_rgba(colour) for _, colour in STATUSES])
    axes.scatter(
        points[:, 0], points[:, 1], c=colours[code[drawn]],
        s=float(np.clip(4000.0 / number, 1.6, 16.0)),
        alpha=float(np.clip(0.9 * (500.0 / number) ** 0.35, 0.12, 0.9)), linewidth=0, zorder=2.5,
        rasterized=True,
    )  # fmt: skip


def _draw_line(axes: Axes, outcome: Outcome, along: Along) -> None:
    """Draw the line in stretches, each in the colour of the share detected."""
    line = outcome.line
    axes.plot(*line.xy.T, color="white", linewidth=7.5, zorder=3, solid_capstyle="butt")
    axes.plot(*line.xy.T, color=BLACK, linewidth=6.1, zorder=3, solid_capstyle="butt")
    pieces = [line.stretch(float(a), float(b)) for a, b in pairwise(along.edges)]
    scale, colours = Normalize(0.0, 1.0), mpl.colormaps[SHARES].with_extremes(bad=NO_VIOLATIONS)
    axes.add_collection(
        LineCollection(
            pieces, array=np.ma.masked_invalid(along.shares), cmap=colours, norm=scale,
            linewidths=4.7, capstyle="butt", joinstyle="round", zorder=3.5,
        )
    )  # fmt: skip


def _draw_bases(axes: Axes, outcome: Outcome) -> None:
    places = _land_units(outcome).groupby(["lon", "lat", "nation"], sort=False).size().reset_index()
    marks = _marks(outcome)
    for nation, rows in places.groupby("nation", sort=False):
        colour, mark = marks[str(nation)]
        points = outcome.line.to_plane(rows["lon"].to_numpy(), rows["lat"].to_numpy())
        axes.scatter(
            points[:, 0], points[:, 1], s=44, marker=mark, color=colour, edgecolor="white",
            linewidth=0.7, zorder=6,
        )  # fmt: skip


def _land_units(outcome: Outcome) -> pd.DataFrame:
    """Return the units on land; the bases of ships and aircraft lie far from the line."""
    units = outcome.units
    return units[units["domain"] == "land"]


def _marks(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each nation."""
    nations = dict.fromkeys(map(str, _land_units(outcome)["nation"]))
    return {nation: _NATIONS[k % len(_NATIONS)] for k, nation in enumerate(nations)}


def _draw_chainage(sheet: Sheet, outcome: Outcome) -> None:
    """Mark round chainages on the far side of the line, to find the places of the strips."""
    line = outcome.line
    step = next(km for km in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1e9) if line.length_km / km <= 8)
    places = np.arange(0.0, line.length_km + 1e-9, step)
    near, far = (line.across(places, -gap * sheet.km_per_pt) for gap in (4.0, 8.0))
    text = line.across(places, -15.0 * sheet.km_per_pt)
    ticks = LineCollection(list(np.stack([near, far], axis=1)), colors=BLACK, linewidths=0.9)
    sheet.axes.add_collection(ticks)
    for number, (chainage, (x, y)) in enumerate(zip(places, text, strict=True)):
        label = f"km {chainage:g}" if number == 0 else f"{chainage:g}"
        sheet.take(sheet.box(float(x), float(y), label, 7.0, "center", "center"), 1.0)
        sheet.axes.text(
            float(x), float(y), label, ha="center", va="center", fontsize=7.0, color=BLACK,
            path_effects=halo(), zorder=6,
        )  # fmt: skip


def _draw_key(axes: Axes, outcome: Outcome, along: Along) -> None:
    """Explain the map below it, where the key hides nothing."""
    axes.set_axis_off()
    handles = _handles(outcome, along)
    axes.legend(
        handles=handles, loc="center left", bbox_to_anchor=(-0.01, 0.5),
        ncols=-(-len(handles) // 3),
        columnspacing=1.6, handletextpad=0.6,
    )  # fmt: skip
    place = axes.inset_axes((0.77, 0.48, 0.22, 0.22))
    bar = axes.figure.colorbar(
        ScalarMappable(Normalize(0.0, 1.0), SHARES), cax=place, orientation="horizontal"
    )
    bar.outline.set_visible(False)
    bar.set_ticks([0.0, 0.25, 0.5, 0.75, 1.0], labels=["0", ".25", ".5", ".75", "1"])
    place.set_title("Share of violations detected", fontsize=8.5, loc="left")


def _handles(outcome: Outcome, along: Along) -> list[Line2D]:
    """Return what the key explains: violations, monitors, bases."""
    handles = [_dot(colour, "o", f"violation {name}") for name, colour in STATUSES]
    if any(len(track) > 1 for _, track in outcome.posts):
        handles.append(Line2D([], [], color=TRACK, linewidth=0.9, label="patrol track"))
    if any(len(track) == 1 for _, track in outcome.posts):
        handles.append(_dot(BLACK, "x", "static post"))
    if not along.total.all():
        handles.append(Line2D([], [], color=NO_VIOLATIONS, linewidth=4.7, label="no violation"))
    for nation, (colour, mark) in _marks(outcome).items():
        handles.append(_dot(colour, mark, f"base: {nation}"))
    return handles


def _dot(colour: str, mark: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="", color=colour, marker=mark, markersize=5, label=label)
