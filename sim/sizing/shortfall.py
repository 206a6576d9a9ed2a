"""Why no force suffices: how far each rule gets, whether it still grows, and what is used up."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.arrays import Floats
from sim.output.values import MARK, POINTS, difference_text, percent_text, value_text
from sim.sizing.bench import Bench
from sim.sizing.frontier import Knowledge
from sim.sizing.requirements import Requirement
from sim.sizing.trend import Place

BESIDE = ("on_station_share", "unit_utilisation", "us_engaged_share")
"""Measures of how far forces are used, kept beside those that rules speak of."""
USED_UP = 0.9
"""Share of their time from which on forces count as used up."""
_WORDS = {
    "on_station_share": "drones are on station",
    "unit_utilisation": "support units are busy",
    "us_engaged_share": "the United States are engaged",
}


class Slope(NamedTuple):
    """By how much a measure changes from one force to the next larger one."""

    change: float
    low: float
    high: float
    """Bounds of 95 %, from differences seed by seed."""


def explain_shortfall(bench: Bench, known: Knowledge) -> list[str]:
    """Say, a line a rule, how far it gets where no force that was run suffices."""
    lines = []
    for number, rule in enumerate(bench.asked.requirements):
        good = [place for place, found in known.tested.items() if found.by_rule[number] == "met"]
        if good:
            met = _listed(bench, good)
            lines.append(f"{rule.text} is met by {met}, but not along with every other rule.")
        elif all(found.by_rule[number] != "undecided" for found in known.tested.values()):
            lines.append(_plateau(bench, number, rule))
    return lines


def _listed(bench: Bench, places: Sequence[Place]) -> str:
    names = [bench.asked.name(place) for place in sorted(places)]
    if len(names) < 3:
        return " and ".join(names)
    if len(bench.asked.factors) == 1:
        first, last = (bench.asked.sizes(place) for place in (min(places), max(places)))
        (key, low), (_, high) = next(iter(first.items())), next(iter(last.items()))
        return f"{len(names)} of the sizes run, from {key} = {low} to {high}"
    return f"{len(names)} of the forces run, such as {names[-1]}"


def _plateau(bench: Bench, number: int, rule: Requirement) -> str:
    """Say where a rule gets nearest to its limit, and whether it grows towards it there."""
    sign = 1.0 if rule.upwards else -1.0
    best = max(bench.findings, key=lambda p: sign * bench.findings[p][number].estimate)
    estimate = bench.findings[best][number].estimate
    if np.isinf(estimate):
        return f"{rule.text}: a time that some runs never reach, with every force run."
    words = f"{rule.text}: nearest at {bench.asked.name(best)}, with {_amount(rule, estimate)}."
    row = max(bench.findings)[0]
    places = sorted(place for place in bench.findings if place[0] == row)
    if len(places) < 2:
        return words
    parts = [words, _slope_text(bench, number, (places[-2], places[-1]))]
    return " ".join(part for part in [*parts, _used_up(bench, places[-1])] if part)


def slope_between(small: Floats, large: Floats) -> Slope:
    """Return the mean change from one force to another with bounds of 95 %, seed by seed.

    Parameters
    ----------
    small, large
        One value a run, of the same seeds as far as both go.
    """
    n = min(len(small), len(large))
    both = np.isfinite(small[:n]) & np.isfinite(large[:n])
    gain = large[:n][both] - small[:n][both]
    if len(gain) < 2:
        return Slope(np.nan, np.nan, np.nan)
    mean = float(gain.mean())
    half = float(stdtrit(len(gain) - 1, 0.975)) * float(gain.std(ddof=1)) / len(gain) ** 0.5
    return Slope(mean, mean - half, mean + half)


def _slope_text(bench: Bench, number: int, pair: tuple[Place, Place]) -> str:
    """Say how the tested number moves between the two largest sizes, and whether that leads on."""
    small, large = (bench.asked.sizes(place) for place in pair)
    key = list(small)[-1]
    step = large[key] - small[key]
    slope = slope_between(*(bench.samples(place)[number] for place in pair))
    if np.isnan(slope.change):
        return ""
    rule = bench.asked.requirements[number]
    text = (
        f"From {small[key]} to {large[key]} it moves by {_change_text(rule, slope, step)} for "
        "each one more (95 % interval)"
    )
    gap = rule.target - bench.findings[pair[1]][number].estimate
    ends = sorted(np.sign(gap) * end for end in (slope.low, slope.high))
    if ends[1] <= 0.0:
        return f"{text}: more leads away from the limit."
    if ends[0] <= 0.0:
        return f"{text}: a plateau, as far as can be told."
    return f"{text}: at that rate {abs(gap / slope.change) * step:,.0f} more would be needed."


def _change_text(rule: Requirement, slope: Slope, step: int) -> str:
    """Write the change for one more, with its interval."""
    scale = POINTS if rule.is_share_of_runs else None
    parts = (slope.change / step, slope.low / step, slope.high / step)
    return difference_text(rule.tested, *parts, scale).removesuffix(f" {MARK}")


def _used_up(bench: Bench, place: Place) -> str:
    """Say how far the forces are used at the largest one."""
    values = bench.values[place]
    means = {
        name: float(np.nanmean(values[name]))
        for name in BESIDE
        if name in values and not np.isnan(values[name]).all()
    }
    means = {name: mean for name, mean in means.items() if name != "us_engaged_share" or mean < 1.0}
    if not means:
        return ""
    parts = [f"{_WORDS[name]} {percent_text(mean)} of the time" for name, mean in means.items()]
    full = [name for name, mean in means.items() if mean >= USED_UP and name in BESIDE[:2]]
    end = "".join(f"; {_WORDS[name].rpartition(' are ')[0]} are used up" for name in full)
    return f"There {' and '.join(parts)}{end}."


def _amount(rule: Requirement, estimate: float) -> str:
    if rule.is_share_of_runs:
        return f"{percent_text(estimate)} of runs"
    return value_text(rule.measure, estimate)
