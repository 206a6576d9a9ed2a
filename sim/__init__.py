"""Agent-based simulation of ceasefire monitoring along a contact line.

The public names are loaded on first use, so that ``import sim`` and ``ceasefire --help`` are
quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.errors import InputError
    from sim.experiment import compare, sweep
    from sim.geography import ContactLine
    from sim.mesa.drone_monitor import DroneMonitor
    from sim.mesa.headquarters import Headquarters
    from sim.mesa.model import CeasefireModel
    from sim.mesa.support_unit import SupportUnit
    from sim.mesa.violation import Violation
    from sim.results.outcome import Outcome, simulate
    from sim.scenario import Scenario
    from sim.sizing import size

__version__ = "0.1.0"

__all__ = [
    "CeasefireModel",
    "ContactLine",
    "DroneMonitor",
    "Headquarters",
    "InputError",
    "Outcome",
    "Scenario",
    "SupportUnit",
    "Violation",
    "__version__",
    "compare",
    "simulate",
    "size",
    "sweep",
]

_HOMES = {
    "CeasefireModel": "sim.mesa.model",
    "ContactLine": "sim.geography",
    "DroneMonitor": "sim.mesa.drone_monitor",
    "InputError": "sim.errors",
    "Outcome": "sim.results.outcome",
    "Scenario": "sim.scenario",
    "Headquarters": "sim.mesa.headquarters",
    "SupportUnit": "sim.mesa.support_unit",
    "Violation": "sim.mesa.violation",
    "compare": "sim.experiment",
    "simulate": "sim.results.outcome",
    "size": "sim.sizing",
    "sweep": "sim.experiment",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
