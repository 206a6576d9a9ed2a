"""Scenarios and helpers that the tests of cueing share."""

import numpy as np
from mission_scenarios import SHELLING, Floats, Tables

from sim.engine.run import advance_world, start_world
from sim.rules.flight import drone_point
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.world import World

ROUNDING = 1e-9
AT_ONCE: Tables = {"share": 1.0, "delay": "fixed", "delay_min": 0.0}
DRONE: Tables = {
    "speed_kmh": 60.0,
    "transit_speed_kmh": 120.0,
    "radius_km": 2.0,
    "look_chance": 1.0,
    "look_interval_min": 4.5,
}
TOLD: Tables = {
    "title": "every violation is complained about at once, and a drone goes to see",
    "run": {"duration_days": 30.0},
    "line": {"length_km": 100.0, "sectors": 2},
    "violations": {
        "rate_per_day": 3.0,
        "kinds": {
            "shelling": {**SHELLING, "duration": "fixed", "mean_duration_min": 600.0},
        },
    },
    "platforms": {"drone": DRONE},
    "monitors": {
        "drones": {
            "platform": "drone",
            "count": 1,
            "patrol": "shuttle",
            "base_offset_km": 20.0,
            "nation": "Poland",
        }
    },
    "reports": {"complaint": AT_ONCE},
    "cueing": {"enabled": True, "search_min": 20.0},
    "support": {"units": {"nation": "any", "count": 4}},
}
OTHERS: Tables = {
    "platforms": {
        "drone": DRONE,
        "mast": {**DRONE, "speed_kmh": 0.0, "transit_speed_kmh": None, "radius_km": 3.0},
        "ear": {**DRONE, "confirms": False},
    },
    "monitors": {
        "masts": {"platform": "mast", "count": 5, "patrol": "static", "nation": "Poland"},
        "ears": {"platform": "ear", "count": 5, "patrol": "shuttle", "nation": "Poland"},
        "drones": {**TOLD["monitors"]["drones"], "count": 2},
    },
}
WEATHER: Tables = {
    "enabled": True,
    "zones": 2,
    "bad_share_by_month": [0.3] * 12,
    "correlation_time_h": 6.0,
    "front_zone_share": 0.6,
}


def begun(scenario: Scenario, seed: int = 1) -> World:
    world = make_world(build_plan(scenario), seed)
    start_world(world)
    return world


def until_just_before(world: World, t: float) -> None:
    advance_world(world, float(np.nextafter(t, 0.0)))


def way(world: World, d: int, v: int, t: float) -> tuple[Floats, Floats, float]:
    """Return where a drone is, where it has the place in view, and the hours between."""
    here = np.array(drone_point(world, d, t))
    place = np.array([world.violations["x"][v], world.violations["y"][v]])
    away_km = float(np.hypot(*(place - here)))
    way_km = max(0.0, away_km - DRONE["radius_km"])
    return here, here + (place - here) * way_km / away_km, way_km / DRONE["transit_speed_kmh"]
