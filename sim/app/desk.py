"""What one tab of the page shows, without its looks: a scenario, changed values, and a run."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sim.app.levers import levers
from sim.app.naming import Making
from sim.app.part import Conditions, part_text, read_part, with_choice
from sim.app.results import Results
from sim.app.scenarios import find_scenarios, load_scenario
from sim.app.watch import SPEEDS_MIN, Watch
from sim.errors import InputError
from sim.results.outcome import checked_seed
from sim.scenario import Scenario

NOTHING_PICKED = -1


@dataclass(frozen=True)
class Choice:
    """A scenario that a tab offers.

    Attributes
    ----------
    source
        A file, a scenario, or None for the built-in one.
    file_name
        What files call it.
    levels
        What it differs by from the scenario of its sweep.
    seed
        Seed of the run it stands for; None where it stands for any.
    """

    source: Path | Scenario | None
    file_name: str
    levels: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None


class Desk:
    """What one tab shows: its scenario, the values changed in it, and its run.

    All that the tab shows and saves is read from here, so it is always of the run on display. A run
    replaces the former one only when it could be made, so a refused value leaves no trace but its
    message. Values may be kept: a second run with them then goes along, on the same seed, so that
    both meet the same violations, weather and delays.

    Parameters
    ----------
    chosen
        Scenario file to begin with; None for the first of the library.
    results
        Directory of a sweep whose runs can be watched; None for none.
    """

    def __init__(self, chosen: Path | None, results: Path | None = None) -> None:
        found = find_scenarios(chosen)
        self.scenarios = {name: Choice(source, name) for name, source in found.items()}
        self.results = None if results is None else Results(results)
        self.name = next(iter(self.scenarios))
        self.seed, self.error = 1, ""
        self.runs = self.plays = self.playing = 0
        self.speed, self.picked = SPEEDS_MIN[1], NOTHING_PICKED
        self.part: Conditions = ()
        self.part_error = ""
        self.kept: dict[str, Any] | None = None
        self.kept_watch: Watch | None = None
        self._start(self.name, {}, self.seed)

    def _start(self, name: str, values: dict[str, Any], seed: int) -> None:
        base = load_scenario(self.scenarios[name].source)
        kept = self.kept if self._stays(name) else None
        watch = self._watch(base, name, values, seed)
        other = None if kept is None else self._watch(base, name, kept, seed)
        self.kept, self.kept_watch = kept, other
        self.runs += 1
        self.name, self.base, self.values, self.seed = name, base, values, seed
        self.watch, self.error = watch, ""
        self.playing, self.picked = 0, NOTHING_PICKED
        text, self.part = part_text(self.part), ()
        self.set_part(text)  # another scenario may lack it

    def _stays(self, name: str) -> bool:
        """Tell whether a choice has the scenario on display, for any seed."""
        return self.scenarios[name].source is self.scenarios[self.name].source

    def _watch(self, base: Scenario, name: str, values: dict[str, Any], seed: int) -> Watch:
        choice = self.scenarios[name]
        making = Making(choice.file_name, {**choice.levels, **values}, seed)
        scenario = base.with_values(values) if values else base
        source = base if choice.source is None else choice.source
        return Watch(scenario, seed, self.runs + 1, making, source, values)

    def _try(self, name: str, values: dict[str, Any], seed: int) -> None:
        try:
            self._start(name, values, seed)
        except InputError as error:
            self.error = str(error)

    def choose(self, name: str) -> None:
        """Switch to another scenario, with the values of its file; to a run of a sweep, as it was.

        Parameters
        ----------
        name
            One of `scenarios`.
        """
        own = self.scenarios[name].seed
        self._try(name, {}, self.seed if own is None else own)

    def watch_run(self, point: int, replication: int) -> None:
        """Watch a run of the sweep: the scenario of its point, and its seed."""
        if self.results is None:
            return
        whole = f"point {point}"
        if whole not in self.scenarios:
            scenario = self.results.scenario(point)
            called = f"{self.results.directory.resolve().name}_point_{point}"
            self.scenarios[whole] = Choice(scenario, called, self.results.points[point].levels)
        of_point = self.scenarios[whole]
        seed = self.results.seed(point, replication)
        name = f"{whole}, replication {replication}"
        self.scenarios[name] = Choice(of_point.source, of_point.file_name, of_point.levels, seed)
        self.choose(name)

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

    def play(self, on: bool) -> None:
        """Let the run go on by itself, or halt it; `playing` is the number of this play, or 0."""
        self.plays += 1
        self.playing = self.plays if on and self.watch.model.running else 0

    def set_speed(self, minutes: int) -> None:
        """Set the time for each frame (min)."""
        self.speed = minutes

    def pick(self, row: int) -> None:
        """Tell the story of a violation; of none where there is no such violation yet."""
        begun = self.watch.model.world.past_candidates
        self.picked = row if 0 <= row < begun else NOTHING_PICKED

    def set_part(self, text: str) -> None:
        """Take measures of part of the violations too; say why if there is no such part.

        Parameters
        ----------
        text
            Conditions such as `kind=artillery,severity>=4`; nothing for no part.
        """
        try:
            self.part, self.part_error = read_part(text, self.watch.model.scenario), ""
        except InputError as error:
            self.part_error = str(error)

    def choose_part(self, key: str, conditions: str) -> None:
        """Choose the part anew by one property, such as its kind; by what else, stays."""
        self.set_part(with_choice(self.part, key, conditions))

    def next_frame(self, run: int, number: int) -> bool:
        """Go on by one frame if a frame is the one on display and the run is playing.

        What is asked for twice, or after a frame or run that is gone, has been answered.

        Parameters
        ----------
        run, number
            The frame after which the next one is asked for.

        Returns
        -------
        bool
            Whether anything has changed.
        """
        due = self.playing > 0 and (run, number) == (self.watch.number, self.watch.frames)
        if due:
            self.advance(self.speed)
        return due

    def advance(self, minutes: int) -> None:
        """Go on by one frame (min), the run beside it too; at the end, halt."""
        self.watch.advance(minutes)
        if self.kept_watch is not None:
            self.kept_watch.advance(minutes)
        if not self.watch.model.running:
            self.playing = 0

    def set_seed(self, text: str) -> None:
        """Begin a run with another seed; say why if it cannot be one."""
        try:
            seed = checked_seed(_whole(text))
        except InputError as error:
            self.error = str(error)
        else:
            own = self.scenarios[self.name].seed
            # a run of a sweep with another seed is no longer that run
            other = own is not None and own != seed
            self._try(self.name.split(",")[0] if other else self.name, self.values, seed)

    def set_value(self, key: str, value: float | bool | None) -> None:
        """Begin a run with a changed value of the scenario; none is refused."""
        if value is None:
            self.error = f"{key}: must be a number"
            return
        whole = isinstance(value, float) and value.is_integer()
        values = {**self.values, key: int(value) if whole else value}
        own = {one.key: one.value for one in levers(self.base)}
        self._try(
            self.name,
            {key: value for key, value in values.items() if key not in own or value != own[key]},
            self.seed,
        )

    def levers(self) -> list[dict[str, Any]]:
        """Return the levers with the value of the file and the value now."""
        return [
            {**asdict(one), "now": self.values.get(one.key, one.value)} for one in levers(self.base)
        ]


def _whole(text: str) -> int | str:
    """Return a text as a whole number where it is one."""
    try:
        return int(text)
    except ValueError:
        return text
