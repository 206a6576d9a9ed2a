"""A run so far as files: its violations as tables, its map as a drawing."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.app.watch import Watch
from sim.mesa.model import CeasefireModel
from sim.output import draw_run_map

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
