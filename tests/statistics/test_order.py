"""The order in which a scenario lists things decides nothing.

Groups of monitors and of support, platforms, sources of reports, clutter, nations and kinds have
names, and what is drawn hangs on the names. So another order gives the same run but for the
rounding of sums, and where kinds are drawn by cumulative shares, the same law.
"""

from typing import Any

import numpy as np
import pytest
from engine_scenarios import Tables
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.results.outcome import simulate
from sim.scenario import Scenario

KEYED = ("platforms", "monitors", "support", "reports", "clutter", "nations")
"""Tables whose entries are told apart by name alone."""

SEEING: dict[str, Tables] = {
    "ear": {
        "radius_km": 9.0,
        "look_chance": 0.6,
        "confirms": False,
        "attribution_chance": 0.2,
        "look_interval_min": 10.0,
    },
    "camera": {
        "radius_km": 7.0,
        "look_chance": 0.5,
        "attribution_chance": 0.5,
        "look_interval_min": 5.0,
        "night_factor": 0.2,
    },
    "rover": {
        "speed_kmh": 60.0,
        "radius_km": 6.0,
        "look_chance": 0.4,
        "attribution_chance": 0.8,
        "look_interval_min": 2.0,
        "endurance_h": 6.0,
        "turnaround_h": 1.0,
        "grounded_by": "poor",
        "loss_per_1000_h": 5.0,
        "replacement_days": 1.0,
    },
    "copter": {
        "transit_speed_kmh": 90.0,
        "radius_km": 8.0,
        "look_chance": 0.7,
        "attribution_chance": 0.4,
        "look_interval_min": 5.0,
        "grounded_by": "severe",
        "endurance_h": 9.0,
        "turnaround_h": 0.5,
    },
}
KINDS: Tables = {
    "shelling": {
        "share": 3.0,
        "mean_duration_min": 60.0,
        "duration": "fixed",
        "severity_weights": [1.0, 2.0, 2.0, 2.0, 1.0],
    },
    "incursion": {"mean_duration_min": 200.0, "offset_sd_km": 3.0},
}

groups = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(sorted(SEEING)),
        "count": st.integers(1, 6),
        "nation": st.sampled_from(["United States", "Poland"]),
        "from_day": st.sampled_from([0.0, 3.0]),
        "base_offset_km": st.just(8.0),
    }
)
units = st.fixed_dictionaries(
    {
        "nation": st.sampled_from(["France", "Germany", "Italy"]),
        "count": st.integers(1, 3),
        "readiness_min": st.sampled_from([10.0, 20.0]),
        "on_scene_h": st.sampled_from([1.0, 6.0]),
        "on_scene": st.sampled_from(["fixed", "exponential"]),
        "soldiers_per_unit": st.just(30.0),
        "answers": st.sampled_from([None, ["shelling"]]),
        "base_offset_km": st.just(15.0),
    }
)
sources = st.fixed_dictionaries(
    {
        "share": st.sampled_from([0.3, 1.0]),
        "delay": st.sampled_from(["fixed", "exponential"]),
        "delay_min": st.sampled_from([0.0, 10.0, 30.0]),
        "confirmed": st.booleans(),
        "attribution_chance": st.sampled_from([0.1, 0.9]),
        "false_per_day": st.sampled_from([0.0, 1.0]),
    }
)


def named(letter: str, number: int, what: st.SearchStrategy[Any]) -> st.SearchStrategy[Tables]:
    """Return tables of up to so many entries, each with a name."""
    rows = st.lists(what, min_size=2, max_size=number)
    return rows.map(lambda rows: {f"{letter}{k}": row for k, row in enumerate(rows)})


@st.composite
def scenarios(draw: st.DrawFn) -> Tables:
    """Return a scenario in which much happens at one instant."""
    monitors = draw(named("m", 5, groups))
    for group in monitors.values():
        moves = group["platform"] == "rover"
        group["patrol"] = draw(st.sampled_from(["shuttle", "circuit"])) if moves else "static"
    support = draw(named("s", 4, units))
    nations = {
        name.lower(): {
            "name": name,
            "strength": [{"day": 0, "soldiers": 0}, {"day": 9, "soldiers": 200}],
        }
        for name in ("France", "Germany", "Italy")
    }
    return {
        "title": "drawn",
        "run": {"duration_days": 12.0},
        "line": {"length_km": 40.0, "sectors": 2},
        "violations": {"rate_per_day": 25.0, "overdispersion_k": 2.0, "kinds": KINDS},
        "platforms": SEEING,
        "monitors": monitors,
        "support": support,
        "reports": draw(named("r", 3, sources)),
        "clutter": {
            name: {
                "rate_per_day": 2.0,
                "mean_duration_min": 60.0,
                "taken_for": "shelling",
                "look_chance": {"default": 0.3},
            }
            for name in ("fire", "quarry")
        },
        "cueing": {
            "enabled": draw(st.booleans()),
            "search_min": 20.0,
            "poor_look_share": 0.5,
        },
        "weather": {
            "enabled": draw(st.booleans()),
            "zones": 2,
            "bad_share_by_month": [0.3] * 12,
            "correlation_time_h": 8.0,
            "front_zone_share": 0.8,
            "severe_share": 0.5,
        },
        "headquarters": {
            "ruling": {
                "task": "ruling",
                "desks": draw(st.integers(1, 2)),
                "service_min": draw(st.sampled_from([0.0, 15.0, 60.0])),
                "nation": draw(st.sampled_from(["", "United States"])),
                "while_closed": draw(st.sampled_from(["pass", "wait"])),
            }
        },
        "united_states": {
            "engagement": "schedule",
            "schedule": [
                {"from_day": 0.0, "state": "engaged"},
                {"from_day": 4.0, "state": "suspended"},
                {"from_day": 7.0, "state": "engaged"},
            ],
        },
        "nations": nations,
        "force_generation": {"enabled": draw(st.booleans()), "airlift_with_us_per_day": 40.0},
        "dispatch": {
            "rule": draw(st.sampled_from(["nearest", "sector_first"])),
            "max_wait_h": draw(st.sampled_from([None, 8.0])),
        },
    }


def turned(tables: Tables, rng: np.random.Generator, names: tuple[str, ...]) -> Tables:
    """Return the same scenario with the entries of some tables in another order."""
    other = dict(tables)
    for table in names:
        keys = list(tables[table])
        other[table] = {keys[k]: tables[table][keys[k]] for k in rng.permutation(len(keys))}
    return other


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 2**32))
def test_the_order_of_what_has_a_name_changes_no_measure(tables: Tables, seed: int) -> None:
    """Catches a tie that is broken by the place of a group, a unit or a source in the file."""
    other = turned(tables, np.random.default_rng(seed), KEYED)
    one, two = (simulate(Scenario.from_dict(t), seed=seed).measures for t in (tables, other))
    assert two == pytest.approx(one, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("order", [("ear", "camera"), ("camera", "ear")])
def test_looks_of_one_instant_add_up_in_any_order(order: tuple[str, str]) -> None:
    """Catches a look that confirms and keeps one from being taken that came at the same instant.

    An ear hears all (attributes .2), a camera sees half (attributes .5): .5 x .2 + .5 x .6 = .4.
    """
    mast = {"patrol": "static", "count": 1}
    tables = {
        "title": "one look each, at the onset",
        "run": {"duration_days": 400.0},
        "line": {"length_km": 20.0},
        "violations": {
            "rate_per_day": 10.0,
            "kinds": {"incident": {"mean_duration_min": 60.0}},
        },
        "platforms": {
            "ear": {
                "radius_km": 40.0,
                "look_chance": 1.0,
                "confirms": False,
                "attribution_chance": 0.2,
            },
            "camera": {"radius_km": 40.0, "look_chance": 0.5, "attribution_chance": 0.5},
        },
        "monitors": {name: {**mast, "platform": name} for name in order},
        "headquarters": {"referee": {"task": "ruling", "desks": 9, "service_min": 0.0}},
        "referee": {"dismisses_unconfirmed": 0.0, "dismisses_not_found": 0.0},
    }
    rulings = [
        simulate(Scenario.from_dict(tables), seed=k).world.cases["ruling"] for k in range(10)
    ]
    ruled = np.concatenate(rulings)
    attributed, of = int((ruled == 1).sum()), int((ruled > 0).sum())
    assert abs(attributed / of - 0.4) < 4.0 * np.sqrt(0.24 / of)


def test_the_order_of_kinds_leaves_the_law() -> None:
    """Catches a kind that is served or seen better for being listed first."""
    ways = {"shelling": {**KINDS["shelling"], "share": 1.0}, "fire": {"mean_duration_min": 60.0}}
    ways["fire"] |= {"duration": "fixed", "severity_weights": KINDS["shelling"]["severity_weights"]}
    detected: dict[bool, list[float]] = {}
    for reverse in (False, True):
        kinds = dict(sorted(ways.items(), reverse=reverse))
        tables = {
            "title": "two kinds that differ in name only, and few units",
            "run": {"duration_days": 60.0},
            "line": {"length_km": 40.0},
            "violations": {"rate_per_day": 12.0, "kinds": kinds},
            "platforms": {"eye": {"radius_km": 30.0, "look_chance": 0.5}},
            "monitors": {"eye": {"platform": "eye", "count": 1, "patrol": "static"}},
            "support": {"unit": {"nation": "any", "count": 2, "on_scene_h": 3.0}},
        }
        detected[reverse] = []
        for seed in range(20):
            rows = simulate(Scenario.from_dict(tables), seed=seed).violations
            waits = rows["dispatched_h"] - rows["called_h"]
            by_kind = waits.groupby(rows["kind"]).mean()
            detected[reverse].append(float(by_kind["fire"] - by_kind["shelling"]))
    for differences in detected.values():
        error = np.std(differences, ddof=1) / np.sqrt(len(differences))
        assert abs(np.mean(differences)) < 4.0 * error
