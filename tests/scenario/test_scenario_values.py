"""Varying a scenario by dotted keys, and writing it out and back."""

import cProfile
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.errors import InputError
from sim.scenario import Scenario, packaged_platforms

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
BASELINE = Scenario.load(CONFIGS / "baseline.toml")


@given(count=st.integers(0, 1000), radius=st.floats(0.1, 50), factor=st.floats(0, 10))
def test_values_are_set_and_nothing_else(count: int, radius: float, factor: float) -> None:
    """Catches a change that does not arrive, reaches other keys, or alters the original."""
    changes = {
        "monitors.male.count": count,
        "platforms.mini.radius_km": radius,
        "violations.phases.1.factor": factor,
        "violations.hour_weights.3": 0.25,
    }
    before = BASELINE.flat()
    changed = BASELINE.with_values(changes)
    for path, value in changes.items():
        assert changed.value(path) == value
    after = changed.flat()
    differing = {key for key in after if after[key] != before[key]}
    assert differing <= {*list(changes)[:3], "violations.hour_weights"}
    assert BASELINE.flat() == before


MOST_CALLS = 10_000  # some 7,000 are made, in 2 ms; a look into a file or a schema takes more


def test_flat_lists_every_value_by_a_key_that_works() -> None:
    """Catches keys of the flat view that `value` or `with_values` do not understand."""
    flat = BASELINE.flat()
    assert all(BASELINE.value(path) == value for path, value in flat.items())
    assert BASELINE.with_values(flat) == BASELINE


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("monitors.mle.count", "did you mean male?"),
        ("monitors.male.cout", "did you mean count?"),
        ("violations.phases.9.factor", "violations.phases has 3 elements, counted from 0"),
        ("violations.phases.x.factor", "counted from 0"),
        ("violations.phases.-1.factor", "counted from 0"),
        ("monitors.male.count.x", "monitors.male.count is not a table"),
        ("", "known: areas, clutter, command"),
    ],
)
def test_unknown_keys_get_a_suggestion(path: str, hint: str) -> None:
    """Catches a sweep over a misspelt key that silently changes nothing."""
    with pytest.raises(InputError, match="unknown key") as caught:
        BASELINE.with_values({path: 1}, source="sweep.toml")
    assert str(caught.value).startswith("sweep.toml: ")
    assert hint in str(caught.value)
    with pytest.raises(InputError, match="unknown key"):
        BASELINE.value(path)


def test_groups_can_be_added_replaced_and_removed() -> None:
    """Catches sweeps that cannot compare force packages."""
    group = {"platform": "acoustic", "count": 5, "patrol": "static"}
    changed = BASELINE.with_values({"monitors.hale": False, "monitors.ears": group})
    assert "hale" not in changed.monitors
    assert changed.monitors["ears"].count == 5
    assert changed.with_values({"monitors.ears.count": 0}).monitors["ears"].count == 0


def test_a_look_chance_can_be_added() -> None:
    """Catches a kind of its own that no sweep can give a look chance."""
    changed = Scenario.load(CONFIGS / "minimal.toml").with_values(
        {"platforms.male.look_chance.shelling": 0.25}
    )
    assert changed.platforms["male"].chance("shelling") == 0.25
    assert changed.platforms["male"].chance("other") == 0.4
    assert changed.with_values({"platforms.male.look_chance": 1}).platforms["male"].chance("x") == 1


def test_none_can_be_written() -> None:
    """Catches a limit that a sweep file, which has no null, cannot lift."""
    assert BASELINE.dispatch.max_wait_h == 12
    for none in (None, "none"):
        assert BASELINE.with_values({"dispatch.max_wait_h": none}).dispatch.max_wait_h is None


def test_numpy_numbers_are_numbers() -> None:
    """Catches `np.arange` counts being refused by the strict types."""
    changed = BASELINE.with_values(
        {"monitors.male.count": np.int64(7), "platforms.male.radius_km": np.float32(2.5)}
    )
    assert type(changed.monitors["male"].count) is int
    assert changed.platforms["male"].radius_km == 2.5
    with pytest.raises(InputError):
        BASELINE.with_values({"monitors.male.count": np.bool_(True)})


@pytest.mark.parametrize("name", ["baseline", "minimal", "straight"])
def test_round_trips(name: str) -> None:
    """Catches a manifest or a worker process that gets another scenario than the one that ran."""
    scenario = Scenario.load(CONFIGS / f"{name}.toml")
    assert Scenario.from_dict(scenario.model_dump()) == scenario
    written = json.loads(json.dumps(scenario.model_dump(mode="json")))
    assert Scenario.from_dict(written) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_a_scenario_is_frozen() -> None:
    """Catches a run that could change the scenario it reports."""
    with pytest.raises(ValidationError, match="frozen"):
        BASELINE.run.duration_days = 1


def test_the_library_is_merged_by_field() -> None:
    """Catches an override that drops the rest of a packaged platform, or edits the library."""
    library = packaged_platforms()
    changed = BASELINE.with_values({"platforms.male.radius_km": 1.25})
    male = changed.platforms["male"]
    assert (male.radius_km, male.endurance_h) == (1.25, library["male"]["endurance_h"])
    assert packaged_platforms() == library


def test_only_platforms_in_use_are_listed() -> None:
    """Catches a description that lists the whole library."""
    scenario = Scenario.load(CONFIGS / "minimal.toml")
    assert list(scenario.monitor_platforms()) == ["male"]
    assert len(scenario.platforms) > 1


def test_values_are_quick() -> None:
    """Catches a slow path: a sweep makes one scenario for each design point."""
    BASELINE.with_values({"monitors.male.count": 1})
    profile = cProfile.Profile()
    profile.runcall(BASELINE.with_values, {"monitors.male.count": 2})
    assert sum(entry.callcount for entry in profile.getstats()) < MOST_CALLS


def test_import_is_light() -> None:
    """Catches an import that makes `ceasefire check` wait for numerical or plotting libraries."""
    code = (
        "import sys, sim.scenario;"
        "print(sorted({'numpy', 'numba', 'pandas', 'mesa', 'matplotlib', 'scipy', 'shapely'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
