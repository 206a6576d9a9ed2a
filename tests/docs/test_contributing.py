"""The worked examples of CONTRIBUTING, applied to a copy of the package."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

TRIED = """
from sim import Scenario, simulate
from sim.cli.main import main

scenario = Scenario.load("aerostats.toml").with_values({"run.duration_days": 20})
nearest = simulate(scenario)
assert {"barrage"} < set(nearest.violations["kind"]), "no violation of the new kind"
fullest = simulate(scenario.with_values({"dispatch.rule": "fullest"}))
ways = [run.measures["travel_distance_mean_km"] for run in (nearest, fullest)]
assert ways[1] > 1.2 * ways[0] > 0.0, ways
busy = scenario.with_values({"violations.rate_per_day": 400, "dispatch.max_wait_h": 1})
assert 0.0 < simulate(busy).measure("turned_away_share[kind=barrage]").popitem()[1] < 1.0
assert main(["count", "aerostats.toml"]) == 0
assert main(["sweep", "aerostats_sweep.toml", "--quiet", "--threads", "--out", "out"]) == 0
"""
SWEEP = """
scenario = "aerostats.toml"
measures = ["turned_away_share"]
replications = 2

[constants]
"run.duration_days" = 5

[factors]
"monitors.aerostats.count" = [5, 10]
"""


def apply(patch: str, root: Path) -> None:
    """Apply a patch whose places are told by the lines around them, not by numbers."""
    for part in re.split(r"^\+\+\+ ", patch, flags=re.MULTILINE)[1:]:
        name, *hunks = re.split(r"^@@.*\n", part, flags=re.MULTILINE)
        file = root / name.strip()
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        for hunk in hunks:
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            assert text.count(old) == 1 or not text, f"{name.strip()}: {old!r} is not there once"
            text = text.replace(old, new) if text else new
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a copy of the package with all examples in it."""
    root = tmp_path_factory.mktemp("contributing")
    shutil.copytree(ROOT / "sim", root / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "configs", root / "configs")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    examples = FENCED.findall(text)
    for patch in (code for language, code in examples if language == "diff"):
        apply(patch, root)
    (scenario,) = (code for language, code in examples if language == "toml")
    (root / "aerostats.toml").write_text(scenario, encoding="utf-8")
    (root / "aerostats_sweep.toml").write_text(SWEEP, encoding="utf-8")
    return root


@pytest.mark.slow
def test_the_examples_do_what_the_page_says(copy: Path) -> None:
    """Catches an example that names what was moved, or leaves out a place."""
    done = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 100
    assert (copy / "out").is_dir()


def test_the_examples_keep_the_style_of_the_house(copy: Path) -> None:
    """Catches an example that `make lint` would refuse."""
    shutil.copy(ROOT / "pyproject.toml", copy)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "sim"],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
