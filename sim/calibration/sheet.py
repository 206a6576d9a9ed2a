"""A table as it stands in its file: text, separator, headings and rows, before any meaning.

Read are text in UTF-8, UTF-16 or Windows-1252 and the separators comma, semicolon, tab and bar, as
spreadsheets of different languages write them, with quoted fields and any ends of lines.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.calibration.headings import roles_of
from sim.errors import InputError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LISTED = 12
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVE = b"PK\x03\x04"


@dataclass(frozen=True)
class Column:
    """One column: its heading, and the text of each row with its line in the file."""

    path: Path
    heading: str
    lines: Sequence[int]
    texts: Sequence[str]
    separator: str = ","

    def fault(self, row: int, rule: str) -> InputError:
        """Return the error for a value: file, line, column, value, and what is allowed."""
        text = "".join(mark if mark.isprintable() else "?" for mark in self.texts[row][:40])
        where = f"{self.path}: line {self.lines[row]}, column {self.heading}"
        return InputError(f'{where} = "{text}": {rule}')


@dataclass(frozen=True)
class Sheet:
    """The text of a table.

    Attributes
    ----------
    path
        The file.
    headings
        Of the columns, as they stand there.
    lines, rows
        Line in the file and values of each row that is not empty.
    separator
        What stands between values.
    notes
        What to know of how the text was read, a sentence each.
    """

    path: Path
    headings: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str
    notes: tuple[str, ...]

    def column(self, index: int) -> Column:
        """Return a column by its place."""
        texts = [row[index] for row in self.rows]
        return Column(self.path, self.headings[index], self.lines, texts, self.separator)

    def only(self, chosen: Sequence[int]) -> "Sheet":
        """Return the sheet with the chosen rows only."""
        lines = tuple(self.lines[index] for index in chosen)
        rows = tuple(self.rows[index] for index in chosen)
        return Sheet(self.path, self.headings, lines, rows, self.separator, self.notes)


def read_sheet(path: Path) -> Sheet:
    """Read the text of a table.

    Raises
    ------
    InputError
        If the file cannot be read or is no such text, two columns have one name, or a row has more
        or fewer values than there are headings.
    """
    text, notes = _decoded(path, _content(path))
    text, told = _told_separator(text)
    skipped = 1 if told else 0
    separator = told or _separator(text)
    lines, rows = _split(path, text, separator, skipped)
    if not rows:
        raise InputError(f"{path}: line 1: needs a column date (with count) or datetime")
    headings = tuple(heading.strip() for heading in rows[0])
    _check_headings(path, headings)
    for line, row in zip(lines, rows, strict=True):
        _check_length(path, line, row, len(headings), separator)
    if separator != ",":
        notes.append(f"Columns are separated by {SEPARATORS.get(separator, separator)}.")
    body = tuple(tuple(value.strip() for value in row) for row in rows[1:])
    return Sheet(path, headings, tuple(lines[1:]), body, separator, tuple(notes))


def _content(path: Path) -> bytes:
    try:
        if not path.exists() or path.is_file():
            return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError:  # a name with a null character
        raise InputError(f"{str(path)!r}: there is no such file") from None
    raise InputError(f"{path}: is not a file")  # a folder, or a pipe that may never end


def _decoded(path: Path, content: bytes) -> tuple[str, list[str]]:
    """Return the text, and what to know of its encoding."""
    if content.startswith(_ARCHIVE):
        raise InputError(f"{path}: is a spreadsheet or an archive; save the table as CSV")
    wide = content.startswith(_UTF16)
    marked = content.startswith(codecs.BOM_UTF8)
    if not wide and b"\0" in content:
        raise InputError(f"{path}: is not text (byte {content.index(0)} is null); save it as CSV")
    try:
        return content.decode("utf-16" if wide else "utf-8-sig"), []
    except UnicodeDecodeError as error:
        place = error.start
    try:
        if not wide and not marked:
            return content.decode("cp1252"), ["The text is not UTF-8; it is read as Windows-1252."]
    except UnicodeDecodeError:
        pass
    raise InputError(f"{path}: is not UTF-8 text (byte {place})") from None


def _told_separator(text: str) -> tuple[str, str]:
    """Take off a first line such as ``sep=;``, which spreadsheets write and read."""
    first, _, rest = text.partition("\n")
    words = first.strip('\r\ufeff" ')
    if len(words) == 5 and words.lower().startswith("sep=") and words[4] in SEPARATORS:
        return rest, words[4]
    if first.rstrip("\r") == "sep=\t":
        return rest, "\t"
    return text, ""


def _separator(text: str) -> str:
    """Return the separator with which the headings say the most."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def worth(separator: str) -> tuple[int, int]:
        headings = next(csv.reader([first], delimiter=separator), [])
        return len(roles_of(headings)), len(headings)

    return max(SEPARATORS, key=worth)


def _split(
    path: Path, text: str, separator: str, skipped: int
) -> tuple[list[int], list[list[str]]]:
    """Split the text into rows; rows without any value are passed over."""
    lines, rows = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if any(value.strip() for value in row):
                lines.append(reader.line_num + skipped)
                rows.append(row)
    except csv.Error as error:
        line = reader.line_num + skipped
        raise InputError(f"{path}: line {line}: is not valid CSV: {error}") from None
    return lines, rows


def _check_headings(path: Path, headings: tuple[str, ...]) -> None:
    number = Counter(heading.lower() for heading in headings if heading)
    for heading in headings:
        if number[heading.lower()] > 1:
            message = f"{path}: line 1: two columns are called {heading}: keep one"
            raise InputError(message)
    found = roles_of(headings)
    if not found.keys() & {"date", "datetime"}:
        names = [heading[:40] if heading.isprintable() else "?" for heading in headings if heading]
        more = ", ..." if len(names) > _LISTED else ""
        message = (
            f"{path}: line 1: needs a column date (with count) or datetime; it has "
            f"{', '.join(names[:_LISTED])}{more}"
        )
        raise InputError(message)


def _check_length(path: Path, line: int, row: list[str], columns: int, separator: str) -> None:
    if len(row) == columns:
        return
    message = f"{path}: line {line}: must have {columns} values, as there are headings"
    if len(row) > columns and separator == ",":
        message += "; numbers with a decimal comma must stand in quotes, or ; between columns"
    raise InputError(message)
