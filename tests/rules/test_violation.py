"""What becomes of violations: detection, thinning by feedback, and the views of them."""

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, Tables, scenario

from sim.mesa.model import CeasefireModel
from sim.results.outcome import run_world, simulate
from sim.rules.violation import DETECTED, PREVENTED, STATUS_NAMES
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

REACTIVE: Tables = {
    **TINY,
    "run": {"duration_days": 20.0},
    "violations": {
        **TINY["violations"],
        "branching_ratio": 0.5,
        "feedback": {
            "enabled": True,
            "calm_effect": 0.6,
            "calm_h": 3.0,
            "calm_radius_km": 7.0,
            "answered_offspring_drop": 0.4,
        },
    },
}


def prevented_by_hand(values: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return who was prevented in a run, and who ought to be, given the answers of the run."""
    made = scenario(REACTIVE, **values)
    spec = made.violations.feedback
    rows = run_world(build_plan(made), 1).violations
    ought = np.zeros(len(rows), dtype=bool)
    arrived, chainage = rows["arrived"], rows["chainage"]
    for v, row in enumerate(rows):
        parent, t = row["parent"], row["onset"]
        near = np.abs(chainage - row["chainage"]) <= spec.calm_radius_km
        calmed = np.any((arrived <= t) & (arrived >= t - spec.calm_h) & near)
        ought[v] = calmed and row["calm_mark"] < spec.calm_effect
        if parent >= 0:
            answered = arrived[parent] <= t
            ought[v] |= ought[parent]
            ought[v] |= answered and row["parent_mark"] < spec.answered_offspring_drop
    return rows["status"] == PREVENTED, ought


@pytest.mark.parametrize("calm", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("drop", [0.0, 0.4, 1.0])
def test_feedback_prevents_those_and_only_those_it_should(calm: float, drop: float) -> None:
    """Catches calm at the wrong time or place, orphans that happen, and marks read wrongly."""
    found, ought = prevented_by_hand(
        {
            "violations__feedback__calm_effect": calm,
            "violations__feedback__answered_offspring_drop": drop,
        }
    )
    assert np.array_equal(found, ought)
    assert found.any() == (calm > 0.0 or drop > 0.0)


def test_without_feedback_every_candidate_happens() -> None:
    """Catches thinning that goes on although feedback is off."""
    outcome = simulate(scenario(REACTIVE, violations__feedback__enabled=False), 1)
    candidates = make_world(outcome.plan, 1).violations
    assert len(outcome.violations) == len(candidates)
    assert not np.any(outcome.world.violations["status"] == PREVENTED)


def test_nobody_is_sent_to_what_is_not_grave_enough() -> None:
    """Catches calls below the least severity, or grave ones that are only recorded."""
    outcome = simulate(scenario(TINY, command__min_severity=4), 1)
    rows = outcome.violations
    seen = rows[rows["detected_h"].notna()]
    slight = seen["severity"] < 4
    assert slight.any()
    assert (seen["status"][slight] == STATUS_NAMES[DETECTED]).all()
    assert seen["called_h"][slight].isna().all()
    assert not (seen["status"][~slight] == STATUS_NAMES[DETECTED]).any()


def test_views_appear_with_their_violation_and_vanish_when_it_is_settled() -> None:
    """Catches views of what has not begun or is over, missing ones, and doubles."""
    model = CeasefireModel(scenario(RICH), rng=5, step_minutes=30.0)
    ever: set[int] = set()
    gone: set[int] = set()
    while model.running:
        model.step()
        now = model.hours
        shown = {violation.row: violation for violation in model.violations}
        assert len(shown) == len(model.violations)
        assert not gone & shown.keys()
        gone |= ever - shown.keys()
        ever |= shown.keys()
        rows = model.world.violations
        begun = (rows["onset"] <= now) & (rows["status"] != PREVENTED)
        live = set(np.flatnonzero(begun & (rows["end"] > now) & (rows["status"] == 2)))
        open_calls = set(np.flatnonzero(np.isin(rows["status"], (4, 5, 6))))
        on_scene = set(np.flatnonzero(rows["cleared"] > now))
        assert live | open_calls | on_scene <= shown.keys()
        assert all(begun[row] for row in shown)
        assert not any(violation.settled for violation in shown.values())
    assert gone
    assert len(model.agents_by_type[model.violation_class]) == len(model.violations)


def test_a_view_shows_its_record() -> None:
    """Catches a property that reads another field, in another unit."""
    model = CeasefireModel(scenario(RICH), rng=5, step_minutes=60.0)
    for _ in range(100):
        model.step()
    table = model.outcome.violations.set_index("violation")
    assert model.violations
    for view in model.violations:
        row = table.loc[view.row]
        assert (view.kind, view.severity, view.side) == (row["kind"], row["severity"], row["side"])
        assert (view.onset_h, view.end_h) == (row["onset_h"], row["end_h"])
        assert (view.chainage_km, view.offset_km) == (row["chainage_km"], row["offset_km"])
        assert view.lonlat == (row["lon"], row["lat"])
        assert view.status == row["status"]
        for name in ("detected_h", "dispatched_h", "arrived_h"):
            assert np.array_equal(getattr(view, name), row[name], equal_nan=True)
