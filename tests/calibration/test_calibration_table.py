"""Reading tables: what they may hold, and messages that name line, column and value."""

import os
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.calibration import Counts, Events, read_table
from sim.errors import InputError

DAYS = "".join(f"2021-03-{day:02d},{day}\n" for day in range(1, 13))


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _timed(rows: str) -> str:
    """Return rows with a time of day each, ever later."""
    return "".join(row.replace(",", f" {i:02d}:17,") + "\n" for i, row in
                   enumerate(rows.splitlines()))  # fmt: skip


def _hourly(number: int) -> str:
    return "".join(f"2021-03-{1 + i // 24:02d} {i % 24:02d}:00,{1 + i % 3}\n" for i in
                   range(number))  # fmt: skip


def incidents(number: int, more: str = "") -> str:
    return "".join(
        f"2021-03-{1 + i // 10:02d} {i % 10:02d}:30{more}\n" for i in reversed(range(number))
    )


def test_counts_are_sorted_and_gaps_stay(tmp_path: Path) -> None:
    """Catches days without a row that are taken for days without violations."""
    table = read_table(written(tmp_path, f"date,count,note\n2021-03-31,7,x\n{_noted(DAYS)}"))
    assert isinstance(table, Counts)
    assert table.first == date(2021, 3, 1)
    assert table.last == date(2021, 3, 31)
    assert table.start.tolist() == [*range(12), 30]
    assert table.count.sum() == 78 + 7


def _noted(rows: str) -> str:
    return rows.replace("\n", ",\n")


def test_incidents_become_hours_in_order(tmp_path: Path) -> None:
    """Catches times that are not counted from the first midnight, or places that are lost."""
    table = read_table(
        written(tmp_path, f"chainage_km,datetime\n{_swapped(incidents(60, ',3.5'))}")
    )
    assert isinstance(table, Events)
    assert table.days == 6
    assert table.time_h[0] == pytest.approx(0.5)
    assert np.all(np.diff(table.time_h) > 0)
    assert np.all(table.chainage_km == 3.5)


def _swapped(rows: str) -> str:
    return "".join(",".join(reversed(row.split(","))) + "\n" for row in rows.splitlines())


def test_count_of_an_incident_is_kept_as_a_mean(tmp_path: Path) -> None:
    """Catches incidents that are left out or multiplied by their count."""
    rows = incidents(60, ",2") + "2021-03-20 10:00,63\n"
    table = read_table(written(tmp_path, f"datetime,count\n{rows}"))
    assert isinstance(table, Events)
    assert len(table.time_h) == 61
    assert table.violations_each == pytest.approx(3.0)


def test_dates_alone_are_counted_by_day(tmp_path: Path) -> None:
    """Catches days without an incident that are left out where every incident is listed."""
    rows = "2021-03-01\n" * 30 + "2021-03-05\n" * 30
    table = read_table(written(tmp_path, f"date\n{rows}"))
    assert isinstance(table, Counts)
    assert table.count.tolist() == [30, 0, 0, 0, 30]


def test_first_and_last_day_bound_the_record(tmp_path: Path) -> None:
    """Catches quiet days at the ends that are forgotten, and rows outside that are kept."""
    path = written(tmp_path, f"datetime\n{incidents(80)}")
    table = read_table(path, date(2021, 2, 27), date(2021, 3, 7))
    assert isinstance(table, Events)
    assert table.days == 9
    assert len(table.time_h) == 70
    assert table.time_h[0] == pytest.approx(48.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("day,count\n", "line 1: needs a column date"),
        ("", "line 1: needs a column date"),
        ("date,count\n2021-02-30,1\n", 'line 2, column date = "2021-02-30": must be a date'),
        (f"date,count\n{DAYS}2021-04-01,-1\n", 'line 14, column count = "-1": must be a whole'),
        (f"date,count\n{DAYS}2021-04-01,1.5\n", 'line 14, column count = "1.5": must be a whole'),
        (f"date,count\n{DAYS}2021-03-05,1\n", 'line 14, column date = "2021-03-05": must lie'),
        (f"date,count\n{DAYS}2021-04-01\n", "line 14: must have 2 values"),
        (f"date,count\n{DAYS}2021-04-01,1,2\n", "line 14: must have 2 values"),
        ("date,count\n2021-03-01,1\n", "holds 1 counts; at least 10"),
        (f"date,days,count\n{DAYS.replace(',', ',0,')}", 'column days = "0": must be a whole'),
        (f"date,count\n{'2021-03-01,0'}\n", "at least 10"),
        ("datetime\n2021-03-01 25:00\n", 'column datetime = "2021-03-01 25:00": must be a local'),
        ("datetime\n2021-03-01 10:00+2:0\n", "must be a local date and time"),
        ("datetime\n2021-03-01 24:00\n", "must be a local date and time"),
        ("datetime\n2021-03-01 13:05 PM\n", "must be a local date and time"),
        ("date\n44256\n", "a spreadsheet's number of a day: format the column as a date"),
        (f"date,count\n{DAYS}2201-03-01,4\n", 'line 14, column date = "2201-03-01": the year'),
        (f"date,count\n1026-03-01,4\n{DAYS}", 'line 2, column date = "1026-03-01": the year'),
        (f"date,count,Count\n{DAYS.replace(',', ',1,')}", "line 1: two columns are called"),
        (f"date,count,count\n{DAYS.replace(',', ',1,')}", "two columns are called count: keep"),
        (f"date,count\n{DAYS}2021-04-01,1.000\n", 'line 14, column count = "1.000": must be a'),
        (f'date,count\n{DAYS}2021-04-01,"1,000"\n', "it may have a decimal sign or a sign bet"),
        (f"date,count\n{DAYS}2021-04-01,1_000\n", 'count = "1_000": must be a whole number'),
        (f"date,count\n{DAYS}2021-04-01,1,5\n", "numbers with a decimal comma must stand in quo"),
        (f"date,days,count\n{DAYS.replace(',', ',99999,')}", "must be a whole number >= 1 and <="),
        ("date\n03/05/2021\n05/06/2021\n", "may have the day or the month first"),
        ("date\n13/05/2021\n05/16/2021\n", "has the month first, line 2 the day"),
        (f"date,count\n{_timed(DAYS)}", "column date: holds times of day beside counts"),
        (f"datetime,count\n{_hourly(60)}", "has a count every 1 h: counts are read by day"),
        ("datetime\n2021-03-01 10:00Z\n2021-03-01 10:00\n", "give all or none"),
        ("datetime\n2021-03-01 10:00Z\n2021-03-01 10:00+03:00\n", "--time-zone"),
        ("date,time\n2021-03-01,2460\n", 'column time = "2460": must be a time of day as 18:05'),
        ("date,time\n2021-03-01 10:00,12:00\n", "has a time of day too: keep one"),
        (f"date,count\n{re.sub(',.*', ',0', DAYS)}", "must hold at least one number above 0"),
        ("date,count\n\n\n", "holds no rows"),
        ("date,count\n2021-03-01,\n", "column count: is empty"),
        ("2021-03-01,5\n2021-03-02,6\n", "line 1: needs a column date (with count) or datetime"),
        (f"datetime\n{incidents(9)}", "holds 9 incidents; at least 50"),
        ("datetime,lon,lat\n2021-03-01 10:00,200,48\n", 'column lon = "200": must be a number'),
        (
            "datetime,count\n2021-03-01 10:00,0\n2021-03-01 12:00,1\n",
            'column count = "0": must be a whole',
        ),
        ("datetime,chainage_km\n2021-03-01 10:00,nan\n", 'column chainage_km = "nan": must be'),
        ('date,count\n"2021-03-01,1\n', "is not valid CSV"),
    ],
)
def test_bad_tables_are_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    """Catches a slip in a table that is passed over, or a message that does not say where."""
    with pytest.raises(InputError) as caught:
        read_table(written(tmp_path, text))
    message = str(caught.value)
    assert words in message
    assert message.startswith(str(tmp_path / "table.csv"))
    assert "\n" not in message


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Catches a traceback for a file that is not there, or not text."""
    with pytest.raises(InputError, match="there is no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"date,count\n\xff\x81,1\n")
    with pytest.raises(InputError, match="is not UTF-8"):
        read_table(tmp_path / "bytes.csv")
    with pytest.raises(InputError, match="is not a file"):
        read_table(tmp_path)
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(InputError, match="save the table as CSV"):
        read_table(tmp_path / "book.csv")
    (tmp_path / "null.csv").write_bytes(b"date,count\n2021-03-01,\0\n")
    with pytest.raises(InputError, match="byte 22 is null"):
        read_table(tmp_path / "null.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="is not a file"):
        read_table(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(1, 1, 1), None, "--from 0001-01-01: the year must be from 1900 to 2100"),
        (None, date(9999, 1, 1), "--to 9999-01-01: the year"),
        (date(2021, 3, 9), date(2021, 3, 8), "must not lie after --to 2021-03-08"),
        (date(2022, 3, 9), date(2022, 4, 8), "holds no row from 2022-03-09 to 2022-04-08"),
    ],
)
def test_spans_without_sense_are_refused(
    tmp_path: Path, first: date | None, last: date | None, words: str
) -> None:
    """Catches a record of millennia, which fills the memory, or of no days at all."""
    with pytest.raises(InputError, match=re.escape(words)):
        read_table(written(tmp_path, f"date,count\n{DAYS}"), first, last)
