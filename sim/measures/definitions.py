"""The measures of a run: name, unit and definition of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A measure of a run: its name carries the unit; `digits` is how many to show."""

    name: str
    label: str
    unit: str
    definition: str
    digits: int = 1


_ALL = (
    Measure("n_violations", "Violations", "count", "Violations with onset after the warm-up", 0),
    Measure(
        "detection_rate",
        "Detection rate",
        "share",
        "Violations detected, of those detected or over by the end of the run",
        3,
    ),
    Measure(
        "reported_share",
        "Reported",
        "share",
        "Violations reported by a monitor or another source, of those reported or over by the end "
        "of the run",
        3,
    ),
    Measure(
        "confirmed_share",
        "Reports confirmed",
        "share",
        "Reported violations of which a report or a second look leaves no doubt, of those reported",
        3,
    ),
    Measure(
        "detection_delay_mean_min",
        "Detection delay, mean",
        "min",
        "Onset to detection, mean over detected violations",
    ),
    Measure(
        "detection_delay_p50_min",
        "Detection delay, median",
        "min",
        "Onset to detection, median over detected violations",
    ),
    Measure(
        "detection_delay_p90_min",
        "Detection delay, 90 %",
        "min",
        "Onset to detection, 90 % quantile over detected violations",
    ),
    Measure(
        "response_time_mean_min",
        "Response time, mean",
        "min",
        "First report to arrival, mean over answered violations; the report is the detection where "
        "no other source was earlier",
    ),
    Measure(
        "response_time_p50_min",
        "Response time, median",
        "min",
        "First report to arrival, Kaplan-Meier median over reports grave enough for support; lost, "
        "expired and wrongly dismissed ones are never answered, those open at the end of the run "
        "are censored; undefined when fewer than half are answered",
    ),
    Measure("response_time_p90_min", "Response time, 90 %", "min", "As the median, 90 % quantile"),
    Measure(
        "total_time_mean_min",
        "Total time, mean",
        "min",
        "Onset to arrival, mean over answered violations",
    ),
    Measure(
        "total_time_p50_min",
        "Total time, median",
        "min",
        "Onset to arrival, Kaplan-Meier median over calls",
    ),
    Measure(
        "total_time_p90_min",
        "Total time, 90 %",
        "min",
        "Onset to arrival, Kaplan-Meier 90 % quantile over calls",
    ),
    Measure(
        "within_standard_share",
        "Answered within the standard",
        "share",
        "Reports grave enough for support that are reached within the standard time, "
        "of those for which this is decided by the end of the run",
        3,
    ),
    Measure(
        "answered_share",
        "Answered, of all",
        "share",
        "Violations grave enough for support, detected or not, that are reached, "
        "of those decided by the end of the run",
        3,
    ),
    Measure(
        "timely_share",
        "Reached while live",
        "share",
        "Violations reached before they are over, of those detected or over by the end of the run",
        3,
    ),
    Measure(
        "unanswered_share",
        "Calls not answered",
        "share",
        "Calls lost, expired or still waiting at the end of the run, of all calls",
        3,
    ),
    Measure(
        "lost_share",
        "Calls lost",
        "share",
        "Calls that found all units busy where there is no waiting room, of all calls",
        3,
    ),
    Measure(
        "wait_mean_min",
        "Wait for a unit, mean",
        "min",
        "Call to dispatch, mean over dispatched calls",
    ),
    Measure(
        "waited_share",
        "Calls that waited",
        "share",
        "Calls not dispatched at once, lost ones left out, of all calls",
        3,
    ),
    Measure(
        "chain_time_mean_min",
        "Report to call, mean",
        "min",
        "First report to the call for support: confirmation, desks, hand-over; mean over calls",
    ),
    Measure(
        "desk_wait_mean_min",
        "Wait for desks, mean",
        "min",
        "Wait for a free desk at all stations together, mean over reports, true and false",
    ),
    Measure(
        "attributed_share",
        "Attributed by the referee",
        "share",
        "Reported violations attributed to a side, of those ruled on",
        3,
    ),
    Measure(
        "attribution_rate",
        "Attributed, of all",
        "share",
        "Violations attributed to a side by the referee, of those reported or over by the end of "
        "the run; undefined where no station rules",
        3,
    ),
    Measure(
        "dismissed_share",
        "True reports dismissed",
        "share",
        "Reported violations taken for false reports, of those ruled on",
        3,
    ),
    Measure("false_reports", "False reports", "count", "Reports of what was no violation", 0),
    Measure(
        "false_attributed",
        "False reports attributed",
        "count",
        "False reports that the referee attributed to a side",
        0,
    ),
    Measure(
        "false_trips", "Trips to false reports", "count", "False reports that a unit was sent to", 0
    ),
    Measure(
        "cue_flights",
        "Confirmation flights",
        "count",
        "Flights that left a patrol to confirm a report",
        0,
    ),
    Measure(
        "travel_distance_mean_km",
        "Way to the scene, mean",
        "km",
        "Straight distance from base to destination, mean over dispatched calls",
    ),
    Measure(
        "on_station_share",
        "On-station share",
        "share",
        "Drone hours on station, of all drone hours of the run",
        3,
    ),
    Measure(
        "monitors_on_station_mean",
        "Monitors on station",
        "drones",
        "Time average of drones on station",
    ),
    Measure(
        "unit_utilisation",
        "Unit utilisation",
        "share",
        "Unit hours busy, of all hours of units that are present or finish a job before they leave",
        3,
    ),
    Measure(
        "units_present_mean",
        "Units present",
        "units",
        "Time average of support units in the country",
    ),
    Measure(
        "us_engaged_share",
        "United States engaged",
        "share",
        "Time the United States are engaged, of the run",
        3,
    ),
    Measure(
        "ceasefire_held",
        "Ceasefire held",
        "share",
        "1 if the ceasefire held to the end of the run, 0 if not; its mean over runs is a chance",
        3,
    ),
    Measure(
        "ceasefire_end_day",
        "End of the ceasefire",
        "days",
        "Day of the renewed attack; undefined if the ceasefire held",
    ),
    Measure(
        "backstop_honoured",
        "Backstop honoured",
        "share",
        "1 if the United States came to help after the renewed attack, 0 if not; undefined if the "
        "ceasefire held",
        3,
    ),
    Measure(
        "grave_unanswered",
        "Grave violations unanswered",
        "count",
        "Grave violations that no unit reached in time; counted where escalation is enabled",
        0,
    ),
    Measure("calm_share", "Time calm", "share", "Time in the regime calm, of the run", 3),
    Measure("tense_share", "Time tense", "share", "Time in the regime tense, of the run", 3),
    Measure(
        "collapsing_share",
        "Time collapsing",
        "share",
        "Time in the regime collapsing, of the run",
        3,
    ),
    Measure(
        "sorties",
        "Sorties",
        "count",
        "Sorties under way at some time of the run; a re-tasking starts a new one",
        0,
    ),
    Measure("flight_h", "Flight hours", "h", "Drone hours in the air", 0),
    Measure("drones_lost", "Drones lost", "count", "Drones lost in flight", 0),
    Measure(
        "monitor_cost_usd", "Cost of flying", "USD", "Flight hours at the platform's hourly cost", 0
    ),
)
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""All measures of a run by name, in the order of tables."""
