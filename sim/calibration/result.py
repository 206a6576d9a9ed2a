"""What a calibration finds: estimates with intervals, and what the table cannot tell."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.calibration.reading import Reading

PROFILE = "profile likelihood"
INFORMATION = "observed information"
CLUSTERED = "observed information, robust to clusters within a day"


@dataclass(frozen=True)
class Estimate:
    """One fitted number.

    Attributes
    ----------
    key
        Where it belongs in a scenario, below ``violations``.
    value, low, high
        Estimate and interval; infinite where the record sets no bound.
    unit
        Its unit.
    method
        How the interval was made.
    """

    key: str
    value: float
    low: float
    high: float
    unit: str
    method: str = PROFILE

    @property
    def name(self) -> str:
        """The full key of a scenario."""
        return f"violations.{self.key}"

    def holds(self, value: float) -> bool:
        """Whether a value lies within the interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Residuals:
    """How the record compares with the fitted process.

    Attributes
    ----------
    uniform
        Chances under the fitted process that are uniform on 0 to 1 if it is right, in order of
        time.
    what
        What they belong to: "cells" of counts or "gaps" between incidents.
    distance, p_value
        Kolmogorov-Smirnov distance from the uniform law, and the chance of one as large.
    """

    uniform: Floats
    what: str
    distance: float
    p_value: float


@dataclass(frozen=True)
class Daily:
    """The record by day and the range of counts under the fit, all (cells,).

    A cell of several days is shown as its mean by day.

    Attributes
    ----------
    day
        Middle of the cell since the start of the record (days).
    count, mean, low, high
        What was counted, the fitted mean, and the range of the stated share of counts (1/day).
    """

    day: Floats
    count: Floats
    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Calibration:
    """The violation process fitted to a table.

    Attributes
    ----------
    record
        What was fitted, in words: table, number, dates.
    number
        How many cells or incidents.
    model
        The law in words.
    estimates
        The fitted numbers, in the order of a scenario file.
    log_likelihood
        At the maximum.
    confidence
        Of every interval.
    residuals
        How well the process fits.
    daily
        The record beside the fit.
    cannot
        What the table cannot tell, a sentence each.
    notes
        What to know of the estimates, a sentence each.
    first_day
        The first day of the record (ISO).
    phase_days
        First day of each phase, counted from the first day of the record.
    reading
        How the table was read.
    """

    record: str
    number: int
    model: str
    estimates: tuple[Estimate, ...]
    log_likelihood: float
    confidence: float
    residuals: Residuals
    daily: Daily
    cannot: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    first_day: str = ""
    phase_days: tuple[int, ...] = (0,)
    reading: Reading = field(default_factory=Reading)

    def __getitem__(self, key: str) -> Estimate:
        return next(estimate for estimate in self.estimates if estimate.key == key)

    def __contains__(self, key: str) -> bool:
        return any(estimate.key == key for estimate in self.estimates)

    def values(self) -> dict[str, float]:
        """Return the estimates by their key below ``violations``."""
        return {estimate.key: estimate.value for estimate in self.estimates}

    def describe(self) -> dict[str, Any]:
        """Describe the calibration, ready to be written as JSON; an open bound is null."""
        return {
            "record": self.record,
            "reading": self.reading.describe(),
            "n": self.number,
            "model": self.model,
            "log_likelihood": self.log_likelihood,
            "confidence": self.confidence,
            "estimates": [
                {
                    "key": one.name,
                    "estimate": _finite(one.value),
                    "low": _finite(one.low),
                    "high": _finite(one.high),
                    "unit": one.unit,
                    "interval": one.method,
                }
                for one in self.estimates
            ],
            "residuals": {
                "of": self.residuals.what,
                "number": len(self.residuals.uniform),
                "ks_distance": self.residuals.distance,
                "ks_p_value": self.residuals.p_value,
            },
            "cannot_tell": list(self.cannot),
            "notes": list(self.notes),
        }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
