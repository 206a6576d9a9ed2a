"""A run so far as files: its violations as tables, its map as a drawing."""

import io
import json

import numpy as np

from sim.model import CeasefireModel
from sim.report import draw_run_map


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


def map_svg(model: CeasefireModel) -> bytes:
    """Return the map of the run so far as SVG."""
    file = io.BytesIO()
    draw_run_map(model.outcome).savefig(file, format="svg")
    return file.getvalue()
