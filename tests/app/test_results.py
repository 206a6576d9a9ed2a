"""A finished sweep on the page, in a real browser."""

import pytest

from sim import Scenario
from sim.app.headline import RESPONSE
from sim.app.scenarios import CONFIGS
from sim.experiment import SweepDesign, load_results, perform
from sim.output.values import value_text

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import (
    PICTURES,
    answered,
    by_text,
    choose,
    click,
    find,
    saved,
    saves_into,
    served_app,
    text,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
POINT, REPLICATION = 3, 1
FACTORS = {"monitors.male.count": [2, 6], "support.patrols.count": [2, 4]}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("swept") / "out"
    scenario = Scenario.load(CONFIGS / "minimal.toml").with_values({"run.duration_days": 3})
    design = SweepDesign.from_dict({"scenario": scenario, "factors": FACTORS, "replications": 2})
    perform(design, out)
    return out


@pytest.fixture(scope="module")
def address(swept):
    with served_app("--results", swept) as address:
        yield address


@pytest.fixture
def page(page):
    until(lambda: find(page, ".ceasefire-results svg, .ceasefire-results img"), seconds=30)
    return page


def pick(browser, label, words):
    """Choose in one of the panel's own lists."""
    (field,) = [one for one in find(browser, ".ceasefire-results .v-select") if label in one.text]
    field.find_element("css selector", ".v-select__slot").click()
    items = ".menuable__content__active .v-list-item"
    until(lambda: any(words in one.text for one in find(browser, items)))
    next(one for one in find(browser, items) if words in one.text).click()


def test_a_run_is_chosen_and_ends_as_in_the_batch(page, swept):
    """Would catch a panel without figure or frontier, and a run that is not the chosen one."""
    row = load_results(swept).set_index(["point", "replication"]).loc[(POINT, REPLICATION)]
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
    assert text(page, "#response") == value_text(RESPONSE, row[RESPONSE])


def controls(page):
    """Return what the controls show: scenario, seed, and the number of each force."""
    script = "return arguments[0].map((css) => (document.querySelector(css) || {}).value)"
    boxes = ["#scenario", "#seed", *(f"[data-key='{key}']" for key in FACTORS)]
    return page.execute_script(script, boxes)


def watch(page, point, replication):
    pick(page, "Design point", f"{point}: ")
    slider = find(page, ".ceasefire-results .v-slider__thumb-container")[0]
    slider.send_keys("\ue014" if replication else "\ue012")
    until(lambda: slider.get_attribute("aria-valuenow") == str(replication))
    answered(page, by_text(page, "button", "Watch this run").click)


def test_the_controls_show_the_run_that_is_watched(page, swept, tmp_path):
    """Would catch a scenario box, lever, seed or file of another run than the one on display."""
    rows = load_results(swept).set_index(["point", "replication"])
    saves_into(page, tmp_path)
    first = controls(page)[0]
    seen = {}
    for point, replication in ((3, 1), (1, 0), (0, 1)):
        watch(page, point, replication)
        name = f"point {point}, replication {replication}"
        row = rows.loc[(point, replication)]
        numbers = [str(row[key]) for key in FACTORS]
        seen[name] = [name, str(row["seed"]), *numbers]
        assert controls(page) == seen[name]
        click(page, "[data-save='now events.csv']")
        levels = "-".join(f"{key}={row[key]}" for key in FACTORS)
        stem = f"{swept.name}_point_{point}-{levels}-seed{row['seed']}-0h"
        assert saved(tmp_path, ".csv").name == f"{stem}-events.csv"
    answered(page, lambda: choose(page, "#seed", "99"))
    # another seed: the point still, but no longer that run
    assert controls(page) == ["point 0", "99", *seen["point 0, replication 1"][2:]]
    answered(page, lambda: choose(page, "#scenario", first))
    assert controls(page)[:2] == [first, "99"]
    for name, shown in seen.items():
        answered(page, lambda name=name: choose(page, "#scenario", name))
        assert controls(page) == shown
    assert page.save_screenshot(str(PICTURES / "watched.png"))
