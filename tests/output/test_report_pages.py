"""Reports: made by the commands from what they left behind, and true to it."""

import html
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import main
from sim.cli.report import make_page
from sim.errors import InputError
from sim.output import comparison_tables
from sim.output.html.render import render
from sim.output.html.run import _shown
from sim.output.html.sweep import _title
from sim.output.values import value_text

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """
title = "A short case with <marks> & \\"quotes\\""
question = "Does the page say what was found?"

[run]
duration_days = 20            # short: a test

[violations]
rate_per_day = 20             # assumed

[violations.kinds.shelling]
mean_duration_min = 30        # assumed: half an hour

[monitors.male]
platform = "male"
count = 20                    # as above
patrol = "shuttle"

[support.patrols]
nation = "France"
count = 10                    # OSCE, page 7
"""
SWEEP = """
title = "Two factors"
question = "What do more drones bring?"
scenario = "small.toml"
replications = 2

[factors]
"monitors.male.count" = [10, 20]
"support.patrols.count" = [5, 10]

[constants]
"run.duration_days" = 10      # a test
"""


SIZING = ["--require", "detection_rate >= 0.4", "--vary", "monitors.male.count=4:40"]
SIZING += ["--max-replications", "40"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with the results of each command."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "more.toml").write_text(
        'extends = "small.toml"\n[monitors.male]\ncount = 40 # twice\n', encoding="utf-8"
    )
    (folder / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    small, more = str(folder / "small.toml"), str(folder / "more.toml")
    for command in (
        ["run", small, "--out", str(folder / "run")],
        ["compare", small, more, "--replications", "3", "--out", str(folder / "compare")],
        ["sweep", str(folder / "sweep.toml"), "--threads", "--out", str(folder / "sweep")],
        ["size", small, *SIZING, "--out", str(folder / "size")],
    ):
        assert main(["-q", *command]) == 0
    return folder


KINDS = ("run", "compare", "sweep", "size")
VOID = {"meta", "img", "link", "br", "hr"}


class Reader(HTMLParser):
    """Checks that elements close in order; keeps addresses and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.pictures: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [str(found[name]) for name in ("src", "href") if name in found]
        if tag == "img":
            self.pictures.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> str:
    """Return the text of a page."""
    body = page[page.index("<body>") :]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_stands_alone(home: Path, kind: str) -> None:
    """Catches a page that needs the network or other files, or that a browser has to mend."""
    assert main(["-q", "report", str(home / kind)]) == 0
    page = (home / kind / "report.html").read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.addresses
    assert all(address.startswith("data:image/svg+xml;base64,") for address in reader.addresses)
    assert all(picture["alt"] for picture in reader.pictures)
    assert "url(" not in page
    text = read(page)
    for heading in ("Limits", "How to reproduce", "Assumptions and their sources"):
        assert heading in text


def test_the_answer_of_a_run_is_its_measures(home: Path) -> None:
    """Catches a sentence that says another number than the results."""
    summary = json.loads((home / "run" / "summary.json").read_text(encoding="utf-8"))["measures"]
    answer = make_page(home / "run").answer[0]
    assert f"Of {summary['n_violations']:,.0f} violations" in answer
    assert f"{100 * summary['detection_rate']:.0f} % were detected" in answer


def test_help_on_land_is_told_by_name_where_there_is_help_elsewhere(tmp_path: Path) -> None:
    """Catches boats, aircraft and cars in one time, in the answer or in the table below it."""
    scenario = tmp_path / "days.toml"
    base = ROOT / "configs" / "baseline.toml"
    scenario.write_text(f'extends = "{base}"\n[run]\nduration_days = 6\n', encoding="utf-8")
    assert main(["-q", "run", str(scenario), "--out", str(tmp_path / "run")]) == 0
    measures = json.loads((tmp_path / "run" / "summary.json").read_text("utf-8"))["measures"]
    page = make_page(tmp_path / "run")
    reached = measures["answered_share[domain=land]"]
    assert f"support reached {100 * reached:.0f} % of those on land" in page.answer[0]
    mean = measures["response_time_restricted_mean_min[domain=land]"]
    assert value_text("response_time_restricted_mean_min", mean) in page.answer[0]
    labels = [row[0] for row in page.grids[0].rows]
    assert "Answered, of all, land" in labels
    assert "Answered, of all" not in labels


def test_the_answer_of_a_comparison_is_its_table(home: Path) -> None:
    """Catches scenarios that change places, and differences of another measure."""
    table = pd.read_csv(home / "compare" / "comparison.csv").set_index(["scenario", "measure"])
    base, own = table.loc[("small", "detection_rate")], table.loc[("more", "detection_rate")]
    answer = make_page(home / "compare").answer[0]
    before, after = (f"{100 * row['mean']:.1f} %" for row in (base, own))
    assert f"detection rate goes from {before} to {after}" in answer
    bounds = f"[{100 * own['difference_low']:.1f}, {100 * own['difference_high']:.1f}]"
    assert f"(difference {100 * own['difference']:+.1f} {bounds} percentage points)" in answer


@pytest.mark.parametrize("replications", [1, 2, 20])
def test_screen_markdown_and_page_of_a_comparison_show_the_same(
    home: Path, replications: int
) -> None:
    """Catches an interval, a star, a digit or a number of runs that one output shows alone."""
    out = home / f"compare-{replications}"
    files = [str(home / "small.toml"), str(home / "more.toml")]
    options = ["--replications", str(replications), "--out", str(out)]
    assert main(["-q", "compare", *files, *options]) == 0
    lines = (out / "comparison.md").read_text(encoding="utf-8").replace("\\*", "*").splitlines()
    table = [line[2:-2].split(" | ") for line in lines if line.startswith("| ")]
    (grid,) = make_page(out).grids
    assert [list(grid.heads), *map(list, grid.rows)] == [table[0], *table[2:]]
    (screen,) = comparison_tables(pd.read_csv(out / "comparison.csv"), replications, 200)
    shown = [list(column.cells) for column in screen.columns]
    assert [list(row) for row in zip(*shown, strict=True)] == table[2:]
    assert lines[-1] == grid.note == screen.caption
    has_intervals = any("[" in cell for row in table[2:] for cell in row[1:])
    assert has_intervals == (replications > 1)
    if replications != 2:  # two pairs may tell something apart, or not
        assert any("*" in row[-1] for row in table[2:]) == has_intervals
    page = read(render(make_page(out)))
    assert all(cell in page for row in table[2:] for cell in row)


def test_the_answer_of_a_sweep_is_its_summary(home: Path) -> None:
    """Catches the lowest and the highest point taken for each other."""
    summary = pd.read_parquet(home / "sweep" / "summary.parquet")
    answer = make_page(home / "sweep").answer
    low, high = summary["detection_rate_mean"].min(), summary["detection_rate_mean"].max()
    assert f"detection rate lies between {100 * low:.1f} ".lower() in answer[0].lower()
    assert f" and {100 * high:.1f} " in answer[0]
    assert all(sentence.count(" lies between ") == 1 for sentence in answer[:-1])
    assert "8 runs at 4 design points" in answer[-1]


def test_measures_by_domain_stand_where_the_pooled_one_would() -> None:
    """Catches measures of support that stand at the end, away from their group."""
    pooled, land, sea = (f"answered_share{of}" for of in ("", "[domain=land]", "[domain=sea]"))
    given = {"detection_rate": 0.5, pooled: 0.4, "n_violations": 9.0, land: 0.3, sea: 0.2}
    assert list(_shown(given)) == ["detection_rate", land, sea, "n_violations"]


def test_titles_of_times_name_no_unit_that_the_axis_does_not_have() -> None:
    """Catches "(min)" over an axis in hours."""
    time = "response_time_restricted_mean_min"
    assert "min" not in _title(f"{time}_map", [time]).split("(")[-1]
    assert _title(f"{time}_curve", [time]).endswith(", curve")


def test_the_answer_of_a_sizing_is_its_claim(home: Path) -> None:
    """Catches a page that claims more than the search did."""
    found = json.loads((home / "size" / "sizing.json").read_text(encoding="utf-8"))
    assert make_page(home / "size").answer[0] == found["claim"]


def test_every_value_has_its_source(home: Path) -> None:
    """Catches a comment that is lost, or stands beside another value."""
    (_, rows), *_ = make_page(home / "run").assumptions
    found = {row.key: (row.value, row.source) for row in rows}
    assert found["violations.kinds.shelling.mean_duration_min"] == (
        "30 min",
        "assumed: half an hour",
    )
    assert found["support.patrols.count"] == ("10 units", "OSCE, page 7")
    assert found["monitors.male.count"] == ("20 monitors", "as above (assumed: half an hour)")
    assert "no source" in found["monitors.male.patrol"][1]
    assert "title" not in found
    more = dict(make_page(home / "compare").assumptions)["more"]
    assert {row.key: row.source for row in more}["monitors.male.count"] == "twice"
    (_, rows), *_ = make_page(home / "sweep").assumptions
    found = {row.key: (row.value, row.source) for row in rows}
    assert found["run.duration_days"] == ("10 days", "a test")
    assert found["monitors.male.count"][1] == "varied in this sweep"


def test_marks_of_html_are_text(home: Path) -> None:
    """Catches a title that is taken for HTML."""
    page = render(make_page(home / "run"))
    assert "<marks>" not in page
    assert "&lt;marks&gt; &amp;" in page


def test_the_command_of_a_sizing_can_be_typed_again(home: Path) -> None:
    """Catches a line that the shell or the command would refuse."""
    import shlex

    (line,) = make_page(home / "size").commands
    words = shlex.split(line)
    assert words[:2] == ["ceasefire", "size"]
    from sim.cli.main import make_parser

    options = make_parser().parse_args(words[1:])
    assert options.require == ["detection_rate >= 0.4"]


def test_figures_are_readable_svg(home: Path) -> None:
    """Catches a figure that was cut off on its way into the page."""
    from base64 import b64decode

    reader = Reader()
    reader.feed(render(make_page(home / "run")))
    for address in reader.addresses:
        ET.fromstring(b64decode(address.partition(",")[2]))  # noqa: S314 - our own figure


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "no such directory"),
        (lambda folder: folder.mkdir(), "holds no results"),
        (lambda folder: spoil(folder, "{"), "not valid JSON"),
        (lambda folder: spoil(folder, "[]"), "holds no JSON object"),
        (lambda folder: spoil(folder, '{"kind": "lunch"}'), "holds no results of one of these"),
        (lambda folder: spoil(folder, '{"kind": "run"}'), "summary.json is missing"),
    ],
)
def test_a_bad_directory_is_one_line(tmp_path: Path, make, message: str) -> None:
    """Catches a traceback for a folder that is none of ours, or damaged."""
    make(tmp_path / "there")
    with pytest.raises(InputError, match=message):
        make_page(tmp_path / "there")
    assert main(["report", str(tmp_path / "there")]) == 2


def spoil(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text(text, encoding="utf-8")
