"""The geography outside Ukraine, with lines drawn by hand."""

import numpy as np
import pyproj
import pytest
from elsewhere import PLACES
from geography_support import line_string, write

from sim.errors import InputError
from sim.geography import ContactLine

OUTSIDE = sorted(set(PLACES) - {"Transnistria"})


@pytest.mark.parametrize("place", PLACES)
def test_line_is_read_with_its_home_side_and_length(tmp_path, place: str) -> None:
    """Catches a line that is refused, turned the wrong way round, or projected far from its centre.

    The length is that of the geodesics between the vertices; the plane about the middle of the
    longest line, 1,180 km, stretches it by less than 0.2 %.
    """
    here = PLACES[place]
    line = ContactLine.load(here.file(tmp_path), home=here.home)
    geodesic_km = pyproj.Geod(ellps="WGS84").line_length(*here.vertices.T) / 1000.0
    assert line.length_km == pytest.approx(geodesic_km, rel=2e-3)
    assert line.locate(line.to_plane(*here.home))[1] > 0.0
    assert line.locate(line.to_plane(*here.other))[1] < 0.0
    assert line.notes == ()


@pytest.mark.parametrize("place", PLACES)
def test_home_decides_whichever_way_it_is_drawn(tmp_path, place: str) -> None:
    """Catches a side that depends on the way of drawing, or a place that does not turn the line."""
    here = PLACES[place]
    there = ContactLine.load(here.file(tmp_path), home=here.home)
    back = write(tmp_path, line_string(here.lonlat[::-1]), "back.geojson")
    assert np.array_equal(ContactLine.load(back, home=here.home).xy, there.xy)
    turned = ContactLine.load(back, home=here.other)
    assert turned.xy == pytest.approx(there.xy[::-1])


@pytest.mark.parametrize("place", OUTSIDE)
def test_line_elsewhere_without_home_is_read_with_a_warning(tmp_path, place: str) -> None:
    """Catches a region that refuses, "swapped" said of a line that is not, or no word about it."""
    line = ContactLine.load(PLACES[place].file(tmp_path))
    assert ["outside the region around Ukraine" in note for note in line.notes] == [True]


@pytest.mark.parametrize("place", PLACES)
def test_swapped_line_is_told_where_home_is_named(tmp_path, place: str) -> None:
    """Catches coordinates in the wrong order that pass as a line far away."""
    here = PLACES[place]
    path = write(tmp_path, line_string(here.vertices[:, ::-1].tolist()))
    if place == "Abkhazia":  # 42.4 N, 41.6 E: swapped, it lies 100 km away
        assert ContactLine.load(path, home=here.home).length_km == pytest.approx(67.3, abs=0.1)
        return
    with pytest.raises(InputError, match="swapped"):
        ContactLine.load(path, home=here.home)


def test_line_far_from_home_is_read_with_a_warning(tmp_path) -> None:
    """Catches a home side that is named on another continent and no word about it."""
    here = PLACES["Korea"]
    line = ContactLine.load(here.file(tmp_path), home=(33.0, 34.7))
    assert ["km from line.home" in note for note in line.notes] == [True]


def test_line_beside_the_region_is_not_called_swapped(tmp_path) -> None:
    """Catches "swapped" said of a line in the Caucasus: swapped it lies in Russia, near Rostov."""
    line = ContactLine.load(
        write(tmp_path, line_string([[46.5, 40.3], [46.9, 39.9], [47.1, 39.6]]))
    )
    assert line.length_km == pytest.approx(93.6, abs=0.5)
    assert "outside the region" in line.notes[0]
