"""The scenario fragment: fitted values as TOML, each with where it comes from."""

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.calibration.result import Calibration, Estimate

FRAGMENT = "fragment.toml"
HOURS = 24
_ALONE = ("branching_ratio", "offspring_decay_h", "offspring_spread_km")


def fragment_text(found: Calibration, scenario: Path | None, folder: Path) -> str:
    """Write a calibration as a fragment of a scenario file.

    Parameters
    ----------
    found
        The calibration.
    scenario
        The scenario it is laid over; None = the fragment states the violation process only, and
        a scenario names it with ``extends``.
    folder
        Where the fragment will lie.

    Returns
    -------
    str
        TOML.
    """
    return "\n".join([*_lines(found, scenario, folder), ""])


def _lines(found: Calibration, scenario: Path | None, folder: Path) -> Iterator[str]:
    share = f"{100 * found.confidence:g} %"
    yield f"# Violation process fitted by `ceasefire calibrate` to {_comment(found.record)}."
    yield f"# Model: {_comment(found.model)}. Intervals are of {share}."
    told = (*found.reading.words, *found.reading.warnings, *found.cannot, *found.notes)
    yield from (f"# {_comment(line)}" for line in told)
    if scenario is not None:
        above = os.path.relpath(scenario.resolve(), folder.resolve())
        yield f"extends = {json.dumps(above, ensure_ascii=False)}"
    yield ""
    yield "[violations]"
    yield _line(found["rate_per_day"], found)
    if "overdispersion_k" in found:
        yield _line(found["overdispersion_k"], found)
    yield from _offspring(found)
    if "hour_weights.0" in found:
        yield from _hours(found)
    if len(found.phase_days) > 1:
        yield from _phases(found)
    yield from _spots(found)


def _comment(text: str) -> str:
    """Keep a text within its comment, whatever the name of a table holds."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _source(one: Estimate, found: Calibration) -> str:
    share = f"{100 * found.confidence:g} %"
    table = _comment(found.record.split(":")[0])
    bounds = f"{_bound(one.low)} to {_bound(one.high)}"
    return f"{table}, n = {found.number}: {share} interval {bounds} ({one.method})"


def _bound(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "no bound"


def _number(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else '"none"'


def _line(one: Estimate, found: Calibration) -> str:
    key = one.key.rsplit(".", 1)[-1]
    return f"{key} = {_number(one.value)}  # {one.unit}; {_source(one, found)}"


def _offspring(found: Calibration) -> Iterator[str]:
    if "branching_ratio" not in found:
        yield "branching_ratio = 0.0  # not told by counts, see above"
        return
    yield from (_line(found[key], found) for key in _ALONE if key in found)


def _hours(found: Calibration) -> Iterator[str]:
    yield f"hour_weights = [  # {found['hour_weights.0'].method}; mean 1"
    for hour in range(HOURS):
        one = found[f"hour_weights.{hour}"]
        yield f"    {one.value:.4g},  # {hour} to {hour + 1} h; {_source(one, found)}"
    yield "]"


def _phases(found: Calibration) -> Iterator[str]:
    first = date.fromisoformat(found.first_day)
    for number, day in enumerate(found.phase_days):
        yield ""
        yield "[[violations.phases]]"
        yield f'name = "phase_{number + 1}"'
        yield f"from_day = {day}  # {first + timedelta(days=day)}"
        if number == 0:
            yield "factor = 1.0  # rate_per_day is that of the first phase"
        else:
            yield _line(found[f"phases.{number}.factor"], found)


def _spots(found: Calibration) -> Iterator[str]:
    for one in found.estimates:
        table, _, key = one.key.rpartition(".")
        if table.startswith("hot_spots."):
            yield ""
            yield f"[violations.{table}]"
            yield f"{key} = {one.value:.6g}  # {one.unit}; {_source(one, found)}"
