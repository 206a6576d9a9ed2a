"""Time the engine against the same job in other programs: ``python -m benchmarks.bench``.

Writes ``outputs/bench/bench.json`` and ``benchmarks/RESULTS.md``; the exit status is 1 when a claim
does not hold.
"""

import statistics
import sys
import time
from typing import Any

from benchmarks import growth, mesa_events, plain_mesa, simpy_model
from benchmarks.engine_job import prepare
from benchmarks.expected import expected_detection_rate
from benchmarks.measurement import (
    MEASURES,
    Check,
    Sample,
    Turn,
    standard_errors,
    take_turns,
    z_scores,
)
from benchmarks.results import report

ENGINE = "engine"
MESA_EVENTS = "Mesa events"
PLAIN_MESA = "plain Mesa"
SIMPY = "SimPy"

ROUNDS = 30
MOST_Z = 4.0
FASTER_THAN_EVENTS = 40.0
FASTER_THAN_PLAIN = 1500.0
MOST_LOST = 0.25
MOST_FORCES_RATIO = 1.3
MOST_PER_VIOLATION_RATIO = 1.2
MOST_MEMORY_RATIO = 1.1
MOST_MISSION_MS = 60.0
MOST_MISSION_RATIO = 4.0
MOST_BYTES_PER_RUN = 200.0
"""Less than a row of results: a sweep that kept its rows would need more."""


def compare_programs() -> dict[str, Sample]:
    """Run the four programs in turn."""
    return take_turns(
        {
            ENGINE: Turn(prepare(), runs=7),
            MESA_EVENTS: Turn(mesa_events.run),
            SIMPY: Turn(simpy_model.run),
            PLAIN_MESA: Turn(plain_mesa.run, every=6),
        },
        ROUNDS,
    )


def program_rows(samples: dict[str, Sample]) -> list[dict[str, Any]]:
    """Return one row a program: times, ratio to the engine, measures with standard errors."""
    errors = {measure: standard_errors(samples, measure) for measure in MEASURES}
    return [
        {
            "program": name,
            "runs": len(sample.results),
            "median_s": sample.median_s,
            "fastest_s": min(sample.seconds),
            "ratio": sample.median_s / samples[ENGINE].median_s,
            **{measure: sample.mean(measure) for measure in MEASURES},
            **{f"{measure}_se": errors[measure][name] for measure in MEASURES},
        }
        for name, sample in samples.items()
    ]


def agreement(samples: dict[str, Sample]) -> dict[str, dict[str, float]]:
    """Return all differences in standard errors, by measure, and those from the expected rate."""
    expected = expected_detection_rate()
    errors = standard_errors(samples, "detection_rate")
    scores = {measure: z_scores(samples, measure) for measure in MEASURES}
    for name, sample in samples.items():
        difference = sample.mean("detection_rate") - expected
        scores["detection_rate"][f"{name} - expected"] = difference / errors[name]
    return scores


def planning_seconds(repetitions: int = 5) -> float:
    """Return the median time (s) to load the scenario and make its plan, once a design point."""
    times = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        prepare()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def make_checks(figures: dict[str, Any]) -> list[Check]:
    """Return what the benchmark claims."""
    ratio = {row["program"]: row["ratio"] for row in figures["programs"]}
    worst = max(abs(z) for scores in figures["z"].values() for z in scores.values())
    per_violation = figures["microseconds_per_violation"]
    slow = max(per_violation.values()) / per_violation["x1"]
    single, double = figures["milliseconds_by_forces"].values()
    memory = figures["sweep_memory_mb"]
    few, many = growth.MEMORY_RUNS
    return [
        Check("largest difference between programs, standard errors", worst, MOST_Z),
        Check("times faster than Mesa events", ratio[MESA_EVENTS], FASTER_THAN_EVENTS, True),
        Check("times faster than plain Mesa", ratio[PLAIN_MESA], FASTER_THAN_PLAIN, True),
        Check("time per violation, 2 to 8 times as many", slow, MOST_PER_VIOLATION_RATIO),
        Check("time with twice the drones and units", double / single, MOST_FORCES_RATIO),
        Check("share of a sweep outside the engine", figures["sweep"]["lost_share"], MOST_LOST),
        Check(
            "milliseconds a run of the whole mission, one core",
            figures["mission"]["run_ms"],
            MOST_MISSION_MS,
        ),
        Check(
            "its time per violation, against the job's",
            figures["mission"]["per_violation_ratio"],
            MOST_MISSION_RATIO,
        ),
        Check(
            f"peak memory of the process, {many} runs against {few}",
            memory[f"process {many}"] / memory[f"process {few}"],
            MOST_MEMORY_RATIO,
        ),
        Check(
            "bytes allocated at the peak for each more run",
            1e6 * (memory[f"traced {many}"] - memory[f"traced {few}"]) / (many - few),
            MOST_BYTES_PER_RUN,
        ),
    ]


def main() -> int:
    """Measure, report, and return the exit status."""
    begin = time.perf_counter()
    print("first call: compiling the engine from nothing ...", flush=True)
    first = growth.first_call()
    print("four programs in turn ...", flush=True)
    samples = compare_programs()
    print("growth with violations, forces and runs ...", flush=True)
    figures: dict[str, Any] = {
        "programs": program_rows(samples),
        "expected_detection_rate": expected_detection_rate(),
        "z": agreement(samples),
        "planning_s": planning_seconds(),
        "microseconds_per_violation": growth.time_by_violations(),
        "milliseconds_by_forces": growth.time_by_forces(),
        "mission": growth.mission_year(),
        "sweep": growth.sweep_overhead(),
        "sweep_memory_mb": growth.sweep_memory(),
        "first_call": first,
    }
    checks = make_checks(figures)
    figures["benchmark_s"] = time.perf_counter() - begin
    print(report(figures, checks))
    return 0 if all(check.holds for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
