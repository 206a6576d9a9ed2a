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
_REFERS = re.compile(r"^(?:as|see) above\b|^as in that scenario\b")


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
    own = read_toml(path)
    comments: dict[str, str] = {}
    if isinstance(own.get(EXTENDS), str):
        comments = value_comments(path.parent / own[EXTENDS])
    replaced = tuple(f"{place}." for place in _lists(own, ""))
    kept = {key: said for key, said in comments.items() if not key.startswith(replaced)}
    try:
        document = tomlkit.parse(read_whole(path).decode("utf-8-sig"))
    except (TOMLKitError, RecursionError):
        return kept  # what only one of the two readers of TOML can read has no comments
    return {**kept, **dict(_Reader().table(document, ""))}


def _lists(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the places of lists; a list replaces that of an extended scenario as a whole."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lists(value, f"{path}{key}.")
        elif isinstance(value, list):
            yield f"{path}{key}"


@dataclass
class _Reader:
    """Goes through a document from top to bottom; yields keys with their comments."""

    said: str = ""  # beside the value before
    block: str = ""  # lines of comment above
    in_block: bool = False
    tables: dict[str, int] = field(default_factory=dict)  # read so far, of lists of tables

    def table(self, container: Container, path: str) -> Iterator[tuple[str, str]]:
        """Yield dotted keys with their comments; empty where a value has none."""
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
        self.in_block = isinstance(item, Comment)

    def _item(self, item: Item, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(item, AoT):
            for table in item.body:
                number = self.tables.get(place, 0)
                self.tables[place] = number + 1
                yield from self._item(table, f"{place}.{number}")
        elif isinstance(item, Table):
            self.said = _plain(item.trivia.comment) or self.said
            yield from self.table(item.value, place)
        else:
            comment = self._meaning(_comment_of(item))
            for key in (place, *_places_in(item.unwrap(), place)):
                yield key, comment

    def _meaning(self, comment: str) -> str:
        """Return a comment with what it refers to."""
        if _REFERS.match(comment):
            meant = self.block if comment.startswith("see") else self.said
            return f"{comment} ({meant})" if meant else comment
        self.said = comment or self.said
        return comment


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
