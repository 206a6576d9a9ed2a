"""The comments beside the values of a scenario file: where its numbers come from."""

import re
from collections.abc import Iterator
from pathlib import Path

from sim.files import read_whole
from sim.scenario.loading import EXTENDS, read_toml

_TABLE = re.compile(r"^\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#\s*(.*))?$")
_KEY = re.compile(r"^([A-Za-z0-9_.\"-]+)\s*=\s*(.*)$")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
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
        Comment by dotted key. A comment that refers to what stands above it is given with that:
        the comment of the value before, or the lines of comment before the value.

    Raises
    ------
    InputError
        If a file can not be read.
    """
    own = read_toml(path)
    comments: dict[str, str] = {}
    if isinstance(own.get(EXTENDS), str):
        comments = value_comments(path.parent / own[EXTENDS])
    found = dict(_comments(read_whole(path).decode("utf-8-sig").splitlines()))
    return {**comments, **found}


def _comments(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield dotted keys with their comments; empty where a value has none."""
    table, said, block = "", "", ""
    in_block = False
    for line in map(str.strip, lines):
        if line.startswith("#"):
            text = line.lstrip("# ")
            block = f"{block} {text}" if in_block else text
            in_block = True
            continue
        in_block = False
        if heading := _TABLE.match(line):
            table = heading[1].replace('"', "")
            said = heading[2] or said
        elif value := _KEY.match(line):
            comment = _comment_of(value[2])
            if _REFERS.match(comment):
                comment = _with_what_it_means(comment, said, block)
            elif comment:
                said = comment
            key = value[1].replace('"', "")
            yield (f"{table}.{key}" if table else key), comment


def _comment_of(text: str) -> str:
    """Return what stands behind the hash of a value, which is none within quotes."""
    _, mark, comment = _STRING.sub("", text).partition("#")
    return comment.strip() if mark else ""


def _with_what_it_means(comment: str, said: str, block: str) -> str:
    meant = block if comment.startswith("see") else said
    return f"{comment} ({meant})" if meant else comment
