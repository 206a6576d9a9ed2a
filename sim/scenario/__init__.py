"""Scenarios: the validated description of one run, read from TOML."""

from sim.scenario.command import Command, Dispatch
from sim.scenario.describe import describe
from sim.scenario.environment import Jamming, Weather
from sim.scenario.line import Line
from sim.scenario.monitors import MonitorGroup
from sim.scenario.platforms import Platform, packaged_platforms
from sim.scenario.run import Measures, Run
from sim.scenario.scenario import Scenario
from sim.scenario.support import Base, SupportGroup
from sim.scenario.violations import Feedback, HotSpot, Kind, Phase, Violations

__all__ = [
    "Base",
    "Command",
    "Dispatch",
    "Feedback",
    "HotSpot",
    "Jamming",
    "Kind",
    "Line",
    "Measures",
    "MonitorGroup",
    "Phase",
    "Platform",
    "Run",
    "Scenario",
    "SupportGroup",
    "Violations",
    "Weather",
    "describe",
    "packaged_platforms",
]
