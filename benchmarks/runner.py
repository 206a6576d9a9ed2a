"""Time what a sweep adds to its runs: ``python -m benchmarks.runner [RUNS]``.

Writes ``benchmarks/RUNNER.md``. Each run works for 1.5 ms, so what a run takes beyond that, with
all workers busy, is the overhead of the runner: plans and seeds out, rows back, parts to disk.
"""

import sys
import tempfile
import time
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from benchmarks.engine_job import ROOT, SCENARIO
from benchmarks.results import machine, table
from benchmarks.spin import ENGINE, RUN_S
from sim.experiment import SweepDesign, perform
from sim.experiment.executors import LOCAL, available_cpus, dask_cluster, worker_processes
from sim.scenario import Scenario

RUNS = 100_000
SHARE = 10
"""The cluster makes one in so many of these."""
PAGE = ROOT / "benchmarks" / "RUNNER.md"
SAMPLE_EVERY_S = 0.5


def resident_mb() -> float:
    """Return the memory this process holds (MB)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096 / 1e6


def timed_sweep(runs: int, pool: Executor | None, workers: int) -> tuple[float, float, float]:
    """Return the overhead a run (ms), and the memory (MB) early in the sweep and at its most."""
    design = SweepDesign.from_dict({"scenario": Scenario.load(SCENARIO), "replications": runs})
    warm_up = SweepDesign.from_dict({"scenario": Scenario.load(SCENARIO), "replications": 400})
    early, most = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        perform(warm_up, Path(folder) / "first", engine=ENGINE, executor=pool, workers=workers)
        early = resident_mb()
        begin = time.perf_counter()
        perform(design, Path(folder) / "sweep", engine=ENGINE, executor=pool, workers=workers)
        seconds = time.perf_counter() - begin
        most = resident_mb()
    return 1e3 * (seconds * workers / runs - RUN_S), early, most


def main() -> None:
    """Measure and report."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    cpus = available_cpus()
    rows = []
    ways: dict[str, AbstractContextManager[tuple[Executor | None, int]]] = {
        "Dask, on this machine": dask_cluster(LOCAL),
        "processes": nullcontext((None, cpus)),
    }
    for name, way in ways.items():
        count = runs if name == "processes" else runs // SHARE
        with way as (pool, workers):
            if name == "processes":
                with worker_processes(cpus, engine=ENGINE) as processes:
                    found = timed_sweep(count, processes, workers)
            else:
                found = timed_sweep(count, pool, workers)
        overhead, early, most = found
        share = overhead / (1e3 * RUN_S)
        rows.append(
            (
                name,
                f"{count:,}",
                f"{overhead:.3f} ms",
                f"{share:.0%}",
                f"{early:.0f} MB",
                f"{most:.0f} MB",
            )
        )
        print(rows[-1], flush=True)
    heads = ("Runs made in", "Runs", "Overhead a run", "Of a run", "Memory before", "Memory after")
    host = ", ".join(f"{key} {value}" for key, value in machine().items())
    page = (
        "# What a sweep adds to its runs\n\nWritten by `python -m benchmarks.runner`; do not edit. "
        f"Each run works for {1e3 * RUN_S:g} ms on one core.\n\n{host}.\n\n{table(heads, rows)}\n"
    )
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
