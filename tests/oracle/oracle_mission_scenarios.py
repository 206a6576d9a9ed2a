"""The oracle's scenarios of reports, flights to confirm them, desks and regimes."""

from typing import Any

from oracle_scenarios import FRAGILE, JAMMING, KINDS, REAL, REAL_SPOT, STRAIGHT, WEATHER

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
        "nation": "any",
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


REPORTS: Tables = {
    "complaints": {"share": 0.4, "delay_min": 50.0, "false_per_day": 9.0, "delay": "exponential"},
    "radar": {
        "nation": "United States",
        "share": 0.3,
        "kinds": ["shelling"],
        "delay_min": 15.0,
        "confirmed": True,
        "attribution_chance": 0.6,
    },
}
CLUTTER: Tables = {
    "fires": {
        "rate_per_day": 20.0,
        "mean_duration_min": 120.0,
        "taken_for": "shelling",
        "offset_sd_km": 3.0,
        "look_chance": {"mast": 0.15, "scout": 0.03},
    }
}
HEADQUARTERS: Tables = {
    "cell": {"task": "analysis", "desks": 2, "service_min": 25.0, "recognises_false": 0.4},
    "fusion": {
        "nation": "United States",
        "desks": 1,
        "service_min": 14.0,
        "service": "lognormal",
        "service_cv": 0.7,
        "min_severity": 2,
    },
    "referee": {"task": "ruling", "desks": 2, "service_min": 35.0, "service": "exponential"},
    "joint": {"desks": 1, "service_min": 9.0, "service": "fixed", "min_severity": 3},
}
ON_REAL_LINE: Tables = {
    name: {**group, "from_km": 390.0, "to_km": 490.0} for name, group in MONITORS.items()
}
FRAGILE_PLATFORMS: Tables = {
    name: {**platform, **FRAGILE} if name == "scout" else platform
    for name, platform in PLATFORMS.items()
}
SQUALLS: Tables = {**WEATHER, "correlation_time_h": 0.7, "bad_share_by_month": [0.25] * 12}
WITH_AMERICANS: Tables = {
    **MONITORS,
    "americans": {**MONITORS["scouts"], "nation": "United States", "count": 4, "offset_km": 5.0},
    "stopgap": {
        **MONITORS["scouts"],
        "nation": "any",
        "count": 3,
        "offset_km": 4.0,
        "only_without_us": True,
        "without_us_delay_days": 0.4,
    },
}
SUSPENSION: Tables = {
    "engagement": "schedule",
    "schedule": [
        {"from_day": 0.0, "state": "engaged"},
        {"from_day": 1.1, "state": "suspended"},
        {"from_day": 2.3, "state": "engaged"},
        {"from_day": 3.2, "state": "withdrawn"},
    ],
}
ESCALATION: Tables = {
    "enabled": True,
    "answer_within_h": 3.0,
    "memory_days": 1.5,
    "us_deterrence": 0.4,
    "calm": {"factor": 0.5, "worsen_per_unanswered": 0.3, "worsen_per_day": 0.3},
    "tense": {"factor": 1.0, "worsen_per_unanswered": 0.1, "ease_per_day": 1.5},
    "collapsing": {"factor": 1.6, "worsen_per_unanswered": 0.05, "ease_per_day": 1.2},
}
MISSIONS: Tables = {
    "cueing": mission(cueing=CUEING),
    "false_reports": mission(cueing=CUEING, reports=REPORTS, clutter=CLUTTER),
    "desks": mission(
        cueing={**CUEING, "min_severity": 3, "max_flight_min": 14.0},
        reports=REPORTS,
        clutter=CLUTTER,
        headquarters=HEADQUARTERS,
    ),
    "desks, saturated": mission(
        reports=REPORTS,
        clutter=CLUTTER,
        headquarters={
            "cell": {**HEADQUARTERS["cell"], "desks": 1, "service_min": 40.0},
            "referee": {**HEADQUARTERS["referee"], "service_min": 55.0},
        },
    ),
    "curved line": mission(
        line=REAL,
        monitors=ON_REAL_LINE,
        cueing=CUEING,
        violations={"rate_per_day": 60.0, "kinds": KINDS, "hot_spots": REAL_SPOT},
    ),
    "short of endurance": mission(
        platforms={**PLATFORMS, "scout": PLATFORMS["scout"] | {"endurance_h": 1.6}},
        cueing={**CUEING, "search_min": 25.0},
    ),
    "called off": mission(
        monitors={**MONITORS, "scouts": MONITORS["scouts"] | {"count": 14, "posts": 7}},
        cueing={**CUEING, "search_min": 55.0},
        reports={"radar": REPORTS["radar"] | {"share": 0.7, "delay_min": 9.0}},
    ),
    "weather over the post": mission(
        cueing={**CUEING, "search_min": 50.0}, weather=SQUALLS, reports=REPORTS
    ),
    "poor_looks": mission(
        cueing={**CUEING, "poor_look_share": 0.5, "search_min": 31.0},
        weather=WEATHER,
        jamming=JAMMING,
    ),
    "losses": mission(platforms=FRAGILE_PLATFORMS, cueing=CUEING, jamming=JAMMING, reports=REPORTS),
    "suspension, pass": mission(
        cueing=CUEING,
        reports=REPORTS,
        headquarters=HEADQUARTERS,
        monitors=WITH_AMERICANS,
        united_states=SUSPENSION,
    ),
    "suspension, wait": mission(
        reports=REPORTS,
        headquarters={**HEADQUARTERS, "fusion": HEADQUARTERS["fusion"] | {"while_closed": "wait"}},
        united_states=SUSPENSION,
    ),
    "escalation": mission(escalation=ESCALATION, united_states=SUSPENSION),
    "renewed attack": mission(
        escalation=ESCALATION | {"us_deterrence": 1.0, "memory_days": 9.0, "start": "tense"}
    ),
    "everything": mission(
        line={**STRAIGHT, "length_factor": 1.3},
        platforms=FRAGILE_PLATFORMS,
        monitors=WITH_AMERICANS,
        weather=SQUALLS,
        jamming=JAMMING,
        cueing={**CUEING, "poor_look_share": 0.5},
        reports=REPORTS,
        clutter=CLUTTER,
        headquarters=HEADQUARTERS,
        united_states=SUSPENSION,
        escalation=ESCALATION,
    ),
}
