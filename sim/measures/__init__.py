"""Measures: what a run is judged by, each with its unit and definition."""

from sim.measures.compute import breakdown, busy_hours, measure, present_hours
from sim.measures.definitions import MEASURES, Measure

__all__ = ["MEASURES", "Measure", "breakdown", "busy_hours", "measure", "present_hours"]
