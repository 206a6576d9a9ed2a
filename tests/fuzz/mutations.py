"""Ways in which a file goes wrong: on a disk, on a line, under a hand."""

import copy
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from driving import leaves, parent_of
from hypothesis import strategies as st

NASTY: list[Any] = [
    0, -1, 1, 2, 0.5, -0.5, 1e-320, 1e308, -1e308, 10**18, 10**30, -(10**30), 2**63, 2**53 + 1,
    float("nan"), float("inf"), float("-inf"), True, False, "", " ", "none", "x", "1", "../x",
    "\u0000", "a\nb", "ж", "\U0001f600", "\u202e", "a" * 3000, "$x[{", [], [[]], {}, [1, 2, 3],
    {"a": 1}, ["x"], dt.date(1, 1, 1), dt.date(9999, 12, 31),
]  # fmt: skip
"""Values that a reader may not expect."""
BYTES = [
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\n\n", b'"', b"[", b"{", b"=", b"'", b"#",
    b"9" * 40, b"1e999", b"-", b"nan", "ж😀".encode(), b"\xed\xa0\x80", b",", b";", b"\r",
]  # fmt: skip
"""Bytes that may slip in."""


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Flip, cut, repeat or insert bytes."""
    place = draw(st.integers(0, max(0, len(content) - 1)))
    end = min(len(content), place + draw(st.integers(1, 40)))
    match draw(st.sampled_from(["flip", "cut", "drop", "repeat", "insert"])):
        case "flip" if content:
            other = content[place] ^ (1 << draw(st.integers(0, 7)))
            return content[:place] + bytes([other]) + content[place + 1 :]
        case "cut":
            return content[:place]
        case "drop":
            return content[:place] + content[end:]
        case "repeat":
            return content[:end] + content[place:end] + content[end:]
    return content[:place] + draw(st.sampled_from(BYTES)) + content[place:]


@st.composite
def distorted(draw: st.DrawFn, tree: Mapping[str, Any], *, dates: bool = True) -> dict[str, Any]:
    """Take a key out of a tree, put one in, or put another value in its place."""
    tree = copy.deepcopy(dict(tree))
    for _ in range(draw(st.integers(1, 2))):
        if not (places := leaves(tree)):
            break
        path = draw(st.sampled_from(places))
        holder, key = parent_of(tree, path), path[-1]
        value = draw(st.sampled_from([v for v in NASTY if dates or not isinstance(v, dt.date)]))
        match draw(st.sampled_from(["replace", "replace", "scale", "delete", "add", "rename"])):
            case "delete":
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["x", "", "a.b", "ж", "count", "point"]))] = value
            case "rename" if isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            case "scale" if isinstance(holder[key], float | int):
                holder[key] = holder[key] * draw(st.sampled_from([-1, 2, 1000, 1e-9, 10**20]))
            case _:
                holder[key] = copy.deepcopy(value)
    return tree


@st.composite
def damaged_json(draw: st.DrawFn, content: bytes) -> bytes:
    """Damage a JSON file in its bytes, or in what it says."""
    if draw(st.booleans()):
        return draw(damaged(content))
    return json.dumps(draw(distorted(json.loads(content), dates=False))).encode()
