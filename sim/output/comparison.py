"""Tables of a comparison of scenarios, on screen and in files."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from rich.markup import escape
from rich.table import Table

from sim.files import atomic_file
from sim.output.labels import is_share
from sim.output.values import (
    MARK,
    MISSING,
    POINTS,
    Scale,
    difference_text,
    estimate_text,
    no_difference_text,
    spoken_scale,
    table_label,
    value_text,
)

TITLE = "Means of the runs and paired differences [95 % intervals]"
NAME_WIDTH, MEAN_WIDTH, OTHER_WIDTH = 18, 22, 40
"""Letters that the columns of the table on screen take, with the space between them."""
NARROW = 96


class Mean(NamedTuple):
    """What a scenario gives for a measure: the mean of its runs."""

    measure: str
    label: str
    estimate: float
    low: float
    high: float
    n: int

    @property
    def words(self) -> str:
        """The mean with its interval."""
        return estimate_text(self.measure, self.estimate, self.low, self.high)

    @property
    def bare(self) -> str:
        """The mean alone."""
        return value_text(self.measure, self.estimate)

    @property
    def spoken(self) -> str:
        """The mean alone as it stands in a sentence."""
        return value_text(self.measure, self.estimate, spoken_scale(self.measure, self.estimate))


class Difference(NamedTuple):
    """How a scenario differs from the reference in a measure, over pairs of runs."""

    measure: str
    label: str
    estimate: float
    low: float
    high: float
    pairs: int
    unequal: int
    """Pairs that differ."""

    @property
    def is_clear(self) -> bool:
        """Whether there is an interval and it leaves out 0."""
        return self.has_interval and (self.low > 0.0 or self.high < 0.0)

    @property
    def has_interval(self) -> bool:
        """Whether there are enough pairs for an interval."""
        return not isnan(self.low)

    @property
    def is_none(self) -> bool:
        """Whether there are pairs of runs, and none differs."""
        return self.pairs > 0 and self.unequal == 0

    @property
    def words(self) -> str:
        """The difference with its sign, its interval, and a mark where 0 lies outside."""
        return self._told(None)

    @property
    def spoken(self) -> str:
        """The difference as it stands in a sentence."""
        return self._told(POINTS if is_share(self.measure) else None).removesuffix(f" {MARK}")

    def _told(self, scale: Scale | None) -> str:
        if self.is_none:
            return no_difference_text(self.pairs)
        return difference_text(self.measure, self.estimate, self.low, self.high, scale)

    def cell(self, runs: int) -> str:
        """Write the difference, and of how many pairs it comes where those are not all."""
        return self.words if self.is_none else self.words + _few(self.estimate, self.pairs, runs)


class Row(NamedTuple):
    """A row of the table of a comparison: what every output of it is made from."""

    measure: str
    reference: Mean
    others: tuple[tuple[Mean, Difference], ...]
    """Of each scenario but the reference."""

    def cells(self, runs: int, shown: Sequence[str]) -> list[str]:
        """Write the row: label, reference, and mean and difference of the scenarios shown.

        Parameters
        ----------
        runs
            Runs per scenario; a number from fewer is followed by how many.
        shown
            Labels of scenarios.
        """
        first = self.reference
        cells = [table_label(self.measure), first.words + _few(first.estimate, first.n, runs)]
        for mean, difference in self.others:
            if mean.label in shown:
                cells += [mean.bare + _few(mean.estimate, mean.n, runs), difference.cell(runs)]
        return cells


def _few(value: float, n: int, runs: int) -> str:
    """Say from how many runs a number comes, where those are not all."""
    return f" (n = {n:,})" if n < runs and not isnan(value) else ""


def comparison_rows(table: pd.DataFrame) -> list[Row]:
    """Return the rows of the table of a comparison, one a measure.

    Parameters
    ----------
    table
        From `sim.experiment.compare_runs`.
    """
    return [_row(table, measure) for measure in dict.fromkeys(table["measure"])]


def _row(table: pd.DataFrame, measure: str) -> Row:
    columns = ["scenario", "mean", "low", "high", "n"]
    own = table.loc[table["measure"] == measure, columns]
    reference, *means = (
        Mean(measure, str(label), float(mean), float(low), float(high), int(n))
        for label, mean, low, high, n in own.itertuples(index=False)
    )
    return Row(measure, reference, tuple(zip(means, differences(table, measure), strict=True)))


def differences(table: pd.DataFrame, measure: str) -> list[Difference]:
    """Return the differences in a measure, one a scenario but the reference.

    Parameters
    ----------
    table
        From `sim.experiment.compare_runs`.
    measure
        Name of the measure.
    """
    columns = ["difference", "difference_low", "difference_high", "pairs", "unequal"]
    rows = table.loc[table["measure"] == measure, ["scenario", *columns]].iloc[1:]
    return [
        Difference(
            measure, str(label), float(middle), float(low), float(high), int(pairs), int(unequal)
        )
        for label, middle, low, high, pairs, unequal in rows.itertuples(index=False)
    ]


def comparison_heads(reference: str, others: Sequence[str]) -> list[str]:
    """Return the heads of the table: measure, reference, and two columns a scenario."""
    pairs = [head for label in others for head in (label, f"{label} - {reference}")]
    return ["Measure", reference, *pairs]


def comparison_note(runs: int) -> str:
    """Say how the table of a comparison is read."""
    return (
        f"{MARK} the interval leaves out 0; of 20 measures without a true difference, one is "
        f"marked by chance. n = {runs:,} runs or pairs of runs unless another number stands there; "
        f"differences without brackets come from too few for an interval; {MISSING} undefined."
    )


def comparison_tables(table: pd.DataFrame, runs: int, width: int) -> list[Table]:
    """Return a comparison as tables for the screen, as many scenarios beside each other as fit.

    Parameters
    ----------
    table
        From `sim.experiment.compare_runs`.
    runs
        Runs per scenario.
    width
        Letters in a line of the screen.
    """
    reference, *others = dict.fromkeys(table["scenario"])
    fitting = max(1, (width - NAME_WIDTH - MEAN_WIDTH) // OTHER_WIDTH)
    # Where it is narrow, names are wrapped and intervals stand below, so that none is torn apart.
    names_width, gap = (NAME_WIDTH, "\n") if width < NARROW else (None, " ")
    rows, tables = comparison_rows(table), []
    for first in range(0, len(others), fitting):
        shown = others[first : first + fitting]
        part = Table(title=TITLE, title_justify="left", box=None, padding=(0, 1, 0, 0))
        name, *heads = map(escape, comparison_heads(reference, shown))
        part.add_column(name, min_width=NAME_WIDTH, max_width=names_width)
        for head in heads:
            part.add_column(head, justify="right")
        for row in rows:
            cells = row.cells(runs, shown)
            part.add_row(*(escape(cell.replace(" [", f"{gap}[")) for cell in cells))
        tables.append(part)
    tables[-1].caption, tables[-1].caption_justify = comparison_note(runs), "left"
    return tables


def comparison_markdown(table: pd.DataFrame, runs: int) -> str:
    """Return a comparison as a Markdown table.

    Parameters
    ----------
    table, runs
        As for `comparison_tables`.
    """
    reference, *others = dict.fromkeys(table["scenario"])
    heads = comparison_heads(reference, others)
    rows = [row.cells(runs, others) for row in comparison_rows(table)]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    text = "\n".join(f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in lines)
    return f"{TITLE}\n\n{text}\n\n{comparison_note(runs).replace(MARK, '\\' + MARK, 1)}\n"


def write_comparison_tables(table: pd.DataFrame, runs: int, folder: Path) -> list[Path]:
    """Write a comparison as CSV (long form, all digits) and as Markdown.

    Parameters
    ----------
    table, runs
        As for `comparison_tables`.
    folder
        An existing folder.

    Returns
    -------
    list of Path
        The files written.
    """
    written = [folder / "comparison.csv", folder / "comparison.md"]
    with atomic_file(written[0]) as temporary:
        table.to_csv(temporary, index=False)
    with atomic_file(written[1]) as temporary:
        temporary.write_text(comparison_markdown(table, runs), encoding="utf-8")
    return written
