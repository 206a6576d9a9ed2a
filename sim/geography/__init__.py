"""The contact line, what is laid out along it, and the map around it."""

from sim.geography.basemap import Basemap, Town, basemap_around, load_basemap
from sim.geography.contact_line import ContactLine
from sim.geography.derive import derive_contact_line
from sim.geography.forward import forward_points

__all__ = [
    "Basemap",
    "ContactLine",
    "Town",
    "basemap_around",
    "derive_contact_line",
    "forward_points",
    "load_basemap",
]
