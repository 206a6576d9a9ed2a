"""The world of one run: all its columns, declared once.

The order of the columns is written into machine code that is kept on disk; the digest of the
sources tells when it has changed (`sim.kernel.compile`).
"""

from sim.kernel.calendar import Calendar
from sim.kernel.columns import (
    Column,
    Flags2D,
    Floats1D,
    Floats2D,
    Floats3D,
    Ints1D,
    Ints2D,
    Longs1D,
    Records,
)
from sim.world.rows import (
    BaseRow,
    BlockRow,
    CaseRow,
    ChangeRow,
    CircleRow,
    ClockRow,
    DroneRow,
    LeadRow,
    PlatformRow,
    PostRow,
    ReachRow,
    RefereeRow,
    RegimeRow,
    RegimeRuleRow,
    SegmentRow,
    SettingsRow,
    SortieRow,
    SourceRow,
    SpellRow,
    StationRow,
    UnitedStatesRow,
    UnitRow,
    ViolationRow,
    ZoneRow,
)

PER_VIOLATION = ("cases", "report_at", "desk_hours", "answers")
"""Columns with a row for each row of `violations`."""


class World(Calendar):
    """All state of one run, as columns; the columns are attributes."""

    clock: Column[ClockRow]  # (1,)
    settings: Column[SettingsRow]  # (1,)
    drones: Column[DroneRow]
    drone_zones: Ints1D  # (drones,) zone of the post that it will serve next
    loss_hazard: Floats2D  # (drones, lives) exponential thresholds of loss
    platforms: Column[PlatformRow]
    evidence: Floats3D  # (platforms, conditions, kinds) that a look adds
    sure: Ints2D  # (platforms, conditions) whether a look that detects leaves no doubt
    sorties: Column[SortieRow]
    posts: Column[PostRow]
    circles: Column[CircleRow]  # of the posts whose drones can be cued; see `post_circles`
    track_xy: Floats2D  # (vertices, 2) km, all tracks one after another
    track_at: Floats1D  # (vertices,) km along the track
    segments: Column[SegmentRow]  # (vertices,) from each to the next; not read of static posts
    reach_start: Ints1D  # (cells + 2,) rows of `reach` of each cell
    reach: Column[ReachRow]  # which part of which track can see into a cell
    post_start: Ints1D  # (posts + 1,) rows of `post_blocks` of each post
    post_blocks: Column[BlockRow]  # the cells that a post can see into
    visits: Floats2D  # (segments, 2) scratch for the stretches in view
    zones: Column[ZoneRow]
    spells: Column[SpellRow]  # by zone; after each zone's, one that never comes
    changes: Column[ChangeRow]
    violations: Column[ViolationRow]  # by onset
    cases: Column[CaseRow]  # (violations,) what is known and ruled of each
    cell_live: Ints1D  # (cells + 1,) first live, unconfirmed violation of each cell
    block_live: Longs1D  # (blocks,) a bit for each cell of the block whose list has entries
    answers: Floats2D  # (candidates, 2) time (h) and chainage (km) of answers
    report_at: Floats2D  # (violations, sources) h, infinite for no report
    desk_hours: Floats2D  # (violations, stations) time at a desk
    sources: Column[SourceRow]
    stations: Column[StationRow]
    station_head: Ints2D  # (stations, 6) longest-waiting report of each severity
    station_tail: Ints2D  # (stations, 6)
    referee: Column[RefereeRow]  # (1,)
    us: Column[UnitedStatesRow]  # (1,) engagement of the United States
    regimes: Column[RegimeRuleRow]  # (3,)
    regime: Column[RegimeRow]  # (1,)
    regime_thresholds: Floats2D  # (stays, 2) of worsening and easing
    leads: Column[LeadRow]  # (3,) by domain
    kind_domains: Ints1D  # (kinds,)
    units: Column[UnitRow]
    bases: Column[BaseRow]
    fits: Flags2D  # (support groups, kinds) who answers what
    near_bases: Ints2D  # (line cells, bases) bases by time to arrive
    near_hours: Floats2D  # (line cells, bases) that time to the cell's middle
    near_slack: Floats1D  # (line cells,) km from the middle to the end of any way
    forward: Floats3D  # (stand-offs, places, 2) km, forward points
    queue_head: Ints2D  # (kinds, 6) longest-waiting call of each kind and severity
    queue_tail: Ints2D  # (kinds, 6)

    @property
    def now(self) -> float:
        """Time up to which the run has come, hours since the start of the ceasefire."""
        return float(self.clock["now"][0])

    @property
    def horizon_h(self) -> float:
        """End of the run (h): as planned, or when an attack ended it."""
        return float(self.calendar["horizon"][0])

    @property
    def past_candidates(self) -> int:
        """Candidates whose onset has come; the first rows of `violations`."""
        return int(self.clock["next_candidate"][0])

    @property
    def past_violations(self) -> Records:
        """Rows of the candidates whose onset has come, prevented ones among them."""
        return self.violations[: self.past_candidates]

    @property
    def past_sorties(self) -> Records:
        """Rows of the sorties recorded so far."""
        return self.sorties[: int(self.clock["sorties"][0])]
