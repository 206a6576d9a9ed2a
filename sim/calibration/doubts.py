"""What may be wrong with a table that can be read: it is told, and the user decides."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from sim.arrays import Ints
from sim.calibration.moments import DAY_RULE, MINUTE_S, Moment, read_days
from sim.calibration.sheet import Sheet
from sim.calibration.table import Counts

_LEAST_GAP_DAYS = 366


def doubts_about_counts(sheet: Sheet, table: Counts) -> Iterator[str]:
    """Name what may be wrong with counts: days of zero that have no row, and far-off days.

    Parameters
    ----------
    sheet, table
        The rows, in order of time, and what was read from them.
    """
    span = int(table.start[-1] + table.days[-1])
    counted = int(table.days.sum())
    total = int(table.count.sum())
    if counted < span and table.count.min() > 0:
        yield (
            f"No count is 0, and {span - counted:,} of the {span:,} days from {table.first} to "
            f"{table.last} have no row. They are taken as not counted; if nothing happened on "
            f"them, give them with a count of 0: the mean is then {total / span:.4g} a day, not "
            f"{total / counted:.4g}."
        )
    yield from _far_off(sheet, table.start + table.first.toordinal())


def doubts_about_incidents(
    sheet: Sheet, roles: dict[str, int], moments: Sequence[Moment]
) -> Iterator[str]:
    """Name what may be wrong with incidents: rows entered twice, vague days, far-off days.

    Raises
    ------
    InputError
        If a last day cannot be read, or lies before the first.
    """
    if _distinct(sheet, roles, moments):
        yield from _entered_twice(sheet)
    yield from _vague(sheet, roles, moments)
    yield from _far_off(sheet, np.array([moment.day.toordinal() for moment in moments]))


def _distinct(sheet: Sheet, roles: dict[str, int], moments: Sequence[Moment]) -> bool:
    """Tell whether two incidents would hardly have the same row: other columns, or seconds."""
    when = {place for role, place in roles.items() if role in ("datetime", "date", "time")}
    if any(name and place not in when for place, name in enumerate(sheet.headings)):
        return True
    return any((moment.clock_s or 0.0) % MINUTE_S for moment in moments)


def _entered_twice(sheet: Sheet) -> Iterator[str]:
    """Name rows that are the same in every column."""
    number = Counter(sheet.rows)
    again = sum(many - 1 for many in number.values())
    if not again:
        return
    twice = next(row for row in sheet.rows if number[row] > 1)
    lines = [line for line, row in zip(sheet.lines, sheet.rows, strict=True) if row == twice]
    rows = "row is" if again == 1 else "rows are"
    yield (
        f"{again:,} {rows} the same as an earlier one in every column (the first: lines {lines[0]} "
        f"and {lines[1]}); each counts as an incident: take out those that were entered twice."
    )


def _vague(sheet: Sheet, roles: dict[str, int], moments: Sequence[Moment]) -> Iterator[str]:
    """Name incidents that are known to several days only."""
    vague = np.zeros(len(moments), dtype=bool)
    names = []
    if "end" in roles:
        column = sheet.column(roles["end"])
        names.append(column.heading)
        for row, (end, moment) in enumerate(zip(_ends(sheet, roles), moments, strict=True)):
            if end is not None and end < moment.day:
                raise column.fault(row, f"must not lie before {moment.day}, its first day")
            vague[row] = end is not None and end > moment.day
    if "precision" in roles:
        column = sheet.column(roles["precision"])
        names.append(column.heading)
        vague |= [text.isdecimal() and int(text) > 1 for text in column.texts]
    if vague.any():
        yield (
            f"{int(vague.sum()):,} of {len(vague):,} incidents are not known to the day "
            f"({' or '.join(names)}); they count on their first day, which makes days look more "
            "uneven than they were: try without them."
        )


def _ends(sheet: Sheet, roles: dict[str, int]) -> list[date | None]:
    """Read the last days of incidents; none where the table leaves them empty."""
    place = roles["end"]
    told = [row for row, values in enumerate(sheet.rows) if values[place]]
    found: list[date | None] = [None] * len(sheet.rows)
    if told:
        for row, moment in zip(told, read_days(sheet.only(told).column(place), DAY_RULE),
                               strict=True):  # fmt: skip
            found[row] = moment.day
    return found


def _far_off(sheet: Sheet, ordinals: Ints) -> Iterator[str]:
    """Name days that lie farther from the rest than the rest spans, as a mistyped year does."""
    order = np.argsort(ordinals, kind="stable")
    days = ordinals[order]
    gaps = np.diff(days)
    if len(gaps) == 0:
        return
    place = int(np.argmax(gaps))
    gap = int(gaps[place])
    before, after = days[: place + 1], days[place + 1 :]
    few, many = sorted((before, after), key=len)
    rest = int(many[-1] - many[0])
    if gap <= _LEAST_GAP_DAYS or gap <= rest or len(few) * 10 > len(many):
        return
    row = int(order[0] if few is before else order[-1])
    day = date.fromordinal(int(ordinals[row]))
    which = f"{len(few):,} rows lie" if len(few) > 1 else "one row lies"
    yield (
        f"{which} {gap / 365.25:.0f} years apart from the rest (line {sheet.lines[row]}: {day}): "
        "is the year right? --from and --to leave rows out."
    )
