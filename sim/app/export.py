"""A run as files: its violations so far as tables, its map as a drawing, and its scenario."""

import io
import json
import threading
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.watch import Watch
from sim.errors import InputError
from sim.mesa.model import CeasefireModel
from sim.output import draw_run_map
from sim.scenario import Scenario
from sim.scenario.writing import scenario_toml

SCENARIO_ENDING = "scenario.toml"
CHANGED_SINCE = "Its file was changed after the run had begun: these are the values of the run."
_DRAWING = threading.Lock()
"""Matplotlib's settings are those of the whole server; its tabs draw one after the other."""


def events_csv(model: CeasefireModel) -> str:
    """Return the violations so far as CSV, with the columns of `docs/tables.md`."""
    return model.outcome.violations.to_csv(index=False)


def events_geojson(model: CeasefireModel) -> str:
    """Return the violations so far as GeoJSON points (RFC 7946), their columns as properties."""
    table = model.outcome.violations
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]},
            "properties": {key: _plain(value) for key, value in row.items()},
        }
        for row in table.to_dict("records")
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _plain(value: object) -> object:
    """Return a value that JSON has: not a number is null."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def map_svg(model: CeasefireModel, changed: str = "") -> bytes:
    """Return the map of the run so far as SVG.

    Parameters
    ----------
    model
        The run.
    changed
        What differs from the scenario of that title, for the caption.
    """
    file = io.BytesIO()
    with _DRAWING:
        draw_run_map(model.outcome, changed).savefig(file, format="svg")
    return file.getvalue()


def scenario_file(watch: Watch) -> str:
    """Return the scenario of a run as a file with which `ceasefire run` gives the run.

    Parameters
    ----------
    watch
        The run. Comments are those of its source, but beside values changed on the page; where the
        source can no longer be read, or was changed since, there are none.
    """
    shown = watch.model.scenario
    name, seed = f"{watch.file_name()}-{SCENARIO_ENDING}", watch.making.seed
    heading = f"Saved from the page. The run: ceasefire run '{name}' --seed {seed}"
    source = watch.source
    if isinstance(source, Path):
        heading += f"\nThe comments are those of {source.name} and of what it extends."
    try:
        text = scenario_toml(source, watch.changes, said="changed on the page", heading=heading)
        if Scenario.from_dict(tomllib.loads(text)) == shown:
            return text
    except InputError:
        pass  # the file is gone
    return scenario_toml(shown, heading=f"{heading.splitlines()[0]}\n{CHANGED_SINCE}")


@dataclass(frozen=True)
class Form:
    """A form in which a run can be saved: its words, its media type, and what makes it."""

    label: str
    media_type: str
    make: Callable[[Watch], str]


FORMS = {
    "events.csv": Form("Events (CSV)", "text/csv", lambda run: events_csv(run.model)),
    "events.geojson": Form(
        "Events (GeoJSON)", "application/geo+json", lambda run: events_geojson(run.model)
    ),
    "map.svg": Form(
        "Map (SVG)", "image/svg+xml", lambda run: map_svg(run.model, run.making.words()).decode()
    ),
    SCENARIO_ENDING: Form("Scenario (TOML)", "application/toml", scenario_file),
}
"""Forms by the ending of their files."""


def saved_file(watch: Watch, ending: str, number: int) -> dict[str, Any]:
    """Return the run so far as a file for the browser.

    Parameters
    ----------
    watch
        The run; its name and its content are of the same moment.
    ending
        One of `FORMS`.
    number
        Number of the file in its tab, from 1.
    """
    form = FORMS[ending]
    return {
        "number": number,
        "name": f"{watch.file_name()}-{ending}",
        "type": form.media_type,
        "text": form.make(watch),
    }
