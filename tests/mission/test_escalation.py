"""Regimes of the ceasefire against Markov chains and a replay in plain Python."""

from typing import NamedTuple

import numpy as np
import pytest
from mission_scenarios import (
    ENGAGED_AGAIN,
    MOST_Z,
    WATCHED,
    Tables,
    made,
    over_runs,
    run,
    z_of_mean,
    z_of_share,
)
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.stats import erlang

from sim.engine.run import advance_world, start_world
from sim.results.outcome import Outcome
from sim.scenario import Scenario
from sim.setup.draw import make_world

NAMES = ("calm", "tense", "collapsing")
WITHIN_H = 1e-6


def clocks(worsen: list[float], ease: list[float], **values: float) -> Scenario:
    """Return a scenario without violations whose regimes change at constant rates (1/day)."""
    regimes = {
        name: {"worsen_per_day": up, "ease_per_day": down}
        for name, up, down in zip(NAMES, worsen, ease, strict=True)
    }
    tables = {**WATCHED, "monitors": {}, "escalation": {"enabled": True, **regimes}}
    return made(tables, violations__rate_per_day=0.0, **values)


def generator(worsen: list[float], ease: list[float]) -> np.ndarray:
    """Return the generator (1/day) of the chain calm, tense, collapsing, ended."""
    q = np.zeros((4, 4))
    for i in range(3):
        q[i, i + 1] = worsen[i]
        if i:
            q[i, i - 1] = ease[i]
        q[i, i] = -q[i].sum()
    return q


def held(outcome: Outcome) -> float:
    return outcome.measures["ceasefire_held"]


@pytest.mark.parametrize(
    ("worsen", "ease"),
    [
        ([0.1, 0.1, 0.1], [0.0, 0.0, 0.0]),
        ([0.05, 0.2, 0.4], [0.0, 0.0, 0.0]),
        ([0.3, 0.2, 0.3], [0.0, 0.5, 0.4]),
        ([2.0, 2.0, 0.2], [0.0, 3.0, 3.0]),
    ],
    ids=["erlang", "hypoexponential", "with easing", "fast"],
)
def test_the_ceasefire_holds_with_the_chance_of_the_markov_chain(
    worsen: list[float], ease: list[float]
) -> None:
    """Catches a regime left too early or late, and a clock that does not start anew."""
    expected = 1.0 - float(expm(30.0 * generator(worsen, ease))[0, 3])
    if worsen == [0.1, 0.1, 0.1]:
        assert expected == pytest.approx(erlang.sf(30.0, 3, scale=10.0))
    found = over_runs(clocks(worsen, ease), range(1, 1001), held)
    assert abs(z_of_share(int(found.sum()), len(found), expected)) < MOST_Z


@pytest.mark.parametrize("start", [0, 1])
def test_regimes_last_their_share_of_the_time(start: int) -> None:
    """Catches hours counted in the wrong regime, or a regime of day 0 that is not the one set."""
    q = generator([0.3, 0.0, 0.0], [0.0, 0.6, 0.0])
    scenario = clocks([0.3, 0.0, 0.0], [0.0, 0.6, 0.0], escalation__start=NAMES[start])
    expected = [quad(lambda t, j=j: expm(t * q)[start, j], 0.0, 30.0)[0] / 30.0 for j in range(2)]
    shares = over_runs(
        scenario, range(1, 501), lambda o: [o.measures["calm_share"], o.measures["tense_share"]]
    )
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert abs(z_of_mean(shares[:, 0], expected[0])) < MOST_Z


@pytest.mark.parametrize("regime", [0, 1, 2])
def test_the_regime_multiplies_the_rate(regime: int) -> None:
    """Catches thinning by the wrong factor: 120 days in one regime, Poisson counts."""
    factors = (0.5, 2.0, 3.0)
    spec = {name: {"factor": factor} for name, factor in zip(NAMES, factors, strict=True)}
    escalation = {"enabled": True, "start": NAMES[regime], **spec}
    outcome = run({**WATCHED, "escalation": escalation}, run__duration_days=120.0)
    expected = 60.0 * 120.0 * factors[regime]
    assert abs(outcome.measures["n_violations"] - expected) < MOST_Z * np.sqrt(expected)
    onset = outcome.violations["onset_h"].to_numpy()
    halves = np.histogram(onset, [0.0, 1440.0, 2880.0])[0]
    assert abs(halves[0] - halves[1]) < MOST_Z * np.sqrt(expected)


PRESSED: Tables = {
    **WATCHED,
    "run": {"duration_days": 60.0},
    "violations": {**WATCHED["violations"], "rate_per_day": 8.0},
    "reports": {"rumour": {"share": 0.0, "false_per_day": 10.0}},
    "support": {"units": {"nation": "any", "count": 3}},
    "united_states": ENGAGED_AGAIN,
    "escalation": {
        "enabled": True,
        "answer_within_h": 3.0,
        "memory_days": 4.0,
        "us_deterrence": 0.3,
        "calm": {"factor": 1.0, "worsen_per_day": 0.05, "worsen_per_unanswered": 0.2},
        "tense": {"factor": 1.5, "worsen_per_unanswered": 0.05, "ease_per_day": 0.3},
        "collapsing": {"factor": 2.0, "worsen_per_unanswered": 0.005, "ease_per_day": 0.2},
    },
}


class Step(NamedTuple):
    """A change of regime: when (h), and to which level."""

    at_h: float
    level: int


def replay(outcome: Outcome) -> tuple[list[Step], int]:
    """Return the changes of regime that follow from the violations, and how many weighed."""
    spec = outcome.scenario.escalation
    rows = outcome.violations
    end_h = outcome.world.now
    due_h = rows["onset_h"] + spec.answer_within_h
    late = (rows["severity"] >= spec.grave_severity) & ~(rows["arrived_h"] <= due_h)
    due = np.sort(due_h[late & (due_h <= end_h)].to_numpy())
    engaged = {0.0: True, 240.0: False, 480.0: True}
    marks = sorted({*due.tolist(), *engaged, end_h})
    thresholds = outcome.world.regime_thresholds
    level, stay, now, pressure, us = 0, 0, 0.0, 0.0, True
    left = list(thresholds[0])
    memory_h = 24.0 * spec.memory_days
    steps: list[Step] = []
    for mark in marks:
        while now < mark:
            regime = getattr(spec, NAMES[level])
            share = spec.us_deterrence if us else 1.0
            constant = share * regime.worsen_per_day / 24.0
            decaying = share * regime.worsen_per_unanswered / 24.0 * pressure
            ease = (regime.ease_per_day if level else 0.0) / 24.0

            def used(
                h: float, a: float = constant, b: float = decaying, less: float = 0.0
            ) -> float:
                return a * h + b * memory_h * (1.0 - np.exp(-h / memory_h)) - less

            span = mark - now
            worsens = np.inf
            if used(span) >= left[0]:
                worsens = brentq(used, 0.0, span, (constant, decaying, left[0]), xtol=1e-13)
            eases = left[1] / ease if ease > 0.0 else np.inf
            hours = min(worsens, eases, span)
            left = [left[0] - used(hours), left[1] - ease * hours]
            pressure *= np.exp(-hours / memory_h)
            now = mark if hours == span else now + hours
            if hours < span:
                level, stay = level + (1 if worsens < eases else -1), stay + 1
                steps.append(Step(now, level))
                if level == 3:
                    return steps, int(np.sum(due <= now))
                left = list(thresholds[stay])
        pressure += np.sum(due == mark)
        us = engaged.get(mark, us)
    return steps, len(due)


@pytest.mark.parametrize("seed", range(1, 9))
def test_regimes_follow_the_unanswered_violations_exactly(seed: int) -> None:
    """Catches pressure, deterrence or clocks that run otherwise than docs/mission.md says."""
    outcome = run(PRESSED, seed)
    steps, weighed = replay(outcome)
    assert len(steps) == outcome.world.regime["transitions"][0] > 0
    assert weighed == outcome.measures["grave_unanswered"] > 5
    world = make_world(outcome.plan, seed)
    start_world(world)
    before = 0
    for step in steps:
        advance_world(world, step.at_h - WITHIN_H)
        assert world.regime["level"][0] == before
        advance_world(world, step.at_h + WITHIN_H)
        assert world.regime["level"][0] == step.level
        before = step.level
    if before == 3:
        assert outcome.measures["ceasefire_end_day"] == pytest.approx(steps[-1].at_h / 24.0)
        assert outcome.measures["ceasefire_held"] == 0.0
    else:
        assert outcome.measures["ceasefire_held"] == 1.0


def test_nothing_happens_after_the_attack() -> None:
    """Catches events, looks or forces after the end of the ceasefire, in any table."""
    plane = {"speed_kmh": 60.0, "endurance_h": 5.0, "radius_km": 3.0, "look_chance": 0.5}
    monitors = {
        **WATCHED["monitors"],
        "planes": {"platform": "plane", "count": 2, "patrol": "shuttle", "nation": "Poland"},
    }
    platforms = {**WATCHED["platforms"], "plane": plane}
    tables = {**PRESSED, "platforms": platforms, "monitors": monitors}
    worse = {f"escalation__{name}__worsen_per_day": 0.5 for name in NAMES}
    outcome = run(tables, **worse)
    end_h = 24.0 * outcome.measures["ceasefire_end_day"]
    assert 24.0 < end_h < 1000.0
    for name, columns in {
        "violations": ["onset_h", "reported_h", "detected_h", "called_h", "dispatched_h"],
        "reports": ["reported_h", "confirmed_h", "ruled_h", "called_h", "dispatched_h"],
        "sorties": ["launched_h", "on_station_h", "off_station_h", "landed_h"],
        "units": ["busy_h", "present_h"],
    }.items():
        table = getattr(outcome, name)
        assert len(table) > 0
        assert np.all(table[columns].max().fillna(0.0) <= end_h), name
    assert outcome.violations["arrived_h"].max() <= end_h
    assert 24.0 * outcome.forces["day"].max() <= end_h
    assert outcome.measures["flight_h"] == pytest.approx(3 * end_h, rel=0.2)


@pytest.mark.parametrize("state", ["engaged", "suspended", "withdrawn"])
def test_the_backstop_is_honoured_with_its_chance_if_they_are_engaged(state: str) -> None:
    """Catches a backstop of those who are away, and a chance that is not used."""
    us = {
        "backstop_chance": 0.3,
        "engagement": "schedule",
        "schedule": [{"from_day": 0.0, "state": state}],
    }
    scenario = clocks([3.0, 3.0, 3.0], [0.0, 0.0, 0.0]).with_values({"united_states": us})
    found = over_runs(scenario, range(1, 601), lambda o: o.measures["backstop_honoured"])
    assert np.all(np.isfinite(found))
    if state == "engaged":
        assert abs(z_of_share(int(found.sum()), len(found), 0.3)) < MOST_Z
    else:
        assert found.sum() == 0


def test_full_deterrence_keeps_the_ceasefire_while_they_are_engaged() -> None:
    """Catches regimes that turn worse at a rate of zero, or a deterrence that outlasts them."""
    scenario = clocks([5.0, 5.0, 5.0], [0.0] * 3, escalation__us_deterrence=0.0)
    scenario = scenario.with_values({"united_states": ENGAGED_AGAIN})
    days = over_runs(scenario, range(1, 101), lambda o: o.measures["ceasefire_end_day"])
    assert np.all(days > 10.0)
    assert abs(z_of_mean(days - 10.0, 3.0 / 5.0)) < MOST_Z
