"""A finished sweep on the page, in a real browser."""

import pytest

from sim import Scenario
from sim.app.scenarios import CONFIGS
from sim.experiment import SweepDesign, load_results, perform

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import PICTURES, by_text, choose, click, find, opened, served_app, text, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
POINT, REPLICATION = 3, 1


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("swept") / "out"
    factors = {"monitors.male.count": [2, 6], "support.patrols.count": [2, 4]}
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 3})
    design = SweepDesign.from_dict({"scenario": scenario, "factors": factors, "replications": 2})
    perform(design, out)
    return out


def pick(browser, label, words):
    """Choose in one of the panel's own lists."""
    (field,) = [one for one in find(browser, ".ceasefire-results .v-select") if label in one.text]
    field.find_element("css selector", ".v-select__slot").click()
    items = ".menuable__content__active .v-list-item"
    until(lambda: any(words in one.text for one in find(browser, items)))
    next(one for one in find(browser, items) if words in one.text).click()


def test_a_run_is_chosen_and_ends_as_in_the_batch(swept, tmp_path):
    """Would catch a panel without figure or frontier, and a run that is not the chosen one."""
    row = load_results(swept).set_index(["point", "replication"]).loc[(POINT, REPLICATION)]
    with served_app("--results", swept) as address, opened(address, tmp_path / "p") as page:
        until(lambda: find(page, ".ceasefire-results svg, .ceasefire-results img"), seconds=30)
        assert find(page, ".ceasefire-least")
        pick(page, "Design point", f"{POINT}: ")
        slider = find(page, ".ceasefire-results .v-slider__thumb-container")[0]
        slider.send_keys("\ue014" * REPLICATION)
        until(lambda: slider.get_attribute("aria-valuenow") == str(REPLICATION))
        by_text(page, "button", "Watch this run").click()
        until(lambda: text(page, "#clock").startswith("day 1, 00:00"))
        until(lambda: f"point {POINT}, replication {REPLICATION}" in text(page, "#scenario"))
        choose(page, "#speed", "180")
        click(page, "#play")
        until(lambda: "end of the run" in text(page, "#clock"), seconds=30)
        assert page.save_screenshot(str(PICTURES / "results.png"))
        assert text(page, "#detection") == f"{100 * row['detection_rate']:.0f} %"
        assert f"of {row['n_violations']:.0f} violations" in text(page, ".tile.wide")
        assert text(page, "#median") == f"{row['response_time_p50_min']:.0f} min"
