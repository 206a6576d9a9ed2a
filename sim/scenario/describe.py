"""A scenario as text that a person can read through, every value with its unit."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from sim.scenario.escalation import REGIMES
from sim.scenario.fields import NONE_WORD, Section, Value
from sim.scenario.platforms import packaged_platforms
from sim.scenario.ranges import RELATIVE
from sim.scenario.scenario import Scenario
from sim.scenario.support import DOMAINS, Base
from sim.scenario.violations import Phase

WIDTH = 100
CELL_WIDTH = 24
MARK = "*"
LEGEND = (
    f"{MARK} = differs from the default; for a platform: differs from the packaged library. "
    "(rel.) = relative weight."
)


@dataclass(frozen=True)
class Column:
    """One group in a table: its name, and each value's text by row."""

    name: str
    cells: dict[str, str]


def describe(scenario: Scenario) -> str:
    """Write a scenario out for a reader.

    Parameters
    ----------
    scenario
        The scenario, as it was resolved: defaults and packaged platforms filled in.

    Returns
    -------
    str
        Text of at most 100 columns: one block for each section, one column for each group.
    """
    blocks = [_heading(scenario), *_blocks(scenario)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(scenario: Scenario) -> str:
    lines = textwrap.wrap(scenario.title, WIDTH) + textwrap.wrap(scenario.question, WIDTH)
    return "\n".join([*lines, "", *textwrap.wrap(LEGEND, WIDTH)])


def _blocks(scenario: Scenario) -> Iterator[str]:
    violations = scenario.violations
    yield _section("run", scenario.run)
    yield _section("line", scenario.line)
    yield _section("violations", violations)
    phases = {f"{number}": phase for number, phase in enumerate(violations.phases)}
    yield _groups("violations.phases", phases)
    yield _groups("violations.kinds", violations.kinds)
    yield _groups("violations.hot_spots", violations.hot_spots)
    yield _section("violations.feedback", violations.feedback)
    yield _groups("areas", scenario.areas)
    yield _escalation(scenario)
    yield _groups("clutter", scenario.clutter)
    yield _groups("reports", scenario.reports)
    yield _groups("monitors", scenario.monitors)
    yield _platforms(scenario)
    yield _section("weather", scenario.weather)
    yield _section("jamming", scenario.jamming)
    yield _groups("support", scenario.support)
    yield _section("cueing", scenario.cueing)
    yield _groups("headquarters", scenario.headquarters)
    yield _section("referee", scenario.referee)
    yield _section("command", scenario.command)
    yield _section("united_states", scenario.united_states)
    yield _section("force_generation", scenario.force_generation)
    yield _groups("nations", scenario.nations)
    yield _section("mission", scenario.mission)
    yield _groups("mission leads", _leads(scenario))
    yield _section("dispatch", scenario.dispatch)
    yield _section("measures", scenario.measures)


def _section(title: str, section: Section) -> str:
    """Write a section that stands once; one that is switched off takes one line."""
    if getattr(section, "enabled", True) is False:
        return f"{title}: not enabled"
    column = Column("", _cells(section, _defaults(type(section)), WIDTH))
    return _table(title, [column], _units(type(section)))


def _escalation(scenario: Scenario) -> str:
    """Write the rules of escalation and, where they hold, the regimes side by side."""
    spec = scenario.escalation
    rules = _section("escalation", spec)
    if not spec.enabled:
        return rules
    return f"{rules}\n\n{_groups('regimes', {name: getattr(spec, name) for name in REGIMES})}"


def _leads(scenario: Scenario) -> dict[str, Section]:
    """Return the leads that are stated, by domain."""
    leads = {domain: scenario.mission.lead(domain) for domain in DOMAINS}
    return {domain: lead for domain, lead in leads.items() if lead.nation}


def _groups(title: str, groups: Mapping[str, Section]) -> str:
    """Write sections of one kind side by side."""
    if not groups:
        return f"{title}: none"
    model = type(next(iter(groups.values())))
    columns = [
        Column(name, _cells(group, _defaults(model), CELL_WIDTH)) for name, group in groups.items()
    ]
    return _table(title, columns, _units(model))


def _platforms(scenario: Scenario) -> str:
    """Write the platforms in use, compared with the packaged library."""
    used = scenario.monitor_platforms()
    if not used:
        return ""
    library = packaged_platforms()
    columns = []
    for name, platform in used.items():
        model = type(platform)
        given = library.get(name, {})
        defaults = _defaults(model) | {k: given[k] for k in given if k in model.model_fields}
        columns.append(Column(name, _cells(platform, defaults, CELL_WIDTH)))
    return _table("platforms", columns, _units(type(next(iter(used.values())))))


def _cells(section: Section, defaults: Mapping[str, Any], width: int) -> dict[str, str]:
    """Write the values of a section by row; a table of numbers takes a row for each entry."""
    cells: dict[str, str] = {}
    for key in type(section).model_fields:
        value = getattr(section, key)
        changed = key in defaults and value != defaults[key]
        if _is_part(value):
            continue
        if isinstance(value, dict):
            given = defaults.get(key)
            known = given if isinstance(given, Mapping) else {}
            for entry, number in value.items():
                differs = changed and number != known.get(entry)
                cells[f"{key}.{entry}"] = _text(number) + MARK * differs
        else:
            cells[key] = _text(value, width) + MARK * changed
    return cells


def _is_part(value: Value) -> bool:
    """Whether a value is a section or a list or table of sections, which has its own block."""
    if isinstance(value, dict):
        return not value or _is_part(next(iter(value.values())))
    if isinstance(value, tuple):
        return bool(value) and isinstance(value[0], Phase)
    return isinstance(value, Section)


def _text(value: Value, width: int = WIDTH) -> str:
    match value:
        case None | ():
            return NONE_WORD
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,}" if isinstance(value, int) else _number(value)
        case tuple() if len(set(value)) == 1 and len(value) * 4 > width:
            return f"{_text(value[0])} ({len(value)} times)"
        case tuple():
            separator = " " if all(isinstance(item, float) for item in value) else ", "
            return separator.join(_text(item) for item in value)
        case Base():
            return f"{value.name} ({value.lon:.2f}E {value.lat:.2f}N)"
    return str(value)


def _number(value: float) -> str:
    """Write a number in full, without a trailing ``.0``, grouped by thousands."""
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:,.10g}"


def _table(title: str, columns: Sequence[Column], units: Mapping[str, str]) -> str:
    """Lay columns out side by side, continuing below where they do not fit."""
    rows = list(dict.fromkeys(row for column in columns for row in column.cells))
    label = max(map(len, rows), default=0)
    unit = max((len(units.get(row.partition(".")[0], "")) for row in rows), default=0)
    room = WIDTH - label - unit - 4
    blocks = []
    for part in _fit(columns, room):
        widths = [_width(column, room) for column in part]
        lines = [title.ljust(label + unit + 4) + _across([c.name for c in part], widths)]
        for row in rows:
            name = f"  {row:{label}}  {units.get(row.partition('.')[0], ''):{unit}}"
            lines += _wrap_row(name, [column.cells.get(row, "") for column in part], widths)
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks)


def _width(column: Column, room: int) -> int:
    limit = CELL_WIDTH if column.name else room - 2
    return max(min(limit, max(map(len, column.cells.values()), default=0)), len(column.name))


def _fit(columns: Sequence[Column], room: int) -> Iterator[list[Column]]:
    part: list[Column] = []
    used = 0
    for column in columns:
        need = _width(column, room) + 2
        if part and used + need > room:
            yield part
            part, used = [], 0
        part.append(column)
        used += need
    yield part


def _wrap_row(name: str, cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [
        textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, wrapped))):
        parts = [lines[number] if number < len(lines) else "" for lines in wrapped]
        yield (name if number == 0 else " " * len(name)) + _across(parts, widths)


def _across(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"  {cell:<{width}}" for cell, width in zip(cells, widths, strict=True))


def _defaults(model: type[Section]) -> dict[str, Any]:
    fields = model.model_fields
    return {
        key: fields[key].get_default(call_default_factory=True)
        for key in fields
        if not fields[key].is_required()
    }


def _units(model: type[Section]) -> dict[str, str]:
    return {key: _unit(info) for key, info in model.model_fields.items()}


def _unit(info: FieldInfo) -> str:
    extra = info.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, Mapping) else ""
    return "(rel.)" if unit == RELATIVE else unit
