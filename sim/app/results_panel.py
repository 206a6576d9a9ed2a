"""The panel of a finished sweep: response surface, least forces, and a run to watch."""

from collections.abc import Callable

import solara

from sim.app.results import Results
from sim.output.labels import capital, is_duration, is_share, measure_label
from sim.results.measures import measure_of

MOST_LISTED = 8


@solara.component
def ResultsPanel(  # noqa: N802
    results: Results, on_watch: Callable[[int, int], None]
) -> None:
    """Show the response surface of a sweep, and let the user choose one of its runs."""
    by_label = {measure_label(name): name for name in results.measures}
    label, asked = solara.use_reactive(next(iter(by_label))), solara.use_reactive("")
    point, run = solara.use_reactive(0), solara.use_reactive(0)
    measure, fault = results.part_of(by_label[label.value], asked.value)
    figure = solara.use_memo(lambda: results.figure(measure), [measure])
    with solara.Div(classes=["ceasefire-results"]):
        solara.FigureMatplotlib(figure, dependencies=[measure])
        with solara.Div():
            solara.Select("Measure", list(by_label), value=label)
            solara.InputText("Part, such as kind=shelling", value=asked)
            if fault:
                solara.Error(fault, dense=True)
            Frontier(results, measure, point.set).key(measure)
            _choice(results, point, run, on_watch)


def _choice(
    results: Results,
    point: solara.Reactive[int],
    run: solara.Reactive[int],
    on_watch: Callable[[int, int], None],
) -> None:
    """Offer the runs of the sweep."""
    words = [f"{number}: {results.words(number)}" for number in range(len(results.points))]
    last = results.design.replications - 1
    number = min(run.value, last)
    solara.Select(
        "Design point", words, value=words[point.value],
        on_value=lambda chosen: point.set(words.index(chosen)),
    )  # fmt: skip
    if last > 0:  # a slider has two ends
        solara.SliderInt(f"Replication {number}", value=run, min=0, max=last)
    solara.Button(
        "Watch this run",
        on_click=lambda: on_watch(point.value, number),
    )


@solara.component
def Frontier(  # noqa: N802
    results: Results, measure: str, on_point: Callable[[int], None]
) -> None:
    """List the least forces whose mean of a measure is good enough."""
    target = solara.use_reactive(results.middle(measure))
    found = results.frontier(measure, target.value)
    side = "at most" if is_duration(measure) else "at least"
    unit = "" if is_share(measure) else f" ({measure_of(measure).unit})"
    solara.InputFloat(f"Least forces for {side}{unit}", value=target)
    if not found:
        solara.Text("No force of the sweep does.")
    for point in found[:MOST_LISTED]:
        solara.Button(
            f"{capital(results.words(point))}: {results.said(measure, point)}",
            text=True, small=True, classes=["ceasefire-least"],
            on_click=lambda point=point: on_point(point),
        )  # fmt: skip
    if len(found) > MOST_LISTED:
        solara.Text(f"and {len(found) - MOST_LISTED} more")
