"""The state that all maps of `benchmarks.maps` show: a busy mission on a line of 2,000 vertices."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.watch import Watch
from sim.scenario import Scenario

VERTICES = 2000
FRAMES = 40
FRAME_MIN = 10
MOVING, EVENTS = 300, 200
WARM_UP_H = 20.0
SCENARIO = """title = "A busy map"
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
platform = "male"
count = 250
patrol = "shuttle"
[monitors.mini]
platform = "mini_wing"
count = 300
patrol = "shuttle"
[support.patrols]
nation = "France"
count = 10
"""


def busy_scenario(folder: Path) -> Path:
    """Write the scenario and its line into a folder; return the scenario's file."""
    # bends of half a kilometre: what is straight is simplified away on loading
    lon, lat = np.linspace(31.0, 38.0, VERTICES), 48.5 + 0.005 * (-1.0) ** np.arange(VERTICES)
    line = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).round(6).tolist()}
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    collection = {"type": "FeatureCollection", "features": [feature]}
    (folder / "line.geojson").write_text(json.dumps(collection))
    path = folder / "busy.toml"
    path.write_text(SCENARIO)
    return path


@cache
def recorded() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the ground and the frames, each with `MOVING` drones and `EVENTS` violations."""
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(Scenario.load(busy_scenario(Path(folder))), seed=1, number=1)
    while watch.model.hours < WARM_UP_H:
        watch.advance(FRAME_MIN)
    frames = []
    for _ in range(FRAMES):
        watch.advance(FRAME_MIN)
        now = watch.frame()
        frames.append(
            {**now, "drones": now["drones"][:MOVING], "violations": now["violations"][:EVENTS]}
        )
    return watch.ground, frames
