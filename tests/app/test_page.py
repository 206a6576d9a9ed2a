"""What a tab does with its controls, without a browser."""

import json

import pytest

pytest.importorskip("solara", exc_type=ImportError)

from sim.app.desk import Desk
from sim.app.export import events_csv, events_geojson, map_svg
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


def test_a_kept_force_meets_the_same_violations(desk):
    """Would catch two runs on different luck, or a kept run that does not go along."""
    desk.keep()
    desk.set_value(KEY, 5)
    assert desk.error == ""
    for _ in range(8):
        desk.advance(360)
    kept, now = desk.kept_watch, desk.watch
    assert kept.model.hours == now.model.hours == 48.0
    assert kept.model.plan.scenario.monitors["male"].count == 24
    assert now.model.plan.scenario.monitors["male"].count == 5
    assert kept.counts["violations"] == now.counts["violations"] > 5
    assert kept.counts["detected"] != now.counts["detected"]
    desk.drop()
    desk.set_value(KEY, 6)
    assert desk.kept_watch is None


def test_another_scenario_drops_what_was_kept(desk):
    """Would catch forces compared on different scenarios."""
    desk.keep()
    desk.choose("announced_plan")
    assert desk.error == ""
    assert desk.kept_watch is None


def test_a_run_so_far_is_exported(desk):
    """Would catch files that no other program can read, or rows that are missing."""
    desk.advance(360)
    desk.advance(360)
    model = desk.watch.model
    rows = len(model.outcome.violations)
    assert events_csv(model).count("\n") == rows + 1
    found = json.loads(events_geojson(model))
    assert len(found["features"]) == rows > 3
    lon, lat = found["features"][0]["geometry"]["coordinates"]
    assert 22.0 < lon < 41.0
    assert 44.0 < lat < 53.0
    assert b"<svg" in map_svg(model)
