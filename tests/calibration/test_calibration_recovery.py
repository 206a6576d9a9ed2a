"""Known parameters planted by the engine and found again within their intervals."""

from pathlib import Path

import pandas as pd
import pytest
from planted import COUNTED, PLACED, TIMED, empty_days, empty_events, planted, spotted_scenario

from sim import simulate
from sim.calibration import Recovery, calibrate, read_table, recover
from sim.calibration.recovery import planted_scenario

TRIALS = 200
FEWEST, MOST = 181, 199
"""95 % of 200, give or take three standard errors: 190 +- 9.2."""


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


@pytest.mark.slow
@pytest.mark.parametrize("draw", [counted, timed, placed])
def test_intervals_hold_what_was_planted_in_95_of_100_cases(draw) -> None:
    """Catches intervals that are too narrow, too wide or off; docs/calibration.md quotes these.

    Each parameter by itself, within three standard errors.
    """
    found = draw(TRIALS)
    print({key: f"{found.held[key]}/{found.told[key]}" for key in found.told})
    assert found.trials == TRIALS
    wrong = {key: found.held[key] for key in found.told if not FEWEST <= found.held[key] <= MOST}
    assert wrong == {}


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
