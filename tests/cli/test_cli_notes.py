"""What is told of the contact line before a study runs."""

import json

import pytest

from sim.cli.main import main

WORDS = {
    "run": ["run", "one.toml"],
    "sweep": ["sweep", "sweep.toml"],
    "compare": ["compare", "one.toml", "two.toml", "--replications", "2"],
    "size": ["size", "one.toml", "--require", "detection_rate >= 0.1",
             "--vary", "support.patrols.count=1:2", "--max-replications", "40"],
}  # fmt: skip


@pytest.fixture
def files(folder):
    """Write two scenarios and a sweep on a line that is joined from two pieces."""
    lines = [[[34.0, 48.0], [36.0, 48.0]], [[36.0, 48.0], [38.0, 48.1]]]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": c}}
        for c in lines
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "line.geojson").write_text(json.dumps(collection), encoding="utf-8")
    small = (folder / "small.toml").read_text(encoding="utf-8")
    text = small.replace("length_km = 100", 'file = "line.geojson"\nukrainian_side = "left"')
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "sweep.toml").write_text(
        'scenario = "one.toml"\nreplications = 1\n[factors]\n"support.patrols.count" = [1, 2]\n',
        encoding="utf-8",
    )
    return folder


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", WORDS)
def test_how_the_line_was_read_is_told_once(capsys, command) -> None:
    """Catches a command that joins pieces of a line without a word, or that repeats itself."""
    assert main(WORDS[command]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "line.geojson" in line]
    assert len(told) == 1
    assert told[0].endswith("2 lines that touch end to end are joined into one")
    assert main([*WORDS[command], "--quiet"]) == 0
    assert "joined" not in capsys.readouterr().err
