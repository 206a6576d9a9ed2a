"""Models, worlds, outcomes and plans that are copied, pickled, and loaded in another process."""

import copy
import gc
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, everything, scenario

from sim.engine.run import advance_world, start_world
from sim.mesa.drone_monitor import DroneMonitor
from sim.mesa.model import CeasefireModel
from sim.results.outcome import run_plan, simulate
from sim.setup.draw import make_world
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

SHORT = scenario(RICH, run__duration_days=4.0)

ELSEWHERE = '''"""A model of somebody else: its drones decide by chance, and by what they noted."""

from sim import CeasefireModel, DroneMonitor, SupportUnit


class Moody(DroneMonitor):
    moods = 0

    def step(self):
        if self.model.rng.random() < 0.1:
            self.moods += 1
            self.release() if self.held else self.hold()


class Lazy(SupportUnit):
    def step(self):
        if self.model.random.random() < 0.1:
            self.release() if self.held else self.hold()


class Moodies(CeasefireModel):
    drone_class = Moody
    unit_class = Lazy
    looks = 0

    def look(self):
        self.looks += self.hours

    def late(self):
        self.looks *= 2.0


def start(scenario):
    model = Moodies(scenario, rng=4, step_minutes=60.0, collect_hours=5.0)
    model.schedule_event(model.look, at=40.5)
    model.run_for(30)
    model.schedule_event(model.look, at=50.5)
    return model


def end(model):
    """Go on from the middle of the run to its end; return what is left behind."""
    model.schedule_event(model.late, at=50.5)  # at one moment with another event, after it
    model.run()
    moods = [drone.moods for drone in model.drones]
    table = model.datacollector.get_model_vars_dataframe()
    bits = [
        getattr(model.world, name)[field].tobytes()
        for name in ("violations", "drones", "units")
        for field in getattr(model.world, name).dtype.names
    ]
    return bits, moods, model.looks, repr(model.measures), table.to_csv()
'''


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a module of a user's own model, and the folder it stands in."""
    (tmp_path / "elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "elsewhere", raising=False)
    module = __import__("elsewhere")
    yield module
    sys.modules.pop("elsewhere", None)


def loaded_elsewhere(folder: Path, code: str, what: Any) -> Any:
    """Pickle something, let a fresh process run code on it as `it`, and return its `result`."""
    (folder / "in.pkl").write_bytes(pickle.dumps(what))
    script = (
        "import pickle, pathlib\n"
        "it = pickle.loads(pathlib.Path('in.pkl').read_bytes())\n"
        f"{code}\n"
        "pathlib.Path('out.pkl').write_bytes(pickle.dumps(result))\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=folder, check=True)
    return pickle.loads((folder / "out.pkl").read_bytes())


def arrays_of(thing: Any) -> list[np.ndarray]:
    """Return all arrays in a nest of dataclasses and containers."""
    if isinstance(thing, np.ndarray):
        return [thing]
    if isinstance(thing, dict):
        parts = list(thing.values())
    elif isinstance(thing, list | tuple):
        parts = list(thing)
    else:
        parts = [getattr(thing, name) for name in getattr(thing, "__dataclass_fields__", ())]
    return [array for part in parts for array in arrays_of(part)]


def columns_of(world: World) -> list[np.ndarray]:
    return [value for name, value in vars(world).items() if name not in ("_table", "address")]


def share_memory(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    """Tell whether any array of one list lies in the memory of one of another."""
    spans = [
        (start, end, number)
        for number, arrays in enumerate((some, others))
        for array in arrays
        if array.nbytes
        for start, end in [np.lib.array_utils.byte_bounds(array)]
    ]
    last = [0, 0]
    for start, end, number in sorted(spans):
        if last[1 - number] > start:
            return True
        last[number] = max(last[number], end)
    return False


def through_a_pickle(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def copies_of(world: World) -> dict[str, World]:
    buffers: list[pickle.PickleBuffer] = []
    aside = pickle.dumps(world, protocol=5, buffer_callback=buffers.append)
    frozen = [memoryview(bytes(buffer)) for buffer in buffers]
    return {
        "shallow": copy.copy(world),
        "deep": copy.deepcopy(world),
        "pickled": pickle.loads(pickle.dumps(world)),
        "in shared buffers": pickle.loads(aside, buffers=buffers),
        "in frozen buffers": pickle.loads(aside, buffers=frozen),
    }


def test_a_copy_of_a_world_is_its_own_and_goes_on_alike() -> None:
    """Catches addresses of the original in a copy, shared arrays, and arrays nobody may write."""
    plan = build_plan(SHORT)
    world = make_world(plan, 5)
    start_world(world)
    advance_world(world, 31.4)
    before = everything(world)
    copies = copies_of(world)
    found = {}
    for name, one in copies.items():
        assert not share_memory(columns_of(one), columns_of(world)), name
        advance_world(one, plan.horizon_h)
        found[name] = everything(one)
    assert everything(world) == before
    advance_world(world, plan.horizon_h)
    assert all(one == everything(world) for one in found.values())
    assert everything(world) != before


def test_a_world_goes_on_in_a_process_that_loads_nothing_else(tmp_path: Path) -> None:
    """Catches a world whose columns are unknown where the engine was not imported before."""
    plan = build_plan(SHORT)
    world = make_world(plan, 5)
    start_world(world)
    advance_world(world, 31.4)
    code = (
        "from sim.engine.run import advance_world\n"
        f"advance_world(it, {plan.horizon_h})\nresult = it\n"
    )
    there = loaded_elsewhere(tmp_path, code, world)
    advance_world(world, plan.horizon_h)
    assert everything(there) == everything(world)


def test_a_world_shares_nothing_with_its_plan_or_other_runs() -> None:
    """Catches arrays of the plan in a world: what is written there would change later runs."""
    made = scenario(RICH, line={"length_km": 240.0}, support__far__placement="even")
    plan = build_plan(made)
    assert plan.monitors.random_posts.size == 0
    worlds = [make_world(plan, seed) for seed in (1, 2)]
    kept = [array.tobytes() for array in arrays_of(plan)]
    assert len(kept) > 50
    for world in worlds:
        assert not share_memory(columns_of(world), arrays_of(plan))
    assert not share_memory(columns_of(worlds[0]), columns_of(worlds[1]))
    start_world(worlds[0])
    advance_world(worlds[0], plan.horizon_h)
    assert [array.tobytes() for array in arrays_of(plan)] == kept


def test_a_column_cannot_be_replaced_behind_the_engine() -> None:
    """Catches an assignment that Python sees and the engine does not."""
    world = make_world(build_plan(scenario(TINY)), 1)
    with pytest.raises(AttributeError, match=r"drones cannot be set.*put"):
        world.drones = world.drones.copy()


def test_a_record_outlives_its_world() -> None:
    """Catches memory that is given back while a record or a view still points to it."""
    outcome = simulate(scenario(TINY), 3)
    record, kept = outcome.world.violations[7], outcome.world.violations[7].copy()
    model = CeasefireModel(scenario(TINY), rng=3)
    drone, place = model.drones[1], model.drones[1].pos
    del outcome, model
    gc.collect()
    np.full(5_000_000, -1.0)
    assert record == kept
    assert drone.pos == place
    drone.model.run()
    assert everything(drone.model.world) == everything(simulate(scenario(TINY), 3).world)


@pytest.mark.parametrize(
    "way", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copied_model_is_its_own_and_goes_on_alike(way: Any, elsewhere: Any) -> None:
    """Catches a copy that drives the original, and one that decides or collects otherwise."""
    model = elsewhere.start(SHORT)
    before = everything(model.world)
    twin = way(model)
    assert type(twin) is type(model)
    assert all(agent.model is twin for agent in twin.agents)
    assert twin.drones[0] in twin.agents
    assert twin.drones[0] not in model.agents
    for drone in twin.drones:
        drone.hold()
    assert everything(model.world) == before
    assert all(drone.held for drone in twin.drones)
    third = way(model)
    found = elsewhere.end(third)
    assert everything(model.world) == before
    assert found == elsewhere.end(model)
    assert found[2] == 2.0 * (40.5 + 50.5) == model.looks


def test_a_model_goes_on_in_another_process(tmp_path: Path, elsewhere: Any) -> None:
    """Catches a pickled model that reads foreign memory, or takes events in another order."""
    model = elsewhere.start(SHORT)
    found = loaded_elsewhere(tmp_path, "import elsewhere\nresult = elsewhere.end(it)", model)
    assert found == elsewhere.end(model)


def test_a_what_if_leaves_the_original_alone() -> None:
    """Catches orders to a copy that reach the original, or the other way round."""
    model = CeasefireModel(SHORT, rng=2)
    model.step()
    what_if = copy.deepcopy(model)
    for drone in what_if.drones:
        drone.hold()
    what_if.drones[0].retask(5.0, 30.0)
    what_if.drones[1].remove()
    assert sum(drone.held for drone in what_if.drones) == len(what_if.drones)
    assert len(what_if.drones) == len(model.drones) - 1
    assert not any(drone.held for drone in model.drones)
    model.run()
    assert everything(model.world) == everything(simulate(SHORT, 2).world)
    what_if.run()
    assert what_if.measures["flight_h"] < model.measures["flight_h"]


def test_a_view_copied_deeply_belongs_to_the_copied_model() -> None:
    """Catches an agent whose copy still looks at, or orders about, the original's world."""
    model = CeasefireModel(SHORT, rng=2)
    model.step()
    drone = copy.deepcopy(model.drones[3])
    drone.hold()
    assert drone.model is not model
    assert drone.model.drones[3] is drone
    assert not model.drones[3].held


def test_who_listens_to_a_model_is_told_of_its_copy() -> None:
    """Catches signals that cannot be copied: Mesa holds those who listen by weak references."""
    model = CeasefireModel(SHORT, rng=2)
    listener = Listener()
    model.listener = listener
    model.observe("time", mesa.experimental.mesa_signals.ObservableSignals.CHANGED, listener.hear)
    twin = copy.deepcopy(model)
    twin.step()
    assert (listener.heard, twin.listener.heard) == (0, 1)
    model.step()
    assert (listener.heard, twin.listener.heard) == (1, 1)


class Listener:
    """Counts the changes of time it hears of."""

    def __init__(self) -> None:
        self.heard = 0

    def hear(self, _signal: Any) -> None:
        self.heard += 1


TABLES = ["violations", "reports", "headquarters", "forces", "sorties", "units", "breakdown"]


@pytest.mark.parametrize("asked_before", [False, True])
def test_an_outcome_is_whole_in_another_process(tmp_path: Path, asked_before: bool) -> None:
    """Catches tables and measures that another process cannot make, or makes otherwise."""
    outcome = simulate(SHORT, 6)
    tables = {name: getattr(outcome, name) for name in TABLES} if asked_before else {}
    code = f"result = it.measures, {{name: getattr(it, name) for name in {TABLES}}}, it.posts"
    measures, found, posts = loaded_elsewhere(tmp_path, code, outcome)
    np.testing.assert_equal(measures, outcome.measures)
    for name in TABLES:
        pd.testing.assert_frame_equal(found[name], tables.get(name, getattr(outcome, name)))
    for (group, track), (other, expected) in zip(posts, outcome.posts, strict=True):
        assert group == other
        assert np.array_equal(track, expected)


def test_a_plan_makes_the_same_runs_in_another_process(tmp_path: Path) -> None:
    """Catches a plan that is pickled without something its runs need."""
    plan = build_plan(SHORT)
    code = "from sim.results.outcome import run_plan\nresult = run_plan(it, 8).world"
    there = loaded_elsewhere(tmp_path, code, plan)
    here = run_plan(copy.deepcopy(plan), 8).world
    assert everything(there) == everything(here) == everything(run_plan(plan, 8).world)


def test_plans_and_outcomes_can_be_compared_and_kept_in_sets() -> None:
    """Catches a comparison that asks an array whether it is true, and pages of arrays as text."""
    plans = [build_plan(SHORT), build_plan(SHORT)]
    outcomes = [run_plan(plan, 1) for plan in plans]
    for one, other in (plans, outcomes, [outcome.world for outcome in outcomes]):
        assert one == one
        assert one != other
        assert len({one, other, one}) == 2
        assert len(repr(one)) < 200
    assert plans[0].scenario == plans[1].scenario


def test_copies_of_copies_of_a_model_keep_apart() -> None:
    """Catches copies that share what they grew in the meantime: posts, events and sorties."""
    models = [CeasefireModel(SHORT, rng=2)]
    for number in range(4):
        models[-1].step()
        models.append(copy.deepcopy(models[-1]))
        models[-1].drones[number].retask(3.0 * number, 3.0 * number + 9.0)
    for one, other in pairwise(models):
        assert not share_memory(columns_of(one.world), columns_of(other.world))
        one.run()
    assert everything(models[0].world) == everything(simulate(SHORT, 2).world)
    assert isinstance(models[-1].drones[0], DroneMonitor)
    posts = [len(model.world.posts) for model in models]
    assert posts == [posts[0] + number for number in range(5)]
    assert isinstance(models[-1].plan, Plan)
