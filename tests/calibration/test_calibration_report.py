"""The report of a calibration: what was fitted, and how the table was read."""

import json
import re
import shlex
from html import unescape
from pathlib import Path

import pytest
from formats import FIRST, drawn, lines, places

from sim.cli.main import main, make_parser
from sim.cli.report import make_page
from sim.output.html.render import render

ROOT = Path(__file__).resolve().parents[2]
OSCE = ROOT / "configs" / "data" / "osce_daily_counts.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fit incidents at midnight, of which one row is there twice, and leave one out by --from."""
    home = tmp_path_factory.mktemp("calibration")
    record = drawn(9)
    rows = [f"{time:%d.%m.%Y} 00:00;{x};{y};<b>"
            for time, (x, y) in zip(record.times, places(record), strict=True)]  # fmt: skip
    rows = [f"{FIRST:%d.%m.%Y}".replace(".2021", ".2020") + " 00:00;1;1;<b>", rows[0], *rows]
    path = home / "a <table>.csv"
    path.write_text(lines("Date_Time;Longitude;Latitude;Notes", rows), encoding="utf-8")
    words = ["-q", "calibrate", str(path), "--from", "2021-03-01", "--trials", "2"]
    assert main([*words, "--out", str(home / "out")]) == 0
    return home / "out"


def test_the_page_says_how_the_table_was_read(folder: Path) -> None:
    """Catches a page without the columns, rows, resolution or what was left out; or with HTML."""
    assert main(["-q", "report", str(folder)]) == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<table>.csv" not in page
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])))
    used = len(drawn(9).times) + 1
    for words in (
        "Columns read datetime from Date_Time, lon from Longitude, lat from Latitude",
        "Columns not read Notes",
        f"Rows {used + 1} in the table, {used} used, over 45 days",
        "Left out 1 before 2021-03-01 (--from)",
        "Resolution day; every time is 00:00:00, which says the day alone",
        "Columns are separated by semicolons",
        "1 row is the same as an earlier one in every column",
        "Violations that nobody recorded are not in it",
    ):
        assert words in text


def test_the_answer_is_that_of_the_fit(folder: Path) -> None:
    """Catches a sentence with other numbers than the results."""
    found = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    rate, k = found["estimates"]
    answer = make_page(folder).answer[0]
    assert (
        f"rate per day {rate['estimate']:.4g} ({rate['low']:.4g} to {rate['high']:.4g})" in answer
    )
    assert f"overdispersion k {k['estimate']:.4g}" in answer
    rows = make_page(folder).grids[0].rows
    assert rows[0][-1] == "/".join(map(str, found["self_check"]["held"][rate["key"]]))


def test_the_command_can_be_typed_again(folder: Path) -> None:
    """Catches an option that is lost, so that the page names another fit."""
    (line,) = make_page(folder).commands
    options = make_parser().parse_args(shlex.split(line)[1:])
    assert options.table.name == "a <table>.csv"
    assert (str(options.first), options.trials, options.by_day) == ("2021-03-01", 2, False)


def test_reports_of_older_results_lack_only_the_reading(tmp_path: Path) -> None:
    """Catches results of before that can no longer be shown."""
    words = ["-q", "calibrate", str(OSCE), "--split", "2021-03-01", "--trials", "0"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    path = tmp_path / "calibration.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    del found["reading"]
    path.write_text(json.dumps(found), encoding="utf-8")
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    older = {key: value for key, value in manifest.items() if "checksum" not in key}
    (tmp_path / "manifest.json").write_text(json.dumps(older), encoding="utf-8")
    page = make_page(tmp_path)
    assert "rate per day in the first phase" in page.answer[0]
    assert f"{found['estimates'][1]['estimate']:.4g}" in render(page)
