"""The browser, and the page of a short run, that the tests of this folder share."""

import pytest

from sim.app.scenarios import CONFIGS

SCENARIO = f"""extends = "{CONFIGS / "minimal.toml"}"
title = "A short run"
[run]
duration_days = 3
"""


@pytest.fixture(scope="package")
def browser(tmp_path_factory):
    """Start a browser, once; each test opens tabs of its own."""
    from chromium import started  # skips what needs it where there is no Selenium

    with started(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="package")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("app") / "short.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="package")
def address(scenario):
    from chromium import served_app

    with served_app(scenario) as address:
        yield address


@pytest.fixture
def page(browser, address):
    from chromium import opened

    with opened(browser, address):
        yield browser
