"""Sweeps that make as many replications of each point as its means need to be known.

Each point follows the procedure of `sim.experiment.precision`. Which runs are made depends on the
runs before and on nothing else, so a sweep that was interrupted goes on alike.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.errors import InputError
from sim.experiment.design import SweepDesign
from sim.experiment.precision import FIRST_RUNS, excess_of, next_look
from sim.experiment.running import SweepReport, perform
from sim.experiment.store import iterate_points
from sim.files import place
from sim.manifest import read_manifest
from sim.results.measures import measure_scale
from sim.statistics.intervals import CONFIDENCE, mean_interval


def perform_to_precision(
    design: SweepDesign,
    out: str | Path,
    targets: Mapping[str, float],
    most_replications: int,
    **options: Any,
) -> SweepReport:
    """Make runs until the mean of each measure is known as closely as asked, at every point.

    Parameters
    ----------
    design
        The design; its replications are those of the first look, which has 20 at least (or the
        most replications, if those are fewer).
    out
        Directory of the results.
    targets
        By measure how far, in its unit, the 95 % interval may go to either side of the mean.
    most_replications
        Replications of a point at most.
    options
        As for `perform`.

    Returns
    -------
    SweepReport
        Ints of all that was made now.

    Raises
    ------
    InputError
        As `perform`; if a target names no measure of the runs, or the first look would have one
        run or more than there may be.
    """
    if not 2 <= design.replications <= most_replications:
        raise InputError(
            f"replications = {design.replications}: must be from 2 to {most_replications} where "
            "runs are made to a precision"
        )
    first = min(max(design.replications, FIRST_RUNS), most_replications)
    planned = np.full(design.n_points, first, dtype=np.int64)
    there = read_manifest(place(out)) or {}
    most_there = int(there.get("replications", 0))
    total = SweepReport(n_before=0)
    while True:
        replications = max(int(planned.max()), most_there)
        wide = design.model_copy(update={"replications": replications})
        report = perform(wide, out, planned=planned, **options)
        total.join(report)
        wanted = _next_looks(wide, out, planned, targets, most_replications)
        if np.array_equal(wanted, planned):
            return total
        planned = wanted


def _next_looks(
    design: SweepDesign,
    out: str | Path,
    planned: Ints,
    targets: Mapping[str, float],
    most: int,
) -> Ints:
    """Return the replications that each point is to have at its next look."""
    wanted = planned.copy()
    for runs in iterate_points(place(out), design, planned):
        if missing := [name for name in targets if name not in runs]:
            raise InputError(f"precision: {missing[0]} is no measure of these runs")
        for point, own in runs.groupby("point"):
            number = int(str(point))
            own = own[own["replication"] < planned[number]]  # there may be runs of later looks
            excess = max(
                excess_of(
                    mean_interval(own[name], CONFIDENCE, measure_scale(name)), half, own[name]
                )
                for name, half in targets.items()
            )
            if excess > 1.0:
                wanted[number] = next_look(int(planned[number]), excess, most)
    return wanted
