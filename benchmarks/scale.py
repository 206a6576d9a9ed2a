"""How time and memory grow with the size of a scenario: ``python -m benchmarks.scale``.

Each case runs in a process of its own and is measured by its processor time and its peak memory.
Writes ``benchmarks/SCALE.md``. A benchmark, not a test: no limit is checked.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import pairwise

from benchmarks.engine_job import ROOT
from benchmarks.results import table

PAGE = ROOT / "benchmarks" / "SCALE.md"
BASE = ROOT / "configs" / "minimal.toml"
DAYS = 30
DRONES, UNITS, PER_DAY = "monitors.male.count", "support.patrols.count", "violations.rate_per_day"

CASES: dict[str, list[tuple[str, dict[str, float]]]] = {
    "Drones": [(f"{n:,}", {DRONES: n}) for n in (100, 1_000, 10_000, 100_000)],
    "Units": [(f"{n:,}", {UNITS: n}) for n in (10, 100, 1_000, 10_000)],
    "Violations": [
        (f"{n:,}", {PER_DAY: n / DAYS, UNITS: max(10, n // 1_000)})
        for n in (100, 1_000, 10_000, 100_000, 1_000_000)
    ],
}
"""What is varied; all else is as in the base scenario, over `DAYS` days."""

_HEAD = f"""# How time and memory grow

Written by `python -m benchmarks.scale`; do not edit. The scenario is `configs/minimal.toml` (the
packaged line, 20 drones with endurance, 10 units, 20 violations a day) over {DAYS} days, with one
number varied. With the violations grow the units, one to a thousand violations. Processor time (s)
of laying the plan, of one run, and of its measures and tables; peak memory of the process (MB), of
which it takes {{idle:.0f}} before anything is laid."""


def measure_case(values: Mapping[str, float]) -> dict[str, float]:
    """Plan and run one case in this process; return processor times (s) and peak memory (MB)."""
    from sim.results.outcome import run_plan
    from sim.scenario import Scenario
    from sim.setup.plan import build_plan

    small = Scenario.load(BASE).with_values({"run.duration_days": 1})
    run_plan(build_plan(small), 1)  # whatever is loaded at the first run
    idle = _peak_mb()
    scenario = small.with_values({"run.duration_days": DAYS, **values})
    times = [time.process_time()]
    plan = build_plan(scenario)
    times.append(time.process_time())
    outcome = run_plan(plan, 1)
    times.append(time.process_time())
    outcome.measures, outcome.violations, outcome.sorties, outcome.units  # noqa: B018
    times.append(time.process_time())
    plan_s, run_s, tables_s = (b - a for a, b in pairwise(times))
    found = {"violations": len(outcome.violations), "sorties": len(outcome.sorties)}
    taken = {"plan_s": plan_s, "run_s": run_s, "tables_s": tables_s}
    return {**found, **taken, "idle_mb": idle, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _in_its_own_process(values: Mapping[str, float]) -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", json.dumps(values)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def _row(label: str, found: Mapping[str, float]) -> tuple[str, ...]:
    counts = (f"{found[key]:,.0f}" for key in ("violations", "sorties"))
    times = (f"{found[key]:,.2f}" for key in ("plan_s", "run_s", "tables_s"))
    return (label, *counts, *times, f"{found['peak_mb']:,.0f}")


def main() -> None:
    """Measure all cases and write the page; or one case, given as JSON, and print the answer."""
    if len(sys.argv) > 1:
        print(json.dumps(measure_case(json.loads(sys.argv[1]))))
        return
    parts, idle = [], 0.0
    for varied, cases in CASES.items():
        rows = []
        for label, values in cases:
            found = _in_its_own_process(values)
            idle = found["idle_mb"]
            rows.append(_row(label, found))
            print(varied, *rows[-1], flush=True)
        heads = (
            f"{varied} of the scenario",
            "Violations",
            "Sorties",
            "Plan (s)",
            "Run (s)",
            "Tables (s)",
            "Peak (MB)",
        )
        parts.append(f"## {varied}\n\n{table(heads, rows)}")
    PAGE.write_text("\n\n".join([_HEAD.format(idle=idle), *parts]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
