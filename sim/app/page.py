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

from sim.app.desk import NOTHING_PICKED, Desk
from sim.app.export import FORMS, saved_file
from sim.app.figures import Figures, clock_text, compared, latest, said, story
from sim.app.headline import part_rows
from sim.app.levers import GROUPS
from sim.app.part import choices, part_text
from sim.app.results import RESULTS_VARIABLE
from sim.app.results_panel import ResultsPanel
from sim.app.scenarios import SCENARIO_VARIABLE
from sim.app.watch import SPEEDS_MIN, Watch

KEPT, NOW = "kept", "now"
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
    playing: int,
    picked: int,
    event_next: Callable[[dict[str, int]], None],
    event_pick: Callable[[int], None],
) -> None:
    """Draw a run on a canvas; while playing, asks for the next frame when it has painted one.

    Texts, because Solara searches each number of a list for components, several times a frame.
    """


@solara.component_vue("controls.vue")
def Controls(  # noqa: N802
    scenarios: list[str],
    scenario: str,
    title: str,
    playing: bool,
    done: bool,
    speed: int,
    speeds: list[int],
    seed: str,
    error: str,
    groups: list[str],
    levers: list[dict[str, Any]],
    answer: int,
    event_scenario_chosen: Callable[[str], None],
    event_play: Callable[[bool], None],
    event_step: Callable[[Any], None],
    event_reset: Callable[[Any], None],
    event_speed_chosen: Callable[[int], None],
    event_seed_chosen: Callable[[str], None],
    event_lever_set: Callable[[dict[str, Any]], None],
) -> None:
    """Show the controls; the seed as text, as a browser has no whole numbers above 2**53."""


@solara.component_vue("dashboard.vue")
def Dashboard(  # noqa: N802
    clock: str,
    done: bool,
    counts: dict[str, Any],
    said: dict[str, Any],
    history: list[Any],
    response_unit: list[Any],
    length_km: float,
    log: list[dict[str, Any]],
    picked: int,
    story: list[Any],
    event_pick: Callable[[int], None],
) -> None:
    """Show the figures of a run so far."""


@solara.component_vue("part.vue")
def Part(  # noqa: N802
    choices: list[dict[str, Any]],
    part: str,
    error: str,
    rows: list[list[str]],
    answer: int,
    event_part_set: Callable[[str], None],
    event_chosen: Callable[[list[str]], None],
) -> None:
    """Show the headline measures of part of the violations, and let the user choose it."""


@solara.component_vue("downloads.vue")
def Downloads(  # noqa: N802
    runs: list[list[str]],
    forms: list[list[str]],
    files: list[dict[str, Any]],
    event_save: Callable[[list[str]], None],
    event_taken: Callable[[int], None],
) -> None:
    """Offer the runs on display as files, and hand over those that are made."""


@solara.component
def Page() -> None:  # noqa: N802
    """Show the page."""
    chosen = os.environ.get(SCENARIO_VARIABLE)
    results = os.environ.get(RESULTS_VARIABLE)
    desk = solara.use_memo(
        lambda: Desk(Path(chosen) if chosen else None, Path(results) if results else None), []
    )
    shown, answers = solara.use_reactive(0), solara.use_reactive(0)

    def then(change: Callable[..., None], *words: Any) -> None:
        change(*words)
        # a refusal may change nothing else, but the controls have to show again what is so
        answers.value += 1

    def next_frame(last: dict[str, int]) -> None:
        if desk.next_frame(last["run"], last["number"]):
            shown.value += 1

    shown.get()
    solara.Title("Ceasefire monitoring")
    solara.Style(CSS)
    _bar(desk, then)
    with solara.Div(classes=["ceasefire-page"]):
        with solara.Div():
            _controls(desk, answers.value, then)
        with solara.Div(classes=["ceasefire-two"] if desk.kept_watch or desk.results else []):
            if desk.results is not None:
                ResultsPanel(desk.results, lambda point, run: then(desk.watch_run, point, run))
            if desk.kept_watch is not None:
                _map(desk.kept_watch).key("kept")
            _map(
                desk.watch, desk.playing, desk.picked, next_frame, lambda row: then(desk.pick, row)
            ).key("now")
        _figures(desk, answers.value, then)


def _controls(desk: Desk, answer: int, then: Callable[..., None]) -> None:
    """Put the controls on the left; every number of an answer makes them show what is so."""
    model = desk.watch.model
    Controls(
        scenarios=list(desk.scenarios),
        scenario=desk.name,
        title=model.plan.scenario.title,
        playing=desk.playing > 0,
        done=not model.running,
        speed=desk.speed,
        speeds=list(SPEEDS_MIN),
        seed=str(desk.seed),
        error=desk.error,
        groups=list(GROUPS),
        levers=desk.levers(),
        answer=answer,
        event_scenario_chosen=lambda name: then(desk.choose, name),
        event_play=lambda on: then(desk.play, on),
        event_step=lambda _=None: then(lambda: desk.advance(desk.speed)),
        event_reset=lambda _=None: then(desk.reset),
        event_speed_chosen=lambda minutes: then(desk.set_speed, minutes),
        event_seed_chosen=lambda text: then(desk.set_seed, text),
        event_lever_set=lambda one: then(desk.set_value, one["key"], one["value"]),
    )


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


def _figures(desk: Desk, answer: int, then: Callable[..., None]) -> None:
    """Put the figures of the run, and of the one beside it, on the right."""
    watch, model, picked = desk.watch, desk.watch.model, desk.picked
    scale = watch.response_scale()
    with solara.Div():
        if desk.kept_watch is not None:
            solara.HTML(unsafe_innerHTML=compared(_counted(desk.kept_watch), _counted(watch)))
        Dashboard(
            clock=clock_text(model.hours),
            done=not model.running,
            counts=watch.counts,
            said=said(*_counted(watch), model.scenario.measures.follow_up_h),
            history=watch.history,
            response_unit=[scale.size, scale.unit],
            length_km=model.plan.line.length_km,
            log=latest(model),
            picked=picked,
            story=story(model, picked) if picked >= 0 else [],
            event_pick=lambda row: then(desk.pick, row),
        )
        Part(
            choices=choices(model.scenario),
            part=part_text(desk.part),
            error=desk.part_error,
            rows=part_rows(model, desk.part) if desk.part else [],
            answer=answer,
            event_part_set=lambda text: then(desk.set_part, text),
            event_chosen=lambda words: then(desk.choose_part, *words),
        )
        _Saving(desk, desk.kept_watch is not None)


def _counted(watch: Watch) -> Figures:
    return watch.counts, watch.help


def _map(
    watch: Watch,
    playing: int = 0,
    picked: int = NOTHING_PICKED,
    on_next: Callable[[dict[str, int]], None] = lambda _last: None,
    on_pick: Callable[[int], None] = lambda _row: None,
) -> solara.Element:
    """Put a map on the page; one that only goes along asks for nothing."""
    return Map(
        ground_json=watch.ground_json,
        frame_json=json.dumps(watch.frame()),
        playing=playing,
        picked=picked,
        event_next=on_next,
        event_pick=on_pick,
    )


@solara.component
def _Saving(desk: Desk, compares: bool) -> None:  # noqa: N802
    """Offer the runs so far as files; which run that is, is asked when a file is made."""
    files: solara.Reactive[list[dict[str, Any]]] = solara.use_reactive([])
    made = solara.use_ref(0)

    def save(words: list[str]) -> None:
        run, ending = words
        watch = desk.kept_watch if run == KEPT else desk.watch
        if watch is not None:
            made.current += 1
            files.value = [*files.value, saved_file(watch, ending, made.current)]

    def forget(number: int) -> None:
        files.value = [file for file in files.value if file["number"] > number]

    Downloads(
        runs=[[KEPT, "Save the kept run (above) so far"], [NOW, "Save the run (below) so far"]]
        if compares
        else [[NOW, "Save the run so far"]],
        forms=[[ending, form.label] for ending, form in FORMS.items()],
        files=files.value,
        event_save=save,
        event_taken=forget,
    )
