"""Days and times of day as tables write them.

Days: ``2021-07-09``, ``2021/7/9``, ``20210709``, ``9.7.2021``, ``9 July 2021``, ``July 9, 2021``,
and ``9/7/2021`` where another row tells the day from the month. Times: ``18:05``, ``18:05:30.5``,
``6:05 PM``, and in a column of their own also HHMM without a colon; with or without an offset.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sim.calibration.sheet import Column
from sim.errors import InputError

FIRST_YEAR, LAST_YEAR = 1900, 2100
DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60
DAY_RULE = "must be a date as 2021-07-09"
TIME_RULE = "must be a local date and time as 2021-07-09 18:05"
CLOCK_RULE = "must be a time of day as 18:05"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|"
    r"sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)"
)
_DAYS = [
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})",
    r"(?P<a>\d{1,2})(?P<mark>[/-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4})",
    rf"(?P<d>\d{{1,2}})[ -]{_MONTH}[ -](?P<y>\d{{4}})",
    rf"{_MONTH} (?P<d>\d{{1,2}}),? (?P<y>\d{{4}})",
]
_CLOCK = r"(?P<hour>\d{1,2}):(?P<min>\d{2})(:(?P<sec>\d{2}([.,]\d{1,9})?))?( ?(?P<half>[ap]m))?"
_COMPACT = r"(?P<hour>\d{2})(?P<min>\d{2})(?P<sec>\d{2})?"
_ZONE = r"(?P<zone>z|utc|gmt|eet|eest|cet|cest|msk|(utc|gmt)?[+-]\d{1,2}(:?\d{2})?)"
_FLAGS = re.IGNORECASE | re.ASCII
_READ_DAY = [re.compile(rf"{form}(?P<rest>([t ,]\s*\S.*)?)", _FLAGS) for form in _DAYS]
_READ_CLOCK = [re.compile(rf"{form}( ?{_ZONE})?", _FLAGS) for form in (_CLOCK, _COMPACT)]
_HHMM = re.compile(r"(\d{1,4})(\.0)?", re.ASCII)
_OFFSETS = {"z": 0, "utc": 0, "gmt": 0, "eet": 2, "eest": 3, "cet": 1, "cest": 2, "msk": 3}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a row says something happened.

    Attributes
    ----------
    day
        The day.
    clock_s
        Time since midnight (s); None where the row gives the day alone.
    offset_min
        Offset from UTC (minutes); None where the row gives none.
    """

    day: date
    clock_s: float | None = None
    offset_min: int | None = None


def read_days(column: Column, rule: str = TIME_RULE) -> list[Moment]:
    """Read a column of days, with times of day where it has them.

    Raises
    ------
    InputError
        If one cannot be read, is no day from 1900 to 2100, or may be two days.
    """
    matches = [_matched(column, row, rule) for row in range(len(column.texts))]
    swapped = _month_first(column, matches)
    return [_moment(column, row, match, swapped, rule) for row, match in enumerate(matches)]


def _matched(column: Column, row: int, rule: str) -> re.Match[str]:
    text = column.texts[row]
    for form in _READ_DAY:
        if found := form.fullmatch(text):
            return found
    if re.fullmatch(r"\d{5}(\.\d*)?", text, re.ASCII):
        rule += "; a spreadsheet's number of a day: format the column as a date"
    raise column.fault(row, rule)


def _month_first(column: Column, matches: Sequence[re.Match[str]]) -> bool:
    """Tell days such as 3/5/2021 apart by rows with a number above 12."""
    unclear = {r: (int(m["a"]), int(m["b"])) for r, m in enumerate(matches) if "a" in m.groupdict()}
    day_first = next((row for row, (a, _) in unclear.items() if a > 12), None)
    month_first = next((row for row, (_, b) in unclear.items() if b > 12), None)
    if day_first is not None and month_first is not None:
        line = column.lines[day_first]
        raise column.fault(month_first, f"has the month first, line {line} the day: {DAY_RULE}")
    doubtful = next((row for row, (a, b) in unclear.items() if a != b), None)
    if doubtful is not None and day_first is None and month_first is None:
        raise column.fault(doubtful, f"may have the day or the month first: {DAY_RULE}")
    return month_first is not None


def _moment(column: Column, row: int, match: re.Match[str], swapped: bool, rule: str) -> Moment:
    parts = match.groupdict()
    if "a" in parts:
        month, day = (parts["a"], parts["b"]) if swapped else (parts["b"], parts["a"])
    else:
        month, day = parts.get("m") or _month_number(parts["name"]), parts["d"]
    try:
        found = date(int(parts["y"]), int(month), int(day))
    except ValueError:
        raise column.fault(row, rule) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise column.fault(row, f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    rest = parts["rest"].lstrip("tT ,")
    if not rest:
        return Moment(found)
    clock = _clock(rest)
    if clock is None:
        raise column.fault(row, rule)
    return Moment(found, *clock)


def _month_number(name: str) -> str:
    return str(_MONTHS.index(name[:3].lower()) + 1)


def _clock(text: str) -> tuple[float, int | None] | None:
    """Return seconds since midnight, and the offset from UTC (minutes); None if it is no time."""
    match = next((found for form in _READ_CLOCK if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["min"])
    second = float((match["sec"] or "0").replace(",", "."))
    half = match.groupdict().get("half")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half.lower() == "pm")
    if hour > 23 or minute > 59 or second >= 60.0:
        return None
    offset = _offset(match["zone"]) if match["zone"] else None
    if offset is not None and abs(offset) > 14 * 60:
        return None
    return hour * HOUR_S + minute * MINUTE_S + second, offset


def _offset(zone: str) -> int:
    """Return the offset of a zone from UTC (minutes)."""
    zone = zone.lower()
    if zone in _OFFSETS:
        return 60 * _OFFSETS[zone]
    digits = zone.removeprefix("utc").removeprefix("gmt").replace(":", "")
    sign, digits = (-1 if digits[0] == "-" else 1), digits[1:]
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return sign * (60 * int(hours) + int(minutes))


def read_clocks(column: Column, days: Sequence[Moment], universal: bool) -> list[Moment]:
    """Add the times of a column of their own to the days of another.

    Parameters
    ----------
    column
        Of times: with a colon, or HHMM as a number (5 is 00:05, 1230 is 12:30); empty = not known.
    days
        What the column of days says.
    universal
        Whether the times are in UTC.

    Raises
    ------
    InputError
        If one is no time of day, or the days have times of day too.
    """
    found = []
    for row, (text, day) in enumerate(zip(column.texts, days, strict=True)):
        if day.clock_s:
            raise column.fault(row, "the column of days has a time of day too: keep one")
        clock = (None, None) if not text else _number_clock(text) or _clock(text)
        if clock is None:
            raise column.fault(row, CLOCK_RULE)
        seconds, offset = clock
        if universal and seconds is not None:
            offset = 0
        found.append(Moment(day.day, seconds, offset))
    return found


def _number_clock(text: str) -> tuple[float, None] | None:
    match = _HHMM.fullmatch(text)
    if match is None:
        return None
    hour, minute = divmod(int(match[1]), 100)
    return (hour * HOUR_S + minute * MINUTE_S, None) if hour < 24 and minute < 60 else None


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name in the IANA database.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"--time-zone {name}: must be a time zone as Europe/Kyiv or UTC"
        raise InputError(message) from None


def check_offsets(column: Column, moments: Sequence[Moment]) -> None:
    """Refuse offsets that cannot be those of one place.

    Raises
    ------
    InputError
        If some times have an offset and others none.
    """
    timed = [row for row, moment in enumerate(moments) if moment.clock_s is not None]
    bare = next((row for row in timed if moments[row].offset_min is None), None)
    told = next((row for row in timed if moments[row].offset_min is not None), None)
    if bare is not None and told is not None:
        rule = f"has no offset from UTC, line {column.lines[told]} has: give all or none"
        raise column.fault(bare, rule)


def one_clock(column: Column, moments: Sequence[Moment]) -> None:
    """Refuse times as they stand where their offsets are not those of one clock.

    Raises
    ------
    InputError
        If offsets differ by more than summer time does.
    """
    rows = {m.offset_min: row for row, m in enumerate(moments) if m.offset_min is not None}
    if rows and max(rows) - min(rows) > 60:
        low, high = min(rows), max(rows)
        rule = (
            f"has another offset from UTC than line {column.lines[rows[low]]}: name the time zone "
            "that is meant with --time-zone"
        )
        raise column.fault(rows[high], rule)


def to_zone(moment: Moment, zone: ZoneInfo) -> Moment:
    """Return a moment by the clocks of a zone; one without an offset is taken to be so already."""
    if moment.clock_s is None or moment.offset_min is None:
        return moment
    offset = timezone(timedelta(minutes=moment.offset_min))
    midnight = datetime(moment.day.year, moment.day.month, moment.day.day, tzinfo=offset)
    local = (midnight.astimezone(UTC) + timedelta(seconds=moment.clock_s)).astimezone(zone)
    since = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    seconds = since.total_seconds() + local.microsecond / 1e6
    return replace(moment, day=local.date(), clock_s=seconds, offset_min=None)
