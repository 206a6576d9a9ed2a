"""The page under load, in a real browser."""

import json
import time

import numpy as np
import pytest

from sim.app.scenarios import CONFIGS

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import canvas, click, drawn, opened, served_app, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VERTICES = 2000
BUSY = f"""extends = "{CONFIGS / "minimal.toml"}"
title = "A busy map"
[run]
duration_days = 30
[line]
file = "line.geojson"
feature = "none"
[violations]
rate_per_day = 700
[violations.kinds.shelling]
mean_duration_min = 120
[monitors.male]
count = 250
[monitors.mini]
platform = "mini_wing"
count = 300
patrol = "shuttle"
"""


@pytest.fixture
def scenario(tmp_path):
    # bends of half a kilometre: what is straight is simplified away on loading
    lon, lat = np.linspace(31.0, 38.0, VERTICES), 48.5 + 0.005 * (-1.0) ** np.arange(VERTICES)
    line = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).round(6).tolist()}
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    (tmp_path / "line.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    path = tmp_path / "busy.toml"
    path.write_text(BUSY)
    return path


def test_a_busy_map_is_painted_fast_enough(browser, scenario):
    """Would catch a map that cannot follow 300 moving agents and 200 events on a fine line."""
    with served_app(scenario) as address, opened(browser, address) as page:
        click(page, "#play")
        until(lambda: drawn(page)["events"] >= 200, seconds=60)
        first, start, least = int(canvas(page, "number")), time.monotonic(), drawn(page)
        while (elapsed := time.monotonic() - start) < 6.0:
            now = drawn(page)
            least = {key: min(least[key], now[key]) for key in least}
            time.sleep(0.25)
        rate = (int(canvas(page, "number")) - first) / elapsed
    print(f"{rate:.1f} frames a second, each with at least {least}")
    assert least["line"] >= VERTICES
    assert least["moving"] >= 300
    assert least["events"] >= 200
    assert rate >= 5.0
