"""Names of the files that the page saves: they say what makes the run."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 180
"""Longest name without its ending; file systems take 255 bytes in all."""
DIGITS = 10
_UNSAFE = re.compile(r"[^\w.=+-]+")
"""What some file system, shell or zip does not take in a name; letters of every language pass."""


@dataclass(frozen=True)
class Making:
    """What makes a run, for people: a scenario, what is changed in it, and a seed.

    Attributes
    ----------
    scenario
        Name of the scenario.
    values
        Changed values by dotted key.
    seed
        Seed of the run.
    """

    scenario: str
    values: dict[str, Any] = field(default_factory=dict)
    seed: int = 1

    def words(self) -> str:
        """Say what is changed, or nothing: ``monitors.male.count = 5, weather.enabled = false``."""
        return ", ".join(f"{key} = {_text(value)}" for key, value in self.values.items())

    def file_name(self, hours: float) -> str:
        """Return a file name without its ending.

        Parameters
        ----------
        hours
            Simulated time so far (h).

        Returns
        -------
        str
            For instance ``baseline-monitors.male.count=5-seed7-36h``. A name too long for a file
            system is cut before its seed, and letters and digits made of the whole keep it apart.
        """
        changes = [f"{key}={_text(value)}" for key, value in self.values.items()]
        start = _safe("-".join([self.scenario, *changes]))
        end = f"-seed{self.seed}-{hours_text(hours)}"
        if len((start + end).encode()) > MOST_BYTES:
            mark = "-" + hashlib.sha256(start.encode()).hexdigest()[:DIGITS]
            room = MOST_BYTES - len(mark) - len(end)
            start = start.encode()[:room].decode(errors="ignore") + mark
        return start + end


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text).strip("_. ") or "run"


def hours_text(hours: float) -> str:
    """Return a time in hours and, where it is no whole hour, minutes: 36h, 6h05min."""
    whole, minutes = divmod(round(60.0 * hours), 60)
    return f"{whole}h{minutes:02d}min" if minutes else f"{whole}h"
