"""What the same seeds have in common between scenarios, and what they have not."""

from collections.abc import Mapping
from typing import Any

from sim.scenario import Scenario
from sim.scenario.paths import flatten

_LINE = ("file", "feature", "length_km", "ukrainian_side", "home")
"""Keys of the contact line that decide where violations come to lie."""


def pairing_notes(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Say what sets scenarios apart from the first so that pairs by seed mean less.

    Parameters
    ----------
    scenarios
        By label; the first one is the reference.

    Returns
    -------
    list of str
        A line each; none where the seeds give all scenarios the same candidate violations.
    """
    (name, reference), *others = scenarios.items()
    return [note for label, other in others for note in _notes(name, reference, label, other)]


def _notes(name: str, reference: Scenario, label: str, other: Scenario) -> list[str]:
    if _content(other) == _content(reference):
        return [f"{label} is the same scenario as {name}: every difference is 0"]
    notes = []
    first, second = reference.run.duration_days, other.run.duration_days
    if first != second:
        notes.append(
            f"{label} lasts {second:g} days and {name} {first:g}: "
            "counts and sums cover different spans"
        )
    causes = _different_draws(reference, other)
    if causes:
        more = f" and {len(causes) - 1} more" if len(causes) > 1 else ""
        notes.append(
            f"{label} draws other violations than {name} ({causes[0]}{more} differs): the same "
            "seed pairs them less or not at all; the intervals are valid, but may be wide"
        )
    return notes


def _content(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(exclude={"title", "question"})


def _different_draws(reference: Scenario, other: Scenario) -> list[str]:
    """List the keys that differ, of those that decide which candidates a seed gives."""
    before, after = _draws(reference), _draws(other)
    keys = dict.fromkeys([*before, *after])
    return [key for key in keys if before.get(key) != after.get(key)]


def _draws(scenario: Scenario) -> dict[str, Any]:
    # Feedback decides at the onset what becomes of a candidate; the candidates stay the same.
    violations = scenario.violations.model_dump(exclude={"feedback"})
    line = scenario.line.model_dump(include=set(_LINE))
    return flatten(
        {"run": {"duration_days": scenario.run.duration_days}}
        | {"line": line, "violations": violations}
    )
