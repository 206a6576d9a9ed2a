"""The documentation as a site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """Catches a broken link, a page outside the contents, and a docstring that does not parse."""
    pytest.importorskip("myst_nb", reason="the extra [docs] is not installed")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    done = subprocess.run(
        [*command, "-c", "docs", "-b", "html", "-d", tmp_path / "trees", ".", tmp_path / "site"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "docs" / "index.html").exists()
