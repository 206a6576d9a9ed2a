"""Scenarios as files: values changed, and the comments of the source kept."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import SingleKey

from sim.scenario.comments import END, REFERS, Note, value_notes
from sim.scenario.fields import NONE_WORD
from sim.scenario.loading import EXTENDS, read_tables
from sim.scenario.scenario import Scenario

CHANGED = "changed"
ABSENT = object()
"""What is found where nothing is."""
MOST_LETTERS = 60
"""A value longer than this, such as a list, is cut where only a comment tells it."""
COLUMN = 29
"""Column of comments, where the values before them leave room."""


def scenario_toml(
    source: Path | Scenario,
    changes: Mapping[str, Any] | None = None,
    *,
    said: str = CHANGED,
    heading: str = "",
) -> str:
    """Return a scenario as the text of a file that needs no other scenario file.

    Read back, it is ``Scenario.load(source).with_values(changes)``.

    Parameters
    ----------
    source
        The scenario file, whose comments are kept, and those of the files it extends; or a scenario
        that no file holds, which is written with all its values.
    changes
        New values by dotted key, as `Scenario.with_values` takes them.
    said
        What the comment of a changed value says before its old value. The comment of the old value
        goes, since it tells where that came from.
    heading
        Lines of comment at the top.

    Returns
    -------
    str
        The text; a file that states the line stands in it with its whole path.

    Raises
    ------
    InputError
        If the file cannot be read, or a key or value is not allowed.
    """
    changes = changes or {}
    before = Scenario.load(source) if isinstance(source, Path) else source
    after = before.with_values(changes).model_dump(mode="json")
    draft = _draft(source, before.model_dump(mode="json"))
    for key in changes:
        draft.change(key, after, said)
    top = [f"# {line}".rstrip() for line in heading.splitlines()]
    lines = [*top, "", *draft.table(draft.tree, ())] if top else list(draft.table(draft.tree, ()))
    end = draft.notes.get(END, Note()).above
    return "\n".join([*lines, "", *end]).strip("\n") + "\n"


def _draft(source: Path | Scenario, values: Mapping[str, Any]) -> "_Draft":
    """Return what stands in a file, or all the values of a scenario that no file holds."""
    if isinstance(source, Scenario):
        return _Draft(_stated(values), {}, values)
    notes = value_notes(source)
    above = notes.pop(EXTENDS, Note()).above
    first = next((place for place in notes if place != END), END)
    if above:
        notes[first] = replace(notes[first], above=(*above, *notes[first].above))
    return _Draft(deepcopy(read_tables(source)), notes, values)


def _stated(value: Any) -> Any:
    """Return a value as a file states it, which has no null."""
    if isinstance(value, Mapping):
        return {key: _stated(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_stated(part) for part in value]
    return NONE_WORD if value is None else value


@dataclass
class _Draft:
    """A scenario file that is being written.

    Attributes
    ----------
    tree
        What it states.
    notes
        How its source states and heads it, by dotted key.
    values
        All values of its source, those it does not state too.
    """

    tree: dict[str, Any]
    notes: dict[str, Note]
    values: Mapping[str, Any]

    def change(self, key: str, after: Mapping[str, Any], said: str) -> None:
        """Change the value at a dotted key to that of another scenario, and say so beside it."""
        parts = self._stated_whole(key.split("."), after)
        place = ".".join(parts)
        was_stated = _found(self.tree, parts) is not ABSENT
        for inner in [one for one in self.notes if f"{one}.".startswith(f"{place}.")]:
            del self.notes[inner]
        table: Any = self.tree
        for part in parts[:-1]:
            table = table[int(part)] if isinstance(table, list) else table.setdefault(part, {})
        name: Any = int(parts[-1]) if isinstance(table, list) else parts[-1]
        if (now := _found(after, parts)) is ABSENT:
            table.pop(name, None)
            return
        table[name] = _stated(now)
        comment = f"{said} {_from(_found(self.values, parts), was_stated)}".rstrip()
        self.notes[place] = Note(comment, is_heading=isinstance(now, Mapping))

    def _stated_whole(self, parts: list[str], after: Mapping[str, Any]) -> list[str]:
        """Cut a key to the list it leads into, where that can only be stated as a whole."""
        for depth in range(1, len(parts)):
            whole = parts[:depth]
            value = _found(after, whole)
            has_tables = isinstance(value, list) and any(isinstance(v, Mapping) for v in value)
            if isinstance(value, list) and not (
                has_tables and _found(self.tree, whole) is not ABSENT
            ):
                return whole
        return parts

    def table(self, table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
        """Yield the lines of a table without its heading."""
        own = {name: value for name, value in table.items() if self._fits_a_line(table, path, name)}
        for number, (name, value) in enumerate(own.items()):
            note = self.notes.get(".".join((*path, name)), Note())
            yield from ("", *note.above) if note.above and number else note.above
            yield _with_comment(f"{_key(name)} = {_text(value, note)}", _said(value, note))
        for name, value in table.items():
            if name not in own:
                yield from self._sections(value, (*path, name))

    def _fits_a_line(self, table: Mapping[str, Any], path: tuple[str, ...], name: str) -> bool:
        """Tell whether an entry can stand in one line, in braces or brackets if need be.

        Tables do so all or none, so that they keep their order.
        """
        if isinstance(table[name], Mapping):
            tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
            return all(self._stands(value, (*path, key)) for key, value in tables.items())
        return not _is_tables(table[name]) or self._stands(table[name], (*path, name))

    def _stands(self, value: Any, path: tuple[str, ...]) -> bool:
        """Tell whether a value stands unchanged in a line of the source."""
        return _is_kept(value, self.notes.get(".".join(path), Note()))

    def _sections(self, value: Any, path: tuple[str, ...]) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield from self._section(value, path, path)
            return
        for number, table in enumerate(value):
            yield from self._section(table, path, (*path, str(number)), "[[]]")

    def _section(
        self,
        table: Mapping[str, Any],
        path: tuple[str, ...],
        place: tuple[str, ...],
        brackets: str = "[]",
    ) -> Iterator[str]:
        """Yield a table with its heading, which one that holds only tables can do without."""
        note, half = self.notes.get(".".join(place), Note()), len(brackets) // 2
        yield from ("", *note.above) if note.above else ()
        has_own = any(self._fits_a_line(table, place, name) for name in table)
        if has_own or not table or note.comment or half > 1:
            yield from () if note.above else ("",)
            heading = f"{brackets[:half]}{'.'.join(map(_key, path))}{brackets[half:]}"
            yield _with_comment(heading, note.comment)
        yield from self.table(table, place)


def _is_tables(value: Any) -> bool:
    """Tell whether a value is a list of tables, which has headings of its own."""
    return (
        isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)
    )


def _found(tree: Any, parts: Sequence[str]) -> Any:
    """Return the value at a dotted key, or `ABSENT`."""
    for part in parts:
        if isinstance(tree, Mapping) and part in tree:
            tree = tree[part]
        elif isinstance(tree, list) and part.isdecimal() and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return ABSENT
    return tree


def _from(old: Any, was_stated: bool) -> str:
    """Say what stood there before: a value in short, and of a table only that there was one."""
    if old is ABSENT:
        return ""
    text = "another table" if isinstance(old, Mapping) else _fresh(_stated(old))
    short = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."
    return f"from {short}" if was_stated else f"from {short}, the default"


def _is_kept(value: Any, note: Note) -> bool:
    return note.item is not None and bool(note.item.unwrap() == value)


def _text(value: Any, note: Note) -> str:
    """Return a value as the source writes it, if it is that value."""
    if note.item is not None and _is_kept(value, note):
        return note.item.as_string()
    return _fresh(value)


def _fresh(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_fresh(part)}" for key, part in value.items()) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_fresh, value)) + "]"
    return str(tomlkit.item(value).as_string())


def _said(value: Any, note: Note) -> str:
    """Return the comment of a value: with what it refers to, which may now stand elsewhere."""
    if _is_kept(value, note) and isinstance(value, list | Mapping) and note.item is not None:
        return note.item.trivia.comment.strip().lstrip("#").strip()  # the others stand in it
    if note.comment.startswith("see") or note.meant in ("", note.comment):
        return note.comment
    own = REFERS.sub("", note.comment).lstrip(" ,;:")
    return f"{note.meant}; {own}" if own else note.meant


def _with_comment(text: str, comment: str) -> str:
    return f"{text:<{COLUMN}} # {comment}" if comment else text


def _key(name: str) -> str:
    return SingleKey(name).as_string()
