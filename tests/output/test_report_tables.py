"""Tables of measures on the screen."""

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from sim import Scenario, simulate
from sim.experiment import summarise
from sim.output import summary_table
from sim.output.tables import SOME_RUNS, sweep_csv, sweep_markdown
from sim.results.measures import MEASURES


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


def test_a_sweep_tells_of_how_many_runs_a_mean_is() -> None:
    """Catches a mean of the best runs only that is printed as one of all runs."""
    times = [50.0, np.nan, np.nan, 52.0, 61.0, 62.0, 63.0, 64.0]
    runs = pd.DataFrame(
        {"point": [0] * 4 + [1] * 4, "count": [1] * 4 + [2] * 4, "response_time_p90_min": times}
    )
    measures = ["response_time_p90_min"]
    text = sweep_markdown(summarise(runs, ["count"]), ["count"], measures)
    few, all_four = text.splitlines()[4:6]
    assert "(n = 2)" in few
    assert "n =" not in all_four
    assert SOME_RUNS in text
    head, *rows = sweep_csv(summarise(runs, ["count"]), ["count"], measures).splitlines()
    assert head.endswith("_high,response_time_p90_min_n")
    assert [row.rsplit(",", 1)[1] for row in rows] == ["2", "4"]
    whole = sweep_markdown(summarise(runs[4:], ["count"]), ["count"], measures)
    assert SOME_RUNS not in whole
