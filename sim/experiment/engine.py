"""What a sweep needs of the simulation: make a plan, run it with a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.mesa.model import CeasefireModel

type Plan = Any
"""Whatever the engine prepares; a sweep only hands it on."""


class RunFunction(Protocol):
    """Runs a plan once; importable by name where runs go to other processes."""

    def __call__(self, plan: Plan, seed: int, /) -> Mapping[str, float]:
        """Return the measures of the run with this seed."""


@dataclass(frozen=True)
class Engine:
    """The two functions a sweep calls; tests put simple ones in their place."""

    prepare: Callable[[Scenario], Plan]
    """Makes the plan of a scenario: what all its runs have in common."""
    run: RunFunction
    """Runs a plan once."""

    @classmethod
    def from_model(
        cls, kind: "type[CeasefireModel]", requests: Sequence[str] = (), **arguments: Any
    ) -> "Engine":
        """Return an engine whose runs are those of a Mesa model, such as one whose agents decide.

        Parameters
        ----------
        kind
            `CeasefireModel` or a subclass of it, in a module that other processes can import.
        requests
            What each run is asked for beside the measures of the whole.
        **arguments
            What each model is made with, such as ``step_minutes``.

        Raises
        ------
        InputError
            When a request cannot be read.
        """
        from sim.mesa.runs import run_model
        from sim.results.measures import parse_request
        from sim.setup.plan import build_plan

        parsed = tuple(parse_request(text) for text in requests)
        return cls(build_plan, partial(run_model, kind, arguments, parsed))


def compiled_engine(requests: Sequence[str] = ()) -> Engine:
    """Return the simulation's own engine; loading it takes a second.

    Parameters
    ----------
    requests
        What each run is asked for beside the measures of the whole, such as
        `detection_rate[kind=shelling]`.

    Raises
    ------
    InputError
        When a request cannot be read.
    """
    from sim.results.measures import parse_request
    from sim.results.outcome import run_measures
    from sim.setup.plan import build_plan

    if not requests:
        return Engine(build_plan, run_measures)
    parsed = tuple(parse_request(text) for text in requests)
    return Engine(build_plan, partial(run_measures, requests=parsed))
