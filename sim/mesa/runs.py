"""Runs of a Mesa model in batches, as experiments make them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.results.measures import Request, mark_times, measure_requests, totals
from sim.setup.plan import Plan

if TYPE_CHECKING:
    from sim.mesa.model import CeasefireModel


def run_model(
    kind: "type[CeasefireModel]",
    arguments: Mapping[str, Any],
    requests: Sequence[Request],
    plan: Plan,
    seed: int,
) -> dict[str, float]:
    """Run a model to its end and return its measures.

    Parameters
    ----------
    kind
        The class of the model.
    arguments
        Keyword arguments it is made with, such as ``step_minutes``.
    requests
        Measures of parts of the run, asked for beside those of the whole.
    plan
        From `sim.setup.plan.build_plan`.
    seed
        Seed of the run, >= 0.

    Returns
    -------
    dict
        Value by name or by the text of the request.
    """
    model = kind(plan, rng=seed, **{"collect_hours": plan.horizon_h, **arguments})
    marks = {}
    for t in mark_times(plan, seed, requests):
        model.run_until(t / model.step_h)
        marks[t] = totals(model.world)
    model.run()
    return model.measures | measure_requests(plan, model.world, seed, requests, marks)
