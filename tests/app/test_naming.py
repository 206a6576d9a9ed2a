"""Names of saved files."""

import pytest

from sim.app.naming import MOST_BYTES, Making, hours_text


def test_a_name_says_what_makes_the_run():
    """Would catch two runs of one name, or a name that leaves out what was changed."""
    making = Making("baseline", {"monitors.male.count": 5, "weather.enabled": False}, seed=7)
    name = making.file_name(36.0)
    assert name == "baseline-monitors.male.count=5-weather.enabled=false-seed7-36h"
    assert making.words() == "monitors.male.count = 5, weather.enabled = false"


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0.0, "0h"), (1 / 12, "0h05min"), (6.5, "6h30min"), (23.9999, "24h"), (8760.0, "8760h")],
)
def test_hours_are_told_to_the_minute(hours, text):
    """Would catch 60 minutes, and two moments of a run under one name."""
    assert hours_text(hours) == text


@pytest.mark.parametrize(
    ("scenario", "name"),
    [("a/b\\c: d?", "a_b_c_d-seed1-0h"), ("лінія", "лінія-seed1-0h"), ("../..", "run-seed1-0h")],
)
def test_names_suit_every_file_system(scenario, name):
    """Would catch a name that is a path, or that some system refuses."""
    assert Making(scenario).file_name(0.0) == name


def test_long_names_are_cut_and_stay_apart():
    """Would catch a name that a file system refuses, or two runs of one name."""
    values = {f"monitors.дрон_{number}.count": number for number in range(40)}
    names = [
        Making("baseline", {**values, "last": last}, 2**63 - 1).file_name(9000.0) for last in (1, 2)
    ]
    assert names[0] != names[1]
    for name in names:
        assert len(name.encode()) <= MOST_BYTES
        assert name.endswith(f"-seed{2**63 - 1}-9000h")
