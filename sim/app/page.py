"""The page: controls, map and dashboard of a run, each tab with a run of its own.

Serve it with `ceasefire app` or ``solara run sim/app/page.py``, or display ``Page()`` in a
notebook.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara
import solara.lab

from sim.app.desk import Desk
from sim.app.export import events_csv, events_geojson, map_svg
from sim.app.figures import clock_text, compared, latest, story
from sim.app.levers import GROUPS
from sim.app.results import RESULTS_VARIABLE
from sim.app.results_panel import ResultsPanel
from sim.app.scenarios import SCENARIO_VARIABLE
from sim.app.watch import SPEEDS_MIN, Watch

NOTHING_PICKED = -1
CSS = """
.ceasefire-page { position: relative; height: 720px; width: 100%; display: grid;
  grid-template-columns: 270px minmax(0, 1fr) 330px; grid-template-rows: minmax(0, 1fr); }
/* in a page of its own, not in a cell of a notebook */
.solara-content-main .ceasefire-page { position: fixed; inset: 64px 0 0 0; height: auto; }
.ceasefire-page > * { overflow: auto; min-height: 0; height: 100%; }
.ceasefire-two { display: grid; grid-auto-rows: minmax(0, 1fr); }
.ceasefire-two > * { overflow: hidden; min-height: 0; height: 100%; }
.ceasefire-results { display: grid; grid-template-columns: minmax(0, 1fr) 300px; gap: 16px;
  padding: 8px 16px; }
.ceasefire-results img, .ceasefire-results svg { max-height: 40vh; max-width: 100%; }
.ceasefire-least { display: block; height: auto !important; white-space: normal; padding: 2px 4px;
  text-align: left; text-transform: none; }
.ceasefire-results > * { overflow: hidden auto; min-height: 0; }
@media (max-width: 1000px) {
  .ceasefire-page { display: block; overflow: auto; }
  .solara-content-main .ceasefire-page { top: 56px; }
  .ceasefire-page > * { height: auto; overflow: visible; }
  .ceasefire-page > :first-child { max-height: 45vh; overflow: auto; }
  .ceasefire-page .ceasefire-map { height: 65vh; }
  .ceasefire-results { grid-template-columns: minmax(0, 1fr); }
}
.ceasefire-page a:focus-visible, .ceasefire-page button:focus-visible, header button:focus-visible {
  outline: 2px solid #E69F00; outline-offset: 1px; }
.ceasefire-compared { width: calc(100% - 24px); margin: 8px 12px; border-collapse: collapse;
  font-size: 13px; }
.ceasefire-compared th, .ceasefire-compared td { text-align: right; padding: 2px 4px; }
.ceasefire-compared th:first-child, .ceasefire-compared td:first-child { text-align: left; }
"""


@solara.component_vue("map.vue")
def Map(  # noqa: N802  # a component
    ground_json: str,
    frame_json: str,
    playing: bool,
    picked: int,
    event_next: Callable[[dict[str, int]], None],
    event_pick: Callable[[int], None],
) -> None:
    """Draw a run on a canvas; asks for the next frame when it has painted one.

    Texts, because Solara searches each number of a list for components, several times a frame.
    """


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


@solara.component
def Page() -> None:  # noqa: N802
    """Show the page."""
    chosen = os.environ.get(SCENARIO_VARIABLE)
    results = os.environ.get(RESULTS_VARIABLE)
    desk = solara.use_memo(
        lambda: Desk(Path(chosen) if chosen else None, Path(results) if results else None), []
    )
    playing, speed = solara.use_reactive(False), solara.use_reactive(SPEEDS_MIN[1])
    picked, shown = solara.use_reactive(NOTHING_PICKED), solara.use_reactive(0)

    def then(change: Callable[..., None], *words: Any) -> None:
        runs = desk.runs
        change(*words)
        if desk.runs != runs:
            playing.value, picked.value = False, NOTHING_PICKED
        shown.value += 1

    def go_on() -> None:
        desk.advance(speed.value)
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
    _bar(desk, then)
    with solara.Div(classes=["ceasefire-page"]):
        with solara.Div():
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
        with solara.Div(classes=["ceasefire-two"] if desk.kept_watch or desk.results else []):
            if desk.results is not None:
                ResultsPanel(desk.results, lambda point, run: then(desk.watch_run, point, run))
            if desk.kept_watch is not None:
                _map(desk.kept_watch, playing.value)
            _map(watch, playing.value, picked.value, next_frame, picked.set)
        _figures(desk, picked.value, picked.set)


def _bar(desk: Desk, then: Callable[..., None]) -> None:
    """Put the bar on top of the page."""
    solara.AppBarTitle("Ceasefire monitoring: what is seen, and how fast help comes")
    with solara.AppBar():
        if desk.kept is None:
            solara.Button(
                "Keep this force and compare", text=True, on_click=lambda: then(desk.keep)
            )
        else:
            solara.Button("Stop comparing", text=True, on_click=lambda: then(desk.drop))
        solara.lab.ThemeToggle()


def _figures(desk: Desk, picked: int, on_pick: Callable[[int], None]) -> None:
    """Put the figures of the run, and of the one beside it, on the right."""
    watch, model = desk.watch, desk.watch.model
    with solara.Div():
        if desk.kept_watch is not None:
            solara.HTML(unsafe_innerHTML=compared(desk.kept_watch.counts, watch.counts))
        Dashboard(
            clock=clock_text(model.hours),
            done=not model.running,
            counts=watch.counts,
            history=watch.history,
            length_km=model.plan.line.length_km,
            log=latest(model),
            picked=picked,
            story=story(model, picked) if picked >= 0 else [],
            event_pick=on_pick,
        )
        _Downloads(desk)


def _map(
    watch: Watch,
    playing: bool,
    picked: int = NOTHING_PICKED,
    on_next: Callable[[dict[str, int]], None] = lambda _last: None,
    on_pick: Callable[[int], None] = lambda _row: None,
) -> None:
    """Put a map on the page; one that only goes along asks for nothing."""
    Map(
        ground_json=watch.ground_json,
        frame_json=json.dumps(watch.frame()),
        playing=playing,
        picked=picked,
        event_next=on_next,
        event_pick=on_pick,
    )


@solara.component
def _Downloads(desk: Desk) -> None:  # noqa: N802
    """Offer the run so far as files."""
    name, model = f"{desk.name}-seed{desk.seed}", desk.watch.model
    solara.HTML(tag="h4", unsafe_innerHTML="Save the run so far", style="margin: 12px 12px 4px")
    for ending, label, make in (
        ("events.csv", "Events (CSV)", events_csv),
        ("events.geojson", "Events (GeoJSON)", events_geojson),
        ("map.svg", "Map (SVG)", map_svg),
    ):
        with solara.FileDownload(lambda make=make: make(model), filename=f"{name}-{ending}"):
            solara.Button(label, text=True, small=True)
