"""The design of a sweep: which scenarios are run, how often and with which seeds."""

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import numpy as np
from pydantic import Field, PrivateAttr, ValidationError

from sim import __version__
from sim.errors import InputError
from sim.experiment.points import (
    VARIANT,
    Derived,
    check_names,
    check_size,
    design_table,
    make_derived,
    prepare_tables,
    with_derived,
)
from sim.results.measures import further_requests, key_measures, parse_request
from sim.scenario import Scenario
from sim.scenario.fields import Section, quantity
from sim.scenario.loading import read_toml
from sim.scenario.messages import explain, prefix
from sim.scenario.paths import flatten

_CAPTIONS = ("title", "question")


@dataclass(frozen=True)
class DesignPoint:
    """One combination of the values of the factors."""

    number: int
    """Number of the point, from 0."""
    levels: dict[str, Any]
    """Value of each factor by its dotted key."""


class Design(Protocol):
    """What the runner needs to know: which scenarios are run, and with which seeds."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of what differs between points."""

    @property
    def replications(self) -> int:
        """Runs per design point."""

    @property
    def n_points(self) -> int:
        """Number of design points."""

    @property
    def n_runs(self) -> int:
        """Number of runs."""

    def points(self) -> Iterator[DesignPoint]:
        """Go through the design points."""

    def scenario_at(self, point: DesignPoint) -> Scenario:
        """Make the scenario of a design point."""

    def seed(self, point: int, replication: int) -> int:
        """Return the seed of a run."""

    @property
    def requests(self) -> tuple[str, ...]:
        """Measures of parts of the violations that each run is asked for."""


class SweepDesign(Section):
    """Design points and their replications.

    The points are a grid of the factors' values, the rows of a list or of a CSV file, or a sample
    of the factors' ranges. Replication r uses the seed ``first_seed + r`` at every point (common
    random numbers), so that points are compared under the same violations, weather and delays;
    with ``seeds = "independent"`` every run has a seed of its own.
    """

    title: str = quantity("", "What the sweep is, in a line")
    question: str = quantity("", "The question it is meant to answer")
    scenario: Scenario = Field(..., description="The scenario that is varied")
    design: Literal[
        "grid", "list", "csv", "random", "latin_hypercube", "sobol", "morris", "saltelli"
    ] = quantity("grid", "How the design points are chosen")
    samples: int | None = quantity(
        None,
        "Points of a sample; of morris, trajectories; of saltelli, base points",
        ge=1,
        le=1_000_000,
    )
    design_seed: int = quantity(1, "Seed of the sample", ge=0, le=2**53)
    points_file: str | None = quantity(None, "CSV file with a column for each factor")
    points_listed: tuple[dict[str, Any], ...] = Field(
        (), strict=False, description="Points of a list, each a table of values by key"
    )
    replications: int = quantity(20, "Runs per design point", unit="runs", ge=1, le=1_000_000)
    first_seed: int = quantity(1, "Seed of the first replication", ge=0, le=2**53)
    seeds: Literal["common", "independent"] = quantity(
        "common", "Whether all points share the seeds of their replications"
    )
    factors: dict[str, Any] = Field(
        {}, strict=False, description="Values of each factor by dotted scenario key"
    )
    variables: tuple[str, ...] = Field(
        (), strict=False, description="Factors that are no scenario keys but stand in formulas"
    )
    derived: dict[str, str] = Field(
        {}, description="Formulas of the factors by dotted scenario key"
    )
    variants: dict[str, dict[str, Any]] = Field(
        {},
        description="Values by dotted scenario key that a value of the factor variant stands for",
    )
    constants: dict[str, Any] = Field(
        {}, description="Values by dotted scenario key that hold for the whole sweep"
    )
    measures: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Measures of parts of the violations, beside those of the whole, such as "
        '"detection_rate[kind=shelling]"',
    )
    _source: str = PrivateAttr("")
    _table: tuple[dict[str, Any], ...] | None = PrivateAttr(None)
    _derived: list[Derived] = PrivateAttr([])

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a design from a TOML file.

        Parameters
        ----------
        path
            The TOML file; the scenario it names is found relative to it.

        Returns
        -------
        SweepDesign
            The design, with its scenario loaded and every design point validated.

        Raises
        ------
        InputError
            If a file cannot be read or a value is not allowed; one line that says which.
        """
        path = Path(path)
        tables = read_toml(path)
        name = tables.get("scenario")
        if not isinstance(name, str):
            raise InputError(f"{path}: scenario must be the name of a scenario file in quotes")
        if not (path.parent / name).exists():
            raise InputError(f'{path}: scenario = "{name}": there is no file {path.parent / name}')
        scenario = Scenario.load(path.parent / name)
        return cls.from_dict({**tables, "scenario": scenario}, source=str(path))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], source: str = "") -> Self:
        """Validate a design given as tables, its scenario as a `Scenario`, and all its points.

        Parameters
        ----------
        data
            The fields of the design. The values of a factor are a list, or a table with
            ``from``, ``to`` and ``step``.
        source
            Where they come from, for error messages.

        Raises
        ------
        InputError
            If a key is unknown or a value is not allowed.
        """
        tables = prepare_tables(data, source)
        try:
            design = cls.model_validate(tables)
        except ValidationError as error:
            raise explain(error, cls, tables, source) from None
        _check_keys(design, source)
        design._source = source
        check_size(design, source)
        _check_measures(design, source)
        design._table = design_table(design, source)
        if design._table is None:
            design._derived = make_derived(design, list(design.factors), source)
        check_names(design.columns, source)
        check_size(design, source)
        for point in design.points():
            design.scenario_at(point)
        return design

    @classmethod
    def from_manifest(cls, stored: Mapping[str, Any]) -> Self:
        """Make the design again that a manifest holds.

        Raises
        ------
        InputError
            If it is not one, or names a file of points that is gone.
        """
        try:
            design = cls.model_validate(stored)
        except ValidationError as error:
            raise explain(error, cls, stored, "the design of the manifest") from None
        check_size(design, "")
        design._table = design_table(design, "")
        if design._table is None:
            design._derived = make_derived(design, list(design.factors), "")
        return design

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of what differs between points: factors, and keys that follow from them."""
        if self._table:
            return tuple(self._table[0])
        return (*self.factors, *self.derived)

    @property
    def n_points(self) -> int:
        """Number of design points."""
        if self._table is not None:
            return len(self._table)
        return math.prod(len(levels) for levels in self.factors.values())

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return self.n_points * self.replications

    def points(self) -> Iterator[DesignPoint]:
        """Go through the design points; in a grid the last factor varies fastest."""
        if self._table is not None:
            yield from itertools.starmap(DesignPoint, enumerate(self._table))
            return
        for number, values in enumerate(itertools.product(*self.factors.values())):
            levels = dict(zip(self.factors, values, strict=True))
            yield DesignPoint(number, with_derived(self._derived, levels))

    def scenario_at(self, point: DesignPoint) -> Scenario:
        """Make the scenario of a design point.

        Raises
        ------
        InputError
            If a key does not exist or a value is not allowed.
        """
        variant = self.variants.get(str(point.levels.get(VARIANT)), {})
        own = {
            key: value
            for key, value in point.levels.items()
            if key not in self.variables and not (key == VARIANT and self.variants)
        }
        return self.scenario.with_values({**self.constants, **variant, **own}, source=self._source)

    @property
    def shown(self) -> tuple[str, ...]:
        """Measures that tables and figures show: the key ones, and what the design asks for."""
        asked = (str(parse_request(name)) for name in self.measures)
        return tuple(dict.fromkeys((*key_measures(self.scenario), *asked)))

    @property
    def requests(self) -> tuple[str, ...]:
        """Measures of parts of the violations that each run is asked for."""
        return further_requests(self.shown, [self.scenario])

    def with_measures(self, names: Sequence[str]) -> Self:
        """Return the design with further measures, read from the command line.

        Raises
        ------
        InputError
            If a measure, or what a condition names, does not exist.
        """
        design = self.model_copy(update={"measures": (*self.measures, *names)})
        further_requests(design.measures, [design.scenario])
        return design

    def seed(self, point: int, replication: int) -> int:
        """Return the seed of a run."""
        if self.seeds == "common":
            return self.first_seed + replication
        sequence = np.random.SeedSequence([self.first_seed, point, replication])
        return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(11))

    def identity(self) -> dict[str, Any]:
        """List all that decides the results, by dotted key, as plain JSON values.

        Titles are left out, and the number of replications, which decides only how many there
        are; a line that is read from a file counts by its content, not its path.
        """
        tables = self.model_dump(mode="json", exclude={*_CAPTIONS, "replications", "points_file"})
        scenario = {k: v for k, v in tables["scenario"].items() if k not in _CAPTIONS}
        file = self.scenario.line.file
        if file is not None:
            scenario["line"]["file"] = _digest(Path(file))
        design = {**tables, "scenario": scenario}
        if self.points_file is not None:
            rows = json.dumps(self._table, sort_keys=True)
            design["points_file"] = hashlib.sha256(rows.encode()).hexdigest()
        scalars = {key: value for key, value in design.items() if not isinstance(value, dict)}
        groups = {key: value for key, value in design.items() if isinstance(value, dict)}
        return {"version": __version__, **scalars} | {
            f"{name}.{key}": value
            for name, table in groups.items()
            for key, value in (flatten(table) if name == "scenario" else table).items()
        }

    def digest(self) -> str:
        """Condense `identity` to a short text that tells one design from another."""
        text = json.dumps(self.identity(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _check_keys(design: SweepDesign, source: str) -> None:
    """Refuse a factor that sets anew what another factor, a formula or a constant sets.

    Constants come first: a factor may change a value in a table that a constant adds.
    """
    factors = [key for key in (*design.factors, *design.derived) if key not in design.variables]
    for place, factor in enumerate(factors):
        for other in (*factors[:place], *factors[place + 1 :], *design.constants):
            if other == factor or other.startswith(factor + "."):
                raise InputError(f"{prefix(source)}factors.{factor}: {other} is set as well")


def _check_measures(design: SweepDesign, source: str) -> None:
    """Refuse measures that do not exist, or conditions that name what the scenario has not."""
    try:
        further_requests(design.measures, [design.scenario])
    except InputError as error:
        raise InputError(f"{prefix(source)}measures: {error}") from None


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
