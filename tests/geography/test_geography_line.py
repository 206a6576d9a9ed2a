import subprocess
import sys
import time

import numpy as np
import pytest
from geography_support import gentle_lines, line_string, shares, write
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.geography import ContactLine


def test_default_line_is_the_approximate_one() -> None:
    """Catches another line, another projection, or a default without attribution."""
    line = ContactLine.default()
    assert line.length_km == pytest.approx(704.9, abs=0.5)
    assert line.length_factor == 1.75
    assert line.true_length_km == pytest.approx(1.75 * line.length_km)
    assert "GeoNames" in line.attribution


@pytest.mark.parametrize(
    ("lon", "lat", "sign"), [(36.25, 49.98, 1), (35.04, 48.47, 1), (35.37, 46.85, -1)]
)
def test_towns_lie_on_their_side(lon: float, lat: float, sign: int) -> None:
    """Catches a line whose Ukrainian side is on the right: Kharkiv, Dnipro, Melitopol."""
    line = ContactLine.default()
    assert np.sign(line.locate(line.to_plane(lon, lat))[1]) == sign


def test_parts_of_the_default_line_add_up() -> None:
    """Catches features that overlap or leave a gap."""
    parts = [ContactLine.default(feature=name).length_km for name in ("dnipro", "land")]
    assert sum(parts) == pytest.approx(ContactLine.default().length_km, rel=0.01)


@given(gentle_lines(), shares, st.floats(-8.0, 8.0))
def test_place_to_point_and_back(line: ContactLine, share: float, offset_km: float) -> None:
    """Catches an error of point or locate where the foot of the perpendicular is unique.

    Between two vertices the perpendicular of 8 km stays clear of the neighbouring segments when
    it starts further from the vertex than 8 tan(0.15).
    """
    chainage = 10.0 * (np.floor(share * (len(line.xy) - 1)) + 0.3 + 0.4 * (share * 7.0 % 1.0))
    found_s, found_y = line.locate(line.point(chainage, offset_km))
    assert found_s == pytest.approx(chainage, abs=1e-7)
    assert found_y == pytest.approx(offset_km, abs=1e-7)


@given(gentle_lines(), st.floats(-20.0, 140.0), st.floats(-60.0, 60.0))
def test_point_to_place_and_back(line: ContactLine, x: float, y: float) -> None:
    """Catches a sign or a distance that is wrong anywhere outside the fans of the vertices."""
    s, offset = line.locate(np.array([x, y]))
    if np.abs(line.chainage_km - s).min() > 1e-6:
        assert line.point(s, offset) == pytest.approx(np.array([x, y]), abs=1e-6)


@given(gentle_lines(), st.floats(0.1, 8.0), st.sampled_from([-1.0, 1.0]))
def test_offset_at_a_vertex_is_along_the_bisector(
    line: ContactLine, offset_km: float, side: float
) -> None:
    """Catches a jump of the normal at a vertex, and the wrong sign in the fan of a vertex."""
    vertices = line.chainage_km[1:-1]
    points = line.across(vertices, side * offset_km)
    assert np.hypot(*(points - line.xy[1:-1]).T) == pytest.approx(offset_km)
    _, offset = line.locate(points)
    assert np.all(np.sign(offset) == side)


def test_distance_agrees_with_all_segments() -> None:
    """Catches a nearest point that is not the nearest, against every segment in turn."""
    line = ContactLine.default()
    points = np.random.default_rng(3).uniform(-350.0, 350.0, (500, 2))
    start, step = line.xy[:-1], np.diff(line.xy, axis=0)
    share = np.sum((points[:, None] - start) * step, axis=2) / np.sum(step**2, axis=1)
    nearest = start + np.clip(share, 0.0, 1.0)[..., None] * step
    distance = np.hypot(*np.moveaxis(points[:, None] - nearest, 2, 0)).min(axis=1)
    assert np.abs(line.locate(points)[1]) == pytest.approx(distance, abs=1e-9)


def test_shapes_are_kept() -> None:
    """Catches vectorised methods that flatten or drop dimensions."""
    line = ContactLine.default()
    assert line.point(10.0).shape == (2,)
    points = line.point(np.full((3, 4), 10.0), np.ones((3, 4)))
    assert points.shape == (3, 4, 2)
    chainage, offset = line.locate(points)
    assert chainage.shape == offset.shape == (3, 4)
    lonlat = line.to_lonlat(points)
    assert line.to_plane(lonlat[..., 0], lonlat[..., 1]) == pytest.approx(points, abs=1e-6)


@pytest.mark.parametrize("length_km", [0.5, 100.0, 1200.0])
def test_straight_line_is_exact(length_km: float) -> None:
    """Catches rounding in the plane of a straight line, which closed forms are compared with."""
    line = ContactLine.straight(length_km)
    assert line.xy.tolist() == [[0.0, 0.0], [length_km, 0.0]]
    assert line.point(0.25 * length_km, 3.0).tolist() == [0.25 * length_km, 3.0]
    assert line.length_km == length_km
    lon, lat = line.to_lonlat(line.point(0.0))
    assert (lon, lat) == pytest.approx((36.0, 48.0))


def test_sectors_are_equal() -> None:
    """Catches sectors that do not cover the line."""
    edges = ContactLine.straight(90.0).sector_edges(6)
    assert edges.tolist() == [0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0]


def test_digitising_direction_does_not_matter(tmp_path) -> None:
    """Catches chainage or offsets that depend on the way a line was drawn, to the last bit."""
    rng = np.random.default_rng(1)
    lon = np.linspace(33.0, 38.0, 4000)
    lonlat = np.stack([lon, 48.0 + np.cumsum(rng.normal(0.0, 3e-4, lon.size))], axis=1)
    there = ContactLine.load(write(tmp_path, line_string(lonlat.tolist())))
    back = ContactLine.load(write(tmp_path, line_string(lonlat[::-1].tolist())))
    assert np.array_equal(there.xy, back.xy)
    assert np.array_equal(there.chainage_km, back.chainage_km)


def test_side_can_be_stated(tmp_path) -> None:
    """Catches left and right that are not opposite, or auto that disagrees with Kyiv."""
    path = write(tmp_path, line_string([[35.0, 48.0], [36.0, 48.1], [37.0, 48.0]]))
    left = ContactLine.load(path, ukrainian_side="left")
    right = ContactLine.load(path, ukrainian_side="right")
    auto = ContactLine.load(path)
    assert left.xy == pytest.approx(right.xy[::-1])
    assert np.array_equal(auto.xy, left.xy)  # it runs east and Kyiv is north


def test_hook_at_an_end_does_not_turn_the_line(tmp_path) -> None:
    """Catches a side that is judged from the segment nearest to Kyiv, here a hook to the west."""
    meridian = [[38.0, 47.0], [38.0, 50.0], [37.9, 50.0], [37.9, 49.95]]
    line = ContactLine.load(write(tmp_path, line_string(meridian)))
    assert line.locate(line.to_plane(36.0, 48.5))[1] > 0.0


@pytest.mark.parametrize("length_factor", [0.5, float("nan"), float("inf")])
def test_length_factor_below_one_is_refused(length_factor: float) -> None:
    """Catches a true line shorter than the mapped one."""
    with pytest.raises(InputError, match="length_factor"):
        ContactLine.default(length_factor)


@pytest.mark.parametrize("length_km", [0.0, -1.0, float("nan"), float("inf")])
def test_straight_line_needs_a_length(length_km: float) -> None:
    """Catches a line without a length, on which every position is undefined."""
    with pytest.raises(InputError, match="length_km"):
        ContactLine.straight(length_km)


def test_import_is_light() -> None:
    """Catches plotting or tables drawn in by the geography, which every command imports."""
    program = "import sys, sim.geography; print({'matplotlib', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_laying_out_is_quick() -> None:
    """Catches a method that became slow; the limits are several times what is usual."""
    line = ContactLine.default()
    points = np.random.default_rng(2).uniform(-300.0, 300.0, (100_000, 2))
    for limit_s, job in [
        (0.2, ContactLine.default),
        (3.0, lambda: line.locate(points)),
        (0.05, lambda: line.track(100.0, 250.0, 10.0, 5.0)),
    ]:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            job()
            times.append(time.perf_counter() - start)
        assert min(times) < limit_s
