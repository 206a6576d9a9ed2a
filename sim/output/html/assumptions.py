"""The values that a scenario sets, and where each comes from."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.errors import InputError
from sim.manifest import read_json
from sim.output.html.content import SOURCES, Assumption
from sim.scenario import Scenario
from sim.scenario.platforms import packaged_platforms

_UNSTATED = "set for this study; no source stated"
_CAPTIONS = ("title", "question")


def read_sources(folder: Path) -> dict[str, dict[str, str]]:
    """Return the comments beside the values of each scenario; empty where they were not kept."""
    try:
        found = read_json(folder / SOURCES)
    except FileNotFoundError:
        return {}
    for comments in found.values():
        if not isinstance(comments, Mapping) or not all(
            isinstance(c, str) for c in comments.values()
        ):
            raise InputError(f"{folder / SOURCES}: is damaged: holds no comments by key")
    return found


def list_assumptions(
    scenario: Mapping[str, Any],
    sources: Mapping[str, str],
    changed: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> list[Assumption]:
    """List the values in which a scenario differs from the defaults.

    Parameters
    ----------
    scenario
        The scenario as a manifest holds it.
    sources
        Comment beside each value, by dotted key.
    changed
        Keys that a design sets, with the words for a source where it states none.
    values
        What a design sets for all its runs, by dotted key.
    """
    model = Scenario.from_dict(scenario).with_values(values or {})
    rows = [row for row in _differences(model, "") if row[0] not in _CAPTIONS]
    return [
        Assumption(key, meaning, value, _source(key, sources, changed or {}))
        for key, meaning, value in rows
    ]


def _source(key: str, sources: Mapping[str, str], changed: Mapping[str, str]) -> str:
    parent = key
    while parent:
        if sources.get(parent):
            return sources[parent]
        if parent in changed:
            return changed[parent]
        parent = parent.rpartition(".")[0]
    return _UNSTATED


def _differences(section: BaseModel, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield key, meaning and value of what is not as the model has it."""
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        place = f"{path}.{key}" if path else key
        if place == "platforms":
            yield from _platforms(section)
        elif not field.is_required() and value == field.get_default(call_default_factory=True):
            continue
        elif isinstance(value, BaseModel):
            yield from _differences(value, place)
        elif inner := _sections(value):
            for name, part in inner.items():
                yield from _differences(part, f"{place}.{name}")
        else:
            yield place, field.description or "", _text(value, field)


def _platforms(scenario: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what differs from the packaged library, of the platforms that are used."""
    library = packaged_platforms()
    for name, platform in scenario.monitor_platforms().items():
        given = library.get(name, {})
        for key, meaning, value in _differences(platform, f"platforms.{name}"):
            field = key.rpartition(".")[2]
            if given.get(field) != getattr(platform, field):
                yield key, meaning, value


def _sections(value: Any) -> dict[str, BaseModel]:
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items() if isinstance(part, BaseModel)}
    if isinstance(value, tuple):
        return {str(n): part for n, part in enumerate(value) if isinstance(part, BaseModel)}
    return {}


def _text(value: Any, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, Mapping) else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        words = ", ".join(f"{item:g}" if isinstance(item, float) else str(item) for item in value)
    elif isinstance(value, Mapping):
        words = ", ".join(f"{name} {item:g}" for name, item in value.items())
    elif isinstance(value, float):
        words = f"{value:,.10g}"
    else:
        words = "none" if value is None else str(value)
    return f"{words} {unit}".strip() if unit not in ("", "(rel.)") else words
