"""Tables made by chance: a right result or one clear line, and the same meaning in any writing."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from formats import BY_DAY, COUNTS, TIMED, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calibration import Counts, Events, calibrate, read_table
from sim.errors import InputError

FORMATS = {**COUNTS, **BY_DAY, **TIMED}
WRITTEN = {
    name: text if isinstance(text := make(drawn(8)), bytes) else text.encode()
    for name, make in FORMATS.items()
}
EXAMPLES = settings(deadline=None, max_examples=60)
DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables") / "table.csv"


@dataclass(frozen=True)
class Hand:
    """How someone writes a table."""

    separator: str
    end: str
    encoding: str
    day_form: str
    quoted: bool
    shuffled: bool
    more: int
    blank_lines: bool
    loud: bool


hands = st.builds(
    Hand,
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    day_form=st.sampled_from(DAY_FORMS),
    quoted=st.booleans(),
    shuffled=st.booleans(),
    more=st.integers(0, 3),
    blank_lines=st.booleans(),
    loud=st.booleans(),
)


def by_hand(hand: Hand, headings: list[str], rows: list[list[str]], seed: int) -> bytes:
    """Write a table as that hand does, with further columns of any text."""
    rng = np.random.default_rng(seed)
    more = [f"Größe {number}" for number in range(hand.more)]
    table = [[*row, *("a; b, 'c' ü" for _ in more)] for row in rows]
    if hand.shuffled:
        table = [table[row] for row in rng.permutation(len(table))]
    order = rng.permutation(len(headings) + len(more))
    heads = [name.upper() if hand.loud else name for name in [*headings, *more]]
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if hand.quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=hand.separator, lineterminator=hand.end, quoting=quoting)
    for row in [heads, *table]:
        writer.writerow([row[column] for column in order])
        if hand.blank_lines and rng.random() < 0.2:
            text.write(hand.end)
    return text.getvalue().encode(hand.encoding)


@EXAMPLES
@given(
    counts=st.lists(st.integers(0, 2000), min_size=10, max_size=40).filter(any),
    first=st.dates(date(1950, 1, 1), date(2099, 1, 1)),
    hand=hands,
    decimals=st.sampled_from(["", ".0", ",0"]),
    seed=st.integers(0, 99),
)
def test_counts_mean_the_same_in_any_hand(
    path: Path, counts: list[int], first: date, hand: Hand, decimals: str, seed: int
) -> None:
    """Catches a writing of the same counts that is read as others."""
    rows = [
        [(first + timedelta(days=day)).strftime(hand.day_form), f"{count}{decimals}"]
        for day, count in enumerate(counts)
    ]
    path.write_bytes(by_hand(hand, ["date", "count"], rows, seed))
    table = read_table(path)
    assert isinstance(table, Counts)
    assert (table.first, table.count.tolist()) == (first, counts)
    assert table.days.tolist() == [1] * len(counts)


CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "T%H:%M:%S.000", "%H:%M EET", "%H:%M:%S+02:00")


@EXAMPLES
@given(hand=hands, clock=st.sampled_from(CLOCKS), seed=st.integers(0, 99), apart=st.booleans())
def test_times_mean_the_same_in_any_hand(
    path: Path, hand: Hand, clock: str, seed: int, apart: bool
) -> None:
    """Catches a writing of the same moments and places that is read as others."""
    record = drawn(seed)
    point = "," if hand.separator == ";" else "."
    places = [
        [f"{x:.5f}".replace(".", point), f"{y:.5f}".replace(".", point)]
        for x, y in zip(record.lon, record.lat, strict=True)
    ]
    days = [time.strftime(hand.day_form) for time in record.times]
    clocks = [time.strftime(clock) for time in record.times]
    if apart:
        clocks = [text.lstrip("T") for text in clocks]
        rows = [[d, c, *place] for d, c, place in zip(days, clocks, places, strict=True)]
        headings = ["date", "time", "longitude", "latitude"]
    else:
        rows = [[f"{d} {c}".replace(" T", "T"), *place]
                for d, c, place in zip(days, clocks, places, strict=True)]  # fmt: skip
        headings = ["datetime", "lon", "lat"]
    path.write_bytes(by_hand(hand, headings, rows, seed))
    table = read_table(path)
    assert isinstance(table, Events)
    np.testing.assert_allclose(table.time_h, record.hours, atol=1e-9)
    np.testing.assert_allclose(table.lon, record.lon)
    np.testing.assert_allclose(table.lat, record.lat)


JUNK = (
    "x", "2021-13-01", "31.02.2021", "1.3.21", "-5", "1e3", "0x10", "nan", "inf", "٣", "1 000",
    "1.000", "12:61", "=A1", "999999999999", "1026-05-05", "2201-05-05", "--", "5%",
)  # fmt: skip


@EXAMPLES
@given(
    name=st.sampled_from(sorted(FORMATS)),
    line=st.integers(0, 40),
    junk=st.sampled_from(JUNK),
    place=st.integers(0, 9),
)
def test_one_bad_value_is_named_with_its_line(
    path: Path, name: str, line: int, junk: str, place: int
) -> None:
    """Catches a value that means nothing and is passed over, or read as something else."""
    table = _plain(path, WRITTEN[name])
    read = [
        table[0].index(heading)
        for what, heading in read_table(path).reading.columns
        if what in ("date", "datetime", "time", "count")
    ]
    column = read[place % len(read)]
    row = 1 + line % (len(table) - 1)
    table[row][column] = junk
    path.write_text("\n".join(",".join(f'"{value}"' for value in row) for row in table))
    with pytest.raises(InputError) as caught:
        read_table(path)
    message = str(caught.value)
    assert f"line {row + 1}, column {table[0][column]}" in message
    assert "\n" not in message


def _plain(path: Path, content: bytes) -> list[list[str]]:
    """Write a table with commas, one line a row, and return its values."""
    encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    separator = ";" if ";" in text.partition("\n")[0] else "\t" if "\t" in text else ","
    values = [
        [value.strip().replace("\n", " ").replace('"', "'") for value in row]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        if any(value.strip() for value in row) and not row[0].startswith("sep=")
    ]
    path.write_text("\n".join(",".join(f'"{value}"' for value in row) for row in values))
    return values


edits = st.lists(
    st.tuples(
        st.sampled_from(["cut", "put", "swap", "line", "twice", "end"]),
        st.floats(0.0, 1.0),
        st.integers(1, 12),
        st.sampled_from([b",", b";", b'"', b"\n", b"\r", b"\0", b"\xff", b"0", b"9", b"-", b":",
                         b".", b"\t", b"e", b" ", b"\xef\xbb\xbf", b"2021-03-05", b"date"]),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def damaged(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> bytes:
    """Return a table with some bytes or lines cut, put in, swapped or doubled."""
    for what, share, length, put in changes:
        at = int(share * len(content))
        rows = content.split(b"\n")
        row = int(share * len(rows)) % max(len(rows), 1)
        if what == "cut":
            content = content[:at] + content[at + length :]
        elif what == "put":
            content = content[:at] + put * length + content[at:]
        elif what == "swap":
            content = content[:at] + content[at : at + length][::-1] + content[at + length :]
        elif what == "line":
            content = b"\n".join(rows[:row] + rows[row + 1 :])
        elif what == "twice":
            content = b"\n".join([*rows[:row], *rows[row : row + length], *rows[row:]])
        else:
            content = content[: max(at, 10)]
    return content


def sound(table: Counts | Events) -> bool:
    """Tell whether a table can be one that was read."""
    reading = table.reading
    left_out = sum(number for number, _ in reading.dropped)
    if reading.used + left_out != reading.rows or not reading.columns:
        return False
    if isinstance(table, Counts):
        apart = np.diff(table.start) >= table.days[:-1]
        return bool(np.all(apart) and table.count.min() >= 0 and table.count.sum() > 0)
    inside = np.all((table.time_h >= 0.0) & (table.time_h < 24.0 * table.days))
    return bool(inside and np.all(np.diff(table.time_h) >= 0.0))


@settings(deadline=None, max_examples=300)
@given(name=st.sampled_from(sorted(WRITTEN)), changes=edits, by_day=st.booleans())
def test_damaged_tables_are_read_or_refused_in_one_line(
    path: Path, name: str, changes: list[tuple[str, float, int, bytes]], by_day: bool
) -> None:
    """Catches a traceback, a warning of a library, or a table that makes no sense."""
    path.write_bytes(damaged(WRITTEN[name], changes))
    try:
        table = read_table(path, by_day=by_day)
    except InputError as error:
        message = str(error)
        assert message.startswith(str(path))
        assert message.isprintable()
        assert len(message) < 600
    else:
        assert sound(table)


@settings(deadline=None, max_examples=15)
@given(name=st.sampled_from(sorted({**COUNTS, **BY_DAY})), changes=edits)
def test_what_was_read_can_be_fitted(
    path: Path, name: str, changes: list[tuple[str, float, int, bytes]]
) -> None:
    """Catches a table that is read and then breaks the fit."""
    path.write_bytes(damaged(WRITTEN[name], changes))
    try:
        found = calibrate(read_table(path))
    except InputError:
        return
    for one in found.estimates:
        assert one.low <= one.value <= one.high
