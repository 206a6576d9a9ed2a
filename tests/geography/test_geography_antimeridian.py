"""Lines that cross 180 degrees of longitude are lines like any other."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.geography import ContactLine
from sim.geography.basemap import basemap_around

HERE = np.array([[178.5, 65.0], [179.3, 65.3], [-179.8, 65.6], [-179.0, 65.5]])
HOME = (179.9, 66.5)


def turned(lonlat: NDArray[np.float64], by_deg: float) -> NDArray[np.float64]:
    """Turn the Earth under a line; its longitudes stay from -180 to 180 degrees."""
    lon = np.remainder(lonlat[:, 0] + by_deg + 180.0, 360.0) - 180.0
    return np.column_stack([lon, lonlat[:, 1]])


def written(folder: Path, *parts: list[list[float]]) -> Path:
    path = folder / "line.geojson"
    geometry = {"type": "MultiLineString", "coordinates": parts}
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}))
    return path


def test_a_line_across_180_degrees_is_as_long_as_the_same_line_elsewhere() -> None:
    """Catches a plane centred on the other side of the Earth, where lengths are wrong."""
    across = ContactLine.from_lonlat(HERE, home=HOME)
    elsewhere = ContactLine.from_lonlat(turned(HERE, -100.0), home=(79.9, 66.5))
    assert across.length_km == pytest.approx(elsewhere.length_km, abs=1e-6)
    np.testing.assert_allclose(across.xy, elsewhere.xy, atol=1e-6)
    np.testing.assert_allclose(across.to_lonlat(across.xy)[[0, -1]], HERE[[0, -1]], atol=1e-6)


def test_a_line_cut_at_180_degrees_is_joined(tmp_path: Path) -> None:
    """Catches the two halves, as GeoJSON wants them (RFC 7946), taken for 16,000 km apart."""
    halves = [[[178.5, 65.0], [180.0, 65.5]], [[-180.0, 65.5], [-179.0, 65.5]]]
    whole = ContactLine.from_lonlat(np.array([[178.5, 65.0], [180.0, 65.5], [-179.0, 65.5]]))
    line = ContactLine.load(written(tmp_path, *halves), home=HOME)
    assert line.length_km == pytest.approx(whole.length_km, abs=1e-3)
    assert len(line.xy) == len(whole.xy)


def test_the_map_of_a_line_across_180_degrees_shows_both_sides() -> None:
    """Catches a map of all the Earth, or of one side, where a line crosses 180 degrees."""
    found = basemap_around(HERE)
    rings = np.concatenate([ring for _, some in found.countries for ring in some])
    assert rings[:, 0].max() > 179.0
    assert rings[:, 0].min() < -179.0
    assert np.all(np.abs(rings[:, 0]) > 150.0)
    assert "Russia" in {name for name, _ in found.countries}
