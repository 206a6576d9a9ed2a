"""Helpers of the tests of the contact line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.geography import ContactLine


def write(folder: Path, content: Any, name: str = "line.geojson") -> Path:
    """Write GeoJSON (or text as it stands) and return the file."""
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def line_string(coordinates: Any) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": coordinates}


def feature(geometry: Any, name: str | None = None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": None if name is None else {"id": name},
        "geometry": geometry,
    }


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@st.composite
def gentle_lines(draw: st.DrawFn) -> ContactLine:
    """Lines of 10 km steps that turn by at most 0.3 rad at a vertex and never come back."""
    turns = draw(st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=12))
    headings = np.clip(np.cumsum(turns), -1.2, 1.2)
    steps = 10.0 * np.stack([np.cos(headings), np.sin(headings)], axis=1)
    xy: NDArray[np.float64] = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    return ContactLine(xy, (36.0, 48.0))


shares = st.floats(0.001, 0.999)
