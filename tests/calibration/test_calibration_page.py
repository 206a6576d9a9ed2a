"""docs/calibration.md: its commands run, and its numbers are those they give."""

import json
import re
import shlex
from pathlib import Path

import pytest

from sim.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines]


def told(path: Path) -> list[str]:
    """Return estimates with intervals as the page has them."""
    fitted = json.loads((path / "calibration.json").read_text(encoding="utf-8"))
    ones = [[f"{one[part]:.4g}" for part in ("estimate", "low", "high")]
            for one in fitted["estimates"]]  # fmt: skip
    return [f"{value} ({low} to {high})" for value, low, high in ones]


def test_example_gives_the_numbers_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a page whose commands or numbers no longer hold."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    fit, check = commands()
    assert main(["-q", *fit]) == 0
    assert main(["-q", *check]) == 0
    assert main(["-q", *fit[:2], "--out", "all", "--trials", "0"]) == 0
    numbers = [*told(tmp_path / "outputs" / "osce"), *told(tmp_path / "all")]
    assert len(numbers) == 7
    assert [text for text in numbers if text not in PAGE] == []
