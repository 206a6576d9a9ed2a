"""`ceasefire size` and `ceasefire optimise`, from the command line to the files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import main
from sim.cli.report import make_page

SCENARIO = """
title = "Small"
[run]
duration_days = 3
[line]
length_km = 100
[violations]
rate_per_day = 40
[violations.kinds.shelling]
mean_duration_min = 30
[monitors.male]
platform = "male"
count = 4
patrol = "shuttle"
[support.patrols]
nation = "any"
count = 3
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working directory with a scenario of a millisecond a run."""
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_size_writes_what_it_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches tables, JSON and figure that are missing or speak of different answers."""
    words = ["size", "small.toml", "--require", "detection_rate >= 0.5", "--vary"]
    assert main([*words, "monitors.count=1:20", "--max-replications", "40", "--out", "out"]) == 0
    said = capsys.readouterr().out
    found = json.loads((folder / "out/sizing.json").read_text(encoding="utf-8"))
    assert found["claim"] in said
    table = pd.read_csv(folder / "out/sufficient.csv")
    assert table.to_dict(orient="records") == found["sufficient"]
    tested = pd.read_csv(folder / "out/evaluations.csv")
    assert tested["runs"].sum() == found["runs"]
    assert {path.name for path in (folder / "out").iterdir()} == {
        "evaluations.csv", "insufficient.csv", "manifest.json", "sizing.json", "sizing.png",
        "sizing.svg", "sources.json", "sufficient.csv",
    }  # fmt: skip


def test_two_sizes_with_cost(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a figure or table that only one size fits, and a cost that is not shown."""
    rules = ["--require", "detection_rate >= 0.5", "--require", "p90(response_time_min) <= 600"]
    sizes = ["--vary", "monitors.count=1:20", "--vary", "support.patrols.count=1:9"]
    formula = ["--cost", "3*monitors.count + support.patrols.count"]
    runs = ["--max-replications", "160", "--max-forces", "12"]
    assert main(["size", "small.toml", *rules, *sizes, *formula, *runs]) == 0
    assert "at a cost of" in capsys.readouterr().out
    assert (folder / "outputs/size-small/sizing.png").stat().st_size > 10_000


def test_no_force_suffices(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches an answer "none" that cannot be drawn or written: JSON knows no infinity."""
    words = ["size", "small.toml", "--require", "response_time_p90_min <= 1", "--vary"]
    cost = ["--cost", "monitors.count", "--max-replications", "40", "--out", "out"]
    assert main([*words, "monitors.count=0:3", *cost]) == 0
    said = capsys.readouterr().out
    assert "no force in range suffices: each was run." in said
    assert "<= 1: a time that some runs never reach, with every force run." in said

    def refuse(word: str) -> None:
        raise AssertionError(word)

    text = (folder / "out/sizing.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse)["least_cost"] is None


def test_what_is_given_is_kept_and_repeated(folder: Path) -> None:
    """Catches a condition that is lost between the question, the manifest and the report."""
    rule = ["--require", "detection_rate >= 0.5", "--vary", "monitors.count=1:9"]
    given = ["--given", "united_states.engagement=engaged", "--given", "run.duration_days=2"]
    words = [*rule, *given, "--max-replications", "40", "--out", "out", "--quiet"]
    assert main(["size", "small.toml", *words]) == 0
    found = json.loads((folder / "out/sizing.json").read_text(encoding="utf-8"))
    assert found["given"] == {"united_states.engagement": "engaged", "run.duration_days": 2}
    assert found["claim"].startswith("Given united_states.engagement = engaged, ")
    manifest = json.loads((folder / "out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["run"]["duration_days"] == 2
    (command,) = make_page(folder / "out").commands
    assert "--given united_states.engagement=engaged --given run.duration_days=2" in command


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--require", "detection_rat >= 1", "--vary", "monitors.count=1:2"], "detection_rate?"),
        (["--require", "detection_rate >= 1", "--vary", "monitors.mal.count=1:2"], "mean male?"),
        (["--require", "detection_rate >= 1", "--vary", "monitors.male.count"], "must be like"),
    ],
)
def test_mistakes_end_with_status_two_and_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a mistake answered with a traceback, or found only after runs were made."""
    assert main(["size", "small.toml", *words]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(("ceasefire: error: small.toml: ", "ceasefire: error: --vary "))
    assert message in error


def test_optimise_writes_front_and_figure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a front that holds other forces than the trials."""
    pytest.importorskip("optuna")
    aims = ["--maximise", "detection_rate", "--minimise", "cost", "--cost", "monitors.count"]
    words = ["--vary", "monitors.count=1:20", "--trials", "8", "--replications", "2"]
    assert main(["optimise", "small.toml", *aims, *words, "--out", "out"]) == 0
    assert "8 trials with seeds 1 to 2" in capsys.readouterr().out
    trials, front = (pd.read_csv(folder / f"out/{name}.csv") for name in ("trials", "front"))
    assert set(front["monitors.count"]) == set(trials[trials["on_front"]]["monitors.count"])
    assert (folder / "out/pareto.svg").exists()
