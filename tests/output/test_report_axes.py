"""Axes of figures in the units in which people say values."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.output.axes import tell_values
from sim.output.figures.differences import draw_differences
from sim.output.figures.indices import draw_indices

TIME, COST, RATE = "response_time_restricted_mean_min", "monitor_cost_usd", "detection_rate"


@pytest.mark.parametrize(
    ("measure", "values", "label", "ticks"),
    [
        (TIME, [0.0, 40.0], "Response time, restricted mean (min)", {"10", "20", "30"}),
        (TIME, [0.0, 480.0], "Response time, restricted mean (h)", {"2", "4", "6"}),
        (TIME, [0.0, 8640.0], "Response time, restricted mean (days)", {"2", "4"}),
        (COST, [-2e6, 4e6], "Cost of flying (million USD)", {"\u22122", "0", "2"}),
        (RATE, [0.0, 0.4], "Detection rate", {"0.1", "0.2"}),
    ],
)
def test_ticks_are_round_numbers_of_the_unit_in_the_label(measure, values, label, ticks):
    """Would catch minutes under a label that says hours, and ticks at 1.67 h."""
    axes = Figure().subplots()
    axes.plot(values, values)
    assert tell_values(axes.yaxis, measure, values, most=6) == label
    axes.figure.canvas.draw()
    shown = {tick.get_text() for tick in axes.get_yticklabels()}
    assert ticks <= shown


def test_differences_of_hours_are_drawn_in_hours():
    """Would catch an axis in minutes beside words in hours."""
    rows = [
        {"scenario": label, "measure": TIME, "mean": mean, "low": mean - 9.0, "high": mean + 9.0,
         "n": 9, "difference": mean - 600.0, "difference_low": mean - 660.0,
         "difference_high": mean - 540.0, "pairs": 9,
         "unequal": 9 if label == "b" else 0}
        for label, mean in (("a", 600.0), ("b", 1000.0))
    ]  # fmt: skip
    axes = draw_differences(pd.DataFrame(rows), 9).axes[0]
    assert axes.get_ylabel().replace("\n", " ") == "Response time, restricted mean (h)"
    axes.figure.canvas.draw()
    ticks = [tick.get_text() for tick in axes.get_xticklabels()]
    assert "2" in ticks
    assert not any(len(tick) > 3 for tick in ticks)


def test_changes_of_hours_are_drawn_in_hours():
    """Would catch a screening whose axis is in minutes."""
    table = pd.DataFrame(
        {"measure": TIME, "factor": ["a.count", "b.count"], "mu": [np.nan, 400.0],
         "mu_star": [300.0, 400.0], "mu_star_half": [10.0, 20.0], "sigma": [1.0, 2.0]}
    )  # fmt: skip
    axes = draw_indices(table, TIME).axes[0]
    assert axes.get_xlabel().endswith("Response time, restricted mean (h)")
