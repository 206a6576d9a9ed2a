"""The strips below the map: what happens along the line, and what share of it is detected."""

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from sim.arrays import Floats, Ints
from sim.output.figures.style import BLACK, BLUE, QUIET, SHARES, SKY, VERMILION
from sim.results.outcome import Outcome
from sim.statistics.intervals import wilson_interval

MOST_BINS = 75
BIN_WIDTHS_KM = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1000,
)
STATUSES = (("missed", VERMILION), ("detected, not answered", SKY), ("answered", BLUE))
"""What becomes of a violation, as drawn, and its colour."""
LETTER_SHARE = 0.0076
"""Width of a letter of the names of hot spots over the width of the strip."""


@dataclass(frozen=True)
class Along:
    """Violations in bins along the line; those still live and undetected at the end left out.

    Attributes
    ----------
    edges
        Chainage of the edges of the bins (km), shape (bins + 1,).
    counts
        Violations by status, in the order of `STATUSES`, and bin; shape (3, bins).
    """

    edges: Floats
    counts: Ints

    @property
    def total(self) -> Ints:
        """Violations in each bin."""
        totals: Ints = self.counts.sum(axis=0)
        return totals

    @property
    def shares(self) -> Floats:
        """Share detected in each bin; nan where nothing happens."""
        detected = self.counts[1:].sum(axis=0)
        shares = np.full(len(detected), np.nan)
        np.divide(detected, self.total, out=shares, where=self.total > 0)
        return shares


def counted_violations(outcome: Outcome) -> pd.DataFrame:
    """Return the violations that count: with onset after the warm-up."""
    table = outcome.violations
    return table[table["onset_h"] >= 24.0 * outcome.scenario.run.warmup_days]


def violations_on_land(outcome: Outcome) -> pd.DataFrame:
    """Return the violations that count and lie along the line; others are in the air or at sea."""
    counting = counted_violations(outcome)
    return counting[counting["domain"] == "land"]


def status_codes(violations: pd.DataFrame) -> Ints:
    """Return the place of each violation's status in `STATUSES`; -1 for live and undetected.

    One that was reported by others but neither seen nor answered counts as missed.
    """
    status = violations["status"]
    answered = (status == "answered").to_numpy()
    detected = violations["detected_h"].notna().to_numpy()
    over = (status != "live").to_numpy()
    return np.select([answered, detected, over], [2, 1, 0], -1).astype(np.int64)


def count_along(outcome: Outcome) -> Along:
    """Count the violations of a run along its line, in bins of a round width."""
    length = outcome.line.length_km
    fitting = (width for width in BIN_WIDTHS_KM if length / width <= MOST_BINS)
    width = min(next(fitting, length / MOST_BINS), length)  # a line of a metre has one bin
    edges = np.append(np.arange(0.0, length - 0.25 * width, width), length)
    violations = violations_on_land(outcome)
    code = status_codes(violations)
    chainage = violations["chainage_km"].to_numpy()
    counts = [np.histogram(chainage[code == k], edges)[0] for k in range(len(STATUSES))]
    return Along(edges, np.array(counts, dtype=np.int64))


def draw_counts(axes: Axes, outcome: Outcome, along: Along) -> None:
    """Draw violations per kilometre along the line, stacked by what became of them."""
    widths = np.diff(along.edges)
    below = np.zeros(len(widths))
    for counts, (_, colour) in zip(along.counts, STATUSES, strict=True):
        heights = counts / widths
        axes.bar(along.edges[:-1], heights, widths, below, align="edge", color=colour)
        below += heights
    top = float(below.max(initial=0.0)) or 1.0
    axes.set_ylim(0.0, 1.32 * top)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.set_ylabel("Violations\nper km")
    axes.tick_params(labelbottom=False)
    _name_hot_spots(axes, outcome, 1.3 * top)


def _name_hot_spots(axes: Axes, outcome: Outcome, height: float) -> None:
    """Name the hot spots above the bars, the busiest first and none on top of another."""
    taken: list[tuple[float, float]] = []
    line = outcome.line
    spots = sorted(outcome.scenario.violations.hot_spots.items(), key=lambda spot: -spot[1].share)
    for name, spot in spots:
        if spot.lon is not None and spot.lat is not None:
            chainage = float(line.locate(line.to_plane(spot.lon, spot.lat))[0])
        else:
            chainage = spot.chainage_km or 0.0
        half = 0.5 * LETTER_SHARE * line.length_km * len(name)
        middle = float(np.clip(chainage, half, max(half, line.length_km - half)))
        if any(abs(middle - other) < half + its_half for other, its_half in taken):
            continue
        taken.append((middle, half))
        words = name.replace("_", " ").title()
        axes.text(middle, height, words, ha="center", va="top", fontsize=7.5, color=QUIET)


def draw_shares(axes: Axes, outcome: Outcome, along: Along) -> None:
    """Draw the share detected along the line, with its interval, in the colours of the map."""
    middle = 0.5 * (along.edges[:-1] + along.edges[1:])
    busy = along.total > 0
    detected = along.counts[1:].sum(axis=0)
    seen = zip(detected[busy], along.total[busy], strict=True)
    bounds = np.array([wilson_interval(int(k), int(n))[1:] for k, n in seen]).reshape(-1, 2).T
    shares = along.shares[busy]
    axes.vlines(middle[busy], *bounds, color="#b0b0b0", linewidth=1.1, zorder=2)
    axes.scatter(
        middle[busy], shares, s=17, c=shares, cmap=mpl.colormaps[SHARES], norm=Normalize(0.0, 1.0),
        edgecolor=BLACK, linewidth=0.5, zorder=3, clip_on=False,
    )  # fmt: skip
    whole = outcome.measures["detection_rate"]
    if np.isfinite(whole):
        axes.axhline(whole, color=BLACK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=2.5)
        axes.annotate(
            f"whole line\n{whole:.2f}", (1.0, max(whole, 0.12)), xycoords=("axes fraction", "data"),
            xytext=(5, 0), textcoords="offset points", va="center", fontsize=7.5,
        )  # fmt: skip
    axes.set_ylim(0.0, 1.0)
    axes.set_xlim(along.edges[0], along.edges[-1])
    axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0])
    axes.set_ylabel("Share detected")
    axes.set_xlabel("Chainage along the line (km as mapped)")
