"""Tables and figures of comparisons: what they show, with few and many scenarios."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console

from sim.experiment import compare_runs
from sim.output import (
    comparison_markdown,
    comparison_tables,
    draw_differences,
    draw_holding,
    holding_table,
)
from sim.output.comparison import Difference
from sim.output.figures.differences import scenario_look
from sim.output.values import more_digits

RUNS = 20


def made_up(labels: tuple[str, ...] = ("base", "more", "less")) -> pd.DataFrame:
    """Make up runs: detection rises by 0.1 a scenario, sorties stay, cost is in millions."""
    rng = np.random.default_rng(1)
    parts = []
    for number, label in enumerate(labels):
        part = pd.DataFrame({"scenario": label, "seed": range(RUNS), "error": ""})
        part["detection_rate"] = 0.3 + 0.1 * number + rng.normal(0.0, 0.01, RUNS)
        part["response_time_p50_min"] = rng.normal(40.0, 5.0, RUNS)
        part["sorties"] = np.arange(RUNS)
        part["monitor_cost_usd"] = 1e7 * (1 + number) + rng.normal(0.0, 1e5, RUNS)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def table_of(runs: pd.DataFrame) -> pd.DataFrame:
    names = ["detection_rate", "response_time_p50_min", "sorties", "monitor_cost_usd"]
    return compare_runs(runs, names)


def screen(table: pd.DataFrame, width: int) -> str:
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        for part in comparison_tables(table, RUNS, width):
            console.print(part)
    return captured.get()


def sentences(figure: Figure) -> str:
    """Return all text of a figure as if no line were broken."""
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text)).split())


@pytest.mark.parametrize("width", [80, 120, 200])
def test_table_shows_every_scenario_whole(width: int) -> None:
    """Catch numbers cut off on a narrow screen, scenarios left out, or a mark on every row."""
    shown = screen(table_of(made_up()), width)
    assert "…" not in shown
    assert "more - base" in shown
    assert "less - base" in shown
    assert "] M" in shown
    lines = shown.splitlines()
    assert all(len(line) <= width for line in lines)
    assert any("0.300" in line or "0.30" in line for line in lines if "Detection" in line)
    assert not any("*" in line for line in lines if line.startswith("Sorties"))


def test_markdown_holds_one_table_with_all() -> None:
    """Catch a Markdown table whose rows have other lengths than its head, or a torn bar."""
    text = comparison_markdown(table_of(made_up(("a|b", "c", "d"))), RUNS)
    rows = [line.replace("\\|", "") for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 4
    assert len({row.count("|") for row in rows}) == 1
    assert "n = 20 runs or pairs" in text


def test_fewer_pairs_are_told() -> None:
    """Catch an interval from few pairs that looks like one from all."""
    runs = made_up()
    runs.loc[(runs["scenario"] == "more") & (runs["seed"] < 3), "detection_rate"] = np.nan
    table = table_of(runs)
    assert comparison_markdown(table, RUNS).count("(n = 17)") == 2  # the mean and the difference
    shown = sentences(draw_differences(table, RUNS))
    assert "n = 17 to 20 pairs" in shown
    assert "(n = 17)" in shown


def difference(measure: str, middle: float, low: float, high: float, pairs: int) -> Difference:
    """Make up a difference in which every pair has its part."""
    return Difference(measure, "x", middle, low, high, pairs, pairs)


def test_few_of_many_pairs_are_told_but_not_drawn() -> None:
    """Catch an interval of two of twenty runs that stretches the figure for all scenarios."""
    runs = made_up()
    few = (runs["scenario"] == "more") & (runs["seed"] >= 2)
    runs.loc[few, "response_time_p50_min"] = np.nan
    runs.loc[(runs["scenario"] == "more") & (runs["seed"] == 0), "response_time_p50_min"] = 5e4
    table = table_of(runs)
    row = next(line for line in comparison_markdown(table, RUNS).splitlines() if "(n = 2)" in line)
    assert row.count("(n = 2)") == 2
    assert row.count("[") == 3
    panels = draw_differences(table, RUNS).axes
    assert max(max(np.abs(axes.get_xlim())) for axes in panels[:2]) < 100.0


def test_pairs_that_do_not_differ_are_counted() -> None:
    """Catch a wide interval, or certainty, where what was seen is that no pair of runs differs."""
    for pairs, words in ((1, "the one pair"), (2, "both pairs"), (20, "all 20 pairs")):
        none = Difference("detection_rate", "x", 0.0, -0.17, 0.17, pairs, 0)
        assert none.cell(20) == f"0 in {words}"
        assert not none.is_clear
    assert (
        Difference("detection_rate", "x", 0.0, -0.17, 0.17, 20, 2).words == "+0.000 [-0.170, 0.170]"
    )


def test_difference_in_words() -> None:
    """Catch a wrong mark, a minus before 0, or a difference that is rounded away."""
    nan = float("nan")
    clear = difference("detection_rate", 0.0123, 0.0101, 0.0145, 9)
    assert clear.words == "+0.0123 [0.0101, 0.0145] *"
    near = difference("answered_share", -0.016, -0.0312, -0.0004, 9)
    assert near.words == "-0.0160 [-0.0312, -0.0004] *"
    assert difference("answered_share", -0.0004, nan, nan, 1).words == "-0.00040"
    vague = difference("response_time_p50_min", -0.04, -2.0, 1.9, 9)
    assert vague.words == "+0.0 [-2.0, 1.9] min"
    assert difference("sorties", 3.0, 3.0, 3.0, 9).words == "+3 [3, 3] *"
    assert difference("sorties", nan, nan, nan, 0).words == "-"
    assert difference("sorties", 2.0, nan, nan, 1).words == "+2"
    millions = difference("monitor_cost_usd", -2.5e6, -3.5e6, -1.5e6, 9)
    assert millions.words == "-2.50 [-3.50, -1.50] M *"
    assert more_digits(3, 1e-9) == 2
    hours = difference("response_time_p50_min", -300.0, -360.0, -240.0, 9)
    assert hours.words == "-5.0 [-6.0, -4.0] h *"
    share = difference("detection_rate", 0.0843, 0.05, 0.1186, 9)
    assert share.spoken == "+8.4 [5.0, 11.9] percentage points"


@pytest.mark.parametrize("scenarios", [2, 3, 6, 10])
def test_differences_draw_every_scenario_once(scenarios: int) -> None:
    """Catch a scenario without a point, two that look the same, or rows without a zero line."""
    labels = tuple(f"case {number}" for number in range(scenarios))
    figure = draw_differences(table_of(made_up(labels)), RUNS, "Seeds 0 to 19.")
    shown = sentences(figure)
    assert all(label in shown for label in labels)
    assert "Seeds 0 to 19." in shown
    assert "The same in every run of all scenarios: Sorties." in shown
    assert len(figure.axes) == 3
    for axes in figure.axes:
        low, high = axes.get_xlim()
        assert low < 0.0 < high
        points = [line for line in axes.lines if line.get_marker() not in ("None", "")]
        assert len(points) == scenarios - 1
    assert len({scenario_look(number) for number in range(scenarios)}) == scenarios


def test_point_lies_at_the_difference() -> None:
    """Catch a point or an interval in the wrong place."""
    table = table_of(made_up(("base", "more")))
    row = table.iloc[1]
    lines = draw_differences(table, RUNS).axes[0].lines
    interval, point = lines[1], lines[2]
    assert point.get_xdata() == pytest.approx([row["difference"]])
    expected = [row["difference_low"], row["difference_high"]]
    assert np.asarray(interval.get_xdata()) == pytest.approx(expected)


def test_nothing_to_draw() -> None:
    """Catch a figure that fails where no run differs or nothing is defined."""
    same = made_up(("a", "b"))
    same[["detection_rate", "response_time_p50_min", "monitor_cost_usd"]] = 1.0
    assert "no run differs" in sentences(draw_differences(table_of(same), RUNS))


def test_holding_counts_and_ends_with_the_runs() -> None:
    """Catch a curve that drops runs that held, or goes on after the end of its runs."""
    days = {"base": 100.0, "short": 40.0, "calm": 100.0, "failed": 100.0}
    ends = [10.0, 10.0, 30.0, 30.0, *[np.nan] * 4]
    parts = [
        pd.DataFrame({"scenario": label, "end": ends, "error": ""}) for label in ("base", "short")
    ]
    parts.append(pd.DataFrame({"scenario": "calm", "end": [np.nan] * 4, "error": ""}))
    parts.append(pd.DataFrame({"scenario": "failed", "end": [np.nan] * 4, "error": "boom"}))
    figure = draw_holding(pd.concat(parts), "end", days)
    base, short, calm = figure.axes[0].lines
    assert np.asarray(base.get_ydata()).tolist() == [1.0, 0.75, 0.5, 0.5]
    assert np.asarray(base.get_xdata()).tolist() == [0.0, 10.0, 30.0, 100.0]
    assert np.asarray(short.get_xdata())[-1] == 40.0
    assert np.asarray(calm.get_ydata()).tolist() == [1.0, 1.0]
    assert "base 4 of 8 runs; short 4 of 8 runs; calm 0 of 4 runs." in sentences(figure)
    table = holding_table(pd.concat(parts), "end", days).set_index(["scenario", "day"])
    assert table.index.tolist() == [
        *(("base", day) for day in (30.0, 60.0, 90.0, 100.0)),
        *(("short", day) for day in (30.0, 40.0)),
        *(("calm", day) for day in (30.0, 60.0, 90.0, 100.0)),
    ]
    assert table["held_share"].tolist() == [0.5] * 6 + [1.0] * 4
    assert table["collapsed"].tolist() == [4] * 6 + [0] * 4
    assert table["runs"].tolist() == [8] * 6 + [4] * 4
    assert table["low"].isna().tolist() == [False] * 6 + [True] * 4
    few = holding_table(parts[0].iloc[[0, 2, 4, 5]], "end", {"base": 100.0})
    assert few["held_share"].tolist() == [0.5] * 4
    assert few["low"].between(0.0, 0.1).all()
    assert few["high"].between(0.8, 1.0).all()
