"""A finished sweep on the page: its response surface, and the runs behind each of its points."""

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.errors import InputError
from sim.experiment import SweepDesign, summarise_results
from sim.experiment.design import DesignPoint
from sim.experiment.store import sweep_manifest
from sim.output import draw_curves, draw_heat_map
from sim.output.figures.heat_map import levels_of
from sim.output.figures.scatter import draw_scatter
from sim.output.figures.sweeps import at_middle
from sim.output.labels import factor_label, is_duration, is_number, is_numeric, value_label
from sim.output.values import value_text
from sim.results.measures import headline, parse_request
from sim.results.measures.selection import check_request
from sim.scenario import Scenario

RESULTS_VARIABLE = "CEASEFIRE_APP_RESULTS"
"""Environment variable with the directory of a sweep to open; set by `ceasefire app --results`."""
SIZES = (".count", ".desks")
"""Endings of factors of which less is cheaper."""


class Results:
    """The results of a sweep.

    Parameters
    ----------
    directory
        The directory of the sweep.

    Raises
    ------
    InputError
        If it holds no sweep, or no run of it went well.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.design = SweepDesign.from_manifest(sweep_manifest(directory)["design"])
        self.summary: pd.DataFrame = summarise_results(directory, self.design)
        self.points: list[DesignPoint] = list(self.design.points())
        columns = list(self.design.columns)
        numbers = {
            _named(point.levels[key] for key in columns): number
            for number, point in enumerate(self.points)
        }
        rows = self.summary[columns].itertuples(index=False)
        self.summary["point"] = [numbers[_named(row)] for row in rows]
        asked = dict.fromkeys([*self.design.shown, *headline([self.design.scenario])])
        self.measures = [name for name in asked if self._is_known(name)]
        if not self.measures:
            raise InputError(f"{directory}: holds no run that went well")

    def _is_known(self, name: str) -> bool:
        column = f"{name}_mean"
        return column in self.summary and bool(self.summary[column].notna().any())

    def part_of(self, measure: str, conditions: str) -> tuple[str, str]:
        """Return a measure of part of the violations; else the measure itself, and why.

        Parameters
        ----------
        measure
            Name of a measure of the sweep.
        conditions
            Such as `kind=artillery,severity>=4`; empty for all that the measure is of.
        """
        if not conditions.strip():
            return measure, ""
        try:
            asked = parse_request(measure)
            of_part = parse_request(f"{asked.name}[{conditions}]")
            check_request(of_part, self.design.scenario)
        except InputError as error:
            return measure, str(error)
        if self._is_known(str(of_part)):
            return str(of_part), ""
        known = ", ".join(name for name in self.measures if "[" in name) or "none"
        return measure, f"{of_part}: the sweep did not measure it; of parts, it has: {known}"

    def words(self, point: int) -> str:
        """Say what is special about a design point."""
        levels = self.points[point].levels.items()
        return ", ".join(f"{factor_label(key)} {value_label(value)}" for key, value in levels)

    def scenario(self, point: int) -> Scenario:
        """Return the scenario of a design point."""
        return self.design.scenario_at(self.points[point])

    def seed(self, point: int, replication: int) -> int:
        """Return the seed of a run."""
        return self.design.seed(point, replication)

    def figure(self, measure: str) -> Figure:
        """Draw a measure over the factors: a map of two, curves over one, dots of a sample."""
        factors = list(self.design.columns)
        varied: list[Any] = [key for key in factors if len(levels_of(self.summary, key)) > 1]
        if self.design.design != "grid" or not varied:
            return draw_scatter(self.summary, factors, measure)
        if len(varied) == 1:
            return draw_curves(self.summary, varied[0], measure)
        rows, note = at_middle(self.summary, varied[2:])
        return draw_heat_map(rows, varied[0], varied[1], measure, note)

    def frontier(self, measure: str, target: float) -> list[int]:
        """Return the design points with the least forces whose mean of a measure is good enough.

        Of two forces that are good enough, one that is nowhere larger and somewhere smaller than
        the other leaves it out. Forces are compared where all that is no size of a force is equal.

        Parameters
        ----------
        measure
            Name of the measure.
        target
            What its mean must be at least; for times, at most (min).
        """
        sizes = [key for key in self.design.columns if self._is_size(key)]
        others = [key for key in self.design.columns if key not in sizes]
        mean = self.summary[f"{measure}_mean"]
        enough = self.summary[mean <= target if is_duration(measure) else mean >= target]
        if not sizes:
            return []
        parts = enough.groupby(others, sort=False, dropna=False) if others else [((), enough)]
        found = [
            int(row["point"])
            for _, part in parts
            for row in part.to_dict("records")
            if not _is_beaten(row, part[sizes])
        ]
        return sorted(found)

    def _is_size(self, key: str) -> bool:
        return key.endswith(SIZES) and is_numeric(self.summary[key])

    def said(self, measure: str, point: int) -> str:
        """Return the mean of a measure over the runs of a design point, in words."""
        return value_text(measure, self.mean(measure, point))

    def mean(self, measure: str, point: int) -> float:
        """Return the mean of a measure over the runs of a design point."""
        row = self.summary.loc[self.summary["point"] == point, f"{measure}_mean"]
        return float(row.iloc[0])

    def middle(self, measure: str) -> float:
        """Return a target to begin with: the middle of the means, rounded."""
        middle = float(self.summary[f"{measure}_mean"].median())
        return round(middle) if is_duration(measure) else round(middle, 2)


def _named(levels: Iterable[Any]) -> tuple[str | float, ...]:
    """Return levels as they compare whether from the design or from a file."""
    return tuple(float(value) if is_number(value) else str(value) for value in levels)


def _is_beaten(row: dict[Hashable, Any], sizes: pd.DataFrame) -> bool:
    """Tell whether some force is nowhere larger than this one, and somewhere smaller."""
    own = pd.Series({key: row[key] for key in sizes})
    return bool(((sizes <= own).all(axis=1) & (sizes < own).any(axis=1)).any())
