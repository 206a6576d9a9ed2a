"""What a scenario takes is told before it is laid, and what does not fit is refused."""

import pytest

from sim.errors import InputError
from sim.results.outcome import simulate
from sim.scenario import Scenario, demand
from sim.scenario.demand import check_demand, size_note

SMALL = Scenario.from_dict(
    {
        "title": "small",
        "run": {"duration_days": 20.0},
        "line": {"length_km": 300.0},
        "violations": {
            "rate_per_day": 40.0,
            "branching_ratio": 0.2,
            "phases": [
                {"name": "quiet", "from_day": 0.0, "factor": 0.5},
                {"name": "tense", "from_day": 15.0, "factor": 2.0},
            ],
            "kinds": {"shelling": {"mean_duration_min": 30.0}},
        },
        "monitors": {"male": {"platform": "male", "count": 20, "patrol": "shuttle"}},
        "support": {"patrols": {"nation": "France", "count": 10}},
    }
)
LINE_KM = 300.0


def test_the_numbers_told_are_those_of_a_run() -> None:
    """Catches an estimate that forgets phases, provoked violations or turnarounds."""
    counts = demand.demand(SMALL, LINE_KM).counts
    runs = [simulate(SMALL, seed) for seed in range(1, 6)]
    found = sum(len(run.violations) for run in runs) / len(runs)
    flown = sum(len(run.sorties) for run in runs) / len(runs)
    assert counts["violations"] == pytest.approx(875.0)  # 40 (15 / 2 + 5 * 2) / (1 - 0.2)
    assert found == pytest.approx(875.0, abs=5.0 * (875.0 / 0.64 / len(runs)) ** 0.5)
    assert flown == pytest.approx(counts["sorties"], rel=0.5)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"monitors.male.count": 100_000, "run.duration_days": 300.0}, "monitors.male (100,000 "),
        ({"violations.rate_per_day": 1e5}, "violations.rate_per_day (2,187,500 violations)"),
    ],
)
def test_what_takes_long_is_told_with_what_it_takes_it_for(
    values: dict[str, float], named: str
) -> None:
    """Catches a scenario of hours or many gigabytes of which nothing is said beforehand."""
    assert size_note(SMALL, LINE_KM) is None
    note = size_note(SMALL.with_values(values), LINE_KM)
    assert note is not None
    assert named in note
    assert " GB of memory" in note


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"monitors.male.count": 100_000, "run.duration_days": 3660.0}, "monitors.male ("),
        ({"jamming.enabled": True, "jamming.mean_on_h": 1e-9, "jamming.mean_off_h": 1e-9},
         "jamming.mean_on_h ("),
        ({"weather.enabled": True, "weather.correlation_time_h": 1e-9},
         "weather.correlation_time_h ("),
    ],
)  # fmt: skip
def test_what_does_not_fit_into_memory_is_one_line(
    values: dict[str, float], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a run that the system ends, after minutes, for want of memory."""
    monkeypatch.setattr(demand, "machine_bytes", lambda: 16e9)
    check_demand(SMALL, LINE_KM)
    with pytest.raises(InputError, match="this machine has 16 GB") as refused:
        check_demand(SMALL.with_values(values), LINE_KM)
    assert str(refused.value).startswith(named)
    assert "\n" not in str(refused.value)
