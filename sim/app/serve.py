"""Serving the page on this machine."""

import os
import socket
import threading
import webbrowser
from importlib.util import find_spec
from pathlib import Path

from sim.app.scenarios import find_scenarios, load_scenario
from sim.errors import InputError
from sim.results.outcome import run_plan
from sim.setup.plan import build_plan

NEEDED = ("solara", "solara_assets", "uvicorn")
OPEN_AFTER_S = 1.5


def check_extra() -> None:
    """Raise InputError when the packages of the page are not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        message = f"the page needs {', '.join(missing)}: install ceasefire-sim[app]"
        raise InputError(message)


def check_address(host: str, port: int) -> None:
    """Raise InputError when nothing can be served at an address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # as the server does, so that a port of a server that has just ended is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} cannot be used: {error.strerror}; try another --port"
            raise InputError(message) from None


def warm_up(scenario: Path | None) -> None:
    """Read the scenario and make a short run, so that the engine is compiled before the page opens.

    Raises
    ------
    InputError
        When the scenario cannot be used.
    """
    first = next(iter(find_scenarios(scenario).values()))
    build_plan(load_scenario(first))
    run_plan(build_plan(load_scenario(None)), 1)


def serve(host: str, port: int, open_browser: bool) -> None:
    """Serve the page until it is interrupted; nothing is fetched from other machines.

    Parameters
    ----------
    host, port
        Where to.
    open_browser
        Whether to open the page in the user's browser.
    """
    os.environ["SOLARA_APP"] = "sim.app.page"
    os.environ.setdefault("SOLARA_TELEMETRY_MIXPANEL_ENABLE", "False")
    os.environ.setdefault("SOLARA_MODE", "production")
    os.environ.setdefault("SOLARA_THEME_SHOW_BANNER", "False")
    import uvicorn  # it reads the settings above when it is loaded

    if open_browser:
        threading.Timer(OPEN_AFTER_S, webbrowser.open, (f"http://{host}:{port}",)).start()
    uvicorn.run("solara.server.starlette:app", host=host, port=port, log_level="warning")
