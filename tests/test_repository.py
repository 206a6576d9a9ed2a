"""Rules that hold for every file of the repository."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 500
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]

# Put together from pieces, so that this file does not hold what it forbids.
FORBIDDEN = [
    "".join(pieces)
    for pieces in [
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("conda", ".anaconda.org"),
        ("deb.", "debian.org"),
        ("index", "-url"),
        ("find", "-links"),
        ("file:/", "//"),
        ("/ro", "ot/"),
        ("/wo", "rk/"),
        ("/op", "t/"),
        ("/ho", "me/"),
        ("/Us", "ers/"),
    ]
]


@cache
def repository_files() -> list[Path]:
    """Files that git keeps, or would keep."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("text", FORBIDDEN)
def test_no_file_names_a_registry_or_a_machine(text: str) -> None:
    """Catches an address or a path that holds on one machine only."""
    found = [path for path in repository_files() if text.encode() in path.read_bytes()]
    assert found == []


def test_modules_are_short() -> None:
    """Catches a module that has grown past the size that can be read in one go."""
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "sim").rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_pin_is_a_name_and_a_version() -> None:
    """Catches addresses, local paths, ranges and packages pinned twice in constraints.txt."""
    assert [pin for pin in PINS if not re.fullmatch(r"[a-z0-9._-]+==[a-z0-9.]+", pin)] == []
    names = [normalise(pin.split("==")[0]) for pin in PINS]
    assert len(names) == len(set(names))


def test_every_dependency_is_pinned() -> None:
    """Catches a dependency that was added without `make constraints`."""
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        wanted += extra
    names = {normalise(re.split(r"[\[<>=!~; ]", text)[0]) for text in wanted}
    assert names <= {normalise(pin.split("==")[0]) for pin in PINS}


def test_build_backend_is_the_pinned_one() -> None:
    """Catches a wheel that is built with another backend than the tests use."""
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend in PINS
    assert backend in PROJECT["project"]["optional-dependencies"]["dev"]
