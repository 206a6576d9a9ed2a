"""The fields of candidates."""

from pathlib import Path

import numpy as np
import pytest
from engine_scenarios import RICH, scenario

from sim.scenario import Scenario
from sim.setup.candidates import draw_violations
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.rows import CaseRow, ViolationRow

CONFIGS = Path(__file__).parents[2] / "configs"
MISSION = Scenario.load(CONFIGS / "baseline.toml").with_values({"run.duration_days": 20.0})


@pytest.mark.parametrize("made", [scenario(RICH), MISSION], ids=["rich", "mission"])
def test_every_field_is_written(made: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a field left as it was in memory: another run's, or chance."""
    plan = build_plan(made)
    make_world(plan, 3)  # compiled while `empty` is NumPy's own
    empty, worlds = np.empty, []
    for filler in (0, 255):

        def dirty(*shape: object, byte: int = filler, **options: object) -> np.ndarray:
            array: np.ndarray = empty(*shape, **options)  # type: ignore[call-overload]
            if array.dtype in (ViolationRow.dtype, CaseRow.dtype, np.float64):
                array.view(np.uint8)[...] = byte
            return array

        monkeypatch.setattr(np, "empty", dirty)
        worlds.append(make_world(plan, 3))
        monkeypatch.setattr(np, "empty", empty)
    first, second = worlds
    assert len(first.violations) > 100
    for name in ("violations", "cases", "report_at", "desk_hours"):
        one, other = getattr(first, name), getattr(second, name)
        if one.dtype.names is None:
            assert np.array_equal(one, other, equal_nan=True), name
            continue
        for field in one.dtype.names:
            assert np.array_equal(one[field], other[field], equal_nan=True), (name, field)


def test_candidates_follow_one_another_whatever_their_origin() -> None:
    """Catches false reports at the end of the table, or a parent looked up in another's order."""
    plan = build_plan(MISSION)
    rows = make_world(plan, 5).violations
    assert np.all(np.diff(rows["onset"]) >= 0.0)
    assert set(rows["nature"].tolist()) == {0, 1, 2}
    children = rows[rows["parent"] >= 0]
    parents = rows[children["parent"]]
    assert len(children) > 50
    assert np.all(parents["nature"] == 0)
    assert np.all(parents["onset"] <= children["onset"])
    elsewhere = np.flatnonzero(np.diff(plan.terrain.areas.first))  # kinds with an area
    land = ~np.isin(children["kind"], elsewhere)
    land &= ~np.isin(parents["kind"], elsewhere)
    apart_km = np.abs(parents["chainage"] - children["chainage"])[land]
    assert np.median(apart_km) < 3.0 * MISSION.violations.offspring_spread_km
    alone = draw_violations(plan.process, plan.terrain, 5)
    real = rows[rows["nature"] == 0]
    for field in ("onset", "end", "x", "y", "severity", "kind", "threshold"):
        assert np.array_equal(real[field], alone[field]), field
