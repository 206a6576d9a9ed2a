"""What one tab of the page shows, without its looks: a scenario, changed values, and a run."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.app.levers import levers
from sim.app.results import Results
from sim.app.scenarios import find_scenarios, load_scenario
from sim.app.watch import Watch
from sim.errors import InputError
from sim.outcome import checked_seed
from sim.scenario import Scenario


class Desk:
    """What one tab shows: its scenario, the values changed in it, and its run.

    A run replaces the former one only when it could be made, so a refused value leaves no trace but
    its message. Values may be kept: a second run with them then goes along, on the same seed, so
    that both meet the same violations, weather and delays.

    Parameters
    ----------
    chosen
        Scenario file to begin with; None for the first of the library.
    results
        Directory of a sweep whose runs can be watched; None for none.
    """

    def __init__(self, chosen: Path | None, results: Path | None = None) -> None:
        self.scenarios: dict[str, Path | Scenario | None] = {**find_scenarios(chosen)}
        self.results = None if results is None else Results(results)
        self.name = next(iter(self.scenarios))
        self.seed, self.error = 1, ""
        self.runs = 0
        self.kept: dict[str, Any] | None = None
        self.kept_watch: Watch | None = None
        self._start(self.name, {}, self.seed)

    def _start(self, name: str, values: dict[str, Any], seed: int) -> None:
        base = load_scenario(self.scenarios[name])
        kept = self.kept if name == self.name else None
        watch = Watch(base.with_values(values) if values else base, seed, self.runs + 1)
        other = None if kept is None else Watch(base.with_values(kept), seed, self.runs + 1)
        self.kept, self.kept_watch = kept, other
        self.runs += 1
        self.name, self.base, self.values, self.seed = name, base, values, seed
        self.watch, self.error = watch, ""

    def _try(self, name: str, values: dict[str, Any], seed: int) -> None:
        try:
            self._start(name, values, seed)
        except InputError as error:
            self.error = str(error)

    def choose(self, name: str) -> None:
        """Switch to another scenario, with the values of its file."""
        self._try(name, {}, self.seed)

    def watch_run(self, point: int, replication: int) -> None:
        """Watch a run of the sweep: the scenario of its point, and its seed."""
        if self.results is None:
            return
        name = f"point {point}, replication {replication}"
        self.scenarios[name] = self.results.scenario(point)
        self._try(name, {}, self.results.seed(point, replication))

    def reset(self) -> None:
        """Begin the run anew, with the values on the page."""
        self._try(self.name, self.values, self.seed)

    def keep(self) -> None:
        """Keep the values on the page: begin anew, with a run of them beside the other."""
        self.kept = dict(self.values)
        self.reset()

    def drop(self) -> None:
        """Forget the values that were kept."""
        self.kept = self.kept_watch = None

    def advance(self, minutes: int) -> None:
        """Go on by one frame (min), the run beside it too."""
        self.watch.advance(minutes)
        if self.kept_watch is not None:
            self.kept_watch.advance(minutes)

    def set_seed(self, text: str) -> None:
        """Begin a run with another seed; say why if it cannot be one."""
        try:
            seed = checked_seed(int(text) if str(text).lstrip("-").isdigit() else text)
        except InputError as error:
            self.error = str(error)
        else:
            self._try(self.name, self.values, seed)

    def set_value(self, key: str, value: float | bool | None) -> None:
        """Begin a run with a changed value of the scenario; none is refused."""
        if value is None:
            self.error = f"{key}: must be a number"
            return
        whole = isinstance(value, float) and value.is_integer()
        self._try(self.name, {**self.values, key: int(value) if whole else value}, self.seed)

    def levers(self) -> list[dict[str, Any]]:
        """Return the levers with the value of the file and the value now."""
        return [
            {**asdict(one), "now": self.values.get(one.key, one.value)} for one in levers(self.base)
        ]
