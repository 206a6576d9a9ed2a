"""The contact line and what is laid out along it."""

from sim.geography.contact_line import ContactLine
from sim.geography.forward import forward_points

__all__ = ["ContactLine", "forward_points"]
