"""Reading the table that is fitted: counts by day, or single incidents with their times.

A table with the columns ``date`` and ``count`` (and ``days`` for cells of several days) holds
counts; one with ``datetime`` holds incidents, and ``chainage_km``, or ``lon`` and ``lat``, say
where, ``count`` how many violations one incident stands for. One with ``date`` alone holds
incidents whose times are not known. Other columns are not read.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
type Row = dict[str, str]

LEAST_CELLS = 10
LEAST_EVENTS = 50


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts in cells of whole days; days may be missing in between.

    Attributes
    ----------
    name
        Of the table.
    first
        The first day.
    start, days
        First day of each cell, counted from `first`, and its length (days).
    count
        Violations in each cell.
    """

    name: str
    first: date
    start: Ints
    days: Ints
    count: Ints

    @property
    def last(self) -> date:
        """The last day that was counted."""
        return self.first + timedelta(days=int(self.start[-1] + self.days[-1]) - 1)

    @property
    def words(self) -> str:
        """What the table holds, in words."""
        cells = f"{len(self.count):,} cells of {int(self.days.sum()):,} days"
        if np.all(self.days == 1):
            cells = f"{len(self.count):,} days"
        return f"{self.name}: {cells}, {self.count.sum():,} violations, {self.first} to {self.last}"


@dataclass(frozen=True, eq=False)
class Events:
    """Incidents one by one, all of whole days.

    Attributes
    ----------
    name
        Of the table.
    first
        The first day.
    days
        Length of the record (days).
    time_h
        Time of each incident since the start of the first day (h), ascending.
    chainage_km, lon, lat
        Where it was, either way; empty if the table does not say.
    violations_each
        Mean number of violations that an incident stands for.
    """

    name: str
    first: date
    days: int
    time_h: Floats
    chainage_km: Floats
    lon: Floats
    lat: Floats
    violations_each: float = 1.0

    @property
    def last(self) -> date:
        """The last day of the record."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def words(self) -> str:
        """What the table holds, in words."""
        return (
            f"{self.name}: {len(self.time_h):,} incidents in {self.days:,} days, "
            f"{self.first} to {self.last}"
        )


def read_table(path: Path, first: date | None = None, last: date | None = None) -> Counts | Events:
    """Read a table of counts or incidents.

    Parameters
    ----------
    path
        The CSV file, with a line of headings.
    first, last
        First and last day of the record; rows outside are left out. None = those of the table.

    Raises
    ------
    InputError
        If it cannot be read, or a value is not allowed; it names line, column and value.
    """
    rows, columns = _read_rows(path)
    if "datetime" in columns:
        return _read_events(path, rows, columns, first, last)
    if "date" in columns:
        return _read_counts(path, rows, columns, first, last)
    message = f"{path}: line 1: needs a column date (with count) or datetime"
    raise InputError(message)


def _read_rows(path: Path) -> tuple[list[tuple[int, Row]], list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except csv.Error as error:
        raise InputError(f"{path}: is not valid CSV: {error}") from None
    for number, row in rows:
        if None in row or None in row.values():
            raise InputError(f"{path}: line {number}: must have {len(columns)} values")
    return rows, columns


def _value[T](path: Path, number: int, row: Row, column: str, read: Callable[[str], T]) -> T:
    text = row[column].strip()
    try:
        return read(text)
    except ValueError as error:
        message = f'{path}: line {number}, column {column} = "{text[:40]}": {error}'
        raise InputError(message) from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date as 2021-07-09") from None


def _datetime(text: str) -> datetime:
    rule = "must be a local date and time as 2021-07-09 18:05"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(rule) from None
    if found.tzinfo is not None or len(text) <= len("2021-07-09"):
        raise ValueError(rule)
    return found


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        rule = f"must be a whole number >= {least}"
        try:
            number = int(text)
        except ValueError:
            raise ValueError(rule) from None
        if not least <= number <= 10**9:
            raise ValueError(rule)
        return number

    return read


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        rule = f"must be a number from {low:g} to {high:g}"
        try:
            number = float(text)
        except ValueError:
            raise ValueError(rule) from None
        if not low <= number <= high:
            raise ValueError(rule)
        return number

    return read


def _read_counts(
    path: Path, rows: list[tuple[int, Row]], columns: list[str], first: date | None,
    last: date | None,
) -> Counts:  # fmt: skip
    cells = []
    for number, row in rows:
        day = _value(path, number, row, "date", _date)
        count = _value(path, number, row, "count", _whole(0)) if "count" in columns else 1
        length = _value(path, number, row, "days", _whole(1)) if "days" in columns else 1
        if (first is None or day >= first) and (
            last is None or day + timedelta(days=length - 1) <= last
        ):
            cells.append((day, length, count, number))
    cells.sort(key=lambda cell: (cell[0], cell[3]))
    if "count" not in columns:
        return _counted_days(path, [cell[0] for cell in cells], first, last)
    if len(cells) < LEAST_CELLS:
        message = f"{path}: holds {len(cells)} counts; at least {LEAST_CELLS} are needed"
        raise InputError(message)
    for (before, length, _, _), (day, _, _, number) in pairwise(cells):
        if day < before + timedelta(days=length):
            message = (
                f'{path}: line {number}, column date = "{day}": must lie after the cell that '
                f"begins on {before} and lasts {length} d"
            )
            raise InputError(message)
    begin = cells[0][0]
    return _counts(
        path, begin, [((day - begin).days, length, count) for day, length, count, _ in cells]
    )


def _counted_days(path: Path, dates: list[date], first: date | None, last: date | None) -> Counts:
    """Count incidents whose times are not known by day; days without any count as 0."""
    if len(dates) < LEAST_EVENTS:
        raise InputError(
            f"{path}: holds {len(dates)} incidents; at least {LEAST_EVENTS} are needed"
        )
    begin, end = first or dates[0], last or dates[-1]
    length = (end - begin).days + 1
    count = np.bincount([(day - begin).days for day in dates], minlength=length)
    return _counts(path, begin, [(day, 1, int(number)) for day, number in enumerate(count)])


def _counts(path: Path, first: date, cells: list[tuple[int, int, int]]) -> Counts:
    start, days, count = (np.array(column, dtype=np.int64) for column in zip(*cells, strict=True))
    if count.sum() == 0:
        raise InputError(f"{path}: column count: must hold at least one number above 0")
    return Counts(path.name, first, start, days, count)


def _read_events(
    path: Path, rows: list[tuple[int, Row]], columns: list[str], first: date | None,
    last: date | None,
) -> Events:  # fmt: skip
    places: dict[str, Callable[[str], float]] = {}
    if "chainage_km" in columns:
        places = {"chainage_km": _number(0.0, 1e5)}
    elif "lon" in columns and "lat" in columns:
        places = {"lon": _number(-180.0, 180.0), "lat": _number(-90.0, 90.0)}
    if "count" in columns:
        places["count"] = _whole(1)
    found: list[tuple[datetime, list[float]]] = []
    for number, row in rows:
        moment = _value(path, number, row, "datetime", _datetime)
        where = [_value(path, number, row, column, read) for column, read in places.items()]
        if (first is None or moment.date() >= first) and (last is None or moment.date() <= last):
            found.append((moment, where))
    if len(found) < LEAST_EVENTS:
        raise InputError(
            f"{path}: holds {len(found)} incidents; at least {LEAST_EVENTS} are needed"
        )
    found.sort(key=lambda row: row[0])
    return _events(path.name, found, list(places), first, last)


def _events(
    name: str, found: list[tuple[datetime, list[float]]], places: list[str], first: date | None,
    last: date | None,
) -> Events:  # fmt: skip
    begin, end = first or found[0][0].date(), last or found[-1][0].date()
    midnight = datetime(begin.year, begin.month, begin.day)
    where = {column: np.array([row[1][i] for row in found]) for i, column in enumerate(places)}
    none = np.empty(0)
    return Events(
        name=name,
        first=begin,
        days=(end - begin).days + 1,
        time_h=np.array([(row[0] - midnight).total_seconds() / 3600.0 for row in found]),
        chainage_km=where.get("chainage_km", none),
        lon=where.get("lon", none),
        lat=where.get("lat", none),
        violations_each=float(where.get("count", np.ones(1)).mean()),
    )


def phase_of(table: Counts, splits: tuple[date, ...]) -> Ints:
    """Return the phase of each cell, from 0.

    Raises
    ------
    InputError
        If a cell lies in two phases, or nothing was counted in one.
    """
    starts = np.array([(split - table.first).days for split in splits], dtype=np.int64)
    phase = np.searchsorted(starts, table.start, side="right")
    ends = np.searchsorted(starts, table.start + table.days - 1, side="right")
    for split, number in zip(splits, range(1, len(splits) + 1), strict=True):
        if np.any((phase < number) & (ends >= number)):
            raise InputError(f"--split {split}: must not lie within a cell of {table.name}")
    for number in range(len(splits) + 1):
        if table.count[phase == number].sum() == 0:
            raise InputError(
                f"--split: phase {number + 1} of {table.name} holds no violation, so that its rate "
                "cannot be told; choose other days"
            )
    return phase.astype(np.int64)
