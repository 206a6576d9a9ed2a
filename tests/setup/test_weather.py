"""Weather and jamming of a run: the numbers of the plain description."""

import numpy as np
import pytest
from engine_scenarios import TINY, Tables, scenario

from sim.scenario import Scenario
from sim.setup.streams import stream
from sim.setup.weather import build_weather_plan, draw_weather

WEATHER: Tables = {
    "enabled": True,
    "zones": 3,
    "bad_share_by_month": [0.5, 0.3, 0.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.4, 0.6],
    "front_zone_share": 0.6,
    "severe_share": 0.4,
    "correlation_time_h": 20.0,
}


def made(start: str, days: float) -> Scenario:
    run = {"duration_days": days, "start_date": start}
    return scenario({**TINY, "run": run, "weather": WEATHER})


def described(made: Scenario, seed: int) -> list[tuple[float, list[int]]]:
    """Return when the weather may change and what it then is in each zone, as it is described."""
    spec, rng = made.weather, stream(seed, "weather")
    first = np.datetime64(made.run.start_date, "D")
    horizon_h = made.run.duration_days * 24.0

    def month_of(t: float) -> np.datetime64:
        day = first + np.timedelta64(int(t // 24.0), "D")
        return day.astype("M8[M]")

    def share_at(t: float) -> float:
        month = int(month_of(t).astype(int)) % 12
        return spec.bad_share_by_month[month] / spec.front_zone_share

    rows, t = [], 0.0
    bad = bool(rng.random() < share_at(0.0))
    while t < horizon_h:
        reached = rng.random(spec.zones) < spec.front_zone_share
        level = 2 if rng.random() < spec.severe_share else 1
        rows.append((t, [level if bad and zone else 0 for zone in reached]))
        left = rng.standard_exponential()
        while t < horizon_h:
            rate = (1.0 - share_at(t) if bad else share_at(t)) / spec.correlation_time_h
            month_end = ((month_of(t) + np.timedelta64(1, "M")).astype("M8[D]") - first).astype(
                float
            ) * 24.0
            end = min(float(month_end), horizon_h)
            if left <= rate * (end - t):
                t += left / rate
                break
            left -= rate * (end - t)
            t = end
        bad = not bad
    return rows


@pytest.mark.parametrize(
    ("start", "days"), [("2026-01-01", 365.0), ("2027-11-20", 100.5), ("2026-02-27", 0.5)]
)
def test_weather_is_that_of_the_description(start: str, days: float) -> None:
    """Catches a month too early or late, a front over the wrong zones, or a change of nothing."""
    spec = made(start, days)
    weather = build_weather_plan(spec)
    for seed in range(10):
        drawn = draw_weather(weather, seed)
        zones, changes = drawn["zones"], drawn["changes"]
        state = zones["weather"].copy()
        (_, initial), *later = described(spec, seed)
        assert state.tolist() == initial
        row = 0
        for t, levels in later:
            while row < len(changes) and changes["time"][row] == t:
                assert state[changes["subject"][row]] != changes["level"][row]
                state[changes["subject"][row]] = changes["level"][row]
                row += 1
            assert state.tolist() == levels
        assert row == len(changes)


def test_spells_of_jamming_add_up() -> None:
    """Catches hours of jamming counted in the spell after, or zones with a wrong timetable."""
    jamming = {"enabled": True, "zones": 2, "mean_on_h": 4.0, "mean_off_h": 6.0}
    values = {"run": {"duration_days": 400.0}, "weather": {**WEATHER, "zones": 3}}
    weather = build_weather_plan(scenario({**TINY, **values, "jamming": jamming}))
    drawn = draw_weather(weather, 3)
    zones, spells = drawn["zones"], drawn["spells"]
    assert weather.zones == 6
    ends = np.flatnonzero(np.isinf(spells["since"]))
    starts = np.concatenate([[0], ends[:-1] + 1])
    assert zones["spell"].tolist() == starts.tolist()
    parts = [spells[start:end] for start, end in zip(starts, ends, strict=True)]
    for one, other in zip(parts[::3], parts[2::3], strict=True):
        assert np.array_equal(one, other)  # of one zone of jamming
    assert not np.array_equal(parts[0]["since"], parts[3]["since"])
    for part in parts:
        assert part["since"][0] == 0.0
        assert part["since"][-1] < 400.0 * 24.0
        assert np.all(np.diff(part["jammed"]) != 0)
        hours = np.diff(part["since"]) * part["jammed"][:-1]
        assert part["jammed_before"] == pytest.approx(np.concatenate([[0.0], np.cumsum(hours)]))
        # 0.4 in the mean, with a standard error of about 0.013 in 960 spells
        assert part["jammed_before"][-1] / part["since"][-1] == pytest.approx(0.4, abs=0.06)
