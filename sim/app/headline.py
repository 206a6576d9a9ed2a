"""What the page says of a run so far: the measures that reports lead with, in their words."""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import NamedTuple

from sim.mesa.model import CeasefireModel
from sim.output.labels import PLACES
from sim.output.values import MISSING, percent_text, table_label, value_text
from sim.results.measures import MEASURES, headline, parse_request
from sim.results.measures.selection import Condition

ANSWERED, RESPONSE = "answered_share", "response_time_restricted_mean_min"


class Help(NamedTuple):
    """How help came so far, in one domain or, where there is but one, of all."""

    place: str
    answered: float
    response_min: float

    def texts(self) -> list[str]:
        """Return place, share answered and mean response as people say them."""
        return [self.place, percent_text(self.answered), value_text(RESPONSE, self.response_min)]


def measured(model: CeasefireModel, names: Sequence[str]) -> Mapping[str, float]:
    """Return measures of a run so far, of all violations or, with conditions, of some."""
    return model.measures | model.outcome.measure(*(name for name in names if "[" in name))


def help_so_far(model: CeasefireModel) -> list[Help]:
    """Tell how help came, on land, in the air and at sea apart where there are several."""
    names = headline([model.scenario])
    found = measured(model, [name for name in names if name.startswith((ANSWERED, RESPONSE))])
    parts = [name.removeprefix(ANSWERED) for name in names if name.startswith(ANSWERED)]
    return [Help(_place(part), found[ANSWERED + part], found[RESPONSE + part]) for part in parts]


def _place(part: str) -> str:
    """Return where `[domain=land]` is; nothing of a whole that is not split."""
    return PLACES[part[1:-1].partition("=")[2]] if part else ""


def part_rows(model: CeasefireModel, conditions: Sequence[Condition]) -> list[list[str]]:
    """Return the headline measures of some violations of a run so far, each with its words.

    Parameters
    ----------
    model
        The run.
    conditions
        Which violations; measures of the run as a whole are left out.
    """
    asked = {
        name: str(request.also(conditions))
        for name in headline([model.scenario])
        if MEASURES[(request := parse_request(name)).name].selectable
    }
    found = model.outcome.measure(*asked.values())
    rows = [[table_label(name), value_text(name, found[full])] for name, full in asked.items()]
    told = ["[" not in name or row[1] != MISSING for name, row in zip(asked, rows, strict=True)]
    return list(compress(rows, told))  # a domain with nothing of this part says nothing
