"""The wheel, installed outside the checkout.

Needs no network: the dependencies come from the environment of the tests.
"""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_S = 120


def run(*command: str | Path, folder: Path) -> str:
    """Run a command outside the checkout; its output, or a failed test that shows it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", "--wheel-dir", folder, ROOT, folder=folder)
    return next(folder.glob("ceasefire_sim-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel in it; the folder of its scripts."""
    folder = tmp_path_factory.mktemp("outside")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", folder=folder)
    scripts = folder / "venv" / "bin"
    python = scripts / "python"
    paths = run(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder
    )
    # Dependencies come through this file; Python does not follow such files again in the folder
    # it names, so the editable install of the checkout stays out of sight.
    Path(paths.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index"]
    run(*pip, "--no-deps", "--force-reinstall", wheel, folder=folder)
    return scripts


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Catches package data that is left out, and tests or results that slip in."""
    packed = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    inside = {path for path in packed if ".dist-info" not in path.parts[0]}
    source = {
        path.relative_to(ROOT)
        for path in (ROOT / "sim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == source
    assert Path("sim/py.typed") in inside
    assert any(path.name == "LICENSE" for path in packed)


def test_command_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """Catches a command that needs the checkout, or a wheel without its entry point."""
    assert "usage: ceasefire" in run(installed / "ceasefire", "--help", folder=tmp_path)
    where = run(installed / "python", "-c", "import sim; print(sim.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_packaged_data_is_found(installed: Path, tmp_path: Path) -> None:
    """Catches data that is read from the checkout instead of the installed package."""
    program = (
        "from sim import ContactLine\n"
        "from sim.scenario import packaged_platforms\n"
        "print(ContactLine.default().length_km > 0, 'male' in packaged_platforms())"
    )
    assert run(installed / "python", "-c", program, folder=tmp_path).split() == ["True", "True"]
