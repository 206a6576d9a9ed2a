"""The scenarios and the platform library that come with the project."""

import re
from pathlib import Path

import pytest

from sim.scenario import Scenario
from sim.scenario.loading import read_toml

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
LIBRARY = ROOT / "sim" / "data" / "platforms.toml"
NAMES = ["baseline", "minimal", "straight"]


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
    assert list(tables)[:2] == ["title", "question"]
    assert tables["question"].endswith("?")


def test_the_library_has_the_classes_of_monitors() -> None:
    """Catches a platform that scenarios of users rely on and that went missing."""
    names = ["hale", "male", "tactical", "mini", "aerostat", "camera_mast", "acoustic"]
    assert list(read_toml(LIBRARY)["platforms"]) == names


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
    groups = scenario.monitors.values()
    assert 90 <= sum(group.count for group in groups if group.platform not in fixed) <= 110
    assert sum(group.count for group in scenario.support.values()) == 60
    violations = scenario.violations
    assert violations.rate_per_day / (1 - violations.branching_ratio) == pytest.approx(50)
    assert sum(spot.share for spot in violations.hot_spots.values()) == pytest.approx(0.76)
    assert sum(kind.share for kind in violations.kinds.values()) == pytest.approx(1)
