"""One headless run: what always holds of its tables, and the edges of what can be asked for."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from engine_scenarios import PLATFORMS, RICH, TINY, everything, rich_on_the_real_line, scenario

from sim.errors import InputError
from sim.results.outcome import Outcome, simulate
from sim.scenario import Scenario

STATUSES = {
    "live",
    "missed",
    "detected",
    "delayed",
    "waiting",
    "under_way",
    "answered",
    "lost",
    "expired",
}
ORDER = ("onset_h", "detected_h", "called_h", "dispatched_h", "arrived_h", "cleared_h")
LAST = {
    "live": "onset_h",
    "missed": "onset_h",
    "detected": "detected_h",
    "delayed": "detected_h",
    "waiting": "called_h",
    "lost": "called_h",
    "expired": "called_h",
    "under_way": "dispatched_h",
    "answered": "arrived_h",
}
VARIANTS: dict[str, Scenario] = {
    "rich": scenario(RICH),
    "real": rich_on_the_real_line(),
    "lost": scenario(RICH, dispatch__waiting_room=False),
    "travel": scenario(RICH, dispatch__travel_is_busy=False),
    "grave": scenario(RICH, command__min_severity=4, command__delay="lognormal"),
}


def check_violations(outcome: Outcome) -> None:
    """Check what holds of every row of every run."""
    rows, end = outcome.violations, outcome.plan.horizon_h
    assert set(rows["status"]) <= STATUSES
    assert rows["status"].notna().all()
    times = rows[list(ORDER)].to_numpy()
    known = ~np.isnan(times)
    assert np.all(known[:, :-1] >= known[:, 1:])  # no step without the one before
    assert np.all(np.diff(times, axis=1)[known[:, 1:]] >= 0.0)
    for status, last in LAST.items():
        of = (rows["status"] == status).to_numpy()
        place = ORDER.index(last)
        assert np.all(known[of, place]), status
        # who is still there at the end has not left yet
        assert status == "answered" or not np.any(known[of, place + 1 :]), status
    assert not (times > end)[known].any()
    assert (rows["end_h"] > rows["onset_h"]).all()
    assert (rows["detected_h"].dropna() < rows["end_h"][rows["detected_h"].notna()]).all()
    assert (rows["onset_h"] <= end).all()
    assert rows["onset_h"].is_monotonic_increasing
    assert ((rows["status"] == "live") == (rows["detected_h"].isna() & (rows["end_h"] > end))).all()
    assert ((rows["detected_by"] != "") == rows["detected_h"].notna()).all()
    assert ((rows["unit"] != "") == rows["dispatched_h"].notna()).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", VARIANTS)
def test_every_violation_has_one_status_and_times_in_order(name: str, seed: int) -> None:
    """Catches violations that are lost from the books, or answered before they are seen."""
    outcome = simulate(VARIANTS[name], seed)
    check_violations(outcome)
    rows = outcome.violations
    parents = rows[rows["parent"] >= 0].set_index("violation")["parent"]
    onset = rows.set_index("violation")["onset_h"]
    assert set(parents) <= set(onset.index)
    assert (onset[parents.to_numpy()].to_numpy() <= onset[parents.index].to_numpy()).all()


def test_places_agree_in_all_their_coordinates() -> None:
    """Catches sides, sectors, phases or degrees that do not belong to the place and time."""
    outcome = simulate(VARIANTS["real"], 1)
    rows, line = outcome.violations, outcome.line
    xy = line.to_plane(rows["lon"], rows["lat"])
    assert np.abs(line.locate(xy)[1] - rows["offset_km"]).max() < 1e-5
    # two places of the line may be equally near
    away = np.hypot(*(xy - line.point(rows["chainage_km"])).T)
    assert np.abs(away - rows["offset_km"].abs()).max() < 1e-5
    width = line.length_km / 4
    assert (rows["sector"] == np.minimum(rows["chainage_km"] // width + 1, 4)).all()
    assert ((rows["phase"] == "tense") == (rows["onset_h"] >= 96.0)).all()
    assert rows["severity"].between(1, 5).all()
    assert set(rows["kind"]) == {"shelling", "incursion"}
    assert set(rows["side"]) == {"russian", "ukrainian"}


def test_detections_are_made_by_drones_that_were_there() -> None:
    """Catches detections by drones that were on the ground, or too far away."""
    outcome = simulate(VARIANTS["real"], 2)
    seen = outcome.violations.dropna(subset="detected_h")
    assert len(seen) > 50
    sorties = outcome.sorties.fillna({"off_station_h": np.inf})
    world = outcome.world
    for _, row in seen.iterrows():
        mine = sorties[sorties["drone"] == row["detected_by"]]
        there = (mine["on_station_h"] <= row["detected_h"]) & (
            row["detected_h"] <= mine["off_station_h"]
        )
        assert there.sum() >= 1
        post = int(mine[there]["post"].iloc[0])
        first = int(world.posts["first_vertex"][post])
        track = world.track_xy[first : first + int(world.posts["vertices"][post])]
        place = outcome.line.to_plane(row["lon"], row["lat"])
        reach = world.posts["radius_km"][post] + world.posts["track_km"][post]
        assert np.hypot(*(track - place).T).min() <= reach


EDGES: dict[str, dict[str, Any]] = {
    "no monitors": {"monitors.eyes": False},
    "no drones": {"monitors.eyes.count": 0},
    "no units": {"support.units": False},
    "units of count 0": {"support.units.count": 0},
    "nothing at all": {
        "monitors.eyes": False,
        "support.units": False,
        "violations.rate_per_day": 0.0,
    },
    "no violations": {"violations.rate_per_day": 0.0},
    "a moment": {"run.duration_days": 1e-6},
    "one drone": {"monitors.eyes.count": 1},
    "one unit": {"support.units.count": 1},
    "more posts than drones": {"monitors.eyes.posts": 9},
    "a tiny line": {"line.length_km": 0.01},
    "sees everything": {"platforms.eye.radius_km": 500.0},
    "blind": {"platforms.eye.look_chance": 0.0},
    "many zones": {
        "weather": {"enabled": True, "zones": 50, "front_zone_share": 1.0},
        "jamming": {"enabled": True, "zones": 7},
    },
    "only warm-up": {"run.warmup_days": 1.9999},
    "no time on the scene": {"support.units.on_scene_h": 0.0, "support.units.readiness_min": 0.0},
}


@pytest.mark.parametrize("edge", EDGES)
def test_edges_run_and_their_measures_are_defined_or_nan(edge: str) -> None:
    """Catches crashes, warnings and infinite measures where there is nothing to measure."""
    outcome = simulate(scenario(TINY).with_values(EDGES[edge]), 3)
    check_violations(outcome)
    assert not np.isinf(list(outcome.measures.values())).any()
    for table in (outcome.breakdown, outcome.sorties, outcome.units):
        assert isinstance(table, pd.DataFrame)
    assert len(outcome.units) == len(outcome.world.units)
    assert outcome.measures["n_violations"] <= len(outcome.violations)


def test_nobody_detects_without_monitors() -> None:
    """Catches detections out of nowhere."""
    for edge in ("no monitors", "no drones", "blind"):
        outcome = simulate(scenario(TINY).with_values(EDGES[edge]), 3)
        assert set(outcome.violations["status"]) <= {"missed", "live"}
        assert outcome.measures["detection_rate"] == 0.0
        assert np.isnan(outcome.measures["response_time_mean_min"])


def test_all_calls_wait_without_units() -> None:
    """Catches calls that are answered by nobody, or lost although there is a waiting room."""
    for edge in ("no units", "units of count 0"):
        outcome = simulate(scenario(TINY).with_values(EDGES[edge]), 3)
        called = outcome.violations.dropna(subset="called_h")
        assert len(called) > 10
        assert set(called["status"]) == {"waiting"}
        assert outcome.measures["answered_share"] == 0.0
        limit = 60.0 * outcome.scenario.measures.follow_up_h
        assert outcome.measures["time_to_arrival_mean_min"] == pytest.approx(limit)
        assert np.isnan(outcome.measures["unit_utilisation"])


def test_no_violations_leave_the_measures_undefined() -> None:
    """Catches a share of nothing that is shown as a number."""
    outcome = simulate(scenario(TINY, violations__rate_per_day=0.0), 3)
    measures = outcome.measures
    assert measures["n_violations"] == 0.0
    undefined = {name for name, value in measures.items() if np.isnan(value)}
    for name in ("detection_rate", "answered_share", "response_time_p50_min", "lost_share"):
        assert name in undefined
    assert measures["unit_utilisation"] == 0.0
    assert measures["on_station_share"] == 1.0
    assert len(outcome.violations) == 0
    assert "status" in outcome.violations


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "1", None, True])
def test_a_bad_seed_is_refused(seed: Any) -> None:
    """Catches a seed that is silently rounded, wrapped or passed on to fail elsewhere."""
    with pytest.raises(InputError, match="seed"):
        simulate(scenario(TINY), seed)


@pytest.mark.parametrize("seed", [0, 2**63 - 1, np.int64(5), np.uint8(5)])
def test_seeds_at_the_edges_are_accepted(seed: Any) -> None:
    """Catches an allowed seed that fails; NumPy's numbers are as good as Python's."""
    outcome = simulate(scenario(TINY), seed)
    assert outcome.seed == int(seed)
    assert everything(outcome.world) == everything(simulate(scenario(TINY), int(seed)).world)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"monitors.eyes.to_km": 61.0}, "monitors.eyes.to_km"),
        ({"monitors.eyes.platform": "plane", "monitors.eyes.base_offset_km": 900.0}, "endurance"),
        ({"support.units.to_km": 70.0}, "support.units.to_km"),
        ({"violations.hot_spots.town": {"chainage_km": 80.0, "share": 1.0}}, "chainage_km"),
        ({"violations.rate_per_day": 1e5, "run.duration_days": 3000.0}, "rate_per_day"),
    ],
)
def test_what_does_not_fit_the_line_is_refused_in_one_line(
    values: dict[str, Any], words: str
) -> None:
    """Catches a scenario that fails in the middle of a run, or without saying which key it is."""
    made = scenario({**TINY, "platforms": {**TINY["platforms"], **PLATFORMS}})
    with pytest.raises(InputError, match=words) as error:
        simulate(made.with_values(values))
    assert "\n" not in str(error.value)


def test_the_tracks_of_an_outcome_are_those_that_were_flown() -> None:
    """Catches a map that shows posts at random places where they were not in this run."""
    outcome = simulate(scenario(RICH, monitors__balloons__placement="random"), 4)
    world = outcome.world
    assert len(outcome.posts) == len(world.posts)
    for post, (group, xy) in zip(world.posts, outcome.posts, strict=True):
        first = int(post["first_vertex"])
        assert group == outcome.plan.group_names[int(post["group"])]
        assert np.array_equal(xy, world.track_xy[first : first + int(post["vertices"])])
