"""Named random streams."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.setup.streams import stream

NAMES = st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=5, unique=True)


@given(st.integers(0, 2**63 - 1), NAMES)
def test_a_stream_depends_on_its_seed_and_name_only(seed: int, names: list[str]) -> None:
    """Catches a stream whose numbers depend on which others were drawn before it."""
    forward = {name: stream(seed, name).random(3).tolist() for name in names}
    backward = {name: stream(seed, name).random(3).tolist() for name in reversed(names)}
    assert forward == backward
    stream(seed, names[0]).random(1000)
    assert stream(seed, names[1]).random(3).tolist() == forward[names[1]]


def test_streams_of_one_seed_and_of_neighbouring_seeds_are_unrelated() -> None:
    """Catches streams that share numbers: then drones would be lost as the weather turns."""
    names = ["violations", "weather", "losses/a", "losses/b", "monitors/a", "jamming/0"]
    draws = np.array([stream(seed, name).random(2000) for seed in range(5) for name in names])
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 5.0 / np.sqrt(2000)
    assert len(np.unique(draws)) == draws.size


def test_the_first_draws_of_a_stream_do_not_change() -> None:
    """Catches a change of generator or naming, after which old seeds give other runs."""
    key = np.random.SeedSequence(1, spawn_key=(1441658395,))
    expected = np.random.Generator(np.random.PCG64(key)).random(3)
    assert stream(1, "violations").random(3).tolist() == expected.tolist()
