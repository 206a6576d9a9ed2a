"""What holds a ceasefire, and what is left if the United States go."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import erlang

from mechanisms.chain import RUNS
from mechanisms.experiment import Level, Result, labels_of, run_levels
from mechanisms.figure import Form, Panel, caption_of, draw_panels
from mechanisms.section import Section
from sim import Outcome, Scenario
from sim.output import draw_holding
from sim.output.figures.style import BLACK

DAYS = 180
MONTHS = 12
MONTH_DAYS = 30.0
# All values are assumed.
HOLDING: dict[str, Any] = {
    "title": "A ceasefire on a short line",
    "run": {"duration_days": float(DAYS)},
    "line": {"length_km": 100.0, "sectors": 1},
    "violations": {"rate_per_day": 12.0, "kinds": {"shelling": {"mean_duration_min": 60.0}}},
    "platforms": {"mast": {"radius_km": 200.0, "look_chance": 1.0, "look_interval_min": 4.0}},
    "monitors": {"mast": {"platform": "mast", "count": 1, "patrol": "static", "nation": "Europe"}},
    "support": {"units": {"nation": "any", "count": 4, "on_scene_h": 6.0}},
}
HOLDING_WORDS = (
    "straight line of 100 km, 180 days, 12 violations a day in calm, one mast that sees each at "
    "its onset."
)
STEADY_PER_DAY = 0.05


def withdrawal() -> Section:
    """Vary the month in which the United States withdraw."""
    months, replications = (0, 3, 6, 9, 12), 20
    kinds = {"no substitute": 0, "European drones after 60 days": 8}
    found = run_levels(
        {(shown, m): _watched(m, n) for shown, n in kinds.items() for m in months},
        replications,
        _attributed,
    )
    names = {**labels_of("detection_rate"), "share_attributed": "Attributed, share of all"}
    x, alone = np.array(months), next(iter(kinds))
    panels = [
        Panel("Month of withdrawal (12 = never)", label,
              [found.curve(name, shown) for shown in kinds],
              [Form("in proportion to the months engaged", x,
                    found.mean((alone, MONTHS), name) * x / MONTHS)])
        for name, label in names.items()
    ]  # fmt: skip
    gain = found.change("detection_rate", *((shown, 3) for shown in kinds))
    loss = found.change("detection_rate", (alone, MONTHS), (alone, 6))
    return Section(
        part="The United States",
        key="withdrawal",
        title="The United States withdraw",
        varied="the month in which they withdraw (12 = they stay), with and without European "
        "drones.",
        scenario="straight line of 300 km, 360 days, 10 violations a day of 60 min on average, 12 "
        "American drones, an American ruling station, and none or 8 European drones that fly 60 "
        "days after the withdrawal; reports pass a closed station by.",
        sees=f"A withdrawal in month 6 changes the detection rate of the year by {loss}, and after "
        "it nothing is attributed, since nobody rules. European drones bring back sight "
        f"({gain} if they leave in month 3), but no rulings.",
        figure=draw_panels(
            "The United States withdraw", panels,
            caption_of(replications), columns=2,
        ),
        table=found.table(names, "month", "substitute"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def backstop() -> Section:
    """Vary the chance that the United States stand by their promise."""
    chances, replications, w = (0.0, 0.25, 0.5, 0.75, 1.0), 200, STEADY_PER_DAY
    leave = {
        "engaged": {"engagement": "engaged"},
        "withdrawn on day 60": {
            "engagement": "schedule",
            "schedule": [
                {"from_day": 0.0, "state": "engaged"},
                {"from_day": 60.0, "state": "withdrawn"},
            ],
        },
    }
    found = run_levels(
        {
            (shown, p): _steady(1.0, {**states, "backstop_chance": p})
            for shown, states in leave.items()
            for p in chances
        },
        replications,
    )
    x = np.array(chances)
    early = erlang.cdf(60.0, 3, scale=1.0 / w) / erlang.cdf(DAYS, 3, scale=1.0 / w)
    names = labels_of("backstop_honoured")
    name, label = next(iter(names.items()))
    forms = [Form("closed form", x, x), Form("closed form", x, x * early)]
    panels = [
        Panel(
            "Chance that the promise is kept", label, [found.curve(name, s) for s in leave], forms
        )
    ]
    first, second = ((shown, 1.0) for shown in leave)
    return Section(
        part="The United States",
        key="backstop",
        title="The backstop",
        varied="the chance that the United States help after a renewed attack, if they are engaged "
        "all the time or withdraw on day 60.",
        scenario=f"{HOLDING_WORDS} Regimes turn worse at {w:g} a day, whatever happens.",
        sees="The promise is kept with the stated chance where they are engaged at the attack. A "
        f"withdrawal on day 60 changes the share by {found.change(name, first, second)} even with "
        "a chance of 1, as many attacks come later.",
        figure=draw_panels(
            "The backstop", panels,
            f"Share of those of {replications} runs a point in which the ceasefire ended, the same "
            "seeds at all points; bars: 95\u00a0% Wilson intervals. Closed form: the chance, times "
            "the Erlang chance that the attack comes before day 60.",
        ),
        table=found.table(names, "chance", "United States"),
        runs=RUNS.format(replications),
    )  # fmt: skip


def escalation() -> Section:
    """Vary the number of units that can answer grave violations."""
    counts, replications = (1, 2, 3, 6), 100
    worse = {"worsen_per_unanswered": 0.002}
    regimes = {
        "enabled": True,
        "answer_within_h": 6.0,
        "calm": worse,
        "tense": {**worse, "factor": 1.5, "ease_per_day": 0.05},
        "collapsing": {**worse, "factor": 2.0, "ease_per_day": 0.05},
    }
    base = Scenario.from_dict({**HOLDING, "escalation": regimes})
    scenarios: dict[Level, Scenario] = {
        ("", f"{n} unit{'s' * (n > 1)}"): base.with_values({"support.units.count": n})
        for n in counts
    }
    found = run_levels(scenarios, replications)
    names = labels_of("ceasefire_held", "grave_unanswered", "tense_share")
    levels = list(scenarios)
    change = found.change("ceasefire_held", levels[0], levels[-1])
    return Section(
        part="Regimes",
        key="escalation",
        title="Escalation",
        varied="the number of support units, from 1 to 6.",
        scenario=f"{HOLDING_WORDS} A unit works 6 h; a grave violation (4 or 5) not reached within "
        "6 h adds 0.002 a day to the rate of turning worse, and is forgotten with 7 days.",
        sees=f"Six units instead of one change the share of runs that hold to day 180 by {change}. "
        "Grave violations left unanswered feed the regime, which brings more violations, so few "
        "units lose the ceasefire fast and enough units hardly ever.",
        figure=_holding(found),
        table=found.table(names, "units"),
        runs=RUNS.format(replications),
    )


def deterrence() -> Section:
    """Vary how far an engaged guarantor slows escalation."""
    factors, replications = (1.0, 0.5, 0.25), 200
    scenarios: dict[Level, Scenario] = {
        ("", f"deterrence {u:g}"): _steady(u, {"engagement": "engaged"}) for u in factors
    }
    found = run_levels(scenarios, replications)
    figure = _holding(found)
    axes = figure.axes[0]
    days = np.linspace(0.0, DAYS, 200)
    held = []
    for number, u in enumerate(factors):
        law = erlang.sf(days, 3, scale=1.0 / (u * STEADY_PER_DAY))
        held.append(f"{law[-1]:.3f}")
        shown = "Erlang law" if number == 0 else None
        axes.plot(days, law, color=BLACK, linestyle="--", linewidth=1.1, label=shown, zorder=4)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8.5)
    names = labels_of("ceasefire_held", "ceasefire_end_day")
    levels = list(scenarios)
    change = found.change("ceasefire_held", levels[0], levels[-1])
    return Section(
        part="Regimes",
        key="deterrence",
        title="Deterrence by the United States",
        varied="the multiplier of the rates of turning worse while they are engaged: 1, 0.5, 0.25.",
        scenario=f"{HOLDING_WORDS} Regimes turn worse at {STEADY_PER_DAY:g} a day, whatever "
        "happens, and do not ease; the United States are engaged all the time.",
        sees="The ceasefire ends with the third turn for the worse, so how long it holds follows "
        f"Erlang's law, which gives {', '.join(held)} at day 180. A multiplier of 0.25 instead of "
        f"1 changes the share that holds by {change}.",
        figure=figure,
        table=found.table(names, "multiplier"),
        runs=RUNS.format(replications),
    )


def _holding(found: Result) -> Figure:
    """Draw the share of runs in which the ceasefire holds by day."""
    runs = found.runs.assign(scenario=found.runs["scenario"].str.removeprefix("|"))
    lengths = {str(x): float(DAYS) for _, x in found.levels}
    return draw_holding(runs, "ceasefire_end_day", lengths)


def _steady(deterrence: float, united_states: dict[str, Any]) -> Scenario:
    worse = {"worsen_per_day": STEADY_PER_DAY}
    regimes = {
        "enabled": True, "us_deterrence": deterrence, "calm": worse, "tense": worse,
        "collapsing": worse,
    }  # fmt: skip
    return Scenario.from_dict({**HOLDING, "escalation": regimes, "united_states": united_states})


def _attributed(outcome: Outcome) -> dict[str, float]:
    attributed = outcome.reports["ruling"] == "attributed"
    return {"share_attributed": float(attributed.sum() / len(outcome.violations))}


def _watched(month: int, europeans: int) -> Scenario:
    """Return the scenario of a withdrawal; all values are assumed."""
    states = [{"from_day": 0.0, "state": "engaged"}]
    if month == 0:
        states = [{"from_day": 0.0, "state": "withdrawn"}]
    elif month < MONTHS:
        states.append({"from_day": month * MONTH_DAYS, "state": "withdrawn"})
    drone = {"speed_kmh": 100.0, "radius_km": 4.0, "look_chance": 0.5, "look_interval_min": 5.0}
    flown = {"platform": "drone", "patrol": "shuttle"}
    backup = {"nation": "Europe", "only_without_us": True, "without_us_delay_days": 60.0}
    tables = {
        "title": "Who watches if the United States leave",
        "run": {"duration_days": MONTHS * MONTH_DAYS},
        "line": {"length_km": 300.0, "sectors": 3},
        "violations": {"rate_per_day": 10.0, "kinds": {"shelling": {"mean_duration_min": 60.0}}},
        "platforms": {"drone": drone},
        "monitors": {
            "american": {**flown, "count": 12},
            "european": {**flown, **backup, "count": europeans},
        },
        "headquarters": {
            "referee": {
                "task": "ruling", "nation": "United States", "desks": 20, "service_min": 10.0,
            }
        },
        "united_states": {"engagement": "schedule", "schedule": states},
        "support": {"units": {"nation": "any", "count": 20}},
    }  # fmt: skip
    return Scenario.from_dict(tables)
