"""The page on mechanisms, against the page that describes them."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "mechanisms.md").read_text(encoding="utf-8")
MISSION = (DOCS / "mission.md").read_text(encoding="utf-8")


def test_every_mechanism_is_shown() -> None:
    """Catches a part of the mission that no experiment varies, and a figure in no section."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.MULTILINE)[1:]
    shown = {head for head, text in zip(parts[::2], parts[1::2], strict=True) if "![" in text}
    assert shown >= set(re.findall(r"^## (.*)$", MISSION, re.MULTILINE))


def test_figures_of_the_page_are_those_of_the_folder() -> None:
    """Catches a figure that is named but missing, and one that no section shows any longer."""
    named = re.findall(r"!\[[^\]]*\]\((images/mechanisms/[^)]+)\)", PAGE)
    there = [path.relative_to(DOCS).as_posix() for path in DOCS.glob("images/mechanisms/*")]
    assert sorted(named) == sorted(there)
