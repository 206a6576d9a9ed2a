"""How far help has to go: bases, ships and aircraft."""

from typing import Any

import numpy as np

from mechanisms.chain import RUNS
from mechanisms.experiment import Level, labels_of, run_levels
from mechanisms.figure import UNNAMED, Form, Panel, caption_of, draw_panels
from mechanisms.forces import GROWING
from mechanisms.section import Section
from sim import Outcome, Scenario
from sim.rules.dispatch import forward_point

PLACES = {
    "Ukraine": [("Kharkiv", 36.25475, 49.98177), ("Pavlohrad", 35.86878, 48.53214)],
    "Poland": [("Rzeszow", 22.02, 50.11)],
    "Romania": [("Galati", 28.05028, 45.43687)],
}
"""Bases by state: name, longitude and latitude (deg), as in the packaged scenarios (GeoNames)."""


def basing() -> Section:
    """Vary how far behind the line units are based."""
    distances, replications = (15.0, 100.0, 300.0, 600.0, 900.0), 20
    units = {"nation": "Sender", "count": 60, "placement": "even"}
    tables = {**GROWING, "support": {"sent": units}, "run": {"duration_days": 60.0}}
    tables["violations"] = {**GROWING["violations"], "rate_per_day": 4.0}
    base = Scenario.from_dict(tables)
    found = run_levels(
        {("", km): base.with_values({"support.sent.base_offset_km": km}) for km in distances},
        replications,
    )
    places = run_levels(
        {("", name): _packaged(where) for name, where in PLACES.items()}, replications
    )
    names = labels_of("response_time_mean_min", "unit_utilisation")
    x = np.array(distances)
    form = Form("closed form", x, 10.0 + 60.0 * 1.3 * x / 50.0)
    panels = [
        Panel("Bases behind the line (km)", label, [found.curve(name)],
              [form] if name == "response_time_mean_min" else [])
        for name, label in names.items()
    ]  # fmt: skip
    panels.append(
        Panel("20 units, packaged line", names["response_time_mean_min"],
              [places.curve("response_time_mean_min")], (), list(PLACES))
    )  # fmt: skip
    away = places.change("response_time_mean_min", ("", "Ukraine"), ("", "Romania"))
    far = found.change("response_time_mean_min", ("", 15.0), ("", 900.0))
    return Section(
        part="Forces over time",
        key="basing",
        title="Bases in a neighbouring state",
        varied="the distance of the bases from the line: 15 km (behind it) to 900 km (about as far "
        "as Poland or Romania).",
        scenario="straight line of 200 km, 60 days, 4 violations a day seen at their onset, 60 "
        "units, 50 km/h, 1.3 km of road a kilometre, 10 min readiness; then 20 such units on the "
        "packaged land front, all at Kharkiv and Pavlohrad, at Rzeszow, or at Galati.",
        sees=f"From 900 km help comes {far} min later: the road, as the closed form says. Units "
        "are busy on the road, so as many violations take a larger part of them; on the "
        f"packaged line Galati instead of Ukraine costs {away} min.",
        figure=draw_panels(
            "Bases in a neighbouring state", panels,
            caption_of(
                replications,
                "Closed form: readiness and the straight way to the nearest place on the line; "
                "units that are busy lengthen it.",
            ),
        ),
        table=found.table(names, "km behind the line")
        + "\n\n"
        + places.table(names, "packaged line, bases in"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def standoff() -> Section:
    """Vary how far from the line land units stop."""
    distances, replications, behind_km = (0.0, 5.0, 10.0, 20.0, 30.0), 20, 40.0
    units = {
        "nation": "Sender", "count": 60, "placement": "even", "base_offset_km": behind_km,
    }  # fmt: skip
    tables = {**GROWING, "support": {"sent": units}, "run": {"duration_days": 60.0}}
    tables["violations"] = {**GROWING["violations"], "rate_per_day": 4.0}
    base = Scenario.from_dict(tables)
    found = run_levels(
        {("", km): base.with_values({"support.sent.standoff_km": km}) for km in distances},
        replications,
        _least_distance,
    )
    names = {
        **labels_of("response_time_mean_min"),
        "least_km": "Destination nearest to the line (km)",
    }
    x = np.array(distances)
    aside_km = np.linspace(0.0, 200.0 / 60 / 2, 501)
    way_km = np.hypot(aside_km, (behind_km - x)[:, None]).mean(axis=1)
    forms = {
        "response_time_mean_min": Form("closed form", x, 10.0 + 60.0 * 1.3 * way_km / 50.0),
        "least_km": Form("closed form", x, x),
    }
    panels = [
        Panel("Stand-off of the units (km)", label, [found.curve(name)], [forms[name]])
        for name, label in names.items()
    ]
    change = found.change("response_time_mean_min", ("", 0.0), ("", 30.0))
    return Section(
        part="Domains and lead nations",
        key="standoff",
        title="Stand-off of land units",
        varied="how far from the line land units stop: 0 (at the line) to 30 km.",
        scenario="straight line of 200 km, 60 days, 4 violations a day on the line, seen at their "
        "onset, 60 units evenly 40 km behind it, 50 km/h, 1.3 km of road a kilometre, 10 min "
        "readiness.",
        sees=f"A stand-off of 30 km changes the response time by {change} min: units drive less "
        "far, and stop farther from what they are called to. No destination lies nearer to the "
        "line than the rule allows.",
        figure=draw_panels(
            "Stand-off of land units", panels,
            caption_of(
                replications,
                "Closed form: readiness and the mean straight way from the nearest base to the "
                "forward point, all units free; on the right the stand-off itself.",
            ),
        ),
        table=found.table(names, "km"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def _least_distance(outcome: Outcome) -> dict[str, float]:
    """Return how near to the line any unit was sent (km)."""
    world = outcome.world
    rows = world.violations[world.violations["unit"] >= 0]
    goals = [
        forward_point(world, world.bases[world.units["base"][row["unit"]]], row) for row in rows
    ]
    _, offset_km = outcome.line.locate(np.array(goals))
    return {"least_km": float(offset_km.min())}


def domains() -> Section:
    """Vary ships and alert aircraft."""
    counts, replications = (1, 2, 3, 4, 6), 20
    by = {"ships": "navy", "alert aircraft": "pair"}
    scenarios: dict[Level, Scenario] = {
        (shown, n): Scenario.from_dict(_wide({group: n}))
        for shown, group in by.items()
        for n in counts
    }
    found = run_levels(scenarios, replications, _by_domain)
    names = {
        "sea_min": "Response time at sea, mean (min)",
        "air_min": "Response time in the air, mean (min)",
    }
    panels = [
        Panel(f"Number of {shown}", label, [found.curve(name, shown, UNNAMED)],
              [Form("nobody busy", counts,
                    [found.mean((shown, n), f"{name}_alone") for n in counts])])
        for (name, label), shown in zip(names.items(), by, strict=True)
    ]  # fmt: skip
    ships, planes = by
    changes = [
        found.change(name, (shown, 1), (shown, 6)) for name, shown in zip(names, by, strict=True)
    ]
    return Section(
        part="Domains and lead nations",
        key="domains",
        title="Ships and alert aircraft",
        varied="the number of ships (two aircraft), then of aircraft (two ships), from 1 "
        "to 6.",
        scenario="packaged line, 60 days, 6 violations a day: in the air space over the east and "
        "south (four in five; 900 km/h, 15 min readiness, 45 min there) and in the western Black "
        "Sea (one in five; 40 km/h, 30 min, 2 h there), all reported after 10 min.",
        sees=f"Six {ships} instead of one change response at sea by {changes[0]} min, six {planes} "
        f"that in the air by {changes[1]} min. A domain has units of its own: more ships do not "
        "change the air, and what remains is the way.",
        figure=draw_panels(
            "Ships and alert aircraft", panels,
            caption_of(
                replications,
                "Broken line: readiness and the way of the units that were sent, without waits.",
            ),
        ),
        table=found.table(names, "number", "what is varied"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def _packaged(where: list[tuple[str, float, float]]) -> Scenario:
    """Return violations along the packaged land front, reported at their onset."""
    bases = [{"name": name, "lon": lon, "lat": lat} for name, lon, lat in where]
    tables = {
        **GROWING,
        "run": {"duration_days": 60.0},
        "line": {"feature": "land"},
        "violations": {**GROWING["violations"], "rate_per_day": 4.0},
        "reports": {"all": {"share": 1.0, "delay": "fixed", "confirmed": True}},
        "support": {
            "sent": {"nation": "Sender", "count": 20, "placement": "bases", "bases": bases}
        },
    }
    return Scenario.from_dict(tables)


def _by_domain(outcome: Outcome) -> dict[str, float]:
    violations = outcome.violations
    found = {}
    for domain, ready_min, h_per_km in (("sea", 30.0, 1.1 / 40.0), ("air", 15.0, 1.0 / 900.0)):
        rows = violations[violations["domain"] == domain]
        found[f"{domain}_min"] = float(rows["response_time_min"].mean())
        found[f"{domain}_min_alone"] = float(
            ready_min + 60.0 * h_per_km * rows["distance_km"].mean()
        )
    return found


def _wide(counts: dict[str, int]) -> dict[str, Any]:
    """Return the scenario of ships and aircraft; areas and bases as in configs/baseline.toml."""
    kind = {"mean_duration_min": 120.0}
    return {
        "title": "Air and sea",
        "run": {"duration_days": 60.0},
        "line": {"feature": "land"},
        "areas": {
            "sky": {"outline": [[31.0, 46.9], [33.4, 47.3], [35.6, 47.9], [37.0, 48.6],
                                [37.6, 49.7], [36.0, 50.3], [33.0, 49.4]]},
            "sea": {"outline": [[30.2, 45.0], [30.9, 46.2], [32.2, 45.9], [32.2, 44.6],
                                [30.2, 44.3]]},
        },
        "violations": {
            "rate_per_day": 6.0,
            "kinds": {
                "incursion": {**kind, "share": 4.0, "domain": "air", "area": "sky"},
                "incident": {**kind, "domain": "sea", "area": "sea"},
            },
        },
        "platforms": {"mast": {"radius_km": 1.0, "look_chance": 0.0}},
        "monitors": {"mast": {"platform": "mast", "count": 1, "patrol": "static"}},
        "reports": {
            "watch": {"share": 1.0, "delay": "fixed", "delay_min": 10.0, "confirmed": True}
        },
        "support": {
            "navy": _based("Turkey", "naval", counts.get("navy", 2), 29.6, 44.2)
            | {"speed_kmh": 40.0, "road_factor": 1.1, "on_scene_h": 2.0, "readiness_min": 30.0},
            "pair": _based("Poland", "air_policing", counts.get("pair", 2), 28.49, 44.36)
            | {"speed_kmh": 900.0, "road_factor": 1.0, "on_scene_h": 0.75, "readiness_min": 15.0},
        },
    }  # fmt: skip


def _based(nation: str, role: str, count: int, lon: float, lat: float) -> dict[str, Any]:
    base = {"name": "base", "lon": lon, "lat": lat}
    return {
        "nation": nation, "role": role, "count": count, "placement": "bases", "bases": [base],
    }  # fmt: skip
