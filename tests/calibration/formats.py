"""One record as UCDP, ACLED, FIRMS, the OSCE and spreadsheets would write it.

The columns are those of the sources; the incidents are drawn, none is real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np

FIRST = date(2021, 3, 1)
DAYS = 45
KYIV_WINTER = timezone(timedelta(hours=2))
_MONTHS = ("January", "February", "March", "April", "May")
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May")


@dataclass(frozen=True)
class Drawn:
    """Incidents: local times, and places near the line."""

    times: list[datetime]
    lon: np.ndarray
    lat: np.ndarray

    @property
    def by_day(self) -> list[int]:
        return np.bincount(self.day, minlength=DAYS).tolist()

    @property
    def day(self) -> np.ndarray:
        return np.array([(time.date() - FIRST).days for time in self.times])

    @property
    def hours(self) -> np.ndarray:
        start = datetime(FIRST.year, FIRST.month, FIRST.day)
        return np.array([(time - start).total_seconds() / 3600.0 for time in self.times])


def drawn(seed: int = 1) -> Drawn:
    """Draw incidents to the minute, in order; the first and the last day have one or more."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(8.0 * rng.gamma(2.0, 0.5, DAYS))
    counts[[0, -1]] += 1
    counts[3] = 0
    start = datetime(FIRST.year, FIRST.month, FIRST.day)
    times = []
    for day, number in enumerate(counts):
        minutes = np.sort(rng.choice(1440, number, replace=False))
        times += [start + timedelta(days=day, minutes=int(minute)) for minute in minutes]
    lon, lat = rng.uniform(37.0, 38.5, len(times)), rng.uniform(47.5, 49.0, len(times))
    return Drawn(times, lon.round(5), lat.round(5))


def lines(heading: str, rows: list[str], end: str = "\n") -> str:
    return end.join([heading, *rows, ""])


def places(record: Drawn) -> list[tuple[str, str]]:
    return [(f"{x:.5f}", f"{y:.5f}") for x, y in zip(record.lon, record.lat, strict=True)]


def ucdp(record: Drawn) -> str:
    """Georeferenced Event Dataset: days at midnight, latitude before longitude, quoted texts."""
    rows = [
        f'{400000 + i},UKR-2021-1-{i},2021,True,Clear,1,"Ukraine (Donetsk), ""DPR""",{y},{x},1,'
        f"{time:%Y-%m-%d} 00:00:00.000,{time:%Y-%m-%d} 00:00:00.000,0,1,0,0,1"
        for i, (time, (x, y)) in enumerate(zip(record.times, places(record), strict=True))
    ]
    return lines(
        "id,relid,year,active_year,code_status,type_of_violence,conflict_name,latitude,longitude,"
        "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best",
        rows,
    )


def acled(record: Drawn) -> str:
    """ACLED's export: 05 March 2021, notes with line breaks, a stamp of the entry."""
    rows = [
        f'UKR{i},"{time.day:02d} {_MONTHS[time.month - 1]} {time.year}",2021,1,'
        f'"Explosions/Remote violence","{y}","{x}",1,"Shelling near a village;\n'
        f'no casualties, ""as reported""",0,{1618000000 + i // 40}'
        for i, (time, (x, y)) in enumerate(zip(record.times, places(record), strict=True))
    ]
    return lines(
        "event_id_cnty,event_date,year,time_precision,event_type,latitude,longitude,geo_precision,"
        "notes,fatalities,timestamp",
        rows,
    )


def firms(record: Drawn) -> str:
    """FIRMS, as if each incident were seen by itself: UTC as HHMM without leading zeros."""
    rows = [
        f"{y},{x},310.5,0.4,0.4,{time:%Y-%m-%d},{100 * time.hour + time.minute},N,VIIRS,n,2.0NRT,"
        f"290.1,{1 + i % 7}.5,N"
        for i, (time, (x, y)) in enumerate(zip(record.times, places(record), strict=True))
    ]
    return lines(
        "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,"
        "confidence,version,bright_ti5,frp,daynight",
        rows,
    )


def firms_passes(record: Drawn) -> str:
    """FIRMS as it is: all that one pass of the satellite sees has the time of the pass."""
    rows = [
        f"{y},{x},310.5,{time:%Y-%m-%d},{(time.day % 3) + (1030 if time.hour < 12 else 36)},N"
        for time, (x, y) in zip(record.times, places(record), strict=True)
    ]
    return lines("latitude,longitude,bright_ti4,acq_date,acq_time,satellite", rows)


def osce(record: Drawn) -> str:
    """Daily counts with days of none, as counts of a spreadsheet: 19.0."""
    rows = [
        f"{FIRST + timedelta(days=day)},{count}.0,{count // 2},{count - count // 2},"
        f"https://example.org/{day}"
        for day, count in enumerate(record.by_day)
    ]
    return lines("date,count,donetsk,luhansk,source_report", rows)


def german_counts(record: Drawn) -> bytes:
    """Write counts as a German spreadsheet does: semicolons, 1.3.2021, 7,0, Windows-1252."""
    rows = [
        f"{(FIRST + timedelta(days=day)):%d.%m.%Y};{count},0;Lageübersicht;;"
        for day, count in enumerate(record.by_day)
    ]
    return lines("Datum;Anzahl;Überschrift;;", [*rows, ";;;;"], "\r\n").encode("cp1252")


def german_incidents(record: Drawn) -> bytes:
    """Incidents from a German spreadsheet: a byte order mark, day and time apart, 37,51234."""
    rows = [
        f'{time:%d.%m.%Y};{time:%H:%M};{x.replace(".", ",")};{y.replace(".", ",")};"Schüsse; zwei"'
        for time, (x, y) in zip(record.times, places(record), strict=True)
    ]
    return lines("Datum;Uhrzeit;Longitude;Latitude;Notiz", rows, "\r\n").encode("utf-8-sig")


def utf16_tabs(record: Drawn) -> bytes:
    """Write the text with tabs that spreadsheets call Unicode."""
    rows = [f"{time:%Y-%m-%d %H:%M}\tA" for time in record.times]
    return lines("Date Time\tKind", rows, "\r\n").encode("utf-16")


def american(record: Drawn) -> str:
    """Month first and hours to 12."""
    rows = [
        f"{time.month}/{time.day}/{time.year} {time:%I:%M %p}".replace(" 0", " ")
        for time in record.times
    ]
    return lines("DateTime".replace("T", "_t"), rows)


def british(record: Drawn) -> str:
    return lines("date", [f"{time:%d/%m/%Y}" for time in record.times])


def short_months(record: Drawn) -> str:
    rows = [f"{time.day}-{_SHORT[time.month - 1]}-{time.year}" for time in record.times]
    return lines("event_date", rows)


def compact(record: Drawn) -> str:
    return lines("datetime", [f"{time:%Y%m%dT%H%M%S}" for time in record.times])


def zulu(record: Drawn) -> str:
    """Write the times of a database in UTC, of incidents by clocks two hours ahead."""
    rows = [f"{t.replace(tzinfo=KYIV_WINTER).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for t in
            record.times]  # fmt: skip
    return lines("datetime", rows)


def offsets(record: Drawn) -> str:
    return lines("datetime", [f"{time:%Y-%m-%dT%H:%M:%S}+02:00" for time in record.times])


def eet(record: Drawn) -> str:
    return lines("datetime", [f"{time:%Y-%m-%d %H:%M} EET" for time in record.times])


def noon(record: Drawn) -> str:
    return lines("datetime", [f"{time:%Y-%m-%d} 12:00" for time in record.times])


def pandas_days(record: Drawn) -> str:
    """Write counts as pandas does: an index, and days at midnight."""
    rows = [f"{day},{FIRST + timedelta(days=day)} 00:00:00,{count}" for day, count in
            enumerate(record.by_day)]  # fmt: skip
    return lines(",datetime,count", rows)


def told_separator(record: Drawn) -> str:
    rows = [f"{FIRST + timedelta(days=day)};{count}" for day, count in enumerate(record.by_day)]
    return "sep=;\r\n" + lines("date;count", rows, "\r\n")


def old_ends(record: Drawn) -> str:
    """Old ends of lines, empty lines, and blanks around values."""
    rows = [f" {FIRST + timedelta(days=day)} , {count} " for day, count in enumerate(record.by_day)]
    return "\r\r" + lines(" date , count ", [*rows[:9], "", *rows[9:]], "\r")


COUNTS: dict[str, Callable[[Drawn], str | bytes]] = {
    one.__name__: one
    for one in (osce, german_counts, pandas_days, told_separator, old_ends)
}  # fmt: skip
BY_DAY: dict[str, Callable[[Drawn], str | bytes]] = {
    one.__name__: one for one in (ucdp, acled, british, short_months, noon, firms_passes)
}
TIMED: dict[str, Callable[[Drawn], str | bytes]] = {
    one.__name__: one
    for one in (firms, german_incidents, utf16_tabs, american, compact, offsets, eet, zulu)
}
