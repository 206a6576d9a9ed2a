"""Figures of runs, experiments, sizings and calibrations."""
