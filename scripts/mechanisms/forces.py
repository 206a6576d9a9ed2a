"""Where forces come from: airlift, rotation, mandates, lead nations."""

from typing import Any

import numpy as np
import pandas as pd

from mechanisms.chain import RUNS
from mechanisms.experiment import Curve, Floats, Level, Result, labels_of, run_levels
from mechanisms.figure import UNNAMED, Form, Panel, caption_of, draw_panels
from mechanisms.section import Section
from sim import Outcome, Scenario
from sim.experiment import mean_interval
from sim.output.figures.style import CYCLE
from sim.statistics.intervals import CONFIDENCE

DAYS = 180
UNITS = 20
LOCALS = 4
PER_UNIT = 100.0
UNITS_PRESENT = "units_on_day_"
# All values are assumed.
GROWING: dict[str, Any] = {
    "title": "Twenty units that come to a straight line",
    "run": {"duration_days": float(DAYS)},
    "line": {"length_km": 200.0, "sectors": 2},
    "violations": {
        "rate_per_day": 12.0,
        "kinds": {"shelling": {"mean_duration_min": 60.0}},
    },
    "platforms": {"mast": {"radius_km": 200.0, "look_chance": 1.0, "look_interval_min": 4.0}},
    "monitors": {"mast": {"platform": "mast", "count": 1, "patrol": "static", "nation": "Europe"}},
    "support": {
        "local": {"nation": "Ukraine", "count": LOCALS},
        "sent": {"nation": "Sender", "count": UNITS, "soldiers_per_unit": PER_UNIT},
    },
}
GROWING_WORDS = (
    "straight line of 200 km, 180 days, 12 violations a day, one mast that sees each at its onset, "
    "4 local units and 20 of the nation that sends soldiers (100 each)."
)


def airlift() -> Section:
    """Vary the engagement of the United States while soldiers are flown in."""
    states = {
        "engaged": [(0.0, "engaged")],
        "suspended days 60-120": [(0.0, "engaged"), (60.0, "suspended"), (120.0, "engaged")],
        "never engaged": [(0.0, "withdrawn")],
    }
    plan = [(0.0, 0.0), (90.0, 2000.0)]
    lift, less, replications = 20.0, 5.0, 20
    scenarios: dict[Level, Scenario] = {}
    for shown, states_by_day in states.items():
        schedule = [{"from_day": day, "state": state} for day, state in states_by_day]
        scenarios["", shown] = _sent(
            plan,
            united_states={"engagement": "schedule", "schedule": schedule},
            force_generation={
                "airlift_with_us_per_day": lift,
                "airlift_without_us_per_day": less,
            },
        )
    found = run_levels(scenarios, replications, _units_by_day)
    days = np.arange(DAYS + 1.0)
    away = (days > 60.0) & (days <= 120.0)
    flown = np.cumsum([np.where(days > 0, lift, 0.0), np.where(away, less, lift) * (days > 0),
                       np.where(days > 0, less, 0.0)], axis=1)  # fmt: skip
    planned = np.interp(days, [0.0, 90.0], [0.0, 2000.0])
    forms = [
        Form("closed form" if k == 0 else "", days, np.minimum(planned, row) / PER_UNIT)
        for k, row in enumerate(flown)
    ]
    panels = _force_panels(found, forms)
    names = labels_of("units_present_mean", "response_time_mean_min")
    far = found.change("response_time_mean_min", ("", "engaged"), ("", "never engaged"))
    return Section(
        part="Forces over time",
        key="airlift",
        title="Airlift with and without the United States",
        varied="whether the United States are engaged: always, not from day 60 to 120, never.",
        scenario=f"{GROWING_WORDS} 2,000 soldiers planned by day 90; 20 a day can be flown in with "
        "the United States, 5 without.",
        sees="Units come as soon as whole units of soldiers have been flown in, so the steps stay "
        "just below the smaller of plan and airlift. Without the United States mean response "
        f"changes by {far} min, as a quarter of the force is there.",
        figure=draw_panels(
            "Airlift with and without the United States", panels,
            caption_of(replications, "Closed form: the smaller of plan and soldiers flown in."),
        ),
        table=found.table(names, "United States"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def rotation() -> Section:
    """Vary the length of a tour where airlift limits the force."""
    tours, lift, replications = ("none", "90 days", "45 days"), 20.0, 20
    scenarios: dict[Level, Scenario] = {}
    for tour in tours:
        lifts = {"airlift_with_us_per_day": lift}
        if tour != "none":
            lifts["rotation_days"] = float(tour.split()[0])
        scenarios["", tour] = _sent([(0.0, 2000.0)], force_generation=lifts)
    found = run_levels(scenarios, replications, _units_by_day)
    days = np.arange(DAYS + 1.0)
    lengths = [np.inf, 90.0, 45.0]
    forms = [
        Form("closed form" if k == 0 else "", days,
             np.minimum(2000.0, lift * np.minimum(days, length)) / PER_UNIT)
        for k, length in enumerate(lengths)
    ]  # fmt: skip
    names = labels_of("units_present_mean", "response_time_mean_min")
    change = found.change("units_present_mean", ("", "none"), ("", "45 days"))
    return Section(
        part="Forces over time",
        key="rotation",
        title="Rotation",
        varied="the length of a tour: 45 days, 90 days, or no rotation.",
        scenario=f"{GROWING_WORDS} 2,000 soldiers planned from day 0, 20 a day can be flown in.",
        sees="With rotation the force stops growing at airlift times tour, since from then on each "
        f"seat brings a relief. Tours of 45 days change the mean force by {change} units.",
        figure=draw_panels(
            "Rotation", _force_panels(found, forms),
            caption_of(replications, "Closed form: the smaller of plan and airlift x tour."),
        ),
        table=found.table(names, "tour"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def mandate() -> Section:
    """Vary the chance of a mandate, then the mean time until it stands."""
    chances, means, replications = (
        (0.0, 0.25, 0.5, 0.75, 1.0),
        (10.0, 30.0, 60.0, 120.0, 240.0),
        100,
    )
    by_chance, by_delay = "chance", "mean days"
    scenarios: dict[Level, Scenario] = {(by_chance, p): _mandated(p, 60.0) for p in chances} | {
        (by_delay, days): _mandated(1.0, days) for days in means
    }
    found = run_levels(scenarios, replications)
    places = np.linspace(1.0, 240.0, 100)
    forms = (
        (
            np.array(chances),
            LOCALS + np.array(chances) * (_mean_force(np.array([60.0]))[0] - LOCALS),
        ),
        (places, _mean_force(places)),
    )
    names = labels_of("units_present_mean", "response_time_mean_min")
    axes = {by_chance: "Chance that parliament agrees", by_delay: "Mean days until it agrees"}
    panels = [
        Panel(axes[label], shown, [found.curve(name, label, UNNAMED)],
              [Form("closed form", *form)] if name == "units_present_mean" else [])
        for name, shown in names.items()
        for label, form in zip(axes, forms, strict=True)
    ]  # fmt: skip
    change = found.change("response_time_mean_min", (by_chance, 0.0), (by_chance, 1.0))
    return Section(
        part="Forces over time",
        key="mandate",
        title="Mandates",
        varied="first the chance that the sender's parliament agrees (after 60 days on average), "
        "then the mean time until it does (it does for certain).",
        scenario=f"{GROWING_WORDS} All 20 units come by road with the mandate.",
        sees="The mean force is the chance of the mandate times the share of the run that is left "
        f"after it, beside the 4 local units. A certain mandate changes mean response "
        f"by {change} min against a refusal.",
        figure=draw_panels(
            "Mandates", panels,
            caption_of(
                replications,
                "Closed form: 4 + 20 p (1 - m/T (1 - exp(-T/m))) with chance p, mean delay m and T "
                "= 180 days.",
            ), columns=2,
        ),
        table=found.table(names, "level", "what is varied"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def lead_nation() -> Section:
    """Vary the day on which the lead nation comes."""
    arrivals, replications, delay = (0.0, 45.0, 90.0, 135.0, 180.0), 20, 60.0
    scenarios: dict[Level, Scenario] = {}
    for day in arrivals:
        tables = _tables(
            [(0.0, 2000.0)],
            mission={"land_lead": {"nation": "Sender", "absent_delay_min": delay}},
        )
        tables["support"] = {
            "local": {"nation": "Ukraine", "count": 30},
            "sent": {"nation": "Sender", "count": 1, "soldiers_per_unit": PER_UNIT},
        }
        tables["nations"]["sender"] |= {
            "mandate": "date", "mandate_day": day, "airlift_share": 0.0,
        }  # fmt: skip
        scenarios["", day] = Scenario.from_dict(tables)
    found = run_levels(scenarios, replications)
    names = labels_of("chain_time_mean_min", "response_time_mean_min")
    x = np.array(arrivals)
    first = found.mean(("", 0.0), "response_time_mean_min")
    bases = (0.0, first)
    panels = [
        Panel("Day on which the lead nation comes", label, [found.curve(name)],
              [Form("closed form", x, more + delay * x / DAYS)])
        for (name, label), more in zip(names.items(), bases, strict=True)
    ]  # fmt: skip
    change = found.change("response_time_mean_min", ("", 0.0), ("", 180.0))
    return Section(
        part="Domains and lead nations",
        key="lead_nation",
        title="The lead nation is absent",
        varied="the day on which the lead nation on land comes, from 0 to the end of the run.",
        scenario="straight line of 200 km, 180 days, 12 violations a day seen at their onset, 30 "
        "local units and one of the lead nation; 60 min more to a call while it is absent.",
        sees="Each call waits an hour longer until the lead nation is there, so the mean grows in "
        f"proportion to its absence. If it never comes, mean response changes by {change} min.",
        figure=draw_panels(
            "The lead nation is absent", panels,
            caption_of(replications, "Closed form: 60 min times the share of the run."),
        ),
        table=found.table(names, "day"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def _tables(plan: list[tuple[float, float]], **more: Any) -> dict[str, Any]:
    tables = {**GROWING, **more}
    tables["force_generation"] = {"enabled": True, **more.get("force_generation", {})}
    strength = [{"day": day, "soldiers": soldiers} for day, soldiers in plan]
    there = {"name": "Ukraine", "strength": [{"day": 0.0, "soldiers": 1000.0}]}
    tables["nations"] = {
        "sender": {"name": "Sender", "strength": strength},
        "local": {**there, "airlift_share": 0.0},
    }
    return tables


def _sent(plan: list[tuple[float, float]], **more: Any) -> Scenario:
    return Scenario.from_dict(_tables(plan, **more))


def _mandated(chance: float, mean_days: float) -> Scenario:
    tables = _tables([(0.0, 2000.0)])
    tables["nations"]["sender"] |= {
        "mandate": "random", "mandate_chance": chance, "mandate_mean_days": mean_days,
        "airlift_share": 0.0,
    }  # fmt: skip
    return Scenario.from_dict(tables)


def _mean_force(mean_days: Floats) -> Floats:
    left: Floats = 1.0 - mean_days / DAYS * (1.0 - np.exp(-DAYS / mean_days))
    return LOCALS + UNITS * left


def _units_by_day(outcome: Outcome) -> dict[str, float]:
    rows = outcome.forces[outcome.forces["group"] == "sent"]
    return {
        f"{UNITS_PRESENT}{day:g}": float(n)
        for day, n in zip(rows["day"], rows["units"], strict=True)
    }


def _force_panels(found: Result, forms: list[Form]) -> list[Panel]:
    """Draw the force by day, and what it does to the response."""
    coloured = [Form(form.label, form.x, form.y, CYCLE[k]) for k, form in enumerate(forms)]
    curves = [_by_day(found, level) for level in found.levels]
    names = [str(x).replace(" days ", "\ndays ") for _, x in found.levels]
    return [
        Panel("Day", "Units present", curves, coloured, steps=True),
        Panel("", "Response time, mean (min)", [found.curve("response_time_mean_min")], (), names),
    ]


def _by_day(found: Result, level: Level) -> Curve:
    columns = [name for name in found.runs if str(name).startswith(UNITS_PRESENT)]
    days = pd.Series([float(name.removeprefix(UNITS_PRESENT)) for name in columns], columns)
    days = days.sort_values()
    rows = np.array(
        [mean_interval(found.values(level, str(name)), CONFIDENCE, "amount") for name in days.index]
    )
    return Curve(str(level[1]), days.to_numpy(), *rows.T)
