"""The controls of the page: which scenario values can be changed, in words and with units."""

from dataclasses import dataclass

from sim.output.labels import title_words
from sim.scenario import MonitorGroup, Scenario


@dataclass(frozen=True)
class Lever:
    """A scenario value with a slider or a switch.

    Attributes
    ----------
    key
        Dotted key of the scenario.
    group, label, unit
        Words on the page.
    value
        What the scenario says.
    most
        Upper end of the slider; None for a switch.
    """

    key: str
    group: str
    label: str
    unit: str
    value: float | bool
    most: int | None


MONITORS, SUPPORT, OTHER = "Monitors", "Support units", "Conditions"
GROUPS = (MONITORS, SUPPORT, OTHER)


def _top(value: float) -> int:
    """Return the end of a slider: three times the value, a round number of at least 10."""
    return max(10, int(-(-3 * value // 10) * 10))


def _count(group: str, key: str, name: str, unit: str, count: int) -> Lever:
    return Lever(key, group, title_words(name), unit, count, _top(count))


def _unit(scenario: Scenario, group: MonitorGroup) -> str:
    """Return what the monitors of a group are called: drones fly about, posts stay."""
    return "drones" if scenario.platforms[group.platform].speed_kmh > 0.0 else "posts"


def levers(scenario: Scenario) -> list[Lever]:
    """Return the levers of a scenario, in the order of `GROUPS`.

    Parameters
    ----------
    scenario
        The scenario as its file states it.
    """
    found = [
        _count(MONITORS, f"monitors.{name}.count", name, _unit(scenario, group), group.count)
        for name, group in scenario.monitors.items()
    ]
    found += [
        _count(SUPPORT, f"support.{name}.count", name, "units", group.count)
        for name, group in scenario.support.items()
    ]
    rate = scenario.violations.rate_per_day
    found.append(Lever("violations.rate_per_day", OTHER, "violations", "per day", rate, _top(rate)))
    found += [
        Lever("weather.enabled", OTHER, "bad weather", "", scenario.weather.enabled, None),
        Lever("jamming.enabled", OTHER, "jamming", "", scenario.jamming.enabled, None),
        Lever("cueing.enabled", OTHER, "drones check reports", "", scenario.cueing.enabled, None),
    ]
    found += [
        _count(OTHER, f"headquarters.{name}.desks", name, "desks", station.desks)
        for name, station in scenario.headquarters.items()
    ]
    return found
