"""Scenarios and helpers that the tests of the engine share."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.run import advance_world, start_world
from sim.kernel.columns import Records
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import Plan
from sim.world.world import World

type Tables = dict[str, Any]
type Floats = NDArray[np.float64]

TINY: Tables = {
    "title": "tiny",
    "run": {"duration_days": 2.0},
    "line": {"length_km": 60.0, "sectors": 2},
    "violations": {"rate_per_day": 60.0, "kinds": {"shelling": {"mean_duration_min": 60.0}}},
    "platforms": {
        "eye": {"speed_kmh": 60.0, "radius_km": 3.0, "look_chance": 0.7, "look_interval_min": 4.0}
    },
    "monitors": {"eyes": {"platform": "eye", "count": 3, "patrol": "shuttle"}},
    "support": {"units": {"nation": "any", "count": 4, "on_scene_h": 1.0}},
}
"""Three drones that never land, four units, a straight line."""

PLATFORMS: Tables = {
    "plane": {
        "speed_kmh": 120.0,
        "transit_speed_kmh": 180.0,
        "endurance_h": 7.0,
        "turnaround_h": 1.5,
        "radius_km": 5.0,
        "look_interval_min": 4.0,
        "look_chance": {"shelling": 0.3, "default": 0.15},
        "night_factor": 0.7,
        "grounded_by": "severe",
        "poor_weather_factor": 0.5,
        "jamming_factor": 0.3,
        "loss_per_1000_h": 8.0,
        "jamming_loss_factor": 3.0,
        "replacement_days": 0.5,
        "cost_per_flight_h_usd": 100.0,
    },
    "hopper": {
        "speed_kmh": 40.0,
        "endurance_h": 0.9,
        "turnaround_h": 0.4,
        "radius_km": 2.0,
        "look_chance": 0.6,
        "grounded_by": "poor",
        "loss_per_1000_h": 20.0,
        "replacement_days": 0.2,
    },
    "balloon": {
        "endurance_h": 20.0,
        "turnaround_h": 3.0,
        "radius_km": 8.0,
        "look_interval_min": 10.0,
        "look_chance": 0.2,
        "grounded_by": "severe",
    },
}

RICH: Tables = {
    "title": "everything switched on",
    "run": {"duration_days": 8.0, "warmup_days": 1.0},
    "line": {"length_km": 240.0, "sectors": 4},
    "violations": {
        "rate_per_day": 60.0,
        "overdispersion_k": 2.0,
        "branching_ratio": 0.3,
        "offspring_decay_h": 4.0,
        "hour_weights": [1.0] * 12 + [2.0] * 12,
        "phases": [
            {"name": "quiet", "from_day": 0.0, "factor": 0.7},
            {"name": "tense", "from_day": 4.0, "factor": 1.4},
        ],
        "kinds": {
            "shelling": {
                "share": 3.0,
                "mean_duration_min": 50.0,
                "offset_sd_km": 3.0,
                "severity_weights": [1.0, 2.0, 2.0, 1.0, 1.0],
            },
            "incursion": {
                "mean_duration_min": 300.0,
                "duration": "lognormal",
                "offset_sd_km": 5.0,
            },
        },
        "hot_spots": {"town": {"chainage_km": 100.0, "share": 0.4, "spread_km": 6.0}},
        "feedback": {"enabled": True, "calm_effect": 0.5, "calm_h": 12.0},
    },
    "platforms": PLATFORMS,
    "monitors": {
        "planes": {
            "platform": "plane",
            "count": 9,
            "posts": 4,
            "patrol": "shuttle",
            "offset_km": 3.0,
            "base_offset_km": 40.0,
        },
        "round": {
            "platform": "plane",
            "count": 3,
            "patrol": "circuit",
            "to_km": 150.0,
            "return_offset_km": 8.0,
            "base_offset_km": 30.0,
        },
        "hoppers": {
            "platform": "hopper",
            "count": 6,
            "posts": 2,
            "patrol": "shuttle",
            "from_km": 90.0,
            "to_km": 104.0,
            "base_offset_km": 3.0,
        },
        "balloons": {
            "platform": "balloon",
            "count": 4,
            "patrol": "static",
            "offset_km": 4.0,
            "base_offset_km": 4.0,
        },
    },
    "weather": {
        "enabled": True,
        "zones": 3,
        "bad_share_by_month": [0.4] * 12,
        "correlation_time_h": 6.0,
        "front_zone_share": 0.7,
        "severe_share": 0.5,
    },
    "jamming": {"enabled": True, "zones": 2},
    "command": {"delay_min": 15.0, "delay": "exponential", "min_severity": 2},
    "support": {
        "near": {
            "nation": "France",
            "count": 4,
            "standoff_km": 6.0,
            "on_scene": "exponential",
        },
        "far": {
            "nation": "Germany",
            "count": 2,
            "placement": "random",
            "base_offset_km": 30.0,
            "on_scene_h": 4.0,
            "on_scene": "lognormal",
            "answers": ["shelling"],
        },
    },
    "dispatch": {"max_wait_h": 9.0},
}
"""Weather, jamming, loss, feedback, several laws and a queue, on a straight line."""

REAL_LINE: Tables = {"feature": "land", "length_factor": 1.25, "sectors": 4}


def scenario(tables: Tables, **values: Any) -> Scenario:
    """Make a scenario of tables, with values changed; a double underscore stands for the dot."""
    made = Scenario.from_dict(tables)
    return made.with_values({key.replace("__", "."): value for key, value in values.items()})


def rich_on_the_real_line() -> Scenario:
    """Return the rich scenario on the packaged line."""
    planes = {
        "monitors__planes__count": 12,
        "monitors__planes__posts": 6,
        "monitors__hoppers__to_km": 100.0,
        "support__near__standoff_km": 10.0,
    }
    return scenario({**RICH, "line": REAL_LINE}, **planes)


def run_in_cuts(plan: Plan, seed: int, cuts: Floats) -> World:
    """Run a plan in steps that end at the given times (h), and on to the end."""
    world = make_world(plan, seed)
    start_world(world)
    for until in cuts:
        advance_world(world, float(until))
    advance_world(world, plan.horizon_h)
    return world


def bits(rows: Records) -> dict[str, bytes]:
    """Return the bytes of each field of records; the padding between fields is left out."""
    return {name: np.ascontiguousarray(rows[name]).tobytes() for name in rows.dtype.names}


def everything(world: World) -> dict[str, dict[str, bytes]]:
    """Return all that a run leaves behind, to the bit."""
    sorties = int(world.clock["sorties"][0])
    clock = world.clock[["now", "sorties", "answers", "events", "next_candidate"]]
    return {
        "clock": bits(clock),
        "violations": bits(world.violations),
        "drones": bits(world.drones),
        "units": bits(world.units),
        "sorties": bits(world.sorties[:sorties]),
    }


def unit_intervals(violations: pd.DataFrame, plan: Plan, world: World) -> pd.DataFrame:
    """Return when each dispatched unit was busy, travel included: from the tables alone."""
    sent = violations[violations["dispatched_h"].notna()].copy()
    names = list(plan.support.names)
    row = np.array([names.index(unit) for unit in sent["unit"]], dtype=int)
    base = world.bases[world.units["base"][row]]
    sent["group"] = base["group"]
    sent["home_h"] = (sent["cleared_h"] + sent["distance_km"] * base["h_per_km"]).fillna(np.inf)
    return sent.sort_values(["unit", "dispatched_h"])
