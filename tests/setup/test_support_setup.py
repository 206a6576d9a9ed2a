"""Bases, the order in which they are searched, and forward points."""

import numpy as np
import pytest
import shapely
from engine_scenarios import TINY, Tables, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.geography import ContactLine, forward_points
from sim.results.outcome import simulate
from sim.rules.dispatch import forward_point
from sim.setup.plan import build_plan
from sim.setup.support import FORWARD_STEP_KM

TEETH = st.lists(st.tuples(st.floats(2.0, 15.0), st.floats(-14.0, 14.0)), min_size=2, max_size=9)


def zigzag(teeth: list[tuple[float, float]]) -> ContactLine:
    steps, heights = np.array(teeth).T
    xy = np.column_stack([np.cumsum(steps), heights])
    return ContactLine(np.concatenate([[[0.0, 0.0]], xy]), (36.0, 48.0))


@settings(max_examples=40)
@given(TEETH, st.floats(0.5, 25.0))
def test_forward_points_keep_the_stand_off_from_a_zigzag(
    teeth: list[tuple[float, float]], standoff_km: float
) -> None:
    """Catches a point that is back from its own bend and in front of the next one."""
    line = zigzag(teeth)
    points = forward_points(line, standoff_km, FORWARD_STEP_KM)
    assert len(points) == int(np.ceil(line.length_km / FORWARD_STEP_KM)) + 1
    apart = shapely.distance(shapely.LineString(line.xy), shapely.points(points))
    assert apart.min() >= standoff_km * (1.0 - 1e-9)
    assert np.all(line.locate(points)[1] > 0.0)


SPREAD: Tables = {
    "a": {"nation": "a", "count": 8, "standoff_km": 10.0, "placement": "random"},
    "b": {"nation": "b", "count": 5, "base_offset_km": 60.0, "standoff_km": 4.0},
}


def test_units_on_the_real_line_keep_their_stand_off() -> None:
    """Catches units that drive to a point nearer to some bend of the line than they may."""
    tables = {**TINY, "line": {"feature": "full"}, "support": SPREAD}
    made = scenario(
        tables,
        monitors__eyes__count=60,
        run__duration_days=10.0,
        violations__kinds__shelling__offset_sd_km=6.0,
    )
    outcome = simulate(made, 1)
    world = outcome.world
    rows = world.violations[world.violations["unit"] >= 0]
    assert len(rows) > 50
    bases = world.bases[world.units["base"][rows["unit"]]]
    ends = np.array(
        [forward_point(world, base, row) for base, row in zip(bases, rows, strict=True)]
    )
    _, offset = outcome.line.locate(ends)
    assert np.all(offset >= bases["standoff_km"] * (1.0 - 1e-9))
    way = np.hypot(ends[:, 0] - bases["x"], ends[:, 1] - bases["y"])
    assert rows["distance"] == pytest.approx(way)


def test_bases_are_dealt_in_turn_and_placed_where_asked() -> None:
    """Catches units at the wrong base, a group of no units, and random bases off their stretch."""
    places = [{"name": n, "lon": 36.0 + k / 10, "lat": 48.1} for k, n in enumerate("pqr")]
    support: Tables = {
        "none": {"nation": "a", "count": 0},
        "dealt": {"nation": "b", "count": 5, "placement": "bases", "bases": places},
        "even": {"nation": "c", "count": 3, "from_km": 30.0, "base_offset_km": 7.0},
        "random": {
            "nation": "d",
            "count": 20,
            "placement": "random",
            "from_km": 10.0,
            "to_km": 15.0,
        },
    }
    outcome = simulate(scenario({**TINY, "support": support}), 1)
    units = outcome.units
    assert [len(rows) for _, rows in units.groupby("group")] == [5, 3, 20]
    dealt = units[units["group"] == "dealt"]
    assert dealt["lon"].round(6).value_counts(sort=False).tolist() == [2, 2, 1]
    even = units[units["group"] == "even"]
    assert even["chainage_km"].tolist() == pytest.approx([35.0, 45.0, 55.0])
    assert even["offset_km"].tolist() == pytest.approx([7.0] * 3)
    drawn = units[units["group"] == "random"]
    assert drawn["chainage_km"].between(10.0, 15.0).all()
    assert drawn["chainage_km"].nunique() == 20
    assert drawn["offset_km"].to_numpy() == pytest.approx(15.0)
    again = simulate(outcome.scenario, 2).units
    assert not np.allclose(again["chainage_km"], units["chainage_km"])


def test_the_plan_needs_no_units_at_all() -> None:
    """Catches tables of no bases that can not be laid out or searched."""
    plan = build_plan(scenario({**TINY, "support": {}}))
    assert plan.support.near.bases.shape[1] == 0
