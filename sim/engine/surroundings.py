"""Weather and jamming of a run: spells drawn before the run, shared by all drones of a zone."""

from bisect import bisect_right
from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import NDArray

from sim.agents.sensor import FAIR, POOR, SEVERE, ZONE
from sim.engine.advance import CHANGE, JAMMING_CHANGE, WEATHER_CHANGE
from sim.engine.streams import stream
from sim.errors import InputError
from sim.kernel.world import Records
from sim.scenario import Scenario

MOST_ZONES = 10_000


@dataclass(frozen=True)
class Surroundings:
    """Weather and jamming of a scenario, made ready for drawing.

    The zones of weather and of jamming need not agree: the world's zones are fine enough for both.
    """

    horizon_h: float
    zones: int  # of the world
    weather_zones: int  # 0 where there is no weather
    jamming_zones: int  # 0 where there is no jamming
    bad_share_by_month: tuple[float, ...]
    month_starts_h: tuple[float, ...]  # first hour of each month of the run
    months: tuple[int, ...]  # 0 to 11
    correlation_time_h: float
    front_zone_share: float
    severe_share: float
    mean_on_h: float
    mean_off_h: float


def _months(scenario: Scenario) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Return when each calendar month of the run begins (h), and which it is (0 to 11)."""
    first = np.datetime64(scenario.run.start_date, "D")
    last = first + np.timedelta64(int(np.ceil(scenario.run.duration_days)), "D")
    months = np.arange(first.astype("M8[M]"), last.astype("M8[M]") + np.timedelta64(1, "M"))
    hours = (months.astype("M8[D]") - first).astype(float) * 24.0
    return tuple(np.maximum(hours, 0.0).tolist()), tuple((months.astype(int) % 12).tolist())


def lay_surroundings(scenario: Scenario) -> Surroundings:
    """Make weather and jamming ready for drawing.

    Raises
    ------
    InputError
        When the zones of weather and jamming do not go together, or a front can not make up the bad
        share.
    """
    weather, jamming = scenario.weather, scenario.jamming
    weather_zones = weather.zones if weather.enabled else 0
    jamming_zones = jamming.zones if jamming.enabled else 0
    zones = lcm(max(1, weather_zones), max(1, jamming_zones))
    if zones > MOST_ZONES:
        message = (
            f"jamming.zones = {jamming.zones}: together with weather.zones = {weather.zones} "
            f"the line would have {zones} zones; at most {MOST_ZONES} are allowed "
            "(let one number divide the other)"
        )
        raise InputError(message)
    worst = max(weather.bad_share_by_month)
    if weather_zones and worst > weather.front_zone_share:
        message = (
            f"weather.front_zone_share = {weather.front_zone_share:g}: must be at least the "
            f"largest weather.bad_share_by_month ({worst:g}), "
            "or no zone could see that much bad weather"
        )
        raise InputError(message)
    starts, months = _months(scenario)
    return Surroundings(
        horizon_h=scenario.run.duration_days * 24.0,
        zones=zones,
        weather_zones=weather_zones,
        jamming_zones=jamming_zones,
        bad_share_by_month=tuple(weather.bad_share_by_month),
        month_starts_h=starts,
        months=months,
        correlation_time_h=weather.correlation_time_h,
        front_zone_share=weather.front_zone_share,
        severe_share=weather.severe_share,
        mean_on_h=jamming.mean_on_h,
        mean_off_h=jamming.mean_off_h,
    )


def _front_share(spec: Surroundings, t: float) -> float:
    """Return the share of time with a front over the country in the month of time `t` (h)."""
    row = bisect_right(spec.month_starts_h, t) - 1
    share = spec.bad_share_by_month[spec.months[max(0, row)]]
    return share / spec.front_zone_share if spec.front_zone_share > 0.0 else 0.0


def _month_end(spec: Surroundings, t: float) -> float:
    row = bisect_right(spec.month_starts_h, t)
    return spec.month_starts_h[row] if row < len(spec.month_starts_h) else np.inf


def _spell_end(spec: Surroundings, rng: np.random.Generator, t: float, bad: bool) -> float:
    """Return when the spell that begins at `t` ends (h), with an exponential clock."""
    left = rng.standard_exponential()
    while t < spec.horizon_h:
        share = _front_share(spec, t)
        rate = ((1.0 - share) if bad else share) / spec.correlation_time_h
        end = min(_month_end(spec, t), spec.horizon_h)
        if left <= rate * (end - t):
            return float(t + left / rate)
        left -= rate * (end - t)
        t = end
    return spec.horizon_h


def _weather_changes(spec: Surroundings, seed: int) -> Records:
    rng = stream(seed, "weather")
    rows: list[tuple[float, int, int, int]] = []
    t = 0.0
    bad = bool(rng.random() < _front_share(spec, 0.0))
    while t < spec.horizon_h:
        reached = rng.random(spec.weather_zones) < spec.front_zone_share
        level = SEVERE if rng.random() < spec.severe_share else POOR
        rows += [
            (t, zone, WEATHER_CHANGE, level if bad and reached[zone] else FAIR)
            for zone in range(spec.weather_zones)
        ]
        t = _spell_end(spec, rng, t, bad)
        bad = not bad
    return np.array(rows, dtype=CHANGE)


def _spells(spec: Surroundings, rng: np.random.Generator, jammed: bool) -> NDArray[np.float64]:
    """Return when the spells of a zone begin (h), the first at 0."""
    first, second = spec.mean_on_h, spec.mean_off_h
    if not jammed:
        first, second = second, first
    at_once = 2 * int(spec.horizon_h / (first + second)) + 32
    starts = np.zeros(1)
    while starts[-1] < spec.horizon_h:
        lengths = rng.standard_exponential(at_once)
        lengths[::2] *= first
        lengths[1::2] *= second
        starts = np.concatenate([starts, np.cumsum(np.concatenate([starts[-1:], lengths]))[1:]])
    return starts[starts < spec.horizon_h]


def _jamming_changes(spec: Surroundings, seed: int) -> Records:
    starts, levels = [], []
    for zone in range(spec.jamming_zones):
        rng = stream(seed, f"jamming/{zone}")
        jammed = bool(rng.random() < spec.mean_on_h / (spec.mean_on_h + spec.mean_off_h))
        starts.append(_spells(spec, rng, jammed))
        levels.append((np.arange(len(starts[-1])) + (0 if jammed else 1)) % 2 == 0)
    changes = np.zeros(sum(map(len, starts)), dtype=CHANGE)
    changes["time"], changes["level"] = np.concatenate(starts), np.concatenate(levels)
    changes["subject"] = np.repeat(np.arange(len(starts)), list(map(len, starts)))
    changes["what"] = JAMMING_CHANGE
    return changes


def _spread(table: Records, zones: int, of: int) -> Records:
    """Write changes of coarse zones as changes of the world's zones."""
    fine = zones // max(1, of)
    spread = np.repeat(table, fine)
    spread["subject"] = spread["subject"] * fine + np.tile(np.arange(fine), len(table))
    return spread


def draw_surroundings(spec: Surroundings, seed: int) -> tuple[Records, Records]:
    """Draw the weather and jamming of a run.

    Returns
    -------
    zones : ndarray of `ZONE`
        State at time 0.
    changes : ndarray of `CHANGE`
        Changes after time 0 in the order of time; those that change nothing are left out.
    """
    zones = np.zeros(spec.zones, dtype=ZONE)
    zones["first_drone"] = -1
    parts = [np.empty(0, dtype=CHANGE)]
    if spec.weather_zones:
        weather = _spread(_weather_changes(spec, seed), spec.zones, spec.weather_zones)
        parts.append(_later(weather, zones["weather"]))
    if spec.jamming_zones:
        jamming = _spread(_jamming_changes(spec, seed), spec.zones, spec.jamming_zones)
        parts.append(_later(jamming, zones["jammed"]))
    return zones, by_time(np.concatenate(parts))


def by_time(changes: Records) -> Records:
    """Return changes in the order of time; those of one instant keep their order."""
    return changes[np.argsort(changes["time"].copy(), kind="stable")]


def _later(changes: Records, state: NDArray[np.int32]) -> Records:
    """Set the state of each zone at time 0; return what changes it afterwards, by zone and time."""
    rows = changes[np.argsort(changes["subject"], kind="stable")]
    subject, level = rows["subject"], rows["level"]
    initial = rows["time"] <= 0.0
    state[subject[initial]] = level[initial]
    before = np.empty_like(level)
    before[1:] = level[:-1]
    first = np.concatenate([[True], subject[1:] != subject[:-1]])
    before[first] = 0
    return rows[~initial & (level != before)]
