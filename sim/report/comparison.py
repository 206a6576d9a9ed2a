"""Tables of a comparison of scenarios, on screen and in files."""

from collections.abc import Sequence
from math import floor, log10
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.markup import escape
from rich.table import Table

from sim.files import atomic_file
from sim.report.labels import measure_digits, measure_label

MARK = "*"
TITLE = "Means of the runs and paired differences [95 % intervals]"
MORE_DIGITS = 2
"""A difference shows at most so many digits more than the measure itself."""
MILLION = 1e6
NAME_WIDTH, MEAN_WIDTH, OTHER_WIDTH = 18, 22, 40
"""Letters that the columns of the table on screen take, with the space between them."""
NARROW = 96
LEAST_PAIRS = 5
"""Of fewer runs no interval is shown: two that happen to agree would have one without width."""


class Difference(NamedTuple):
    """A row of the table of a comparison, in words and as numbers."""

    measure: str
    label: str
    estimate: float
    low: float
    high: float
    pairs: int

    @property
    def is_clear(self) -> bool:
        """Whether there is an interval and it leaves out 0."""
        return self.has_interval and (self.low > 0.0 or self.high < 0.0)

    @property
    def has_interval(self) -> bool:
        """Whether there are enough pairs for an interval."""
        return self.pairs >= LEAST_PAIRS and not np.isnan(self.low)

    @property
    def is_none(self) -> bool:
        """Whether no pair of runs differs."""
        return self.estimate == self.low == self.high == 0.0

    @property
    def words(self) -> str:
        """The difference with its sign, its interval, and a mark where 0 lies outside."""
        if np.isnan(self.estimate):
            return "-"
        if self.is_none:
            return "0"
        if not self.has_interval:
            digits = measure_digits(self.measure)
            if round(self.estimate, digits) == 0.0:
                digits = difference_digits(self.measure, abs(self.estimate))
            return _number(self.estimate, digits, sign="+")
        digits = difference_digits(self.measure, (self.high - self.low) / 2.0)
        if self.is_clear:  # and its nearer end is not to look like 0
            nearer = min(abs(self.low), abs(self.high))
            digits = max(digits, min(digits + MORE_DIGITS, -floor(log10(nearer))))
        estimate = _number(self.estimate, digits, sign="+")
        low, high = _number(self.low, digits), _number(self.high, digits)
        return f"{estimate} [{low}, {high}]{' ' + MARK if self.is_clear else ''}"


def differences(table: pd.DataFrame, measure: str) -> list[Difference]:
    """Return the differences in a measure, one a scenario but the reference.

    Parameters
    ----------
    table
        From `sim.experiment.compare_runs`.
    measure
        Name of the measure.
    """
    columns = ["scenario", "difference", "difference_low", "difference_high", "pairs"]
    rows = table.loc[table["measure"] == measure, columns].iloc[1:]
    return [
        Difference(measure, str(label), float(middle), float(low), float(high), int(pairs))
        for label, middle, low, high, pairs in rows.itertuples(index=False)
    ]


def difference_digits(measure: str, half_width: float) -> int:
    """Return the digits that show a difference: those of the measure, or two that are certain."""
    least = measure_digits(measure)
    if not half_width > 0.0:
        return least
    return max(least, min(least + MORE_DIGITS, 1 - floor(log10(half_width))))


def _number(value: float, digits: int, sign: str = "") -> str:
    """Write a number; millions are written as such, and what is rounded to 0 has no minus."""
    if abs(value) >= MILLION:
        return f"{value / MILLION:{sign},.2f}M"
    return f"{round(value, digits) + 0.0:{sign},.{digits}f}"


def _few(n: int, runs: int) -> str:
    """Say from how many runs a number comes, where those are not all."""
    return f" (n = {n:,})" if n < runs else ""


def _mean(row: "pd.Series[float]", measure: str, runs: int, *, with_interval: bool) -> str:
    digits, n = measure_digits(measure), int(row["n"])
    mean, low, high = (float(row[part]) for part in ("mean", "low", "high"))
    if np.isnan(mean):
        return "-"
    words = _number(mean, digits)
    if with_interval and n >= LEAST_PAIRS and not np.isnan(low):
        words += f" [{_number(low, digits)}, {_number(high, digits)}]"
    return words + _few(n, runs)


def _cells(table: pd.DataFrame, others: Sequence[str], runs: int) -> list[list[str]]:
    """Return the rows of the table in words: measure, reference, mean and difference of others."""
    rows = []
    for measure in dict.fromkeys(table["measure"]):
        own = table[table["measure"] == measure].set_index("scenario")
        cells = [measure_label(measure), _mean(own.iloc[0], measure, runs, with_interval=True)]
        for difference in differences(table, measure):
            if difference.label in others:
                few = "" if np.isnan(difference.estimate) else _few(difference.pairs, runs)
                mean = _mean(own.loc[difference.label], measure, runs, with_interval=False)
                cells += [mean, f"{difference.words}{few}"]
        rows.append(cells)
    return rows


def _heads(reference: str, others: Sequence[str]) -> list[str]:
    pairs = [head for label in others for head in (label, f"{label} - {reference}")]
    return ["Measure", reference, *pairs]


def _note(runs: int) -> str:
    return (
        f"{MARK} the interval leaves out 0; of 20 measures without a true difference, one is "
        f"marked by chance. n = {runs:,} runs or pairs of runs unless another number stands there; "
        f"of fewer than {LEAST_PAIRS} no interval is shown; - undefined."
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
    tables = []
    for first in range(0, len(others), fitting):
        shown = others[first : first + fitting]
        part = Table(title=TITLE, title_justify="left", box=None, padding=(0, 1, 0, 0))
        name, *heads = map(escape, _heads(reference, shown))
        part.add_column(name, min_width=NAME_WIDTH, max_width=names_width)
        for head in heads:
            part.add_column(head, justify="right")
        for row in _cells(table, shown, runs):
            part.add_row(*(escape(cell.replace(" [", f"{gap}[")) for cell in row))
        tables.append(part)
    tables[-1].caption, tables[-1].caption_justify = _note(runs), "left"
    return tables


def comparison_markdown(table: pd.DataFrame, runs: int) -> str:
    """Return a comparison as a Markdown table.

    Parameters
    ----------
    table, runs
        As for `comparison_tables`.
    """
    reference, *others = dict.fromkeys(table["scenario"])
    heads = _heads(reference, others)
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *_cells(table, others, runs)]
    text = "\n".join(f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in lines)
    return f"{TITLE}\n\n{text}\n\n{_note(runs).replace(MARK, '\\' + MARK, 1)}\n"


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
