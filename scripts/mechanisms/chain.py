"""Reports on their way: desks, false reports, rulings, cueing."""

from math import factorial
from typing import Any

import numpy as np

from mechanisms.experiment import Level, labels_of, run_levels
from mechanisms.figure import UNNAMED, Form, Panel, caption_of, draw_panels
from mechanisms.section import Section
from sim import Outcome, Scenario

REPORTS_PER_DAY = 48.0
SERVICE_MIN = 60.0
# All values are assumed: a case small enough for closed forms. The mast sees every violation at its
# onset, so that reports come as a Poisson process.
MAST: dict[str, Any] = {
    "title": "One mast that sees a short line at once",
    "run": {"duration_days": 60.0, "warmup_days": 2.0},
    "line": {"length_km": 40.0, "sectors": 1},
    "violations": {
        "rate_per_day": REPORTS_PER_DAY,
        "kinds": {"shelling": {"mean_duration_min": 60.0}},
    },
    "platforms": {"mast": {"radius_km": 100.0, "look_chance": 1.0, "look_interval_min": 4.0}},
    "monitors": {"mast": {"platform": "mast", "count": 1, "patrol": "static"}},
    "support": {"units": {"nation": "any", "count": 12}},
}
MAST_WORDS = (
    "straight line of 40 km, 60 days (the first 2 not counted), 48 violations a day (Poisson), one "
    "mast that sees each at its onset, 12 units."
)
ANALYSIS = {"task": "analysis", "desks": 4, "service_min": SERVICE_MIN}
RUNS = "{} runs a level, seeds from 1."


def erlang_c_wait_min(desks: int, per_day: float, service_min: float = SERVICE_MIN) -> float:
    """Return the mean wait (min) of M/M/c; infinite where the desks cannot keep up.

    References
    ----------
    Gross, D. et al. (2008), Fundamentals of Queueing Theory, 4th ed., section 2.3.
    """
    load = per_day * service_min / 1440.0
    if load >= desks:
        return np.inf
    last = load**desks / factorial(desks) / (1.0 - load / desks)
    waits = last / (sum(load**k / factorial(k) for k in range(desks)) + last)
    return waits * service_min / (desks - load)


def desks() -> Section:
    """Vary the desks of imagery analysis."""
    counts, replications = (3, 4, 5, 6, 8), 30
    base = Scenario.from_dict({**MAST, "headquarters": {"analysis": ANALYSIS}})
    found = run_levels(
        {("", n): base.with_values({"headquarters.analysis.desks": n}) for n in counts},
        replications,
    )
    waits = np.array([erlang_c_wait_min(n, REPORTS_PER_DAY) for n in counts])
    names = labels_of("desk_wait_mean_min", "chain_time_mean_min")
    panels = [
        Panel("Desks", label, [found.curve(name)], [Form("Erlang C", counts, waits + more)])
        for (name, label), more in zip(names.items(), (0.0, SERVICE_MIN), strict=True)
    ]
    few, some = (found.mean(("", n), "desk_wait_mean_min") for n in counts[:2])
    return Section(
        part="Desks and rulings",
        key="desks",
        title="Desks of imagery analysis",
        varied="the desks of the one station, from 3 to 8.",
        scenario=f"{MAST_WORDS} A report takes 60 min at a desk (exponential), so 2 desks would be "
        "busy all the time.",
        sees=f"The fourth desk takes the mean wait from {few:.1f} to {some:.1f} min "
        f"({found.change('desk_wait_mean_min', ('', 3), ('', 4))}), as the queue of Erlang says. "
        "Further desks gain little: what remains of the chain time is the hour at the desk.",
        figure=draw_panels("Desks of imagery analysis", panels, caption_of(replications)),
        table=found.table(names, "desks"),
        runs=RUNS.format(replications),
    )


def false_reports() -> Section:
    """Vary the rate of clutter that is taken for violations."""
    rates, replications, units = (0.0, 12.0, 24.0, 36.0, 40.0), 30, 40
    clutter = {"mean_duration_min": 60.0, "taken_for": "shelling", "look_chance": {"mast": 1.0}}
    scenarios: dict[Level, Scenario] = {}
    for rate in rates:
        tables = {**MAST, "headquarters": {"analysis": ANALYSIS}}
        tables["support"] = {"units": {"nation": "any", "count": units}}
        tables["clutter"] = {"fires": {**clutter, "rate_per_day": rate}}
        scenarios["", rate] = Scenario.from_dict(tables)
    found = run_levels(scenarios, replications)
    days = MAST["run"]["duration_days"] - MAST["run"]["warmup_days"]
    x = np.linspace(rates[0], rates[-1], 60)
    waits = np.array([erlang_c_wait_min(4, REPORTS_PER_DAY + rate) for rate in x])
    names = labels_of("desk_wait_mean_min", "false_trips", "response_time_mean_min")
    names["response_time_mean_min"] = "Response time, true ones, mean (min)"
    alone = found.mean(("", 0.0), "response_time_mean_min") - waits[0]
    forms = {
        "desk_wait_mean_min": waits,
        "false_trips": x * days,
        "response_time_mean_min": alone + waits,
    }
    panels = [
        Panel(
            "Clutter (a day)", label, [found.curve(name)],
            [Form("closed form", x, forms[name])],
        )
        for name, label in names.items()
    ]  # fmt: skip
    change = found.change("response_time_mean_min", ("", rates[0]), ("", rates[-1]))
    return Section(
        part="Reports",
        key="false_reports",
        title="False reports",
        varied="the clutter that the mast takes for a violation, from 0 to 40 events a day.",
        scenario=f"{MAST_WORDS} Here {units} units, so that hardly a call waits for one, and four "
        "desks of 60 min each; nobody recognises a false report.",
        sees="At 40 false reports a day true violations get help later by (min) "
        f"{change}: they wait for desks behind false ones (Erlang C for both together). "
        "Each false report costs a trip, since nobody recognises it.",
        figure=draw_panels(
            "False reports", panels,
            caption_of(replications, "Closed form: Erlang C; one trip for each false "
                "report; response time without clutter and the further wait of Erlang C."),
        ),
        table=found.table(names, "clutter a day"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def referee() -> Section:
    """Vary how well the referee tells false reports from true ones."""
    shares, replications, per_day = (0.0, 0.25, 0.5, 0.75, 1.0), 20, 12.0
    tables = {
        **MAST,
        "platforms": {"mast": {**MAST["platforms"]["mast"], "confirms": False}},
        "headquarters": {"referee": {"task": "ruling", "desks": 20, "service_min": 10.0}},
        "reports": {"complaints": {"share": 0.0, "false_per_day": per_day}},
        "referee": {"recognises_unconfirmed": 0.0, "dismisses_unconfirmed": 0.0},
    }
    base = Scenario.from_dict(tables)
    keys = {"recognises": "false ones recognised", "dismisses": "true ones dismissed"}
    found = run_levels(
        {
            (shown, share): base.with_values({f"referee.{key}_unconfirmed": share})
            for key, shown in keys.items()
            for share in shares
        },
        replications,
    )
    names = labels_of("false_trips", "false_attributed", "dismissed_share", "answered_share")
    made_up = per_day * 58.0
    x = np.array(shares)
    forms = {
        "false_trips": made_up * (1.0 - x),
        "false_attributed": made_up * (1.0 - x) * 0.3,
        "dismissed_share": x,
        "answered_share": 1.0 - x,
    }
    panels = [
        Panel(
            f"Share of {keys['recognises' if 'false' in name else 'dismisses']}", label,
            [found.curve(name, keys["recognises" if "false" in name else "dismisses"],
                         UNNAMED)],
            [Form("closed form", x, forms[name])],
        )
        for name, label in names.items()
    ]  # fmt: skip
    good = found.change("false_trips", (keys["recognises"], 0.0), (keys["recognises"], 0.75))
    bad = found.change("answered_share", (keys["dismisses"], 0.0), (keys["dismisses"], 0.25))
    return Section(
        part="Desks and rulings",
        key="referee",
        title="The quality of rulings",
        varied="first the share of false reports that the referee recognises, then the share of "
        "true ones taken for false; each from 0 to 1, the other at 0.",
        scenario=f"{MAST_WORDS} The mast does not confirm, nobody is sent to look, and 12 false "
        "complaints a day come in; rulings take 10 min, without a queue.",
        sees=f"A referee who recognises three in four false reports spares trips: {good} a run. "
        "Each true report that is dismissed stays without help: at a quarter dismissed, the "
        f"answered share changes by {bad}.",
        figure=draw_panels("The quality of rulings", panels, caption_of(replications), columns=2),
        table=found.table(names, "share", "what is varied"),
        runs=RUNS.format(replications),
    )


def _by_drones(outcome: Outcome) -> dict[str, float]:
    violations = outcome.violations
    attributed = (outcome.reports["ruling"] == "attributed") & (
        outcome.reports["nature"] == "violation"
    )
    seen = violations["detected_by"].astype(str).str.startswith("drones")
    return {
        "share_seen_by_drones": float(seen.mean()),
        "share_attributed": float(attributed.sum() / len(violations)),
    }


def cueing() -> Section:
    """Vary the number of acoustic sensors, with and without flights to confirm what they hear."""
    counts, replications = (0, 10, 20, 30), 20
    found = run_levels(
        {(shown, n): _listening(n, enabled) for shown, enabled in CUEING.items() for n in counts},
        replications,
        _by_drones,
    )
    names = labels_of("confirmed_share", "detection_rate", "detection_delay_mean_min")
    names |= {
        "share_attributed": "Attributed, share of all",
        "share_seen_by_drones": "First seen by a drone, share of all",
        **labels_of("false_trips"),
    }
    panels = [
        Panel("Acoustic sensors", label, [found.curve(name, shown) for shown in CUEING])
        for name, label in names.items()
    ]
    off, on = ((shown, counts[-1]) for shown in CUEING)
    return Section(
        part="Cueing",
        key="cueing",
        title="Cueing and acoustic sensors",
        varied="acoustic sensors (0 to 30), which hear but do not confirm; with and without drones "
        "sent to confirm.",
        scenario="straight line of 300 km, 30 days, 40 violations a day of 60 min on average, 12 "
        "drones on patrol that look every 5 min, 24 clutter events a day that only acoustic "
        "sensors take for violations, one ruling station without a queue, 20 units.",
        sees="With 30 sensors cueing changes the confirmed share by "
        f"{found.change('confirmed_share', off, on)} and the attributed share of all violations by "
        f"{found.change('share_attributed', off, on)}, and false trips by "
        f"{found.change('false_trips', off, on)} a run. The price is drones away from their "
        "patrols: the share first seen by a drone changes by "
        f"{found.change('share_seen_by_drones', off, on)}, the detection rate by "
        f"{found.change('detection_rate', off, on)}, the mean delay (min) by "
        f"{found.change('detection_delay_mean_min', off, on)}.",
        figure=draw_panels("Cueing and acoustic sensors", panels, caption_of(replications)),
        table=found.table(names, "sensors", "cueing"),
        runs=RUNS.format(replications),
    )


CUEING = {"cueing off": False, "cueing on": True}


def _listening(sensors: int, cued: bool) -> Scenario:
    """Return the scenario of cueing; all values are assumed."""
    drone = {
        "speed_kmh": 100.0, "radius_km": 4.0, "look_chance": 0.5, "look_interval_min": 5.0,
        "attribution_chance": 0.7,
    }  # fmt: skip
    ear = {
        "radius_km": 6.0, "look_chance": 0.4, "look_interval_min": 5.0, "confirms": False,
        "attribution_chance": 0.1,
    }  # fmt: skip
    tables = {
        "title": "Drones and acoustic sensors",
        "run": {"duration_days": 30.0},
        "line": {"length_km": 300.0, "sectors": 3},
        "violations": {
            "rate_per_day": 40.0,
            "kinds": {"shelling": {"mean_duration_min": 60.0, "offset_sd_km": 1.0}},
        },
        "platforms": {"drone": drone, "ear": ear},
        "monitors": {
            "drones": {"platform": "drone", "count": 12, "patrol": "shuttle"},
            "ears": {"platform": "ear", "count": sensors, "patrol": "static"},
        },
        "clutter": {
            "blasts": {
                "rate_per_day": 24.0, "mean_duration_min": 60.0, "taken_for": "shelling",
                "look_chance": {"ear": 0.4},
            }
        },
        "cueing": {"enabled": cued, "search_min": 20.0, "max_flight_min": 30.0},
        "headquarters": {"referee": {"task": "ruling", "desks": 20, "service_min": 10.0}},
        "support": {"units": {"nation": "any", "count": 20}},
    }  # fmt: skip
    return Scenario.from_dict(tables)
