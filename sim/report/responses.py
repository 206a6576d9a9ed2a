"""How fast help comes in a run: the share answered within a time, and what the time is made of."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.outcome import Outcome
from sim.report.style import BLACK, BLUE, GREY, ORANGE, STYLE, VERMILION, add_caption, new_figure

type Floats = NDArray[np.float64]

_PARTS = (
    ("detection", "onset_h", "detected_h", GREY),
    ("command", "detected_h", "called_h", ORANGE),
    ("wait for a unit", "called_h", "dispatched_h", VERMILION),
    ("readiness and road", "dispatched_h", "arrived_h", BLUE),
)


def survival(times: Floats, seen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the Kaplan-Meier estimate of the share answered within a time.

    Parameters
    ----------
    times
        Time to arrival or to censoring, any unit, shape (n,); infinite for calls never answered.
    seen
        Whether the arrival was seen, shape (n,); False for censored times.

    Returns
    -------
    times, shares : ndarray
        Ascending times of arrival, and the share answered by then.
    """
    order = np.lexsort((~seen, times))
    times, seen = times[order], seen[order]
    at_risk = np.arange(len(times), 0, -1)
    shares = 1.0 - np.cumprod(1.0 - seen / at_risk)
    arrivals = seen & np.isfinite(times)
    return times[arrivals], shares[arrivals]


def _response(outcome: Outcome) -> tuple[Floats, NDArray[np.bool_]]:
    """Return minutes from detection to arrival of all calls, and whether the arrival was seen."""
    table = outcome.violations
    warm = table["onset_h"] >= 24.0 * outcome.scenario.run.warmup_days
    calls = table[warm & ~table["status"].isin(["missed", "live", "detected"])]
    never = calls["status"].isin(["lost", "expired"]).to_numpy()
    answered = (calls["status"] == "answered").to_numpy()
    end_h = float(outcome.world.clock["now"][0])
    open_min = 60.0 * (end_h - calls["detected_h"].to_numpy())
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
    with mpl.rc_context(STYLE):
        figure = new_figure(9.5, 4.2)
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1.0))
        minutes, seen = _response(outcome)
        _draw_curve(left, outcome, minutes, seen)
        answered = outcome.violations[outcome.violations["status"] == "answered"]
        _draw_parts(right, answered)
        figure.suptitle(outcome.scenario.title, x=0.01, ha="left", fontweight="bold", fontsize=11)
        add_caption(
            figure,
            f"One run: seed {outcome.seed}; {len(minutes):,} calls, {len(answered):,} answered. "
            "Left: Kaplan-Meier; calls open at the end of the run are censored.",
        )
    return figure


def _nothing(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_curve(axes: Axes, outcome: Outcome, minutes: Floats, seen: NDArray[np.bool_]) -> None:
    axes.set_title("Share of calls answered within a time")
    times, shares = survival(minutes, seen)
    if len(times) == 0:
        _nothing(axes, "no call was answered")
        return
    standard = outcome.scenario.measures.standard_min
    shown = max(1.2 * standard, float(np.quantile(times, 0.99)) * 1.05)
    axes.step(
        np.concatenate([[0.0], times, [shown]]),
        np.concatenate([[0.0], shares, shares[-1:]]),
        where="post",
        color=BLUE,
    )
    within = float(shares[times <= standard][-1]) if np.any(times <= standard) else 0.0
    axes.axvline(standard, color=VERMILION, linewidth=1.2, linestyle="--")
    axes.annotate(
        f"standard {standard:g} min:\n{within:.0%} answered",
        (standard, 0.03), xytext=(4, 0), textcoords="offset points", color=VERMILION, fontsize=8.5,
    )  # fmt: skip
    for share, name in ((0.5, "median"), (0.9, "90 %")):
        value = outcome.measures[f"response_time_p{round(100 * share)}_min"]
        if np.isfinite(value) and value <= shown:
            axes.plot([value], [share], marker="o", markersize=5, color=BLACK, zorder=4)
            left = value > 0.6 * shown
            axes.annotate(
                f"{name} {value:.0f} min", (value, share), textcoords="offset points",
                xytext=(-7 if left else 7, 4 if left else -10), ha="right" if left else "left",
                fontsize=8.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    axes.set_xlim(0.0, shown)
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel("Time from detection to arrival (min)")
    axes.set_ylabel("Share of calls")


def _draw_parts(axes: Axes, answered: pd.DataFrame) -> None:
    axes.set_title("Mean time from onset to arrival")
    if answered.empty:
        _nothing(axes, "no call was answered")
        return
    groups = [(f"severity {s}", answered[answered["severity"] == s]) for s in range(1, 6)]
    groups = [(name, rows) for name, rows in groups if len(rows)]
    rows = [("all", answered), *groups][::-1]
    left = np.zeros(len(rows))
    for name, start, end, colour in _PARTS:
        means = np.array([60.0 * (group[end] - group[start]).mean() for _, group in rows])
        axes.barh(range(len(rows)), means, left=left, color=colour, height=0.62, label=name)
        left += means
    for row, total in enumerate(left):
        axes.annotate(
            f"{total:.0f}", (total, row), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=8.5,
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [f"{name} (n = {len(group):,})" for name, group in rows])
    axes.grid(visible=False)
    axes.set_xlim(0.0, 1.12 * float(left.max()))
    axes.set_xlabel("Minutes, answered violations")
    axes.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.45, -0.16))


__all__ = ["draw_response_times", "survival"]
