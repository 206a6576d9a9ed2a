"""Force sizing: the smallest forces that do what is asked of them."""

from sim.experiment.precision import Precision, read_precision, run_to_precision
from sim.sizing.optimisation import Optimum, optimise
from sim.sizing.procedure import size
from sim.sizing.result import Sizing

__all__ = [
    "Optimum",
    "Precision",
    "Sizing",
    "optimise",
    "read_precision",
    "run_to_precision",
    "size",
]
