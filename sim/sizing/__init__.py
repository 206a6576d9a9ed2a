"""Force sizing: the smallest forces that do what is asked of them."""

from sim.sizing.result import Sizing
from sim.sizing.size import size

__all__ = ["Sizing", "size"]
