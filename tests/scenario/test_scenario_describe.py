"""The text of a scenario."""

from pathlib import Path

import pytest

from sim.scenario import Scenario, describe

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@pytest.mark.parametrize("name", ["baseline", "minimal", "straight"])
def test_it_fits_the_page(name: str) -> None:
    """Catches lines that a terminal of 100 columns would break, and blanks at their ends."""
    for line in describe(Scenario.load(CONFIGS / f"{name}.toml")).splitlines():
        assert len(line) <= 100
        assert line == line.rstrip()


def test_every_group_and_field_is_there() -> None:
    """Catches a group that falls off the side of the page or a field that is forgotten."""
    scenario = Scenario.load(CONFIGS / "baseline.toml")
    text = describe(scenario)
    for name in (*scenario.monitors, *scenario.support, *scenario.violations.kinds):
        assert name in text
    used = {f"platforms.{name}." for name in scenario.monitor_platforms()}
    off = ("violations.feedback.", "cueing.", "escalation.", "force_generation.")
    off = tuple(name for name in off if not scenario.value(f"{name}enabled"))
    hidden = (*off, "mission.", "platforms.", "title", "question")
    for path in scenario.flat():
        if not path.startswith(hidden) or any(path.startswith(name) for name in used):
            field = path.rpartition(".")[2]
            assert field.isdecimal() or field in text or "bases" in path, path


def test_values_stand_with_their_units() -> None:
    """Catches numbers whose unit a reader would have to guess."""
    lines = describe(Scenario.load(CONFIGS / "straight.toml")).splitlines()
    assert "  length_km       km       1,200*" in lines
    assert "  speed_kmh              km/h      100*" in lines
    assert "  travel_is_busy     yes" in lines
    assert "weather: not enabled" in lines


def test_what_was_changed_is_marked() -> None:
    """Catches marks on values of the library, or none on a value that was overridden."""
    scenario = Scenario.load(CONFIGS / "minimal.toml")
    before, after = (
        describe(item).splitlines()
        for item in (scenario, scenario.with_values({"platforms.male.radius_km": 6}))
    )
    changed = [line for line in after if line not in before]
    assert [line.split() for line in changed] == [["radius_km", "km", "6*"]]
    chance = {"platforms.male.look_chance.artillery": 0.61}
    changed = [
        line for line in describe(scenario.with_values(chance)).splitlines() if line not in before
    ]
    assert [line.split() for line in changed] == [["look_chance.artillery", "share", "0.61*"]]


def test_a_scenario_without_forces() -> None:
    """Catches a crash on empty groups."""
    data = {
        "title": "nobody there",
        "violations": {"rate_per_day": 1, "kinds": {"any": {"mean_duration_min": 1}}},
    }
    text = describe(Scenario.from_dict(data))
    assert "monitors: none" in text
    assert "support: none" in text
