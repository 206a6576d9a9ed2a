"""Tables of measures on the screen."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from sim import Scenario, simulate
from sim.measures import MEASURES
from sim.report import summary_table
from sim.report import tables as module


def test_a_measure_in_no_group_is_shown_too(monkeypatch):
    """Catches a new measure that is computed and written, but that nobody sees."""
    minimal = Scenario.load(Path(__file__).parents[2] / "configs" / "minimal.toml")
    measures = simulate(minimal.with_values({"run.duration_days": 1}), seed=1).measures
    groups = tuple((name, names[1:]) for name, names in module._GROUPS)
    monkeypatch.setattr(module, "_GROUPS", groups)
    console = Console(width=100, record=True, file=StringIO())
    console.print(summary_table(measures))
    shown = console.export_text()
    assert "Others" in shown
    assert all(measure.label in shown for measure in MEASURES.values())
