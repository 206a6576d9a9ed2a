"""Tables of measures on the screen."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from sim import Scenario, simulate
from sim.measures import MEASURES
from sim.report import summary_table


def test_every_measure_is_shown_under_its_group() -> None:
    """Catches a new measure that is computed and written, but that nobody sees."""
    minimal = Scenario.load(Path(__file__).parents[2] / "configs" / "minimal.toml")
    outcome = simulate(minimal.with_values({"run.duration_days": 1}), seed=1)
    request = "detection_rate[kind=shelling,severity>=4]"
    console = Console(width=100, record=True, file=StringIO())
    console.print(summary_table({**outcome.measures, **outcome.measure(request)}))
    shown = console.export_text()
    assert all(measure.label in shown for measure in MEASURES.values())
    assert all(measure.group in shown for measure in MEASURES.values())
    assert "Detection rate, shelling, severity \u2265 4" in shown
