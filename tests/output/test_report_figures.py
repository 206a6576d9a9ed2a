"""Figures and tables: what they show, on runs and sweeps of every kind."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console

from sim import Scenario, simulate
from sim.output import (
    draw_curves,
    draw_heat_map,
    draw_response_times,
    draw_run_map,
    draw_sweep_figures,
    save_figure,
    summary_table,
    sweep_csv,
    sweep_markdown,
    sweep_table,
    write_sweep_tables,
)
from sim.output.figures.along import STATUSES, count_along, status_codes
from sim.output.figures.ground import Sheet
from sim.output.labels import counted, factor_label, measure_label, value_label
from sim.results.measures import MEASURES
from sim.results.outcome import Outcome

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 20})
    return simulate(scenario, seed=3)


def grid(first: int = 3, second: int = 4) -> pd.DataFrame:
    rows = [
        {"monitors.male.count": 10 * a, "support.france.count": 5 * b, "runs": 20}
        for a in range(1, first + 1)
        for b in range(1, second + 1)
    ]
    table = pd.DataFrame(rows)
    for name in ("detection_rate", "response_time_p90_min"):
        mean = np.linspace(0.2, 0.8, len(table)) * (1.0 if name == "detection_rate" else 100.0)
        table[f"{name}_mean"] = mean
        table[f"{name}_low"], table[f"{name}_high"] = 0.95 * mean, 1.05 * mean
    return table


def texts(figure: Figure) -> str:
    """Return all text of a figure, in one string."""
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def sentences(figure: Figure) -> str:
    """Return all text of a figure as if no line were broken."""
    return " ".join(texts(figure).split())


def test_map_names_what_it_shows(outcome: Outcome) -> None:
    """Catches a map without title, seed, number of violations, scale or attribution."""
    shown = texts(draw_run_map(outcome))
    assert outcome.scenario.title in shown
    assert "seed 3" in shown
    assert f"{len(outcome.violations):,} violations" in shown
    assert "GeoNames" in shown
    assert " km" in shown


def test_map_of_a_straight_line_and_of_nothing() -> None:
    """Catches a map that fails where there is no base map, no violation, no drone or no unit."""
    scenario = Scenario.load(CONFIGS / "straight.toml").with_values({"run.duration_days": 2})
    draw_run_map(simulate(scenario, seed=1))
    empty = scenario.with_values({"violations.rate_per_day": 0})
    draw_run_map(simulate(empty, seed=1))
    draw_response_times(simulate(empty, seed=1))
    nobody = {f"monitors.{name}": False for name in scenario.monitors}
    nobody |= {f"support.{name}": False for name in scenario.support}
    bare = simulate(scenario.with_values(nobody), seed=1)
    assert "no call" in texts(draw_response_times(bare))
    draw_run_map(bare)


def test_response_figure_agrees_with_the_measures(outcome: Outcome) -> None:
    """Catches a curve whose marked quantiles are not those of the summary."""
    shown = texts(draw_response_times(outcome))
    median = outcome.measures["response_time_p50_min"]
    assert f"median {median:.1f} min" in shown or f"median {median / 60:.1f} h" in shown
    rows = outcome.violations.dropna(subset="reported_h")
    within = rows["response_time_min"] <= outcome.scenario.measures.standard_min
    assert f"{100 * within.mean():.0f} % of reports\nanswered" in shown


def test_domains_are_told_apart() -> None:
    """Catches one curve over land, air and sea, and rows that pool them."""
    onset_h = np.arange(30.0, 60.0)
    calls = pd.DataFrame({"domain": ["land", "air", "sea"] * 10, "onset_h": onset_h})
    calls = calls.assign(status=["answered"] * 27 + ["lost"] * 3, severity=3)
    for hours, name in enumerate(("reported_h", "called_h", "dispatched_h", "arrived_h"), start=1):
        calls[name] = onset_h + hours
    calls["response_time_min"] = 180.0
    scenario = Scenario.load(CONFIGS / "baseline.toml")
    found: Any = SimpleNamespace(
        violations=calls, scenario=scenario, world=SimpleNamespace(now=960.0), seed=1, measures={}
    )
    figure = draw_response_times(found)
    rows = [text.get_text().partition(" (n")[0] for text in figure.axes[1].get_yticklabels()]
    assert rows == ["on land", "in the air", "at sea"]
    assert figure.axes[1].get_xlabel() == "Hours"
    legend = figure.axes[0].get_legend()
    assert legend is not None
    curves = [text.get_text() for text in legend.get_texts()]
    assert curves[:3] == [f"{row} (n = 10)" for row in rows]
    assert curves[3] == "standard 2.0 h"


def test_cells_that_read_the_same_look_the_same() -> None:
    """Catches a bar from 18.04 to 18.08 h where the cells read 18.0 and 18.1."""
    table = grid(2, 2)
    name = "response_time_p90_min"
    table[f"{name}_mean"] = 60.0 * np.linspace(18.04, 18.08, 4)
    image = draw_heat_map(table, "monitors.male.count", "support.france.count", name).axes[0]
    low, high = image.images[0].get_clim()
    assert high - low == pytest.approx(60.0)
    assert low < 60.0 * 18.04 < 60.0 * 18.08 < high


def test_lost_calls_hold_the_curve_down() -> None:
    """Catches a curve that leaves out the calls that found no unit."""
    scenario = Scenario.load(CONFIGS / "straight.toml").with_values(
        {"run.duration_days": 20, "dispatch.waiting_room": False, "support.units.count": 6}
    )
    lossy = simulate(scenario, seed=1)
    curve = draw_response_times(lossy).axes[0].lines[0]
    top = float(np.asarray(curve.get_ydata())[-1])
    answered_or_open = 1.0 - lossy.measures["lost_share"]
    assert 0.0 < top < 0.5
    assert top == pytest.approx(answered_or_open, abs=0.02)


def test_figures_are_the_same_file_each_time(outcome: Outcome, tmp_path: Path) -> None:
    """Catches dates or random identifiers in the vector files."""
    for name in ("one", "two"):
        save_figure(draw_response_times(outcome), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").stat().st_size > 10_000


def test_sweep_figures_for_two_factors(tmp_path: Path) -> None:
    """Catches missing figures, or files without an ending."""
    written = draw_sweep_figures(
        grid(), ["monitors.male.count", "support.france.count"], tmp_path, ["detection_rate"]
    )
    assert {path.name for path in written} == {
        f"detection_rate_{part}.{ending}"
        for part in ("by_monitors_male_count", "by_support_france_count", "map")
        for ending in ("png", "svg")
    }
    assert all(path.exists() for path in written)


def test_sweep_figures_for_one_factor_and_three(tmp_path: Path) -> None:
    """Catches a sweep over one factor or over three that cannot be drawn."""
    one = grid(4, 1)
    factors = ["monitors.male.count", "support.france.count"]
    written = draw_sweep_figures(one, factors, tmp_path, ["detection_rate"])
    assert {path.stem for path in written} == {"detection_rate"}
    three = pd.concat([grid().assign(third=value) for value in (1, 2, 3)])
    assert draw_sweep_figures(three, [*factors, "third"], tmp_path, ["detection_rate"])


def test_coinciding_curves_are_drawn_once() -> None:
    """Catches several curves on top of each other that look like one with a wrong legend."""
    table = grid()
    by_first = table.groupby("monitors.male.count")["detection_rate_mean"].transform("first")
    table["detection_rate_mean"] = by_first
    figure = draw_curves(table, "monitors.male.count", "detection_rate", "support.france.count")
    assert len(figure.axes[0].lines) == 1
    assert "The same for every value of France support units (count)" in sentences(figure)


def test_heat_map_writes_each_mean() -> None:
    """Catches cells that are transposed or flipped against their axes."""
    table = grid(2, 2)
    figure = draw_heat_map(
        table, "monitors.male.count", "support.france.count", "response_time_p90_min"
    )
    cells = {artist.get_position(): artist.get_text() for artist in figure.axes[0].texts}
    row = table[(table["monitors.male.count"] == 20) & (table["support.france.count"] == 5)]
    expected = f"{float(row['response_time_p90_min_mean'].iloc[0]):.1f}"
    assert cells[(1, 0.12)] == expected


def test_undefined_measures_are_shown_as_such() -> None:
    """Catches a figure that fails, or shows a zero, where a measure is undefined."""
    table = grid()
    for part in ("mean", "low", "high"):
        table[f"detection_rate_{part}"] = np.nan
    factors = ("monitors.male.count", "support.france.count")
    assert "-" in texts(draw_heat_map(table, *factors, "detection_rate"))
    assert "undefined" in texts(draw_curves(table, factors[0], "detection_rate", factors[1]))


def test_named_levels_can_be_drawn() -> None:
    """Catches a factor of names, such as the patrol, that an axis can not take."""
    table = grid(2, 1).assign(patrol=["shuttle", "static"])
    draw_curves(table, "patrol", "detection_rate")
    draw_heat_map(table, "patrol", "support.france.count", "detection_rate")


def render(table: object) -> str:
    console = Console(width=140, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_summary_table_has_every_measure(outcome: Outcome) -> None:
    """Catches a measure that is computed but never shown."""
    shown = render(summary_table(outcome.measures))
    for measure in MEASURES.values():
        assert measure.label in shown


def test_summary_table_explains_what_is_undefined() -> None:
    """Catches `nan` on the screen."""
    shown = render(summary_table(dict.fromkeys(MEASURES, float("nan"))))
    assert "nan" not in shown.split()
    assert "undefined" in shown


def test_sweep_table_shows_intervals() -> None:
    """Catches a table without intervals or with seventeen digits."""
    shown = render(sweep_table(grid(1, 1), ["monitors.male.count", "support.france.count"]))
    assert "0.200 [0.190, 0.210]" in shown


def test_labels_of_factors() -> None:
    """Catches keys shown raw in figures, and units that are lost on the way."""
    assert factor_label("monitors.male.count") == "MALE drones (count)"
    assert factor_label("monitors.masts.count") == "Masts monitors (count)"
    assert factor_label("support.united_kingdom.count") == "United Kingdom support units (count)"
    assert factor_label("support.france.readiness_min") == "France support units: readiness (min)"
    assert factor_label("platforms.male.endurance_h") == "Platforms: MALE: endurance (h)"
    assert factor_label("violations.rate_per_day") == "Violations: rate (a day)"
    assert factor_label("third") == "Third"
    assert measure_label("response_time_p90_min") == "Response time, 90 % (min)"
    assert measure_label("detection_rate") == "Detection rate"


def test_values_and_numbers_in_words() -> None:
    """Catches `True` shown as 1, seventeen digits, endless lists and `1 violations`."""
    assert value_label(True) == "on"
    assert value_label(np.False_) == "off"
    assert value_label(0.1 + 0.2) == "0.3"
    assert value_label(12000) == "12,000"
    assert len(value_label("[" + "1, " * 40 + "]")) <= 28
    assert counted(1, "violation") == "1 violation"
    assert counted(2000, "violation") == "2,000 violations"


def test_statuses_of_the_map_agree_with_the_measures(outcome: Outcome) -> None:
    """Catches violations that are lost or counted twice between the map and the summary."""
    along = count_along(outcome)
    live = int((status_codes(outcome.violations) < 0).sum())
    assert int(along.total.sum()) + live == outcome.measures["n_violations"]
    detected = along.counts[1:].sum() / along.total.sum()
    assert detected == pytest.approx(outcome.measures["detection_rate"])
    assert len(along.counts) == len(STATUSES)
    assert along.edges[-1] == pytest.approx(outcome.line.length_km)
    assert np.all(np.diff(along.edges) > 0.0)


def test_warm_up_is_not_on_the_map() -> None:
    """Catches a map that shows what the measures leave out."""
    scenario = Scenario.load(CONFIGS / "straight.toml")
    late = simulate(scenario.with_values({"run.duration_days": 4, "run.warmup_days": 2}), seed=1)
    assert int(count_along(late).total.sum()) < len(late.violations)
    assert f"n = {int(late.measures['n_violations']):,} violations" in texts(draw_run_map(late))


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of words of the first panel that lie on top of each other."""
    figure.draw_without_rendering()
    words = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in words]
    return [
        (words[a].get_text(), words[b].get_text())
        for a in range(len(words))
        for b in range(a)
        if boxes[a].overlaps(boxes[b])
    ]


def test_a_run_that_ends_early_says_so() -> None:
    """Catches a caption that gives the planned length of a run that a renewed attack ended."""
    values = {"run.duration_days": 60, "escalation.enabled": True, "escalation.start": "collapsing"}
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values(
        {**values, "escalation.collapsing.worsen_per_day": 0.5}
    )
    outcome = simulate(scenario, seed=1)
    end_day = outcome.measures["ceasefire_end_day"]
    assert end_day < 60.0
    assert f"ended on day {end_day:.1f} of 60," in sentences(draw_run_map(outcome))


def test_words_on_the_map_do_not_cover_each_other() -> None:
    """Catches towns, chainages or the scale written on top of one another, or cut off."""
    scenario = Scenario.load(CONFIGS / "baseline.toml").with_values({"run.duration_days": 1})
    figure = draw_run_map(simulate(scenario, seed=1))
    assert overlaps(figure) == []
    shown = texts(figure)
    for words in ("km 0", "700", "Kharkiv", "Zaporizhzhia", "N", "base: France", "Pokrovsk"):
        assert words in shown.split("\n"), words
    panel = figure.axes[0].get_window_extent()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert panel.x0 <= box.x0
        assert box.x1 <= panel.x1, text.get_text()


def test_labels_give_way_to_what_is_there() -> None:
    """Catches labels written on one another, outside of the map, or on a crowded place at all."""
    axes = Figure(figsize=(4, 4)).subplots()
    sheet = Sheet(axes, np.zeros(2), np.full(2, 200.0), km_per_pt=1.0)
    middle = np.array([100.0, 100.0])
    placed = [sheet.label(middle, "Town", 8.0) for _ in range(8)]
    assert placed[:2] == [True, True]
    assert not placed[-1]
    assert len(axes.texts) == sum(placed)
    places = {(text.get_position(), text.get_ha()) for text in axes.texts}
    assert len(places) == sum(placed)
    assert not sheet.label(np.array([300.0, 100.0]), "Far", 8.0)
    sheet.take(shapely.box(0.0, 0.0, 200.0, 200.0), 0.0)
    assert not sheet.label(np.array([50.0, 40.0]), "Late", 8.0)


def test_a_map_of_many_violations_is_quick_and_its_vector_file_small(tmp_path: Path) -> None:
    """Catches a figure that draws each violation as an object of its own."""
    scenario = Scenario.load(CONFIGS / "straight.toml").with_values(
        {"violations.rate_per_day": 230, "violations.kinds.incident.offset_sd_km": 3}
    )
    many = simulate(scenario, seed=1)
    assert len(many.violations) > 20_000
    figure = draw_run_map(many)
    save_figure(figure, tmp_path / "map")
    assert sum(len(found.get_offsets()) for found in figure.axes[0].collections) > 20_000
    assert (tmp_path / "map.svg").stat().st_size < 1_000_000


def test_contours_need_a_grid_that_varies() -> None:
    """Catches lines of equal value through two cells, or a failure on a constant measure."""
    factors = ("monitors.male.count", "support.france.count")
    assert "lines of equal value" in sentences(
        draw_heat_map(grid(3, 4), *factors, "detection_rate")
    )
    assert "equal value" not in sentences(draw_heat_map(grid(2, 2), *factors, "detection_rate"))
    flat = grid(3, 3).assign(detection_rate_mean=0.5)
    assert "equal value" not in sentences(draw_heat_map(flat, *factors, "detection_rate"))


def test_switches_can_be_factors(tmp_path: Path) -> None:
    """Catches a factor of on and off that is drawn, or refused, as a number."""
    table = grid(2, 1).assign(switch=[True, False])
    written = draw_sweep_figures(table, ["switch"], tmp_path, ["detection_rate"])
    assert written
    axes = draw_curves(table, "switch", "detection_rate").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["on", "off"]


def test_one_run_a_point_has_no_band() -> None:
    """Catches a caption that promises an interval which one run cannot give."""
    table = grid(3, 1).assign(detection_rate_low=np.nan, detection_rate_high=np.nan, runs=1)
    shown = texts(draw_curves(table, "monitors.male.count", "detection_rate"))
    assert "1 run a point" in shown
    assert "an interval takes two runs or more" in shown


def test_many_curves_are_thinned_and_said_so() -> None:
    """Catches a legend of a dozen colours that nobody can tell apart."""
    figure = draw_curves(
        grid(3, 12), "monitors.male.count", "response_time_p90_min", "support.france.count"
    )
    assert len(figure.axes[0].lines) == 8
    assert "8 of 12 values" in texts(figure)


def test_table_files_agree_with_the_summary(tmp_path: Path) -> None:
    """Catches tables with other numbers than the summary, or files that are not written whole."""
    table, factors = grid(2, 2), ["monitors.male.count", "support.france.count"]
    table.loc[0, [f"response_time_p90_min_{part}" for part in ("mean", "low", "high")]] = np.nan
    shown = ("detection_rate", "response_time_p90_min")
    written = write_sweep_tables(table, factors, tmp_path / "summary_table", shown)
    assert [path.name for path in written] == ["summary_table.md", "summary_table.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in written}
    read = pd.read_csv(written[1])
    assert np.allclose(read["detection_rate_mean"], table["detection_rate_mean"], atol=1e-4)
    assert np.isnan(read["response_time_p90_min_mean"][0])
    assert written[0].read_text(encoding="utf-8") == sweep_markdown(table, factors, shown)
    assert written[1].read_text(encoding="utf-8") == sweep_csv(table, factors, shown)


def test_markdown_holds_names_with_bars_and_notes() -> None:
    """Catches a value with a bar that breaks its row, and an unexplained dash."""
    table = grid(1, 1).assign(patrol="shuttle|static", response_time_p90_min_mean=np.nan)
    shown = sweep_markdown(table, ["patrol"], ["response_time_p90_min"])
    assert "shuttle\\|static" in shown
    assert "- undefined" in shown
    assert "nan" not in shown.split()


def test_screen_table_takes_brackets_for_words() -> None:
    """Catches a value such as `[red]` that the screen takes for a colour."""
    assert "[red]" in render(sweep_table(grid(1, 1).assign(name="[red]"), ["name"]))
