"""The nearest place of the line, against GEOS."""

import numpy as np
import pytest
import shapely
from engine_scenarios import rich_on_the_real_line
from numpy.typing import NDArray

from sim.geography import ContactLine
from sim.setup.nearest import locate_one
from sim.setup.plan import build_plan

REAL = build_plan(rich_on_the_real_line()).line
Floats = NDArray[np.float64]
LINES = {"real": REAL, "straight": ContactLine.straight(200.0)}


def locate(line: ContactLine, points: Floats) -> tuple[Floats, Floats]:
    places = [locate_one(x, y, line.xy, line.chainage_km) for x, y in points]
    chainage, offset = np.array(places).T
    return chainage, offset


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_places_and_sides_agree_with_geos(line: ContactLine) -> None:
    """Catches a wrong nearest segment, or a wrong side at the corners of the line."""
    low, high = line.xy.min(axis=0) - 60.0, line.xy.max(axis=0) + 60.0
    points = np.random.default_rng(5).uniform(low, high, (5000, 2))
    chainage, offset = locate(line, points)
    apart = shapely.distance(shapely.LineString(line.xy), shapely.points(points))
    assert np.abs(offset) == pytest.approx(apart, abs=1e-9)
    expected_km, expected_offset = line.locate(points)
    assert offset == pytest.approx(expected_offset, abs=1e-9)
    # two places may be equally near, one of them by a rounding
    assert np.mean(np.abs(chainage - expected_km) < 1e-6) > 0.999


def test_a_point_on_the_line_has_no_offset() -> None:
    """Catches a division by a vanishing distance."""
    chainage, offset = locate(REAL, REAL.xy)
    assert chainage == pytest.approx(REAL.chainage_km)
    assert offset == pytest.approx(np.zeros(len(REAL.xy)))
