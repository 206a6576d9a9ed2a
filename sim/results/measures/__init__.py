"""Measures: what a run is judged by, each with its unit and definition."""

from sim.results.measures.compute import breakdown, mark_times, measure, measure_requests
from sim.results.measures.definitions import (
    MEASURES,
    Measure,
    base_name,
    find_measure,
    measure_of,
    measure_scale,
)
from sim.results.measures.headline import (
    further_requests,
    headline,
    key_columns,
    key_measures,
    main_domain,
)
from sim.results.measures.selection import Request, parse_request
from sim.results.measures.totals import busy_hours, present_hours, totals

__all__ = [
    "MEASURES",
    "Measure",
    "Request",
    "base_name",
    "breakdown",
    "busy_hours",
    "find_measure",
    "further_requests",
    "headline",
    "key_columns",
    "key_measures",
    "main_domain",
    "mark_times",
    "measure",
    "measure_of",
    "measure_requests",
    "measure_scale",
    "parse_request",
    "present_hours",
    "totals",
]
