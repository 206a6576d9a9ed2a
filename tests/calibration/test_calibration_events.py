"""Incidents with times: the likelihood against integrals and double sums written out."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import FIRST, NONE, PLACED, TIMED, empty_days, empty_events, planted, spotted_scenario
from scipy.integrate import quad
from scipy.stats import gamma, kstest, norm

from sim.calibration import Events, calibrate
from sim.calibration.days import gap_chances, mix_days
from sim.calibration.events import Process, Record, event_likelihood, process_at, starts
from sim.calibration.fit_events import (
    climb,
    gap_residuals,
    make_record,
    set_off_between,
    spread_ties,
)
from sim.calibration.offspring import sums_in_space, sums_in_time
from sim.calibration.places import folded_normal, lay_places
from sim.calibration.recovery import drawn_table, planted_scenario
from sim.calibration.table import phase_of
from sim.errors import InputError
from sim.scenario import Scenario
from sim.setup.plan import build_plan, load_line

LENGTH_KM = 30.0


def small_record(seed: int, *, placed: bool, days: int = 3, blocks: int = 4) -> Record:
    rng = np.random.default_rng(seed)
    time_h = np.sort(rng.uniform(0.0, 24.0 * days, 12))
    chainage = rng.uniform(0.0, LENGTH_KM, 12)
    places = None
    if placed:
        scenario = Scenario.from_dict(
            {
                "title": "t",
                "question": "q",
                "line": {"length_km": LENGTH_KM},
                "violations": {
                    "rate_per_day": 1.0,
                    "kinds": {"fire": {"mean_duration_min": 1.0}},
                    "hot_spots": {"a": {"chainage_km": 3.0, "share": 0.4, "spread_km": 4.0}},
                },
            }
        )
        places = lay_places(chainage, scenario, load_line(scenario))
    phase = np.array([0, 0, 1])[:days]
    block = (time_h % 24.0 // (24 / blocks)).astype(np.int64)
    return Record(time_h, days, phase, block, blocks, places)


def some_point(record: Record, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.log(4.0) + 0.0 * starts(record)[0] + rng.normal(0.0, 0.7, record.layout.size) - 1.0


def background_at(record: Record, process: Process, time_h: float, day: int) -> float:
    weight = process.weight[int(time_h % 24.0 // (24 / record.blocks))]
    return process.level[record.phase[day]] / 24.0 * weight


def written_out(record: Record, process: Process) -> float:
    """Return the log-likelihood by double sums and an integral over each day's activity."""
    time_h, places = record.time_h, record.places
    background, offspring = [], []
    for i, at in enumerate(time_h):
        b = background_at(record, process, at, int(at // 24))
        if places is not None:
            b *= process.share[0] / LENGTH_KM + process.share[1] * folded_normal(
                places.chainage_km[i : i + 1], 3.0, 4.0, LENGTH_KM
            )
        c = 0.0
        for j in range(i):
            term = np.exp(-(at - time_h[j]) / process.decay_h) / process.decay_h
            if places is not None:
                s, u = places.chainage_km[i], places.chainage_km[j]
                term *= sum(
                    norm.pdf(s, image, process.spread_km) for image in (u, -u, 2 * LENGTH_KM - u)
                )
            c += process.branching * term
        background.append(float(np.squeeze(b)))
        offspring.append(c)
    total = 0.0
    for day in range(record.days):
        today = np.flatnonzero(record.day == day)
        expected = process.level[record.phase[day]]

        def density(g: float, today=today, expected=expected) -> float:
            product = np.prod([g * background[i] + offspring[i] for i in today])
            return product * np.exp(-g * expected) * gamma.pdf(g, process.k, scale=1 / process.k)

        total += np.log(quad(density, 0.0, 1.0, epsabs=0.0, limit=200)[0]
                        + quad(density, 1.0, 60.0, epsabs=0.0, limit=200)[0])  # fmt: skip
    end = 24.0 * record.days
    return total - process.branching * np.sum(1.0 - np.exp(-(end - time_h) / process.decay_h))


@pytest.mark.parametrize("placed", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_likelihood_is_that_of_double_sums_and_integrals(seed: int, placed: bool) -> None:
    """Catches any slip in the recursions: kernel, places, hours, phases, or the sum over days."""
    record = small_record(seed, placed=placed)
    point = some_point(record, seed)
    if not placed:
        point[record.layout.k] = np.log(1.7)
    process = process_at(point, record.layout)
    if process.k < 1.0:  # the integrand is infinite at 0
        point[record.layout.k] = 0.3
        process = process_at(point, record.layout)
    expected = written_out(record, process)
    assert event_likelihood(record).at(point)[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("placed", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_gradient_is_the_slope_of_the_likelihood(seed: int, placed: bool) -> None:
    """Catches a slip in any derivative: a fit that stops early, or intervals that are off."""
    record = small_record(seed, placed=placed)
    likelihood, point = event_likelihood(record), some_point(record, seed)
    gradient = likelihood.at(point)[1]
    for index in range(len(point)):
        step = 1e-5 * np.eye(len(point))[index]
        slope = (likelihood.at(point + step)[0] - likelihood.at(point - step)[0]) / 2e-5
        assert gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_even_days_give_the_plain_hawkes_process() -> None:
    """Catches a wrong limit: with k large the likelihood is Ogata's, log rates less integral."""
    record = small_record(5, placed=False, blocks=1)
    point = some_point(record, 5)
    point[record.layout.k] = np.log(1e7)
    process = process_at(point, record.layout)

    def rate(at: float) -> float:
        past = record.time_h[record.time_h < at]
        offspring = np.exp(-(at - past) / process.decay_h).sum() / process.decay_h
        day = min(int(at // 24), record.days - 1)
        return background_at(record, process, at, day) + process.branching * offspring

    ends = [0.0, 24.0, 48.0, 72.0, *record.time_h]
    edges = np.unique(ends)
    integral = sum(quad(rate, a, b)[0] for a, b in pairwise(edges))
    expected = sum(np.log(rate(at)) for at in record.time_h) - integral
    assert event_likelihood(record).at(point)[0] == pytest.approx(expected, rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(
    gaps=st.lists(st.floats(0.0, 50.0), min_size=2, max_size=30),
    decay_h=st.floats(0.05, 50.0),
)
def test_recursion_in_time_is_the_double_sum(gaps: list[float], decay_h: float) -> None:
    """Catches a recursion that loses or doubles a term of the past."""
    time_h = np.cumsum(gaps)
    delay = (time_h[:, None] - time_h) / decay_h
    earlier = np.tril(np.ones((len(gaps), len(gaps)), dtype=bool), -1)
    terms = np.where(earlier, np.exp(-np.where(earlier, delay, 0.0)) / decay_h, 0.0)
    sums, slopes = sums_in_time(time_h, decay_h)
    np.testing.assert_allclose(sums, terms.sum(axis=1), rtol=1e-9, atol=1e-12)
    slope = np.where(earlier, terms * (delay - 1.0), 0.0).sum(axis=1)
    np.testing.assert_allclose(slopes, slope, rtol=1e-7, atol=1e-10)


def test_one_place_makes_space_drop_out() -> None:
    """Catches sums in space that differ from those in time by more than the density of distance."""
    time_h = np.sort(np.random.default_rng(6).uniform(0.0, 100.0, 40))
    in_time, _ = sums_in_time(time_h, 3.0)
    in_space, _, _ = sums_in_space(time_h, np.full(40, 500.0), 1000.0, 3.0, 2.0)
    np.testing.assert_allclose(in_space, in_time * norm.pdf(0.0, 0.0, 2.0), rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(mean_km=st.floats(0.0, 30.0), sd_km=st.floats(0.1, 60.0))
def test_folded_density_holds_all_of_the_chance(mean_km: float, sd_km: float) -> None:
    """Catches images that are left out or counted twice, also of spots wider than the line."""
    edges = np.linspace(0.0, LENGTH_KM, 6001)
    middle = (edges[1:] + edges[:-1]) / 2.0
    density = folded_normal(middle, mean_km, sd_km, LENGTH_KM)
    assert density.sum() * LENGTH_KM / 6000 == pytest.approx(1.0, abs=1e-3)


def test_chances_of_gaps_are_ratios_of_integrals() -> None:
    """Catches a wrong law of the day's activity given what happened on the day so far."""
    background, offspring = np.array([0.4, 0.9, 0.3]), np.array([0.0, 0.5, 1.2])
    exposure, spent, k = np.array([2.0, 3.0]), np.array([0.7, 1.1, 0.6]), 1.8
    first, set_off = np.array([0, 2, 3]), np.array([0.0, 0.2, 0.3])
    chances = gap_chances(background, offspring, first, exposure, spent, k, set_off)

    def waits(past: list[int], before: float, after: float) -> float:
        def density(g: float, until: float) -> float:
            product = np.prod([g * background[i] + offspring[i] for i in past])
            return product * np.exp(-g * until) * gamma.pdf(g, k, scale=1 / k)

        inner, outer = (quad(density, 0.0, 80.0, args=(u,), limit=400)[0] for u in (after, before))
        return inner / outer

    assert chances[0] == pytest.approx(waits([], 0.0, 0.7), rel=1e-6)
    assert chances[1] == pytest.approx(waits([0], 0.7, 1.1) * np.exp(-0.2), rel=1e-6)
    over_night = waits([0, 1], 1.1, 2.0) * waits([], 0.0, 0.6)
    assert chances[2] == pytest.approx(over_night * np.exp(-0.3), rel=1e-6)


def test_chance_of_background_is_a_posterior() -> None:
    """Catches chances that do not follow Bayes: one incident is background by its share."""
    none = np.array([0, 1])
    _, chance, _, _ = mix_days(np.array([2.0]), np.array([3.0]), none, np.array([4.0]), 1.5)
    # given no incident else, the day's activity has mean (k) / (k + M) at the incident
    share = 2.0 * 1.5 / (1.5 + 4.0)
    assert chance[0] == pytest.approx(share / (share + 3.0))


def test_offspring_left_to_gaps_add_up() -> None:
    """Catches a compensator of the residuals that is not the integral of the kernel."""
    time_h = np.array([1.0, 1.5, 7.0])
    expected = set_off_between(time_h, 2.0)
    assert expected[0] == 0.0
    assert expected[1] == pytest.approx(1.0 - np.exp(-0.25))
    assert expected.sum() == pytest.approx(2.0 - np.exp(-3.0) - np.exp(-2.75))


def test_rounded_times_are_spread_over_their_unit() -> None:
    """Catches incidents at one instant, whose kernel would make up self-excitation."""
    found = spread_ties(np.array([1.5, 1.5, 1.5, 1.5, 3.0, 4.5]))
    assert found.unit_h == 0.5
    np.testing.assert_allclose(found.time_h, [1.5, 1.625, 1.75, 1.875, 3.0, 4.5])
    found = spread_ties(np.array([0.123456, 0.123456, 2.1]))
    assert found.unit_h == 0.0
    assert np.all(np.diff(found.time_h) > 0.0)


def test_full_hours_among_minutes_are_spread_over_the_hour() -> None:
    """Catches heaps at full hours that are taken for bursts within a minute, and lost places."""
    found = spread_ties(np.array([1.0, 1.0, 1.0, 1.1, 1.1, 5.0, 8.0]))
    assert found.unit_h == 1.0
    expected = [1.0, 1.1, 1.1 + 1.0 / 120.0, 1.0 + 1.0 / 3.0, 1.0 + 2.0 / 3.0, 5.0, 8.0]
    np.testing.assert_allclose(found.time_h, expected)
    assert found.order.tolist() == [0, 3, 4, 1, 2, 5, 6]


def test_half_of_the_times_as_full_hours_leave_the_process_as_it_was() -> None:
    """Catches self-excitation within minutes that heaps at full hours make up (fixed seed)."""
    plan = build_plan(planted_scenario(planted(TIMED), 60))
    table = drawn_table(plan, empty_events(60), False, 17)
    assert isinstance(table, Events)
    heaped = np.random.default_rng(17).random(len(table.time_h)) < 0.6
    minutes = np.floor(60.0 * table.time_h) / 60.0
    time_h = np.sort(np.where(heaped, np.floor(table.time_h), minutes))
    found = calibrate(replace(table, time_h=time_h))
    for key in ("rate_per_day", "overdispersion_k", "branching_ratio"):
        assert found[key].holds(TIMED[key]), key
    assert 1.0 < found["offspring_decay_h"].value < 4.0
    assert any("rounded to 60 min" in note for note in found.notes)


def test_right_process_gives_uniform_gaps() -> None:
    """Catches residuals that accuse the process the engine drew from (fixed seed)."""
    plan = build_plan(planted_scenario(planted(TIMED), 60))
    found = calibrate(drawn_table(plan, empty_events(60), False, 11))
    assert kstest(found.residuals.uniform, "uniform").pvalue > 0.05


def test_a_wrong_process_is_seen_in_the_gaps() -> None:
    """Catches a check that passes anything: bursts as regular as a clock."""
    rng = np.random.default_rng(12)
    bursts = np.sort(rng.uniform(0.0, 24.0 * 20, 20))
    time_h = np.sort((bursts[:, None] + np.linspace(0.0, 2.0, 12)).ravel())
    table = Events("e.csv", FIRST, 21, time_h, NONE, NONE, NONE)
    fit = climb(make_record(table, (), None, None))
    assert gap_residuals(fit).p_value < 1e-4


def test_day_without_offspring_is_told_apart() -> None:
    """Catches self-excitation that is found where there is none (fixed seed, 95 %)."""
    values = {**TIMED, "branching_ratio": 0.0}
    plan = build_plan(planted_scenario(planted(values), 30))
    found = calibrate(drawn_table(plan, empty_events(30), False, 13))
    assert found["branching_ratio"].low < 0.01
    assert found["overdispersion_k"].holds(2.0)


def test_places_off_the_line_are_refused_or_left_out() -> None:
    """Catches a chainage beyond the end, and incidents far away that count as on the line."""
    scenario = spotted_scenario()
    plan = build_plan(planted_scenario(planted(PLACED), 20, scenario))
    table = drawn_table(plan, empty_events(20), True, 14)
    assert isinstance(table, Events)
    far = Events(table.name, FIRST, 20, table.time_h, table.chainage_km + 200.0, NONE, NONE)
    with pytest.raises(InputError, match=r"the line is 300\.0 km long"):
        calibrate(far, scenario=scenario)
    line = load_line(scenario)
    lon, lat = line.to_lonlat(line.point(table.chainage_km, 0.0)).T
    lat = np.where(np.arange(len(lat)) < 7, lat + 1.0, lat)
    found = calibrate(
        Events(table.name, FIRST, 20, table.time_h, NONE, lon, lat), scenario=scenario
    )
    assert found.reading.dropped == ((7, "more than 20 km from the line"),)
    assert found["hot_spots.west.share"].holds(0.3)


def test_places_without_a_scenario_are_not_used_and_it_says_so() -> None:
    """Catches places that are passed over in silence."""
    plan = build_plan(planted_scenario(planted(PLACED), 20, spotted_scenario()))
    found = calibrate(drawn_table(plan, empty_events(20), True, 15))
    assert any("--scenario" in line for line in found.cannot)
    assert "offspring_spread_km" not in found


def test_phases_of_incidents_have_rates_of_their_own() -> None:
    """Catches phases that shift by a day or share a rate."""
    values = {**TIMED, "phases.1.factor": 3.0}
    plan = build_plan(planted_scenario(planted(values, (0, 30)), 60))
    table = drawn_table(plan, empty_events(60), False, 16)
    found = calibrate(table, splits=(date(2021, 1, 31),))
    assert found["phases.1.factor"].holds(3.0)
    assert found.phase_days == (0, 30)
    with pytest.raises(InputError, match="holds no incident"):
        make_record(Events("e", FIRST, 90, table.time_h, NONE, NONE, NONE), (date(2021, 3, 15),),
                    None, None)  # fmt: skip


def test_phase_of_cells_counts_from_the_split() -> None:
    """Catches a cell on the day of the split that stays in the phase before."""
    cells = empty_days(12)
    object.__setattr__(cells, "count", np.ones_like(cells.start))
    assert phase_of(cells, (date(2021, 1, 6),)).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]


ODD = {
    "all at one time": np.full(60, 5.0),
    "all at midnight": np.repeat(24.0 * np.arange(20), 4),
    "all on one day": np.linspace(0.1, 23.9, 70),
    "in bursts": np.repeat([50.0, 300.0], 40) + np.tile(np.arange(40) * 0.001, 2),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("placed", [False, True])
def test_odd_records_give_numbers_within_their_intervals(name: str, placed: bool) -> None:
    """Catches warnings, crashes and NaN at the ends of the range, also with all in one place."""
    chainage = np.full(len(ODD[name]), 8.0) if placed else NONE
    table = Events("e.csv", FIRST, 20, ODD[name], chainage, NONE, NONE)
    found = calibrate(table, scenario=spotted_scenario())
    for one in found.estimates:
        assert one.low <= one.value * 1.001, one
        assert one.value <= one.high * 1.001, one
