import numpy as np
import pytest
import shapely
from geography_support import gentle_lines
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.geography import ContactLine
from sim.geography.tracks import offset_track

LINE = ContactLine.default()


@pytest.mark.parametrize("offset_km", [0.0, 7.5, -3.0])
@pytest.mark.parametrize("generalise_km", [0.0, 5.0])
def test_track_of_a_straight_line_is_exact(offset_km: float, generalise_km: float) -> None:
    """Catches more than two vertices, a wrong side, or rounding where closed forms hold."""
    track = ContactLine.straight(1200.0).track(20.0, 40.0, offset_km, generalise_km)
    assert track.tolist() == [[20.0, offset_km], [40.0, offset_km]]


@given(
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.sampled_from([0.0, 1.0, 5.0, 10.0, 30.0, 60.0, -1.0, -5.0, -30.0]),
    st.sampled_from([0.0, 1.0, 5.0, 20.0]),
)
def test_tracks_of_the_default_line(
    one: float, other: float, offset_km: float, generalise_km: float
) -> None:
    """Catches tracks that cross themselves, are closed, empty or run the wrong way."""
    low, high = sorted((one * LINE.length_km, other * LINE.length_km))
    assume(high - low > 1e-6)
    track = LINE.track(low, high, offset_km, generalise_km)
    assert track.shape[0] >= 2
    assert np.isfinite(track).all()
    path = shapely.LineString(track)
    assert path.is_simple
    assert not path.is_ring
    assert path.length > 0.0
    if high - low > 50.0 and abs(offset_km) <= 10.0:
        ends, _ = LINE.locate(track[[0, -1]])
        assert ends[0] < ends[1]


@given(gentle_lines(), st.floats(0.5, 10.0), st.sampled_from([-1.0, 1.0]))
def test_track_keeps_its_distance(line: ContactLine, offset_km: float, side: float) -> None:
    """Catches a track on the wrong side, or one that cuts a corner towards the line."""
    track = line.track(0.0, line.length_km, side * offset_km, 0.0)
    _, offset = line.locate(
        shapely.get_coordinates(shapely.segmentize(shapely.LineString(track), 1))
    )
    assert np.all(side * offset > 0.97 * offset_km)
    assert np.all(side * offset < 1.03 * offset_km)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 5.0, 20.0, -5.0, -20.0]))
def test_tracks_of_wild_lines(seed: int, offset_km: float) -> None:
    """Catches what only tight bends and spirals bring out: split, closed or crossing tracks."""
    rng = np.random.default_rng(seed)
    headings = np.cumsum(rng.normal(0.0, 0.8, 30))
    steps = rng.exponential(3.0, (30, 1)) * np.stack([np.cos(headings), np.sin(headings)], axis=1)
    stretch = np.cumsum(steps, axis=0)
    assume(shapely.LineString(stretch).is_simple)
    path = shapely.LineString(offset_track(stretch, offset_km, 1.0))
    assert path.is_simple
    assert not path.is_ring


def test_generalising_leaves_detail_out() -> None:
    """Catches a tolerance that is ignored: the track flies past a bulge of 2 km."""
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [11.0, 2.0], [12.0, 0.0], [30.0, 0.0]])
    line = ContactLine(xy, (36.0, 48.0))
    assert len(line.track(0.0, line.length_km, 0.0, 5.0)) == 2
    assert len(line.track(0.0, line.length_km, 0.0, 0.5)) == 5


@pytest.mark.parametrize("length_km", [1e-9, 1e-3, 0.5])
@pytest.mark.parametrize("offset_km", [-20.0, 0.0, 20.0])
def test_short_stretch_has_a_track(length_km: float, offset_km: float) -> None:
    """Catches an empty track across the bends of the line, wherever the stretch begins."""
    for start in np.concatenate([LINE.chainage_km[1:-1] - 0.3 * length_km, [0.0]]):
        track = LINE.track(float(start), float(start + length_km), offset_km, 5.0)
        assert track.shape[0] >= 2
