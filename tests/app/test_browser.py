"""The page in a real browser."""

import time
from itertools import pairwise

import pytest

from sim import Scenario, simulate

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import (
    PICTURES,
    by_text,
    canvas,
    choose,
    click,
    corner,
    drawn,
    find,
    painted,
    text,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = ((1280, 720), (1920, 1080))


def test_drones_move_and_figures_grow(page):
    """Would catch a page that opens but does not run."""
    before, clock = canvas(page, "drones"), text(page, "#clock")
    click(page, "#play")
    until(lambda: int(canvas(page, "number")) > 20)
    click(page, "#play")
    assert canvas(page, "drones") != before
    assert text(page, "#clock") != clock
    until(lambda: "Play" in text(page, "#play"))
    halted = text(page, "#clock")
    time.sleep(0.5)
    assert text(page, "#clock") == halted


def test_final_figures_are_those_of_a_run_without_the_page(page, scenario):
    """Would catch a page whose frames or controls change what happens."""
    choose(page, "#speed", "180")
    click(page, "#play")
    until(lambda: "end of the run" in text(page, "#clock"), seconds=30)
    measures = simulate(Scenario.load(scenario), seed=1).measures
    assert text(page, "#detection") == f"{100 * measures['detection_rate']:.0f} %"
    assert f"of {measures['n_violations']:.0f} violations" in text(page, ".tile.wide")


def test_a_slider_starts_a_new_run_and_a_bad_value_is_refused(page):
    """Would catch stale state after a change, and errors that end in the console."""
    click(page, "#step")
    until(lambda: "day 1, 00:00" not in text(page, "#clock"))
    slider = find(page, "[data-slider^='monitors.']")[0].get_attribute("data-slider")
    choose(page, f"[data-slider='{slider}']", "1")
    until(lambda: "day 1, 00:00" in text(page, "#clock"))
    choose(page, f"[data-key='{slider}']", "-3")
    until(lambda: f"{slider} = -3: must be" in text(page, "#error"))


def test_another_scenario_and_the_story_of_an_event(page):
    """Would catch a picker or an event log that leads nowhere."""
    choose(page, "#scenario", "baseline")
    until(lambda: "Baseline" in text(page, ".ceasefire-controls .about"))
    choose(page, "#speed", "360")
    click(page, "#play")
    until(lambda: len(find(page, ".event")) > 8, seconds=30)
    click(page, "#play")
    time.sleep(1)
    click(page, ".event")
    until(lambda: "begins" in text(page, "#story"))
    pictures(page, "page")


def test_part_of_the_violations_is_asked_for(page):
    """Would catch a choice without an effect, a hidden refusal, or a list of another part."""
    choose(page, "#scenario", "baseline")
    until(lambda: "Baseline" in text(page, ".ceasefire-controls .about"))
    choose(page, "#speed", "360")
    click(page, "#play")
    until(lambda: text(page, "#clock") > "day 2", seconds=30)
    choose(page, "[data-part='kind']", "kind=artillery")
    until(lambda: "Detection rate" in text(page, "#part-rows"))
    choose(page, "#part", "kind=artilery")
    until(lambda: "did you mean artillery?" in text(page, "#part-error"))
    choose(page, "#part", "kind=artillery,severity>=3")
    until(lambda: text(page, "#part-error") == "")
    shown = page.execute_script("return document.querySelector(\"[data-part='severity']\").value")
    assert shown == "severity>=3"
    pictures(page, "part")


def pictures(browser, name):
    """Take pictures at the sizes that the page is made for, to be looked at."""
    for width, height in SIZES:
        # the view, not the window, whose frame takes room
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        time.sleep(1)
        assert browser.save_screenshot(str(PICTURES / f"{name}-{width}x{height}.png"))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_two_forces_meet_the_same_violations(page):
    """Would catch a comparison that shows one run twice, or none, or stops the page."""
    by_text(page, "button", "Keep this force and compare").click()
    until(lambda: len(find(page, "canvas")) == 2)
    slider = find(page, "[data-slider^='monitors.']")[0].get_attribute("data-slider")
    choose(page, f"[data-slider='{slider}']", "1")
    choose(page, "#speed", "180")
    click(page, "#play")
    until(lambda: "end of the run" in text(page, "#clock"), seconds=60)
    rows = [row.text for row in find(page, ".ceasefire-compared tr")]
    violations, detected = rows[1].split(), rows[2].replace("%", "").split()
    assert violations[-1] == violations[-2]
    assert float(detected[-1]) < float(detected[-2])
    page.set_window_size(1280, 860)
    time.sleep(1)
    assert page.save_screenshot(str(PICTURES / "compare.png"))
    by_text(page, "button", "Stop comparing").click()
    until(lambda: len(find(page, "canvas")) == 1)


def test_the_map_follows_the_system_into_the_dark(page):
    """Would catch a bright map between dark panels."""
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    bright = corner(page)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    page.refresh()
    until(lambda: find(page, "canvas") and painted(page) > 0, seconds=40)
    until(lambda: max(corner(page)) < 80 < min(bright))
    choose(page, "#scenario", "sensors_instead")
    until(lambda: "Sensors" in text(page, ".ceasefire-controls .about"), seconds=30)
    choose(page, "#speed", "360")
    click(page, "#play")
    until(lambda: len(find(page, ".event")) > 8, seconds=60)
    click(page, "#play")
    time.sleep(1)
    pictures(page, "dark")


def test_tabs_do_not_disturb_each_other(page, address):
    """Would catch a run that is shared by all who look."""
    first = page.current_window_handle
    page.switch_to.new_window("tab")
    page.get(address)
    until(lambda: find(page, "canvas") and painted(page) > 0, seconds=40)
    click(page, "#step")
    until(lambda: "day 1, 00:00" not in text(page, "#clock"))
    page.switch_to.window(first)
    assert "day 1, 00:00" in text(page, "#clock")


def test_a_story_is_told_to_the_keyboard(page):
    """Would catch a map whose violations only a mouse can reach, or a focus that cannot be seen."""
    choose(page, "#speed", "60")
    for frame in range(1, 20):
        click(page, "#step")
        until(lambda frame=frame: canvas(page, "number") == str(frame))
        if drawn(page)["events"] > 1:
            break
    (shown,) = find(page, "canvas")
    page.execute_script("document.querySelector('#picture').focus()")
    page.switch_to.active_element.send_keys("\ue008\ue004")  # shift and tab: back to the map
    assert page.switch_to.active_element == shown
    assert (
        page.execute_script("return getComputedStyle(arguments[0]).outlineStyle", shown) == "solid"
    )
    shown.send_keys("n")
    until(lambda: "begins" in text(page, "#story"))
    first = text(page, "#story")
    shown.send_keys("n")
    until(lambda: text(page, "#story") != first)
    shown.send_keys("p")
    until(lambda: text(page, "#story") == first)
    shown.send_keys("\ue00c")
    until(lambda: not find(page, "#story"))


def test_every_control_is_reached_with_tab(page):
    """Would catch a control that a keyboard cannot reach."""
    script = (
        "return [...document.querySelectorAll('button, input, select, summary, canvas')]"
        ".filter((e) => e.tabIndex < 0).map((e) => e.outerHTML)"
    )
    assert page.execute_script(script) == []


@pytest.mark.parametrize("width", [420, 800])
def test_a_narrow_page_stacks_its_parts(page, width):
    """Would catch panels that cover each other, or a map without room."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    time.sleep(1)
    script = (
        "return ['controls', 'map', 'dashboard'].map((e) => {"
        "const b = document.querySelector('.ceasefire-' + e).parentElement.getBoundingClientRect();"
        "return [b.left, b.right, b.top, b.bottom]; })"
    )
    boxes = page.execute_script(script)
    assert all(left >= 0 and right <= width for left, right, _, _ in boxes)
    assert all(above[3] <= below[2] + 1 for above, below in pairwise(boxes))
    assert boxes[1][3] - boxes[1][2] > 300
    assert page.save_screenshot(str(PICTURES / f"narrow-{width}.png"))
