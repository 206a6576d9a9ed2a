"""Weather and jamming of a run: spells drawn before the run, shared by all drones of a zone."""

from dataclasses import dataclass
from math import lcm
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints32
from sim.engine.loop import WEATHER_CHANGE
from sim.errors import InputError
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.rules.weather import FAIR, POOR, SEVERE
from sim.scenario import Scenario
from sim.setup.streams import stream
from sim.world.rows import ChangeRow, SpellRow, ZoneRow

MOST_ZONES = 10_000


class Fronts(NamedTuple):
    """The weather of a scenario, for compiled code."""

    zones: int  # of weather; 0 where there is none
    month_ends_h: Floats  # of each month of the run, the last at its end
    front_shares: Floats  # share of time with a front over the country, by month of the run
    zone_share: float  # of zones that a front reaches
    severe_share: float
    correlation_time_h: float


@dataclass(frozen=True)
class WeatherPlan:
    """Weather and jamming of a scenario, made ready for drawing.

    The zones of weather and of jamming need not agree: the world's zones are fine enough for both.
    """

    horizon_h: float
    zones: int  # of the world
    fronts: Fronts
    jamming_zones: int  # 0 where there is no jamming
    mean_on_h: float
    mean_off_h: float


def _build_fronts(scenario: Scenario) -> Fronts:
    weather, horizon_h = scenario.weather, scenario.run.duration_days * 24.0
    first = np.datetime64(scenario.run.start_date, "D")
    last = first + np.timedelta64(int(np.ceil(scenario.run.duration_days)), "D")
    months = np.arange(first.astype("M8[M]"), last.astype("M8[M]") + np.timedelta64(1, "M"))
    ends_h = (months[1:].astype("M8[D]") - first).astype(np.float64) * 24.0
    share = weather.front_zone_share
    bad = np.asarray(weather.bad_share_by_month)[months.astype(int) % 12]
    return Fronts(
        zones=weather.zones if weather.enabled else 0,
        month_ends_h=np.minimum(np.append(ends_h, np.inf), horizon_h),
        front_shares=bad / share if share > 0.0 else np.zeros(len(bad)),
        zone_share=share,
        severe_share=weather.severe_share,
        correlation_time_h=weather.correlation_time_h,
    )


def build_weather_plan(scenario: Scenario) -> WeatherPlan:
    """Make weather and jamming ready for drawing.

    Raises
    ------
    InputError
        When the zones of weather and jamming do not go together, or a front can not make up the bad
        share.
    """
    weather, jamming = scenario.weather, scenario.jamming
    fronts = _build_fronts(scenario)
    jamming_zones = jamming.zones if jamming.enabled else 0
    zones = lcm(max(1, fronts.zones), max(1, jamming_zones))
    if zones > MOST_ZONES:
        message = (
            f"jamming.zones = {jamming.zones}: together with weather.zones = {weather.zones} "
            f"the line would have {zones} zones; at most {MOST_ZONES} are allowed "
            "(let one number divide the other)"
        )
        raise InputError(message)
    worst = max(weather.bad_share_by_month)
    if fronts.zones and worst > weather.front_zone_share:
        message = (
            f"weather.front_zone_share = {weather.front_zone_share:g}: must be at least the "
            f"largest weather.bad_share_by_month ({worst:g}), "
            "or no zone could see that much bad weather"
        )
        raise InputError(message)
    return WeatherPlan(
        horizon_h=scenario.run.duration_days * 24.0,
        zones=zones,
        fronts=fronts,
        jamming_zones=jamming_zones,
        mean_on_h=jamming.mean_on_h,
        mean_off_h=jamming.mean_off_h,
    )


@compiled
def _month_of(fronts: Fronts, t: float) -> int:
    month = 0
    while month + 1 < len(fronts.month_ends_h) and t >= fronts.month_ends_h[month]:
        month += 1
    return month


@compiled
def _spell_end(fronts: Fronts, t: float, bad: bool, left: float) -> float:
    """Return when the spell that begins at `t` ends (h), with `left` on its exponential clock."""
    horizon_h = fronts.month_ends_h[-1]
    month = _month_of(fronts, t)
    while t < horizon_h:
        share = fronts.front_shares[month]
        rate = ((1.0 - share) if bad else share) / fronts.correlation_time_h
        end = fronts.month_ends_h[month]
        if left <= rate * (end - t):
            return float(t + left / rate)
        left -= rate * (end - t)
        t = end
        month += 1
    return float(horizon_h)


@compiled
def _draw_fronts(rng: np.random.Generator, fronts: Fronts) -> tuple[Floats, Ints32]:
    """Draw the weather of a run.

    Returns
    -------
    begins : ndarray of float, shape (spells,)
        When it may change, h; the first at 0.
    levels : ndarray of int, shape (spells, zones)
        The weather of each zone from then on.
    """
    begins, levels = np.empty(64), np.empty((64, fronts.zones), dtype=np.int32)
    count, t = 0, 0.0
    bad = rng.random() < fronts.front_shares[0]
    while t < fronts.month_ends_h[-1]:
        if count == len(begins):
            begins = np.concatenate((begins, np.empty_like(begins)))
            levels = np.concatenate((levels, np.empty_like(levels)))
        begins[count] = t
        for zone in range(fronts.zones):
            reached = rng.random() < fronts.zone_share
            levels[count, zone] = POOR if bad and reached else FAIR
        severe = rng.random() < fronts.severe_share
        for zone in range(fronts.zones):
            if severe and levels[count, zone] == POOR:
                levels[count, zone] = SEVERE
        count += 1
        t = _spell_end(fronts, t, bad, rng.standard_exponential())
        bad = not bad
    return begins[:count], levels[:count]


def _weather_changes(fronts: Fronts, each: int, seed: int, zones: Records) -> Records:
    """Draw the weather, each zone of it over some zones of the world; set it at time 0.

    Returns
    -------
    ndarray of `ChangeRow`
        What changes later, by time, then zone.
    """
    begins, levels = _draw_fronts(stream(seed, "weather"), fronts)
    levels = np.repeat(levels, each, axis=1)
    zones["weather"] = levels[0]
    at, zone = np.nonzero(levels[1:] != levels[:-1])
    changes = np.empty(len(at), dtype=ChangeRow.dtype)
    changes["time"], changes["subject"] = begins[at + 1], zone
    changes["what"], changes["level"] = WEATHER_CHANGE, levels[at + 1, zone]
    return changes


def _draw_jamming(spec: WeatherPlan, zone: int, seed: int) -> tuple[bool, Floats]:
    """Return whether a zone is jammed at first, and when that changes up to the horizon (h)."""
    rng = stream(seed, f"jamming/{zone}")
    jammed = bool(rng.random() < spec.mean_on_h / (spec.mean_on_h + spec.mean_off_h))
    first, second = spec.mean_on_h, spec.mean_off_h
    if not jammed:
        first, second = second, first
    at_once = 2 * int(spec.horizon_h / (first + second)) + 32
    ends = np.zeros(1)
    while ends[-1] < spec.horizon_h:
        lengths = rng.standard_exponential(at_once)
        lengths[::2] *= first
        lengths[1::2] *= second
        ends = np.concatenate([ends, np.cumsum(np.concatenate([ends[-1:], lengths]))[1:]])
    return jammed, ends[1 : np.searchsorted(ends, spec.horizon_h)]


def _spells(jammed: bool, ends: Floats) -> Records:
    """Return the spells of a zone, of jamming and of none in turn, and one that never comes."""
    spells = np.zeros(len(ends) + 2, dtype=SpellRow.dtype)
    spells["since"][1:-1] = ends
    spells["since"][-1] = np.inf
    spells["jammed"][0 if jammed else 1 :: 2] = 1
    hours = np.diff(spells["since"][:-1]) * spells["jammed"][:-2]
    spells["jammed_before"][1:-1] = np.cumsum(hours)
    return spells


def _draw_spells(spec: WeatherPlan, seed: int, zones: Records) -> Records:
    """Draw the spells of all zones, one after another; set that of each zone at time 0."""
    if not spec.jamming_zones:
        return _spells(False, np.empty(0))
    each = spec.zones // spec.jamming_zones
    spells = []
    for zone in range(spec.jamming_zones):
        spells += each * [_spells(*_draw_jamming(spec, zone, seed))]
    ends = np.cumsum(list(map(len, spells)))
    zones["spell"], zones["last_spell"] = [0, *ends[:-1]], ends - 2
    return np.concatenate(spells)


def draw_weather(spec: WeatherPlan, seed: int) -> dict[str, Records]:
    """Draw the weather and jamming of a run.

    Returns
    -------
    dict
        Columns of the world: ``zones`` at time 0, ``spells`` of jamming of all zones, one after
        another, and ``changes`` of weather after time 0, by time.
    """
    zones = np.zeros(spec.zones, dtype=ZoneRow.dtype)
    changes = np.empty(0, dtype=ChangeRow.dtype)
    if spec.fronts.zones:
        changes = _weather_changes(spec.fronts, spec.zones // spec.fronts.zones, seed, zones)
    return {"zones": zones, "spells": _draw_spells(spec, seed, zones), "changes": changes}
