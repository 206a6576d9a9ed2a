"""The page: controls, map and dashboard of a run, each tab with a run of its own.

Serve it with `ceasefire app` or ``solara run sim/app/page.py``, or display ``Page()`` in a
notebook.
"""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import solara
import solara.lab

from sim.app.figures import clock_text, latest, story
from sim.app.levers import GROUPS, levers
from sim.app.scenarios import SCENARIO_VARIABLE, find_scenarios, load_scenario
from sim.app.watch import SPEEDS_MIN, Watch
from sim.errors import InputError
from sim.outcome import checked_seed

NOTHING_PICKED = -1
CSS = """
.ceasefire-page { position: fixed; inset: 64px 0 0 0; display: grid;
  grid-template-columns: 270px minmax(0, 1fr) 330px; grid-template-rows: minmax(0, 1fr); }
.ceasefire-page > * { overflow: auto; min-height: 0; height: 100%; }
"""


@solara.component_vue("map.vue")
def Map(  # noqa: N802  # a component
    ground: dict[str, Any],
    frame: dict[str, Any],
    playing: bool,
    picked: int,
    event_next: Callable[[dict[str, int]], None],
    event_pick: Callable[[int], None],
) -> None:
    """Draw a run on a canvas; asks for the next frame when it has painted one."""


@solara.component_vue("controls.vue")
def Controls(  # noqa: N802
    scenarios: list[str],
    scenario: str,
    title: str,
    playing: bool,
    speed: int,
    speeds: list[int],
    seed: int,
    error: str,
    groups: list[str],
    levers: list[dict[str, Any]],
    event_scenario_chosen: Callable[[str], None],
    event_play: Callable[[Any], None],
    event_step: Callable[[Any], None],
    event_reset: Callable[[Any], None],
    event_speed_chosen: Callable[[int], None],
    event_seed_chosen: Callable[[str], None],
    event_lever_set: Callable[[dict[str, Any]], None],
) -> None:
    """Show the controls."""


@solara.component_vue("dashboard.vue")
def Dashboard(  # noqa: N802
    clock: str,
    done: bool,
    counts: dict[str, Any],
    history: list[Any],
    length_km: float,
    log: list[dict[str, Any]],
    picked: int,
    story: list[Any],
    event_pick: Callable[[int], None],
) -> None:
    """Show the figures of a run so far."""


class Desk:
    """What one tab shows: its scenario, the values changed in it, and its run.

    A run replaces the former one only when it could be made, so a refused value leaves no trace but
    its message.

    Parameters
    ----------
    chosen
        Scenario file to begin with; None for the first of the library.
    """

    def __init__(self, chosen: Path | None) -> None:
        self.scenarios = find_scenarios(chosen)
        self.name = next(iter(self.scenarios))
        self.seed, self.error = 1, ""
        self.runs = 0
        self._start(self.name, {}, self.seed)

    def _start(self, name: str, values: dict[str, Any], seed: int) -> None:
        base = load_scenario(self.scenarios[name])
        watch = Watch(base.with_values(values) if values else base, seed, self.runs + 1)
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

    def reset(self) -> None:
        """Begin the run anew, with the values on the page."""
        self._try(self.name, self.values, self.seed)

    def set_seed(self, text: str) -> None:
        """Begin a run with another seed; say why if it cannot be one."""
        try:
            seed = checked_seed(int(text) if str(text).lstrip("-").isdigit() else text)
        except InputError as error:
            self.error = str(error)
        else:
            self._try(self.name, self.values, seed)

    def set_value(self, key: str, value: float | bool) -> None:
        """Begin a run with a changed value of the scenario."""
        whole = isinstance(value, float) and value.is_integer()
        self._try(self.name, {**self.values, key: int(value) if whole else value}, self.seed)

    def levers(self) -> list[dict[str, Any]]:
        """Return the levers with the value of the file and the value now."""
        return [
            {**asdict(one), "now": self.values.get(one.key, one.value)} for one in levers(self.base)
        ]


@solara.component
def Page() -> None:  # noqa: N802
    """Show the page."""
    chosen = os.environ.get(SCENARIO_VARIABLE)
    desk = solara.use_memo(lambda: Desk(Path(chosen) if chosen else None), [])
    playing, speed = solara.use_reactive(False), solara.use_reactive(SPEEDS_MIN[1])
    picked, shown = solara.use_reactive(NOTHING_PICKED), solara.use_reactive(0)

    def then(change: Callable[..., None], *words: Any) -> None:
        runs = desk.runs
        change(*words)
        if desk.runs != runs:
            playing.value, picked.value = False, NOTHING_PICKED
        shown.value += 1

    def go_on() -> None:
        desk.watch.advance(speed.value)
        if not desk.watch.model.running:
            playing.value = False
        shown.value += 1

    def next_frame(last: dict[str, int]) -> None:
        # what an earlier run or frame asked for has been answered
        watch = desk.watch
        if playing.value and (last["run"], last["number"]) == (watch.number, watch.frames):
            go_on()

    shown.get()
    watch, model = desk.watch, desk.watch.model
    solara.Title("Ceasefire monitoring")
    solara.Style(CSS)
    with solara.AppBar():
        solara.FileDownload(
            lambda: model.outcome.violations.to_csv(index=False),
            filename=f"{desk.name}-seed{desk.seed}-events.csv",
            label="Events so far (CSV)",
        )
        solara.lab.ThemeToggle()
    solara.AppBarTitle("Ceasefire monitoring: what is seen, and how fast help comes")
    with solara.Div(classes=["ceasefire-page"]):
        Controls(
            scenarios=list(desk.scenarios),
            scenario=desk.name,
            title=model.plan.scenario.title,
            playing=playing.value,
            speed=speed.value,
            speeds=list(SPEEDS_MIN),
            seed=desk.seed,
            error=desk.error,
            groups=list(GROUPS),
            levers=desk.levers(),
            event_scenario_chosen=lambda name: then(desk.choose, name),
            event_play=lambda _=None: playing.set(model.running and not playing.value),
            event_step=lambda _=None: go_on(),
            event_reset=lambda _=None: then(desk.reset),
            event_speed_chosen=speed.set,
            event_seed_chosen=lambda text: then(desk.set_seed, text),
            event_lever_set=lambda one: then(desk.set_value, one["key"], one["value"]),
        )
        Map(
            ground=watch.ground,
            frame=dict(watch.frame()),
            playing=playing.value,
            picked=picked.value,
            event_next=next_frame,
            event_pick=picked.set,
        )
        Dashboard(
            clock=clock_text(model.hours),
            done=not model.running,
            counts=watch.counts,
            history=watch.history,
            length_km=model.plan.line.length_km,
            log=latest(model),
            picked=picked.value,
            story=story(model, picked.value) if picked.value >= 0 else [],
            event_pick=picked.set,
        )
