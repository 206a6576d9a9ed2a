"""The measures that a study shows unless others are asked for."""

from collections.abc import Iterable

from sim.results.measures.definitions import MEASURES, Measure, base_name
from sim.results.measures.selection import check_request, parse_request
from sim.scenario import Scenario


def headline(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Return the headline measures of scenarios that are shown together.

    Where violations happen in several domains, what tells of support is given for each of them:
    help on land, in the air and at sea comes by other means, and a mean over all says nothing of
    any.

    Parameters
    ----------
    scenarios
        The scenarios.

    Returns
    -------
    tuple of str
        Names, some with a domain such as `answered_share[domain=land]`.
    """
    domains = dict.fromkeys(
        kind.domain for scenario in scenarios for kind in scenario.violations.kinds.values()
    )
    return tuple(
        name
        for measure in MEASURES.values()
        if measure.headline
        for name in _by_domain(measure, list(domains))
    )


KEY_MEASURES = (
    "detection_rate",
    "attribution_rate",
    "answered_share",
    "within_standard_share",
    "response_time_restricted_mean_min",
)
"""What the tables and figures of sweeps show: few enough to be looked at one by one."""


def key_measures(scenario: Scenario) -> tuple[str, ...]:
    """Return the measures that sweeps of a scenario show.

    Where violations happen in several domains, what tells of support is that of the domain in which
    most of them happen.
    """
    shares = [(kind.domain, kind.share) for kind in scenario.violations.kinds.values()]
    domains = [main_domain(shares)] * len({domain for domain, _ in shares})  # two: it is named
    rules = any(station.task == "ruling" for station in scenario.headquarters.values())
    return tuple(
        _by_domain(MEASURES[name], domains)[0]
        for name in KEY_MEASURES
        if rules or name != "attribution_rate"
    )


def main_domain(shares: Iterable[tuple[str, float]]) -> str:
    """Return the domain in which most violations happen.

    Parameters
    ----------
    shares
        Of each kind of violation: its domain, and its share of all violations.
    """
    of_domain: dict[str, float] = {}
    for domain, share in shares:
        of_domain[domain] = of_domain.get(domain, 0.0) + share
    return max(of_domain, key=lambda domain: of_domain[domain], default="land")


def key_columns(columns: Iterable[str]) -> list[str]:
    """Return which columns are key measures, of all violations or of some."""
    names = [name for name in columns if base_name(name) in KEY_MEASURES]
    split = {base_name(name) for name in names if "[" in name}
    return [name for name in names if name not in split]


def _by_domain(measure: Measure, domains: list[str]) -> list[str]:
    if not measure.by_domain or len(domains) < 2:
        return [measure.name]
    return [f"{measure.name}[domain={domain}]" for domain in domains]


def further_requests(names: Iterable[str], scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Return what has to be asked of each run beside the measures of the whole.

    Parameters
    ----------
    names
        Measures with or without conditions.
    scenarios
        The scenarios that are run.

    Returns
    -------
    tuple of str
        Those with conditions, each once and in one spelling.

    Raises
    ------
    InputError
        When a measure, or what a condition names, does not exist.
    """
    requests = [parse_request(name) for name in names]
    for scenario in scenarios:
        for request in requests:
            check_request(request, scenario)
    return tuple(dict.fromkeys(str(request) for request in requests if request.conditions))
