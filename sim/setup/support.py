"""Bases and units laid out from the scenario's support groups, with the tables for dispatch."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Flags, Floats, Ints, Ints32
from sim.errors import InputError
from sim.geography import ContactLine
from sim.geography.forward import forward_points
from sim.geography.offsets import EXACT_KM
from sim.kernel.columns import Records
from sim.scenario import Scenario, SupportGroup
from sim.scenario.checks import UKRAINE
from sim.scenario.support import DOMAINS
from sim.setup.monitors import stretch
from sim.statistics.distributions import LAWS, lognormal_sigma
from sim.world.lots import name_number
from sim.world.rows import BaseRow, LeadRow, UnitRow

FORWARD_STEP_KM = 0.25
"""Spacing of the forward points along the line (km)."""
ROUNDING_KM = 2.0 * EXACT_KM
LINE_CELL_KM = 5.0
MOST_LINE_CELLS = 256


def line_cells(line: ContactLine) -> int:
    """Return into how many stretches the line is cut for the search for the nearest base."""
    return int(np.clip(np.ceil(line.length_km / LINE_CELL_KM), 1, MOST_LINE_CELLS))


@dataclass(frozen=True)
class Support:
    """All support of a scenario, laid out: the arrays that runs start from."""

    bases: Records
    units: Records
    fits: Flags  # (groups, kinds)
    leads: Records  # LeadRow (3,)
    kind_domains: Ints32  # (kinds,)
    names: tuple[str, ...]  # of the units
    unit_numbers: Ints  # (units,) of their names in the drawing of lots
    base_groups: tuple[str, ...]
    random_bases: Ints32  # bases whose place is drawn in each run
    random_stretch: Floats  # (random bases, 3) from, to and offset, km
    forward: Floats  # (stand-offs, places, 2)
    near: "Near"


@dataclass(frozen=True)
class Near:
    """For each stretch of line, the bases by time to arrive at its middle."""

    bases: Ints32  # (line cells, bases)
    hours: Floats  # (line cells, bases), ascending
    slack_km: Floats  # (line cells,)


def _places(key: str, group: SupportGroup, line: ContactLine) -> tuple[Floats, list[int]]:
    """Return base points (n, 2), and how many units stand at each."""
    if group.placement == "bases":
        lon = np.array([base.lon for base in group.bases])
        lat = np.array([base.lat for base in group.bases])
        dealt = np.bincount(np.arange(group.count) % len(lon), minlength=len(lon))
        return line.to_plane(lon, lat), dealt.tolist()
    start, end = stretch(key, group.from_km, group.to_km, line)
    middles = start + (np.arange(group.count) + 0.5) / group.count * (end - start)
    offset_key = f"{key}.base_offset_km"
    if group.placement == "random" and not line.is_straight:
        line.lay_places(group.base_offset_km, key=offset_key)
    return line.point(middles, group.base_offset_km, key=offset_key), [1] * group.count


def _check_behind(
    key: str, group: SupportGroup, least_km: float, points: Floats, line: ContactLine
) -> None:
    """Refuse a base of the mission's land units in front of the line, or too near to it."""
    if group.domain != "land" or group.nation == UKRAINE or least_km <= 0.0:
        return
    chainage_km, behind_km = line.locate(points)
    # past an end of the line there is no side; only the distance counts
    past = (chainage_km <= ROUNDING_KM) | (chainage_km >= line.length_km - ROUNDING_KM)
    behind_km = np.where(past, np.abs(behind_km), behind_km)
    nearest = int(np.argmin(behind_km))
    if behind_km[nearest] < least_km - ROUNDING_KM:
        away_km = float(behind_km[nearest])
        side = "from" if past[nearest] else "behind" if away_km >= 0.0 else "in front of"
        message = (
            f"{_base_key(key, group, nearest)}: lies {abs(away_km):.1f} km {side} the line; it "
            f"must be at least mission.land_standoff_km = {least_km:g} behind it"
        )
        raise InputError(message)


def _base_key(key: str, group: SupportGroup, number: int) -> str:
    """Return what a base of a group is called in a message."""
    if group.placement == "bases":
        return f"{key}.bases.{number} ({group.bases[number].name})"
    return f"{key}, base {number + 1} of {group.count}"


def _base_records(group: SupportGroup, number: int, points: Floats, dealt: list[int]) -> Records:
    base = np.zeros(len(points), dtype=BaseRow.dtype)
    base["group"] = number
    base["x"], base["y"] = points.T
    base["ready"] = dealt
    base["readiness_h"] = group.readiness_min / 60.0
    base["h_per_km"] = group.road_factor / group.speed_kmh
    base["standoff_km"] = group.standoff_km
    base["on_scene_h"] = group.on_scene_h
    base["on_scene_law"] = LAWS.index(group.on_scene)
    base["on_scene_sigma"] = lognormal_sigma(group.on_scene_cv)
    base["forward_row"] = -1
    base["domain"] = DOMAINS.index(group.domain)
    return base


def _answers(scenario: Scenario, group: SupportGroup) -> list[bool]:
    """Tell which kinds of violation a group answers: of its domain, and named if it names any."""
    return [
        kind.domain == group.domain and (group.answers is None or name in group.answers)
        for name, kind in scenario.violations.kinds.items()
    ]


def _lead_records(scenario: Scenario, bases: Records) -> Records:
    """Return the leads of the domains, all units present; who does not lead is not missed."""
    leads = np.zeros(len(DOMAINS), dtype=LeadRow.dtype)
    for row, domain in enumerate(DOMAINS):
        lead = scenario.mission.lead(domain)
        mine = (bases["domain"] == row) & (bases["leads"] == 1)
        leads["present"][row] = bases["ready"][mine].sum() if lead.nation else 1
        leads["absent_delay_h"][row] = lead.absent_delay_min / 60.0
    return leads


def _build_forward_points(line: ContactLine, bases: Records, groups: list[str]) -> Floats:
    """Compute the table of forward points, and give each base, of a group each, its row in it."""
    places = int(np.ceil(line.length_km / FORWARD_STEP_KM)) + 1
    mine = bases["standoff_km"][bases["standoff_km"] > 0.0]
    standoffs = [] if line.is_straight else np.unique(mine).tolist()
    table = np.empty((len(standoffs), places, 2))
    for row, standoff in enumerate(standoffs):
        mine = bases["standoff_km"] == standoff
        key = f"support.{groups[int(np.argmax(mine))]}.standoff_km"
        table[row] = forward_points(line, standoff, FORWARD_STEP_KM, key=key)
        bases["forward_row"][mine] = row
    return table


def set_sectors(line: ContactLine, bases: Records, sectors: int) -> None:
    """Write in which sector each base lies."""
    chainage, _ = line.locate(np.column_stack([bases["x"], bases["y"]]))
    bases["sector"] = np.minimum(sectors - 1, (chainage / line.length_km * sectors).astype(int))


def order_bases(line: ContactLine, bases: Records, forward: Floats) -> Near:
    """Order the bases by time to arrive at the middle of each stretch of line.

    The slack of a stretch bounds how far (km) the end of any way to a violation of this stretch
    lies from the middle that the order was made for, so that the search may stop early without ever
    missing the best base.
    """
    cells = line_cells(line)
    edges = np.linspace(0.0, line.length_km, cells + 1)
    middle_km = 0.5 * (edges[:-1] + edges[1:])
    on_line = np.asarray(line.point(middle_km, 0.0))
    targets = {-1: on_line}
    middle_place = np.rint(middle_km / FORWARD_STEP_KM).astype(int)
    for row in range(len(forward)):
        targets[row] = forward[row][middle_place]
    slack = _slack(line, edges, forward, targets)
    hours = np.empty((cells, len(bases)))
    for b, base in enumerate(bases):
        target = targets[int(base["forward_row"])]
        way = np.hypot(target[:, 0] - base["x"], target[:, 1] - base["y"])
        hours[:, b] = base["readiness_h"] + way * base["h_per_km"]
    order = np.argsort(hours, axis=1, kind="stable").astype(np.int32)
    straight = float(bases["standoff_km"][bases["forward_row"] < 0].max(initial=0.0))
    return Near(order, np.take_along_axis(hours, order, axis=1), slack + straight)


def _slack(line: ContactLine, edges: Floats, forward: Floats, targets: dict[int, Floats]) -> Floats:
    """Return how far (km) a way's end may lie from the middle of each stretch of line."""
    places_km = np.arange(int(np.ceil(line.length_km / FORWARD_STEP_KM)) + 1) * FORWARD_STEP_KM
    on_line = np.asarray(line.point(np.minimum(places_km, line.length_km), 0.0))
    low = np.floor(edges[:-1] / FORWARD_STEP_KM).astype(int)
    high = np.ceil(edges[1:] / FORWARD_STEP_KM).astype(int) + 1
    slack = np.empty(len(low))
    for cell in range(len(low)):
        here = slice(low[cell], high[cell])
        middle = targets[-1][cell]
        spread = np.hypot(*(on_line[here] - middle).T).max()
        slack[cell] = spread
        for row in range(len(forward)):
            target = targets[row][cell]
            apart = np.hypot(*(target - middle))
            far = np.hypot(*(forward[row, here] - target).T).max()
            slack[cell] = max(slack[cell], spread + apart, far)
    return slack + FORWARD_STEP_KM


def build_support(scenario: Scenario, line: ContactLine, kinds: tuple[str, ...]) -> Support:
    """Lay out the bases and units of all support groups.

    Raises
    ------
    InputError
        When a stretch does not lie on the line, a base of land units nearer to it than the mission
        allows, or when the line leaves no room at an offset or a stand-off.
    """
    bases: list[Records] = []
    names: list[str] = []
    groups: list[str] = []
    random_bases: list[int] = []
    random_stretch: list[tuple[float, float, float]] = []
    fits = np.zeros((len(scenario.support), len(kinds)), dtype=np.bool_)
    unit_bases: list[int] = []
    for number, (name, group) in enumerate(scenario.support.items()):
        fits[number] = _answers(scenario, group)
        if group.count == 0:
            continue
        key = f"support.{name}"
        points, dealt = _places(key, group, line)
        _check_behind(key, group, scenario.mission.land_standoff_km, points, line)
        first = len(groups)
        if group.placement == "random":
            start, end = stretch(key, group.from_km, group.to_km, line)
            random_bases += range(first, first + len(points))
            random_stretch += [(start, end, group.base_offset_km)] * len(points)
        records = _base_records(group, number, points, dealt)
        records["name"] = [name_number(f"{name}/{place}") for place in range(len(points))]
        records["leads"] = scenario.mission.lead(group.domain).nation == group.nation
        bases.append(records)
        groups += [name] * len(points)
        unit_bases += [first + b for b, count in enumerate(dealt) for _ in range(count)]
        names += [f"{name}-{k + 1}" for k in range(group.count)]
    all_bases = np.concatenate([*bases, np.empty(0, BaseRow.dtype)])
    units = np.zeros(len(unit_bases), dtype=UnitRow.dtype)
    units["base"] = unit_bases
    units["violation"] = -1
    ends = np.cumsum(all_bases["ready"])
    all_bases["end_unit"] = ends
    all_bases["first_unit"] = ends - all_bases["ready"]
    forward = _build_forward_points(line, all_bases, groups)
    domains = [DOMAINS.index(kind.domain) for kind in scenario.violations.kinds.values()]
    if len(all_bases):
        set_sectors(line, all_bases, scenario.line.sectors)
    return Support(
        all_bases,
        units,
        fits,
        _lead_records(scenario, all_bases),
        np.array(domains, dtype=np.int32),
        tuple(names),
        np.array([name_number(name) for name in names], dtype=np.int64),
        tuple(groups),
        np.array(random_bases, dtype=np.int32),
        np.array(random_stretch, dtype=np.float64).reshape(-1, 3),
        forward,
        order_bases(line, all_bases, forward),
    )
