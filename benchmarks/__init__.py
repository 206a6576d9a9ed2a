"""Timings of the engine against the same job in plain Mesa, Mesa events and SimPy."""
