"""Hostile and damaged input, case by case: what was once a traceback, a hang or a wrong result."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from driving import drive, judge

from sim.errors import InputError
from sim.experiment import SweepDesign, load_results, perform
from sim.experiment.engine import Engine
from sim.experiment.formula import MOST_LETTERS, MOST_LEVELS, Formula
from sim.experiment.merge import merge_results, sweep_status
from sim.experiment.sensitivity import measure_faults, sensitivity
from sim.experiment.store import part_files
from sim.manifest import check_files, read_manifest, write_manifest
from sim.scenario import Scenario
from sim.scenario.loading import MOST_EXTENDED
from sim.sizing.factors import read_factor
from sim.sizing.requirements import read_requirement

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
MINIMAL = CONFIGS / "minimal.toml"


def _refused(path: Path, words: str) -> None:
    answer = drive("check", path)
    assert not judge(answer)
    assert re.search(words, answer.err), answer.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-" * 500 + "x", "levels"),
        ("+".join(["x"] * (MOST_LEVELS + 1)), "levels"),
        ("x" + " " * MOST_LETTERS, "characters"),
        ("(" * 300 + "x" + ")" * 300, "must be made of"),
        ("x * 1e999", "too large"),
        ("x * " + "9" * 400, "too large"),
        ("x / 1e-320", "is no finite number at x = 4"),
        ("1e308 * x - 1e308 * x", "is no finite number"),
        ("x / 0", "divides by zero at x = 4"),
        ("2if x else 3", "must be made of"),
        ("True", "must be made of"),
        ("x.__class__", "is no factor"),
        ("(x + 1).y", "must be made of"),
    ],
)
def test_formulas_have_limits(text: str, words: str) -> None:
    """Catch a formula that ends in a traceback, or in an infinite value."""
    with pytest.raises(InputError, match=re.escape(words)):
        Formula(text, ["x"], "derived.k").of({"x": 4})


def test_formulas_within_the_limits_are_computed() -> None:
    """Catch limits that refuse what people write."""
    assert Formula("(" * 90 + "x" + ")" * 90, ["x"], "k").of({"x": 4}) == 4.0
    assert Formula("+".join(["x"] * MOST_LEVELS), ["x"], "k").of({"x": 4}) == 4.0 * MOST_LEVELS
    assert Formula(" 2*a.b.count/-4 ", ["a.b.count"], "k").of({"a.b.count": 6}) == -3.0


@pytest.mark.parametrize(
    "span", ["1:99999999999999999999", "1:" + "9" * 5000, "5:6:99999999999999999999"]
)
def test_ranges_of_sizes_have_limits(span: str) -> None:
    """Catch a range of sizes that overflows."""
    with pytest.raises(InputError, match="at most 9 digits"):
        read_factor(f"monitors.male.count={span}", Scenario.load(MINIMAL))


@pytest.mark.parametrize("limit", ["1e999", "1e16", "9" * 5000])
def test_limits_of_requirements_are_numbers(limit: str) -> None:
    """Catch a limit at infinity, which every force keeps and no figure can show."""
    with pytest.raises(InputError, match="must be at most"):
        read_requirement(f"detection_delay_mean_min <= {limit}")


@pytest.mark.parametrize(
    "name",
    ["point", "error", "seed", "runs", "replication", "failed", "detection_rate",
     "detection_rate_mean", "n_violations_low"],
)  # fmt: skip
def test_factors_are_not_named_like_results(name: str) -> None:
    """Catch a factor that takes the place of a column of the results."""
    design = {
        "scenario": Scenario.load(MINIMAL),
        "factors": {name: [4, 8]},
        "variables": [name],
        "derived": {"monitors.male.count": name},
    }
    with pytest.raises(InputError, match=f"factors.{name}: is the name of a column"):
        SweepDesign.from_dict(design)


@pytest.mark.parametrize(
    ("factors", "replications", "words"),
    [
        ({"monitors.male.count": {"from": 1, "to": 10**30, "step": 1}}, 1, "1.00e.30 values"),
        ({"run.warmup_days": {"from": 1, "to": 99999, "step": 1},
          "violations.rate_per_day": {"from": 1, "to": 99999, "step": 1}}, 1, "at most 1,000,000"),
        ({"violations.rate_per_day": {"from": 1, "to": 1000, "step": 1}}, 10**6, "replications"),
    ],
)  # fmt: skip
def test_designs_have_limits(factors: dict[str, object], replications: int, words: str) -> None:
    """Catch a design that fills the memory, or that takes for ever to be checked."""
    scenario = Scenario.load(MINIMAL)
    with pytest.raises(InputError, match=words):
        SweepDesign.from_dict(
            {"scenario": scenario, "factors": factors, "replications": replications}
        )


@pytest.mark.parametrize(
    "spec",
    [
        {"low": 4, "high": 10**20, "integer": True},
        {"low": 1, "high": 10**400},
        {"low": -1e308, "high": 1e308},
        {"distribution": "normal", "mean": 1e308, "sd": 1e308},
        {"distribution": "lognormal", "median": 1, "sigma": 1e300},
        {"distribution": "normal", "mean": 1, "sd": 1e-320, "low": 50, "high": 60},
    ],
)
def test_distributions_have_limits(spec: dict[str, object]) -> None:
    """Catch a distribution that ends in a warning of NumPy, or draws what is no number."""
    with pytest.raises(InputError, match=r"must be a number from|cannot be drawn from"):
        SweepDesign.from_dict(
            {
                "scenario": Scenario.load(MINIMAL),
                "design": "random",
                "samples": 3,
                "factors": {"violations.rate_per_day": spec},
            }
        )


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_dates_are_of_our_time(tmp_path: Path, day: str) -> None:
    """Catch days at the ends of the calendar, from which a run cannot count on."""
    path = tmp_path / "s.toml"
    path.write_text(MINIMAL.read_text("utf-8") + f"\n[run]\nstart_date = {day}\n", "utf-8")
    _refused(path, f"start_date = {day}: must be a date from 1900-01-01 to 2200-12-31")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Catch a command that waits for a pipe, or reads a device or a huge file."""
    os.mkfifo(tmp_path / "pipe.toml")
    _refused(tmp_path / "pipe.toml", "is a pipe or a device")
    _refused(Path("/dev/zero"), "is a pipe or a device")
    _refused(tmp_path, "is a directory")
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(100_000_000)
    _refused(tmp_path / "huge.toml", "has 100 MB; at most 8 MB are read")
    for line in ("pipe.toml", "."):
        path = tmp_path / "line.toml"
        path.write_text(MINIMAL.read_text("utf-8") + f'\n[line]\nfile = "{line}"\n', "utf-8")
        _refused(path, "is not a file")


def test_chains_of_scenarios_have_limits(tmp_path: Path) -> None:
    """Catch a chain of 1,500 files that ends in a traceback, and a short one that is refused."""
    for number in range(1500):
        text = f'extends = "{number + 1}.toml"\n'
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "1500.toml").write_text(MINIMAL.read_text("utf-8"), encoding="utf-8")
    _refused(tmp_path / "0.toml", f"extends more than {MOST_EXTENDED} files in a row: 0.toml -> 1")
    assert judge(drive("check", tmp_path / f"{1500 - MOST_EXTENDED}.toml"))
    (tmp_path / "1500.toml").write_text('extends = "1499.toml"\n', encoding="utf-8")
    _refused(tmp_path / "1499.toml", "goes round in a circle: 1499.toml -> 1500.toml -> 1499.toml")


@pytest.mark.parametrize("ending", ["", "/below"])
def test_results_need_a_folder(tmp_path: Path, ending: str) -> None:
    """Catch a computation whose results cannot be written, and an output name that is a riddle."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    out = f"{tmp_path / 'file'}{ending}"
    for words in (("run", MINIMAL), ("animate", MINIMAL)):
        target = out if words[0] == "run" else f"{out}/film.gif"
        answer = drive(*words, "--out", target)
        assert not judge(answer)
        assert ".tmp-" not in answer.err
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def _prepare(scenario: Scenario) -> int:
    return int(scenario.monitors["male"].count)


def _run(plan: int, seed: int) -> dict[str, float]:
    draw = float(np.random.default_rng(seed).random())
    return {"detection_rate": plan / (plan + 10.0 + draw), "ceasefire_held": 1.0}


ENGINE = Engine(prepare=_prepare, run=_run)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Make a sweep of an engine that takes no time."""
    design = SweepDesign.from_dict(
        {
            "scenario": Scenario.load(MINIMAL),
            "design": "saltelli",
            "samples": 4,
            "replications": 2,
            "factors": {
                "monitors.male.count": {"low": 4, "high": 40, "integer": True},
                "violations.rate_per_day": {"low": 4.0, "high": 40.0},
            },
        }
    )
    perform(design, tmp_path / "sweep", engine=ENGINE, workers=1)
    return tmp_path / "sweep"


WRONG = [
    ("points", None), ("points", "x"), ("points", -1), ("points", 10**30), ("points", True),
    ("replications", 1e300), ("replications", []), ("runs", 7), ("planned", [1]),
    ("planned", [9] * 16), ("planned", {}), ("duration_s", "long"), ("duration_s", float("nan")),
    ("identity", None), ("identity", 3), ("design", []), ("digest", 3), ("started", 5),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), WRONG)
@pytest.mark.parametrize("sum_holds", [True, False])
def test_damaged_manifests_are_refused(
    results: Path, key: str, value: object, *, sum_holds: bool
) -> None:
    """Catch a manifest that lacks what is needed: a traceback, or counts that are not so."""
    manifest = json.loads((results / "manifest.json").read_text("utf-8"))
    manifest[key] = value
    if value is None:
        del manifest[key]
    if sum_holds:
        manifest.pop("checksum")
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for words in (
        ("status", results),
        ("export", results, "--csv", results / "x.csv"),
        ("merge", results, "--out", results.parent / "merged"),
        ("sensitivity", results),
    ):
        answer = drive(*words)
        assert not judge(answer), words
        assert f"{results}/manifest.json: is damaged" in answer.err
    assert not (results.parent / "merged").exists()
    assert not (results / "x.csv").exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '{"a":' * 100_000, "9" * 9000])
def test_manifests_that_are_no_json_are_refused(results: Path, text: str) -> None:
    """Catch a traceback from a manifest that was cut short, or is nested without end."""
    (results / "manifest.json").write_text(text, encoding="utf-8")
    for words in (("status", results), ("report", results), ("merge", results, "--out", "x")):
        answer = drive(*words)
        assert not judge(answer)
        assert "manifest.json: " in answer.err


def test_every_flipped_byte_of_a_manifest_shows(tmp_path: Path) -> None:
    """Catch a wrong digit in a manifest that is taken for the right one."""
    write_manifest(tmp_path, {"kind": "run", "seed": 17, "at": 0.1, "none": float("nan")})
    path = tmp_path / "manifest.json"
    content, sound = path.read_bytes(), read_manifest(tmp_path)
    assert sound == {"kind": "run", "seed": 17, "at": 0.1, "none": None}
    for place in range(len(content)):
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        path.write_bytes(flipped)
        try:
            found = read_manifest(tmp_path)
        except InputError:
            continue
        assert found is not None
        assert {key: found.get(key) for key in sound} == sound, flipped


def test_every_flipped_byte_of_a_part_shows(results: Path) -> None:
    """Catch wrong numbers in a part that are taken for the right ones."""
    part, sound = part_files(results)[0], load_results(results)
    content = part.read_bytes()
    for place in range(0, len(content), 13):
        part.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            found = load_results(results)
        except InputError as error:
            assert "is damaged" in str(error)  # noqa: PT017 - some flips change nothing
            continue
        assert found.equals(sound), place


def test_parts_with_other_runs_are_refused(results: Path) -> None:
    """Catch runs of points that the sweep does not have, which ended in an IndexError."""
    part = part_files(results)[0]
    table = pq.read_table(part)
    beyond = [value + 10**6 for value in table["point"].to_pylist()]
    pq.write_table(table.set_column(0, "point", [beyond]).replace_schema_metadata({}), part)
    for read in (sweep_status, load_results):
        with pytest.raises(InputError, match=r"is damaged \(point must be from 0 to 15"):
            read(results)
    with pytest.raises(InputError, match="is damaged"):
        merge_results([results], results.parent / "merged")
    assert not (results.parent / "merged").exists()


def test_export_of_no_runs_is_refused(results: Path) -> None:
    """Catch an empty table that is handed over as the runs of a sweep."""
    for part in part_files(results):
        part.unlink()
    answer = drive("export", results, "--csv", results / "x.csv")
    assert not judge(answer)
    assert "holds no runs" in answer.err


def test_tables_that_were_changed_show(tmp_path: Path) -> None:
    """Catch a report of numbers that someone, or a disk, changed."""
    (tmp_path / "summary.json").write_text('{"a": 1}', encoding="utf-8")
    write_manifest(tmp_path, {"kind": "run"}, files=tmp_path.iterdir())
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    check_files(tmp_path, manifest)
    (tmp_path / "summary.json").write_text('{"a": 7}', encoding="utf-8")
    with pytest.raises(InputError, match=r"summary\.json: is damaged, or was changed"):
        check_files(tmp_path, manifest)


@pytest.mark.parametrize("name", ["summary.csv", "summary.parquet"])
def test_a_summary_that_was_changed_shows(tmp_path: Path, name: str) -> None:
    """Catch a report of a wrong digit, and tables of a sweep that no checksum covers."""
    sweep, out = tmp_path / "sweep.toml", tmp_path / "out"
    sweep.write_text(
        f'scenario = "{MINIMAL}"\nreplications = 2\n[factors]\n"run.duration_days" = [1, 2]\n'
    )
    again = ("sweep", sweep, "--threads", "--out", out, "-q")
    assert drive(*again).status == 0
    sound = (out / name).read_bytes()
    middle = len(sound) // 2
    (out / name).write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
    for words in (
        ("status", out),
        ("export", out, "--csv", tmp_path / "x.csv"),
        ("report", out, "--out", tmp_path / "x.html"),
        ("merge", out, "--out", tmp_path / "merged"),
    ):
        answer = drive(*words)
        assert not judge(answer), words
        assert f"{out / name}: is damaged, or was changed" in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "sweep.toml"]
    assert drive(*again).status == 0  # as the message says
    assert (out / name).read_bytes() == sound
    assert drive("status", out).status == 0


def test_a_measure_that_does_not_vary_is_named(results: Path) -> None:
    """Catch shares of no variance given as 0, with a warning of NumPy, or left out in silence."""
    found = sensitivity(results, ["ceasefire_held"])
    assert found[["first", "total"]].isna().all(axis=None)
    assert measure_faults(results, ["ceasefire_held"]) == {"ceasefire_held": "does not vary"}
    named = drive("sensitivity", results, "--measure", "ceasefire_held")
    assert named.status == 0
    assert "(ceasefire_held): does not vary" in named.out
    assert named.err == ""
    default = drive("sensitivity", results)
    assert default.status == 0
    assert "left out" in default.out
    assert "(answered_share): left out: is not in the sweep" in default.out
