"""A sweep as a program of its own, to be killed by a test: kill.py DESIGN OUT."""

import sys

from poison import SLOW

from sim.experiment import SweepDesign, perform
from sim.experiment.executors import worker_processes

if __name__ == "__main__":
    with worker_processes(2, engine=SLOW) as pool:
        perform(SweepDesign.load(sys.argv[1]), sys.argv[2], engine=SLOW, executor=pool, workers=2)
