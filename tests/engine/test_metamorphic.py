"""Changes of a scenario whose effect on the run is known, whatever the run is."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from engine_scenarios import REAL_LINE, RICH, Tables, scenario

from sim.geography import ContactLine
from sim.results.outcome import Outcome, simulate

TIMES = (
    "onset_h",
    "end_h",
    "detected_h",
    "called_h",
    "dispatched_h",
    "arrived_h",
    "cleared_h",
)
LENGTHS = {
    "line": ("length_km", "generalise_km"),
    "violations": ("offspring_spread_km", "max_offset_km"),
    "kinds": ("offset_sd_km",),
    "hot_spots": ("chainage_km", "spread_km"),
    "feedback": ("calm_radius_km",),
    "platforms": ("speed_kmh", "transit_speed_kmh", "radius_km"),
    "monitors": ("from_km", "to_km", "offset_km", "return_offset_km", "base_offset_km"),
    "support": ("from_km", "to_km", "base_offset_km", "standoff_km", "speed_kmh"),
}


def stretched(tables: dict[str, Any], factor: float) -> Tables:
    """Multiply everything that is measured in kilometres."""
    dumped = scenario(tables).model_dump()
    spec = dumped["violations"]
    for table, names in (
        (dumped["line"], LENGTHS["line"]),
        (spec, LENGTHS["violations"]),
        (spec["feedback"], LENGTHS["feedback"]),
        *((kind, LENGTHS["kinds"]) for kind in spec["kinds"].values()),
        *((spot, LENGTHS["hot_spots"]) for spot in spec["hot_spots"].values()),
        *((platform, LENGTHS["platforms"]) for platform in dumped["platforms"].values()),
        *((group, LENGTHS["monitors"]) for group in dumped["monitors"].values()),
        *((group, LENGTHS["support"]) for group in dumped["support"].values()),
    ):
        for name in names:
            if table[name] is not None:
                table[name] *= factor
    return dumped


def times(outcome: Outcome) -> dict[str, list[str]]:
    return {name: outcome.violations[name].map(float.hex).tolist() for name in TIMES}


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_kilometres_and_speeds_together_change_no_time(factor: float) -> None:
    """Catches a length in kilometres that is hidden in the engine; powers of two are exact."""
    one = simulate(scenario(RICH), 6)
    other = simulate(scenario(stretched(RICH, factor)), 6)
    assert times(one) == times(other)
    assert one.violations["detected_by"].tolist() == other.violations["detected_by"].tolist()
    assert one.violations["unit"].tolist() == other.violations["unit"].tolist()
    way, longer = one.measures["travel_distance_mean_km"], other.measures["travel_distance_mean_km"]
    assert longer == pytest.approx(factor * way)


def written(path: Path, lonlat: list[list[float]]) -> str:
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "LineString", "coordinates": lonlat},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(path)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_way_a_line_was_digitised_changes_no_measure(tmp_path: Path, seed: int) -> None:
    """Catches sides, chainages or tracks that depend on the order of vertices in the file."""
    line = ContactLine.default(feature="land")
    lonlat = line.to_lonlat(line.xy).tolist()
    outcomes = []
    for name, vertices in (("there", lonlat), ("back", lonlat[::-1])):
        file = written(tmp_path / f"{name}.geojson", vertices)
        made = scenario({**RICH, "line": {"file": file, "sectors": 4}})
        outcomes.append(simulate(made.with_values({"monitors.hoppers.to_km": 100.0}), seed))
    one, other = outcomes
    assert one.measures == pytest.approx(other.measures, nan_ok=True, rel=1e-12)
    pd.testing.assert_frame_equal(one.violations, other.violations)
    pd.testing.assert_frame_equal(one.sorties, other.sorties)


def test_a_straight_line_in_a_file_is_a_straight_line_by_length(tmp_path: Path) -> None:
    """Catches a way of handling curved lines that gives something else on a straight one."""
    straight = ContactLine.straight(240.0)
    places = np.linspace(0.0, 240.0, 4)
    lonlat = straight.to_lonlat(straight.point(places)).tolist()
    file = written(tmp_path / "line.geojson", lonlat)
    one = simulate(scenario(RICH), 3)
    other = simulate(scenario({**RICH, "line": {"file": file, "sectors": 4}}), 3)
    # projected about another centre, the line is as long to a metre
    assert other.line.length_km == pytest.approx(240.0, abs=0.01)
    for name in ("detection_rate", "answered_share", "flight_h", "travel_distance_mean_km"):
        assert other.measures[name] == pytest.approx(one.measures[name], rel=0.03)


def test_a_fresh_name_for_the_last_group_changes_only_its_own_luck() -> None:
    """Catches names of groups that leak into the luck of others."""
    tables = {**RICH, "violations": {**RICH["violations"], "feedback": {"enabled": False}}}
    groups = dict(tables["monitors"])
    renamed = {**groups, "others": groups["balloons"]}
    del renamed["balloons"]
    one = simulate(scenario(tables), 2).world
    other = simulate(scenario({**tables, "monitors": renamed}), 2).world
    mine = one.drones["group"] < 3
    assert np.array_equal(one.drones["flight_h"][mine], other.drones["flight_h"][mine])
    assert not np.array_equal(one.drones["flight_h"][~mine], other.drones["flight_h"][~mine])


def test_a_shorter_run_is_the_beginning_of_a_longer_one() -> None:
    """Catches an end of the run that changes what happens before it, given the same candidates."""
    steady = {
        "rate_per_day": 60.0,
        "kinds": RICH["violations"]["kinds"],
    }
    tables = {
        **RICH,
        "line": REAL_LINE,
        "violations": steady,
        "weather": {"enabled": False},
        "jamming": {"enabled": False},
    }
    made = scenario(tables, monitors__hoppers__to_km=100.0)
    made = made.with_values(
        {"platforms.plane.loss_per_1000_h": 0.0, "platforms.hopper.loss_per_1000_h": 0.0}
    )
    long = simulate(made, 4).sorties
    short = simulate(made.with_values({"run.duration_days": 3.0}), 4).sorties
    over = long["landed_h"] <= 72.0
    kept = short["landed_h"].notna()
    assert over.sum() == kept.sum() > 50
    assert long["landed_h"][over].tolist() == short["landed_h"][kept].tolist()
