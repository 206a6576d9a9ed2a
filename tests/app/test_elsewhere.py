"""The page under Solara's own server, and in a cell of a notebook."""

import sys

import pytest

pytest.importorskip("solara")

from chromium import ROOT, canvas, click, free_port, opened, served, until

pytestmark = pytest.mark.slow
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.mark.browser
def test_solara_serves_the_page(browser):
    """Would catch a page that only our own command can serve."""
    port = free_port()
    command = [
        sys.executable, "-m", "solara", "run", "sim/app/page.py", "--no-open", "--production",
        "--port", str(port),
    ]  # fmt: skip
    quiet = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    with served(command, port, quiet) as address, opened(browser, address) as page:
        click(page, "#play")
        until(lambda: int(canvas(page, "number")) > 5)


def test_a_cell_of_a_notebook_shows_the_page():
    """Would catch a page that needs a server of its own."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    cell = nbformat.v4.new_code_cell("from sim.app.page import Page\nPage()")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    place = {"metadata": {"path": str(ROOT)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=place).execute()
    shown = [output.data[WIDGET]["model_id"] for output in cell.outputs if "data" in output]
    assert len(shown) == 1
    widgets = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert shown[0] in widgets
    maps = [one["state"] for one in widgets.values() if "ground_json" in one["state"]]
    assert maps
    assert all('"line"' in one["ground_json"] for one in maps)
