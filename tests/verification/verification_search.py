"""Search and patrol (S): passes, looks, sorties and weather."""

from typing import Any

import numpy as np
from verification_engine import (
    Experiment,
    Tables,
    engine,
    eyes,
    measured,
    measures,
    scenario,
    units,
)
from verification_estimates import Floats

type Inputs = dict[str, Any]

DAYS = 400.0
PER_DAY = 10.0
ENDLESS_H = 2000.0
"""A duration that no detection comes near to."""
DELAY = ("detection_delay_mean_min", 1.0 / 60.0)
SPEED_KMH = 100.0
INDEPENDENT = 400
"""Monitors whose passes together are taken as Poisson: of order 1/400 from it (below)."""


def _passes(duration_h: float, law: str, *, period_h: float, p: float, **more: Any) -> Tables:
    """Describe one monitor streaming along a line in `period_h`."""
    return scenario(
        length_km=period_h * SPEED_KMH,
        per_day=PER_DAY,
        days=DAYS,
        duration_h=duration_h,
        law=law,
        **eyes(1, "stream", p),
        **more,
    )


def _shuttles(duration_h: float, law: str, *, leg_h: float) -> Tables:
    """Describe four monitors that shuttle, each along its quarter of the line in `leg_h`."""
    return scenario(
        length_km=4.0 * leg_h * SPEED_KMH,
        per_day=PER_DAY,
        days=DAYS,
        duration_h=duration_h,
        law=law,
        **eyes(4, "shuttle"),
    )


def _poisson(duration_h: float, law: str, *, rate_per_h: float, p: float) -> Tables:
    """Describe monitors that stream along the whole line at phases of their own."""
    group = {"platform": "eye", "count": 1, "patrol": "stream"}
    platform = {"speed_kmh": rate_per_h, "radius_km": 1e-5, "look_chance": p}
    return scenario(
        length_km=float(INDEPENDENT),
        per_day=PER_DAY / 4.0,
        days=DAYS,
        duration_h=duration_h,
        law=law,
        platforms={"eye": platform},
        monitors={f"eye_{number}": group for number in range(INDEPENDENT)},
    )


def s1(given: Inputs) -> Experiment:
    words = (
        f"{INDEPENDENT} monitors at independent phases stream along one line with p = 1; while a "
        "violation of fixed duration lasts they sweep C times the line in all. (With K monitors "
        "the chance is 1-(1-C/K)^K, at most 0.0005 more than the limit: below the standard error.)"
    )
    tables = _poisson(given["C"], "fixed", rate_per_h=1.0, p=1.0)
    return measured(words, tables, 50, "detection_rate")


def s3(given: Inputs) -> Experiment:
    words = (
        "One monitor streams along a line of 100 km at 100 km/h, so that each place is passed "
        "every T = 1 h; violations of fixed duration D, one look a pass."
    )
    tables = _passes(given["D"], "fixed", period_h=given["T"], p=given["p"])
    return measured(words, tables, 60, "detection_rate")


def s4(given: Inputs) -> Experiment:
    words = "As S3, with exponential durations of mean 1/mu."
    tables = _passes(1.0 / given["mu"], "exponential", period_h=given["T"], p=given["p"])
    return measured(words, tables, 60, "detection_rate")


def s5(given: Inputs) -> Experiment:
    words = "As S4; mean detection delay of the detected, p = 1."
    tables = _passes(1.0 / given["mu"], "exponential", period_h=given["T"], p=1.0)
    return measured(words, tables, 60, DELAY)


def s6(given: Inputs) -> Experiment:
    words = (
        "Ten monitors with footprints of 5 km stream in even spacing along 1,200 km; violations "
        "of fixed duration around the middle of the line, where both halves of a footprint are "
        "on the line."
    )
    length_km = given["L_km"]
    tables = scenario(
        length_km=length_km,
        per_day=PER_DAY,
        days=DAYS,
        duration_h=given["D_h"],
        law="fixed",
        hot_spot_km=(0.5 * length_km, 0.1 * length_km),
        **eyes(given["n"], "stream", speed_kmh=given["v_kmh"], radius_km=given["r_km"]),
    )
    return measured(words, tables, 60, "detection_rate")


def s7(given: Inputs) -> Experiment:
    words = (
        "Four monitors shuttle, each along its own 100 km in T = 1 h a leg; violations of fixed "
        "duration."
    )
    return measured(words, _shuttles(given["D_over_T"], "fixed", leg_h=1.0), 60, "detection_rate")


def s8(given: Inputs) -> Experiment:
    words = "As S7, with exponential durations of mean 1/mu."
    tables = _shuttles(1.0 / given["mu"], "exponential", leg_h=given["T"])
    return measured(words, tables, 60, "detection_rate")


def s9(given: Inputs) -> Experiment:
    words = "As S7, with violations that outlast the run; quantile of the detection delay."
    measure = {0.5: "detection_delay_p50_min", 0.9: "detection_delay_p90_min"}[given["q"]]
    tables = _shuttles(ENDLESS_H, "fixed", leg_h=given["T"])
    return measured(words, tables, 60, (measure, 1.0 / 60.0))


def s9m(given: Inputs) -> Experiment:
    words = "As S9; mean detection delay."
    return measured(words, _shuttles(ENDLESS_H, "fixed", leg_h=given["T"]), 60, DELAY)


def s10(given: Inputs) -> Experiment:
    words = "As S3, with violations that outlast the run; mean detection delay."
    tables = _passes(ENDLESS_H, "fixed", period_h=given["T"], p=given["p"])
    return measured(words, tables, 60, DELAY)


def s12(given: Inputs) -> Experiment:
    words = (
        f"{INDEPENDENT} monitors at independent phases stream along one line, so that passes of a "
        "place are all but Poisson; exponential durations. (The difference from Poisson passes is "
        "below 0.0005, below the standard error.)"
    )
    tables = _poisson(1.0 / given["mu"], "exponential", rate_per_h=given["lam"], p=given["p"])
    return measured(words, tables, 50, "detection_rate")


def s13(given: Inputs) -> Experiment:
    words = "As S12, with fixed durations."
    tables = _poisson(given["D"], "fixed", rate_per_h=given["lam"], p=given["p"])
    return measured(words, tables, 50, "detection_rate")


def s14(given: Inputs) -> Experiment:
    words = (
        "Twenty static monitors whose bases lie tau flying hours behind their posts; endurance E, "
        "turnaround R; share of time on station over 10 days."
    )
    platform = {"endurance_h": float(given["E"]), "turnaround_h": float(given["R"])}
    tables = scenario(length_km=400.0, per_day=1.0, days=10.0, **eyes(20, "static", **platform))
    tables["monitors"]["eyes"]["base_offset_km"] = SPEED_KMH * given["tau"]
    return measured(words, tables, 60, "on_station_share")


def s16(given: Inputs) -> Experiment:
    words = (
        "One static monitor looks every 10 min at violations that last 10 k - 5 min, which makes "
        "k looks of chance p."
    )
    platform = {"speed_kmh": 0.0, "radius_km": 40.0, "look_interval_min": 10.0}
    tables = scenario(
        length_km=20.0,
        per_day=PER_DAY,
        days=DAYS,
        duration_h=(10.0 * given["k"] - 5.0) / 60.0,
        law="fixed",
        **eyes(1, "static", given["p"], **platform),
    )
    return measured(words, tables, 60, "detection_rate")


def s17(given: Inputs) -> Experiment:
    words = (
        "As S4 with p = 1 and units always at hand that take R from detection to arrival; share "
        "answered while live."
    )
    response = units(4, readiness_min=60.0 * given["R"])
    tables = _passes(1.0 / given["mu"], "exponential", period_h=given["T"], p=1.0, **response)
    return measured(words, tables, 60, "timely_share")


def s18(given: Inputs) -> Experiment:
    words = "Sixty static monitors of radius r, evenly spaced s apart on a line of 60 s."
    length_km = 60.0 * given["s"]
    platform = {"speed_kmh": 0.0, "radius_km": given["r"]}
    tables = scenario(
        length_km=length_km, per_day=PER_DAY, days=DAYS, **eyes(60, "static", **platform)
    )
    return measured(words, tables, 60, "detection_rate")


def s18b(given: Inputs) -> Experiment:
    words = (
        "Static monitors of radius r at random places on a line of length L, drawn anew in each "
        "run; violations around the middle of the line, which has no ends to feel, as on a ring."
    )
    length_km = given["L"]
    tables = scenario(
        length_km=length_km,
        per_day=PER_DAY,
        days=20.0,
        duration_h=0.01,
        hot_spot_km=(0.5 * length_km, 0.12 * length_km),
        **eyes(given["n"], "static", speed_kmh=0.0, radius_km=given["r"]),
    )
    tables["monitors"]["eyes"]["placement"] = "random"
    return measured(words, tables, 1000, "detection_rate")


def s19(given: Inputs) -> Experiment:
    words = (
        "One static monitor that bad weather grounds; spells of fair weather of mean U and of "
        "severe weather of mean V; violations of fixed duration D are seen whenever it flies."
    )
    up_h, down_h = given["U"], given["V"]
    tables = scenario(
        length_km=20.0,
        per_day=PER_DAY,
        days=DAYS,
        duration_h=given["D"],
        law="fixed",
        weather={
            "enabled": True,
            "bad_share_by_month": [down_h / (up_h + down_h)] * 12,
            "correlation_time_h": 1.0 / (1.0 / up_h + 1.0 / down_h),
            "severe_share": 1.0,
        },
        **eyes(1, "static", speed_kmh=0.0, radius_km=40.0, grounded_by="severe"),
    )
    return measured(words, tables, 100, "detection_rate")


def _needed(words: str, given: Inputs, patrol: str, counts: tuple[int, int]) -> Experiment:
    """Find by interpolation in 1/n how many monitors reach a detection rate."""
    few, many = counts

    def tables(count: int) -> Tables:
        return scenario(
            length_km=given["L_km"],
            per_day=20.0,
            days=DAYS,
            duration_h=1.0 / given["mu"],
            **eyes(count, patrol, speed_kmh=given["v_kmh"]),
        )

    def needed(means: Floats) -> Floats:
        low, high = means[..., 0], means[..., 1]
        share = (given["q"] - low) / (high - low)
        count: Floats = 1.0 / (1.0 / few + share * (1.0 / many - 1.0 / few))
        return count

    samplers = [engine(tables(count), measures("detection_rate")) for count in counts]
    return Experiment(
        words,
        80,
        lambda seeds: np.hstack([sample(seeds) for sample in samplers]),
        {"": needed},
    )


def s20(given: Inputs) -> Experiment:
    words = (
        "50 and 62 monitors stream in even spacing along 1,200 km at 100 km/h past violations of "
        "exponential duration; the number needed is interpolated in 1/n between their detection "
        "rates, from runs with the same violations."
    )
    return _needed(words, given, "stream", (50, 62))


def s21(given: Inputs) -> Experiment:
    words = "As S20, with 66 and 82 monitors that shuttle, each along its own part of the line."
    return _needed(words, given, "shuttle", (66, 82))


SEARCH = {
    "S1": s1,
    "S3": s3,
    "S4": s4,
    "S5": s5,
    "S6": s6,
    "S7": s7,
    "S8": s8,
    "S9": s9,
    "S9m": s9m,
    "S10": s10,
    "S12": s12,
    "S13": s13,
    "S14": s14,
    "S16": s16,
    "S17": s17,
    "S18": s18,
    "S18b": s18b,
    "S19": s19,
    "S20": s20,
    "S21": s21,
}
