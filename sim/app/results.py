"""A finished sweep on the page: its response surface, and the runs behind each of its points."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.errors import InputError
from sim.experiment import SweepDesign, summarise_results
from sim.experiment.design import DesignPoint
from sim.experiment.store import sweep_manifest
from sim.report import draw_curves, draw_heat_map
from sim.report.heat_map import levels_of
from sim.report.labels import factor_label, value_label
from sim.report.scatter import draw_scatter
from sim.report.sweeps import DEFAULT_MEASURES, at_middle
from sim.scenario import Scenario

RESULTS_VARIABLE = "CEASEFIRE_APP_RESULTS"
"""Environment variable with the directory of a sweep to open; set by `ceasefire app --results`."""


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
        self.measures = [
            name
            for name in DEFAULT_MEASURES
            if f"{name}_mean" in self.summary and self.summary[f"{name}_mean"].notna().any()
        ]
        if not self.measures:
            raise InputError(f"{directory}: holds no run that went well")

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
