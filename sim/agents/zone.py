"""Zones along the line: the weather in each, and the spells of its jamming.

The spells are a timetable drawn before the run. Nothing happens when one begins: whoever looks
finds the present one, and it is known beforehand when a drone that flies as planned will be lost,
as its hazard depends on nothing else.
"""

import numpy as np

from sim.kernel.compiled import compiled
from sim.kernel.world import Records, World, column

ZONE = np.dtype(
    [
        ("weather", "i4"),
        ("spell", "i4"),  # row of the present spell, or of one not long ago
    ],
    align=True,
)
SPELL = np.dtype(
    [
        ("since", "f8"),  # h
        ("jammed_before", "f8"),  # h of jamming up to then
        ("jammed", "i4"),
    ],
    align=True,
)
column("zones", ZONE)
column("spells", SPELL)  # of jamming and of none, by zone; after each zone's, one that never comes

FAIR = 0
POOR = 1
SEVERE = 2
NEVER = 3  # a limit that no weather reaches


@compiled
def present_spell(world: World, zone: int, t: float) -> Records:
    """Return the spell that a zone is in now."""
    spells = world.spells
    row = world.zones[zone].spell
    while spells[row + 1].since <= t:
        row += 1
    world.zones[zone].spell = row
    return spells[row]


@compiled
def _spell_at(world: World, zone: int, t: float) -> int:
    """Return the row of the spell at a time (h) that is not far from the present."""
    spells = world.spells
    row: int = world.zones[zone].spell
    while spells[row].since > t:
        row -= 1
    while spells[row + 1].since <= t:
        row += 1
    return row


@compiled
def _jammed_hours(world: World, zone: int, t: float) -> float:
    """Return the hours of jamming in a zone up to a time (h)."""
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
    """Return when what is exposed from `begin` on has been so for some hours, as counted above.

    Infinite if that does not come before `end`.
    """
    if factor == 1.0:
        return begin + hours if begin + hours < end else np.inf
    row = _spell_at(world, zone, begin)
    while begin < end:
        weight = factor if world.spells[row].jammed else 1.0
        row += 1
        until = world.spells[row].since
        if hours <= weight * (until - begin):
            at = begin + hours / weight
            return at if at < end else np.inf
        hours -= weight * (until - begin)
        begin = until
    return np.inf
