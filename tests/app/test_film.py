"""Films."""

import pytest
from PIL import Image

from sim import InputError
from sim.app.film import make_film, make_writer
from sim.app.scenarios import built_in


def test_a_film_has_the_frames_that_were_asked_for(tmp_path):
    """Would catch a film that loses frames, or whose frames are all the same."""
    out = tmp_path / "film.gif"
    assert make_film(built_in(), seed=1, out=out, hours=3, minutes=60) == 3
    with Image.open(out) as film:
        assert film.n_frames == 3


@pytest.mark.parametrize("name", ["film.avi", "film"])
def test_another_ending_is_refused(tmp_path, name):
    """Would catch a traceback of the library that writes films."""
    with pytest.raises(InputError, match="must end in"):
        make_writer(tmp_path / name)


def test_frames_are_whole_steps(tmp_path):
    """Would catch a film that runs at another speed than was asked for."""
    with pytest.raises(InputError, match="must be a multiple of 5"):
        make_film(built_in(), seed=1, out=tmp_path / "film.gif", hours=3, minutes=7)
    assert list(tmp_path.iterdir()) == []
