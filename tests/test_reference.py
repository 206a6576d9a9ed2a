"""Reference pages that describe what a run leaves behind."""

import re
import runpy
import sys
from pathlib import Path

import pytest

from sim import Scenario, simulate

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = runpy.run_path(str(ROOT / "scripts" / "generate_commands.py"))
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "generate_measures.py"))


def test_measures_page_is_up_to_date() -> None:
    """Catches a changed measure without a run of scripts/generate_measures.py."""
    assert (ROOT / "docs" / "measures.md").read_text(encoding="utf-8") == SCRIPT["render"]()


@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="argparse words its help anew")
def test_commands_page_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a changed command without a run of scripts/generate_commands.py."""
    monkeypatch.setenv("COLUMNS", "90")  # the script sets both: what a test sets is set back
    monkeypatch.setenv("NO_COLOR", "1")
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == COMMANDS["render"]()


def test_check_of_the_measures_page_fails_when_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a check that passes whatever the page holds."""
    main = SCRIPT["main"]
    page = tmp_path / "measures.md"
    text = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    page.write_text(text.replace("| share |", "| ratio |"), encoding="utf-8")
    monkeypatch.setitem(main.__globals__, "PAGE", page)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_tables_page_names_every_column_and_status() -> None:
    """Catches a column that no page explains, and a page that explains one that is gone."""
    scenario = Scenario.load(ROOT / "configs" / "minimal.toml")
    outcome = simulate(scenario.with_values({"run.duration_days": 3}), seed=1)
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    for title, table in (
        ("events.parquet", outcome.violations),
        ("sorties.parquet", outcome.sorties),
        ("units.parquet", outcome.units),
        ("reports.parquet", outcome.reports),
        ("headquarters.parquet", outcome.headquarters),
        ("forces.parquet", outcome.forces),
    ):
        section = page.split(f"## {title}")[1].split("\n## ")[0].split("| status |")[0]
        cells = re.findall(r"^\| (.*?) \|", section, flags=re.MULTILINE)
        named = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
        assert named == set(table.columns)
    statuses = set(outcome.violations["status"].cat.categories) - {"candidate", "prevented"}
    listed = page.split("| status |")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", listed, flags=re.MULTILINE)) == statuses


def test_odd_names_every_parameter() -> None:
    """Catches a key of a scenario that the description of the model leaves out."""
    parameters = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    paragraphs = [set(re.findall(r"`([^`]+)`", part)) for part in text.split("\n\n")]
    missing = []
    for section in parameters.split("\n## ")[1:]:
        title = section.split("\n", 1)[0]
        owner = title.strip("`[]") if title.startswith("`") else ""
        for key in re.findall(r"(?m)^\| `([^`]+)` \|", section):
            path = f"{owner}.{key}" if owner else key
            named = any(path in words or {owner, key} <= words for words in paragraphs)
            if not named:
                missing.append(path)
    assert missing == []
