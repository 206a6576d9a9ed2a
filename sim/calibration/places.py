"""Where incidents are: hot spots along the line, as the engine draws them."""

from dataclasses import dataclass

import numpy as np

from sim.calibration.likelihood import Floats
from sim.calibration.table import Events
from sim.engine.incidents import spot_chainage
from sim.errors import InputError
from sim.geography import ContactLine
from sim.scenario import Scenario


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


def locate_events(
    table: Events, scenario: Scenario, line: ContactLine
) -> tuple[Events, tuple[str, ...]]:
    """Give each incident its chainage, and leave out those too far from the line.

    Returns
    -------
    tuple
        The incidents with chainage, and a note where some were left out.

    Raises
    ------
    InputError
        If a chainage is not on the line, or none lies near it.
    """
    if len(table.chainage_km):
        most = float(table.chainage_km.max())
        if most > line.length_km:
            message = (
                f"{table.name}: chainage_km = {most:g}: the line is {line.length_km:.1f} km long"
            )
            raise InputError(message)
        return table, ()
    points = line.to_plane(table.lon, table.lat)
    chainage, offset = line.locate(points)
    farthest = scenario.violations.max_offset_km
    near = np.abs(offset) <= farthest
    if near.sum() < 2:
        raise InputError(f"{table.name}: no incident lies within {farthest:g} km of the line")
    left_out = int((~near).sum())
    note = f"{left_out:,} incidents more than {farthest:g} km from the line are left out."
    kept = Events(
        table.name, table.first, table.days, table.time_h[near], chainage[near],
        table.lon[near], table.lat[near], table.violations_each,
    )  # fmt: skip
    return kept, (note,) if left_out else ()
