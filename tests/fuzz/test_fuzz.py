"""Damaged input of every kind: a clear line and status 2, or a right result; nothing else.

The number of examples is fixed; ``CEASEFIRE_FUZZ=2000`` tries so many of each kind, new ones each
time.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from driving import START, bounded, check_meaning, drive, in_one_line, judge, toml_text
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutations import damaged, damaged_json, distorted

from sim import simulate
from sim.calibration import read_table
from sim.errors import InputError
from sim.experiment import SweepDesign, load_results, perform
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
SWEEPS = sorted(CONFIGS.glob("*_sweep.toml"))
SCENARIOS = sorted({*CONFIGS.glob("*.toml")} - {*SWEEPS})
LONG = int(os.environ.get("CEASEFIRE_FUZZ", "0"))
MOST_AGENTS, MOST_RATE = 300, 300.0
"""Accepted scenarios are run up to this size."""


def budget(examples: int) -> settings:
    """Return the settings of a test: its fixed examples, or many new ones on demand."""
    return settings(
        max_examples=LONG or examples,
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # smaller examples cost more than they tell
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compile the engine before anything is bounded in time."""
    simulate(
        Scenario.load(CONFIGS / "straight.toml").with_values({"run.duration_days": 0.01}), seed=1
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out the packaged files, where they can be damaged."""
    folder: Path = tmp_path_factory.mktemp("fuzz") / "configs"
    shutil.copytree(CONFIGS, folder)
    return folder


def _run_if_small(scenario: Scenario) -> None:
    groups = (*scenario.monitors.values(), *scenario.support.values())
    agents = sum(group.count for group in groups)
    if agents > MOST_AGENTS or scenario.violations.rate_per_day > MOST_RATE:
        return
    try:
        with bounded():
            short = scenario.with_values({"run.duration_days": 0.1, "run.warmup_days": 0.0})
            measures = simulate(short, seed=1).measures
    except InputError:
        return
    for name, value in measures.items():
        if name.endswith(("_share", "_rate")):
            assert not value < -1e-9, (name, value)
            assert not value > 1.0 + 1e-9, (name, value)


def _try_scenario(path: Path) -> None:
    if judge(drive("check", path)):
        _run_if_small(check_meaning(path))


@budget(40)
@given(data=st.data())
def test_scenarios_whose_values_are_distorted(place: Path, data: st.DataObject) -> None:
    """Catch a value that a scenario is read with and that its file does not state, or a crash."""
    path = data.draw(st.sampled_from(SCENARIOS))
    tree = data.draw(distorted(tomllib.loads(path.read_text("utf-8"))))
    target = place / "distorted.toml"
    try:
        target.write_text(toml_text(tree), encoding="utf-8")
    except UnicodeEncodeError:
        return
    _try_scenario(target)


@budget(40)
@given(data=st.data())
def test_scenarios_whose_bytes_are_damaged(place: Path, data: st.DataObject) -> None:
    """Catch a traceback from a scenario file that is cut short or has a wrong byte."""
    path = data.draw(st.sampled_from(SCENARIOS))
    target = place / "damaged.toml"
    target.write_bytes(data.draw(damaged(path.read_bytes())))
    _try_scenario(target)


@budget(30)
@given(data=st.data())
def test_sweep_files_that_are_damaged(place: Path, data: st.DataObject) -> None:
    """Catch a sweep file whose formulas, ranges or values end in a traceback or never end."""
    content = data.draw(st.sampled_from(SWEEPS)).read_bytes()
    if data.draw(st.booleans()):
        content = data.draw(damaged(content))
    else:
        content = toml_text(data.draw(distorted(tomllib.loads(content.decode())))).encode()
    target = place / "damaged_sweep.toml"
    target.write_bytes(content)
    judge(drive("check", target))


ATOMS = st.sampled_from(
    ["x", "y", "2", "0", "1e308", "1e999", "9" * 400, "0.5", "z", "", "True", "1j"]
)
FORMULAS = st.recursive(
    ATOMS,
    lambda part: st.one_of(
        st.builds("({})".format, part),
        st.builds("-{}".format, part),
        st.builds(
            "{}{}{}".format, part, st.sampled_from(["+", "-", "*", "/", "**", "//", " "]), part
        ),
    ),
    max_leaves=12,
)


@budget(60)
@given(formula=FORMULAS, times=st.sampled_from([1, 1, 1, 40, 400]))
def test_formulas(place: Path, formula: str, times: int) -> None:
    """Catch a formula that ends in a traceback, or whose value is not that of arithmetic."""
    text = "+".join([formula] * times) if times < 400 else "(" * times + formula + ")" * times
    design = {
        "scenario": Scenario.load(place / "minimal.toml"),
        "factors": {"x": [4], "y": [3]},
        "variables": ["x", "y"],
        "derived": {"violations.rate_per_day": text},
    }
    try:
        point = next(SweepDesign.from_dict(design).points())
    except InputError as error:
        in_one_line(error)
        return
    value = point.levels["violations.rate_per_day"]
    assert value == pytest.approx(float(eval(text.strip(), {"x": 4.0, "y": 3.0})))  # noqa: S307


@budget(30)
@given(data=st.data())
def test_line_files_that_are_damaged(place: Path, data: st.DataObject) -> None:
    """Catch a line file that ends in a traceback."""
    file = data.draw(st.sampled_from(sorted((CONFIGS / "geometry").glob("*.geojson"))))
    (place / "line.geojson").write_bytes(data.draw(damaged_json(file.read_bytes())))
    scenario = place / "with_line.toml"
    scenario.write_text('extends = "minimal.toml"\n[line]\nfile = "line.geojson"\n', "utf-8")
    judge(drive("check", scenario))


@budget(40)
@given(data=st.data())
def test_records_that_are_damaged(place: Path, data: st.DataObject) -> None:
    """Catch a record that ends in a traceback where it is read."""
    lines = (CONFIGS / "data" / "osce_daily_counts.csv").read_bytes().splitlines(keepends=True)
    target = place / "record.csv"
    target.write_bytes(data.draw(damaged(b"".join(lines[:40]))))
    with bounded():
        try:
            read_table(target)
        except InputError as error:
            in_one_line(error)


SMALL_SWEEP = """
scenario = "minimal.toml"
design = "morris"
samples = 2
replications = 2
[factors]
"monitors.male.count" = {low = 2, high = 4, integer = true}
"violations.rate_per_day" = {low = 20.0, high = 40.0}
[constants]
"run.duration_days" = 1.0
"""


@pytest.fixture(scope="module")
def results(place: Path) -> Iterator[Path]:
    """Make a small sweep and a small run, which the tests damage copies of."""
    sweep, short = place / "small_sweep.toml", place / "short.toml"
    sweep.write_text(SMALL_SWEEP, encoding="utf-8")
    short.write_text('extends = "minimal.toml"\n[run]\nduration_days = 1\n', encoding="utf-8")
    for words in (("sweep", sweep, "--threads", "--workers", 1), ("run", short)):
        answer = drive(*map(str, words), "-q", "--out", place / "results" / str(words[0]))
        assert answer.status == 0, answer
    return place / "results"


def _damage(data: st.DataObject, results: Path, kind: str) -> Path:
    """Copy results and damage a file of the copy: its bytes, what it says, or all of it."""
    copied = results.parent / "copy"
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(results / kind, copied)
    tables = sorted(f for f in copied.rglob("*") if f.suffix in (".json", ".parquet", ".csv"))
    file = data.draw(st.sampled_from([f.relative_to(copied) for f in tables]))
    content = (copied / file).read_bytes()
    how = data.draw(st.sampled_from(["bytes", "bytes", "says", "gone", "folder", "empty"]))
    (copied / file).unlink()
    if how == "folder":
        (copied / file).mkdir()
    elif how == "empty":
        (copied / file).touch()
    elif how == "says" and file.suffix == ".json":
        (copied / file).write_bytes(data.draw(damaged_json(content)))
    elif how != "gone":
        (copied / file).write_bytes(data.draw(damaged(content)))
    return copied


@budget(60)
@given(data=st.data())
def test_sweeps_on_disk_that_are_damaged(results: Path, data: st.DataObject) -> None:
    """Catch damaged results that are read as if they were sound, or end in a traceback."""
    sound = load_results(results / "sweep")
    copied = _damage(data, results, "sweep")
    table = results / "table.csv"
    table.unlink(missing_ok=True)
    judge(drive("status", copied))
    if judge(drive("export", copied, "--csv", table)):
        found = pd.read_csv(table, keep_default_na=True)
        expected = pd.read_csv(io.StringIO(sound.to_csv(index=False)))
        keys = ["point", "replication"]
        joined = expected.set_index(keys).loc[pd.MultiIndex.from_frame(found[keys])]
        pd.testing.assert_frame_equal(joined.reset_index()[expected.columns], found)
    else:
        assert not table.exists()
    merged = results / "merged"
    shutil.rmtree(merged, ignore_errors=True)
    if not judge(drive("merge", copied, "--out", merged)):
        assert not merged.exists()


@budget(12)
@given(data=st.data())
def test_sweeps_on_disk_that_are_damaged_and_taken_up(results: Path, data: st.DataObject) -> None:
    """Catch a sweep that goes on from damaged results and ends in others."""
    copied = _damage(data, results, "sweep")
    design = SweepDesign.load(results.parent / "small_sweep.toml")
    try:
        with bounded():
            perform(design, copied, workers=1)
    except InputError as error:
        in_one_line(error)
        return
    pd.testing.assert_frame_equal(load_results(copied), load_results(results / "sweep"))


@budget(10)
@given(data=st.data())
def test_sensitivity_of_damaged_results(results: Path, data: st.DataObject) -> None:
    """Catch damaged results that end in a traceback, or in other indices."""
    copied, out = _damage(data, results, "sweep"), results / "indices"
    words = ("--measure", "detection_rate", "--measure", "ceasefire_held", "-q")
    if judge(drive("sensitivity", copied, "--out", out, *words)):
        found = (out / "sensitivity.csv").read_bytes()
        assert judge(drive("sensitivity", results / "sweep", "--out", out, *words))
        assert (out / "sensitivity.csv").read_bytes() == found


@budget(40)
@given(kind=st.sampled_from(["run", "sweep"]), data=st.data())
def test_reports_of_damaged_results(results: Path, kind: str, data: st.DataObject) -> None:
    """Catch a report with other numbers than were found, or a traceback."""
    copied, page = _damage(data, results, kind), results / "report.html"
    page.unlink(missing_ok=True)
    if not judge(drive("report", copied, "--out", page, "-q")):
        assert not page.exists()
        return
    found = page.read_text("utf-8")
    if not (copied / "sources.json").is_file():
        return  # gone, as of results of an earlier version: it says that no source is stated
    assert judge(drive("report", results / kind, "--out", page, "-q"))
    assert page.read_text("utf-8") == found.replace(str(copied), str(results / kind))


def test_a_sample_from_outside(place: Path) -> None:
    """Catch what only shows in a process of its own: its streams, its exit, its warnings."""
    (place / "bad.toml").write_bytes(b"title = \xff")
    (place / "manifest.json").write_text(json.dumps({"kind": "sweep"}), encoding="utf-8")
    for words in (("check", "bad.toml"), ("status", "."), ("run", "nothing.toml")):
        answer = subprocess.run(
            [sys.executable, "-W", "error", "-m", "sim.cli.main", *words],
            cwd=place, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.returncode == 2
        assert answer.stderr.startswith(START)
        assert answer.stderr.count("\n") == 1
    (place / "manifest.json").unlink()
