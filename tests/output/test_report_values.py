"""How values, intervals and differences are written."""

import math

import pytest

from sim.output.values import (
    difference_text,
    estimate_text,
    percent_text,
    range_text,
    table_label,
    value_text,
)

TIME = "response_time_p50_min"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.0, "0.0 min"),
        (41.26, "41.3 min"),
        (179.9, "179.9 min"),
        (179.96, "3.0 h"),
        (180.0, "3.0 h"),
        (4320.0, "72.0 h"),
        (4321.0, "3.0 days"),
        (14400.0, "10.0 days"),
        (math.inf, "never"),
        (math.nan, "-"),
    ],
)
def test_times_are_told_in_the_unit_people_use(minutes: float, text: str) -> None:
    """Catches 1,440 min, 0.0 days, and a limit between two units that belongs to none."""
    assert value_text(TIME, minutes) == text


def test_an_estimate_and_its_interval_share_a_unit() -> None:
    """Catches bounds in minutes beside a mean in hours, and an interval of nothing."""
    assert estimate_text(TIME, 200.0, 150.0, 250.0) == "3.3 [2.5, 4.2] h"
    assert estimate_text(TIME, 20.0, math.nan, math.nan) == "20.0 min"
    assert estimate_text("detection_rate", 0.5184, 0.5, 0.5368) == "0.518 [0.500, 0.537]"
    assert estimate_text("detection_rate", math.nan, math.nan, math.nan) == "-"
    assert difference_text(TIME, 2.0, -400.0, 404.0) == "+0.0 [-6.7, 6.7] h"
    assert range_text(TIME, 120.0, 240.0) == "2.0 to 4.0 h"
    assert range_text(TIME, 120.0, math.inf) == "at least 120.0 min"
    assert range_text(TIME, -math.inf, math.inf) == ""
    assert percent_text(0.516) == "52 %"


def test_money_is_told_in_millions_and_counts_in_full() -> None:
    """Catches violations rounded to ten thousands, and dollars with nine digits."""
    assert value_text("monitor_cost_usd", 523_960_000.0) == "523.96 M"
    assert value_text("n_violations", 1_234_567.0) == "1,234,567"


def test_labels_leave_out_the_unit_that_the_cell_has() -> None:
    """Catches hours under a head that says minutes."""
    assert table_label(TIME) == "Response time, median"
    assert table_label("monitor_cost_usd").endswith("(USD)")
