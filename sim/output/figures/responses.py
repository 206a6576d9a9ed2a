"""How fast help comes in a run: the share answered within a time, and what the time is made of."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.arrays import Flags, Floats
from sim.output.axes import put_in_unit
from sim.output.figures.along import counted_violations
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
    say_nothing_to_show,
)
from sim.output.labels import PLACES, counted
from sim.output.values import Scale, percent_text, value_text
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
_TIME = "response_time_restricted_mean_min"
_COLOURS = {"land": GREEN, "air": SKY, "sea": BLACK}
"""Of the domains: none of those that stand for a part of the time."""
END_OF_TIME_MIN = 1e9
"""Beyond every figure: a curve goes on as it ends."""
UNITS = {"min": "Minutes", "h": "Hours", "days": "Days"}
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
        time from onset to arrival: by domain where calls come from several, else by severity.
    """
    calls = _calls(outcome)
    answered = calls[calls["status"] == "answered"]
    with mpl.rc_context(STYLE):
        figure = new_figure(9.5, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1.0))
        domains = [domain for domain, _ in _by_domain(calls)]
        left.set_title("Share of calls answered within a time")
        by = "domain" if len(domains) > 1 else "severity"
        right.set_title(f"Mean time from onset to arrival, by {by}")
        if answered.empty:
            for axes in (left, right):
                say_nothing_to_show(axes, "no call was answered" if len(calls) else "no call")
        else:
            if len(domains) > 1:
                _draw_domains(left, outcome, calls)
            else:
                _draw_curve(left, outcome, *_response(outcome, calls))
            _draw_parts(right, _rows(answered, domains))
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


def _by_domain(calls: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the calls of each domain that has any."""
    parts = [(domain, calls[calls["domain"] == domain]) for domain in PLACES]
    return [(domain, own) for domain, own in parts if len(own)]


def _draw_domains(axes: Axes, outcome: Outcome, calls: pd.DataFrame) -> None:
    """Draw a curve for land, air and sea each: help comes by other means in every one."""
    longest = 0.0
    for domain, own in _by_domain(calls):
        curve = survival_curve(*_response(outcome, own))
        times = np.concatenate([[0.0], curve.times, [END_OF_TIME_MIN]])
        shares = 1.0 - np.concatenate([[1.0], curve.share, curve.share[-1:]])
        longest = max(longest, float(np.max(curve.times, initial=0.0)))
        name, colour = f"{PLACES[domain]} (n = {len(own):,})", _COLOURS[domain]
        axes.step(times, shares, where="post", color=colour, linewidth=2.2, label=name, zorder=3)
    standard = outcome.scenario.measures.standard_min
    longest = max(1.3 * standard, 1.05 * longest)
    scale = put_in_unit(axes.xaxis, _TIME, [longest], most=6)
    words = f"standard {value_text(_TIME, standard, scale)}"
    axes.axvline(standard, color=VERMILION, linewidth=1.2, linestyle="--", label=words, zorder=2)
    axes.set_xlim(0.0, longest)
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel(f"Time from first report to arrival ({scale.unit})")
    axes.set_ylabel("Share of calls")
    axes.legend(ncols=2, loc="upper left", bbox_to_anchor=(-0.02, -0.15))


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
    scale = put_in_unit(axes.xaxis, _TIME, [shown], most=6)
    axes.set_xlabel(f"Time from first report to arrival ({scale.unit})")
    axes.set_ylabel("Share of calls")
    words = f"standard {value_text(_TIME, standard, scale)}"
    _mark_standard(axes, standard, words, times, shares)
    for share, name in ((0.5, "median"), (0.9, "90 %")):
        value = outcome.measures[f"response_time_p{round(100 * share)}_min"]
        if np.isfinite(value) and value <= shown:
            _mark_quantile(
                axes, value, share, f"{name} {value_text(_TIME, value, scale)}", value / shown
            )


def _mark_standard(axes: Axes, standard: float, words: str, times: Floats, shares: Floats) -> None:
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
        f"{words}:\n{percent_text(within)} of reports\nanswered",
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


def _rows(answered: pd.DataFrame, domains: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return the calls that a row each is drawn of: domains, or all and by severity."""
    if len(domains) > 1:
        return [(PLACES[domain], own) for domain, own in _by_domain(answered)]
    groups = [(f"severity {s}", answered[answered["severity"] == s]) for s in range(1, 6)]
    return [("all", answered), *((name, group) for name, group in groups if len(group))]


def _draw_parts(axes: Axes, rows: Sequence[tuple[str, pd.DataFrame]]) -> None:
    # the row of all calls stands apart from those it is made of
    gap = 0.35 if rows[0][0] == "all" else 0.0
    places = np.array([0.0, *(np.arange(1.0, len(rows)) + gap)])
    left = np.zeros(len(rows))
    parts: list[tuple[Floats, Floats, str]] = []
    for name, start, end, colour in _PARTS:
        means = np.array([60.0 * (group[end] - group[start]).mean() for _, group in rows])
        axes.barh(places, means, left=left, color=colour, height=0.68, label=name)
        parts.append((left.copy(), means, colour))
        left += means
    scale = put_in_unit(axes.xaxis, _TIME, left, most=6)
    scale = scale._replace(digits=0 if scale.unit == "min" else scale.digits)
    for part in parts:
        _write_parts(axes, places, *part, scale=scale, least=0.07 * float(left.max()))
    for place, total in zip(places, left, strict=True):
        axes.annotate(
            scale.number(float(total)), (total, place), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8.5, fontweight="bold",
        )  # fmt: skip
    axes.set_yticks(places, [f"{name} (n = {len(group):,})" for name, group in rows])
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0.0, 1.12 * float(left.max()))
    axes.set_xlabel(UNITS.get(scale.unit, scale.unit))
    axes.legend(ncols=2, loc="upper left", bbox_to_anchor=(-0.02, -0.15), handlelength=1.2)


def _write_parts(
    axes: Axes,
    places: Floats,
    left: Floats,
    means: Floats,
    colour: str,
    *,
    scale: Scale,
    least: float,
) -> None:
    """Write the times into the parts that are long enough."""
    ink = "white" if colour in (BLUE, GREY) else BLACK
    for place, start, mean in zip(places, left, means, strict=True):
        if mean >= least:
            axes.text(
                start + 0.5 * mean, place, scale.number(float(mean)), ha="center", va="center",
                color=ink, fontsize=8.0,
            )  # fmt: skip
