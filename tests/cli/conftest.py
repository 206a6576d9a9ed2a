"""Small scenario and sweep files, and the command called in this process."""

from pathlib import Path

import pytest

SCENARIO = """
title = "Small"
[run]
duration_days = 3
[line]
length_km = 100
[violations]
rate_per_day = 20
[violations.kinds.shelling]
mean_duration_min = 30
[monitors.male]
platform = "male"
count = 4
patrol = "shuttle"
[support.patrols]
nation = "France"
count = 3
"""

SWEEP = """
title = "Small sweep"
scenario = "small.toml"
replications = 3
[factors]
"monitors.male.count" = [2, 4]
"support.patrols.count" = [2, 3]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working directory with a scenario and a sweep of a few milliseconds a run."""
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
