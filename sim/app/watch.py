"""A run that somebody watches: it is advanced frame by frame and keeps its time series."""

import json
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

from sim.app.figures import counts
from sim.app.frame import frame, ground
from sim.app.headline import RESPONSE, help_so_far
from sim.app.naming import Making
from sim.mesa.model import CeasefireModel
from sim.output.values import Scale, scale_of
from sim.scenario import Scenario

STEP_MINUTES = 5.0
"""Display step of the model (min); a frame is a whole number of them."""
SPEEDS_MIN = (5, 10, 30, 60, 180, 360)
"""Minutes of simulated time for each frame."""
MOST_POINTS = 200
"""Points of a time series; a longer one is thinned, so that memory stays flat."""


class Watch:
    """One run on display.

    Parameters
    ----------
    scenario
        The scenario, with the values of the page.
    seed
        Seed of the run.
    number
        Number of the run in its page; the map forgets its trails when it changes.
    making
        What makes the run, for the names of its files; the title of the scenario if not given.
    source
        The scenario before values were changed on the page: its file, or itself where no file
        holds it; the scenario of the run if not given.
    changes
        The values changed on the page, by dotted key.

    Raises
    ------
    InputError
        When the scenario or the seed cannot be used.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        number: int,
        making: Making | None = None,
        source: Path | Scenario | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = CeasefireModel(scenario, rng=seed, step_minutes=STEP_MINUTES)
        self.making = making or Making(scenario.title, seed=seed)
        self.source: Path | Scenario = scenario if source is None else source
        self.changes = dict(changes or {})
        self.number = number
        self.frames = 0
        self.ground = ground(self.model)
        self.ground_json = json.dumps(self.ground)
        self._look()
        self.history: list[list[float | None]] = []
        self._every_h = 0.0
        self._noted_h = 0.0

    def advance(self, minutes: int) -> None:
        """Go on by one frame (min), or to the end of the run if that is nearer."""
        for _ in range(round(minutes / STEP_MINUTES)):
            if not self.model.running:
                break
            self.model.step()
        self.frames += 1
        self._look()
        if self.model.hours >= self._noted_h + self._every_h:
            self._note()

    def _look(self) -> None:
        self.counts, self.help = counts(self.model), help_so_far(self.model)

    def _note(self) -> None:
        self._noted_h = self.model.hours
        times = [one.response_min for one in self.help]
        shown = [None if isnan(time) else time for time in times]
        self.history.append([self.counts["days"], self.counts["detection"], *shown])
        if len(self.history) > MOST_POINTS:
            self.history = self.history[::2]
            self._every_h = 2.0 * self.model.hours / MOST_POINTS

    def response_scale(self) -> Scale:
        """Return the unit in which the mean responses so far are told together."""
        return scale_of(RESPONSE, *(time or 0.0 for row in self.history for time in row[2:]))

    def frame(self) -> dict[str, Any]:
        """Return what the map shows now; see `sim.app.frame.frame`."""
        return {
            **frame(self.model),
            "run": self.number,
            "number": self.frames,
            "file": self.file_name(),
        }

    def file_name(self) -> str:
        """Return the name of a file of the run so far, without its ending."""
        return self.making.file_name(self.model.hours)
