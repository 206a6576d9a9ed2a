"""Fitting the violation process to a record of what happened."""

from sim.calibration.fit import calibrate
from sim.calibration.fragment import FRAGMENT, fragment_text
from sim.calibration.recovery import Recovery, recover
from sim.calibration.result import Calibration, Estimate, Residuals
from sim.calibration.table import Counts, Events, read_table

__all__ = [
    "FRAGMENT",
    "Calibration",
    "Counts",
    "Estimate",
    "Events",
    "Recovery",
    "Residuals",
    "calibrate",
    "fragment_text",
    "read_table",
    "recover",
]
