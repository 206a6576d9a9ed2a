"""The plan of a scenario: everything about its runs that no seed changes, as arrays."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.geography import ContactLine
from sim.kernel.columns import Records
from sim.scenario import Scenario
from sim.scenario.demand import check_demand, lives, sorties
from sim.scenario.dispatch import RULES
from sim.setup.areas import build_areas
from sim.setup.escalation import EscalationRules, build_escalation_rules
from sim.setup.forces import ForcePlan, build_force_plan
from sim.setup.grid import Grid, Reach, build_reach
from sim.setup.marks import Terrain, build_terrain
from sim.setup.monitors import (
    Monitors,
    build_monitors,
    platform_records,
    post_circles,
    track_segments,
)
from sim.setup.reports import Reporting, build_reporting
from sim.setup.sensors import LookTables, build_look_tables
from sim.setup.support import FORWARD_STEP_KM, Support, build_support
from sim.setup.violations import ViolationProcess, build_process
from sim.setup.weather import WeatherPlan, build_weather_plan
from sim.world.rows import SettingsRow

USUAL_SD = 4.0
"""Offsets within so many standard deviations are usual; for others the whole line is searched."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A scenario made ready to run; pickled to workers, shared by all runs of a design point."""

    scenario: Scenario
    line: ContactLine
    kinds: tuple[str, ...]
    group_names: tuple[str, ...]  # of monitors
    platform_names: tuple[str, ...]
    drone_names: tuple[str, ...]
    monitors: Monitors
    platforms: Records
    looks: LookTables
    circles: Records
    track_xy: Floats
    segments: Records
    track_at: Floats
    grid: Grid
    reach: Reach
    support: Support
    process: ViolationProcess
    reporting: Reporting
    escalation: EscalationRules
    forces: ForcePlan
    terrain: Terrain
    weather: WeatherPlan
    settings: Records
    lives: dict[str, int]  # thresholds of loss drawn for each drone, by group of monitors
    sortie_room: int

    def __repr__(self) -> str:
        return f"Plan({self.scenario.title!r})"

    @property
    def station_names(self) -> tuple[str, ...]:
        """Stations of the command chain, in order."""
        return tuple(self.scenario.headquarters)

    @property
    def source_names(self) -> tuple[str, ...]:
        """Sources of reports besides the monitors."""
        return tuple(self.scenario.reports)

    @property
    def horizon_h(self) -> float:
        """End of the run, hours since the start of the ceasefire."""
        return self.scenario.run.duration_days * 24.0

    @property
    def tracks(self) -> tuple[Floats, ...]:
        """Vertices (m, 2) in km of each post's track."""
        return tuple(track.xy for track in self.monitors.tracks)


def shared_columns(plan: Plan) -> dict[str, Records]:
    """Return the columns of a world that are the same in all runs of a plan, by name."""
    support, reporting = plan.support, plan.reporting
    return {
        "settings": plan.settings,
        "platforms": plan.platforms,
        "evidence": plan.looks.evidence,
        "sure": plan.looks.sure,
        "segments": plan.segments,
        "track_at": plan.track_at,
        "sources": reporting.source_records,
        "referee": reporting.referee,
        "regimes": plan.escalation.rules,
        "fits": support.fits,
        "kind_domains": support.kind_domains,
        "near_slack": support.near.slack_km,
        "forward": support.forward,
    }


def load_line(scenario: Scenario) -> ContactLine:
    """Return the contact line of a scenario.

    Raises
    ------
    InputError
        When the line's file cannot be used.
    """
    spec = scenario.line
    if spec.length_km is not None:
        return ContactLine.straight(spec.length_km, length_factor=spec.length_factor)
    if spec.file is None:
        return ContactLine.default(
            spec.length_factor,
            feature=spec.feature or "full",
            ukrainian_side=spec.ukrainian_side,
            home=spec.home,
        )
    return ContactLine.load(
        spec.file,
        feature=spec.feature,
        length_factor=spec.length_factor,
        ukrainian_side=spec.ukrainian_side,
        home=spec.home,
    )


def _settings(scenario: Scenario, support: Support) -> Records:
    row = np.zeros(1, dtype=SettingsRow.dtype)
    feedback, dispatch = scenario.violations.feedback, scenario.dispatch
    row["feedback"] = feedback.enabled
    row["min_severity"] = scenario.command.min_severity
    row["waiting_room"] = dispatch.waiting_room
    row["travel_is_busy"] = dispatch.travel_is_busy
    row["dispatch_rule"] = RULES.index(dispatch.rule)
    row["calm_effect"] = feedback.calm_effect
    row["calm_h"] = feedback.calm_h
    row["calm_radius_km"] = feedback.calm_radius_km
    row["answered_offspring_drop"] = feedback.answered_offspring_drop
    row["max_wait_h"] = np.inf if dispatch.max_wait_h is None else dispatch.max_wait_h
    row["attributed_offspring_drop"] = feedback.attributed_offspring_drop
    row["most_h_per_km"] = support.bases["h_per_km"].max(initial=0.0)
    row["forward_step_km"] = FORWARD_STEP_KM
    _set_cueing(row, scenario)
    _set_escalation(row, scenario)
    return row


def _set_cueing(row: Records, scenario: Scenario) -> None:
    spec = scenario.cueing
    row["cueing"] = spec.enabled
    row["cue_severity"] = spec.min_severity
    row["search_h"] = spec.search_min / 60.0
    limit = spec.max_flight_min
    row["cue_flight_h"] = np.inf if limit is None else limit / 60.0


def _set_escalation(row: Records, scenario: Scenario) -> None:
    spec = scenario.escalation
    row["escalation"] = spec.enabled
    row["grave_severity"] = spec.grave_severity
    row["answer_within_h"] = spec.answer_within_h
    row["memory_h"] = spec.memory_days * 24.0
    row["us_deterrence"] = spec.us_deterrence
    row["backstop_chance"] = scenario.united_states.backstop_chance


def _sortie_room(scenario: Scenario, monitors: Monitors) -> int:
    """Return about how many sorties a run will record; the table grows if there are more."""
    flown = sum(sorties(scenario, group) for group in scenario.monitors.values())
    expected = len(monitors.drones) + 8.0 + flown
    return int(min(1.3 * expected, 2e6)) + len(monitors.drones) + 64


def _tracks(monitors: Monitors) -> tuple[Floats, Records, Floats]:
    """Return vertices of all tracks, the segments from them, and where on their track they lie."""
    tracks = monitors.tracks
    xy = np.concatenate([*(track.xy for track in tracks), np.empty((0, 2))])
    along = np.concatenate([*(track.along_km for track in tracks), np.empty(0)])
    segments = track_segments(xy, along, monitors.posts["vertices"])
    return np.ascontiguousarray(xy), segments, along


def build_grid(
    scenario: Scenario, line: ContactLine, monitors: Monitors, track_xy: Floats
) -> tuple[Grid, Reach]:
    """Lay the grid over all that violations and tracks may reach; find who can see into each cell.

    It covers all violations, not only those in view of the tracks laid here: a drone may be
    re-tasked to where it sees others.
    """
    radius = float(monitors.posts["radius_km"].max(initial=0.0))
    spread = any(kind.offset_sd_km > 0.0 for kind in scenario.violations.kinds.values())
    farthest = scenario.violations.max_offset_km if spread else 0.0
    grid = Grid.around(np.concatenate([line.xy, track_xy]), max(radius, farthest) + 1.0)
    return grid, build_reach(grid, monitors.posts, track_xy)


def _usual_offset_km(process: ViolationProcess, reporting: Reporting) -> float:
    """Return how far (km) from the line nearly all that is drawn beside it lies."""
    laws = [process.law, *(clutter.law for clutter in reporting.clutter)]
    return max(min(law.max_offset_km, USUAL_SD * float(law.offset_sd_km.max())) for law in laws)


def build_plan(scenario: Scenario) -> Plan:
    """Make a scenario ready to run.

    Parameters
    ----------
    scenario
        The scenario.

    Returns
    -------
    Plan
        Its runs differ only by their seed.

    Raises
    ------
    InputError
        When the scenario does not fit its contact line, or into the memory of this machine, or a
        drone can not reach its post.
    """
    line = load_line(scenario)
    check_demand(scenario, line.length_km)
    kinds = tuple(scenario.violations.kinds)
    weather = build_weather_plan(scenario)
    monitors = build_monitors(scenario, line, weather.zones)
    support = build_support(scenario, line, kinds)
    track_xy, segments, track_at = _tracks(monitors)
    grid, reach = build_grid(scenario, line, monitors, track_xy)
    process = build_process(scenario, line)
    reporting = build_reporting(scenario, process.law)
    platforms = platform_records(scenario)
    return Plan(
        scenario=scenario,
        line=line,
        kinds=kinds,
        group_names=tuple(scenario.monitors),
        platform_names=tuple(scenario.monitor_platforms()),
        drone_names=tuple(
            f"{name}-{number + 1}"
            for name, group in scenario.monitors.items()
            for number in range(group.count)
        ),
        monitors=monitors,
        platforms=platforms,
        circles=post_circles(monitors.posts, track_xy, platforms),
        looks=build_look_tables(scenario),
        track_xy=track_xy,
        segments=segments,
        track_at=track_at,
        grid=grid,
        reach=reach,
        support=support,
        process=process,
        reporting=reporting,
        escalation=build_escalation_rules(scenario),
        forces=build_force_plan(scenario, support),
        terrain=build_terrain(
            line,
            grid,
            build_areas(scenario, line),
            sectors=scenario.line.sectors,
            zones=weather.zones,
            farthest_km=_usual_offset_km(process, reporting),
        ),
        weather=weather,
        settings=_settings(scenario, support),
        lives=lives(scenario),
        sortie_room=_sortie_room(scenario, monitors),
    )
