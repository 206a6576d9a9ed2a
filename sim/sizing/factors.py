"""What is varied: the size of a group, or of all groups of a kind together."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.scenario import Scenario

_VARY = re.compile(
    r"\s*(?P<key>[\w.*]+)\s*=\s*(?P<low>\d+)\s*:\s*(?P<high>\d+)(?:\s*:\s*(?P<step>\d+))?\s*"
)
_TOTAL = re.compile(r"(monitors|support)(?:\.\*)?\.count")
GRAMMAR = "must be like monitors.male.count=20:400, or 20:400:10 for steps of ten"
MOST_LEVELS = 100_000
MOST_DIGITS = 9
MOST_SHOWN = 80


@dataclass(frozen=True)
class Factor:
    """A force that is varied: its key and its sizes, ascending."""

    key: str
    levels: range

    def values(self, scenario: Scenario, level: int) -> dict[str, Any]:
        """Return the values of the scenario that make a force of this size.

        ``monitors.count`` is the total of all groups, shared in the proportion they have in the
        scenario (largest remainders).
        """
        match = _TOTAL.fullmatch(self.key)
        if match is None:
            return {self.key: level}
        table = match[1]
        counts = {name: int(group.count) for name, group in getattr(scenario, table).items()}
        shares = share_out(level, list(counts.values()))
        return {f"{table}.{name}.count": n for name, n in zip(counts, shares, strict=True)}


def read_factor(text: str, scenario: Scenario) -> Factor:
    """Read ``KEY=FROM:TO`` or ``KEY=FROM:TO:STEP``.

    Parameters
    ----------
    text
        KEY is a scenario key with a whole number, or ``monitors.count`` (also
        ``monitors.*.count``) for the total of all groups; likewise ``support.count``.
    scenario
        The scenario that is varied.

    Raises
    ------
    InputError
        If it cannot be read, or the scenario has no such number.
    """
    match = _VARY.fullmatch(text)
    if match is None:
        raise InputError(f"--vary {text!r}: {GRAMMAR}")
    if max(len(part or "") for part in match.group("low", "high", "step")) > MOST_DIGITS:
        raise InputError(
            f"--vary {text[:MOST_SHOWN]!r}: sizes must have at most {MOST_DIGITS} digits"
        )
    low, high, step = int(match["low"]), int(match["high"]), int(match["step"] or 1)
    if step == 0 or high < low:
        raise InputError(f"--vary {text!r}: must go upwards, in steps of 1 or more")
    levels = range(low, high + 1, step)
    if len(levels) > MOST_LEVELS:
        raise InputError(
            f"--vary {text!r}: has {len(levels)} sizes; must have at most {MOST_LEVELS}"
        )
    factor = Factor(match["key"], levels)
    _check_key(factor, scenario)
    return factor


def _check_key(factor: Factor, scenario: Scenario) -> None:
    if match := _TOTAL.fullmatch(factor.key):
        if not getattr(scenario, match[1]):
            raise InputError(f"--vary {factor.key}: the scenario has no groups in {match[1]}")
        return
    value = scenario.value(factor.key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"--vary {factor.key}: must be the key of a whole number, such as a count")


def share_out(total: int, weights: list[int]) -> list[int]:
    """Share a number out in proportion to weights, by largest remainders.

    Parameters
    ----------
    total
        The number, >= 0.
    weights
        One or more, >= 0; all 0 counts as all equal. Of equal remainders the first is served
        first.

    Returns
    -------
    list of int
        Adds up to `total`.

    Notes
    -----
    With three or more groups a larger total can take one away from a group (the Alabama paradox),
    which the check of monotonicity would show.
    """
    parts = np.array(weights if any(weights) else [1] * len(weights), dtype=object)
    whole, rest = zip(*(divmod(total * part, parts.sum()) for part in parts), strict=True)
    shares = list(whole)
    for number in sorted(range(len(parts)), key=lambda k: -rest[k])[: total - sum(whole)]:
        shares[number] += 1
    return [int(share) for share in shares]
