"""Scenarios as files: what is read back is the scenario, and its comments are kept."""

from pathlib import Path
from typing import Any

import pytest

from sim import Scenario, simulate
from sim.app.scenarios import built_in
from sim.errors import InputError
from sim.scenario.comments import value_comments
from sim.scenario.writing import scenario_toml

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FILES = sorted(path for path in CONFIGS.glob("*.toml") if "_sweep" not in path.stem)
BASE = """\
# What the base is for.

[violations]
rate_per_day = 20.0  # counted by the base

[violations.kinds.shelling]
mean_duration_min = 30  # measured

[monitors.first]  # the first group
platform = "male"
count = 1_7  # count of the base
patrol = "shuttle"
"""
OWN = """\
# Who wrote it.
extends = "base.toml"
title = 'One "quoted" title'  # a title

# Before the groups.
[monitors]
second = { platform = "male", count = 3, patrol = "static", offset_km = 5 }  # in one line

[monitors.first]
count = 20  # a better count

[violations]
hour_weights = [  # by the hour
  1.0,  # west
  2.0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
]

[violations.feedback]
enabled = true

[[violations.phases]]
name = "calm"
from_day = 0  # from the start
factor = 0.5  # guessed

[[violations.phases]]
name = "later"
from_day = 10  # ten days on
factor = 0.7  # as above

[support.patrols]
nation = "any"
count = 4  # counted
# The end.
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE)
    (tmp_path / "own.toml").write_text(OWN)
    return tmp_path / "own.toml"


def read_back(folder: Path, text: str) -> tuple[Scenario, dict[str, str]]:
    """Return a written scenario and its comments, read where nothing else stands."""
    folder.mkdir()
    (folder / "written.toml").write_text(text, encoding="utf-8")
    return Scenario.load(folder / "written.toml"), value_comments(folder / "written.toml")


def in_order(scenario: Scenario) -> list[tuple[str, Any]]:
    return list(scenario.flat().items())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_written_scenario_is_the_scenario(path: Path, tmp_path: Path) -> None:
    """Catches a value lost or changed, groups in another order, and comments that got lost."""
    found, comments = read_back(tmp_path / "new", scenario_toml(path))
    assert in_order(found) == in_order(Scenario.load(path))
    before = value_comments(path)
    assert {key for key in before if key in found.flat()} == set(comments) & set(found.flat())
    for key in set(comments) & set(before):
        is_referring = before[key].startswith("as ")
        assert comments[key] == before[key] or (is_referring and comments[key]), key


CHANGES = {
    "monitors.first.count": 41,
    "monitors.second.count": 8,
    "violations.phases.1.factor": 0.9,
    "violations.hour_weights": [2.0] * 24,
    "weather.enabled": True,
    "platforms.male.speed_kmh": 123,
    "violations.kinds.raid": {"mean_duration_min": 12.5},
    "run.duration_days": 3,
    "line.length_km": 500.0,
}


def test_changed_values_say_what_they_were(own: Path, tmp_path: Path) -> None:
    """Catches a changed value beside the source of the old one, and a change of another value."""
    text = scenario_toml(own, CHANGES, said="changed on the page", heading="From own.toml")
    found, comments = read_back(tmp_path / "new", text)
    assert in_order(found) == in_order(Scenario.load(own).with_values(CHANGES))
    kept, default = "changed on the page from", ", the default"
    assert comments["monitors.first.count"] == f"{kept} 20"
    assert comments["monitors.second.count"] == f"{kept} 3"
    assert comments["violations.phases.1.factor"] == f"{kept} 0.7"
    assert comments["violations.hour_weights"].startswith(f"{kept} [1.0, 2.0, 3.0, 1.0")
    assert comments["weather.enabled"] == f"{kept} false{default}"
    assert comments["run.duration_days"].endswith(default)
    assert comments["violations.rate_per_day"] == "counted by the base"
    assert comments["violations.phases.1.from_day"] == "ten days on"
    assert "counted by the base" in text
    assert "a better count" not in text
    assert "as above" not in text


def test_lines_of_comment_and_the_looks_of_values_stay(own: Path) -> None:
    """Catches lines of comment that get lost or are moved, and lists folded into one line."""
    text = scenario_toml(own)
    for words in ("# Who wrote it.\n", "  1.0,  # west\n", "# Before the groups.\n", "'One \"quo"):
        assert words in text, words
    assert text.endswith("# The end.\n")
    heads = [line for line in text.splitlines() if line.startswith("[monitors")]
    assert [head.partition("]")[0] for head in heads] == ["[monitors.first", "[monitors.second"]
    meant = "ten days on"  # what "as above" refers to
    assert text.count(f"# {meant}\n") == 2
    assert "as above" not in text
    assert scenario_toml(own, {"monitors.second": False}).count("second") == 0


def test_a_scenario_without_a_file_is_written_whole(tmp_path: Path) -> None:
    """Catches values that a file cannot state as they are, such as none."""
    found, comments = read_back(
        tmp_path / "new", scenario_toml(built_in(), {"monitors.tactical.count": 7})
    )
    assert in_order(found) == in_order(built_in().with_values({"monitors.tactical.count": 7}))
    assert comments["monitors.tactical.count"] == "changed from 60"


def test_what_is_read_back_runs_alike(own: Path, tmp_path: Path) -> None:
    """Catches an order of tables on which the draws of a run hang."""
    changes = {"run.duration_days": 5, "monitors.first.count": 30}
    found, _ = read_back(tmp_path / "new", scenario_toml(own, changes))
    expected = simulate(Scenario.load(own).with_values(changes), seed=4)
    assert simulate(found, seed=4).violations.equals(expected.violations)


def test_a_wrong_change_is_refused(own: Path) -> None:
    """Catches a file written with a key or value that no scenario can have."""
    with pytest.raises(InputError, match="unknown key"):
        scenario_toml(own, {"monitors.third.count": 3})
