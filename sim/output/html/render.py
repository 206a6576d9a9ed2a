"""A report as one HTML file that needs nothing else: figures and style are within it."""

from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.output.html.content import Page


def render(page: Page) -> str:
    """Write a report as HTML.

    Parameters
    ----------
    page
        What it holds; its figures are read from their files.
    """
    environment = Environment(
        loader=PackageLoader("sim.output.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = _inline
    return environment.get_template("report.html").render(page=page)


def _inline(path: Path) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/svg+xml;base64,{b64encode(path.read_bytes()).decode('ascii')}"
