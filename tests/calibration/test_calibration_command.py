"""`ceasefire calibrate`: what it writes, and that a scenario can be made from it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from planted import PLACED, empty_events, planted, spotted_scenario

from sim.calibration import Events
from sim.calibration.recovery import drawn_table, planted_scenario
from sim.cli.main import main
from sim.scenario import Scenario
from sim.setup.plan import build_plan

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "configs" / "data" / "osce_daily_counts.csv"
OSCE = ROOT / "configs" / "osce_2021.toml"


def test_counts_give_a_fragment_that_scenarios_extend(tmp_path: Path) -> None:
    """Catches a fragment that does not load, or that says other numbers than the JSON."""
    out = tmp_path / "out"
    assert main(["-q", "calibrate", str(SAMPLE), "--out", str(out)]) == 0
    fitted = json.loads((out / "calibration.json").read_text(encoding="utf-8"))
    mine = tmp_path / "mine.toml"
    mine.write_text(
        f'extends = "out/fragment.toml"\n{OSCE.read_text(encoding="utf-8")}'.replace(
            "rate_per_day = 233", ""
        )
        .replace("overdispersion_k = 2", "")
        .replace("branching_ratio = 0.25", ""),
        encoding="utf-8",
    )
    violations = Scenario.load(mine).violations
    rate, k = fitted["estimates"]
    assert violations.rate_per_day == pytest.approx(rate["estimate"], rel=1e-5)
    assert violations.overdispersion_k == pytest.approx(k["estimate"], rel=1e-5)
    assert violations.branching_ratio == 0.0
    assert {path.name for path in out.iterdir()} == {
        "calibration.json", "calibration.png", "calibration.svg", "fragment.toml", "manifest.json",
    }  # fmt: skip


def test_fragment_over_a_scenario_is_one_itself(tmp_path: Path) -> None:
    """Catches a fragment that loses the scenario it is laid over, or its phases."""
    out = tmp_path / "out"
    words = ["-q", "calibrate", str(SAMPLE), "--scenario", str(OSCE), "--split", "2021-03-01"]
    assert main([*words, "--out", str(out)]) == 0
    scenario = Scenario.load(out / "fragment.toml")
    assert scenario.monitors["s100"].count == 4
    assert [phase.from_day for phase in scenario.violations.phases] == [0.0, 206.0]
    assert main(["-q", "check", str(out / "fragment.toml")]) == 0


def test_each_number_says_where_it_comes_from(tmp_path: Path) -> None:
    """Catches a number in the fragment without table and interval beside it."""
    out = tmp_path / "out"
    main(["-q", "calibrate", str(SAMPLE), "--split", "2021-03-01", "--out", str(out)])
    text = (out / "fragment.toml").read_text(encoding="utf-8")
    numbers = [line for line in text.splitlines() if " = " in line and '"' not in line]
    assert numbers
    assert all("#" in line for line in numbers if not line.startswith("#"))
    assert text.count("osce_daily_counts.csv, n = 62: 95 % interval") == 3


def test_incidents_give_every_part_of_the_process(tmp_path: Path) -> None:
    """Catches a part of the process that is fitted and does not reach the fragment."""
    scenario = spotted_scenario()
    base = tmp_path / "base.toml"
    base.write_text(
        """title = "Two hot spots"
question = "Are they found?"
line.length_km = 300
[violations]
rate_per_day = 1
kinds.fire.mean_duration_min = 10
[violations.hot_spots]
west = { chainage_km = 8, share = 0.1, spread_km = 6 }
east = { chainage_km = 200, share = 0.1, spread_km = 4 }
""",
        encoding="utf-8",
    )
    plan = build_plan(planted_scenario(planted(PLACED), 30, scenario))
    table = drawn_table(plan, empty_events(30), True, 21)
    assert isinstance(table, Events)
    start = datetime(2021, 1, 1)
    rows = [
        f"{(start + timedelta(hours=hour)).isoformat()},{km:.4f}"
        for hour, km in zip(table.time_h, table.chainage_km, strict=True)
    ]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["datetime,chainage_km", *rows, ""]), encoding="utf-8")
    words = ["calibrate", str(path), "--scenario", str(base), "--trials", "1"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    violations = Scenario.load(tmp_path / "out" / "fragment.toml").violations
    fitted = json.loads((tmp_path / "out" / "calibration.json").read_text(encoding="utf-8"))
    by_key = {one["key"]: one["estimate"] for one in fitted["estimates"]}
    assert violations.hour_weights[20] == pytest.approx(
        by_key["violations.hour_weights.20"], rel=1e-3
    )
    assert violations.offspring_spread_km == pytest.approx(
        by_key["violations.offspring_spread_km"], rel=1e-4
    )
    assert violations.hot_spots["west"].share == pytest.approx(
        by_key["violations.hot_spots.west.share"], rel=1e-4
    )
    assert violations.hot_spots["west"].chainage_km == 8.0
    assert fitted["self_check"]["trials"] == 1


def test_a_record_longer_than_a_run_is_fitted_without_a_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a record of many years that is refused because no run may be as long."""
    path = tmp_path / "years.csv"
    rows = [f"{2000 + number}-06-01,{3 + number % 5}" for number in range(12)]
    path.write_text("\n".join(["date,count", *rows, ""]), encoding="utf-8")
    assert main(["-q", "calibrate", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "warning: no self-check: run.duration_days" in capsys.readouterr().err
    fitted = json.loads((tmp_path / "out" / "calibration.json").read_text(encoding="utf-8"))
    assert fitted["self_check"] is None


def test_bad_input_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Catches a folder that is left behind by a table that cannot be used."""
    path = tmp_path / "bad.csv"
    path.write_text("date,count\n2021-03-01,many\n", encoding="utf-8")
    assert main(["calibrate", str(path), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f'ceasefire: error: {path}: line 2, column count = "many": must be a whole number >= 0\n'
    )
    assert not (tmp_path / "out").exists()
