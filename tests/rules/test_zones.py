"""Spells of jamming: what is exposed to them, and for how long."""

from itertools import pairwise

import numpy as np
import pytest
from engine_scenarios import RICH, TINY, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.mesa.model import CeasefireModel
from sim.rules.weather import exposed_until, exposure_hours, is_jammed
from sim.setup.draw import make_world
from sim.setup.plan import build_plan
from sim.world.rows import SpellRow

WORLD = make_world(build_plan(scenario(TINY)), 1)
LENGTHS_H = st.lists(st.floats(0.01, 50.0), min_size=0, max_size=12)
SHARES = st.floats(0.0, 1.0)
FACTORS = st.sampled_from([1.0, 1.5, 5.0, 1000.0])


class Zone:
    """The one zone of a world, with spells that may be jammed in turn, and a present one."""

    def __init__(self, lengths_h: list[float], jammed: bool, now: float) -> None:
        self.since = np.concatenate([[0.0], np.cumsum(lengths_h)])
        spells = np.zeros(len(self.since) + 1, dtype=SpellRow.dtype)
        spells["since"] = [*self.since, np.inf]
        spells["jammed"][0 if jammed else 1 : -1 : 2] = 1
        hours = np.diff(self.since) * spells["jammed"][: len(lengths_h)]
        spells["jammed_before"][1:-1] = np.cumsum(hours)
        self.jammed = spells["jammed"]
        self.end_h = float(self.since[-1]) + 20.0
        WORLD.put("spells", spells)
        WORLD.zones["spell"][0] = int(now * len(self.since)) % len(self.since)
        WORLD.zones["last_spell"][0] = len(self.since) - 1

    def hours(self, begin: float, end: float, factor: float) -> float:
        """Return the hours from `begin` to `end`, summed up spell by spell."""
        total = 0.0
        for row, (a, b) in enumerate(pairwise([*self.since, np.inf])):
            inside = max(0.0, min(b, end) - max(a, begin))
            total += inside * (factor if self.jammed[row] else 1.0)
        return total


@given(LENGTHS_H, st.booleans(), SHARES, SHARES, SHARES, FACTORS)
def test_exposure_is_the_sum_over_spells(
    lengths_h: list[float], jammed: bool, now: float, one: float, other: float, factor: float
) -> None:
    """Catches a spell left out, or counted from where another begins, wherever the present is."""
    zone = Zone(lengths_h, jammed, now)
    begin, end = sorted([one * zone.end_h, other * zone.end_h])
    found = exposure_hours(WORLD, 0, begin, end, factor)
    assert found == pytest.approx(zone.hours(begin, end, factor), rel=1e-9, abs=1e-9 * factor)


@given(LENGTHS_H, st.booleans(), SHARES, SHARES, st.floats(0.0, 300.0), FACTORS, st.booleans())
def test_an_exposure_is_used_up_when_its_hours_have_passed(
    lengths_h: list[float],
    jammed: bool,
    now: float,
    one: float,
    hours: float,
    factor: float,
    endless: bool,
) -> None:
    """Catches a loss foreseen too early or too late, or past the end of the flight."""
    zone = Zone(lengths_h, jammed, now)
    begin = one * zone.end_h
    end = np.inf if endless else zone.end_h
    at = exposed_until(WORLD, 0, begin, end, factor, hours)
    if np.isinf(at):
        assert zone.hours(begin, end, factor) <= hours * (1.0 + 1e-9)
        return
    assert begin <= at < end
    assert zone.hours(begin, at, factor) == pytest.approx(hours, rel=1e-9, abs=1e-9 * factor)


@given(LENGTHS_H, st.booleans(), SHARES)
def test_the_present_spell_is_found_as_time_goes_on(
    lengths_h: list[float], jammed: bool, share: float
) -> None:
    """Catches a spell that begins late, or is still there when its time is over."""
    zone = Zone(lengths_h, jammed, 0.0)
    WORLD.zones["spell"][0] = 0
    t = share * zone.end_h
    expected = int(np.searchsorted(zone.since, t, side="right")) - 1
    assert is_jammed(WORLD, 0, t) == zone.jammed[expected]
    assert WORLD.zones["spell"][0] == expected
    assert is_jammed(WORLD, 0, 0.0) == zone.jammed[0]
    assert WORLD.zones["spell"][0] == expected  # the latest stays


def test_a_retasked_drone_is_exposed_in_the_zone_where_it_flies() -> None:
    """Catches exposure of a whole flight counted in the zone that it ended, or began, in."""
    made = scenario(RICH, run__duration_days=12.0, jamming__enabled=True, jamming__zones=4)
    made = made.with_values({"platforms.plane.loss_per_1000_h": 0.5})
    model = CeasefireModel(made, rng=3, step_minutes=60.0)
    rng = np.random.default_rng(1)
    length_km = model.plan.line.length_km
    first_spells = make_world(model.plan, 3).zones["spell"]
    while model.running:
        model.step()
        for drone in model.drones:
            if drone.platform == "plane" and drone.stage in ("outbound", "on_station"):
                low = rng.uniform(0.0, length_km - 10.0)
                if rng.random() < 0.1:
                    drone.retask(low, low + 10.0)
    world, sorties = model.world, model.world.past_sorties
    assert (sorties["ending"] == 4).sum() > 20  # re-tasked
    platform = made.platforms["plane"]
    checked = 0
    for drone in model.drones:
        record = drone.record
        if drone.platform != "plane" or record["lives"]:
            continue
        used = 0.0
        for sortie in sorties[sorties["drone"] == drone.row]:
            zone = world.posts["zone"][sortie["post"]]
            mine = world.spells[first_spells[zone] :]
            mine = mine[: np.argmax(np.isinf(mine["since"]))]
            begin, end = max(0.0, sortie["launched"]), sortie["landed"]
            if np.isnan(end):  # still in flight
                end = record["exposed_since"]
            edges = np.unique(np.clip([begin, *mine["since"], end], begin, end))
            level = mine["jammed"][np.searchsorted(mine["since"], edges[:-1], side="right") - 1]
            weights = np.where(level == 1, platform.jamming_loss_factor, 1.0)
            used += float((weights * np.diff(edges)).sum())
        used *= platform.loss_per_1000_h / 1000.0
        left = world.loss_hazard[drone.row, 0] - record["loss_left"]
        assert left == pytest.approx(used, rel=1e-9)
        checked += 1
    assert checked >= 3
