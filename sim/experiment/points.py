"""The points of a design: which values the factors take at each."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.distributions import make_draw
from sim.experiment.formula import Formula
from sim.experiment.levels import factor_levels, unquoted_keys
from sim.experiment.sampling import MOST_POINTS, SAMPLED, points_a_sample, sample
from sim.files import read_whole
from sim.results.measures import MEASURES
from sim.scenario.messages import did_you_mean, prefix, show

if TYPE_CHECKING:
    from sim.experiment.design import SweepDesign

VARIANT = "variant"
"""The factor whose values name variants of the scenario."""
POINTS = "points"
"""What the list of points is called in a file."""


def prepare_tables(data: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Bring the tables of a design into the form that is validated.

    Keys are written in full, spans are lists, and the points of a list and of a file have their own
    places.

    Raises
    ------
    InputError
        If a factor has no values, or a span leads nowhere.
    """
    tables = dict(data)
    for name in ("factors", "constants", "derived"):
        if isinstance(tables.get(name), Mapping):
            tables[name] = unquoted_keys(tables[name])
    if isinstance(tables.get("variants"), Mapping):
        tables["variants"] = {
            name: unquoted_keys(values) if isinstance(values, Mapping) else values
            for name, values in tables["variants"].items()
        }
    drawn = tables.get("design", "grid") in SAMPLED
    if isinstance(tables.get("factors"), Mapping):
        tables["factors"] = factor_levels(tables["factors"], source, drawn=drawn)
    listed = tables.pop(POINTS, None)
    if isinstance(listed, str):
        tables["points_file"] = str(Path(source).parent / listed) if source else listed
    elif isinstance(listed, Sequence):
        tables["points_listed"] = [
            unquoted_keys(row) if isinstance(row, Mapping) else row for row in listed
        ]
    elif listed is not None:
        raise InputError(f"{prefix(source)}points = {show(listed)}: must be a list or a CSV file")
    return tables


MOST_CSV_BYTES = 256 * 2**20
MOST_RUNS = 100_000_000
"""Runs of a sweep; which of them are there is kept in memory."""
_RESERVED = {"point", "replication", "seed", "error", "runs", "failed"}
_PARTS = ("mean", "low", "high")


def check_names(columns: Sequence[str], source: str) -> None:
    """Refuse factors that are named like a column of the results.

    Raises
    ------
    InputError
        Of the first of them.
    """
    taken = {*_RESERVED, *MEASURES, *(f"{name}_{part}" for name in MEASURES for part in _PARTS)}
    for name in columns:
        if name in taken:
            raise InputError(
                f"{prefix(source)}factors.{name}: is the name of a column of the results; "
                "choose another name"
            )


def check_size(design: "SweepDesign", source: str) -> None:
    """Refuse a design with more points or runs than can be kept account of.

    Raises
    ------
    InputError
        With how many there are.
    """
    if design.design != "grid" and design._table is None:
        return  # its points are still to be drawn or read
    points = design.n_points
    if points > MOST_POINTS:
        raise InputError(
            f"{prefix(source)}factors: make {points:,} points; at most {MOST_POINTS:,}"
        )
    if points * design.replications > MOST_RUNS:
        raise InputError(
            f"{prefix(source)}replications = {design.replications:,}: make "
            f"{points * design.replications:,} runs; at most {MOST_RUNS:,}"
        )


def design_table(design: "SweepDesign", source: str) -> tuple[dict[str, Any], ...] | None:
    """Return the points of a design that is no grid: the value of each factor by key.

    Raises
    ------
    InputError
        If what the design needs is not there, or is there and not needed.
    """
    _check_needs(design, source)
    if design.design == "grid":
        if VARIANT in design.factors:
            _check_variants(design, design.factors[VARIANT], source)
        return None
    if design.design in SAMPLED:
        rows = _sampled(design, source)
    elif design.design == "csv":
        rows = _read_csv(Path(str(design.points_file)))
    else:
        rows = [dict(row) for row in design.points_listed]
    _check_rows(rows, source)
    if VARIANT in rows[0]:
        _check_variants(design, [row[VARIANT] for row in rows], source)
    derived = make_derived(design, list(rows[0]), source)
    return tuple(with_derived(derived, row) for row in rows)


def _check_needs(design: "SweepDesign", source: str) -> None:
    """Refuse a design without what it needs, or with what it does not know."""
    kind, place = design.design, prefix(source)
    is_sampled = kind in SAMPLED
    if is_sampled and (design.samples is None or not design.factors):
        raise InputError(f"{place}{kind} needs samples and factors")
    if not is_sampled and design.samples is not None:
        raise InputError(f"{place}samples: only sampled designs ({', '.join(SAMPLED)}) have them")
    if (kind == "list") != bool(design.points_listed):
        needs = "needs points = [{...}, ...]" if kind == "list" else 'takes no points: use "list"'
        raise InputError(f"{place}design = {show(kind)}: {needs}")
    if (kind == "csv") != (design.points_file is not None):
        needs = 'needs points = "file.csv"' if kind == "csv" else 'takes no file: use "csv"'
        raise InputError(f"{place}design = {show(kind)}: {needs}")
    if kind in ("list", "csv") and design.factors:
        raise InputError(f"{place}factors: the points of a {kind} name their factors themselves")
    known = set(design.factors) if design.factors else None
    for name in design.variables:
        if known is not None and name not in known:
            hint = did_you_mean(name, known)
            raise InputError(f"{place}variables: {name} is no factor{hint}")


def _sampled(design: "SweepDesign", source: str) -> list[dict[str, Any]]:
    place = prefix(source)
    draws = {key: make_draw(spec, f"{place}factors.{key}") for key, spec in design.factors.items()}
    if design.design == "morris":
        for key, draw in draws.items():
            if not draw.is_bounded:
                raise InputError(f"{place}factors.{key}: morris needs factors with two ends")
    samples = int(design.samples or 0)
    if (points := samples * points_a_sample(design.design, len(draws))) > MOST_POINTS:
        raise InputError(f"{place}samples: makes {points:,} points; at most {MOST_POINTS:,}")
    cube = sample(design.design, len(draws), samples, design.design_seed, place)
    return [
        {key: draw.at(float(u)) for (key, draw), u in zip(draws.items(), row, strict=True)}
        for row in cube
    ]


def _read_csv(path: Path) -> list[dict[str, Any]]:
    try:
        text = read_whole(path, MOST_CSV_BYTES).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read as CSV ({reason})") from None
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise InputError(f"{path}: line {number} has not as many values as there are columns")
    return [{str(key): _plain(text) for key, text in row.items()} for row in rows]


def _plain(text: str) -> Any:
    """Read a cell: a whole number, a number, true or false, else a text."""
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _check_rows(rows: Sequence[Mapping[str, Any]], source: str) -> None:
    if not rows:
        raise InputError(f"{prefix(source)}points: there are none")
    first = set(rows[0])
    for number, row in enumerate(rows):
        if set(row) != first:
            odd = min(set(row) ^ first)
            raise InputError(
                f"{prefix(source)}points.{number}: all points must have the same keys; "
                f"{odd} is not in all of them"
            )


def _check_variants(design: "SweepDesign", named: Sequence[Any], source: str) -> None:
    for name in named:
        if str(name) not in design.variants:
            hint = did_you_mean(str(name), design.variants)
            raise InputError(f"{prefix(source)}factors.variant: unknown variant {name}{hint}")


@dataclass(frozen=True)
class Derived:
    """A scenario key that follows from factors."""

    key: str
    formula: Formula
    is_whole: bool
    """Whether the scenario has a whole number there."""


def make_derived(design: "SweepDesign", names: Collection[str], source: str) -> list[Derived]:
    """Read the formulas of a design, which may name its factors.

    Raises
    ------
    InputError
        If a key does not exist, or a formula cannot be read.
    """
    if not design.derived:
        return []
    scenario = design.scenario.with_values(design.constants, source=source)
    found = []
    for key, text in design.derived.items():
        now = scenario.value(key)
        is_whole = isinstance(now, int) and not isinstance(now, bool)
        formula = Formula(text, names, f"{prefix(source)}derived.{key}")
        found.append(Derived(key, formula, is_whole))
    return found


def with_derived(derived: Sequence[Derived], levels: Mapping[str, Any]) -> dict[str, Any]:
    """Add the values that follow from the factors, rounded where a whole number belongs."""
    found = dict(levels)
    for item in derived:
        value = item.formula.of(levels)
        found[item.key] = round(value) if item.is_whole else value
    return found
