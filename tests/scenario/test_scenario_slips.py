"""Slips that change a result without a word unless they are refused."""

from pathlib import Path
from typing import Any

import pytest

from sim import Scenario, simulate
from sim.errors import InputError

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
BASELINE = Scenario.load(CONFIGS / "baseline.toml")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("monitors.male.nation", "United states", 'must be "United States"'),
        ("monitors.male.nation", "USA", 'must be "United States"'),
        ("headquarters.referee.nation", "U.S.", 'must be "United States"'),
        ("mission.land_lead.nation", "United kingdom", "did you mean United Kingdom"),
        ("united_states.schedule", [{"from_day": 0, "state": "withdrawn"}], "must be empty unless"),
        ("nations.france.mandate_day", 20.0, "must be 0 unless"),
        ("reports.complaints.kinds", [], "at least 1"),
        ("platforms.male.speed_kmh", 1e12, "10000"),
        ("platforms.male.look_interval_min", 1e-6, "0.01"),
        ("platforms.male.loss_per_1000_h", 1e12, "10000"),
        ("escalation.calm.worsen_per_day", 1e12, "10000"),
    ],
)
def test_a_slip_is_refused(key: str, value: Any, message: str) -> None:
    """Catches a name or number that would change who leaves, or never let the run end."""
    with pytest.raises(InputError, match=message):
        BASELINE.with_values({key: value})


@pytest.mark.parametrize("nation", ["Ukraine", "international", "United Kingdom", "Norway", ""])
def test_other_nations_are_taken(nation: str) -> None:
    """Catches a rule that takes any name for a slip."""
    assert BASELINE.with_values({"monitors.male.nation": nation})


def test_an_area_on_another_continent_is_refused() -> None:
    """Catches longitude and latitude that changed places."""
    swapped = [[45.0, 30.2], [46.2, 30.9], [45.9, 32.2]]
    far = BASELINE.with_values({"areas.western_black_sea.outline": swapped})
    with pytest.raises(InputError, match=r"areas\.western_black_sea\.outline.*\[lon, lat\]"):
        simulate(far)


def test_nothing_is_cleared_after_the_end() -> None:
    """Catches times in the tables that the run never came to."""
    outcome = simulate(BASELINE.with_values({"run.duration_days": 200}), seed=1)
    cleared = outcome.violations["cleared_h"]
    assert cleared.notna().any()
    assert cleared.max() <= 200 * 24


def test_flights_to_confirm_are_all_in_the_sorties() -> None:
    """Catches flights of sorties that are under way at the end."""
    outcome = simulate(BASELINE.with_values({"run.duration_days": 30}), seed=1)
    assert outcome.sorties["cues"].sum() == outcome.measures["cue_flights"]
    open_cues = outcome.sorties.loc[outcome.sorties["end"] == "open", "cues"]
    assert open_cues.sum() > 0
