"""Estimates from runs: intervals, survival, cumulative incidence."""
