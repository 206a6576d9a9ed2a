"""Figures and tables: what they show, on runs and sweeps of every kind."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from sim import Scenario, simulate
from sim.measures import MEASURES
from sim.outcome import Outcome
from sim.report import (
    draw_curves,
    draw_heat_map,
    draw_response_times,
    draw_run_map,
    draw_sweep_figures,
    save_figure,
    summary_table,
    sweep_table,
)
from sim.report.responses import survival
from sim.report.sweeps import factor_label

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
    found = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return "\n".join(artist.get_text() for artist in found)


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
    assert "no call was answered" in texts(draw_response_times(bare))
    draw_run_map(bare)


def test_response_figure_agrees_with_the_measures(outcome: Outcome) -> None:
    """Catches a curve whose marked quantiles are not those of the summary."""
    shown = texts(draw_response_times(outcome))
    assert f"median {outcome.measures['response_time_p50_min']:.0f} min" in shown
    assert f"{outcome.measures['within_standard_share']:.0%} answered" in shown


def test_survival_with_censoring_by_hand() -> None:
    """Catches a Kaplan-Meier curve that counts censored calls as answered or drops them."""
    times, shares = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True]))
    assert times.tolist() == [1.0, 3.0, 4.0]
    assert shares == pytest.approx([0.25, 1 - 0.75 / 2, 1.0])


def test_survival_of_calls_never_answered() -> None:
    """Catches a curve that reaches 1 although half of the calls are lost."""
    _, shares = survival(np.array([1.0, np.inf]), np.array([True, True]))
    assert shares.tolist() == [0.5]


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
    assert "The same for every number of France support units" in texts(figure)


def test_heat_map_writes_each_mean() -> None:
    """Catches cells that are transposed or flipped against their axes."""
    table = grid(2, 2)
    figure = draw_heat_map(
        table, "monitors.male.count", "support.france.count", "response_time_p90_min"
    )
    cells = {artist.get_position(): artist.get_text() for artist in figure.axes[0].texts}
    row = table[(table["monitors.male.count"] == 20) & (table["support.france.count"] == 5)]
    expected = f"{float(row['response_time_p90_min_mean'].iloc[0]):.0f}"
    assert cells[(1, 0.1)] == expected


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
    assert "nan" not in shown
    assert "undefined" in shown


def test_sweep_table_shows_intervals() -> None:
    """Catches a table without intervals or with seventeen digits."""
    shown = render(sweep_table(grid(1, 1), ["monitors.male.count", "support.france.count"]))
    assert "0.200 [0.190, 0.210]" in shown


def test_labels_of_factors() -> None:
    """Catches keys shown raw in figures."""
    assert factor_label("monitors.male.count") == "MALE monitors"
    assert factor_label("support.united_kingdom.count") == "United Kingdom support units"
    assert factor_label("violations.rate_per_day") == "violations: rate per day"
