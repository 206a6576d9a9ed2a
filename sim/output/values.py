"""Values of measures in words: one style for the screen, Markdown, pages, figures and the app.

Shares have three decimals in tables and are percentages in sentences. Times are told in minutes
below three hours, in hours up to three days and in days beyond, with the unit behind the number.
Data files do not pass through here: they keep plain numbers in the unit of the measure.
"""

from math import floor, isfinite, isinf, isnan, log10
from typing import NamedTuple

from sim.output.labels import is_duration, is_share, measure_digits, measure_label
from sim.results.measures import find_measure

MISSING = "-"
"""Stands for what is undefined."""
NEVER = "never"
MARK = "*"
"""Stands behind a difference whose interval leaves out 0."""
MORE_DIGITS = 2
"""A difference shows at most so many digits more than the measure itself."""
MILLION = 1e6
LONGEST_IN_MINUTES, LONGEST_IN_HOURS = 180.0, 72.0 * 60.0
"""In minutes: from the first on, times are told in hours; above the second one, in days."""


class Scale(NamedTuple):
    """A unit in which numbers are told: how much of the measure's own it holds, and digits."""

    size: float
    digits: int
    unit: str = ""

    def number(self, value: float, more: int = 0, sign: str = "") -> str:
        """Write a number without its unit; what is rounded to 0 has no minus."""
        digits = self.digits + more
        return f"{round(value / self.size, digits) + 0.0:{sign},.{digits}f}"

    def join(self, text: str) -> str:
        """Put the unit behind a number, or behind one with its interval."""
        return f"{text} {self.unit}" if self.unit else text


PERCENT = Scale(0.01, 1, "%")
POINTS = Scale(0.01, 1, "percentage points")
"""Of differences between percentages."""


def scale_of(measure: str, *values: float) -> Scale:
    """Return the unit in which values of a measure are told together.

    Parameters
    ----------
    measure
        Its name.
    values
        In the unit of the measure; the largest one decides, whatever its sign.
    """
    digits = measure_digits(measure)
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if is_duration(measure):
        if round(largest, digits) < LONGEST_IN_MINUTES:
            return Scale(1.0, digits, "min")
        return Scale(60.0, 1, "h") if largest <= LONGEST_IN_HOURS else Scale(1440.0, 1, "days")
    if largest >= MILLION and not _is_count(measure):
        return Scale(MILLION, 2, "M")
    return Scale(1.0, digits)


def _is_count(measure: str) -> bool:
    found = find_measure(measure)
    return found is not None and found.unit == "count"


def spoken_scale(measure: str, *values: float) -> Scale:
    """Return the unit in which values are told within a sentence, where shares are percentages."""
    return PERCENT if is_share(measure) else scale_of(measure, *values)


def table_label(measure: str) -> str:
    """Return a measure in words for a table: times carry their unit themselves."""
    return measure_label(measure, with_unit=not is_duration(measure))


def spoken_label(measure: str) -> str:
    """Return a measure as it stands within a sentence."""
    label = table_label(measure)
    return label[:1].lower() + label[1:]


def value_text(measure: str, value: float, scale: Scale | None = None) -> str:
    """Write a value of a measure with its unit.

    Parameters
    ----------
    measure
        Its name.
    value
        In the unit of the measure; NaN gives `MISSING`, infinity "never".
    scale
        The unit to tell it in; None = the one of tables.
    """
    if isnan(value):
        return MISSING
    if isinf(value):
        return NEVER
    scale = scale or scale_of(measure, value)
    return scale.join(scale.number(value))


def estimate_text(
    measure: str, estimate: float, low: float, high: float, scale: Scale | None = None
) -> str:
    """Write an estimate with its interval, if it has one, in one unit for all three numbers.

    Parameters
    ----------
    measure
        Its name.
    estimate, low, high
        In the unit of the measure; NaN where undefined.
    scale
        The unit to tell them in; None = the one of tables.
    """
    if isnan(estimate) or isnan(low) or isnan(high):
        return value_text(measure, estimate, scale)
    scale = scale or scale_of(measure, estimate, (high - low) / 2.0)
    return scale.join(f"{scale.number(estimate)} [{scale.number(low)}, {scale.number(high)}]")


def range_text(measure: str, low: float, high: float) -> str:
    """Write bounds; a side that is not known is left out, and without any nothing is written."""
    if not (isfinite(low) or isfinite(high)):
        return ""
    if not isfinite(low):
        return f"at most {value_text(measure, high)}"
    if not isfinite(high):
        return f"at least {value_text(measure, low)}"
    scale = scale_of(measure, low, high)
    return scale.join(f"{scale.number(low)} to {scale.number(high)}")


def percent_text(value: float, digits: int = 0) -> str:
    """Write a share as people say it."""
    return value_text("", value, Scale(0.01, digits, "%"))


def difference_text(
    measure: str, estimate: float, low: float, high: float, scale: Scale | None = None
) -> str:
    """Write a difference with its sign, its interval, and a mark where that leaves out 0.

    As many digits are shown as are certain, from those of the measure to `MORE_DIGITS` more.

    Parameters
    ----------
    measure
        Its name.
    estimate, low, high
        In the unit of the measure; the bounds are NaN where there are too few pairs.
    scale
        The unit to tell them in; None = the one of tables.
    """
    if isnan(estimate):
        return MISSING
    if estimate == low == high == 0.0:
        return "0"
    if isnan(low) or isnan(high):
        scale = scale or scale_of(measure, estimate)
        return scale.join(scale.number(estimate, _until_seen(scale, estimate), "+"))
    half = (high - low) / 2.0
    scale = scale or scale_of(measure, estimate, half)
    more = more_digits(scale.digits, half / scale.size)
    if is_clear := low > 0.0 or high < 0.0:  # then its nearer end is not to look like 0
        more = max(more, _to_show(scale, min(abs(low), abs(high)), more + MORE_DIGITS))
    ends = f"[{scale.number(low, more)}, {scale.number(high, more)}]"
    text = scale.join(f"{scale.number(estimate, more, '+')} {ends}")
    return f"{text} {MARK}" if is_clear else text


def no_difference_text(pairs: int) -> str:
    """Say that no pair of runs differs: that is more than an interval around 0 would say."""
    if pairs == 1:
        return "0 in the one pair"
    return "0 in both pairs" if pairs == 2 else f"0 in all {pairs:,} pairs"


def more_digits(least: int, half_width: float) -> int:
    """Return how many digits more than the least show two that are certain, `MORE_DIGITS` at most.

    Parameters
    ----------
    least
        Digits after the point that are shown anyhow.
    half_width
        Of the interval, in the unit it is told in.
    """
    if not half_width > 0.0:
        return 0
    return max(0, min(MORE_DIGITS, 1 - floor(log10(half_width)) - least))


def _to_show(scale: Scale, value: float, most: int) -> int:
    """Return how many digits more show a number that is not 0, up to the most."""
    return max(0, min(most, -floor(log10(value / scale.size)) - scale.digits))


def _until_seen(scale: Scale, estimate: float) -> int:
    """Return how many digits more a number takes that would be rounded to 0."""
    is_seen = estimate == 0.0 or round(estimate / scale.size, scale.digits) != 0.0
    return 0 if is_seen else more_digits(scale.digits, abs(estimate) / scale.size)
