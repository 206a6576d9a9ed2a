"""What a tab does with its controls, without a browser."""

import io
import json

import pandas as pd
import pytest

pytest.importorskip("solara", exc_type=ImportError)

from sim.app.desk import Desk
from sim.app.export import SCENARIO_ENDING, events_csv, events_geojson, map_svg, saved_file
from sim.app.part import part_text
from sim.app.results import Results
from sim.app.scenarios import CONFIGS
from sim.cli.main import main
from sim.errors import InputError
from sim.experiment import SweepDesign, load_results, perform
from sim.scenario import Scenario

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


@pytest.mark.parametrize("text", ["", "-1", "1.5", "one", "--1", "²"])
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
    desk.set_value(KEY, 1)
    assert desk.error == ""
    for _ in range(40):
        desk.advance(360)
    kept, now = desk.kept_watch, desk.watch
    assert kept.model.hours == now.model.hours == 240.0
    assert kept.model.plan.scenario.monitors["male"].count == 24
    assert now.model.plan.scenario.monitors["male"].count == 1
    assert kept.counts["violations"] == now.counts["violations"] > 5
    assert kept.counts["detected"] > now.counts["detected"]
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


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("swept") / "out"
    factors = {KEY: [2, 6], "support.patrols.count": [2, 4]}
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 5})
    design = SweepDesign.from_dict({"scenario": scenario, "factors": factors, "replications": 3})
    perform(design, out)
    return out


def test_a_run_of_a_sweep_ends_as_it_did_there(swept):
    """Would catch another scenario or seed than those of the run that was chosen."""
    desk = Desk(None, swept)
    desk.watch_run(2, 1)
    assert desk.error == ""
    while desk.watch.model.running:
        desk.advance(360)
    runs = load_results(swept).set_index(["point", "replication"])
    measures = desk.watch.model.measures
    for name in ("detection_rate", "n_violations", "response_time_mean_min"):
        assert measures[name] == pytest.approx(runs.loc[(2, 1), name], nan_ok=True)
    assert desk.results.words(2) == "MALE drones (count) 6, Patrols support units (count) 2"


def test_the_least_forces_that_are_good_enough(swept):
    """Would catch forces that fall short, or larger ones where a smaller one will do."""
    results = Results(swept)
    mean = {point: results.mean("detection_rate", point) for point in range(4)}
    assert min(mean[2], mean[3]) > max(mean[0], mean[1])
    assert results.frontier("detection_rate", 0.0) == [0]
    assert results.frontier("detection_rate", min(mean[2], mean[3])) == [2]
    assert results.frontier("detection_rate", 1.01) == []
    slow = results.mean("response_time_p50_min", 1)
    assert 0 not in results.frontier("response_time_p50_min", slow)


def test_a_response_surface_is_drawn(swept):
    """Would catch a figure that fails for a grid, a line or a sample."""
    results = Results(swept)
    assert len(results.figure(results.measures[0]).axes) >= 1


def test_a_folder_without_a_sweep_is_refused(tmp_path):
    """Would catch a page that opens on nothing."""
    with pytest.raises(InputError, match="holds no sweep"):
        Results(tmp_path)


def test_an_empty_field_is_refused(desk):
    """Catches an emptied field that counts as nothing at all, and starts a run with no drones."""
    before = desk.watch
    desk.set_value("monitors.male.count", None)
    assert desk.error == "monitors.male.count: must be a number"
    assert desk.watch is before


def test_each_frame_is_answered_once_and_only_while_playing(desk):
    """Would catch two steps for one frame, or a step while halted or for a run that is gone."""
    assert not desk.next_frame(1, 0)
    desk.play(True)
    assert desk.next_frame(1, 0)
    assert not desk.next_frame(1, 0)
    assert desk.watch.frames == 1
    first = desk.playing
    desk.play(False)
    assert desk.playing == 0
    assert not desk.next_frame(1, 1)
    desk.play(True)
    assert desk.playing > first
    assert desk.next_frame(1, 1)
    desk.set_value(KEY, 5)
    assert desk.playing == 0
    desk.play(True)
    assert not desk.next_frame(1, 0)
    assert desk.next_frame(2, 0)


def test_a_run_that_is_over_does_not_play(desk):
    """Would catch a button that says Pause for a run that has ended."""
    desk.choose("minimal")
    desk.play(True)
    while desk.watch.model.running:
        desk.advance(360)
    assert desk.playing == 0
    desk.play(True)
    assert desk.playing == 0


@pytest.mark.parametrize("row", [-5, 10**6])
def test_a_violation_that_is_not_there_has_no_story(desk, row):
    """Would catch a click on the map of a run that is gone, and that ends in an IndexError."""
    desk.advance(360)
    desk.pick(0)
    assert desk.picked == 0
    desk.pick(row)
    assert desk.picked == -1
    desk.pick(0)
    desk.set_value(KEY, 5)
    assert desk.picked == -1


def test_a_run_of_a_sweep_comes_with_its_seed(swept):
    """Would catch a choice named after one run that brings the seed of another."""
    desk = Desk(None, swept)
    desk.watch_run(2, 1)
    name, seed = desk.name, desk.seed
    assert (
        desk.watch.file_name() == f"{swept.name}_point_2-{KEY}=6-support.patrols.count=2-seed2-0h"
    )
    desk.set_value(KEY, 3)
    assert desk.name == name
    assert f"-{KEY}=3-" in desk.watch.file_name()
    desk.set_seed("77")
    assert (desk.name, desk.seed, desk.values) == ("point 2", 77, {KEY: 3})
    desk.choose(name)
    assert (desk.name, desk.seed, desk.values) == (name, seed, {})


def test_a_drawing_of_a_run_so_far_says_so(desk):
    """Would catch a map of some hours that gives the length of the whole run, or hides a change."""
    desk.set_value(KEY, 5)
    desk.advance(360)
    words = desk.watch.making.words()
    drawing = map_svg(desk.watch.model, words).decode()
    assert "the first 0.25 of" in drawing
    assert f"Changed in the scenario: {KEY} = 5." in " ".join(drawing.split())


def test_a_part_is_chosen_by_lists_or_in_words(desk):
    """Would catch a choice that forgets another one, or that cannot be taken back."""
    desk.choose_part("kind", "kind=artillery")
    desk.choose_part("severity", "severity>=3")
    assert part_text(desk.part) == "kind=artillery,severity>=3"
    desk.choose_part("kind", "kind=heavy_weapons")
    assert part_text(desk.part) == "kind=heavy_weapons,severity>=3"
    desk.choose_part("severity", "")
    desk.choose_part("kind", "")
    assert desk.part == ()
    desk.set_part("day>=3, day<20")
    assert part_text(desk.part) == "day>=3,day<20"


def test_a_part_that_is_not_there_is_refused(desk):
    """Would catch a slip that ends in a traceback, or that shows measures of something else."""
    desk.choose_part("kind", "kind=artillery")
    for text, words in {
        "kind=artilery": "unknown kind artilery; did you mean artillery?",
        "kin=artillery": "unknown property kin; did you mean kind?",
        "severity": "'severity' must be like kind=shelling",
    }.items():
        desk.set_part(text)
        assert words in desk.part_error
        assert "\n" not in desk.part_error
        assert part_text(desk.part) == "kind=artillery"
    desk.set_part("kind=artillery")
    assert desk.part_error == ""


def test_another_scenario_without_the_part_says_so(desk):
    """Would catch a page that stops where the next scenario lacks the kind that was chosen."""
    desk.choose_part("kind", "kind=maritime_incident")
    desk.choose("minimal")
    assert desk.error == ""
    assert "unknown kind maritime_incident" in desk.part_error
    assert desk.part == ()


@pytest.fixture(scope="module")
def swept_by_kind(tmp_path_factory):
    out = tmp_path_factory.mktemp("kinds") / "out"
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 3})
    asked = ["detection_rate[kind=shelling]"]
    design = {"scenario": scenario, "factors": {KEY: [2, 6]}, "measures": asked}
    perform(SweepDesign.from_dict({**design, "replications": 2}), out)
    return out


def test_a_sweep_shows_the_parts_that_it_measured(swept_by_kind):
    """Would catch a part shown as the whole, or a part that is not there without a word."""
    results = Results(swept_by_kind)
    assert results.part_of("detection_rate", " ") == ("detection_rate", "")
    part = "detection_rate[kind=shelling]"
    assert results.part_of("detection_rate", "kind = shelling") == (part, "")
    measure, fault = results.part_of("detection_rate", "severity>=4")
    assert measure == "detection_rate"
    assert fault == (
        f"detection_rate[severity>=4]: the sweep did not measure it; of parts, it has: {part}"
    )
    assert "did you mean shelling" in results.part_of("detection_rate", "kind=sheling")[1]
    assert results.said("response_time_restricted_mean_min", 0).endswith((" min", " h"))


def saved_scenario(desk, folder, number=1):
    """Save the scenario on display as the page does; return the file."""
    file = saved_file(desk.watch, SCENARIO_ENDING, number)
    path = folder / file["name"]
    path.write_text(file["text"], encoding="utf-8")
    return path


def test_a_saved_scenario_gives_the_run_on_display(tmp_path, scenario):
    """Would catch a file without a change, with another order, or that needs its source beside."""
    desk = Desk(scenario)
    desk.set_value(KEY, 5)
    desk.set_value("weather.enabled", False)
    desk.set_value("jamming.enabled", True)
    desk.set_seed("7")
    path = saved_scenario(desk, tmp_path)
    assert path.name == f"{desk.watch.file_name()}-scenario.toml"
    text = path.read_text()
    assert f"ceasefire run '{path.name}' --seed 7" in text
    assert "count = 5                     # changed on the page from 20\n" in text
    assert "rate_per_day = 20             # assumed" in text
    while desk.watch.model.running:
        desk.advance(360)
    out = tmp_path / "out"
    assert main(["run", str(path), "--seed", "7", "--out", str(out), "--also", "csv"]) == 0
    shown = pd.read_csv(io.StringIO(events_csv(desk.watch.model)))
    pd.testing.assert_frame_equal(pd.read_csv(out / "violations.csv"), shown, check_exact=True)
    assert len(shown) > 20


def test_a_scenario_whose_file_has_changed_is_saved_as_it_runs(tmp_path, scenario):
    """Would catch the values of an edited or removed file in place of those on display."""
    own = tmp_path / "own.toml"
    own.write_text(scenario.read_text())
    desk = Desk(own)
    desk.set_value(KEY, 5)
    own.write_text(scenario.read_text().replace("duration_days = 3", "duration_days = 4"))
    assert Scenario.load(saved_scenario(desk, tmp_path)) == desk.watch.model.scenario
    own.unlink()
    assert Scenario.load(saved_scenario(desk, tmp_path, 2)) == desk.watch.model.scenario
