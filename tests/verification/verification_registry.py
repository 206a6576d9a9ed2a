"""All cases with their expected values, and the experiments that stand for them."""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scipy.special import ndtr
from verification_engine import Experiment
from verification_estimates import Estimate, estimate, z_score
from verification_process import PROCESS
from verification_search import SEARCH
from verification_support import SUPPORT

LIMIT = 4.0
"""Largest |z| that counts as agreement."""
FILES = ("cases.json", "extra_cases.json")
EXPERIMENTS: dict[str, Callable[[dict[str, Any]], Experiment]] = {**SEARCH, **SUPPORT, **PROCESS}


@dataclass(frozen=True)
class Case:
    """One entry of the files of cases."""

    key: str  # id and number, such as S3-2
    id: str
    what: str
    inputs: dict[str, Any]
    expected: dict[str, float]  # by name of the number; "" where there is only one
    kind: str
    source: str

    @property
    def experiment(self) -> Experiment:
        """How the engine is made to produce the expected numbers."""
        return EXPERIMENTS[self.id](self.inputs)


@dataclass(frozen=True)
class Comparison:
    """One expected number beside what came out."""

    case: Case
    name: str
    expected: float
    found: Estimate

    @property
    def z(self) -> float:
        """Difference in standard errors, as a standard normal deviate."""
        return z_score(self.found, self.expected)


def _flatten(name: str, value: Any) -> Iterator[tuple[str, float]]:
    """Go through the numbers of an expected value; a list counts from 1."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _flatten(f"{name}_{key}" if name else key, entry)
    elif isinstance(value, list):
        for number, entry in enumerate(value, start=1):
            yield from _flatten(f"{name}_{number}" if name else str(number), entry)
    else:
        yield name, float(value)


@cache
def all_cases() -> tuple[Case, ...]:
    """Read the cases, and number those that share an id."""
    folder = Path(__file__).parent
    cases: list[Case] = []
    for file in FILES:
        for entry in json.loads((folder / file).read_text(encoding="utf-8")):
            number = 1 + sum(case.id == entry["id"] for case in cases)
            fields = entry | {
                "key": f"{entry['id']}-{number}",
                "expected": dict(_flatten("", entry["expected"])),
            }
            cases.append(Case(**fields))
    return tuple(cases)


def compare(case: Case) -> list[Comparison]:
    """Run the experiment of a case and set its numbers beside the expected ones.

    The seeds follow from the key of the case: they are fixed, and differ from case to case.
    """
    experiment = case.experiment
    first = zlib.crc32(case.key.encode())
    rows = experiment.sample(range(first, first + experiment.runs))
    return [
        Comparison(case, name, expected, estimate(rows, experiment.parts[name]))
        for name, expected in case.expected.items()
    ]


def false_alarm_rate() -> float:
    """Bound the chance that some |z| of the suite is too large although all is right."""
    numbers = sum(len(case.expected) for case in all_cases())
    return float(numbers * 2.0 * ndtr(-LIMIT))
