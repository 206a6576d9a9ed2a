"""The oracle's scenarios: one mechanism each, and three with everything switched on."""

from typing import Any

type Tables = dict[str, Any]

STRAIGHT: Tables = {"length_km": 120.0, "sectors": 4}
REAL: Tables = {"length_factor": 1.75, "sectors": 4}

KINDS: Tables = {
    "shelling": {
        "share": 2.0,
        "mean_duration_min": 45.0,
        "offset_sd_km": 2.0,
        "severity_weights": [1.0, 2.0, 2.0, 1.0, 1.0],
    },
    "incursion": {"mean_duration_min": 200.0, "duration": "lognormal", "offset_sd_km": 4.0},
}

PLATFORMS: Tables = {
    "eye": {
        "speed_kmh": 100.0,
        "transit_speed_kmh": 150.0,
        "turnaround_h": 0.7,
        "radius_km": 2.5,
        "look_chance": 0.5,
        "grounded_by": "poor",
    },
    "balloon": {
        "endurance_h": 9.0,
        "turnaround_h": 2.0,
        "radius_km": 8.0,
        "look_interval_min": 17.0,
        "look_chance": {"shelling": 1.0, "incursion": 0.0},
        "grounded_by": "severe",
    },
    "mast": {
        "radius_km": 9.0,
        "turnaround_h": 0.2,
        "grounded_by": "severe",
        "look_chance": {"shelling": 0.15, "default": 0.05},
        "look_interval_min": 7.0,
        "night_factor": 0.4,
    },
    "plane": {
        "speed_kmh": 140.0,
        "transit_speed_kmh": 200.0,
        "endurance_h": 5.0,
        "turnaround_h": 1.5,
        "radius_km": 4.0,
        "look_interval_min": 3.0,
        "look_chance": {"shelling": 0.3, "incursion": 0.2},
        "grounded_by": "severe",
        "poor_weather_factor": 0.5,
        "jamming_factor": 0.3,
        "night_factor": 0.7,
    },
    "hopper": {
        "speed_kmh": 40.0,
        "endurance_h": 0.8,
        "turnaround_h": 0.4,
        "radius_km": 1.5,
        "look_interval_min": 1.0,
        "look_chance": 0.4,
        "grounded_by": "poor",
        "jamming_factor": 0.2,
    },
}

FRAGILE: Tables = {
    "loss_per_1000_h": 60.0,
    "jamming_loss_factor": 4.0,
    "replacement_days": 0.3,
}
EYES: Tables = {"eyes": {"platform": "eye", "count": 6, "patrol": "shuttle"}}
MASTS: Tables = {"masts": {"platform": "mast", "count": 7, "patrol": "static", "offset_km": 2.0}}
PLANES: Tables = {
    "planes": {
        "platform": "plane",
        "count": 6,
        "posts": 3,
        "patrol": "shuttle",
        "offset_km": 3.0,
        "base_offset_km": 60.0,
    }
}
BALLOONS: Tables = {
    "balloons": {
        "platform": "balloon",
        "count": 5,
        "posts": 3,
        "patrol": "static",
        "base_offset_km": 6.0,
    }
}
RELAY: Tables = {
    "relay": {
        "platform": "plane",
        "count": 3,
        "patrol": "stream",
        "to_km": 70.0,
        "base_offset_km": 25.0,
    }
}
HOPPERS: Tables = {
    "hoppers": {
        "platform": "hopper",
        "count": 4,
        "posts": 2,
        "patrol": "shuttle",
        "from_km": 40.0,
        "to_km": 60.0,
        "base_offset_km": 4.0,
    }
}
ROUND: Tables = {
    "round": {
        "platform": "plane",
        "count": 5,
        "patrol": "circuit",
        "from_km": 10.0,
        "to_km": 110.0,
        "offset_km": 1.0,
        "return_offset_km": 9.0,
        "base_offset_km": 40.0,
    }
}
STREAM: Tables = {"stream": {"platform": "eye", "count": 5, "patrol": "stream", "offset_km": -1.0}}
WEATHER: Tables = {
    "enabled": True,
    "zones": 3,
    "bad_share_by_month": [0.5] * 12,
    "correlation_time_h": 4.0,
    "front_zone_share": 0.6,
    "severe_share": 0.5,
}
JAMMING: Tables = {"enabled": True, "zones": 2, "mean_on_h": 3.0, "mean_off_h": 4.0}
FEEDBACK: Tables = {
    "enabled": True,
    "calm_effect": 0.5,
    "calm_h": 9.0,
    "calm_radius_km": 12.0,
    "answered_offspring_drop": 0.6,
}
NEAR: Tables = {"nation": "near", "count": 4, "base_offset_km": 12.0, "on_scene_h": 1.5}
FAST: Tables = {
    "nation": "fast",
    "count": 2,
    "base_offset_km": 30.0,
    "readiness_min": 5.0,
    "speed_kmh": 90.0,
    "on_scene": "exponential",
    "on_scene_h": 3.0,
    "answers": ["incursion"],
}
LATE: Tables = {"delay_min": 25.0, "delay": "exponential", "min_severity": 2}


def tables(title: str, **parts: Any) -> Tables:
    """Complete a scenario: three days and 60 violations a day on a straight line by default."""
    violations = {"rate_per_day": 60.0, "kinds": KINDS, **parts.pop("violations", {})}
    return {
        "title": title,
        "run": {"duration_days": parts.pop("days", 3.0)},
        "line": parts.pop("line", STRAIGHT),
        "platforms": parts.pop("platforms", PLATFORMS),
        "violations": violations,
        **parts,
    }


def _fragile() -> Tables:
    return {name: {**platform, **FRAGILE} for name, platform in PLATFORMS.items()}


def _real_monitors() -> Tables:
    return {
        "masts": {**MASTS["masts"], "from_km": 380.0, "to_km": 460.0},
        "planes": {**PLANES["planes"], "from_km": 300.0, "to_km": 500.0},
        "round": {
            **ROUND["round"],
            "from_km": 420.0,
            "to_km": 560.0,
            "return_offset_km": None,
            # nearest to the end of the track: both legs are as near to any other point
            "base_lon": 36.33,
            "base_lat": 48.1,
        },
        "balloons": {**BALLOONS["balloons"], "from_km": 420.0, "to_km": 500.0},
        "relay": {
            **RELAY["relay"],
            "from_km": 410.0,
            "to_km": 470.0,
            "base_lon": 36.25,
            "base_lat": 48.4,
        },
        "hoppers": {**HOPPERS["hoppers"], "from_km": 430.0, "to_km": 450.0, "offset_km": 1.0},
        "stream": {**STREAM["stream"], "from_km": 400.0, "to_km": 450.0, "offset_km": 5.0},
    }


REAL_SPOT: Tables = {"spot": {"chainage_km": 440.0, "share": 0.7, "spread_km": 30.0}}
REAL_BASES: Tables = {
    "nation": "based",
    "count": 5,
    "placement": "bases",
    "bases": [
        {"name": "Pavlohrad", "lon": 35.86878, "lat": 48.53214},
        {"name": "Kramatorsk", "lon": 37.56779, "lat": 48.73106},
    ],
    "on_scene": "lognormal",
    "on_scene_cv": 0.7,
}

SCENARIOS: dict[str, Tables] = {
    "shuttle, one look per pass": tables("shuttle", monitors=EYES),
    "static, looks at intervals": tables("static", monitors=MASTS, days=5.0),
    "sorties": tables("sorties", monitors=PLANES, days=5.0),
    "circuit": tables("circuit", monitors=ROUND, line={**STRAIGHT, "length_factor": 1.3}),
    "streams": tables("stream", monitors=STREAM | RELAY),
    "static sorties": tables("balloons", monitors=BALLOONS, days=5.0),
    "short sorties": tables("hoppers", monitors=HOPPERS),
    "weather": tables(
        "weather", monitors=PLANES | MASTS | EYES | BALLOONS, weather=WEATHER, days=4.0
    ),
    "jamming and losses": tables(
        "losses", monitors=PLANES | MASTS | EYES, platforms=_fragile(), jamming=JAMMING, days=4.0
    ),
    "queue": tables(
        "queue",
        monitors=MASTS,
        support={"near": NEAR | {"count": 3}},
        command=LATE,
        dispatch={"max_wait_h": 8.0},
    ),
    "own sector first, no waiting room": tables(
        "lost calls",
        monitors=MASTS,
        support={"near": NEAR | {"on_scene": "lognormal", "on_scene_cv": 0.6}, "fast": FAST},
        dispatch={"rule": "sector_first", "waiting_room": False},
    ),
    "travel not busy, stand-off, roles": tables(
        "roles",
        monitors=MASTS,
        support={"near": NEAR | {"standoff_km": 5.0, "answers": ["shelling"]}, "fast": FAST},
        dispatch={"travel_is_busy": False},
        command=LATE | {"delay": "lognormal"},
    ),
    "feedback": tables(
        "feedback",
        monitors=MASTS | EYES,
        support={"near": NEAR | {"count": 12}},
        violations={"branching_ratio": 0.6, "offspring_decay_h": 5.0, "feedback": FEEDBACK},
    ),
    "everything on a straight line": tables(
        "everything",
        monitors=EYES | MASTS | PLANES | HOPPERS | ROUND | RELAY,
        platforms=_fragile(),
        weather=WEATHER,
        jamming=JAMMING,
        support={"near": NEAR | {"standoff_km": 3.0}, "fast": FAST},
        command=LATE,
        dispatch={"rule": "sector_first", "max_wait_h": 20.0},
        violations={"branching_ratio": 0.5, "feedback": FEEDBACK},
    ),
    "patrols on the real line": tables(
        "real line",
        line=REAL,
        monitors=_real_monitors(),
        violations={"hot_spots": REAL_SPOT},
    ),
    "everything on the real line": tables(
        "everything real",
        line=REAL,
        monitors=_real_monitors(),
        platforms=_fragile(),
        weather=WEATHER,
        jamming=JAMMING,
        support={"based": REAL_BASES, "fast": FAST | {"from_km": 380.0, "to_km": 480.0}},
        command=LATE,
        violations={"branching_ratio": 0.5, "hot_spots": REAL_SPOT, "feedback": FEEDBACK},
    ),
}
