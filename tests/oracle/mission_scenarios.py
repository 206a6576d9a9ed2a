"""The oracle's scenarios of reports, flights to confirm them, desks and regimes."""

from typing import Any

from oracle_scenarios import KINDS, STRAIGHT

type Tables = dict[str, Any]

PLATFORMS: Tables = {
    "mast": {
        "radius_km": 9.0,
        "look_chance": 0.2,
        "look_interval_min": 7.0,
        "confirms": False,
        "attribution_chance": 0.2,
    },
    "scout": {
        "speed_kmh": 90.0,
        "transit_speed_kmh": 130.0,
        "endurance_h": 6.0,
        "turnaround_h": 0.9,
        "radius_km": 2.5,
        "look_chance": {"shelling": 0.4, "default": 0.3},
        "look_interval_min": 2.3,
        "grounded_by": "poor",
        "night_factor": 0.3,
    },
}
MONITORS: Tables = {
    "masts": {"platform": "mast", "count": 7, "patrol": "static", "offset_km": 2.0},
    "scouts": {
        "platform": "scout",
        "count": 6,
        "patrol": "shuttle",
        "offset_km": 3.0,
        "base_offset_km": 25.0,
    },
}
SUPPORT: Tables = {
    "teams": {
        "nation": "any",
        "count": 4,
        "readiness_min": 20.0,
        "speed_kmh": 45.0,
        "road_factor": 1.3,
        "base_offset_km": 30.0,
        "on_scene_h": 1.5,
    }
}
CUEING: Tables = {"enabled": True, "search_min": 17.0}


def mission(**tables: Any) -> Tables:
    """Return a scenario with acoustic masts and scouts over a straight line."""
    base: Tables = {
        "title": "oracle",
        "run": {"duration_days": 4.0, "warmup_days": 0.0},
        "line": STRAIGHT,
        "violations": {"rate_per_day": 60.0, "kinds": KINDS},
        "platforms": PLATFORMS,
        "monitors": MONITORS,
        "support": SUPPORT,
        "command": {"min_severity": 2, "delay_min": 12.0},
    }
    return {**base, **tables}


MISSIONS: Tables = {"cueing": mission(cueing=CUEING)}
