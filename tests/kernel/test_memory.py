"""Memory between runs."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

BASELINE = Path(__file__).parents[2] / "configs" / "baseline.toml"
FAULTS = """
import resource
import sim.setup.draw
from sim.setup.plan import build_plan
from sim.results.outcome import run_measures
from sim.scenario import Scenario

{without}
plan = build_plan(Scenario.load({path!r}))
for seed in range(4):
    run_measures(plan, seed)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for seed in range(4):
    run_measures(plan, seed)
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 4.0)
"""


def faults_per_run(without: str = "") -> float:
    """Return the page faults of a run, after some others."""
    program = FAULTS.format(without=without, path=str(BASELINE))
    # Dask sets one for the processes that come after it
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(found.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others keep memory in other ways")
def test_runs_reuse_the_memory_of_the_run_before() -> None:
    """Catches runs that pay for every page of their tables anew."""
    assert faults_per_run() < 300.0  # 3 to 140 were seen, as tables vary in size
    assert faults_per_run("sim.setup.draw.keep_memory = lambda: None") > 500.0
