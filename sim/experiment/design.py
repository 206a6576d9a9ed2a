"""The design of a sweep: which scenarios are run, how often and with which seeds."""

import hashlib
import itertools
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from pydantic import Field, PrivateAttr, ValidationError

from sim import __version__
from sim.errors import InputError
from sim.experiment.levels import factor_levels, unquoted_keys
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
    def factors(self) -> Mapping[str, Sequence[Any]]:
        """Values of each factor by its name."""

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

    def seed(self, replication: int) -> int:
        """Return the seed of a replication, the same at every design point."""


class SweepDesign(Section):
    """A full grid of factor values, each point run with the same seeds.

    Replication r uses the seed ``first_seed + r`` at every point (common random numbers), so
    that points are compared under the same violations, weather and delays.
    """

    title: str = quantity("", "What the sweep is, in a line")
    question: str = quantity("", "The question it is meant to answer")
    scenario: Scenario = Field(..., description="The scenario that is varied")
    replications: int = quantity(20, "Runs per design point", unit="runs", ge=1, le=1_000_000)
    first_seed: int = quantity(1, "Seed of the first replication", ge=0, le=2**53)
    factors: dict[str, tuple[Any, ...]] = Field(
        {}, strict=False, description="Values of each factor by dotted scenario key"
    )
    constants: dict[str, Any] = Field(
        {}, description="Values by dotted scenario key that hold for the whole sweep"
    )
    _source: str = PrivateAttr("")

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
        tables = dict(data)
        for name in ("factors", "constants"):
            if isinstance(tables.get(name), Mapping):
                tables[name] = unquoted_keys(tables[name])
        if isinstance(tables.get("factors"), Mapping):
            tables["factors"] = factor_levels(tables["factors"], source)
        try:
            design = cls.model_validate(tables)
        except ValidationError as error:
            raise explain(error, cls, tables, source) from None
        _check_keys(design.factors, design.constants, source)
        design._source = source
        for point in design.points():
            design.scenario_at(point)
        return design

    @property
    def n_points(self) -> int:
        """Number of design points."""
        return math.prod(len(levels) for levels in self.factors.values())

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return self.n_points * self.replications

    def points(self) -> Iterator[DesignPoint]:
        """Go through the design points; the last factor varies fastest."""
        for number, levels in enumerate(itertools.product(*self.factors.values())):
            yield DesignPoint(number, dict(zip(self.factors, levels, strict=True)))

    def scenario_at(self, point: DesignPoint) -> Scenario:
        """Make the scenario of a design point.

        Raises
        ------
        InputError
            If a key does not exist or a value is not allowed.
        """
        return self.scenario.with_values({**self.constants, **point.levels}, source=self._source)

    def seed(self, replication: int) -> int:
        """Return the seed of a replication, the same at every design point."""
        return self.first_seed + replication

    def identity(self) -> dict[str, Any]:
        """List all that decides the results, by dotted key, as plain JSON values.

        Titles are left out, and the number of replications, which decides only how many there
        are; a line that is read from a file counts by its content, not its path.
        """
        tables = self.model_dump(mode="json", exclude={*_CAPTIONS, "replications"})
        scenario = {k: v for k, v in tables["scenario"].items() if k not in _CAPTIONS}
        file = self.scenario.line.file
        if file is not None:
            scenario["line"]["file"] = _digest(Path(file))
        design = {**tables, "scenario": scenario}
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


def _check_keys(factors: Collection[str], constants: Collection[str], source: str) -> None:
    """Refuse a factor that sets anew what another factor or a constant sets.

    Constants come first: a factor may change a value in a table that a constant adds.
    """
    for factor, other in itertools.product(factors, [*factors, *constants]):
        is_itself = factor == other and factor not in constants
        if not is_itself and (other == factor or other.startswith(factor + ".")):
            raise InputError(f"{prefix(source)}factors.{factor}: {other} is set as well")


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
