"""Measurements that need a fresh process, started by `benchmarks.growth`.

``python -m benchmarks.probe first`` times the first call, ``... traced N`` and ``... process N``
take the memory of a sweep of N runs. The answer is one line of JSON.
"""

import json
import resource
import sys
import tempfile
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path


def first_run() -> dict[str, float]:
    """Time the import of the engine, the first run and the second."""
    times = [time.perf_counter()]
    from benchmarks.engine_job import prepare

    times.append(time.perf_counter())
    run = prepare()
    for seed in (1, 2):
        run(seed)
        times.append(time.perf_counter())
    imported, first, second = (b - a for a, b in pairwise(times))
    return {"import_s": imported, "first_run_s": first, "second_run_s": second}


def memory(runs: int, *, traced: bool) -> dict[str, float]:
    """Sweep the job and return the peak memory (MB) of the process, or of what Python allocates.

    Parameters
    ----------
    runs
        Number of runs.
    traced
        Count what Python and NumPy allocate during the sweep, instead of the whole process.
    """
    from benchmarks.engine_job import sweep_job

    with tempfile.TemporaryDirectory() as folder:
        sweep_job(5, Path(folder) / "warm")
        if traced:
            tracemalloc.start()
        sweep_job(runs, Path(folder) / "out")
    if traced:
        return {"peak_mb": tracemalloc.get_traced_memory()[1] / 1e6}
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def main() -> None:
    """Print the answer to the question of the command line."""
    question, *numbers = sys.argv[1:]
    if question == "first":
        answer = first_run()
    else:
        answer = memory(int(numbers[0]), traced=question == "traced")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
