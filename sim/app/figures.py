"""The dashboard's figures: what has been seen and answered so far, as plain numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.app.frame import STATES, states_of
from sim.app.headline import RESPONSE, Help
from sim.mesa.model import CeasefireModel
from sim.output.labels import title_words
from sim.output.values import percent_text, scale_of, value_text
from sim.rules.headquarters import US_STATES
from sim.rules.regime import ENDED
from sim.rules.violation import ANSWERED, CUEING, PREVENTED, REAL, UNDER_WAY
from sim.scenario.escalation import REGIMES
from sim.statistics.intervals import wilson_interval

BINS = 12
"""Bars of the histogram of response times; stretches of the line for the shares along it."""
LOG_ROWS = 12
type Figures = tuple[dict[str, Any], Sequence[Help]]
"""The counts of a run so far, and how help came."""


def counts(model: CeasefireModel) -> dict[str, Any]:
    """Return the dashboard of a run so far.

    Parameters
    ----------
    model
        The run.

    Returns
    -------
    dict
        Shares from 0 to 1, None where nothing has happened yet; names and queues of headquarters;
        answers by response time, shape (domains, `BINS`); shares along the line, shape (`BINS`,).
    """
    measures = model.measures
    rows, now = _happened(model), model.hours
    seen = np.isfinite(rows["detected"])
    waiting = (rows["status"] >= CUEING) & (rows["status"] <= UNDER_WAY)
    on_station = [one.on_station for one in model.drones]
    stations = map(title_words, model.plan.station_names)
    return {
        "days": now / 24.0,
        "violations": int(measures["n_violations"]),
        "detected": int(seen.sum()),
        "detection": _known(measures["detection_rate"]),
        "confirmed": _known(measures["confirmed_rate"]),
        "on_station": float(np.mean(on_station)) if on_station else 0.0,
        "unanswered": int(waiting.sum()),
        "answered": int((rows["status"] == ANSWERED).sum()),
        "queues": list(zip(stations, model.world.stations["queued"].tolist(), strict=True)),
        **_situation(model),
        **_responses(model, rows),
        "along": _along(model, rows, seen),
    }


def said(counts: dict[str, Any], helped: Sequence[Help], follow_up_h: float) -> dict[str, Any]:
    """Return the headline of a run so far as people say it.

    Parameters
    ----------
    counts
        From `counts`.
    helped
        From `sim.app.headline.help_so_far`.
    follow_up_h
        What response times count at most (h).
    """
    rate, number = counts["detection"], counts["violations"]
    interval = "" if rate is None else _interval(rate, number)
    sure = counts["confirmed"]
    return {
        "detection": _percent(rate),
        "sure": "" if sure is None else f"{_percent(sure)} beyond doubt",
        "interval": interval,
        "on_station": _percent(counts["on_station"]),
        "help": [one.texts() for one in helped],
        "limit": f"Longer times, and what is never reached, count as {follow_up_h:g} h.",
    }


def _percent(share: float | None, digits: int = 0) -> str:
    return percent_text(np.nan if share is None else share, digits)


def _interval(rate: float, number: int) -> str:
    found = wilson_interval(round(rate * number), number)
    return f"95 % interval {percent_text(found.low)} to {percent_text(found.high)}"


def _situation(model: CeasefireModel) -> dict[str, Any]:
    """Say how the ceasefire stands, and the United States, where the scenario lets them change."""
    scenario, state = model.plan.scenario, model.world.regime[0]
    if scenario.escalation.enabled and int(state["level"]) == ENDED:
        word = "stood by the Europeans" if state["honoured"] else "did not come to help"
        text = f"A renewed attack has ended the ceasefire. The United States {word}."
        return {"over": True, "situation": text}
    words = []
    if scenario.escalation.enabled:
        words.append(f"the ceasefire is {REGIMES[int(state['level'])]}")
    if scenario.united_states.engagement != "engaged":
        words.append(f"the United States are {US_STATES[int(model.world.us['state'][0])]}")
    text = ", ".join(words)
    return {"over": False, "situation": text[:1].upper() + text[1:]}


def _happened(model: CeasefireModel) -> Any:
    rows = model.world.past_violations
    real = (rows["nature"] == REAL) & (rows["status"] != PREVENTED) & (rows["status"] > 0)
    return rows[real]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _responses(model: CeasefireModel, rows: Any) -> dict[str, Any]:
    """Count the answers by response time, on land, in the air and at sea apart."""
    times = 60.0 * (rows["arrived"] - rows["reported"])
    came = np.isfinite(times)
    most = max(float(np.quantile(times[came], 0.98)) if came.any() else 60.0, 1.0)
    of_kind = np.array([kind.domain for kind in model.scenario.violations.kinds.values()])
    domains = list(dict.fromkeys(of_kind.tolist()))
    shown = [np.minimum(times[came & (of_kind[rows["kind"]] == one)], most) for one in domains]
    edges, scale = np.linspace(0.0, most, BINS + 1), scale_of(RESPONSE, most)
    return {
        "domains": domains,
        "bars": [np.histogram(own, bins=edges)[0].tolist() for own in shown],
        "edges": [value_text(RESPONSE, float(edge), scale) for edge in edges],
    }


def _along(model: CeasefireModel, rows: Any, seen: Any) -> list[float | None]:
    length = model.plan.line.length_km
    stretch = np.clip((rows["chainage"] / length * BINS).astype(int), 0, BINS - 1)
    every = np.bincount(stretch, minlength=BINS)
    found = np.bincount(stretch, weights=seen, minlength=BINS)
    return [float(a / n) if n else None for a, n in zip(found, every, strict=True)]


def latest(model: CeasefireModel) -> list[dict[str, Any]]:
    """Return the latest violations for the log, the newest first."""
    rows = model.world.past_violations
    real = (rows["nature"] == REAL) & (rows["status"] != PREVENTED) & (rows["status"] > 0)
    states = states_of(rows, model.hours)
    return [
        {
            "row": int(row),
            "day": float(rows["onset"][row] / 24.0),
            "kind": model.plan.kinds[int(rows["kind"][row])].replace("_", " "),
            "severity": int(rows["severity"][row]),
            "state": STATES[int(states[row])],
        }
        for row in np.flatnonzero(real)[::-1][:LOG_ROWS]
    ]


def clock_text(hours: float) -> str:
    """Return a time as day and clock time, counted from the start of the ceasefire."""
    minutes = round(hours * 60.0)
    return f"day {minutes // 1440 + 1}, {minutes // 60 % 24:02d}:{minutes % 60:02d}"


def story(model: CeasefireModel, row: int) -> list[tuple[str, str]]:
    """Return what has happened to a violation so far: time and event, in order.

    Parameters
    ----------
    model
        The run.
    row
        Number of the violation.
    """
    one, case, now = model.world.violations[row], model.world.cases[row], model.hours
    kind = model.plan.kinds[int(one["kind"])].replace("_", " ")
    detector = int(one["detector"])
    by = f" by {model.plan.drone_names[detector]}" if detector >= 0 else ""
    unit = f": {model.plan.support.names[int(one['unit'])]}" if one["unit"] >= 0 else ""
    events = [
        (one["onset"], f"begins ({kind}, severity {one['severity']}, km {one['chainage']:.0f})"),
        (one["reported"], "first reported"),
        (one["detected"], f"detected{by} after {one['looks']} looks"),
        (case["confirmed"], "confirmed"),
        (case["ruled"], "ruled on"),
        (one["called"], "call for support"),
        (one["dispatched"], f"unit sent{unit}"),
        (one["arrived"], "unit arrives"),
        (one["end"], "violation ends"),
    ]
    past = [(float(t), text) for t, text in events if np.isfinite(t) and t <= now]
    return [(clock_text(t), text) for t, text in sorted(past, key=lambda event: event[0])]


def compared(kept: Figures, now: Figures) -> str:
    """Return the figures of two runs side by side, as an HTML table."""
    cells = "".join(
        f"<tr><td>{label}</td><td>{before}</td><td>{after}</td></tr>"
        for (label, before), (_, after) in zip(_rows(*kept), _rows(*now), strict=True)
    )
    return (
        '<table class="ceasefire-compared"><tr><th>same violations, two forces</th>'
        f"<th>kept (above)</th><th>now (below)</th></tr>{cells}</table>"
    )


def _rows(counts: dict[str, Any], helped: Sequence[Help]) -> list[tuple[str, str]]:
    shares = ("detection", "confirmed", "on_station")
    seen, sure, on_station = (_percent(counts[key], 1) for key in shares)
    return [
        ("violations", f"{counts['violations']:,}"),
        ("detected", seen),
        ("detected beyond doubt", sure),
        *(row for one in helped for row in _help_rows(one)),
        ("drones on station", on_station),
        ("help has come to", f"{counts['answered']:,}"),
        ("help not there yet", f"{counts['unanswered']:,}"),
    ]


def _help_rows(one: Help) -> list[tuple[str, str]]:
    return [
        (f"answered {one.place}".strip(), percent_text(one.answered, 1)),
        (f"mean response {one.place}".strip(), value_text(RESPONSE, one.response_min)),
    ]
