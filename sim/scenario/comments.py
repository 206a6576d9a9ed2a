"""The comments beside the values of a scenario file: where its numbers come from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Item, Table

from sim.files import read_whole
from sim.scenario.loading import EXTENDS, read_toml

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*', re.DOTALL
)
REFERS = re.compile(r"^(?:as|see) above\b|^as in that scenario\b")
"""Words of a comment that refer to what stands above it."""
END = ""
"""Place of what stands at the end of a file."""


@dataclass(frozen=True)
class Note:
    """How a scenario file states a value or heads a table.

    Attributes
    ----------
    comment
        What stands behind it; of a list also what stands in it.
    meant
        What the comment refers to, where it says "as above" or the like.
    item
        The value as it stands; None of a heading, and of what stands inside another value.
    is_heading
        Whether it is the heading of a table.
    above
        The lines of comment before it, and the empty lines between them.
    """

    comment: str = ""
    meant: str = ""
    item: Item | None = None
    is_heading: bool = False
    above: tuple[str, ...] = ()

    def after(self, earlier: "Note | None") -> "Note":
        """Return the note that holds where a file states again what was stated before.

        A value replaces the former one with all that was said of it; a table goes on.
        """
        if earlier is None or not (self.is_heading and earlier.is_heading):
            return self
        above = (*earlier.above, *self.above)
        return Note(self.comment or earlier.comment, is_heading=True, above=above)


def value_comments(path: Path) -> dict[str, str]:
    """Return the comment beside each value of a scenario file and of those it extends.

    Parameters
    ----------
    path
        The TOML file.

    Returns
    -------
    dict
        Comment by dotted key; the tables of a list have its numbers, from 0, as names. A comment
        that refers to what stands above it is given with that: the comment of the value before, or
        the lines of comment before the value. Of a list all comments in it are given, too.

    Raises
    ------
    InputError
        If a file can not be read.
    """
    return {
        place: f"{note.comment} ({note.meant})" if note.meant else note.comment
        for place, note in value_notes(path).items()
        if not note.is_heading
    }


def value_notes(path: Path) -> dict[str, Note]:
    """Return how a scenario file, and those it extends, state each value and head each table.

    Parameters
    ----------
    path
        The TOML file.

    Returns
    -------
    dict
        Note by dotted key, of the last file that states it, and what stands at the end of the file,
        by `END`.

    Raises
    ------
    InputError
        If a file can not be read.
    """
    own = read_toml(path)
    notes: dict[str, Note] = {}
    if isinstance(own.get(EXTENDS), str):
        notes = value_notes(path.parent / own[EXTENDS])
    replaced = tuple(f"{place}." for place in _lists(own, ""))
    notes = {key: note for key, note in notes.items() if not key.startswith(replaced)}
    try:
        document = tomlkit.parse(read_whole(path).decode("utf-8-sig"))
    except (TOMLKitError, RecursionError):
        return notes  # what only one of the two readers of TOML can read has no comments
    for place, note in _Reader().document(document):
        notes[place] = note.after(notes.get(place))
    return notes


def _lists(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the places of lists; a list replaces that of an extended scenario as a whole."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lists(value, f"{path}{key}.")
        elif isinstance(value, list):
            yield f"{path}{key}"


@dataclass
class _Reader:
    """Goes through a document from top to bottom; yields dotted keys with their notes."""

    said: str = ""  # beside the value before
    block: str = ""  # lines of comment above
    in_block: bool = False
    above: list[str] = field(default_factory=list)  # lines since the last key or heading
    tables: dict[str, int] = field(default_factory=dict)  # read so far, of lists of tables

    def document(self, document: Container) -> Iterator[tuple[str, Note]]:
        """Yield the notes of a document, and last that of its end."""
        yield from self._table(document, "")
        yield END, Note(is_heading=True, above=self._take_above())

    def _table(self, container: Container, path: str) -> Iterator[tuple[str, Note]]:
        for key, item in container.body:
            if key is None:
                self._note(item)
                continue
            self.in_block = False
            yield from self._item(item, f"{path}.{key.key}" if path else key.key)

    def _note(self, item: Item) -> None:
        if isinstance(item, Comment):
            text = item.as_string().strip().lstrip("# ")
            self.block = f"{self.block} {text}" if self.in_block else text
            self.above.append(item.as_string().strip())
        elif self.above and self.above[-1]:
            self.above.append("")
        self.in_block = isinstance(item, Comment)

    def _take_above(self) -> tuple[str, ...]:
        lines, self.above = tuple(self.above), []
        return lines

    def _item(self, item: Item, place: str) -> Iterator[tuple[str, Note]]:
        if isinstance(item, AoT):
            for table in item.body:
                number = self.tables.get(place, 0)
                self.tables[place] = number + 1
                yield from self._item(table, f"{place}.{number}")
        elif isinstance(item, Table):
            comment = _plain(item.trivia.comment)
            self.said = comment or self.said
            if not item.is_super_table():
                yield place, Note(comment, is_heading=True, above=self._take_above())
            yield from self._table(item.value, place)
        else:
            yield from self._value(item, place)

    def _value(self, item: Item, place: str) -> Iterator[tuple[str, Note]]:
        comment = _comment_of(item)
        meant = self._meant(comment)
        yield place, Note(comment, meant, item, above=self._take_above())
        for inner in _places_in(item.unwrap(), place):
            yield inner, Note(comment, meant)

    def _meant(self, comment: str) -> str:
        """Return what a comment refers to."""
        if REFERS.match(comment):
            return self.block if comment.startswith("see") else self.said
        self.said = comment or self.said
        return ""


def _plain(comment: str) -> str:
    return comment.strip().lstrip("#").strip()


def _comment_of(item: Item) -> str:
    """Return what stands behind a value, and of a list or table what stands in it."""
    inside: list[str] = []
    if isinstance(item, list | dict):
        found = _STRING_OR_COMMENT.findall(item.as_string())
        inside = [_plain(text) for text in found if text.startswith("#")]
    said = (*inside, _plain(item.trivia.comment))
    return "; ".join(dict.fromkeys(filter(None, said)))


def _places_in(value: Any, place: str) -> Iterator[str]:
    """Yield the places of all values of tables in a value."""
    parts: Mapping[Any, Any] = {}
    if isinstance(value, Mapping):
        parts = value
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        parts = dict(enumerate(value))
    for name, part in parts.items():
        yield f"{place}.{name}"
        yield from _places_in(part, f"{place}.{name}")
