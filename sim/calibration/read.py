"""Reading a table from its file: counts by day, or incidents, by clock time or by day.

A table with days and the column ``count`` (and ``days`` for cells of several days) holds counts;
one with days alone, or with times, holds incidents: ``chainage_km``, or longitude and latitude,
say where, and beside times ``count`` says how many violations one stands for.
`sim.calibration.headings` lists what columns may be called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.arrays import Floats, Ints
from sim.calibration.clock import Resolution, resolution_of
from sim.calibration.doubts import doubts_about_counts, doubts_about_incidents
from sim.calibration.headings import NAMES, UNIVERSAL_TIME, roles_of
from sim.calibration.moments import (
    DAY_RULE,
    DAY_S,
    FIRST_YEAR,
    HOUR_S,
    LAST_YEAR,
    MINUTE_S,
    TIME_RULE,
    Moment,
    check_offsets,
    one_clock,
    read_clocks,
    read_days,
    to_zone,
    zone_named,
)
from sim.calibration.numbers import numbers, whole_numbers
from sim.calibration.reading import CLOCK, DAY, Reading
from sim.calibration.sheet import Column, Sheet, read_sheet
from sim.calibration.table import LEAST_CELLS, LEAST_EVENTS, Counts, Events, Sites
from sim.errors import InputError

MOST_CHAINAGE_KM = 1e5
MOST_DAYS = 36_600
"""Of one cell."""


@dataclass(frozen=True)
class Request:
    """How a table is to be read.

    Attributes
    ----------
    first, last
        First and last day of the record; None = those of the table.
    by_day
        Whether times of day are taken as not known.
    time_zone
        Whose clocks times with an offset are brought to; None = taken as they stand.
    """

    first: date | None = None
    last: date | None = None
    by_day: bool = False
    time_zone: str | None = None


def read_table(
    path: Path,
    first: date | None = None,
    last: date | None = None,
    *,
    by_day: bool = False,
    time_zone: str | None = None,
) -> Counts | Events:
    """Read a table of counts or incidents.

    Parameters
    ----------
    path
        The CSV file, with a line of headings.
    first, last
        First and last day of the record; rows outside are left out. None = those of the table.
    by_day
        Whether times of day are taken as not known, so that incidents are counted by day.
    time_zone
        Name of the time zone whose clocks times with an offset are brought to, such as
        ``Europe/Kyiv``; None = times are taken as they stand.

    Returns
    -------
    Counts or Events
        Counts also where the table lists incidents whose times of day are not known; `reading`
        says how the table was read.

    Raises
    ------
    InputError
        If it cannot be read, or a value is not allowed; it names line, column and value.
    """
    request = Request(first, last, by_day, time_zone)
    _check(request)
    sheet = read_sheet(path)
    roles = roles_of(sheet.headings)
    if not sheet.rows:
        raise InputError(f"{path}: holds no rows below its headings")
    sheet, blank = _with_counts(sheet, roles)
    moments, told = _moments(sheet, roles, request)
    inside = _inside(moments, request)
    dropped = [*blank, *_outside(moments, request)]
    if not inside:
        raise InputError(f"{path}: holds no row {_span_words(request)}")
    kept = sheet.only(inside)
    moments = [moments[row] for row in inside]
    resolution = _resolution(moments, request)
    reading = Reading(
        rows=len(sheet.rows) + sum(number for number, _ in blank),
        resolution=resolution.name,
        why=resolution.why,
        dropped=tuple(dropped),
        notes=(*sheet.notes, *told),
        warnings=resolution.warnings,
    )
    if _are_counts(kept, roles, moments, resolution):
        return _read_counts(kept, roles, moments, request, reading)
    return _read_incidents(kept, roles, moments, request, reading)


def _check(request: Request) -> None:
    """Refuse days that no record can begin or end on."""
    for word, day in (("--from", request.first), ("--to", request.last)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            rule = f"the year must be from {FIRST_YEAR} to {LAST_YEAR}"
            raise InputError(f"{word} {day}: {rule}")
    if request.first and request.last and request.first > request.last:
        raise InputError(f"--from {request.first}: must not lie after --to {request.last}")


def _with_counts(sheet: Sheet, roles: dict[str, int]) -> tuple[Sheet, list[tuple[int, str]]]:
    """Leave out rows without a count: their days were not counted."""
    if "count" not in roles or not _bare(roles):
        return sheet, []
    kept = [row for row, values in enumerate(sheet.rows) if values[roles["count"]]]
    blank = len(sheet.rows) - len(kept)
    if not blank:
        return sheet, []
    if not kept:
        raise InputError(f"{sheet.path}: column {sheet.headings[roles['count']]}: is empty")
    return sheet.only(kept), [(blank, "without a count")]


def _bare(roles: dict[str, int]) -> bool:
    """Tell whether the table has no column that is meant for times of day."""
    return "datetime" not in roles and "time" not in roles


def _moments(
    sheet: Sheet, roles: dict[str, int], request: Request
) -> tuple[list[Moment], list[str]]:
    """Return when each row was, by the clocks that are meant, and what to know of them."""
    if "datetime" in roles:
        column = sheet.column(roles["datetime"])
        moments = read_days(column, TIME_RULE)
    else:
        column = sheet.column(roles["date"])
        moments = read_days(column, DAY_RULE)
        if "time" in roles:
            column = sheet.column(roles["time"])
            universal = column.heading.strip().lower().replace(" ", "_") == UNIVERSAL_TIME
            moments = read_clocks(column, moments, universal)
    check_offsets(column, moments)
    return _by_clocks(column, moments, request)


def _by_clocks(
    column: Column, moments: list[Moment], request: Request
) -> tuple[list[Moment], list[str]]:
    zone = None if request.time_zone is None else zone_named(request.time_zone)
    offsets = {moment.offset_min for moment in moments} - {None}
    if not offsets or request.by_day or not any(moment.clock_s for moment in moments):
        return moments, []
    if zone is not None:
        told = f"Times are brought to the clocks of {request.time_zone}."
        return [to_zone(moment, zone) for moment in moments], [told]
    one_clock(column, moments)
    if offsets == {0}:
        told = (
            "Times are in UTC and taken as they stand: hours and days are those of UTC "
            "(--time-zone brings them to the clocks of a place)."
        )
        return moments, [told]
    return moments, ["Times have an offset from UTC and are taken as local times."]


def _inside(moments: Sequence[Moment], request: Request) -> list[int]:
    first, last = request.first or date.min, request.last or date.max
    return [row for row, moment in enumerate(moments) if first <= moment.day <= last]


def _outside(moments: Sequence[Moment], request: Request) -> list[tuple[int, str]]:
    """Count the rows before the first day and after the last."""
    found = []
    if request.first is not None:
        before = sum(moment.day < request.first for moment in moments)
        found.append((before, f"before {request.first} (--from)"))
    if request.last is not None:
        after = sum(moment.day > request.last for moment in moments)
        found.append((after, f"after {request.last} (--to)"))
    return [(number, why) for number, why in found if number]


def _span_words(request: Request) -> str:
    ends = (("from", request.first), ("to", request.last))
    return " ".join(f"{word} {day}" for word, day in ends if day is not None)


def _resolution(moments: Sequence[Moment], request: Request) -> Resolution:
    if request.by_day and any(moment.clock_s is not None for moment in moments):
        return Resolution(DAY, "the times of day are set aside, as asked (--by-day)")
    return resolution_of(moments)


def _are_counts(
    sheet: Sheet, roles: dict[str, int], moments: Sequence[Moment], resolution: Resolution
) -> bool:
    """Tell counts by day from incidents that stand for several violations each."""
    if "count" not in roles:
        return False
    bare = _bare(roles)
    if bare and resolution.name == CLOCK:
        message = (
            f"{sheet.path}: column {sheet.headings[roles['date']]}: holds times of day beside "
            "counts: write days alone, or call it datetime where each row is one incident"
        )
        raise InputError(message)
    _refuse_hourly(sheet, moments)
    once = len({moment.day for moment in moments}) == len(moments)
    return bare or "days" in roles or (resolution.name == DAY and once)


def _refuse_hourly(sheet: Sheet, moments: Sequence[Moment]) -> None:
    """Refuse counts by hour or the like, which look like incidents at regular times.

    No two rows share a time, and at least half of the regular times have a row.
    """
    at = np.sort([round(m.day.toordinal() * DAY_S + (m.clock_s or 0.0)) for m in moments])
    if len(at) < LEAST_CELLS:
        return
    gap = int(np.gcd.reduce(np.diff(at)))
    if MINUTE_S <= gap < DAY_S and np.all(np.diff(at) > 0) and 2 * len(at) * gap > at[-1] - at[0]:
        message = (
            f"{sheet.path}: has a count every {gap / HOUR_S:g} h: counts are read by day "
            "or in cells of whole days"
        )
        raise InputError(message)


def _columns(sheet: Sheet, roles: dict[str, int], read: Sequence[str]) -> Reading:
    """Name the columns that were read, and the others."""
    chosen = [(role, sheet.headings[roles[role]]) for role in NAMES if role in read]
    places = {roles[role] for role in read}
    others = (name for place, name in enumerate(sheet.headings) if place not in places and name)
    return Reading(columns=tuple(chosen), unread=tuple(others))


def _told(reading: Reading, sheet: Sheet, roles: dict[str, int], read: Sequence[str]) -> Reading:
    columns = _columns(sheet, roles, [role for role in read if role in roles])
    return replace(reading, columns=columns.columns, unread=columns.unread, used=len(sheet.rows))


def _when(roles: dict[str, int]) -> tuple[str, ...]:
    return ("datetime",) if "datetime" in roles else ("date", "time")


def _read_counts(
    sheet: Sheet,
    roles: dict[str, int],
    moments: Sequence[Moment],
    request: Request,
    reading: Reading,
) -> Counts:
    count = whole_numbers(sheet.column(roles["count"]), 0)
    days = np.ones_like(count)
    if "days" in roles:
        days = whole_numbers(sheet.column(roles["days"]), 1, MOST_DAYS)
    start = np.array([moment.day.toordinal() for moment in moments])
    whole = np.flatnonzero(start + days - 1 <= (request.last or date.max).toordinal())
    if cut := len(start) - len(whole):
        words = f"of cells that go on after {request.last} (--to)"
        reading = replace(reading, dropped=(*reading.dropped, (cut, words)))
    order = whole[np.argsort(start[whole], kind="stable")].tolist()
    if len(order) < LEAST_CELLS:
        message = f"{sheet.path}: holds {len(order)} counts; at least {LEAST_CELLS} are needed"
        raise InputError(message)
    _refuse_overlaps(sheet, roles, order, start, days)
    sheet, start, days, count = sheet.only(order), start[order], days[order], count[order]
    if count.sum() == 0:
        name = sheet.headings[roles["count"]]
        raise InputError(f"{sheet.path}: column {name}: must hold at least one number above 0")
    reading = _told(reading, sheet, roles, (*_when(roles), "count", "days"))
    first = date.fromordinal(int(start[0]))
    table = Counts(sheet.path.name, first, start - start[0], days, count)
    warnings = (*reading.warnings, *doubts_about_counts(sheet, table))
    return replace(table, reading=replace(reading, days=int(days.sum()), warnings=warnings))


def _refuse_overlaps(
    sheet: Sheet, roles: dict[str, int], order: list[int], start: Ints, days: Ints
) -> None:
    column = sheet.column(roles["datetime" if "datetime" in roles else "date"])
    for before, row in pairwise(order):
        if start[row] < start[before] + days[before]:
            rule = (
                f"must lie after the cell that begins on {date.fromordinal(int(start[before]))} "
                f"and lasts {days[before]} d (line {sheet.lines[before]})"
            )
            raise column.fault(row, rule)


def _read_incidents(
    sheet: Sheet,
    roles: dict[str, int],
    moments: Sequence[Moment],
    request: Request,
    reading: Reading,
) -> Counts | Events:
    each = 1.0
    if "count" in roles:
        each = float(whole_numbers(sheet.column(roles["count"]), 1).mean())
    places = _places(sheet, roles)
    if len(moments) < LEAST_EVENTS:
        message = (
            f"{sheet.path}: holds {len(moments)} incidents; at least {LEAST_EVENTS} are needed"
        )
        raise InputError(message)
    extra = tuple(role for role in ("end", "precision") if role in roles)
    reading = _told(reading, sheet, roles, (*_when(roles), "count", *places, *extra))
    warnings = doubts_about_incidents(sheet, roles, moments)
    reading = replace(reading, warnings=(*reading.warnings, *warnings))
    begin = request.first or min(moment.day for moment in moments)
    end = request.last or max(moment.day for moment in moments)
    days = (end - begin).days + 1
    reading = replace(reading, days=days)
    day = np.array([(moment.day - begin).days for moment in moments], dtype=np.int64)
    if reading.resolution == DAY:
        order = np.argsort(day, kind="stable")
        sites = _sites(day[order], {role: values[order] for role, values in places.items()})
        return Counts(
            sheet.path.name, begin, np.arange(days), np.ones(days, dtype=np.int64),
            np.bincount(day, minlength=days), sites, each, True, reading,
        )  # fmt: skip
    clock = np.array([moment.clock_s or 0.0 for moment in moments])
    time_h = 24.0 * day + clock / HOUR_S
    order = np.argsort(time_h, kind="stable")
    site = {role: values[order] for role, values in places.items()}
    none = np.empty(0)
    return Events(
        sheet.path.name, begin, days, time_h[order], site.get("chainage_km", none),
        site.get("lon", none), site.get("lat", none), each, reading,
    )  # fmt: skip


def _places(sheet: Sheet, roles: dict[str, int]) -> dict[str, Floats]:
    """Read where incidents were, if the table says so."""
    if "chainage_km" in roles:
        column = sheet.column(roles["chainage_km"])
        return {"chainage_km": numbers(column, 0.0, MOST_CHAINAGE_KM)}
    if not {"lon", "lat"} <= roles.keys():
        return {}
    return {
        "lon": numbers(sheet.column(roles["lon"]), -180.0, 180.0),
        "lat": numbers(sheet.column(roles["lat"]), -90.0, 90.0),
    }


def _sites(day: Ints, places: dict[str, Floats]) -> Sites | None:
    return Sites(day, **places) if places else None
