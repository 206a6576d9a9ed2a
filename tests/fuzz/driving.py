"""Driving the command in this process, with what damaged input may come to."""

import contextlib
import io
import math
import signal
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from sim.cli.main import main
from sim.errors import InputError
from sim.scenario import Scenario

HANGS_AFTER_S = 300
"""A command on small input that takes longer hangs; nothing is said about how fast it is."""
GOOD = (0, 1)
REFUSED = 2
START = "ceasefire: error: "


class Answer(NamedTuple):
    """What a command gave."""

    status: int
    out: str
    err: str


class HangError(Exception):
    """A command did not come to an end."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """End what hangs."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANGS_AFTER_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def drive(*words: str | Path) -> Answer:
    """Run the command here; whatever it raises, and every warning, fails the test."""
    out, err = io.StringIO(), io.StringIO()
    with bounded(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:
            status = int(end.code or 0)
    return Answer(status, out.getvalue(), err.getvalue())


def judge(answer: Answer) -> bool:
    """Tell whether input was taken; fail unless it was, or was refused in one clear line."""
    if answer.status in GOOD:
        return True
    assert answer.status == REFUSED, answer
    assert answer.err.startswith(START), answer.err
    assert len(answer.err.splitlines()) == 1, answer.err
    assert len(answer.err) > len(START) + 10, answer.err
    return False


def in_one_line(error: InputError) -> None:
    """Fail if what a caller from Python is told is more than a line."""
    assert len(str(error).splitlines()) == 1, error


def leaves(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List where the values of a tree are, tables and lists with them."""
    found: list[tuple[str | int, ...]] = [path] if path else []
    if isinstance(tree, Mapping):
        for key, item in tree.items():
            found += leaves(item, (*path, key))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            found += leaves(item, (*path, index))
    return found


def parent_of(tree: Any, path: Sequence[str | int]) -> Any:
    """Return the table or list that a place lies in."""
    for part in path[:-1]:
        tree = tree[part]
    return tree


def toml_text(tree: Mapping[str, Any]) -> str:
    """Write a tree as TOML, each table on a line."""
    return "".join(f"{_text(key)} = {_value(item)}\n" for key, item in tree.items())


def _text(text: str) -> str:
    letters = (
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"
        for letter in text
    )
    return f'"{"".join(letters)}"'


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case Mapping():
            return "{" + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case float() if math.isfinite(value):
            return repr(value) if "." in repr(value) or "e" in repr(value) else f"{value}.0"
    return str(value)


def check_meaning(path: Path) -> Scenario:
    """Load a scenario, and compare every value that its own file states with what was read."""
    scenario = Scenario.load(path)
    own = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    own.pop("extends", None)
    _same(own, scenario.model_dump(), ())
    return scenario


def _same(said: Any, read: Any, path: tuple[str | int, ...]) -> None:
    if isinstance(said, Mapping):
        for key, item in said.items():
            if item is False and (not isinstance(read, Mapping) or key not in read):
                continue  # takes away what the file below has
            assert key in read, (path, key)
            _same(item, read[key], (*path, key))
    elif isinstance(said, list):
        assert len(said) == len(read), (path, said, read)
        for index, item in enumerate(said):
            _same(item, read[index], (*path, index))
    elif path == ("line", "file"):
        assert str(read).endswith(Path(said).name) or said == "none"
    else:
        assert said == read or (said == "none" and read is None) or said == str(read), (path, said)
        assert isinstance(said, bool) == isinstance(read, bool), (path, said, read)
