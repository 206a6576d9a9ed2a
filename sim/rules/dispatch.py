"""Dispatch: which base sends a unit to a call, and how far the unit has to go."""

import numpy as np

from sim.kernel.compile import compiled
from sim.scenario.dispatch import RULES
from sim.world.lots import lot
from sim.world.rows import BaseRow, ViolationRow
from sim.world.world import World

NEAREST, SECTOR_FIRST = range(len(RULES))

SAME_SHARE = 1e-9
"""Ways whose times differ by a smaller share take the same time: from one town, for instance."""


@compiled
def forward_point(world: World, base: BaseRow, violation: ViolationRow) -> tuple[float, float]:
    """Return where the units of a base go (km): the violation, or a forward point short of it.

    On a curved line the forward points are a table (`sim.geography.forward_points`), because a step
    back may come near another bend of the line; without a stand-off, or on a straight line, the
    step back is exact.
    """
    if violation.depth >= base.standoff_km:
        return violation.x, violation.y
    if base.forward_row < 0:
        back = base.standoff_km - violation.offset
        return violation.x + back * violation.normal_x, violation.y + back * violation.normal_y
    place = round(violation.chainage / world.settings[0].forward_step_km)
    return (
        world.forward[base.forward_row, place, 0],
        world.forward[base.forward_row, place, 1],
    )


@compiled
def straight_km(world: World, base: BaseRow, violation: ViolationRow) -> float:
    """Return the straight way (km) from a base to where its units go."""
    x, y = forward_point(world, base, violation)
    return float(np.sqrt((x - base.x) ** 2 + (y - base.y) ** 2))


@compiled
def _is_sooner(hours: float, other: float) -> bool:
    """Tell whether one way takes less time than another, by more than rounding.

    Relative to the time, so that units of any speed, however great, are told apart by distance.
    """
    return hours < other * (1.0 - SAME_SHARE)


@compiled
def _nearest_base(world: World, v: int, own_sector: bool) -> tuple[int, float]:
    """Return the base with a ready, fitting unit that arrives first, and its straight way (km).

    Bases are tried in the order of their time to the middle of the stretch of line; by the triangle
    inequality the search can stop when even the best case of the next one is later than the best
    found. Of those that arrive at the same time, as from one town, one is drawn by lot.
    """
    violation = world.violations[v]
    row = violation.line_cell
    best = -1
    best_h = np.inf
    best_km = np.nan
    # from the nearest place of the line to the end of the way, which is no place in front of it but
    # in an area
    beyond_km = max(0.0, min(violation.depth, abs(violation.offset)))
    slack_km = world.near_slack[row] + beyond_km
    slack_h = slack_km * world.settings[0].most_h_per_km
    for place in range(world.near_bases.shape[1]):
        if _is_sooner(best_h, world.near_hours[row, place] - slack_h):
            break
        b = world.near_bases[row, place]
        base = world.bases[b]
        if base.ready == 0 or not world.fits[base.group, violation.kind]:
            continue
        if own_sector and base.sector != violation.sector:
            continue
        km = straight_km(world, base, violation)
        hours = base.readiness_h + km * base.h_per_km
        if _is_sooner(best_h, hours):
            continue
        if (
            best < 0
            or _is_sooner(hours, best_h)
            or lot(world, v, base.name) < lot(world, v, world.bases[best].name)
        ):
            best, best_h, best_km = b, hours, km
    return best, best_km


@compiled
def choose_base(world: World, v: int) -> tuple[int, float]:
    """Choose the base that sends a unit to a call, by the dispatch rule of the scenario.

    Parameters
    ----------
    world, v
        The world, and the row of the violation that calls.

    Returns
    -------
    base : int
        A base with a ready unit that answers this kind of violation, -1 for none.
    km : float
        Its straight way to where the unit goes.
    """
    if world.settings[0].dispatch_rule == SECTOR_FIRST:
        base, km = _nearest_base(world, v, True)
        if base >= 0:
            return base, km
    return _nearest_base(world, v, False)
