"""Known parameters planted by the engine and found again within their intervals."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted import COUNTED, PLACED, TIMED, empty_days, empty_events, planted, spotted_scenario

from sim import simulate
from sim.calibration import Events, Recovery, Sites, calibrate, read_table, recover
from sim.calibration.recovery import drawn_table, planted_scenario
from sim.setup.plan import build_plan

TRIALS = 200
INCIDENTS = int(os.environ.get("CEASEFIRE_TRIALS", "40"))
"""Tables of incidents: each takes a second to fit. The page quotes those of 200."""


def counted(trials: int) -> Recovery:
    return recover(planted(COUNTED, (0, 40)), empty_days(80), trials=trials)


def timed(trials: int) -> Recovery:
    return recover(planted(TIMED), empty_events(60), trials=trials)


def placed(trials: int) -> Recovery:
    found, scenario = planted(PLACED), spotted_scenario()
    return recover(found, empty_events(60), trials=trials, scenario=scenario)


@pytest.mark.parametrize("draw", [counted, timed, placed])
def test_a_few_tables_give_back_what_was_planted(draw) -> None:
    """Catches an estimate that misses: of 3 trials, 2 misses of one key are one case in 140.

    With 40 keys in all and fixed seeds; hours are not looked at one by one.
    """
    found = draw(3)
    assert found.trials == 3
    for key, told in found.told.items():
        if not key.startswith("hour_weights"):
            assert told == 3
            assert found.held[key] >= 2, key


def bounds(cases: int) -> tuple[float, float]:
    """Return 95 % of some cases, give or take three standard errors."""
    error = (0.95 * 0.05 * cases) ** 0.5
    return 0.95 * cases - 3.0 * error, 0.95 * cases + 3.0 * error


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "trials"), [(counted, TRIALS), (timed, INCIDENTS), (placed, INCIDENTS)]
)
def test_intervals_hold_what_was_planted_in_95_of_100_cases(draw, trials) -> None:
    """Catches intervals that are too narrow, too wide or off; docs/calibration.md quotes these.

    Each parameter by itself, and all together, which few tables suffice for: with 40, no parameter
    by itself can be held too often, but 28 can.
    """
    found = draw(trials)
    print({key: f"{found.held[key]}/{found.told[key]}" for key in found.told})
    assert found.trials == trials
    fewest, most = bounds(trials)
    wrong = {key: found.held[key] for key in found.told if not fewest <= found.held[key] <= most}
    assert wrong == {}
    fewest, most = bounds(trials * len(found.told))
    assert fewest <= sum(found.held.values()) <= most


@pytest.mark.slow
@pytest.mark.parametrize("branching", [0.0, 0.3])
def test_shares_from_days_and_places_are_held_though_incidents_cluster(branching: float) -> None:
    """Catches intervals that take incidents to be independent: these hold in 160 of 200 cases.

    With offspring beyond midnight a few more are missed than 10; docs/calibration.md says how many.
    """
    scenario = spotted_scenario()
    found = planted({**PLACED, "branching_ratio": branching})
    plan = build_plan(planted_scenario(found, 60, scenario))
    held = dict.fromkeys(["hot_spots.west.share", "hot_spots.east.share"], 0)
    for seed in range(1, TRIALS + 1):
        drawn = drawn_table(plan, empty_events(60), True, seed)
        assert isinstance(drawn, Events)
        day = (drawn.time_h // 24.0).astype(np.int64)
        table = replace(
            empty_days(60), start=np.arange(60), days=np.ones(60, dtype=np.int64),
            count=np.bincount(day, minlength=60), sites=Sites(day, drawn.chainage_km), listed=True,
        )  # fmt: skip
        again = calibrate(table, scenario=scenario)
        for key in held:
            held[key] += again[key].holds(PLACED[key])
    assert all(number >= 176 for number in held.values()), held


def test_violations_of_a_run_are_recovered_from_their_table(tmp_path: Path) -> None:
    """Catches a way from a run's table to the fit that loses time, place or incidents.

    A fixed seed; each of the seven parameters is missed by one run in 20.
    """
    scenario = planted_scenario(planted(PLACED), 60, spotted_scenario())
    violations = simulate(scenario, seed=4).violations
    start = pd.Timestamp("2021-01-01")
    table = violations[["lon", "lat", "severity"]].assign(
        datetime=(start + pd.to_timedelta(violations["onset_h"], unit="h")).dt.round("s")
    )
    table.to_csv(tmp_path / "run.csv", index=False)
    found = calibrate(read_table(tmp_path / "run.csv"), scenario=scenario)
    assert found.number == len(violations)
    keys = [key for key in PLACED if not key.startswith("hour_weights")]
    missed = [key for key in keys if not found[key].holds(PLACED[key])]
    assert len(missed) <= 1, missed
