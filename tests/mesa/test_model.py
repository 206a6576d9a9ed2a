"""The Mesa model: the same run as `simulate`, and agents that look, decide and write."""

import multiprocessing
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, everything, rich_on_the_real_line, scenario

from sim.errors import InputError
from sim.mesa.drone_monitor import DroneMonitor
from sim.mesa.model import CeasefireModel
from sim.mesa.support_unit import SupportUnit
from sim.results.measures import MEASURES
from sim.results.outcome import simulate
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MADE = {"straight": scenario(RICH), "real": rich_on_the_real_line()}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("minutes", [7.0, 60.0, 1440.0, 1e6])
def test_a_model_is_the_headless_run_of_its_seed(name: str, minutes: float) -> None:
    """Catches a model whose steps, views or data collection change what happens."""
    model = CeasefireModel(MADE[name], rng=9, step_minutes=minutes)
    model.run()
    outcome = simulate(MADE[name], seed=9)
    assert everything(model.world) == everything(outcome.world)
    assert list(model.measures) == list(outcome.measures)
    assert np.array_equal(
        list(model.measures.values()), list(outcome.measures.values()), equal_nan=True
    )
    pd.testing.assert_frame_equal(model.outcome.violations, outcome.violations)
    pd.testing.assert_frame_equal(model.outcome.sorties, outcome.sorties)
    pd.testing.assert_frame_equal(model.outcome.units, outcome.units)
    assert not model.running
    assert model.hours == model.plan.horizon_h


def test_steps_last_as_long_as_asked_and_the_run_ends() -> None:
    """Catches steps that drift, a last step beyond the end, and steps after it that go on."""
    model = CeasefireModel(scenario(TINY, run__duration_days=0.1), rng=1, step_minutes=50.0)
    hours = [model.hours]
    while model.running:
        model.step()
        hours.append(model.hours)
    assert hours == pytest.approx([0.0, 50 / 60, 100 / 60, 2.4])
    before = everything(model.world)
    model.step()
    assert model.hours == model.plan.horizon_h
    assert everything(model.world) == before


def test_agents_of_each_class_can_be_selected_and_added_up() -> None:
    """Catches agents that Mesa does not know, doubles, and properties that are not in its terms."""
    model = CeasefireModel(MADE["straight"], rng=2, step_minutes=60.0)
    for _ in range(120):
        model.step()
    drones = model.agents_by_type[DroneMonitor]
    assert list(drones) == model.drones
    assert drones.agg("detections", sum) == model.outcome.violations["detected_h"].notna().sum()
    flying = drones.select(lambda drone: drone.on_station)
    assert 0 < len(flying) < len(drones)
    assert set(flying.get("stage")) == {"on_station"}
    assert set(drones.get("group")) == {"planes", "round", "hoppers", "balloons"}
    assert drones.select(lambda drone: drone.group == "hoppers").agg("radius_km", max) == 2.0
    units = model.agents_by_type[SupportUnit]
    trips = model.outcome.violations["dispatched_h"].notna().sum()
    assert units.agg("trips", sum) == trips
    assert units.select(lambda unit: unit.busy).get("violation") == [
        unit.violation for unit in model.units if unit.busy
    ]
    assert set(units.get("nation")) == {"France", "Germany"}
    assert len(model.agents) == len(drones) + len(units) + len(model.violations)
    names = [drone.name for drone in model.drones] + [unit.name for unit in model.units]
    assert len(set(names)) == len(names)
    for agent in model.agents:
        lon, lat = agent.lonlat
        assert np.allclose(model.plan.line.to_plane(lon, lat), agent.pos)


def test_the_data_collector_keeps_the_measures() -> None:
    """Catches a collector that is late, keeps other numbers, or misses the end of the run."""
    model = CeasefireModel(MADE["straight"], rng=2, step_minutes=90.0, collect_hours=12.0)
    model.run()
    table = model.datacollector.get_model_vars_dataframe()
    assert table["hours"].tolist() == [12.0 * k for k in range(1, 17)]
    assert list(table.columns) == ["hours", *MEASURES]
    last = simulate(MADE["straight"], seed=2).measures
    found = table.iloc[-1].drop("hours").astype(float).to_numpy()
    assert np.array_equal(found, list(last.values()), equal_nan=True)
    shorter = MADE["straight"].with_values({"run.warmup_days": 1.0})
    half = CeasefireModel(shorter, rng=2, step_minutes=720.0)
    for _ in range(8):
        half.step()
    assert half.measures["flight_h"] == table["flight_h"].iloc[7]


def test_measures_follow_what_an_agent_writes() -> None:
    """Catches measures that are kept although a re-tasking or a release has changed them."""
    model = CeasefireModel(scenario(TINY, support__units__count=1), rng=1, step_minutes=30.0)
    model.units[0].hold()
    while not any(violation.status == "waiting" for violation in model.violations):
        model.step()
    before = dict(model.measures)
    model.drones[0].retask(5.0, 15.0)
    assert model.measures["sorties"] == before["sorties"] + 1.0 == len(model.outcome.sorties)
    model.units[0].release()
    assert model.measures["wait_mean_min"] > 0.0
    assert np.isnan(before["wait_mean_min"])


@pytest.fixture
def start_method() -> Iterator[None]:
    """Give the tests back their way to start processes, which `batch_run` changes for good."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("start_method")
@pytest.mark.parametrize(
    "processes", [1, pytest.param(2, marks=pytest.mark.slow)], ids=["one", "two"]
)
def test_batch_run_gives_the_runs_of_its_seeds(processes: int) -> None:
    """Catches a model that `mesa.batch_run` can not make, vary, pickle or collect from."""
    counts = [2, 5]
    parameters = {"scenario": [scenario(TINY)], "monitors__eyes__count": counts}
    rows = mesa.batch_run(
        CeasefireModel,
        parameters,
        rng=[3, 4],
        number_processes=processes,
        display_progress=False,
    )
    assert len(rows) == 4
    for row in rows:
        made = scenario(TINY, monitors__eyes__count=row["monitors__eyes__count"])
        expected = simulate(made, seed=row["rng"]).measures
        found = [row[name] for name in MEASURES]
        assert np.array_equal(found, list(expected.values()), equal_nan=True)


def test_a_scenario_file_serves_as_scenario(tmp_path: Path) -> None:
    """Catches a model that takes a scenario but not the path of one."""
    path = tmp_path / "tiny.toml"
    path.write_text(
        'title = "tiny"\n[run]\nduration_days = 1\n[line]\nlength_km = 50\n'
        "[violations]\nrate_per_day = 9\n[violations.kinds.a]\nmean_duration_min = 30\n"
    )
    one, other = CeasefireModel(path, rng=1), CeasefireModel(str(path), rng=1)
    assert everything(one.world) == everything(other.world)
    assert one.plan.scenario == Scenario.load(path)


def test_the_seed_may_come_from_anywhere() -> None:
    """Catches seeds that are ignored: the run of an int is `simulate`'s, None draws a new one."""
    made = scenario(TINY)
    assert CeasefireModel(made, rng=5).run_seed == 5
    assert CeasefireModel(made, rng=np.int64(5)).run_seed == 5
    drawn = [CeasefireModel(made, rng=np.random.default_rng(8)).run_seed for _ in range(2)]
    assert drawn[0] == drawn[1]
    rng = np.random.default_rng(8)
    assert CeasefireModel(made, rng=rng).run_seed != CeasefireModel(made, rng=rng).run_seed
    assert CeasefireModel(made).run_seed != CeasefireModel(made).run_seed
    model = CeasefireModel(made, rng=np.random.default_rng(8))
    model.run()
    assert everything(model.world) == everything(simulate(made, drawn[0]).world)


@pytest.mark.parametrize("key", ["step_minutes", "collect_hours"])
@pytest.mark.parametrize("value", [0.0, -5.0, np.nan, np.inf])
def test_a_bad_step_is_refused(key: str, value: float) -> None:
    """Catches a model that stands still, or never collects."""
    with pytest.raises(InputError, match=key):
        CeasefireModel(scenario(TINY), rng=1, **{key: value})


@pytest.mark.parametrize("rng", [-1, 2**63])
def test_a_bad_seed_is_refused(rng: int) -> None:
    """Catches a seed that Mesa or NumPy refuses in words that do not name it."""
    with pytest.raises(InputError, match="seed"):
        CeasefireModel(scenario(TINY), rng=rng)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"monitors__eyes__cuont": 3}, "cuont"), ({"monitors__eyes__count": -3}, "count")],
)
def test_a_bad_value_is_refused(values: dict[str, Any], words: str) -> None:
    """Catches a misspelt key that changes nothing."""
    with pytest.raises(InputError, match=words):
        CeasefireModel(scenario(TINY), rng=1, **values)


class Wanderer(DroneMonitor):
    """Goes to a new stretch every few hours, on the ground as in the air."""

    def step(self) -> None:
        if self.model.rng.random() < 0.03:
            length_km = self.model.plan.line.length_km
            at_km = self.model.rng.random() * (length_km - 12.0)
            offset_km = float(self.model.rng.choice([0.0, 4.0]))
            with suppress(InputError):  # out of a hopper's reach
                self.retask(at_km, at_km + 12.0, offset_km)


class WandererModel(CeasefireModel):
    """A model whose drones wander and whose units come and go."""

    drone_class = Wanderer

    def step(self) -> None:
        super().step()
        unit = self.units[self.steps % len(self.units)]
        drone = self.drones[self.steps % len(self.drones)]
        for agent in (unit, drone):
            if agent.held:
                agent.release()
            elif self.rng.random() < 0.2:
                agent.hold()


@pytest.mark.parametrize("name", MADE)
def test_deciding_agents_give_the_same_run_again(name: str) -> None:
    """Catches decisions that depend on anything but scenario and seed."""
    values = {"monitors.round": False, "run.duration_days": 4.0}
    made = MADE[name].with_values(values)
    runs = []
    for _ in range(2):
        model = WandererModel(made, rng=6, step_minutes=20.0)
        model.run()
        runs.append(model)
    assert everything(runs[0].world) == everything(runs[1].world)
    sorties = runs[0].outcome.sorties
    assert (sorties["end"] == "retasked").sum() > 20
    assert everything(runs[0].world) != everything(simulate(made, 6).world)


@pytest.mark.parametrize("name", MADE)
def test_retasked_drones_keep_to_the_rules_of_all_drones(name: str) -> None:
    """Catches sorties that overlap or outlast the endurance, and jumps, whatever is decided."""
    made = MADE[name].with_values({"monitors.round": False, "run.duration_days": 4.0})
    model = WandererModel(made, rng=7, step_minutes=5.0)
    before = {drone.row: np.array(drone.pos) for drone in model.drones}
    while model.running:
        model.step()
        for drone in model.drones:
            spec = made.platforms[drone.platform]
            speed = max(spec.speed_kmh, spec.transit_speed_kmh or 0.0) or np.inf
            here = np.array(drone.pos)
            if drone.stage not in ("lost", "ready", "turnaround"):
                moved = np.hypot(*(here - before[drone.row]))
                assert moved <= speed * 5.0 / 60.0 + 1e-9
            before[drone.row] = here
    for name_of, rows in model.outcome.sorties.groupby("drone", observed=True):
        endurance = made.platforms[str(rows["platform"].iloc[0])].endurance_h
        assert endurance is not None
        launched = rows["launched_h"].to_numpy()
        landed = rows["landed_h"].fillna(np.inf).to_numpy()
        assert np.all(launched[1:] >= landed[:-1] - 1e-9), name_of
        begun = np.nan
        for (_, row), after_retask in zip(
            rows.iterrows(), [False, *(rows["end"] == "retasked")[:-1]], strict=True
        ):
            begun = begun if after_retask else row["launched_h"]
            assert not row["landed_h"] - begun > endurance + 1e-9


def test_a_static_drone_is_retasked_to_stand_elsewhere() -> None:
    """Catches a balloon that starts to shuttle, or stays where it was."""
    model = CeasefireModel(MADE["straight"], rng=1, step_minutes=15.0)
    balloon = next(drone for drone in model.drones if drone.group == "balloons")
    while not balloon.on_station:
        model.step()
    balloon.retask(10.0, 20.0)
    while not balloon.on_station:
        model.step()
    assert balloon.pos == pytest.approx((15.0, 4.0))


@pytest.mark.parametrize(
    ("from_km", "to_km"), [(-1.0, 5.0), (235.0, 241.0), (30.0, 20.0), (30.0, 30.0)]
)
def test_a_stretch_off_the_line_is_refused(from_km: float, to_km: float) -> None:
    """Catches a drone that is sent off the map, or along a stretch that ends before it begins."""
    model = CeasefireModel(MADE["straight"], rng=1)
    before = everything(model.world)
    with pytest.raises(InputError, match=r"_km|retask"):
        model.drones[0].retask(from_km, to_km)
    assert everything(model.world) == before


def test_a_stretch_out_of_reach_is_refused() -> None:
    """Catches a drone that is sent where it could never come home from."""
    model = CeasefireModel(MADE["straight"], rng=1)
    hopper = next(drone for drone in model.drones if drone.group == "hoppers")
    with pytest.raises(InputError, match="endurance"):
        hopper.retask(200.0, 210.0)


def test_the_example_of_the_docs_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches an example in docs/extending.md that no longer fits the package."""
    monkeypatch.chdir(ROOT)
    example, sweeping = PYTHON.findall((ROOT / "docs/extending.md").read_text(encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        names: dict[str, Any] = {"__name__": "extending"}
        exec(compile(example, "docs/extending.md", "exec"), names)  # noqa: S102
    model = names["model"]
    sorties = model.outcome.sorties
    retasked = sorties[sorties["end"] == "retasked"]
    assert set(retasked["group"]) == {"tactical"}
    assert f"grave violations: {len(retasked)}\n" in capsys.readouterr().out
    exec(compile(sweeping, "docs/extending.md", "exec"), names)  # noqa: S102
    assert "difference" in capsys.readouterr().out
    again = names["ScoutModel"](names["scenario"], rng=1, step_minutes=10)
    again.run()
    assert everything(again.world) == everything(model.world)
