"""Scenarios: the validated description of one run, read from TOML."""

from sim.scenario.areas import Area
from sim.scenario.command import Command
from sim.scenario.cueing import Cueing
from sim.scenario.describe import describe
from sim.scenario.dispatch import Dispatch
from sim.scenario.escalation import Escalation, Regime
from sim.scenario.headquarters import Headquarters
from sim.scenario.line import Line
from sim.scenario.mission import Lead, Mission
from sim.scenario.monitors import MonitorGroup
from sim.scenario.nations import ForceGeneration, Nation, Strength
from sim.scenario.platforms import Platform, packaged_platforms
from sim.scenario.referee import Referee
from sim.scenario.reports import Clutter, ReportSource
from sim.scenario.run import Measures, Run
from sim.scenario.scenario import Scenario
from sim.scenario.support import Base, SupportGroup
from sim.scenario.united_states import Engagement, UnitedStates
from sim.scenario.violations import Feedback, HotSpot, Kind, Phase, Violations
from sim.scenario.weather import Jamming, Weather

__all__ = [
    "Area",
    "Base",
    "Clutter",
    "Command",
    "Cueing",
    "Dispatch",
    "Engagement",
    "Escalation",
    "Feedback",
    "ForceGeneration",
    "Headquarters",
    "HotSpot",
    "Jamming",
    "Kind",
    "Lead",
    "Line",
    "Measures",
    "Mission",
    "MonitorGroup",
    "Nation",
    "Phase",
    "Platform",
    "Referee",
    "Regime",
    "ReportSource",
    "Run",
    "Scenario",
    "Strength",
    "SupportGroup",
    "UnitedStates",
    "Violations",
    "Weather",
    "describe",
    "packaged_platforms",
]
