"""Whether the times of day in a record say when something happened, and how finely.

Many records know the day alone and write a time all the same: midnight, noon, the time of a
report. A fit of times would take these for bursts.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.arrays import Flags, Floats
from sim.calibration.moments import HOUR_S, MINUTE_S, Moment
from sim.calibration.reading import CLOCK, DAY

UNITS_MIN = (720, 480, 360, 240, 180, 120, 60, 30, 15, 10, 5, 1)
"""Times may be rounded to these, the coarsest first."""
MOST_UNKNOWN = 0.05
"""With a larger share of times that stand for a day, all rows are read as days."""
_LEAST_DAYS = 5
_OFTEN = 3
_MOST_TIED = 0.3
_BY_DAY = "so that all rows are read as days"


class Resolution(NamedTuple):
    """How finely times are known: "day" or "clock time", why, and what may be wrong with them."""

    name: str
    why: str
    warnings: tuple[str, ...] = ()


def resolution_of(moments: Sequence[Moment]) -> Resolution:
    """Tell whether the times of day of a record can be fitted.

    Parameters
    ----------
    moments
        Of all rows that are used; at least one.

    Returns
    -------
    Resolution
        Days only, if a row has no time of day, if all have the same, if more than
        `MOST_UNKNOWN` have one that stands for the day, if they are coarser than an hour, or if
        most rows share theirs with others as those of one report do.
    """
    timed = [(moment.day, moment.clock_s) for moment in moments if moment.clock_s is not None]
    if len(timed) < len(moments):
        return _without_clock(len(moments) - len(timed), len(moments))
    clocks = np.array([clock for _, clock in timed])
    if len(set(clocks)) == 1:
        return Resolution(DAY, f"every time is {clock_text(clocks[0])}, which says the day alone")
    filled = _stand_ins(moments)
    number = sum(int((clocks == clock).sum()) for clock in filled)
    told = " or ".join(clock_text(clock) for clock in filled)
    share = f"{number:,} of {len(moments):,} times are exactly {told}"
    if number > MOST_UNKNOWN * len(moments):
        why = f"{share}, far more than any other time, which says the day alone, {_BY_DAY}"
        return Resolution(DAY, f"{why}; leave those rows out to fit times of day")
    unit = unit_min(clocks / MINUTE_S, 1.0)
    if unit > 60:
        return Resolution(DAY, f"times are given to {unit // 60} h only, {_BY_DAY}")
    if tied_share(moments, unit) > _MOST_TIED:
        why = "most rows share their time with others, as those of one report or satellite pass do"
        return Resolution(DAY, f"{why}, {_BY_DAY}")
    warning = (
        f"{share}, far more than any other time: if that says the day alone, leave these rows out "
        "or read all as days (--by-day)."
    )
    return Resolution(CLOCK, _finest(clocks), (warning,) if filled else ())


def _without_clock(number: int, of: int) -> Resolution:
    if number == of:
        return Resolution(DAY, "the table gives days only")
    why = f"{number:,} of {of:,} rows have no time of day, {_BY_DAY}"
    return Resolution(DAY, f"{why}; leave those rows out to fit times of day")


def clock_text(clock_s: float) -> str:
    """Write a time of day as 18:05:00."""
    whole = int(clock_s)
    hours, rest = divmod(whole, HOUR_S)
    fraction = f"{clock_s - whole:.3f}"[1:] if clock_s > whole else ""
    return f"{hours:02d}:{rest // MINUTE_S:02d}:{rest % MINUTE_S:02d}{fraction}"


def _stand_ins(moments: Sequence[Moment]) -> list[float]:
    """Return at most two times that are on many more days than any other time of day is.

    Days are counted rather than rows, so that one busy minute of one day is none.
    """
    days = Counter(clock for clock, _ in {(m.clock_s, m.day) for m in moments})
    often = days.most_common(3)
    usual = often[2][1] if len(often) > 2 else 0
    return [
        clock
        for clock, number in often[:2]
        if clock is not None and number >= _LEAST_DAYS and number > _OFTEN * usual
    ]


def unit_min(minutes: Floats, share: float) -> int:
    """Return the coarsest unit (minutes) of which at least a share of times are multiples.

    Parameters
    ----------
    minutes
        Times since some midnight, shape (times,).
    share
        Of all times.

    Returns
    -------
    int
        One of `UNITS_MIN`; 0 if times are finer than minutes.
    """
    for unit in UNITS_MIN:
        if on_unit(minutes, unit).mean() >= share:
            return unit
    return 0


def on_unit(minutes: Floats, unit: int) -> Flags:
    """Tell which times are multiples of a unit (minutes), shape (times,)."""
    return np.asarray(np.abs(minutes / unit - np.round(minutes / unit)) * unit < 1e-6)


def tied_share(moments: Sequence[Moment], unit: int) -> float:
    """Return the share of rows that share their time with others beyond what chance brings.

    Chance spreads the rows of each hour of each day over the times that the hour has at the unit
    (minutes; 0 = seconds).
    """
    slots = 60.0 / unit if unit else float(HOUR_S)
    hours = Counter((m.day, int((m.clock_s or 0.0) // HOUR_S)) for m in moments)
    number = np.array(list(hours.values()), dtype=np.float64)
    expected = float((slots * (1.0 - (1.0 - 1.0 / slots) ** number)).sum())
    distinct = len({(m.day, m.clock_s) for m in moments})
    return (expected - distinct) / len(moments)


def _finest(clocks: Floats) -> str:
    """Say how finely times are given."""
    unit = unit_min(clocks / MINUTE_S, 0.5)
    if unit == 0:
        return "times are finer than minutes"
    which = "times" if unit_min(clocks / MINUTE_S, 1.0) == unit else "at least half of the times"
    names = {1: "full minutes", 60: "full hours"}
    return f"{which} are {names.get(unit, f'multiples of {unit} minutes')}"
