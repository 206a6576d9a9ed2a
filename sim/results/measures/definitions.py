"""The measures of a run: name, group, unit, population and definition of each."""

from dataclasses import dataclass
from typing import Literal

from sim.statistics.intervals import Scale

Group = Literal["Detection", "Referee", "Response", "Calls", "False reports", "Ceasefire", "Forces"]
Better = Literal["higher", "lower", ""]
Population = Literal["violations", "grave", "reports", "calls", "run"]
"""Population of a measure: all violations, those grave enough for support, those of them that were
reported or led to a call, or the run as a whole."""


@dataclass(frozen=True)
class Measure:
    """A measure of a run: its name includes the unit; `digits` is the number of decimals shown."""

    name: str
    label: str
    unit: str
    definition: str
    group: Group
    of: Population
    better: Better = ""
    """The good direction, if it holds whatever else changes: not for measures of reports or calls
    alone, which leave out what nobody reports."""
    digits: int = 1
    headline: bool = False
    yes_or_no: bool = False
    """Whether it is 1 or 0 in each run: its mean over runs is a probability."""

    @property
    def scale(self) -> Scale:
        """The kind of values it has, which determines its intervals. None is negative."""
        if self.unit == "share":
            return "indicator" if self.yes_or_no else "share"
        return "count" if self.unit == "count" else "amount"

    @property
    def selectable(self) -> bool:
        """Whether it can be restricted to a subset of violations, such as those of one kind."""
        return self.of != "run"

    @property
    def by_domain(self) -> bool:
        """Whether headlines separate land, air and sea, as support differs between them."""
        return self.of in ("grave", "reports", "calls")


def _share(
    name: str,
    label: str,
    definition: str,
    group: Group,
    of: Population,
    better: Better = "",
    *,
    headline: bool = False,
    yes_or_no: bool = False,
) -> Measure:
    return Measure(
        name, label, "share", definition, group, of, better, 3, headline, yes_or_no=yes_or_no
    )


def _time(
    name: str,
    label: str,
    definition: str,
    group: Group,
    of: Population,
    better: Better = "",
    *,
    headline: bool = False,
) -> Measure:
    return Measure(name, label, "min", definition, group, of, better, 1, headline)


def _count(
    name: str,
    label: str,
    definition: str,
    group: Group,
    of: Population = "run",
    unit: str = "count",
) -> Measure:
    return Measure(name, label, unit, definition, group, of, "", 0)


_RESTRICTED = (
    "restricted mean: times longer than the follow-up window `measures.follow_up_h`, and times to "
    "what never happens, count as that window"
)
_FOLLOWED = "at least the follow-up window before the end of the run"

_DETECTION = (
    Measure("n_violations", "Violations", "count", "Violations with onset after the warm-up",
            "Detection", "violations", "", 0, headline=True),
    _share("detection_rate", "Detection rate",
           "Share of all violations that are detected while they last: by a monitor, or by another "
           "source with a confirmed report", "Detection", "violations", "higher",
           headline=True),
    _share("confirmed_rate", "Detected and confirmed",
           "Share of all violations that a look or a report confirms while they last; the rest of "
           "the detection rate is unconfirmed, such as heard but not seen",
           "Detection", "violations", "higher", headline=True),
    _share("reported_share", "Reported",
           "Share of all violations that a monitor or another source reports, even after they are "
           "over", "Detection", "violations", "higher", headline=True),
    _time("time_to_report_mean_min", "Onset to first report, restricted mean",
          f"Onset to first report over all violations; {_RESTRICTED}", "Detection", "violations",
          "lower"),
    _time("time_to_confirmation_mean_min", "Onset to confirmation, restricted mean",
          f"Onset to the confirming look or report over all violations; {_RESTRICTED}",
          "Detection", "violations", "lower"),
    _time("detection_delay_mean_min", "Detection delay, mean",
          "Onset to detection, mean over violations detected while they last",
          "Detection", "reports"),
    _time("detection_delay_p50_min", "Detection delay, median",
          "Onset to detection, median over violations detected while they last",
          "Detection", "reports"),
    _time("detection_delay_p90_min", "Detection delay, 90 %",
          "Onset to detection, 90 % quantile over violations detected while they last",
          "Detection", "reports"),
)  # fmt: skip
_REFEREE = (
    _share("attribution_rate", "Attributed, of all",
           f"Share of violations with onset {_FOLLOWED} that the referee attributes to a side by "
           "then; undefined where no headquarters rules", "Referee", "violations", "higher",
           headline=True),
    _time("time_to_ruling_mean_min", "Onset to ruling, restricted mean",
          f"Onset to a ruling that accepts the report as true, over all violations; {_RESTRICTED}; "
          "undefined where no headquarters rules", "Referee", "violations", "lower"),
    _share("confirmed_share", "Reports confirmed",
           "Share of reported violations that a report or a second look confirms",
           "Referee", "reports"),
    _share("attributed_share", "Attributed, of those ruled on",
           "Share of reported violations ruled on that are attributed to a side", "Referee",
           "reports"),
    _share("dismissed_share", "True reports dismissed",
           "Share of reported violations ruled on that are dismissed as false reports", "Referee",
           "reports"),
    _time("chain_time_mean_min", "Report to call, mean",
          "First report to the call for support: confirmation, desks, hand-over; mean over calls",
          "Referee", "calls"),
    _time("desk_wait_mean_min", "Wait for desks, mean",
          "Total wait for free desks at all headquarters, mean over reports, true and false",
          "Referee", "run"),
    _count("cue_flights", "Confirmation flights",
           "Flights that left a patrol to confirm a report", "Referee"),
)  # fmt: skip
_RESPONSE = (
    _share("answered_share", "Answered, of all",
           f"Share of violations grave enough for support, with onset {_FOLLOWED}, that a unit "
           "reaches by then: those undetected, dismissed, lost, expired or still waiting are not "
           "answered", "Response", "grave", "higher", headline=True),
    _share("within_standard_share", "Answered within the standard, of all",
           "Share of violations grave enough for support that a unit reaches within the response "
           "standard after the first report; unreported violations are not reached", "Response",
           "grave", "higher", headline=True),
    _share("timely_share", "Reached while live, of all",
           "Share of violations grave enough for support that a unit reaches before they are over",
           "Response", "grave", "higher"),
    _time("time_to_arrival_mean_min", "Onset to arrival, restricted mean",
          f"Onset to arrival over all violations grave enough for support; {_RESTRICTED}",
          "Response", "grave", "lower", headline=True),
    _time("time_to_arrival_p50_min", "Onset to arrival, median",
          "Onset to arrival, Kaplan-Meier median over all violations grave enough for support; "
          "undefined when fewer than half are reached within the follow-up window", "Response",
          "grave", "lower"),
    _time("time_to_arrival_p90_min", "Onset to arrival, 90 %", "As the median, 90 % quantile",
          "Response", "grave", "lower"),
    _time("response_time_restricted_mean_min", "Response time, restricted mean",
          "First report to arrival over reported violations grave enough for support; "
          f"{_RESTRICTED}", "Response", "reports", headline=True),
    _time("response_time_p50_min", "Response time, median",
          "First report to arrival, Kaplan-Meier median over reported violations grave enough for "
          "support; those lost, expired or wrongly dismissed are never answered, those open at the "
          "end of the run are censored; undefined when fewer than half are answered",
          "Response", "reports"),
    _time("response_time_p90_min", "Response time, 90 %", "As the median, 90 % quantile",
          "Response", "reports"),
    _time("response_time_mean_min", "Response time of the answered, mean",
          "First report to arrival, mean over answered violations only", "Response", "calls"),
    _time("total_time_mean_min", "Total time of the answered, mean",
          "Onset to arrival, mean over answered violations only", "Response", "calls"),
)  # fmt: skip
_CALLS = (
    _share("lost_share", "Calls lost",
           "Share of calls that found all units busy where there is no waiting room",
           "Calls", "calls"),
    _share("waited_share", "Calls that waited",
           "Share of calls not dispatched at once, excluding lost calls", "Calls", "calls"),
    _time("wait_mean_min", "Wait for a unit, mean", "Call to dispatch, mean over dispatched calls",
          "Calls", "calls"),
    Measure("travel_distance_mean_km", "Distance to the scene, mean", "km",
            "Straight distance from base to destination, mean over dispatched calls",
            "Calls", "calls"),
)  # fmt: skip
_FALSE_REPORTS = (
    _count("false_reports", "False reports", "Reports of something that was not a violation",
           "False reports", "reports"),
    _count("false_attributed", "False reports attributed",
           "False reports that the referee attributed to a side", "False reports", "reports"),
    _count("false_trips", "Trips to false reports", "False reports that a unit was sent to",
           "False reports", "reports"),
)  # fmt: skip
_CEASEFIRE = (
    _share("ceasefire_held", "Ceasefire held",
           "1 if the ceasefire held to the end of the run, 0 if not; its mean over runs is a "
           "probability", "Ceasefire", "run", headline=True, yes_or_no=True),
    Measure("ceasefire_end_day", "End of the ceasefire", "days",
            "Day of the renewed attack; undefined if the ceasefire held", "Ceasefire", "run"),
    _share("backstop_honoured", "Backstop honoured",
           "1 if the United States honoured the backstop after the renewed attack, 0 if not; "
           "undefined if the ceasefire held", "Ceasefire", "run", yes_or_no=True),
    _count("grave_unanswered", "Grave violations unanswered",
           "Grave violations that no unit reached in time; counted where escalation is enabled",
           "Ceasefire"),
    _share("calm_share", "Time calm", "Share of the run in the calm regime", "Ceasefire", "run"),
    _share("tense_share", "Time tense", "Share of the run in the tense regime", "Ceasefire", "run"),
    _share("collapsing_share", "Time collapsing", "Share of the run in the collapsing regime",
           "Ceasefire", "run"),
    _share("us_engaged_share", "United States engaged",
           "Share of the run in which the United States are engaged", "Ceasefire", "run"),
)  # fmt: skip
_FORCES = (
    _share("on_station_share", "On-station share",
           "Share of all drone hours of the run spent on station", "Forces", "run"),
    Measure("monitors_on_station_mean", "Monitors on station", "drones",
            "Time average of drones on station", "Forces", "run", headline=True),
    _share("unit_utilisation", "Unit utilisation",
           "Share of unit hours spent busy, of all hours in which units are present or finish a job"
           " before leaving", "Forces", "run", headline=True),
    Measure("units_present_mean", "Units present", "units",
            "Time average of support units in the country", "Forces", "run", headline=True),
    _count("sorties", "Sorties",
           "Sorties under way at any time in the run; a re-tasking starts a new one", "Forces"),
    _count("flight_h", "Flight hours", "Drone hours in the air", "Forces", unit="h"),
    _count("drones_lost", "Drones lost", "Drones lost in flight", "Forces"),
    Measure("monitor_cost_usd", "Cost of flying", "USD",
            "Flight hours times the platform's cost per hour", "Forces", "run", "", 0,
            headline=True),
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for group in (
        _DETECTION, _REFEREE, _RESPONSE, _CALLS, _FALSE_REPORTS, _CEASEFIRE, _FORCES
    )
    for measure in group
}  # fmt: skip
"""All measures of a run by name, in the order of tables."""


def base_name(text: str) -> str:
    """Return the name of a measure without its conditions."""
    return text.partition("[")[0]


def measure_of(text: str) -> Measure:
    """Return the measure of a name, with or without conditions."""
    return MEASURES[base_name(text)]


def find_measure(text: str) -> Measure | None:
    """Return the measure of a name, with or without conditions; None if there is none."""
    return MEASURES.get(base_name(str(text)))


def measure_scale(text: str) -> Scale:
    """Return the kind of values in a column of runs; "other" if the column is not a measure."""
    found = find_measure(text)
    return found.scale if found else "other"
