"""No machine code is used that the present sources did not make, wherever it can be kept.

The tests copy the kernel into a package of its own, with a few rules in the other folders, so that
compiling takes a second and sources can be edited.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SIM = Path(__file__).resolve().parents[2] / "sim"
RULES = {
    "rules/rule.py": """
from sim.kernel.compile import compiled
from sim.scenario.limits import LIMIT

@compiled
def rule(x):
    return x + 1.0 + LIMIT
""",
    "scenario/limits.py": "LIMIT = 100.0\n",
    "results/measures/sums.py": """
from sim.kernel.compile import compiled

@compiled
def total(x):
    return x + 1000.0
""",
    "calibration/law.py": """
from sim.kernel.compile import compiled

@compiled
def law(x):
    return x + 10000.0
""",
    "engine/run.py": """
from sim.rules.rule import (rule)
from sim.calibration.law import law
from sim.kernel.compile import compiled, handler
from sim.results.measures.sums import total

@handler
def run(x):
    return law(total(rule(x)))
""",
}
RUN = "from sim.engine.run import run; print(run(0.0), sum(run.stats.cache_hits.values()))"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return the root of a package of its own, with the kernel of this one."""
    root = tmp_path / "root"
    shutil.copytree(SIM / "kernel", root / "sim" / "kernel", ignore=lambda *_: ["__pycache__"])
    (root / "sim" / "__init__.py").touch()
    for name, text in RULES.items():
        file = root / "sim" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        for folder in (file.parent, file.parent.parent):
            (folder / "__init__.py").touch()
        file.write_text(text)
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    return root


def run(package: Path, *, code: str = RUN, **places: str) -> tuple[str, str]:
    """Run code with the package; return what it prints, and its errors."""
    names = ("CEASEFIRE_CACHE_DIR", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=package,
        env={**kept, "TMPDIR": str(package.parent / "temporary"), **places},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip(), found.stderr


def code_files(folder: Path) -> list[Path]:
    return [*folder.rglob("*.nbi"), *folder.rglob("*.nbc")]


UNWRITABLE = {
    "chosen": {"CEASEFIRE_CACHE_DIR": "{file}/cache"},
    "a file": {"CEASEFIRE_CACHE_DIR": "{file}"},
    "usual": {"XDG_CACHE_HOME": "{file}/cache"},
    "home": {"HOME": "{file}"},
    "Numba's": {"HOME": "{file}", "NUMBA_CACHE_DIR": "{package}/sim"},
}


def test_where_the_cache_cannot_be_written_code_is_kept_apart(package: Path) -> None:
    """Catches code that Numba writes beside the sources, and runs after they have changed.

    All of these fall back on one folder, so what the first keeps the others find.
    """
    places = [
        {
            key: value.format(file=package.parent / "file", package=package)
            for key, value in settings.items()
        }
        for settings in UNWRITABLE.values()
    ]
    assert run(package, **places[0]) == ("11101.0 0", "")
    for settings in places:
        assert run(package, **settings) == ("11101.0 1", "")
    assert not code_files(package)
    rule = package / "sim/rules/rule.py"
    rule.write_text(rule.read_text().replace("1.0", "2.0"))
    assert run(package, **places[0]) == ("11102.0 0", "")
    (folder,) = (package.parent / "temporary").iterdir()
    assert code_files(folder)
    assert folder.stat().st_mode & 0o077 == 0


def test_an_edit_anywhere_reaches_the_caller(package: Path, tmp_path: Path) -> None:
    """Catches code of a caller that is kept although a rule or a constant elsewhere has changed."""
    places = {"CEASEFIRE_CACHE_DIR": str(tmp_path / "cache")}
    assert run(package, **places) == ("11101.0 0", "")
    assert run(package, **places) == ("11101.0 1", "")
    for number, name in enumerate([*RULES][:-1], start=1):
        file, old = package / "sim" / name, RULES[name]
        before = file.stat()
        file.write_text(old.replace("0.0", "3.0") if "0.0" in old else old.replace("1.0", "4.0"))
        assert file.stat().st_size == before.st_size
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # as an unpacked archive may do
        shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)
        assert run(package, **places) == (f"{11101.0 + 3.0 * number} 0", ""), name
    for name, old in RULES.items():
        (package / "sim" / name).write_text(old)
    assert run(package, **places)[0].startswith("11101.0")


def test_without_any_place_code_is_not_kept(package: Path) -> None:
    """Catches an engine that does not start, or writes beside its sources, for want of a folder."""
    nowhere = str(package.parent / "file" / "x")
    code = f"import tempfile; tempfile.tempdir = {nowhere!r}; {RUN}"
    for _ in range(2):
        assert run(package, code=code, CEASEFIRE_CACHE_DIR=nowhere) == ("11101.0 0", "")
    assert not code_files(package.parent)


def test_a_folder_that_others_can_write_to_is_not_used(package: Path) -> None:
    """Catches code that another user has laid down among the temporary files."""
    folder = package.parent / "temporary" / f"ceasefire-sim-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    places = {"CEASEFIRE_CACHE_DIR": str(package.parent / "file")}
    for _ in range(2):
        assert run(package, **places) == ("11101.0 0", "")
    assert not code_files(package.parent)
    assert list((package.parent / "temporary").iterdir()) == [folder]


def test_a_rule_outside_the_folders_that_count_is_refused(package: Path) -> None:
    """Catches compiled functions whose sources the digest does not cover."""
    (package / "sim/output").mkdir()
    (package / "sim/output/rule.py").write_text(RULES["results/measures/sums.py"])
    out, errors = run(package, code="import sim.output.rule")
    assert out == ""
    assert "TypeError: rule.py: compiled functions belong into kernel, world, rules" in errors


def test_functions_of_others_are_compiled_and_not_kept(package: Path, tmp_path: Path) -> None:
    """Catches code of a user's own functions that is kept without a digest of what they call."""
    (package / "mine.py").write_text(RULES["engine/run.py"])
    places = {"CEASEFIRE_CACHE_DIR": str(tmp_path / "cache")}
    code = RUN.replace("sim.engine.run", "mine")
    for _ in range(2):
        assert run(package, code=code, **places) == ("11101.0 0", "")


def test_an_edit_that_no_machine_code_is_made_from_compiles_nothing(
    package: Path, tmp_path: Path
) -> None:
    """Catches minutes of compiling after the label of a measure was changed."""
    places = {"CEASEFIRE_CACHE_DIR": str(tmp_path / "cache")}
    assert run(package, **places) == ("11101.0 0", "")
    (package / "sim/results/measures/labels.py").write_text('LABEL = "share"\n')
    assert run(package, **places) == ("11101.0 1", "")
