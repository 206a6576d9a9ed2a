"""The tables that are fitted: counts by day, or single incidents with their times.

`sim.calibration.read` reads them from files.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from sim.arrays import Floats, Ints
from sim.calibration.reading import Reading
from sim.errors import InputError

LEAST_CELLS = 10
LEAST_EVENTS = 50


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Sites:
    """Where incidents were whose day alone is known, all of shape (incidents,).

    Attributes
    ----------
    day
        Day of each incident, counted from the first of the record.
    chainage_km, lon, lat
        Where it was, either way; the other is empty.
    """

    day: Ints
    chainage_km: Floats = field(default_factory=_none)
    lon: Floats = field(default_factory=_none)
    lat: Floats = field(default_factory=_none)


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
    sites
        Where each was, if the table lists incidents with places.
    violations_each
        Mean number of violations that an incident stands for, if the table lists incidents.
    listed
        Whether the table lists incidents, so that a day without a row had none.
    reading
        How the table was read.
    """

    name: str
    first: date
    start: Ints
    days: Ints
    count: Ints
    sites: Sites | None = None
    violations_each: float = 1.0
    listed: bool = False
    reading: Reading = field(default_factory=Reading)

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
        what = "incidents" if self.listed else "violations"
        return f"{self.name}: {cells}, {self.count.sum():,} {what}, {self.first} to {self.last}"


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
    reading
        How the table was read.
    """

    name: str
    first: date
    days: int
    time_h: Floats
    chainage_km: Floats
    lon: Floats
    lat: Floats
    violations_each: float = 1.0
    reading: Reading = field(default_factory=Reading)

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


def each_words(violations_each: float) -> tuple[str, ...]:
    """Say how many violations an incident stands for, if more than one."""
    if violations_each <= 1.0:
        return ()
    words = (
        "A row is one incident, whatever its count; it stands for "
        f"{violations_each:.3g} violations on average."
    )
    return (words,)


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
