"""Manifests and files: what a result was made with, whole or not at all."""

import json
import subprocess
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.files import atomic_file, json_text, staging
from sim.manifest import LIBRARIES, claim_directory, environment, git_state


def git(folder: Path, *words: str) -> None:
    """Call git with a name of its own."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def write_half(path: Path) -> None:
    """Begin a file and fail."""
    path.write_text("half", encoding="utf-8")
    message = "disk full"
    raise OSError(message)


def test_commit_and_changes_are_told(tmp_path: Path) -> None:
    """Catch a manifest that hides that the sources were changed after the commit."""
    assert git_state(tmp_path) is None
    git(tmp_path, "init")
    assert git_state(tmp_path) is None
    (tmp_path / "a.py").write_text("1", encoding="utf-8")
    git(tmp_path, "add", "a.py")
    git(tmp_path, "commit", "-m", "first")
    clean = git_state(tmp_path)
    assert clean is not None
    assert len(clean["commit"]) == 40
    assert not clean["dirty"]
    (tmp_path / "a.py").write_text("2", encoding="utf-8")
    assert git_state(tmp_path) == {"commit": clean["commit"], "dirty": True}


def test_commit_of_another_project_is_not_ours(tmp_path: Path) -> None:
    """Catch the commit of a user's project, in whose venv the package is installed."""
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "theirs")
    inside = tmp_path / "venv"
    inside.mkdir()
    assert git_state(inside) is None


def test_environment_names_all_libraries() -> None:
    """Catch a library whose distribution has another name, which would stand as null."""
    found = environment()
    assert all(found["libraries"][name] for name in LIBRARIES)
    assert found["python"].startswith("3.")


def test_directory_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Catch a run written over a sweep."""
    (tmp_path / "manifest.json").write_text('{"kind": "sweep"}', encoding="utf-8")
    with pytest.raises(InputError, match="holds a sweep, not a run"):
        claim_directory(tmp_path, "run")
    with pytest.raises(InputError, match="is a file"):
        claim_directory(tmp_path / "manifest.json", "run")
    assert claim_directory(tmp_path / "new" / "deep", "run") is None
    (tmp_path / "new" / "deep" / ".tmp-1-manifest.json").touch()  # as kill -9 leaves it
    assert claim_directory(tmp_path / "new" / "deep", "run") is None
    assert (tmp_path / "new" / "deep").is_dir()


def test_failure_leaves_old_file(tmp_path: Path) -> None:
    """Catch a file that is truncated when its replacement fails half-way."""
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="disk full"), atomic_file(path) as temporary:
        write_half(temporary)
    with pytest.raises(OSError, match="disk full"), staging(tmp_path) as folder:
        write_half(folder / "table.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]
    assert path.read_text(encoding="utf-8") == "old"


def test_json_has_no_nan() -> None:
    """Catch NaN, which JSON parsers refuse, for a measure that is undefined."""
    nan = float("nan")
    assert json.loads(json_text({"a": nan, "b": [nan, 1.5]})) == {"a": None, "b": [None, 1.5]}
