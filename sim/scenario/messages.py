"""Error messages: one line that names the file, the key, the value and what is allowed."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import InputError
from sim.scenario import fields
from sim.scenario.fields import Value
from sim.scenario.ranges import allowed, resolve

MAX_VALUE_LENGTH = 60
BARE_KEY = re.compile(r"[\w-]+")


def prefix(source: str) -> str:
    """Begin a message with the place it is about, where there is one."""
    return f"{source}: " if source else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest of the known words, or list them.

    Returns
    -------
    str
        A clause that continues a message; empty if nothing is known.
    """
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known: {', '.join(words)}" if words else ""


def explain(error: ValidationError, model: type[BaseModel], data: Value, source: str) -> InputError:
    """Put the errors of a validation in one line.

    Parameters
    ----------
    error
        What pydantic found.
    model
        The model that the data were meant for.
    data
        The data as given.
    source
        Where they come from.

    Returns
    -------
    InputError
        The first error in full and the number of the others.
    """
    details = _most_telling_first(error.errors(include_url=False))
    others = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return InputError(prefix(source) + _message(details[0], model, data) + others)


def dotted(parts: Iterable[str | int]) -> str:
    """Write a key as a scenario file would, with quotes where it needs them."""
    texts = (str(part) for part in parts)
    return ".".join(text if BARE_KEY.fullmatch(text) else show(text) for text in texts)


def _most_telling_first(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Put misspelt keys before what they leave missing, and leave out what follows from others.

    A list with a wrong element also counts as too short, which would only confuse.
    """
    places = [detail["loc"] for detail in details]
    kept = [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            place != detail["loc"] and place[: len(detail["loc"])] == detail["loc"]
            for place in places
        )
    ]
    return sorted(kept, key=lambda detail: detail["type"] != "extra_forbidden")


def _message(detail: ErrorDetails, model: type[BaseModel], data: Value) -> str:
    key = _key_in_data(detail["loc"], data, is_missing=detail["type"] == "missing")
    path = dotted(key)
    match detail["type"]:
        case "extra_forbidden":
            known = resolve(_schema(model), key[:-1]).get("properties", {})
            return f"unknown key {path}{did_you_mean(str(key[-1]), known)}"
        case "missing":
            return f"{path} is missing: {allowed(_schema(model), key)}"
        case fields.REFUSED:
            return _describe_refusal(detail, path, data)
    if "[key]" in detail["loc"]:
        return f"{path}: a name must be of lowercase letters, digits and _, and begin with a letter"
    if not key:
        return f"the scenario = {show(detail['input'])}: must be a table"
    return f"{path} = {show(detail['input'])}: {allowed(_schema(model), key)}"


def _describe_refusal(detail: ErrorDetails, path: str, data: Value) -> str:
    context = detail["ctx"]
    full = ".".join(part for part in (path, context["key"]) if part)
    value = _look_up(data, full.split("."))
    if value is None or isinstance(value, Mapping):
        return f"{full}: {context['rule']}"
    return f"{full} = {show(value)}: {context['rule']}"


def _key_in_data(
    loc: Sequence[str | int], data: Value, *, is_missing: bool
) -> tuple[str | int, ...]:
    """Leave out of a location what pydantic adds to it: the branch of a union, "[key]"."""
    key: list[str | int] = []
    for depth, part in enumerate(loc):
        if is_missing and depth == len(loc) - 1:
            key.append(part)
        elif (below := _look_up(data, [part])) is not None or _has(data, part):
            key.append(part)
            data = below
    return tuple(key)


def _has(data: Value, part: str | int) -> bool:
    return isinstance(data, Mapping) and part in data


def _look_up(data: Value, parts: Sequence[str | int]) -> Value:
    for part in parts:
        if isinstance(data, Mapping):
            data = data.get(part)
        elif isinstance(data, list | tuple) and str(part).isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def show(value: Value) -> str:
    """Write a value as a scenario file would, cut short where it is long."""
    match value:
        case bool():
            text = str(value).lower()
        case None:
            text = "none"
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "a table" if value else "an empty table"
        case list() | tuple():
            text = "[" + ", ".join(show(item) for item in value[:MAX_VALUE_LENGTH]) + "]"
        case _:
            text = _plain(value)
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 3] + "..."


def _plain(value: Value) -> str:
    try:
        return str(value)
    except ValueError:
        return "a number of thousands of digits"


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()
