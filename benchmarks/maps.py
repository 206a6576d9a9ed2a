"""Frames a second of several ways to draw the map, measured in a browser.

``python -m benchmarks.maps`` writes ``benchmarks/MAPS.md`` and a picture of each way into
``outputs/maps``. It needs the extras ``app`` and ``dev``, Chromium with its driver and, for all
rows, ``pip install plotly anywidget ipyleaflet``; what is missing is left out.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException

from benchmarks.map_page import TECHNIQUE
from benchmarks.map_state import EVENTS, MOVING, VERTICES

ROOT = Path(__file__).resolve().parents[1]
OUT = Path(__file__).with_name("MAPS.md")
PICTURES = ROOT / "outputs" / "maps"
WINDOW_PX = (1280, 860)
WARM_UP_FRAMES, MEASURED_S, PATIENCE_S = 5, 8.0, 25.0
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAYS = {
    "canvas": ("own canvas (`sim/app/map.vue`; with footprints and trails)", "solara"),
    "mesa-matplotlib": ("Mesa's SpaceRenderer, Matplotlib", "mesa"),
    "mesa-altair": ("Mesa's SpaceRenderer, Altair", "altair"),
    "plotly": ("Plotly figure widget", "plotly"),
    "leaflet": ("ipyleaflet GeoJSON layer (mesa-geo's)", "ipyleaflet"),
}
"""Words in the table, and the package that is needed."""


@dataclass(frozen=True)
class Rate:
    """What was measured of a technique.

    Attributes
    ----------
    frames
        Frames painted.
    seconds
        Time that took (s).
    sent_kb
        Sent to the browser for each frame (kB).
    foreign
        Requests to other machines.
    """

    frames: int
    seconds: float
    sent_kb: float
    foreign: int


@contextmanager
def served(way: str) -> Iterator[str]:
    """Serve the page of a technique; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        TECHNIQUE: way, "SOLARA_APP": "benchmarks.map_page", "SOLARA_MODE": "production",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "solara.server.starlette:app", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            message = f"draws nothing in {PATIENCE_S:g} s"
            raise TimeoutError(message)
        time.sleep(0.1)


@contextmanager
def opened(address: str) -> Iterator[webdriver.Chrome]:
    """Open a browser on a page."""
    options = webdriver.ChromeOptions()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        try:
            browser.set_window_size(*WINDOW_PX)
            browser.get(address)
            yield browser
        finally:
            browser.quit()


def painted(browser: webdriver.Chrome) -> int:
    """Return how many frames have been painted."""
    words = browser.execute_script(
        "const e = document.querySelector('#acked'); return e ? e.textContent : '0'"
    )
    return int(words)


def messages(browser: webdriver.Chrome) -> list[dict[str, Any]]:
    """Return what the browser has noted of its traffic since the last call."""
    return [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]


def received(noted: list[dict[str, Any]]) -> int:
    """Return the bytes that reached the page: messages, and files fetched."""
    total = 0
    for one in noted:
        if one["method"] == "Network.webSocketFrameReceived":
            response = one["params"]["response"]
            text = response["payloadData"]
            total += len(text.encode() if response["opcode"] == 1 else base64.b64decode(text))
        elif one["method"] == "Network.loadingFinished":
            total += int(one["params"]["encodedDataLength"])
    return total


def foreign(noted: list[dict[str, Any]]) -> int:
    """Return how many requests went to other machines."""
    asked = [
        one["params"]["request"]["url"]
        for one in noted
        if one["method"] == "Network.requestWillBeSent"
    ]
    return sum(url.startswith("http") and "//127.0.0.1:" not in url for url in asked)


def measure(way: str) -> Rate:
    """Measure a technique and take its picture."""
    with served(way) as address, opened(address) as browser:
        until(lambda: painted(browser) >= WARM_UP_FRAMES)
        outside = foreign(messages(browser))
        first, start = painted(browser), time.monotonic()
        time.sleep(MEASURED_S)
        frames, seconds = painted(browser) - first, time.monotonic() - start
        noted = messages(browser)
        PICTURES.mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(PICTURES / f"{way}.png"))
    return Rate(frames, seconds, received(noted) / max(1, frames) / 1e3, outside + foreign(noted))


def page(rates: dict[str, Rate | str]) -> str:
    """Return the page of results; a text stands for a technique without figures."""
    rows = "\n".join(
        f"| {WAYS[way][0]} | {one} | - | - |"
        if isinstance(one, str)
        else f"| {WAYS[way][0]} | {one.frames / one.seconds:.1f} | {one.sent_kb:.0f} kB "
        f"| {one.foreign} |"
        for way, one in rates.items()
    )
    used = ", ".join(
        f"{name} {version(name)}"
        for name in ("solara", "mesa", "matplotlib", "altair", "plotly", "ipyleaflet")
        if find_spec(name)
    )
    return f"""# Ways to draw the map

Written by `python -m benchmarks.maps`; do not edit. All show the same frames: {MOVING} drones that
move, {EVENTS} violations, a line of {VERTICES:,} vertices and the base map, in headless Chromium at
{WINDOW_PX[0]}x{WINDOW_PX[1]} without a graphics card, with server and browser on one machine with
{os.cpu_count()} cores. The next frame is sent when the last has been painted; the state is computed
before, so the engine costs nothing here. {used}.

| Way | Frames a second | Sent a frame | Requests to other machines |
| --- | --- | --- | --- |
{rows}
"""


def main() -> None:
    """Measure what is installed and write the page."""
    rates: dict[str, Rate | str] = {}
    for way in sys.argv[1:] or WAYS:
        if find_spec(WAYS[way][1]) is None:
            rates[way] = "not installed"
            continue
        try:
            rates[way] = measure(way)
        except (TimeoutError, WebDriverException) as error:
            rates[way] = str(error).splitlines()[0]
        print(way, rates[way], flush=True)
    if not sys.argv[1:]:
        OUT.write_text(page(rates))


if __name__ == "__main__":
    main()
