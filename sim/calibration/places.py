"""Where incidents are: hot spots along the line, as the engine draws them."""

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Flags, Floats
from sim.calibration.reading import Reading
from sim.calibration.table import LEAST_EVENTS, Counts, Events, Sites
from sim.errors import InputError
from sim.geography import ContactLine
from sim.scenario import Scenario
from sim.setup.violations import spot_chainage

NO_SCENARIO = "Places need --scenario, which says what line they lie on: they are not used."
_NONE = np.empty(0)
NO_SPOTS = "The scenario has no hot spots: the background is taken as even along the line."


@dataclass(frozen=True)
class Places:
    """Places of incidents on a line with hot spots.

    Attributes
    ----------
    chainage_km
        Place of each incident, shape (incidents,).
    length_km
        Length of the line.
    spots
        Names of the hot spots.
    density
        Density (1/km) at each incident if it is spread evenly, then if it belongs to each hot
        spot, shape (incidents, 1 + spots).
    """

    chainage_km: Floats
    length_km: float
    spots: tuple[str, ...]
    density: Floats


def lay_places(chainage_km: Floats, scenario: Scenario, line: ContactLine) -> Places:
    """Return the densities of the scenario's hot spots at each incident.

    Raises
    ------
    InputError
        If a hot spot does not lie near the line.
    """
    length = line.length_km
    columns = [np.full(len(chainage_km), 1.0 / length)]
    for name, spot in scenario.violations.hot_spots.items():
        at_km = spot_chainage(name, spot, line)
        columns.append(folded_normal(chainage_km, at_km, spot.spread_km, length))
    spots = tuple(scenario.violations.hot_spots)
    return Places(chainage_km, length, spots, np.column_stack(columns))


def folded_normal(at_km: Floats, mean_km: float, sd_km: float, length_km: float) -> Floats:
    """Return the density of a normal law that is reflected at both ends of the line (1/km)."""
    # as many images as can reach the line; the engine folds places from any distance
    reach = int(np.ceil((length_km + 8.0 * sd_km) / (2.0 * length_km)))
    shifts = 2.0 * length_km * np.arange(-reach, reach + 1)
    images = np.concatenate([mean_km + shifts, -mean_km + shifts])
    apart = (at_km[:, None] - images) / sd_km
    density: Floats = np.exp(-0.5 * apart**2).sum(axis=1) / (sd_km * np.sqrt(2.0 * np.pi))
    return density


def locate_events(table: Events, scenario: Scenario, line: ContactLine) -> Events:
    """Give each incident its chainage, and leave out those too far from the line.

    Raises
    ------
    InputError
        If a chainage is not on the line, or too few lie near it.
    """
    sites = Sites(np.empty(0, dtype=np.int64), table.chainage_km, table.lon, table.lat)
    chainage, near = _located(table.name, sites, scenario, line)
    return replace(
        table, time_h=table.time_h[near], chainage_km=chainage[near], lon=_NONE, lat=_NONE,
        reading=_without_far(table.reading, near, scenario),
    )  # fmt: skip


def locate_counts(table: Counts, sites: Sites, scenario: Scenario, line: ContactLine) -> Counts:
    """Give each incident of a table by day its chainage, and count those near the line only.

    Raises
    ------
    InputError
        If a chainage is not on the line, or too few lie near it.
    """
    chainage, near = _located(table.name, sites, scenario, line)
    day = sites.day[near]
    return replace(
        table, count=np.bincount(day, minlength=len(table.count)),
        sites=Sites(day, chainage[near]), reading=_without_far(table.reading, near, scenario),
    )  # fmt: skip


def _located(
    name: str, sites: Sites, scenario: Scenario, line: ContactLine
) -> tuple[Floats, Flags]:
    """Return the chainage of each incident, and whether it is near enough to the line."""
    if len(sites.chainage_km):
        most = float(sites.chainage_km.max())
        if most > line.length_km:
            message = f"{name}: chainage_km = {most:g}: the line is {line.length_km:.1f} km long"
            raise InputError(message)
        return sites.chainage_km, np.ones(len(sites.chainage_km), dtype=bool)
    chainage, offset = line.locate(line.to_plane(sites.lon, sites.lat))
    farthest = scenario.violations.max_offset_km
    near = np.abs(offset) <= farthest
    if near.sum() < LEAST_EVENTS:
        message = (
            f"{name}: {int(near.sum())} of {len(near):,} incidents lie within {farthest:g} km of "
            f"the line; at least {LEAST_EVENTS} are needed"
        )
        raise InputError(message)
    return chainage, near


def _without_far(reading: Reading, near: Flags, scenario: Scenario) -> Reading:
    """Say how many incidents were left out."""
    far = int((~near).sum())
    if not far:
        return reading
    why = f"more than {scenario.violations.max_offset_km:g} km from the line"
    return replace(reading, used=int(near.sum()), dropped=(*reading.dropped, (far, why)))
