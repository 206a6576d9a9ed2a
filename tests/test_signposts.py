"""Paths and dotted names that pages, docstrings and comments point to."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = sorted(folder.name for folder in (ROOT / "sim").iterdir() if folder.is_dir())
TOP = ("sim", "tests", "docs", "scripts", "configs", "benchmarks", "notebooks")
PLACE = re.compile(
    rf"(?<![\w/.-])((?:{'|'.join((*TOP, *ROOMS))})/[\w/-]+\.(?:py|toml|md|ipynb|json))\b"
)
DOTTED = re.compile(r"\bsim(?:\.[A-Za-z_]\w*)+")
STANDS_FOR = re.compile(r"NAME\.py$|^sim/cli/count\.py$|^benchmarks/SCALE\.md$")
"""What stands for a file of the reader's own, or is written by what names it."""


def texts() -> list[Path]:
    """Return all pages, sources and notebooks but the changelog, which tells of what was."""
    found = subprocess.run(
        ["git", "ls-files", "*.md", "*.py", "*.ipynb", "*.toml"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name for name in found.stdout.split("\n") if name and name != "CHANGELOG.md"]
    return [ROOT / name for name in names if not name.startswith("tests/kernel/test_stale")]


def is_there(dotted: str) -> bool:
    """Tell whether a dotted name is a module, or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name) and name not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, name, None)
        return True
    return False


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    return {file: file.read_text(encoding="utf-8").replace("\\_", "_") for file in texts()}


def test_paths_lead_to_files(written: dict[Path, str]) -> None:
    """Catches a page or docstring that names a file which was moved or renamed."""
    missing = {
        f"{file.relative_to(ROOT)}: {place}"
        for file, text in written.items()
        for place in PLACE.findall(text)
        if not (ROOT / place).exists()
        and not (ROOT / "sim" / place).exists()
        and not (file.parent / place).exists()
        and not STANDS_FOR.search(place)
    }
    assert sorted(missing) == []


def test_dotted_names_are_defined(written: dict[Path, str]) -> None:
    """Catches a docstring that sends its reader to a module or function that is no more."""
    names = {
        (name, file.relative_to(ROOT))
        for file, text in written.items()
        for name in DOTTED.findall(text)
    }
    unknown = {name for name in {name for name, _ in names} if not is_there(name)}
    assert sorted(f"{file}: {name}" for name, file in names if name in unknown) == []
