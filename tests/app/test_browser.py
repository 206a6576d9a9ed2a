"""The page in a real browser."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim import Scenario, simulate
from sim.app.scenarios import CONFIGS

pytest.importorskip("solara")
webdriver = pytest.importorskip("selenium.webdriver")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "outputs" / "app"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZES = ((1280, 720), (1920, 1080))
DAYS = 3
SCENARIO = f"""extends = "{CONFIGS / "minimal.toml"}"
title = "A short run"
[run]
duration_days = {DAYS}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("app") / "short.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def address(scenario):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "sim.cli", "app", scenario, "--no-browser", "--port", str(port)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: _answers(port), seconds=120)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def page(address, tmp_path):
    PICTURES.mkdir(parents=True, exist_ok=True)
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        browser.set_window_size(1280, 860)
        browser.get(address)
        until(lambda: find(browser, "canvas"), seconds=40)
        until(lambda: painted(browser) > 0, seconds=20)
        yield browser
        assert outside(browser) == []
        severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert severe == []
    finally:
        browser.quit()


def outside(browser):
    """Return the addresses off this machine that were asked for."""
    found = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if url.startswith("http") and not url.startswith("http://127.0.0.1:"):
                found.append(url)
    return found


def until(holds, seconds=15.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def find(browser, css):
    return browser.find_elements("css selector", css)


def text(browser, css):
    return browser.execute_script(
        "const e = document.querySelector(arguments[0]); return e ? e.textContent : ''", css
    )


def canvas(browser, name):
    script = f"return document.querySelector('.ceasefire-map canvas').dataset.{name}"
    return browser.execute_script(script)


def painted(browser):
    return int(canvas(browser, "painted") or 0)


def corner(browser):
    """Return red, green and blue of a corner of the map."""
    script = (
        "return [...document.querySelector('.ceasefire-map canvas')"
        ".getContext('2d').getImageData(3, 3, 1, 1).data].slice(0, 3)"
    )
    return browser.execute_script(script)


def click(browser, css):
    # by script: an element may lie below the edge of the window
    browser.execute_script("document.querySelector(arguments[0]).click()", css)


def choose(browser, css, value):
    """Give a control a value as its user would, and let go of it."""
    browser.execute_script(
        "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change'))", css, value,
    )  # fmt: skip


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
    for width, height in SIZES:
        page.set_window_size(width, height + 140)
        time.sleep(1)
        assert page.save_screenshot(str(PICTURES / f"page-{width}x{height}.png"))


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
    violations, detected = rows[1].split(), rows[2].split()
    assert violations[-1] == violations[-2]
    assert float(detected[-1]) < float(detected[-2])
    page.set_window_size(1280, 860)
    time.sleep(1)
    assert page.save_screenshot(str(PICTURES / "compare.png"))
    by_text(page, "button", "Stop comparing").click()
    until(lambda: len(find(page, "canvas")) == 1)


def by_text(browser, tag, words):
    """Return the element of a kind that says these words."""
    (found,) = [one for one in find(browser, tag) if words.lower() in one.text.lower()]
    return found


def test_the_map_follows_the_system_into_the_dark(page):
    """Would catch a bright map between dark panels."""
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    bright = corner(page)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    page.refresh()
    until(lambda: find(page, "canvas") and painted(page) > 0, seconds=40)
    until(lambda: max(corner(page)) < 80 < min(bright))
    assert page.save_screenshot(str(PICTURES / "dark.png"))


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


def test_frames_are_painted_fast_enough(page):
    """Would catch a map that cannot follow: at least five painted frames a second."""
    choose(page, "#scenario", "large_mission")
    until(lambda: "large" in text(page, ".ceasefire-controls .about").lower(), seconds=30)
    click(page, "#play")
    time.sleep(1)
    first, start = int(canvas(page, "number")), time.monotonic()
    time.sleep(5)
    rate = (int(canvas(page, "number")) - first) / (time.monotonic() - start)
    print(f"{rate:.1f} frames a second")
    assert rate >= 5.0
