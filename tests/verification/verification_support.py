"""Queues (Q), spatial queues (H) and distances (G)."""

from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from verification_engine import (
    Experiment,
    Tables,
    engine,
    engine_with,
    measured,
    measures,
    scenario,
    units,
    watch,
)
from verification_estimates import Floats, Statistic, mean_of

from sim.geography import ContactLine
from sim.results.measures import busy_hours
from sim.results.outcome import run_world
from sim.rules.support_unit import HELD, set_unit_held
from sim.rules.violation import ANSWERED, LOST, UNDER_WAY
from sim.scenario import Scenario
from sim.setup.plan import Plan, build_plan
from sim.world.world import World

type Inputs = dict[str, Any]

SERVED = (UNDER_WAY, ANSWERED)
RANKS = 3


def _line_of_units(
    length_km: float, count: int, *, per_h: float, days: float, hot_spot: Any = None, **group: Any
) -> Tables:
    """Describe calls of which headquarters knows at once, and units at even midpoints."""
    return scenario(
        length_km=length_km,
        per_day=24.0 * per_h,
        days=days,
        law="fixed",
        hot_spot_km=hot_spot,
        **watch(length_km),
        **units(count, **group),
    )


def _without_room(tables: Tables) -> Tables:
    return tables | {"dispatch": tables["dispatch"] | {"waiting_room": False}}


def q1(given: Inputs) -> Experiment:
    words = (
        "Every violation is seen at once and calls for one of c units with exponential times on "
        "the scene of mean 1 h, travel not counted: C and Wq with calls that wait, B (in a second "
        "set of runs) with calls that are lost when all are busy."
    )
    tables = _line_of_units(
        10.0, given["c"], per_h=given["a"], days=250.0, on_scene_h=1.0, on_scene="exponential"
    )
    tables["run"]["warmup_days"] = 5.0
    queue = engine(tables, measures("waited_share", ("wait_mean_min", 1.0 / 60.0)))
    loss = engine(_without_room(tables), measures("lost_share"))
    return Experiment(
        words,
        60,
        lambda seeds: np.hstack([queue(seeds), loss(seeds)]),
        {"C": mean_of(0), "Wq": mean_of(1), "B": mean_of(2)},
    )


def q2(given: Inputs) -> Experiment:
    words = (
        "As Q1 at 200 calls an hour of 180 s each with 14 units; the service level is the share "
        "within a response standard of 20 s, occupancy the units' utilisation."
    )
    service_h = 180.0 / 3600.0
    tables = _line_of_units(
        1.0,
        given["c"],
        per_h=given["A"] / service_h,
        days=20.0,
        on_scene_h=service_h,
        on_scene="exponential",
    )
    tables["run"]["warmup_days"] = 1.0
    tables["measures"] = {"standard_min": 20.0 / 60.0}
    return measured(
        words,
        tables,
        50,
        "waited_share",
        "within_standard_share",
        ("wait_mean_min", 60.0),
        "unit_utilisation",
        names="wait_probability service_level asa_s occupancy",
    )


def g1(given: Inputs) -> Experiment:
    words = (
        "n units always at hand, at even midpoints or (in a second set of runs) at random places "
        "drawn anew in each run; mean way to violations anywhere on the line."
    )
    samplers = [
        engine(
            _line_of_units(given["L"], given["n"], per_h=2.0, days=2.0, placement=placement),
            measures("travel_distance_mean_km"),
        )
        for placement in ("even", "random")
    ]
    return Experiment(
        words,
        1000,
        lambda seeds: np.hstack([sample(seeds) for sample in samplers]),
        {"even": mean_of(0), "random": mean_of(1)},
    )


def g1q(given: Inputs) -> Experiment:
    words = "As G1 with even midpoints, at 60 km/h: quantiles of the response time in minutes."
    tables = _line_of_units(given["L"], given["n"], per_h=2.0, days=200.0, speed_kmh=60.0)
    return measured(
        words, tables, 60, "response_time_p50_min", "response_time_p90_min", names="median q90"
    )


def g2(given: Inputs) -> Experiment:
    words = (
        "41 units at midpoints s apart, of which each is held back with chance b for the whole of "
        "a run; mean way to violations around the middle of the line."
    )
    count, spacing_km = 41, given["s"]
    middle_km = 0.5 * count * spacing_km
    tables = _line_of_units(
        count * spacing_km, count, per_h=1.0, days=2.0, hot_spot=(middle_km, 3.0 * spacing_km)
    )

    def hold_some(world: World, rng: np.random.Generator) -> None:
        for unit in np.flatnonzero(rng.random(count) < given["b"]):
            set_unit_held(world, int(unit), HELD, True, 0.0)

    sample = engine_with(tables, measures("travel_distance_mean_km"), hold_some)
    return Experiment(words, 1500, sample, {"": mean_of()})


def g3(given: Inputs) -> Experiment:
    words = "12 units always at hand, s apart and h behind the line; mean way to violations on it."
    tables = _line_of_units(
        12.0 * given["s"], 12, per_h=1.0, days=200.0, base_offset_km=float(given["h"])
    )
    return measured(words, tables, 60, "travel_distance_mean_km")


def _bases_in_plane(line: ContactLine, points: Floats) -> list[dict[str, Any]]:
    lonlat = line.to_lonlat(points)
    return [
        {"name": f"base {k}", "lon": float(lon), "lat": float(lat)}
        for k, (lon, lat) in enumerate(lonlat)
    ]


def _mean_way(points: Floats, seed: int) -> float:
    """Return the engine's mean way to violations behind the middle of a 300 km line."""
    bases = _bases_in_plane(ContactLine.straight(300.0), points)
    tables = _line_of_units(
        300.0,
        len(bases),
        per_h=5.0,
        days=2.0,
        hot_spot=(150.0, 20.0),
        placement="bases",
        bases=bases,
    )
    tables["violations"]["kinds"]["incident"]["offset_sd_km"] = 20.0
    tables["violations"]["max_offset_km"] = 80.0
    rows = run_world(build_plan(Scenario.from_dict(tables)), seed).violations
    return float(rows["distance"][rows["offset"] > 0.0].mean())


def _grid(spacing_km: float, shift: Floats) -> Floats:
    """Return a square lattice (n, 2) around the middle of the 300 km line, shifted."""
    steps = spacing_km * np.arange(-7, 8)
    x, y = np.meshgrid(steps, steps)
    return np.column_stack([x.ravel() + 150.0, y.ravel()]) + shift


def _manhattan(points: Floats, rng: np.random.Generator) -> float:
    """Return the mean way along two axes from places near the middle to the nearest point."""
    places = np.array([150.0, 0.0]) + 20.0 * rng.standard_normal((200, 2))
    ways, _ = cKDTree(points).query(places, p=1)
    return float(np.mean(ways))


def g4(_given: Inputs) -> Experiment:
    words = (
        "As the crow flies: the engine, with bases in the plane, Poisson or in a square lattice, "
        "and violations behind the line. Along two axes: ways that the engine has no use for, "
        "checked by drawing places (this tests the constant only)."
    )
    spacing_km = 20.0
    turn = np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2.0)
    middle = np.array([150.0, 0.0])

    def row(seed: int) -> list[float]:
        rng = np.random.default_rng(seed)
        shares = rng.random((rng.poisson(300.0**2 / spacing_km**2), 2))
        poisson = 300.0 * shares - np.array([0.0, 150.0])
        lattice = _grid(spacing_km, spacing_km * (rng.random(2) - 0.5))
        diamond = (lattice - middle) @ turn + middle
        ways = [_mean_way(poisson, seed), _manhattan(poisson, rng)]
        ways += [_mean_way(lattice, seed), _manhattan(lattice, rng), _manhattan(diamond, rng)]
        return [way / spacing_km for way in ways]

    names = (
        "poisson_euclid",
        "poisson_manhattan",
        "square_lattice_euclid",
        "square_lattice_manhattan",
        "diamond_lattice_manhattan",
    )
    return Experiment(
        words,
        200,
        lambda seeds: np.array([row(seed) for seed in seeds]),
        {name: mean_of(column) for column, name in enumerate(names)},
    )


def _workloads(plan: Plan, world: World) -> Floats:
    shares: Floats = busy_hours(world) / plan.horizon_h
    return shares


def h4(_given: Inputs) -> Experiment:
    words = (
        "Two units, all calls at the post of the first; exponential times on the scene of mean "
        "1 h, one call an hour, calls that find both busy are lost."
    )
    tables = _line_of_units(
        20.0,
        2,
        per_h=1.0,
        days=400.0,
        hot_spot=(5.0, 0.01),
        on_scene_h=1.0,
        on_scene="exponential",
    )

    def read(plan: Plan, world: World) -> list[float]:
        return [*_workloads(plan, world), *measures("lost_share")(plan, world)]

    parts = {"rho_1": mean_of(0), "rho_2": mean_of(1), "p_loss": mean_of(2)}
    return Experiment(words, 60, engine(_without_room(tables), read), parts)


def h5(given: Inputs) -> Experiment:
    words = (
        "N units at even midpoints of 1,200 km, nearest free unit, exponential times on the scene "
        "of mean 1 h, travel not counted, calls that find all busy are lost."
    )
    count, length_km = given["N"], given["L"]
    tables = _line_of_units(
        length_km, count, per_h=given["a"], days=200.0, on_scene_h=1.0, on_scene="exponential"
    )
    base_km = (np.arange(count) + 0.5) * length_km / count

    def read(plan: Plan, world: World) -> list[float]:
        rows = world.violations
        served = rows[np.isin(rows["status"], SERVED)]
        calls = len(served) + int((rows["status"] == LOST).sum())
        away = np.abs(served["chainage"][:, None] - base_km)
        own = away[np.arange(len(served)), served["unit"]]
        rank = (away < own[:, None]).sum(axis=1)
        shares = [float((rank == k).sum()) / calls for k in range(RANKS)]
        known = measures("lost_share", "travel_distance_mean_km")(plan, world)
        return [*known, *shares, *_workloads(plan, world)]

    parts: dict[str, Statistic] = {"p_loss": mean_of(0), "mean_distance_served": mean_of(1)}
    parts |= {f"share_by_nearest_1_2_3_{k + 1}": mean_of(2 + k) for k in range(RANKS)}
    parts |= {f"workloads_{k + 1}": mean_of(2 + RANKS + k) for k in range(count)}
    return Experiment(words, 100, engine(_without_room(tables), read), parts)


SUPPORT = {
    "Q1": q1,
    "Q2": q2,
    "G1": g1,
    "G1q": g1q,
    "G2": g2,
    "G3": g3,
    "G4": g4,
    "H4": h4,
    "H5": h5,
}
