"""Reading scenario files: extension, file references and files that cannot be used."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import Scenario
from sim.scenario.loading import merge, read_toml

MINIMAL = """
title = "test"
[violations]
rate_per_day = 1
[violations.kinds.shelling]
mean_duration_min = 30
[monitors.male]
platform = "male"
count = 2
patrol = "shuttle"
[monitors.masts]
platform = "camera_mast"
count = 3
patrol = "static"
"""


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file, with its folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Return the message with which a file is refused, of one line."""
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_extends_merges_tables(tmp_path: Path) -> None:
    """Catches a child that replaces a whole table instead of the keys it states."""
    write(tmp_path, "base.toml", MINIMAL)
    child = write(
        tmp_path,
        "child.toml",
        'extends = "base.toml"\ntitle = "child"\n[monitors.male]\ncount = 9\n',
    )
    scenario = Scenario.load(child)
    assert scenario.title == "child"
    assert scenario.monitors["male"].count == 9
    assert scenario.monitors["male"].patrol == "shuttle"
    assert scenario.monitors["masts"].count == 3


def test_extends_is_relative_to_each_file(tmp_path: Path) -> None:
    """Catches a chain of extensions that is resolved from the working folder."""
    write(tmp_path, "base.toml", MINIMAL)
    write(tmp_path, "a/mid.toml", 'extends = "../base.toml"\n[run]\nduration_days = 7\n')
    child = write(tmp_path, "b/child.toml", 'extends = "../a/mid.toml"\n')
    assert Scenario.load(child).run.duration_days == 7


def test_false_removes_an_inherited_group(tmp_path: Path) -> None:
    """Catches `hale = false` being refused, or leaving the group in."""
    write(tmp_path, "base.toml", MINIMAL)
    child = write(tmp_path, "child.toml", 'extends = "base.toml"\n[monitors]\nmasts = false\n')
    assert list(Scenario.load(child).monitors) == ["male"]


def test_a_list_replaces(tmp_path: Path) -> None:
    """Catches lists that are joined or merged by index."""
    phases = '[[violations.phases]]\nname = "{}"\nfrom_day = 0\nfactor = 2\n'
    write(tmp_path, "base.toml", MINIMAL + phases.format("first"))
    child = write(tmp_path, "child.toml", 'extends = "base.toml"\n' + phases.format("second"))
    assert [phase.name for phase in Scenario.load(child).violations.phases] == ["second"]


@pytest.mark.parametrize(
    "names", [("a.toml",), ("a.toml", "b.toml"), ("a.toml", "b.toml", "c.toml")]
)
def test_circles_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Catches endless recursion through files that extend each other."""
    for name, parent in zip(names, (*names[1:], names[0]), strict=True):
        write(tmp_path, name, f'extends = "{parent}"\n')
    assert "goes round in a circle: a.toml -> " in refusal(tmp_path / "a.toml")


def test_line_file_is_relative_to_the_file_that_states_it(tmp_path: Path) -> None:
    """Catches a line that is looked for next to the child instead of the parent."""
    write(tmp_path, "a/base.toml", MINIMAL + '[line]\nfile = "geo/line.geojson"\n')
    child = write(tmp_path, "b/child.toml", 'extends = "../a/base.toml"\n')
    assert Scenario.load(child).line.file == str(tmp_path / "a" / "geo" / "line.geojson")


def test_none_word_lifts_an_inherited_value(tmp_path: Path) -> None:
    """Catches an inherited line file that a child cannot get rid of."""
    write(tmp_path, "base.toml", MINIMAL + '[line]\nfile = "line.geojson"\n')
    child = write(
        tmp_path, "child.toml", 'extends = "base.toml"\n[line]\nfile = "none"\nlength_km = 100\n'
    )
    line = Scenario.load(child).line
    assert (line.file, line.length_km) == (None, 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"title = ", "is not valid TOML: Invalid value (at"),
        (b"[run\n", "line 1, column 5"),
        (b"title = '\xff'", "is not UTF-8 text (byte 9)"),
        (b"x = 1" + b"0" * 5000, "thousands of digits"),
        (b"x = " + b"[" * 20000, "nested too deeply"),
        (b"extends = 3", "extends = 3: must be the name of one file in quotes"),
        (b'extends = "no.toml"', "no.toml: there is no such file (extends in "),
        (b'extends = "\\u0000"', "cannot be the name of a file"),
        (b'[line]\nfile = "\\u0000"', "cannot be the name of a file"),
        (b"", "title is missing: must be text in quotes (and 1 more)"),
    ],
)
def test_unusable_files_are_named(tmp_path: Path, text: bytes, expected: str) -> None:
    """Catches a traceback, or a message that hides which file is at fault and where."""
    path = tmp_path / "bad.toml"
    path.write_bytes(text)
    message = refusal(path)
    assert "bad.toml" in message
    assert expected in message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """Catches an operating-system error that reaches the user raw."""
    assert refusal(tmp_path / "no.toml").endswith("no.toml: there is no such file")
    assert refusal(tmp_path).endswith("is a directory; a TOML file is needed")


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    """Catches files of Windows editors being refused."""
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbftitle = 'x'\r\n")
    assert read_toml(path) == {"title": "x"}


def test_merge_leaves_its_inputs_alone() -> None:
    """Catches a merge that edits the packaged library in place."""
    base = {"a": {"b": 1}, "c": [1]}
    over = {"a": {"d": 2}, "c": [2]}
    assert merge(base, over) == {"a": {"b": 1, "d": 2}, "c": [2]}
    assert base == {"a": {"b": 1}, "c": [1]}
