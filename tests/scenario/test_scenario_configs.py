"""The scenarios and the platform library that come with the project."""

import re
from pathlib import Path

import pytest

from sim.results.outcome import simulate
from sim.scenario import Scenario
from sim.scenario.loading import read_toml

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
LIBRARY = ROOT / "sim" / "data" / "platforms.toml"
LIBRARY_NAMES = [
    "announced_plan",
    "baseline",
    "germany_in_poland",
    "germany_in_romania",
    "large_mission",
    "no_bundestag_mandate",
    "osce_2021",
    "sensors_instead",
    "us_withdrawal",
]
NAMES = ["core", "minimal", "straight", *LIBRARY_NAMES]


@pytest.mark.parametrize("path", [*(CONFIGS / f"{name}.toml" for name in NAMES), LIBRARY], ids=str)
def test_every_number_has_its_source(path: Path) -> None:
    """Catches a number without a comment on its line or at the head of its paragraph."""
    for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        if paragraph.lstrip().startswith(("#", "[")) and "#" in paragraph.splitlines()[0]:
            continue
        for line in paragraph.splitlines():
            if re.match(r"\w+ = \[?[-\d]", line):
                assert "#" in line, f"{path.name}: {line}"


@pytest.mark.parametrize("name", NAMES)
def test_configs_say_what_they_are_for(name: str) -> None:
    """Catches a scenario that does not open with its title and question."""
    tables = read_toml(CONFIGS / f"{name}.toml")
    assert [key for key in tables if key != "extends"][:2] == ["title", "question"]
    assert tables["question"].endswith("?")


def test_the_library_has_the_classes_of_monitors() -> None:
    """Catches a platform that scenarios of users rely on and that went missing."""
    names = [
        "hale",
        "male",
        "tactical",
        "tactical_wing",
        "mini",
        "mini_wing",
        "aerostat",
        "camera_mast",
        "acoustic",
    ]
    assert set(names) <= set(read_toml(LIBRARY)["platforms"])


def test_the_benchmark_job_is_the_agreed_one() -> None:
    """Catches a change to the job that all benchmarks and closed forms refer to."""
    scenario = Scenario.load(CONFIGS / "straight.toml")
    platform = scenario.platforms["shuttle_drone"]
    units = scenario.support["units"]
    assert (scenario.line.length_km, scenario.run.duration_days) == (1200, 90)
    assert (scenario.monitors["drones"].count, scenario.monitors["drones"].offset_km) == (60, 0)
    assert (platform.speed_kmh, platform.radius_km, platform.chance("incident")) == (100, 2.5, 0.9)
    assert (platform.look_interval_min, platform.endurance_h) == (None, None)
    assert (scenario.violations.rate_per_day, scenario.violations.overdispersion_k) == (50, None)
    assert (units.count, units.base_offset_km, units.standoff_km) == (40, 15, 0)
    assert (units.speed_kmh, units.road_factor, units.readiness_min) == (50, 1.3, 10)
    assert (units.on_scene_h, units.on_scene, scenario.command.delay_min) == (2, "fixed", 0)


def test_the_baseline_has_the_agreed_scale() -> None:
    """Catches a baseline that drifts from what its title and comments say."""
    scenario = Scenario.load(CONFIGS / "baseline.toml")
    fixed = {"camera_mast", "aerostat", "acoustic"}
    groups = [group for group in scenario.monitors.values() if not group.only_without_us]
    assert 90 <= sum(group.count for group in groups if group.platform not in fixed) <= 110
    assert sum(group.count for group in scenario.support.values()) == 60
    violations = scenario.violations
    assert violations.rate_per_day / (1 - violations.branching_ratio) == pytest.approx(50)
    assert sum(spot.share for spot in violations.hot_spots.values()) == pytest.approx(0.76)
    on_land = [kind.share for kind in violations.kinds.values() if kind.domain == "land"]
    assert sum(on_land) == pytest.approx(1)


@pytest.mark.parametrize("name", LIBRARY_NAMES)
def test_the_library_runs(name: str) -> None:
    """Catches a scenario of the library that does not fit its line, or that a run trips over."""
    scenario = Scenario.load(CONFIGS / f"{name}.toml").with_values({"run.duration_days": 3})
    outcome = simulate(scenario, seed=2)
    assert outcome.measures["n_violations"] > 0
    assert outcome.measures["detection_rate"] > 0


def test_scenarios_change_what_their_question_asks() -> None:
    """Catches a scenario of the library that is the plan itself."""
    plan = Scenario.load(CONFIGS / "announced_plan.toml").flat()
    changed = {
        name: {key for key, value in scenario.flat().items() if plan.get(key) != value}
        for name in LIBRARY_NAMES[1:]
        if (scenario := Scenario.load(CONFIGS / f"{name}.toml"))
    }
    assert "nations.germany.mandate" in changed["no_bundestag_mandate"]
    assert "united_states.engagement" in changed["us_withdrawal"]
    assert any(key.startswith("support.germany.bases") for key in changed["germany_in_poland"])
    assert any(key.startswith("support.germany.bases") for key in changed["germany_in_romania"])
    assert "monitors.masts.count" in changed["sensors_instead"]
    assert "support.france.count" in changed["large_mission"]
