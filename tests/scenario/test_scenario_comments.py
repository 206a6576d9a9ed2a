"""Comments beside values: read with the grammar of TOML, wherever they stand."""

from pathlib import Path

import pytest

from sim.scenario.comments import value_comments

BASE = """
[violations]
rate_per_day = 20.0  # of the base
branching_ratio = 0.2  # of the base, too
[[violations.phases]]
from_day = 0.0  # first of the base
[[violations.phases]]
from_day = 7.0  # second of the base
[monitors.male]
platform = "male"  # platform of the base
count = 7  # count of the base
"""
TEXT = """\
extends = "base.toml" # where from
title = \"\"\"a title # not a comment
second = 1  # nor this\"\"\"  # of the title
question = 'what # is \\'  # it's asked

[violations] # of the heading
# what the
# rate is
rate_per_day = 25.0  # source A
"hot # spot" . x = 1 # source B
feedback.enabled = true # dotted
[[violations.phases]]
from_day = 5.0  # source C
# between them
factor = 0.5    # source D

[support.patrols]
at_km = [ # opening
  10.0, # source G
  # a line
  20.0,
] # source H
names = ["a # b", '''c # d
e # f''', # behind names
  "g"]
bases = [
  { name = "x # y", lon = 30.0 }, # first base
  { name = "z", lon = 31.0 },
]
[[violations.phases]]
from_day = 9.0  # source E
factor = 0.2    # as above
rest = 1 # see above
[monitors]
male = { count = 20 } # source I
plain = 3
"quo.ted" = 4#tight
"""
RIGHT = {
    "title": "of the title",
    "question": "it's asked",
    "violations.rate_per_day": "source A",
    "violations.branching_ratio": "of the base, too",
    "violations.hot # spot.x": "source B",
    "violations.feedback.enabled": "dotted",
    "violations.phases.0.from_day": "source C",
    "violations.phases.0.factor": "source D",
    "violations.phases.1.from_day": "source E",
    "violations.phases.1.factor": "as above (source E)",
    "violations.phases.1.rest": "see above (between them)",
    "support.patrols.at_km": "opening; source G; a line; source H",
    "support.patrols.names": "behind names",
    "support.patrols.bases": "first base",
    "support.patrols.bases.1.lon": "first base",
    "monitors.male": "source I",
    "monitors.male.platform": "platform of the base",
    "monitors.male.count": "source I",
    "monitors.plain": "",
    "monitors.quo.ted": "tight",
}


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.toml").write_text("\ufeff" + TEXT.replace("\n", "\r\n"), encoding="utf-8")
    return value_comments(tmp_path / "own.toml")


@pytest.mark.parametrize("key", RIGHT)
def test_a_comment_stands_at_its_key(found: dict[str, str], key: str) -> None:
    """Catches tables of lists, lists over lines, quoted and dotted keys read as something else."""
    assert found[key] == RIGHT[key]


def test_nothing_is_read_from_within_text(found: dict[str, str]) -> None:
    """Catches keys and comments made of the lines of a text, and those of replaced lists."""
    assert not any("second" in key or "not a comment" in said for key, said in found.items())
    assert not any("of the base" in said for key, said in found.items() if "phases" in key)


def test_the_replaced_list_leaves_nothing(tmp_path: Path) -> None:
    """Catches the source of a phase that the scenario no longer has."""
    (tmp_path / "base.toml").write_text(BASE)
    (tmp_path / "own.toml").write_text(
        'extends = "base.toml"\n[violations]\nphases = [{ from_day = 0.0 }]  # one\n'
    )
    found = value_comments(tmp_path / "own.toml")
    assert {key: said for key, said in found.items() if "phases" in key} == {
        "violations.phases": "one",
        "violations.phases.0": "one",
        "violations.phases.0.from_day": "one",
    }
    assert found["monitors.male.count"] == "count of the base"
