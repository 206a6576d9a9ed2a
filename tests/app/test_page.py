"""What a tab does with its controls, without a browser."""

import pytest

pytest.importorskip("solara", exc_type=ImportError)

from sim.app.page import Desk  # only where Solara is installed
from sim.app.scenarios import CONFIGS

KEY = "monitors.male.count"


@pytest.fixture
def desk():
    return Desk(CONFIGS / "baseline.toml")


def test_a_refused_value_leaves_the_run_as_it_is(desk):
    """Would catch a bad value that stops the page or stays in the scenario."""
    watch = desk.watch
    desk.set_value(KEY, -3)
    assert f"{KEY} = -3: must be" in desk.error
    assert "\n" not in desk.error
    assert desk.watch is watch
    assert desk.values == {}
    desk.set_value(KEY, 5)
    assert desk.error == ""
    assert desk.watch.model.plan.scenario.monitors["male"].count == 5


def test_another_scenario_forgets_the_values_of_the_former(desk):
    """Would catch values that go from one scenario to the next."""
    desk.set_value(KEY, 5)
    desk.choose("announced_plan")
    desk.choose("baseline")
    assert desk.values == {}
    assert desk.error == ""


@pytest.mark.parametrize("text", ["", "-1", "1.5", "one"])
def test_a_bad_seed_is_refused(desk, text):
    """Would catch a seed that ends in a traceback."""
    desk.set_seed(text)
    assert desk.error.startswith("seed = ")
    assert desk.seed == 1


def test_tabs_do_not_share_a_run():
    """Would catch state kept for the whole server."""
    one, other = Desk(None), Desk(None)
    one.watch.advance(60)
    assert one.watch.model.hours == 1.0
    assert other.watch.model.hours == 0.0
