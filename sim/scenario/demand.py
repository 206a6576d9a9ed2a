"""What a scenario asks of a machine: how much there is of everything, memory and time.

Known before anything is laid, so that what can not be done is refused at once, and what takes long
is told. The numbers of bytes and seconds were measured (`benchmarks/scale.py`); they hold to about
a factor of two.
"""

import os
from typing import NamedTuple

import numpy as np

from sim.errors import InputError
from sim.scenario.escalation import REGIMES
from sim.scenario.monitors import MonitorGroup
from sim.scenario.scenario import Scenario

LIVES_MARGIN = 12
GB = 1e9

LONG_S = 60.0
MUCH_BYTES = 2.0 * GB
"""A run that takes longer than this, or more memory, is worth a word beforehand."""

BYTES_IDLE = 0.3 * GB
BYTES_A_DRONE = 3_500.0  # with a post, its track and its name
BYTES_A_UNIT = 5_500.0  # with a base, and its rank along each stretch of line
BYTES_A_SORTIE = 250.0  # in the tables of the run and those made of it
BYTES_A_VIOLATION = 2_000.0
BYTES_A_CELL = 60.0  # of the grid that a post can see into
CELL_KM = 5.0
MOST_CELLS = 65_536
BYTES_A_SPELL = 80.0  # of weather or jamming in a zone
S_A_POST = 1.2e-4
S_A_SORTIE = 2e-6
S_A_VIOLATION = 1e-5
S_IN_VIEW = 3e-7  # for a violation and a post that can see into its cell


class Demand(NamedTuple):
    """How much of everything there will be in a run, about, and what it takes."""

    counts: dict[str, float]  # by what there is
    memory: dict[str, float]  # bytes, by the key that they come from
    seconds: dict[str, float]  # of one processor for the plan and one run, by key

    @property
    def bytes(self) -> float:
        """Memory of the process that lays the plan and runs it."""
        return BYTES_IDLE + sum(self.memory.values())


def lives(scenario: Scenario) -> dict[str, int]:
    """Return for how many losses of a drone thresholds are drawn, by group; far more than happen.

    The number depends on nothing but the group, so that other groups do not shift its draws.
    """
    found = {}
    for name, group in scenario.monitors.items():
        platform = scenario.platforms[group.platform]
        rate = platform.loss_per_1000_h / 1000.0 * platform.jamming_loss_factor
        losses = scenario.run.duration_days * 24.0 * rate
        margin = LIVES_MARGIN if losses > 0.0 else 1
        found[name] = int(losses + 10.0 * np.sqrt(losses)) + margin
    return found


def sorties(scenario: Scenario, group: MonitorGroup) -> float:
    """Return about how many sorties a group flies in a run."""
    platform = scenario.platforms[group.platform]
    if platform.endurance_h is None:
        return 0.0
    cycle_h = platform.turnaround_h + 0.7 * platform.endurance_h
    return group.count * scenario.run.duration_days * 24.0 / cycle_h


def violations(scenario: Scenario) -> float:
    """Return how many violations are drawn for a run, those of tenser regimes among them."""
    spec, days = scenario.violations, scenario.run.duration_days
    starts = np.array([phase.from_day for phase in spec.phases])
    lengths = np.diff(np.append(np.minimum(starts, days), days))
    factors = np.array([phase.factor for phase in spec.phases])
    regimes = [getattr(scenario.escalation, regime).factor for regime in REGIMES]
    highest = max(regimes) if scenario.escalation.enabled else 1.0
    expected = spec.rate_per_day * highest * float(lengths @ factors)
    return expected / (1.0 - spec.branching_ratio)


def _false_reports(scenario: Scenario) -> float:
    """Return how much there is in a run that is taken for a violation and is none."""
    sources = sum(source.false_per_day for source in scenario.reports.values())
    clutter = sum(clutter.rate_per_day for clutter in scenario.clutter.values())
    return (sources + clutter) * scenario.run.duration_days


def _spells(scenario: Scenario) -> dict[str, float]:
    """Return how many spells there are in all zones, by the key of their length."""
    hours, weather, jamming = 24.0 * scenario.run.duration_days, scenario.weather, scenario.jamming
    found = {}
    if weather.enabled:
        share = max(weather.bad_share_by_month)
        fronts = 2.0 * share * (1.0 - share) * hours / weather.correlation_time_h
        found["weather.correlation_time_h"] = fronts * weather.zones
    if jamming.enabled:
        both_h = jamming.mean_on_h + jamming.mean_off_h
        found["jamming.mean_on_h"] = 2.0 * hours / both_h * jamming.zones
    return found


def _reach(scenario: Scenario, group: MonitorGroup, line_km: float) -> tuple[float, float]:
    """Return how many cells of the grid a post of a group sees into, and the share of the line."""
    from_km = 0.0 if group.from_km is None else group.from_km
    to_km = line_km if group.to_km is None else group.to_km
    track_km = 0.0 if group.patrol == "static" else max(0.0, to_km - from_km) / group.post_count
    reach_km = scenario.platforms[group.platform].radius_km + 0.7 * CELL_KM
    area = np.pi * reach_km**2 + 2.0 * reach_km * track_km
    return min(MOST_CELLS, area / CELL_KM**2), min(1.0, (2.0 * reach_km + track_km) / line_km)


def demand(scenario: Scenario, line_km: float) -> Demand:
    """Work out what a scenario asks of a machine.

    Parameters
    ----------
    scenario
        The scenario.
    line_km
        Length of its line as mapped, km.
    """
    drawn, false = violations(scenario), _false_reports(scenario)
    memory = {f"{key} ({n:.2g} spells)": BYTES_A_SPELL * n for key, n in _spells(scenario).items()}
    seconds: dict[str, float] = {}
    for key, n in (
        (f"violations.rate_per_day ({drawn:,.0f} violations)", drawn),
        (f"reports and clutter ({false:,.0f} false reports)", false),
    ):
        memory[key], seconds[key] = BYTES_A_VIOLATION * n, S_A_VIOLATION * n
    most_lives = max(lives(scenario).values(), default=1)
    flown = 0.0
    for name, group in scenario.monitors.items():
        if group.count == 0:
            continue
        mine, posts = sorties(scenario, group), group.post_count
        cells, share = _reach(scenario, group, line_km)
        flown += mine
        key = f"monitors.{name} ({group.count:,} with {mine:,.0f} sorties)"
        each = BYTES_A_DRONE + 8.0 * most_lives
        memory[key] = each * group.count + BYTES_A_CELL * cells * posts + BYTES_A_SORTIE * mine
        seen = (drawn + false) * share * posts
        seconds[key] = S_A_POST * posts + S_A_SORTIE * mine + S_IN_VIEW * seen
    for name, unit in scenario.support.items():
        memory[f"support.{name} ({unit.count:,} units)"] = BYTES_A_UNIT * unit.count
    counts = {"violations": drawn, "false reports": false, "sorties": flown}
    return Demand(counts, memory, seconds)


def size_note(scenario: Scenario, line_km: float) -> str | None:
    """Say what a large scenario will take, and what for; None of one that is not large.

    Parameters
    ----------
    scenario
        The scenario.
    line_km
        Length of its line as mapped, km.
    """
    asked = demand(scenario, line_km)
    total_s = sum(asked.seconds.values())
    if total_s <= LONG_S and asked.bytes <= MUCH_BYTES:
        return None
    longest = max(asked.seconds, key=asked.seconds.__getitem__)
    most = max(asked.memory, key=asked.memory.__getitem__)
    what = longest if longest == most else f"{longest} (time), {most} (memory)"
    return (
        f"this is large: a run takes about {_time(total_s)} and {asked.bytes / GB:,.1f} GB of "
        f"memory, most of it for {what}"
    )


def _time(seconds: float) -> str:
    hours = seconds / 3600.0
    if seconds < 120.0:
        return f"{seconds:,.0f} s"
    return f"{hours:,.0f} h" if hours >= 2.0 else f"{seconds / 60.0:,.0f} min"


def machine_bytes() -> float:
    """Return the memory of this machine; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def check_demand(scenario: Scenario, line_km: float) -> None:
    """Refuse a scenario that does not fit into the memory of this machine.

    Raises
    ------
    InputError
        Naming what takes most of it.
    """
    asked, there = demand(scenario, line_km), machine_bytes()
    if asked.bytes > there:
        most = max(asked.memory, key=asked.memory.__getitem__)
        message = (
            f"{most}: a run would take about {asked.bytes / GB:,.0f} GB of memory, most of it for "
            f"this; this machine has {there / GB:,.0f} GB"
        )
        raise InputError(message)
