"""Zones along the line: the weather in each, and the spells of its jamming.

The spells are a timetable drawn before the run. Nothing happens when one begins: whoever looks
finds the present one, and it is known beforehand when a drone that flies as planned will be lost,
as its hazard depends on nothing else.
"""

import numpy as np

from sim.kernel.compile import compiled
from sim.world.world import World

FAIR = 0
POOR = 1
SEVERE = 2
NEVER = 3  # a limit that no weather reaches


@compiled
def _spell_at(world: World, zone: int, t: float) -> int:
    """Return the row of the spell at a time (h) not to come; it is sought from the latest."""
    spells = world.spells
    row: int = world.zones[zone].spell
    while spells[row].since > t:
        row -= 1
    while spells[row + 1].since <= t:
        row += 1
    world.zones[zone].spell = max(row, world.zones[zone].spell)
    return row


@compiled
def is_jammed(world: World, zone: int, t: float) -> bool:
    """Tell whether a zone is jammed now."""
    return bool(world.spells[_spell_at(world, zone, t)].jammed)


@compiled
def _jammed_hours(world: World, zone: int, t: float) -> float:
    """Return the hours of jamming in a zone up to a time (h) that is not to come."""
    spell = world.spells[_spell_at(world, zone, t)]
    return float(spell.jammed_before + (t - spell.since if spell.jammed else 0.0))


@compiled
def exposure_hours(world: World, zone: int, begin: float, end: float, factor: float) -> float:
    """Return the hours from one time to another, those of jamming counted `factor` times."""
    hours = end - begin
    if factor != 1.0:
        jammed = _jammed_hours(world, zone, end) - _jammed_hours(world, zone, begin)
        hours += (factor - 1.0) * jammed
    return hours


@compiled
def exposed_until(
    world: World, zone: int, begin: float, end: float, factor: float, hours: float
) -> float:
    """Return when what is exposed from now on (`begin`) has been so for some hours, as above.

    Infinite if that does not come before `end`.
    """
    if factor == 1.0:
        return begin + hours if begin + hours < end else np.inf
    spells = world.spells
    row = _spell_at(world, zone, begin)
    jammed = _jammed_hours(world, zone, begin)
    low, high = row, world.zones[zone].last_spell
    while low < high:  # the last spell that begins before the hours are over
        middle = (low + high + 1) >> 1
        spell = spells[middle]
        if spell.since - begin + (factor - 1.0) * (spell.jammed_before - jammed) <= hours:
            low = middle
        else:
            high = middle - 1
    spell = spells[low]
    start, exposed = begin, 0.0
    if low > row:
        start = spell.since
        exposed = start - begin + (factor - 1.0) * (spell.jammed_before - jammed)
    at = start + (hours - exposed) / (factor if spell.jammed else 1.0)
    return at if at < end else np.inf
