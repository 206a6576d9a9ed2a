"""Fitting the violation process to a record of what happened."""

from sim.calibration.fit import calibrate
from sim.calibration.fragment import FRAGMENT, fragment_text
from sim.calibration.read import read_table
from sim.calibration.reading import Reading
from sim.calibration.recovery import Recovery, recover
from sim.calibration.result import Calibration, Estimate, Residuals
from sim.calibration.table import Counts, Events, Sites

__all__ = [
    "FRAGMENT",
    "Calibration",
    "Counts",
    "Estimate",
    "Events",
    "Reading",
    "Recovery",
    "Residuals",
    "Sites",
    "calibrate",
    "fragment_text",
    "read_table",
    "recover",
]
