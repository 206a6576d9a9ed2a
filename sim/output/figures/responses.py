"""How fast help comes in a run: the share answered within a time, and what the time is made of."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Flags, Floats
from sim.output.figures.along import counted_violations
from sim.output.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PURPLE,
    STYLE,
    VERMILION,
    add_caption,
    add_title,
    new_figure,
    say_nothing_to_show,
)
from sim.output.labels import counted
from sim.results.outcome import Outcome
from sim.statistics.survival import survival_curve

_PARTS = (
    ("detection or report", "onset_h", "reported_h", GREY),
    ("command", "reported_h", "called_h", ORANGE),
    ("wait for a unit", "called_h", "dispatched_h", PURPLE),
    ("readiness and travel", "dispatched_h", "arrived_h", BLUE),
)
_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
WORDS_WIDTH, WORDS_HEIGHT = 0.29, 0.16
"""Room for the words on the standard, as shares of the panel."""
_NO_CALL = ("missed", "live", "detected")
_NEVER = ("lost", "expired", "dismissed")


def _calls(outcome: Outcome) -> pd.DataFrame:
    """Return the violations for which support is or will be asked."""
    counting = counted_violations(outcome)
    grave = counting["severity"] >= outcome.scenario.command.min_severity
    return counting[grave & ~counting["status"].isin(_NO_CALL)]


def _response(outcome: Outcome, calls: pd.DataFrame) -> tuple[Floats, Flags]:
    """Return minutes from report to arrival of all calls, and whether the arrival was seen."""
    never = calls["status"].isin(_NEVER).to_numpy()
    answered = (calls["status"] == "answered").to_numpy()
    end_h = outcome.world.now
    open_min = 60.0 * (end_h - calls["reported_h"].to_numpy())
    minutes = np.where(answered, calls["response_time_min"].to_numpy(), open_min)
    return np.where(never, np.inf, minutes), answered | never


def draw_response_times(outcome: Outcome) -> Figure:
    """Draw how fast help came in a run.

    Parameters
    ----------
    outcome
        The run.

    Returns
    -------
    Figure
        On the left the share of calls answered within a time, on the right the parts of the mean
        time from onset to arrival, by severity.
    """
    calls = _calls(outcome)
    answered = calls[calls["status"] == "answered"]
    with mpl.rc_context(STYLE):
        figure = new_figure(9.5, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1.0))
        left.set_title("Share of calls answered within a time")
        right.set_title("Mean time from onset to arrival, by severity")
        if answered.empty:
            for axes in (left, right):
                say_nothing_to_show(axes, "no call was answered" if len(calls) else "no call")
        else:
            _draw_curve(left, outcome, *_response(outcome, calls))
            _draw_parts(right, answered)
        add_title(figure, outcome.scenario.title)
        add_caption(figure, _caption(outcome, calls))
    return figure


def _caption(outcome: Outcome, calls: pd.DataFrame) -> str:
    answered = int((calls["status"] == "answered").sum())
    never = int(calls["status"].isin(_NEVER).sum())
    return (
        f"One run: seed {outcome.seed}, {outcome.scenario.run.duration_days:g} days, "
        f"n = {counted(len(calls), 'call')}: {answered:,} answered; {never:,} lost, expired or "
        f"dismissed, which count as never answered; {len(calls) - answered - never:,} open at the "
        "end, which are censored. Left: Kaplan-Meier estimate over all calls. Right: answered "
        "calls only."
    )


def _draw_curve(axes: Axes, outcome: Outcome, minutes: Floats, seen: Flags) -> None:
    curve = survival_curve(minutes, seen)
    times, shares = curve.times, 1.0 - curve.share
    standard = outcome.scenario.measures.standard_min
    shown = max(1.3 * standard, float(np.quantile(times, 0.99)) * 1.05)
    axes.step(
        np.concatenate([[0.0], times, [max(shown, times[-1])]]),
        np.concatenate([[0.0], shares, shares[-1:]]),
        where="post", color=BLUE, linewidth=2.2, zorder=3,
    )  # fmt: skip
    axes.set_xlim(0.0, shown)
    axes.set_ylim(0.0, 1.02)
    axes.set_yticks(np.linspace(0.0, 1.0, 6))
    axes.set_xlabel("Time from first report to arrival (min)")
    axes.set_ylabel("Share of calls")
    _mark_standard(axes, standard, times, shares)
    for share, name in ((0.5, "median"), (0.9, "90 %")):
        value = outcome.measures[f"response_time_p{round(100 * share)}_min"]
        if np.isfinite(value) and value <= shown:
            _mark_quantile(axes, value, share, f"{name} {value:.0f} min", value / shown)


def _mark_standard(axes: Axes, standard: float, times: Floats, shares: Floats) -> None:
    """Mark the standard; its words stand beside it where the curve does not pass."""
    right = axes.get_xlim()[1]
    within = _share_at(standard, times, shares)
    for side, low in ((1, 0.03), (1, 0.72), (1, 0.3), (-1, 0.72), (-1, 0.3)):
        far = standard + side * WORDS_WIDTH * right
        passed = sorted(_share_at(x, times, shares) for x in (standard, far))
        if 0.0 <= far <= right and (passed[1] < low - 0.02 or passed[0] > low + WORDS_HEIGHT):
            break
    else:
        side, low = 1 if standard < 0.5 * right else -1, 0.03
    axes.axvline(standard, color=VERMILION, linewidth=1.2, linestyle="--", zorder=2)
    axes.annotate(
        f"standard {standard:g} min:\n{within:.0%} of reports\nanswered",
        (standard, low), xytext=(5 * side, 0), textcoords="offset points", color=VERMILION,
        ha="left" if side == 1 else "right", fontsize=8.5, bbox=_PLATE, zorder=4,
    )  # fmt: skip


def _share_at(minutes: float, times: Floats, shares: Floats) -> float:
    """Return the share answered within a time."""
    return float(np.max(shares[times <= minutes], initial=0.0))


def _mark_quantile(axes: Axes, value: float, share: float, words: str, place: float) -> None:
    """Mark a quantile on the curve; its words stand left of it, where the curve is lower."""
    axes.plot([0.0, value], [share, share], color=BLACK, linewidth=0.8, linestyle=":", zorder=2)
    axes.plot([value], [share], marker="o", markersize=5.5, color=BLACK, zorder=5)
    at_left = place > 0.35
    axes.annotate(
        words, (0.0 if at_left else value, share), xytext=(5, 3) if at_left else (8, -11),
        textcoords="offset points", fontsize=8.5, bbox=_PLATE, zorder=4,
    )  # fmt: skip


def _draw_parts(axes: Axes, answered: pd.DataFrame) -> None:
    groups = [(f"severity {s}", answered[answered["severity"] == s]) for s in range(1, 6)]
    rows = [("all", answered), *((name, group) for name, group in groups if len(group))]
    # the row of all calls stands apart from those it is made of
    places = np.array([0.0, *np.arange(1.35, len(rows) + 0.3)])
    left = np.zeros(len(rows))
    parts: list[tuple[Floats, Floats, str]] = []
    for name, start, end, colour in _PARTS:
        means = np.array([60.0 * (group[end] - group[start]).mean() for _, group in rows])
        axes.barh(places, means, left=left, color=colour, height=0.68, label=name)
        parts.append((left.copy(), means, colour))
        left += means
    for part in parts:
        _write_parts(axes, places, *part, least=0.05 * float(left.max()))
    for place, total in zip(places, left, strict=True):
        axes.annotate(
            f"{total:.0f}", (total, place), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8.5, fontweight="bold",
        )  # fmt: skip
    axes.set_yticks(places, [f"{name} (n = {len(group):,})" for name, group in rows])
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0.0, 1.12 * float(left.max()))
    axes.set_xlabel("Minutes")
    axes.legend(ncols=2, loc="upper left", bbox_to_anchor=(-0.02, -0.15), handlelength=1.2)


def _write_parts(
    axes: Axes, places: Floats, left: Floats, means: Floats, colour: str, *, least: float
) -> None:
    """Write the minutes into the parts that are long enough."""
    ink = "white" if colour in (BLUE, GREY) else BLACK
    for place, start, mean in zip(places, left, means, strict=True):
        if mean >= least:
            axes.text(
                start + 0.5 * mean, place, f"{mean:.0f}", ha="center", va="center", color=ink,
                fontsize=8.0,
            )  # fmt: skip
