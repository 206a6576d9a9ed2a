"""The report of a benchmark: JSON for programs, Markdown for people."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.engine_job import ROOT
from benchmarks.measurement import Check

JSON_FILE = ROOT / "outputs" / "bench" / "bench.json"
PAGE = ROOT / "benchmarks" / "RESULTS.md"
PACKAGES = ("mesa", "numba", "numpy", "pandas", "pyarrow", "simpy")

_TITLE = """# Benchmark results

Written by `python -m benchmarks.bench` (or `make bench`); do not edit. The job is described in
`benchmarks/job.py`: a straight line of 1,200 km, 90 days, 60 drones, 40 support units, 50
violations a day. All programs run in one process, in turn; times are medians."""

_SWEEP_NOTE = """Shares of the wall time with one worker. The engine is what draws a run and
advances it (loop); measures, runner and files are what a sweep loses to."""


def machine() -> dict[str, Any]:
    """Describe the machine, without its name."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, its columns aligned so that it also reads well on a screen."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in (heads, rule, *rows)
    )


def _programs(figures: dict[str, Any]) -> str:
    heads = ("Program", "Runs", "ms a run", "Fastest", "Ratio", "Detection rate", "Mean response")
    rows = [
        (
            row["program"],
            str(row["runs"]),
            f"{1e3 * row['median_s']:,.2f}",
            f"{1e3 * row['fastest_s']:,.2f}",
            f"{row['ratio']:,.0f}",
            f"{row['detection_rate']:.4f} ± {row['detection_rate_se']:.4f}",
            f"{row['response_mean_min']:.2f} ± {row['response_mean_min_se']:.2f}",
        )
        for row in figures["programs"]
    ]
    rate = figures["expected_detection_rate"]
    return f"""{table(heads, rows)}

The ratio is that of medians; mean response is in minutes. ± is one standard error, from the
standard deviation between runs pooled over the programs. Integration gives a detection rate of
{rate:.4f} (`benchmarks/expected.py`). The engine's times are those of a run in a sweep;
loading the scenario and making its plan, once a design point, takes
{1e3 * figures["planning_s"]:.1f} ms more."""


def _differences(figures: dict[str, Any]) -> str:
    rate, response = figures["z"]["detection_rate"], figures["z"]["response_mean_min"]
    rows = [
        (pair, f"{z:+.2f}", f"{response[pair]:+.2f}" if pair in response else "")
        for pair, z in rate.items()
    ]
    return table(("Standard errors between", "Detection rate", "Mean response"), rows)


def _checks(checks: Sequence[Check]) -> str:
    rows = [
        (
            check.claim,
            f"{check.value:,.3g}" if check.value < 1000 else f"{check.value:,.0f}",
            f"{'at least' if check.at_least else 'at most'} {check.limit:,g}",
            "met" if check.holds else "MISSED",
        )
        for check in checks
    ]
    return table(("Claim", "Measured", "Target", ""), rows)


def _growth(figures: dict[str, Any]) -> str:
    pace = figures["microseconds_per_violation"].items()
    rows = [(f"violations {name}", f"{value:.2f} µs a violation") for name, value in pace]
    rows += [
        (name, f"{value:.2f} ms a run") for name, value in figures["milliseconds_by_forces"].items()
    ]
    return table(("Scenario", "Time"), rows)


def _mission(figures: dict[str, Any]) -> str:
    found = figures["mission"]
    rows = [
        (stage, f"{found[f'{stage}_ms']:.1f} ms") for stage in ("draws", "loop", "measures", "run")
    ]
    rows.append(("a run in a sweep with a worker a core", f"{found['sweep_ms_per_run']:.1f} ms"))
    rows.append(("time per violation, against the job's", f"{found['per_violation_ratio']:.1f}"))
    return f"""{table(("Mission", "Median"), rows)}

`configs/baseline.toml`, everything switched on: {found["violations"]:,.0f} violations a run;
{found["runs"]:.0f} runs in which the ceasefire held, on one core unless stated otherwise."""


def _sweep(figures: dict[str, Any]) -> str:
    sweep = figures["sweep"]
    rows = [
        (name, f"{100 * sweep[f'{name}_share']:.1f} %")
        for name in ("draws", "loop", "measures", "runner")
    ]
    rows += [
        (f"wall time, {sweep['runs']:,} runs, 1 worker", f"{sweep['wall_s']:.2f} s"),
        ("the same with a worker a core", f"{sweep['wall_all_workers_s']:.2f} s"),
    ]
    memory = figures["sweep_memory_mb"].items()
    rows += [(f"peak memory, {name} runs", f"{value:.1f} MB") for name, value in memory]
    return f"{table(('Sweep', ''), rows)}\n\n{_SWEEP_NOTE}"


def _first_call(figures: dict[str, Any]) -> str:
    rows = [
        (name, *(f"{1e3 * t[key]:,.0f}" for key in ("import_s", "first_run_s", "second_run_s")))
        for name, t in figures["first_call"].items()
    ]
    return table(("New process", "Import (ms)", "First run (ms)", "Second run (ms)"), rows)


def report(figures: dict[str, Any], checks: Sequence[Check]) -> str:
    """Write both files.

    Parameters
    ----------
    figures
        What was measured, by name.
    checks
        What the benchmark claims.

    Returns
    -------
    str
        The page, for the screen.
    """
    host = machine()
    page = "\n\n".join(
        (
            _TITLE,
            ", ".join(f"{name} {value}" for name, value in host.items()) + ".",
            "## The same job in four programs",
            _programs(figures),
            _differences(figures),
            "## Claims",
            _checks(checks),
            "## Growth",
            _growth(figures),
            "## A year of the whole mission",
            _mission(figures),
            "## A sweep",
            _sweep(figures),
            "## The first call",
            _first_call(figures),
        )
    )
    claims = [{**asdict(check), "holds": check.holds} for check in checks]
    JSON_FILE.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": host, **figures, "checks": claims}, indent=2, ensure_ascii=False)
    JSON_FILE.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page + "\n", encoding="utf-8")
    return page
