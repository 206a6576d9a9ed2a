"""A section of the page: what is varied, what it moves, and the figure that shows it."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.files import atomic_file
from sim.output.figures.style import STYLE

WIDTH = 100
DPI = 110
MOST_BYTES = 120_000


@dataclass(frozen=True)
class Section:
    """One mechanism, varied alone."""

    part: str
    """Heading of docs/mission.md under which the mechanism is described."""
    key: str
    """Name of its figure."""
    title: str
    varied: str
    scenario: str
    sees: str
    figure: Figure
    table: str
    runs: str

    def save(self, folder: Path) -> None:
        """Write the figure; refuse one that would weigh the repository down."""
        target = folder / f"{self.key}.png"
        with atomic_file(target) as temporary, mpl.rc_context(STYLE):
            self.figure.savefig(temporary, format="png", dpi=DPI, facecolor="white")
        if target.stat().st_size > MOST_BYTES:
            message = f"{target.name}: {target.stat().st_size} bytes, most {MOST_BYTES}"
            raise RuntimeError(message)

    def text(self, folder: str) -> str:
        """Write the section in Markdown."""
        paragraphs = [
            f"### {self.title}",
            _filled(f"**Varied:** {self.varied}"),
            _filled(f"**Scenario:** {self.scenario} {self.runs}"),
            f"![{self.title}]({folder}/{self.key}.png)",
            _filled(self.sees),
            self.table,
        ]
        return "\n\n".join(paragraphs) + "\n"


def _filled(text: str) -> str:
    return fill(" ".join(text.split()), WIDTH, break_on_hyphens=False, break_long_words=False)
