"""The rows of the tables of a world: what is noted of each drone, violation, unit and so on.

The fields of a row stand in the order of their use: what a look needs lies close together in
memory.
"""

from sim.kernel.columns import F8, I4, I8, F8x3, Row


class ClockRow(Row):
    """Time, and how far the tables of the run are filled."""

    now: F8  # h since the start of the ceasefire
    next_candidate: I8  # first violation whose onset is still to come
    next_change: I8  # first change of weather or jamming still to come
    sorties: I8  # sorties recorded
    live: I8  # violations in the lists of live, unconfirmed ones (an upper bound)
    queued: I8  # reports that wait for a desk
    answers: I8  # answered violations
    calm_from: I8  # first answer that may still calm its surroundings
    events: I8  # events taken so far
    lots: I8  # drawn for the run; see `sim.world.lots`


class SettingsRow(Row):
    """Settings of the scenario that rules read."""

    feedback: I4
    min_severity: I4
    waiting_room: I4
    travel_is_busy: I4
    dispatch_rule: I4
    cueing: I4
    cue_severity: I4
    escalation: I4
    grave_severity: I4
    calm_effect: F8
    calm_h: F8
    calm_radius_km: F8
    answered_offspring_drop: F8
    attributed_offspring_drop: F8
    max_wait_h: F8
    most_h_per_km: F8
    forward_step_km: F8
    search_h: F8
    cue_flight_h: F8  # longest flight to confirm a report
    answer_within_h: F8
    memory_h: F8
    us_deterrence: F8
    backstop_chance: F8


class ChangeRow(Row):
    """A change that no agent has a hand in."""

    time: F8
    subject: I4  # a zone, a group of monitors, or a unit
    what: I4
    level: I4


class DroneRow(Row):
    """An unmanned monitor."""

    # The order follows the use: what a look needs lies close together in memory.
    on_from: F8  # h, of its stay on station, under way, to come or over
    on_until: F8
    path_start: F8  # km along the path, on coming on station; or where it left
    post: I4
    epoch: I4  # counts plans; voids the events of earlier ones
    next_here: I4  # next drone that serves the same post, -1 for none
    platform: I4
    stage: I4
    detections: I4
    stage_start: F8  # h
    stage_end: F8  # h, as planned
    landing: F8  # h, as planned
    loss_left: F8  # what is left of its loss threshold
    exposed_since: F8  # h, up to which it is used up; infinite on the ground
    next_post: I4  # the post it will serve from its next leg on
    sortie: I4  # row in the sortie table, -1 on the ground
    ending: I4  # why the present sortie ends
    took_off: F8  # h; its endurance runs from here
    launched: F8  # h, of the present sortie
    x0: F8  # km, start and end of the leg it flies
    y0: F8
    x1: F8
    y1: F8
    off_x: F8  # km, where it leaves its station
    off_y: F8
    on_station_h: F8  # in finished stays
    flight_h: F8  # in finished flights
    cycle_share: F8  # uniform: where in its cycle, or on its path, it starts
    group: I4
    lives: I4  # losses so far
    held: I4  # bits that keep it on the ground: `HELD`, `SWITCHED_OFF`, `WITHDRAWN`
    cue: I4  # the violation it is sent to confirm, -1 for none
    cues: I4  # flights to confirm so far
    cues_before: I4  # up to the present sortie
    name: I8  # its number in the drawing of lots


class SortieRow(Row):
    """A sortie, from launch to landing."""

    drone: I4
    post: I4
    ending: I4
    launched: F8
    on_station: F8
    off_station: F8
    landed: F8
    cues: I4


class PlatformRow(Row):
    """A class of drones."""

    transit_kmh: F8
    endurance_h: F8  # infinite for one that never needs to come home
    turnaround_h: F8
    radius_km: F8
    look_h: F8  # infinite for a single look a visit
    loss_per_h: F8
    jamming_loss_factor: F8
    replacement_h: F8
    cost_per_h: F8
    attribution: F8  # chance that its detection shows who did it
    weather_limit: I4  # the weather level that grounds it
    confirms: I4  # its detections need no second look
    can_be_cued: I4  # it can leave its patrol to confirm a report


class PostRow(Row):
    """A post: the track that drones patrol, and the base they fly from."""

    # The order follows the use: what a look needs lies close together in memory.
    patrol: I4
    first_drone: I4  # of those that serve it, -1 for none
    first_vertex: I4  # of its track
    vertices: I4
    track_km: F8
    period_km: F8  # length of the path
    speed_kmh: F8  # along the mapped track
    radius_km: F8
    platform: I4
    group: I4
    zone: I4  # of weather and jamming
    base_x: F8
    base_y: F8
    entry_km: F8  # where along the track drones come on station
    entry_x: F8
    entry_y: F8
    return_h: F8  # way home from the farthest point of the track
    # of each sortie that goes as planned; worked out at the first
    out_h: F8  # way out; nan before the first sortie
    stay_h: F8  # on station
    home_h: F8  # way home
    off_x: F8  # km, where it leaves its station
    off_y: F8


class ReachRow(Row):
    """The part of a track from which a cell of the grid can be seen."""

    post: I4
    first_segment: I4
    gap_from: I4  # the longest run of segments in between that are too far away
    gap_to: I4
    end_segment: I4


class SegmentRow(Row):
    """A straight piece of a track."""

    x: F8  # km, its first vertex
    y: F8
    unit_x: F8  # direction: plane km per km along the track
    unit_y: F8
    from_km: F8  # along the track
    to_km: F8


class CircleRow(Row):
    """A circle around all that a post can see."""

    x: F8
    y: F8
    radius_km: F8
    transit_kmh: F8
    post: I4


class ZoneRow(Row):
    """A zone along the line, with its weather and jamming."""

    weather: I4
    spell: I4  # row of the latest spell that anybody has asked for
    last_spell: I4


class SpellRow(Row):
    """A spell of jamming, or of none."""

    since: F8  # h
    jammed_before: F8  # h of jamming up to then
    jammed: I4


class ViolationRow(Row):
    """A candidate, and the violation that it becomes if it happens."""

    # The order follows the use: what a look needs lies close together in memory.
    # drawn before the run
    onset: F8  # h
    end: F8  # h
    regime_mark: F8  # uniform, against the factor of the regime over the highest
    x: F8  # km
    y: F8  # km
    parent: I4  # the candidate that provoked it, -1 for none
    nature: I4  # a violation, clutter taken for one, or made up
    severity: I4  # 1 to 5
    cell: I4  # of the grid
    zone: I4  # of weather and jamming
    look_kind: I4  # column of the table of look chances
    # what becomes of it
    status: I4
    grade: I4  # how well it is known
    next_live: I4  # in its cell's list of live, unconfirmed violations
    looks: I4
    threshold: F8  # evidence at which it is detected, exponential with mean 1
    evidence: F8
    detected: F8  # h, nan until it happens; so the other times
    reported: F8
    detector: I4  # drone, -1 for none
    unit: I4  # -1 for none
    next_waiting: I4  # in its queue of calls
    kind: I4  # of a false one, the kind it is taken for
    called: F8
    dispatched: F8
    arrived: F8
    cleared: F8
    distance: F8  # km of straight way of the unit that came
    # drawn before the run
    chainage: F8  # km
    offset: F8  # km from the whole line, positive on the Ukrainian-controlled side
    depth: F8  # km behind the line; infinite in an area, where any unit may go
    normal_x: F8  # unit vector towards the Ukrainian-controlled side
    normal_y: F8
    delay: F8  # h from the end of the chain to the call for support
    service_exponential: F8  # mean-1 multiple of an exponential on-scene time
    service_normal: F8  # standard normal behind a lognormal on-scene time
    calm_mark: F8  # uniform, against the calming effect of an answer nearby
    parent_mark: F8  # uniform, against the share dropped by an answer to the parent
    side: I4  # 0 Russian, 1 Ukrainian
    line_cell: I4  # stretch of the line, for the search for bases
    sector: I4


class CaseRow(Row):
    """What is known and ruled of a violation."""

    # drawn before the run
    confirm_threshold: F8  # evidence at which a detection is confirmed, exponential
    false_mark: F8  # uniform, against being recognised as false
    dismissal_mark: F8  # uniform, against being taken for false
    attribution_mark: F8  # uniform, against being attributed
    # what becomes of it
    doubt: F8  # chance that nobody recognised a false report so far
    unattributed: F8  # chance that nothing seen so far shows who did it
    queued: F8  # h, since when it waits for a desk
    waited: F8  # h, for desks so far
    confirmed: F8  # h, nan until it happens; so the time below
    ruled: F8
    ruling: I4
    first_source: I4  # row of the source, -1 for a monitor, -2 before it is reported
    cued: I4  # the drone sent last, -1 for none
    station: I4  # where it is in the chain
    next_queued: I4  # in the queue for a desk


class StationRow(Row):
    """A headquarters in the command chain."""

    task: I4
    desks: I4
    min_severity: I4
    american: I4  # closed while the United States are not engaged
    waits: I4  # while closed reports wait
    recognises: F8  # chance that analysis recognises a false report
    closed: I4  # bits that keep it closed: `AWAY`, `SHUT`
    busy: I4
    queued: I4
    longest: I4  # queue so far
    served: I8
    left: I8  # reports that waited and went on without it when it closed
    since: F8  # h, up to which the two sums below are taken
    busy_h: F8  # desk hours at work
    queue_h: F8  # report hours of waiting


class SourceRow(Row):
    """A source of reports besides the monitors."""

    confirmed: I4
    american: I4
    attribution: F8
    name: I8


class RefereeRow(Row):
    """How well the referee tells true reports from false ones."""

    recognises_unconfirmed: F8
    recognises_not_found: F8
    recognises_confirmed: F8
    dismisses_unconfirmed: F8
    dismisses_not_found: F8


class UnitedStatesRow(Row):
    """The engagement of the United States."""

    state: I4
    since: F8
    engaged_h: F8  # h, in finished spells


class RegimeRuleRow(Row):
    """How a regime of the ceasefire behaves."""

    factor_share: F8  # of the highest factor of any regime
    worsen_per_h: F8
    worsen_per_unanswered_h: F8
    ease_per_h: F8


class RegimeRow(Row):
    """The regime of the ceasefire, and its clocks."""

    level: I4
    epoch: I4  # voids the alarms set before
    stay: I4  # counts the stays in a regime
    transitions: I4
    honoured: I4  # -1 as long as there was no attack
    unanswered: I4  # grave violations left unanswered so far
    pressure: F8
    since: F8  # h, up to which pressure and clocks are taken
    worsen_left: F8
    ease_left: F8
    ended: F8  # h, infinite while the ceasefire holds
    backstop_mark: F8  # uniform, against the chance that the backstop is honoured
    hours: F8x3  # in each regime so far


class UnitRow(Row):
    """A support unit."""

    base: I4
    stage: I4
    violation: I4  # the call it serves, -1 for none
    held: I4  # bits that keep it from dispatch: `HELD`, `ABSENT`, `DISBANDED`
    trips: I4
    busy_since: F8  # h
    busy_h: F8  # in finished jobs
    present_since: F8  # h; while it is absent, since when that is so
    present_h: F8  # in finished tours
    overtime_h: F8  # of jobs it finished when it should have been gone


class BaseRow(Row):
    """A base of support units."""

    group: I4
    sector: I4
    first_unit: I4
    end_unit: I4
    ready: I4  # units ready here
    domain: I4
    leads: I4  # its nation leads in its domain
    x: F8  # km
    y: F8
    readiness_h: F8
    h_per_km: F8  # road factor over speed
    standoff_km: F8
    on_scene_h: F8  # mean
    on_scene_sigma: F8  # of the logarithm, for the lognormal
    on_scene_law: I4
    forward_row: I4  # in the table of forward points, -1 for the exact step back
    name: I8  # its number in the drawing of lots


class LeadRow(Row):
    """The lead nation of a domain."""

    present: I4
    absent_delay_h: F8  # units of the lead nation


class BlockRow(Row):
    """The cells of a block that a post can see into, a bit each."""

    block: I8
    cells: I8
