"""Figures over time: the space-time diagram and the timelines of a run."""

from pathlib import Path

import numpy as np
import pytest

from sim import InputError, Scenario, simulate
from sim.output.figures.space_time import draw_space_time
from sim.output.figures.timelines import draw_timelines, weekly_shares

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@pytest.fixture(scope="module")
def minimal():
    return Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 20})


def test_tracks_and_events_are_those_of_the_run(minimal):
    """Catches drones or violations of another time, place or run."""
    figure = draw_space_time(minimal, 3, (24.0, 48.0), (100.0, 300.0))
    axes = figure.axes[0]
    events = simulate(minimal, seed=3).violations
    events = events[(events["end_h"] > 24) & (events["onset_h"] < 48)]
    events = events[events["chainage_km"].between(100, 300)]
    (bars,) = axes.collections
    drawn = sorted(path.vertices[0, 0] for path in bars.get_paths())
    assert drawn == pytest.approx(sorted(events["onset_h"]))
    tracks = [line for line in axes.lines if line.get_label().startswith("male-")]
    assert len(tracks) == 20
    places = np.concatenate([line.get_ydata() for line in tracks])
    assert np.isfinite(places).mean() > 0.5
    assert np.nanmax(places) <= 705.1
    assert axes.get_xlim() == (24.0, 48.0)
    assert "(h)" in axes.get_xlabel()
    assert "km" in axes.get_ylabel()


@pytest.mark.parametrize(
    ("hours", "stretch"),
    [((5.0, 5.0), None), ((-1.0, 5.0), None), ((0.0, 1e4), None), ((0.0, 5.0), (10.0, 900.0))],
)
def test_a_bad_window_is_refused(minimal, hours, stretch):
    """Catches a figure of nothing for a window that is not there."""
    with pytest.raises(InputError, match="must rise"):
        draw_space_time(minimal, 1, hours, stretch)


def test_a_line_without_drones_is_drawn(minimal):
    """Catches a figure that needs a drone."""
    none = minimal.with_values({"monitors": {}})
    assert draw_space_time(none, 1, (0.0, 6.0)).axes


def test_weekly_shares_are_those_of_the_table(minimal):
    """Catches weeks that begin on another day, and shares of other violations."""
    outcome = simulate(minimal, seed=1)
    weeks = weekly_shares(outcome)
    second = outcome.violations[outcome.violations["onset_h"].between(168, 336, inclusive="left")]
    row = weeks.iloc[1]
    assert row["n"] == len(second)
    assert row["detected"] == pytest.approx(second["detected_h"].notna().mean())
    assert row["answered_low"] < row["answered"] < row["answered_high"]
    assert weeks["n"].sum() == len(outcome.violations)


@pytest.mark.parametrize(
    "changes",
    [{}, {"support": {}}, {"violations.rate_per_day": 0.0}, {"run.duration_days": 0.5}],
)
def test_timelines_of_any_run_are_drawn(minimal, changes):
    """Catches a run without units, violations or a whole week that can not be drawn."""
    figure = draw_timelines(simulate(minimal.with_values(changes), seed=1))
    assert [axes.get_ylabel() for axes in figure.axes] == ["Units", "Share"]
