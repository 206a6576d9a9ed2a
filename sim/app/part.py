"""Part of the violations, as a user chooses it on the page, in the notation of the commands."""

from typing import Any

from sim.results.measures.selection import Condition, check_request, parse_request
from sim.scenario import Scenario

type Conditions = tuple[Condition, ...]

COUNTED = "n_violations"
"""A measure that can be taken of every part; it stands for all of them where a part is read."""


def read_part(text: str, scenario: Scenario) -> Conditions:
    """Read conditions such as `kind=artillery,severity>=4`; nothing is the whole.

    Raises
    ------
    InputError
        When they cannot be read, or name what the scenario does not have.
    """
    if not text.strip():
        return ()
    request = parse_request(f"{COUNTED}[{text}]")
    check_request(request, scenario)
    return request.conditions


def part_text(conditions: Conditions) -> str:
    """Return conditions in the notation of the commands."""
    return ",".join(map(str, conditions))


def with_choice(conditions: Conditions, key: str, conditions_of_key: str) -> str:
    """Return a part in which one property is chosen anew and what is asked of others is kept.

    Parameters
    ----------
    conditions
        The part so far.
    key
        The property.
    conditions_of_key
        What is asked of it, such as `kind=artillery`; empty for nothing.
    """
    kept = [str(condition) for condition in conditions if condition.key != key]
    return ",".join([*kept, conditions_of_key] if conditions_of_key else kept)


def choices(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what lists on the page offer: a property, and its conditions with their words."""
    kinds = scenario.violations.kinds
    domains = dict.fromkeys(kind.domain for kind in kinds.values())
    return [
        {"key": "domain", "options": [[f"domain={one}", one] for one in domains]},
        {"key": "kind", "options": [[f"kind={one}", one.replace("_", " ")] for one in kinds]},
        {"key": "severity", "options": [[f"severity>={n}", f"{n} and more"] for n in range(2, 6)]},
    ]
