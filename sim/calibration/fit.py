"""One call for both kinds of tables."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sim.calibration.counts import fit_counts, fit_placed_counts
from sim.calibration.fit_events import fit_events
from sim.calibration.result import Calibration
from sim.calibration.table import Counts, Events
from sim.errors import InputError
from sim.scenario import Scenario
from sim.setup.plan import load_line


def calibrate(
    table: Counts | Events,
    *,
    splits: tuple[date, ...] = (),
    confidence: float = 0.95,
    scenario: Scenario | None = None,
) -> Calibration:
    """Fit the violation process to a table by maximum likelihood.

    Parameters
    ----------
    table
        From `read_table`.
    splits
        First days of later phases, each with a rate of its own.
    confidence
        Chance that an interval holds the value, each by itself.
    scenario
        Whose line and hot spots say what places mean; None = places are not used.

    Raises
    ------
    InputError
        If the table cannot be fitted as asked.
    """
    if not 0.5 <= confidence < 1.0:
        raise InputError(f"confidence = {confidence:g}: must be at least 0.5 and below 1")
    _check_splits(table, splits)
    if isinstance(table, Counts):
        if table.sites is None or scenario is None:
            found = fit_counts(table, splits, confidence)
        else:
            found = fit_placed_counts(table, scenario, load_line(scenario), splits, confidence)
    else:
        line = None if scenario is None else load_line(scenario)
        found = fit_events(table, splits, confidence, scenario, line)
    if scenario is None:
        return found
    return replace(found, notes=(*found.notes, *_multiplied(scenario, splits)))


def _multiplied(scenario: Scenario, splits: tuple[date, ...]) -> Iterator[str]:
    """Name what the scenario multiplies the fitted rate by."""
    if not splits and any(phase.factor != 1.0 for phase in scenario.violations.phases):
        yield "The scenario's phases multiply the fitted rate; with --split they are fitted too."
    if scenario.escalation.enabled:
        yield "The scenario's regimes (escalation) multiply the fitted rate."
    if scenario.violations.feedback.enabled:
        yield "The scenario's feedback prevents a part of what the fit has happen."


def _check_splits(table: Counts | Events, splits: tuple[date, ...]) -> None:
    before = table.first
    for split in splits:
        if not before < split <= table.last:
            message = f"--split {split}: must be a day after {before}, up to {table.last}, in order"
            raise InputError(message)
        before = split
