"""`ceasefire compare` from files to files, with the real engine."""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import main
from sim.results.measures import MEASURES, headline
from sim.scenario import Scenario

FILES = {
    "sources.json",
    *("runs.parquet", "comparison.csv", "comparison.md", "manifest.json"),
    *("differences.png", "differences.svg"),
}
MORE = '\nextends = "small.toml"\ntitle = "More"\n[support.patrols]\ncount = 6\n'
QUICK = ("--replications", "3")


@pytest.fixture
def pair(folder: Path) -> Path:
    """Give a working directory with a second scenario that has twice the units."""
    (folder / "more.toml").write_text(MORE, encoding="utf-8")
    return folder


def names(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


def test_compare_writes_all_and_says_so(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a result file that is missing, empty, untold, or not of the runs that were made."""
    assert main(["compare", "small.toml", "more.toml", *QUICK, "--seed", "5"]) == 0
    out = pair / "outputs" / "compare-small-more"
    assert names(out) == FILES
    shown, told = capsys.readouterr()
    assert all(f"outputs/compare-small-more/{name}" in shown for name in FILES)
    assert "more: More" in shown
    assert "more - small" in shown
    assert "6/6 runs" in told
    assert "note" not in told
    runs = pd.read_parquet(out / "runs.parquet")
    assert runs["scenario"].tolist() == ["small"] * 3 + ["more"] * 3
    assert runs["seed"].tolist() == [5, 6, 7] * 2
    assert set(MEASURES) < set(runs.columns)
    table = pd.read_csv(out / "comparison.csv")
    assert set(table["measure"]) <= set(headline([Scenario.load("small.toml")]))
    utilisation = table[table["measure"] == "unit_utilisation"].set_index("scenario")
    assert utilisation.loc["more", "difference"] < 0.0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["kind"], manifest["first_seed"], manifest["reference"]) == (
        *("comparison", 5), "small",
    )  # fmt: skip
    assert manifest["scenarios"]["more"]["support"]["patrols"]["count"] == 6
    assert "| Violations |" in (out / "comparison.md").read_text(encoding="utf-8")


def test_measures_are_chosen(pair: Path) -> None:
    """Catch a choice of measures that is not heeded, in its order or for all."""
    words = ["compare", "-q", "small.toml", "more.toml", *QUICK, "--out", "out", "--measures"]
    assert main([*words, "sorties, detection_rate"]) == 0
    table = pd.read_csv(pair / "out" / "comparison.csv")
    assert list(table["measure"].unique()) == ["sorties", "detection_rate"]
    assert main([*words, "all"]) == 0
    table = pd.read_csv(pair / "out" / "comparison.csv")
    assert len(table["measure"].unique()) > len(headline([Scenario.load("small.toml")]))
    some = "detection_rate[severity>=3], unit_utilisation"
    assert main([*words, some, "--window", "0.5:"]) == 0
    table = pd.read_csv(pair / "out" / "comparison.csv")
    asked = ["detection_rate[severity>=3,day>=0.5]", "unit_utilisation[day>=0.5]"]
    assert list(table["measure"].unique()) == asked


@pytest.mark.usefixtures("pair")
def test_quiet_comparison_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch output that fills the log of a cluster job."""
    assert main(["compare", "-q", "small.toml", "more.toml", *QUICK]) == 0
    assert capsys.readouterr() == ("", "")


def test_other_violations_are_told(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch silence where the seeds pair nothing."""
    text = MORE.replace("[support", "[run]\nduration_days = 2\n[violations]\nrate_per_day = 9\n[support")  # noqa: E501  # fmt: skip
    (pair / "other.toml").write_text(text, encoding="utf-8")
    assert main(["compare", "small.toml", "other.toml", *QUICK]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "note" in line]
    assert len(notes) == 2
    assert "other lasts 2 days and small 3" in notes[0]
    assert "draws other violations than small" in notes[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["small.toml"], "1 scenario given: a comparison takes two or more"),
        (["small.toml", "more.toml", "small.toml"], "small.toml: stands there twice"),
        (["small.toml", "missing.toml"], "missing.toml: there is no such file"),
        (["small.toml", "more.toml", "--measures", "sortie"], "did you mean sorties?"),
        (["small.toml", "more.toml", "--measures", ","], "no measure is named"),
        (["small.toml", "more.toml", "--out", "."], "holds no comparison"),
    ],
)
def test_mistakes_are_one_line_and_make_nothing(
    pair: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """Catch a traceback, several lines, status 1, or a directory made for nothing."""
    before = names(pair)
    assert main(["compare", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ceasefire: error: ")
    assert err.count("\n") == 1
    assert message in err
    assert names(pair) == before


@pytest.mark.usefixtures("pair")
def test_failed_runs_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch a table without a word on runs that failed, or one where nothing is left."""
    module = import_module("sim.results.outcome")
    run_measures = module.run_measures
    failing = {2}

    def fragile(plan: object, seed: int) -> Mapping[str, float]:
        if seed in failing:
            message = "boom"
            raise RuntimeError(message)
        measures: Mapping[str, float] = run_measures(plan, seed)
        return measures

    monkeypatch.setattr(module, "run_measures", fragile)
    words = ["compare", "-q", "small.toml", "more.toml", *QUICK]
    assert main(words) == 0
    assert capsys.readouterr().err == (
        "ceasefire: 2 of 6 runs failed; the first: RuntimeError: boom\n"
    )
    failing |= {1, 3}
    assert main(words) == 1
    assert "6 of 6 runs failed" in capsys.readouterr().err


def test_holding_is_drawn_where_ceasefires_collapse(
    pair: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch a figure that is left out, or that of an earlier comparison left behind."""
    module = import_module("sim.results.outcome")
    run_measures = module.run_measures
    words = ["compare", "-q", "small.toml", "more.toml", *QUICK, "--out", "out"]

    def collapse(plan: object, seed: int) -> Mapping[str, float]:
        end = 1.5 if seed == 2 else float("nan")
        return {**run_measures(plan, seed), "ceasefire_end_day": end}

    with monkeypatch.context() as patch:
        patch.setattr(module, "run_measures", collapse)
        assert main(words) == 0
    assert names(pair / "out") == FILES | {"holding.png", "holding.svg", "holding.csv"}
    assert main(words) == 0
    assert names(pair / "out") == FILES
