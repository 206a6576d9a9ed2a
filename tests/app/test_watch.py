"""What the page is fed with, without a browser."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest

from sim import InputError, simulate
from sim.app.figures import clock_text, compared, counts, latest, said, story
from sim.app.frame import STATES, frame, ground, violations_on_map
from sim.app.headline import ANSWERED, RESPONSE, help_so_far, part_rows
from sim.app.levers import levers
from sim.app.part import read_part
from sim.app.scenarios import BUILT_IN, CONFIGS, built_in, find_scenarios, load_scenario
from sim.app.serve import check_address
from sim.app.watch import MOST_POINTS, Watch
from sim.cli.main import main


@pytest.fixture(scope="module")
def watch():
    scenario = load_scenario(CONFIGS / "minimal.toml").with_values({"run.duration_days": 4})
    run = Watch(scenario, seed=3, number=1)
    while run.model.running:
        run.advance(60)
    return run


def test_a_watched_run_is_the_run(watch):
    """Would catch frames that change what happens."""
    outcome = simulate(watch.model.plan.scenario, seed=3)
    assert counts(watch.model)["violations"] == len(outcome.violations)
    assert counts(watch.model)["detection"] == outcome.measures["detection_rate"]
    (helped,) = help_so_far(watch.model)
    assert helped.place == ""
    assert helped.answered == outcome.measures["answered_share"]
    assert helped.response_min == outcome.measures["response_time_restricted_mean_min"]


def test_bars_hold_every_answer(watch):
    """Would catch a histogram that loses slow answers."""
    rows = watch.model.outcome.violations
    assert np.sum(watch.counts["bars"]) == rows["arrived_h"].notna().sum()


@pytest.fixture(scope="module")
def month():
    """Return a month of the baseline, with violations on land, in the air and at sea."""
    scenario = load_scenario(CONFIGS / "baseline.toml").with_values({"run.duration_days": 30})
    run = Watch(scenario, seed=1, number=1)
    while run.model.running:
        run.advance(360)
    return run


def test_land_air_and_sea_are_told_apart(month):
    """Would catch help on land, in the air and at sea pooled in one number, or one mislabelled."""
    names = {"land": "on land", "air": "in the air", "sea": "at sea"}
    assert [one.place for one in month.help] == list(names.values())
    for domain, one in zip(names, month.help, strict=True):
        asked = [f"{name}[domain={domain}]" for name in (ANSWERED, RESPONSE)]
        found = list(month.model.outcome.measure(*asked).values())
        assert [one.answered, one.response_min] == pytest.approx(found, nan_ok=True)
    came = month.model.outcome.violations.dropna(subset=["arrived_h"])
    by_domain = [sum(bars) for bars in month.counts["bars"]]
    kinds = month.model.scenario.violations.kinds
    domains = came["kind"].map({name: kind.domain for name, kind in kinds.items()})
    assert by_domain == [(domains == domain).sum() for domain in month.counts["domains"]]
    assert min(by_domain[:2]) > 0


def test_the_headline_is_that_of_reports(month):
    """Would catch a page that leads with other measures than reports, or writes them otherwise."""
    measures = month.model.measures
    words = said(month.counts, month.help, 24.0)
    assert words["detection"] == f"{100 * measures['detection_rate']:.0f} %"
    assert words["sure"] == f"{100 * measures['confirmed_rate']:.0f} % beyond doubt"
    assert words["limit"] == "Longer times, and what is never reached, count as 24 h."
    land = month.help[0]
    assert land.response_min > 180.0
    assert words["help"][0] == [
        "on land", f"{100 * land.answered:.0f} %", f"{land.response_min / 60.0:.1f} h"
    ]  # fmt: skip


def test_before_anything_happens_nothing_is_said():
    """Would catch `nan` on the page of a run that has not begun."""
    run = Watch(built_in(), seed=1, number=1)
    words = said(run.counts, run.help, 24.0)
    assert (words["detection"], words["interval"], words["sure"]) == ("-", "", "")
    assert words["help"] == [["", "-", "-"]]
    assert "nan" not in compared((run.counts, run.help), (run.counts, run.help))


def test_part_of_the_violations_is_measured_as_elsewhere(month):
    """Would catch measures of a part that are those of all, or of another part."""
    conditions = read_part("kind=heavy_weapons, severity>=4", month.model.scenario)
    rows = dict(part_rows(month.model, conditions))
    of_part = "[kind=heavy_weapons,severity>=4]"
    found = month.model.outcome.measure(f"n_violations{of_part}", f"detection_rate{of_part}")
    number, rate = found.values()
    assert 0 < number < month.model.measures["n_violations"]
    assert rows["Violations"] == f"{number:.0f}"
    assert rows["Detection rate"] == f"{rate:.3f}"
    assert not any("sea" in label for label in rows)  # there are no heavy weapons at sea


def test_nothing_is_shown_before_it_begins():
    """Would catch a map that reads the violations drawn for later."""
    run = Watch(built_in(), seed=1, number=1)
    for _ in range(30):
        run.advance(180)
        rows = [row for row, *_ in violations_on_map(run.model)]
        rows += [one["row"] for one in latest(run.model)]
        assert (run.model.world.violations["onset"][rows] <= run.model.hours).all()


def test_frames_are_plain_json(watch):
    """Would catch NumPy values and nan, which browsers cannot read."""
    for part in (ground(watch.model), frame(watch.model), watch.counts, watch.history):
        json.dumps(part, allow_nan=False)


def test_story_is_in_order(watch):
    """Would catch a story told out of order, or one that tells of the future."""
    for one in latest(watch.model):
        times = [line[0] for line in story(watch.model, one["row"])]
        assert times == sorted(times)
        assert len(times) > 0


def test_who_ended_without_help_is_over(watch):
    """Would catch a violation that is over and still drawn as under way."""
    rows = watch.model.world.violations
    for row, *_, state, _severity in violations_on_map(watch.model):
        if state == STATES.index("under way, nobody has seen it"):
            assert rows["end"][row] > watch.model.hours


def test_time_series_stay_short():
    """Would catch memory that grows with the length of a run."""
    run = Watch(built_in(), seed=1, number=1)
    for _ in range(500):
        run.advance(10)
    assert len(run.history) <= MOST_POINTS
    days = [point[0] for point in run.history]
    assert np.all(np.diff(days) > 0.0)


@pytest.mark.parametrize("name", list(find_scenarios()))
def test_levers_are_keys_of_the_scenario(name):
    """Would catch a lever whose key or own value the scenario refuses."""
    scenario = load_scenario(find_scenarios()[name])
    values = {one.key: one.value for one in levers(scenario)}
    assert scenario.with_values(values) == scenario


def test_without_a_library_there_is_a_scenario(tmp_path):
    """Would catch an installed package whose page has nothing to show."""
    assert find_scenarios(folder=tmp_path) == {BUILT_IN: None}
    assert load_scenario(None).monitors


def test_clock_counts_days_from_one():
    """Would catch a clock that shows 60 minutes or a day 0."""
    assert clock_text(0.0) == "day 1, 00:00"
    assert clock_text(23.9999) == "day 2, 00:00"


def test_a_port_in_use_is_one_line(capsys):
    """Would catch a traceback, or a second server on the same port."""
    pytest.importorskip("solara")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1:{port} cannot be used"):
            check_address("127.0.0.1", port)
        assert main(["app", "--no-browser", "--port", str(port)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")
def test_memory_stays_flat_over_two_thousand_frames():
    """Would catch histories or views that pile up in a page that is left open."""
    watch = Watch(load_scenario(CONFIGS / "baseline.toml"), 1, 1)
    held = []
    for number in range(2000):
        watch.advance(60)
        watch.frame()
        if number in (300, 1999):
            pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
            held.append(pages * 4096 / 1e6)
    assert watch.frames == 2000
    assert held[1] - held[0] < 20.0


def test_the_end_of_the_ceasefire_is_told():
    """Catches a page that shows the end of a ceasefire as the end of a run."""
    scenario = load_scenario(CONFIGS / "baseline.toml").with_values(
        {"escalation.start": "collapsing", "escalation.collapsing.worsen_per_day": 5.0}
    )
    watch = Watch(scenario, 1, 1)
    assert watch.counts["situation"] == (
        "The ceasefire is collapsing, the United States are engaged"
    )
    while watch.model.running:
        watch.advance(360)
    assert watch.counts["over"]
    assert watch.counts["situation"].startswith("A renewed attack has ended the ceasefire. The Uni")


def test_a_force_of_none_leaves_the_marks_of_the_others():
    """Catches two forces side by side in which one platform has two marks."""
    scenario = load_scenario(CONFIGS / "core.toml")
    none = scenario.with_values({"monitors.male.count": 0})
    assert Watch(scenario, 1, 1).ground["classes"] == Watch(none, 1, 1).ground["classes"]
