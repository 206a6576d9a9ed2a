"""The dashboard's figures: what has been seen and answered so far, as plain numbers."""

from typing import Any

import numpy as np

from sim.agents.headquarters import US_STATES
from sim.agents.regime import ENDED
from sim.agents.violation import ANSWERED, CUEING, PREVENTED, REAL, UNDER_WAY
from sim.app.frame import STATES, states_of
from sim.model import CeasefireModel
from sim.scenario.escalation import REGIMES
from sim.statistics import wilson_interval

BINS = 12
"""Bars of the histogram of response times; stretches of the line for the shares along it."""
LOG_ROWS = 12


def counts(model: CeasefireModel) -> dict[str, Any]:
    """Return the dashboard of a run so far.

    Parameters
    ----------
    model
        The run.

    Returns
    -------
    dict
        Shares from 0 to 1 and times in minutes, None where nothing has happened yet; names and
        queues of headquarters; histogram and shares along the line, shape (`BINS`,).
    """
    measures = model.measures
    rows, now = _happened(model), model.hours
    seen = np.isfinite(rows["detected"])
    interval = wilson_interval(int(seen.sum()), len(rows)) if len(rows) else None
    waiting = (rows["status"] >= CUEING) & (rows["status"] <= UNDER_WAY)
    on_station = [one.on_station for one in model.drones]
    return {
        "days": now / 24.0,
        "violations": len(rows),
        "detected": int(seen.sum()),
        "detection": _known(measures["detection_rate"]),
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "median_min": _known(measures["response_time_p50_min"]),
        "p90_min": _known(measures["response_time_p90_min"]),
        "on_station": float(np.mean(on_station)) if on_station else 0.0,
        "unanswered": int(waiting.sum()),
        "answered": int((rows["status"] == ANSWERED).sum()),
        "queues": list(
            zip(model.plan.station_names, model.world.stations["queued"].tolist(), strict=True)
        ),
        **_situation(model),
        **_responses(rows),
        "along": _along(model, rows, seen),
    }


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
    rows = model.world.violations[: int(model.world.clock["next_candidate"][0])]
    real = (rows["nature"] == REAL) & (rows["status"] != PREVENTED) & (rows["status"] > 0)
    return rows[real]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _responses(rows: Any) -> dict[str, Any]:
    times = 60.0 * (rows["arrived"] - rows["reported"])
    times = times[np.isfinite(times)]
    most = float(np.quantile(times, 0.98)) if len(times) else 60.0
    bars, edges = np.histogram(np.minimum(times, most), bins=BINS, range=(0.0, max(most, 1.0)))
    return {"bars": bars.tolist(), "bar_min": float(edges[1])}


def _along(model: CeasefireModel, rows: Any, seen: Any) -> list[float | None]:
    length = model.plan.line.length_km
    stretch = np.clip((rows["chainage"] / length * BINS).astype(int), 0, BINS - 1)
    every = np.bincount(stretch, minlength=BINS)
    found = np.bincount(stretch, weights=seen, minlength=BINS)
    return [float(a / n) if n else None for a, n in zip(found, every, strict=True)]


def latest(model: CeasefireModel) -> list[dict[str, Any]]:
    """Return the latest violations for the log, the newest first."""
    rows = model.world.violations[: int(model.world.clock["next_candidate"][0])]
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


def compared(kept: dict[str, Any], now: dict[str, Any]) -> str:
    """Return the figures of two runs side by side, as an HTML table."""
    rows = [
        ("violations", "violations", "{:,.0f}", 1.0),
        ("detected (%)", "detection", "{:.1f}", 100.0),
        ("median response (min)", "median_min", "{:,.0f}", 1.0),
        ("nine of ten within (min)", "p90_min", "{:,.0f}", 1.0),
        ("drones on station (%)", "on_station", "{:.0f}", 100.0),
        ("answered", "answered", "{:,.0f}", 1.0),
        ("help not there yet", "unanswered", "{:,.0f}", 1.0),
    ]
    cells = "".join(
        f"<tr><td>{label}</td><td>{_cell(kept[key], form, times)}</td>"
        f"<td>{_cell(now[key], form, times)}</td></tr>"
        for label, key, form, times in rows
    )
    return (
        '<table class="ceasefire-compared"><tr><th>same violations, two forces</th>'
        f"<th>kept (above)</th><th>now (below)</th></tr>{cells}</table>"
    )


def _cell(value: float | None, form: str, times: float) -> str:
    return "-" if value is None else form.format(times * value)
