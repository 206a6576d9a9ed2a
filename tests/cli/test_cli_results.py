"""`ceasefire run` and `ceasefire sweep` from file to files, with the real engine."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import main
from sim.experiment import load_results, summarise

RUN_FILES = {
    "sources.json",
    *(
        "events.parquet",
        "forces.parquet",
        "headquarters.parquet",
        "reports.parquet",
        "sorties.parquet",
        "units.parquet",
        "summary.json",
        "manifest.json",
    ),
    *("map.png", "map.svg", "response_times.png", "response_times.svg"),
    *("timelines.png", "timelines.svg"),
}


def names(directory: Path) -> set[str]:
    """List the names in a directory."""
    return {file.name for file in directory.iterdir()}


def test_run_writes_all_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a result file that is missing, empty, or not told to the user."""
    assert main(["run", "small.toml", "--seed", "7"]) == 0
    out = folder / "outputs" / "small-seed7"
    assert names(out) == RUN_FILES
    shown = capsys.readouterr().out
    assert all(f"outputs/small-seed7/{name}" in shown for name in RUN_FILES)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["kind"], manifest["seed"]) == ("run", 7)
    assert manifest["scenario"]["title"] == "Small"
    assert manifest["libraries"]["numpy"]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    events = pd.read_parquet(out / "events.parquet")
    assert summary["measures"]["n_violations"] == len(events) > 0


def test_same_seed_gives_the_same_tables(folder: Path) -> None:
    """Catch anything in a run or its tables that differs from one call to the next."""
    for out in ("a", "b"):
        assert main(["run", "-q", "small.toml", "--out", out]) == 0
    for name in ("events.parquet", "sorties.parquet", "units.parquet", "summary.json"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()


def test_run_replaces_its_own_files_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a run that spreads over a user's files, or that refuses its own directory."""
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").touch()
    assert main(["run", "small.toml", "--out", "mine"]) == 2
    assert "mine: is not empty and holds no run" in capsys.readouterr().err
    assert names(folder / "mine") == {"thesis.txt"}
    for seed in ("1", "2"):
        assert main(["run", "-q", "small.toml", "--out", "again", "--seed", seed]) == 0
    assert names(folder / "again") == RUN_FILES


def test_failed_run_leaves_nothing_half_written(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch tables of a run whose figures could not be written."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.output.save_figure", full)
    assert main(["run", "-q", "small.toml", "--out", "new"]) == 2
    assert capsys.readouterr().err == "ceasefire: error: No space left on device\n"
    assert names(folder / "new") == set()


def test_sweep_writes_summary_figures_and_runs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catch a summary that is not that of the runs, or missing figures."""
    assert main(["sweep", "sweep.toml", "--out", "out", "--workers", "2"]) == 0
    out = folder / "out"
    runs = load_results(out)
    assert len(runs) == 12
    assert (runs["error"] == "").all()
    summary = pd.read_parquet(out / "summary.parquet")
    factors = ["monitors.male.count", "support.patrols.count"]
    pd.testing.assert_frame_equal(summary, summarise(runs, factors))
    assert len(pd.read_csv(out / "summary.csv")) == 4
    assert any(name.endswith(".png") for name in names(out))
    shown = capsys.readouterr()
    assert "out/summary.csv" in shown.out
    assert "12/12 runs" in shown.err


def test_sweep_is_taken_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a second call that starts again, or one with another design that mixes results."""
    assert main(["sweep", "-q", "sweep.toml", "--out", "out"]) == 0
    assert main(["sweep", "sweep.toml", "--out", "out"]) == 0
    assert "12 runs, 12 of them already there" in capsys.readouterr().err
    text = (folder / "sweep.toml").read_text(encoding="utf-8")
    (folder / "sweep.toml").write_text(text.replace("= 3", "= 4"), encoding="utf-8")
    assert main(["sweep", "sweep.toml", "--out", "out"]) == 0
    assert "16 runs, 12 of them already there" in capsys.readouterr().err
    (folder / "sweep.toml").write_text("first_seed = 9\n" + text, encoding="utf-8")
    assert main(["sweep", "sweep.toml", "--out", "out"]) == 2
    assert "first_seed = 1 there and 9 here" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_quiet_sweep_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch output that fills the log of a cluster job."""
    assert main(["sweep", "-q", "sweep.toml", "--out", "out"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("folder")
def test_sweep_whose_runs_all_fail_says_why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch an empty summary that looks like a success."""

    def fail(*_: object) -> Mapping[str, float]:
        message = "boom"
        raise RuntimeError(message)

    monkeypatch.setattr(import_module("sim.results.outcome"), "run_measures", fail)
    assert main(["sweep", "-q", "--threads", "sweep.toml", "--out", "out"]) == 1
    expected = "ceasefire: 12 of 12 runs failed; the first: RuntimeError: boom\n"
    assert capsys.readouterr().err == expected


def test_interrupted_sweep_keeps_its_runs(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch Ctrl-C that loses finished runs or does not say that they are kept."""
    module = import_module("sim.results.outcome")
    run_measures = module.run_measures

    def interrupt(plan: object, seed: int) -> Mapping[str, float]:
        if seed == 3:
            raise KeyboardInterrupt
        measures: Mapping[str, float] = run_measures(plan, seed)
        return measures

    with monkeypatch.context() as patch:
        patch.setattr(module, "run_measures", interrupt)
        assert main(["sweep", "-q", "--threads", "sweep.toml", "--out", "out"]) == 130
    assert "finished runs are kept" in capsys.readouterr().err
    assert 0 < len(load_results(folder / "out")) < 12
    assert main(["sweep", "-q", "sweep.toml", "--out", "out"]) == 0
    assert len(load_results(folder / "out")) == 12


def test_shards_are_made_merged_and_exported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catch commands for arrays of jobs that do not fit together."""
    for number in (1, 2):
        words = ["sweep", "-q", "--threads", "sweep.toml", "--shard", f"{number}/2"]
        assert main(words) == 0
    parts = [f"outputs/sweep-shard-{number}-of-2" for number in (1, 2)]
    assert main(["status", parts[0]]) == 1
    assert "6 of 12" in capsys.readouterr().out
    assert main(["merge", *parts, "--out", "all"]) == 0
    assert "12 of 12" in capsys.readouterr().out
    assert main(["sweep", "-q", "sweep.toml", "--out", "all"]) == 0
    assert (folder / "all" / "summary.csv").exists()
    assert main(["export", "all", "--csv", "runs.csv"]) == 0
    assert capsys.readouterr().out == "12 runs written to runs.csv\n"
    exported = pd.read_csv(folder / "runs.csv")
    assert exported["seed"].tolist() == load_results("all")["seed"].tolist()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "sweep.toml", "--shard", "3/2"], "shard = 3/2: must be i/n"),
        (["sweep", "sweep.toml", "--run-limit", "0"], "must be a number of seconds above 0"),
        (["sweep", "sweep.toml", "--dask", "tcp://127.0.0.1:1"], "no cluster answers"),
        (["status", "nowhere"], "holds no sweep"),
        (["merge", "nowhere", "--out", "all"], "holds no sweep"),
        (["export", "nowhere", "--csv", "runs.csv"], "holds no sweep"),
    ],
)
def test_mistakes_with_results_are_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catch a traceback, or a mistake that passes."""
    try:
        status = main(words)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_an_interrupt_of_processes_keeps_what_is_done(folder: Path) -> None:
    """Catch Ctrl-C that leaves workers behind, shows a traceback, or loses finished runs."""
    text = (folder / "sweep.toml").read_text(encoding="utf-8")
    (folder / "sweep.toml").write_text(text.replace("= 3", "= 20000"), encoding="utf-8")
    command = [sys.executable, "-m", "sim.cli.main", "sweep", "sweep.toml", "--out", "out"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    end = time.monotonic() + 120.0
    while not list((folder / "out" / "runs").glob("part-*")) and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("ceasefire: interrupted; finished runs are kept")
    assert "Traceback" not in said
    assert len(load_results(folder / "out")) > 0
    end = time.monotonic() + 5.0
    while group_exists(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not group_exists(process.pid)


def hear_interrupts() -> None:
    """Hear interrupts even where the tests run in the background, deaf to them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


SCREENING = """
scenario = "small.toml"
design = "morris"
samples = 4
replications = 2
[factors]
"monitors.male.count" = { low = 2, high = 8, integer = true }
"support.patrols.count" = { low = 2, high = 6, integer = true }
"command.delay_min" = { low = 0, high = 30 }
"""


def test_a_screening_is_swept_and_analysed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches commands that do not fit together, and a dry run that writes."""
    pytest.importorskip("SALib", reason="the extra [sensitivity] is not installed")
    (folder / "screening.toml").write_text(SCREENING, encoding="utf-8")
    assert main(["sweep", "screening.toml", "--dry-run"]) == 0
    assert "16 design points x 2 replications = 32 runs" in capsys.readouterr().out
    assert not (folder / "outputs").exists()
    assert main(["sweep", "-q", "--threads", "screening.toml", "--out", "out"]) == 0
    assert {"detection_rate.png", "summary.csv"} <= names(folder / "out")
    assert main(["sensitivity", "out", "--measure", "detection_rate"]) == 0
    assert "MALE drones (count)" in capsys.readouterr().out
    assert names(folder / "out" / "sensitivity") == {
        "sensitivity.csv", "detection_rate.png", "detection_rate.svg",
    }  # fmt: skip
    assert main(["sensitivity", "out", "--measure", "detection"]) == 2
    assert "is not in the sweep; did you mean detection_rate" in capsys.readouterr().err


def test_uncertain_inputs_are_set_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a sample whose spread is not explained."""
    text = SCREENING.replace('"morris"', '"latin_hypercube"').replace("samples = 4", "samples = 12")
    (folder / "inputs.toml").write_text(text, encoding="utf-8")
    assert main(["sweep", "--threads", "inputs.toml", "--out", "out"]) == 0
    assert "Share of inputs" in capsys.readouterr().out
    assert {"components.csv", "detection_rate.png"} <= names(folder / "out")


@pytest.mark.usefixtures("folder")
def test_a_precision_is_reached() -> None:
    """Catches an option that is read and not used."""
    words = ["sweep", "-q", "--threads", "sweep.toml", "--out", "out"]
    assert main([*words, "--precision", "detection_rate=0.05", "--max-replications", "200"]) == 0
    counts = load_results("out").groupby("point").size()
    assert counts.min() >= 3
    assert counts.max() > 10
    assert main(["status", "-q", "out"]) == 0
    assert main([*words, "--precision", "detection=0.05"]) == 2
