"""Figures of what is unusual: lines of metres, names with signs that mean something elsewhere."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from sim import Scenario, simulate
from sim.output import draw_run_map, save_figure
from sim.output.figures.along import count_along

SMALL = Scenario.load(Path(__file__).parents[2] / "configs" / "minimal.toml").with_values(
    {"run.duration_days": 2.0}
)


@pytest.mark.parametrize("length_km", [1e-4, 0.015, 0.02, 0.09])
def test_line_of_metres_has_a_map(tmp_path, length_km: float) -> None:
    """Catches a run on a short line that ends in a traceback, or bins that lose violations."""
    outcome = simulate(SMALL.with_values({"line.length_km": length_km}), seed=1)
    along = count_along(outcome)
    assert along.edges[0] == 0.0
    assert along.edges[-1] == length_km
    assert np.all(np.diff(along.edges) > 0.0)
    assert len(along.edges) <= 76
    assert along.total.sum() == (outcome.violations["status"] != "live").sum()
    assert all(
        path.stat().st_size > 0 for path in save_figure(draw_run_map(outcome), tmp_path / "m")
    )


def test_names_are_drawn_as_they_stand(tmp_path) -> None:
    """Catches a dollar sign read as the beginning of a formula, which breaks the figure."""
    odd = "Fr$x_{ance [b] {"
    scenario = SMALL.with_values(
        {"line.length_km": 50.0, "support.patrols.nation": odd, "title": f"{odd} $"}
    )
    figure = draw_run_map(simulate(scenario, seed=1))
    save_figure(figure, tmp_path / "a $x_[b]{c$")
    words = [text.get_text() for text in figure.findobj(Text)]
    assert f"base: {odd}" in words
    assert f"{odd} $" in words
