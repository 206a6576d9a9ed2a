"""Support units: dispatch to violations, queueing of calls, and the way there and back.

The unit with the shortest time to arrive among those ready at their bases is sent; if none is ready
the call waits, graver calls first and older ones first among equals, or is lost where the scenario
has no waiting room. Units drive to a forward point that keeps their stand-off from the line.
"""

import numpy as np

from sim.kernel.calendar import CALL_EXPIRED, UNIT_ARRIVED, UNIT_READY, push
from sim.kernel.compile import compiled, handler
from sim.kernel.instants import SAME_H
from sim.kernel.lots import lot
from sim.kernel.world import Records, World, column
from sim.mesa.view import RemovableView
from sim.rules.violation import EXPIRED, LOST, UNDER_WAY, WAITING, note_answer
from sim.scenario.command import RULES

UNIT = np.dtype(
    [
        ("base", "i4"),
        ("stage", "i4"),
        ("violation", "i4"),  # the call it serves, -1 for none
        ("held", "i4"),  # bits that keep it from dispatch: `HELD`, `ABSENT`, `DISBANDED`
        ("trips", "i4"),
        ("busy_since", "f8"),  # h
        ("busy_h", "f8"),  # in finished jobs
        ("present_since", "f8"),  # h; while it is absent, since when that is so
        ("present_h", "f8"),  # in finished tours
        ("overtime_h", "f8"),  # of jobs it finished when it should have been gone
    ],
    align=True,
)
BASE = np.dtype(
    [
        ("group", "i4"),
        ("sector", "i4"),
        ("first_unit", "i4"),
        ("end_unit", "i4"),
        ("ready", "i4"),  # units ready here
        ("domain", "i4"),
        ("leads", "i4"),  # its nation leads in its domain
        ("x", "f8"),  # km
        ("y", "f8"),
        ("readiness_h", "f8"),
        ("h_per_km", "f8"),  # road factor over speed
        ("standoff_km", "f8"),
        ("on_scene_h", "f8"),  # mean
        ("on_scene_sigma", "f8"),  # of the logarithm, for the lognormal
        ("on_scene_shape", "i4"),
        ("forward_row", "i4"),  # in the table of forward points, -1 for the exact step back
        ("name", "i8"),  # its number in the drawing of lots
    ],
    align=True,
)

LEAD = np.dtype(
    [("present", "i4"), ("absent_delay_h", "f8")],  # units of the lead nation
    align=True,
)

column("units", UNIT)
column("bases", BASE)
column("fits", np.bool_, 2)  # (support groups, kinds) who answers what
column("near_bases", np.int32, 2)  # (line cells, bases) bases by time to arrive
column("near_hours", np.float64, 2)  # (line cells, bases) that time to the cell's middle
column("near_slack", np.float64)  # (line cells,) km from the middle to the end of any way
column("forward", np.float64, 3)  # (stand-offs, places, 2) km, forward points
column("leads", LEAD)  # (3,) by domain
column("kind_domains", np.int32)  # (kinds,)
column("queue_head", np.int32, 2)  # (kinds, 6) longest-waiting call of each kind and severity
column("queue_tail", np.int32, 2)  # (kinds, 6)

NEAREST, SECTOR_FIRST = range(len(RULES))

HELD = 1  # by a user's decision
ABSENT = 2  # not yet there, or gone
DISBANDED = 4  # for good

FIXED = 0
EXPONENTIAL = 1
LOGNORMAL = 2
SHAPES = ("fixed", "exponential", "lognormal")

AT_BASE = 0
RESPONDING = 1
ON_SCENE = 2  # and, once its work is done, on the way back


SAME_SHARE = 1e-9
"""Ways whose times differ by a smaller share take the same time: from one town, for instance."""


@compiled
def forward_point(world: World, base: Records, violation: Records) -> tuple[float, float]:
    """Return where the units of a base go (km): the violation, or a forward point short of it.

    On a curved line the forward points are a table (`sim.geography.forward_points`), because a step
    back may come near another bend of the line; without a stand-off, or on a straight line, the
    step back is exact.
    """
    if violation.depth >= base.standoff_km:
        return violation.x, violation.y
    if base.forward_row < 0:
        back = base.standoff_km - violation.offset
        return violation.x + back * violation.normal_x, violation.y + back * violation.normal_y
    place = round(violation.chainage / world.settings[0].forward_step_km)
    return (
        world.forward[base.forward_row, place, 0],
        world.forward[base.forward_row, place, 1],
    )


@compiled
def _straight_km(world: World, base: Records, violation: Records) -> float:
    x, y = forward_point(world, base, violation)
    return float(np.sqrt((x - base.x) ** 2 + (y - base.y) ** 2))


@compiled
def _sooner(hours: float, other: float) -> bool:
    """Tell whether one way takes less time than another, by more than rounding.

    Relative to the time, so that units of any speed, however great, are told apart by distance.
    """
    return hours < other * (1.0 - SAME_SHARE)


@compiled
def _nearest_base(world: World, v: int, own_sector: bool) -> tuple[int, float]:
    """Return the base with a ready, fitting unit that arrives first, and its straight way (km).

    Bases are tried in the order of their time to the middle of the stretch of line; by the triangle
    inequality the search can stop when even the best case of the next one is later than the best
    found. Of those that arrive at the same time, as from one town, one is drawn by lot.
    """
    violation = world.violations[v]
    row = violation.line_cell
    best = -1
    best_h = np.inf
    best_km = np.nan
    # from the nearest place of the line to the end of the way, which is no place in front of it but
    # in an area
    beyond_km = max(0.0, min(violation.depth, abs(violation.offset)))
    slack_km = world.near_slack[row] + beyond_km
    slack_h = slack_km * world.settings[0].most_h_per_km
    for place in range(world.near_bases.shape[1]):
        if _sooner(best_h, world.near_hours[row, place] - slack_h):
            break
        b = world.near_bases[row, place]
        base = world.bases[b]
        if base.ready == 0 or not world.fits[base.group, violation.kind]:
            continue
        if own_sector and base.sector != violation.sector:
            continue
        km = _straight_km(world, base, violation)
        hours = base.readiness_h + km * base.h_per_km
        if _sooner(best_h, hours):
            continue
        if (
            best < 0
            or _sooner(hours, best_h)
            or lot(world, v, base.name) < lot(world, v, world.bases[best].name)
        ):
            best, best_h, best_km = b, hours, km
    return best, best_km


@compiled
def _send(world: World, u: int, v: int, km: float, t: float) -> None:
    """Send a unit to a violation."""
    unit = world.units[u]
    base = world.bases[unit.base]
    violation = world.violations[v]
    violation.status = UNDER_WAY
    violation.dispatched = t
    violation.unit = u
    violation.distance = km
    unit.trips += 1
    unit.stage = RESPONDING
    unit.violation = v
    unit.busy_since = t
    base.ready -= 1
    push(world, t + base.readiness_h + km * base.h_per_km, UNIT_ARRIVED, v, u, 0, 0.0)
    if world.settings[0].travel_is_busy == 0:
        push(world, t + _on_scene_h(base, violation), UNIT_READY, v, u, 0, 0.0)


@compiled
def _on_scene_h(base: Records, violation: Records) -> float:
    """Return how long the work on the scene takes, about its mean."""
    hours = base.on_scene_h
    if base.on_scene_shape == EXPONENTIAL:
        hours *= violation.service_exponential
    elif base.on_scene_shape == LOGNORMAL:
        sigma = base.on_scene_sigma
        hours *= np.exp(sigma * violation.service_normal - 0.5 * sigma * sigma)
    return float(hours)


@compiled
def _first_ready(world: World, b: int) -> int:
    base = world.bases[b]
    for u in range(base.first_unit, base.end_unit):
        if world.units[u].stage == AT_BASE and not world.units[u].held:
            return u
    return -1


@handler
def call(world: World, v: int, t: float) -> None:
    """Answer a call for support: send the nearest ready unit, or queue the call, or lose it."""
    settings = world.settings[0]
    violation = world.violations[v]
    violation.called = t
    best, km = -1, np.nan
    if settings.dispatch_rule == SECTOR_FIRST:
        best, km = _nearest_base(world, v, True)
    if best < 0:
        best, km = _nearest_base(world, v, False)
    if best >= 0:
        _send(world, _first_ready(world, best), v, km, t)
    elif settings.waiting_room:
        _enqueue(world, v, t)
    else:
        violation.status = LOST


@compiled
def _enqueue(world: World, v: int, t: float) -> None:
    """Let a call wait, last among those of its kind and severity."""
    violation = world.violations[v]
    violation.status = WAITING
    violation.next_waiting = -1
    tail = world.queue_tail[violation.kind, violation.severity]
    if tail >= 0:
        world.violations[tail].next_waiting = v
    else:
        world.queue_head[violation.kind, violation.severity] = v
    world.queue_tail[violation.kind, violation.severity] = v
    # a unit that is ready at that very instant still goes, whatever rounding says
    given_up = t + world.settings[0].max_wait_h + SAME_H
    push(world, given_up, CALL_EXPIRED, v, 0, 0, 0.0)


@compiled
def _dequeue(world: World, v: int) -> None:
    """Take a call out of its queue; it is the first one but for rounding of equal ages."""
    violation = world.violations[v]
    kind, severity = violation.kind, violation.severity
    before = -1
    other = world.queue_head[kind, severity]
    while other != v:
        before = other
        other = world.violations[other].next_waiting
    following = violation.next_waiting
    if before < 0:
        world.queue_head[kind, severity] = following
    else:
        world.violations[before].next_waiting = following
    if following < 0:
        world.queue_tail[kind, severity] = before


@handler
def expire(world: World, v: int) -> None:
    """Give up a call that still waits after the longest wait."""
    violation = world.violations[v]
    if violation.status == WAITING:
        _dequeue(world, v)
        violation.status = EXPIRED


@compiled
def _called_before(world: World, v: int, other: int) -> bool:
    """Tell whether a call is older than another; of one moment is first what broke out first."""
    called, others = world.violations[v].called, world.violations[other].called
    return bool(called < others or (called == others and v < other))


@compiled
def _next_call(world: World, group: int) -> int:
    """Return the gravest, then oldest, waiting call that units of a group answer, -1 for none."""
    for severity in range(5, 0, -1):
        best = -1
        for kind in range(world.queue_head.shape[0]):
            v = world.queue_head[kind, severity]
            if v < 0 or not world.fits[group, kind]:
                continue
            if best < 0 or _called_before(world, v, best):
                best = v
        if best >= 0:
            return best
    return -1


@compiled
def take_next_call(world: World, u: int, t: float) -> None:
    """Send a unit that is ready to the next waiting call it fits, if there is one."""
    base = world.bases[world.units[u].base]
    v = _next_call(world, base.group)
    if v >= 0:
        violation = world.violations[v]
        _dequeue(world, v)
        _send(world, u, v, _straight_km(world, base, violation), t)


@handler
def arrive(world: World, v: int, u: int, t: float) -> None:
    """Note the arrival of a unit: from now on it is known when it will be back."""
    unit = world.units[u]
    violation = world.violations[v]
    on_scene_h = _on_scene_h(world.bases[unit.base], violation)
    note_answer(world, v, t)
    violation.cleared = t + on_scene_h
    if unit.violation == v:
        unit.stage = ON_SCENE
    if world.settings[0].travel_is_busy:
        way_back_h = violation.distance * world.bases[unit.base].h_per_km
        push(world, violation.cleared + way_back_h, UNIT_READY, v, u, 0, 0.0)


@handler
def be_ready(world: World, u: int, t: float) -> None:
    """Be ready at the base again, or go straight on to the next waiting call."""
    unit = world.units[u]
    unit.busy_h += t - unit.busy_since
    if unit.held & ABSENT:
        unit.overtime_h += t - max(unit.present_since, unit.busy_since)
    unit.stage = AT_BASE
    unit.violation = -1
    if unit.held:
        return
    world.bases[unit.base].ready += 1
    take_next_call(world, u, t)


@compiled
def withhold(world: World, u: int, reason: int, held: bool, t: float) -> None:
    """Keep a unit from dispatch after its present job for a reason, or let that reason go."""
    unit = world.units[u]
    before = unit.held
    unit.held = before | reason if held else before & ~reason
    if unit.stage != AT_BASE or (before != 0) == (unit.held != 0):
        return
    base = world.bases[unit.base]
    if unit.held:
        base.ready -= 1
    else:
        base.ready += 1
        take_next_call(world, u, t)


@handler
def set_present(world: World, u: int, present: bool, t: float) -> None:
    """Let a unit come, or go after its present job; one that is disbanded is gone."""
    unit = world.units[u]
    if unit.held & DISBANDED:
        return
    base = world.bases[unit.base]
    world.leads[base.domain].present += base.leads * (1 if present else -1)
    if not present:
        unit.present_h += t - unit.present_since
    unit.present_since = t
    withhold(world, u, ABSENT, not present, t)


@compiled
def disband(world: World, u: int, t: float) -> None:
    """Let a unit go for good after its present job."""
    if not world.units[u].held & ABSENT:
        set_present(world, u, False, t)
    world.units[u].held |= DISBANDED


@compiled
def unit_point(world: World, u: int, t: float) -> tuple[float, float]:
    """Return where a unit is at time `t` (km in the plane); the road is drawn as a straight way."""
    unit = world.units[u]
    base = world.bases[unit.base]
    if unit.violation < 0:
        return base.x, base.y
    violation = world.violations[unit.violation]
    x, y = forward_point(world, base, violation)
    way_h = violation.distance * base.h_per_km
    if unit.stage == RESPONDING:
        driven_h = t - violation.dispatched - base.readiness_h
    else:
        driven_h = way_h - max(0.0, t - violation.cleared)
    share = min(1.0, max(0.0, driven_h / way_h)) if way_h > 0.0 else 1.0
    return base.x + share * (x - base.x), base.y + share * (y - base.y)


class SupportUnit(RemovableView):
    """A support unit: a live view of its record, with the way to hold it back.

    For its `pos` the road is drawn as a straight way.
    """

    column = "units"

    def _place(self) -> tuple[float, float]:
        return unit_point(self.model.world, self.row, self.model.hours)

    @property
    def name(self) -> str:
        """Group and number, such as `france-2`."""
        return self.model.plan.support.names[self.row]

    @property
    def group(self) -> str:
        """Group of units in the scenario."""
        return self.model.plan.support.base_groups[int(self.record["base"])]

    @property
    def nation(self) -> str:
        """Nation that provides it."""
        return self.model.plan.scenario.support[self.group].nation

    @property
    def role(self) -> str:
        """What it is for."""
        return self.model.plan.scenario.support[self.group].role

    @property
    def stage(self) -> str:
        """One of `ready`, `responding`, `on_scene`, `returning`."""
        record = self.record
        if record["stage"] != ON_SCENE:
            return "responding" if record["stage"] == RESPONDING else "ready"
        cleared_h = self.model.world.violations["cleared"][record["violation"]]
        return "on_scene" if cleared_h > self.model.hours else "returning"

    @property
    def busy(self) -> bool:
        """Whether it is on a job."""
        return int(self.record["stage"]) != AT_BASE

    @property
    def violation(self) -> int:
        """Row of the violation it is sent to, -1 for none."""
        return int(self.record["violation"])

    @property
    def trips(self) -> int:
        """How many times it was sent out."""
        return int(self.record["trips"])

    @property
    def held(self) -> bool:
        """Whether it is held back on purpose."""
        return bool(self.record["held"] & HELD)

    @property
    def present(self) -> bool:
        """Whether it is in the country."""
        return not self.record["held"] & ABSENT

    @property
    def removed(self) -> bool:
        """Whether it was taken out of the model for good."""
        return bool(self.record["held"] & DISBANDED)

    def hold(self) -> None:
        """Hold it back from dispatch after its present job.

        Raises
        ------
        InputError
            When it was removed.
        """
        self.check_there("hold")
        self.model.make_room()
        withhold(self.model.world, self.row, HELD, True, self.model.hours)

    def release(self) -> None:
        """Make it ready for dispatch again; it takes the next waiting call.

        Raises
        ------
        InputError
            When it was removed.
        """
        self.check_there("release")
        self.model.make_room()
        withhold(self.model.world, self.row, HELD, False, self.model.hours)

    def remove(self) -> None:
        """Take it out of the model for good: it leaves the country after its present job."""
        if not self.removed:
            self.model.make_room()
            disband(self.model.world, self.row, self.model.hours)
        super().remove()
