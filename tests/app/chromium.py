"""A real browser on a page that is served for it."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver")

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "outputs" / "app"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(command, port, environment=None):
    """Run a server until its page is no longer needed; return the address."""
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: answers(port), seconds=600)  # it may have to compile the engine first
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def served_app(*words):
    """Run `ceasefire app`."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "sim.cli.main",
        "app",
        *words,
        "--no-browser",
        "--port",
        str(port),
    ]
    with served(command, port) as address:
        yield address


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def started(profile):
    """Run a browser, without a page yet."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def opened(browser, address):
    """Open the page in a tab; at the end, nothing was asked of other machines and nothing failed.

    Nothing is left of the tabs before: neither what they stored nor what they logged.
    """
    browser.switch_to.new_window("tab")
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    forgotten = {"origin": address, "storageTypes": "all"}
    browser.execute_cdp_cmd("Storage.clearDataForOrigin", forgotten)
    forget_logs(browser)
    browser.set_window_size(1280, 860)
    try:
        browser.get(address)
        until(lambda: find(browser, "canvas"), seconds=40)
        until(lambda: painted(browser) > 0, seconds=20)
        yield browser
        assert outside(browser) == []
        severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert severe == [], severe
    finally:
        close_tabs(browser)


def forget_logs(browser):
    for kind in ("performance", "browser"):
        browser.get_log(kind)


def close_tabs(browser):
    """Close all tabs but the first, which keeps the browser open."""
    first, *others = browser.window_handles
    for tab in others:
        browser.switch_to.window(tab)
        browser.close()
    browser.switch_to.window(first)


def saves_into(browser, folder):
    """Let the page save files into a folder, unasked."""
    words = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", words)


def saved(folder, ending):
    """Wait for the one file with an ending that a page saves; take it out of the way."""
    until(lambda: list(folder.glob(f"*{ending}")), seconds=40)
    (file,) = folder.glob(f"*{ending}")
    taken = folder / "taken"
    taken.mkdir(exist_ok=True)
    return file.rename(taken / file.name)


def answered(browser, act):
    """Do something that the server has to answer, and wait for its answer."""
    before = answer(browser)
    act()
    until(lambda: answer(browser) > before, seconds=40)


def answer(browser):
    return int(find(browser, ".ceasefire-controls")[0].get_attribute("data-answer"))


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


def drawn(browser):
    """Return how much the page says that it has drawn in its latest frame."""
    return json.loads(canvas(browser, "drawn"))


def by_text(browser, tag, words):
    """Return the element of a kind that says these words."""
    (found,) = [one for one in find(browser, tag) if words.lower() in one.text.lower()]
    return found
