"""The fields of candidates: drawn, and written into the table of the run.

What is drawn for a candidate depends on the seed and on its place among those of its origin only,
and goes straight into its row of the table, which holds the candidates of all origins by onset.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints, Ints32
from sim.geography import ContactLine
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.setup.areas import Areas, point_in_area
from sim.setup.grid import Grid, cell_at
from sim.setup.nearest import LinePieces, build_line_pieces, locate_one
from sim.setup.offsets import set_beside
from sim.setup.onsets import Onsets
from sim.setup.streams import draw_normals, stream
from sim.setup.support import line_cells
from sim.setup.violations import Law
from sim.statistics.distributions import FIXED, LOGNORMAL, multiple

PLACE_ROUNDING = 1e-12
"""Share by which a piece of the line is taken to begin earlier, against rounding at its end."""


class Ground(NamedTuple):
    """The line and the grid, for compiled code."""

    line: LinePieces
    first_segment: Ints  # at the beginning of each of many short, equal pieces of the line
    pieces_per_km: float
    counts: tuple[int, int, int]  # of sectors, zones and stretches for the search for bases
    grid: tuple[float, float, float, int, int]


@dataclass(frozen=True)
class Terrain:
    """Where on the line and in the grid violations are placed."""

    line: ContactLine
    ground: Ground
    areas: Areas


def build_terrain(
    line: ContactLine,
    grid: Grid,
    areas: Areas,
    sectors: int,
    zones: int,
    farthest_km: float,
) -> Terrain:
    """Make the line and the grid ready for placing violations, most of them so near (km)."""
    vertex_km = line.chainage_km
    pieces = 4 * len(vertex_km)
    begins_km = np.linspace(0.0, line.length_km, pieces)
    first_segment = np.maximum(0, np.searchsorted(vertex_km, begins_km) - 1)
    counts = (sectors, zones, line_cells(line))
    per_km = (pieces - 1) / line.length_km * (1.0 - PLACE_ROUNDING)
    ground = Ground(build_line_pieces(line, farthest_km), first_segment, per_km, counts, grid.frame)
    return Terrain(line, ground, areas)


class _Marks(NamedTuple):
    """What candidates are filled from, a column each; empty where nothing asks for it."""

    uniform: Floats  # (5, n)
    exponential: Floats  # (2, n)
    regime: Floats
    duration_normal: Floats
    offset_normal: Floats
    delay_exponential: Floats
    delay_normal: Floats
    service_exponential: Floats
    service_normal: Floats
    area: Floats  # (3, n)


@compiled
def _drawn(column: Floats, v: int, otherwise: float) -> float:
    """Return what was drawn for a candidate, if anything was."""
    return column[v] if v < len(column) else otherwise


@compiled
def _set_course(row: Records) -> None:
    """Write that nothing has become of a candidate yet."""
    row.status = row.grade = row.looks = 0
    row.evidence = 0.0
    row.reported = row.detected = row.called = row.dispatched = np.nan
    row.arrived = row.cleared = row.distance = np.nan
    row.detector = row.unit = row.next_live = row.next_waiting = -1


@compiled
def _set_fields(row: Records, law: Law, draws: _Marks, v: int) -> None:
    """Write the fields that need no geometry."""
    uniform, exponential = draws.uniform, draws.exponential
    kind = 0
    while uniform[0, v] >= law.kind_edges[kind]:
        kind += 1
    severity = 0
    while uniform[1, v] >= law.severity_edges[kind, severity]:
        severity += 1
    row.kind = row.look_kind = kind
    row.severity = severity + 1
    row.side = 0 if uniform[2, v] < law.russian_share[kind] else 1
    row.calm_mark = uniform[3, v]
    row.parent_mark = uniform[4, v]
    row.regime_mark = _drawn(draws.regime, v, 0.0)
    duration = multiple(
        law.duration_law[kind],
        law.duration_sigma[kind],
        exponential[0, v],
        _drawn(draws.duration_normal, v, 0.0),
    )
    row.end = row.onset + law.duration_h[kind] * duration
    row.threshold = exponential[1, v]
    offset = law.offset_sd_km[kind] * _drawn(draws.offset_normal, v, 0.0)
    row.offset = min(law.max_offset_km, max(-law.max_offset_km, offset)) + 0.0
    row.delay = law.delay_h * multiple(
        law.delay_law,
        law.delay_sigma,
        _drawn(draws.delay_exponential, v, 1.0),
        _drawn(draws.delay_normal, v, 1.0),
    )
    row.service_exponential = _drawn(draws.service_exponential, v, 1.0)
    row.service_normal = _drawn(draws.service_normal, v, 1.0)


@compiled
def _set_stretches(row: Records, ground: Ground) -> None:
    """Write in which stretches of the line a candidate lies."""
    sectors, zones, cells = ground.counts
    share = row.chainage / ground.line.vertex_km[-1]
    row.sector = min(sectors - 1, int(share * sectors))
    row.zone = min(zones - 1, int(share * zones))
    row.line_cell = min(cells - 1, int(share * cells))


@compiled
def _set_place(row: Records, ground: Ground) -> None:
    """Write what follows from chainage and offset: the point, the normal, and the stretches."""
    vertices, vertex_km = ground.line.vertices, ground.line.vertex_km
    segment = ground.first_segment[int(row.chainage * ground.pieces_per_km)]
    while segment + 2 < len(vertex_km) and vertex_km[segment + 1] < row.chainage:
        segment += 1
    step_km = vertex_km[segment + 1] - vertex_km[segment]
    along_x = (vertices[segment + 1, 0] - vertices[segment, 0]) / step_km
    along_y = (vertices[segment + 1, 1] - vertices[segment, 1]) / step_km
    ahead_km = row.chainage - vertex_km[segment]
    row.normal_x = -along_y
    row.normal_y = along_x
    row.x = vertices[segment, 0] + ahead_km * along_x + row.offset * row.normal_x
    row.y = vertices[segment, 1] + ahead_km * along_y + row.offset * row.normal_y
    set_beside(row, ground.line)
    row.cell = cell_at(row.x, row.y, ground.grid)
    row.depth = row.offset
    _set_stretches(row, ground)


@compiled
def _set_place_in_area(row: Records, areas: Areas, ground: Ground, draws: _Marks, v: int) -> None:
    """Write the place of a candidate whose kind has an area; units go there at any stand-off."""
    x, y = point_in_area(areas, row.kind, draws.area[0, v], draws.area[1, v], draws.area[2, v])
    chainage, offset = locate_one(x, y, ground.line.vertices, ground.line.vertex_km)
    row.x, row.y = x, y
    row.normal_x = row.normal_y = 0.0
    row.chainage, row.offset, row.depth = chainage, offset, np.inf
    row.cell = cell_at(x, y, ground.grid)
    _set_stretches(row, ground)


@compiled
def _fill_rows(
    rows: Records,
    at: Ints,
    onset: Floats,
    chainage: Floats,
    parents: Ints,
    origin: tuple[int, int],
    law: Law,
    draws: _Marks,
    ground: Ground,
    areas: Areas,
) -> Ints32:
    """Write all fields of candidates into their rows of the table; return their kinds."""
    nature, look_kind = origin
    kinds = np.empty(len(at), dtype=np.int32)
    for v in range(len(at)):
        row = rows[at[v]]
        row.onset = onset[v]
        row.chainage = chainage[v]
        row.parent = at[parents[v]] if parents[v] >= 0 else -1
        row.nature = nature
        _set_course(row)
        _set_fields(row, law, draws, v)
        if areas.first[row.kind] < areas.first[row.kind + 1]:
            _set_place_in_area(row, areas, ground, draws, v)
        else:
            _set_place(row, ground)
        kinds[v] = row.kind
        if look_kind >= 0:
            row.look_kind = look_kind
    return kinds


def _draw_marks(onsets: Onsets, terrain: Terrain, seed: int, regimes: bool) -> _Marks:
    """Draw what candidates are filled from; what only some scenarios need, from streams of its own.

    The streams, and the order of what comes from one stream, are fixed: old onsets give old runs.
    """
    count, law, nothing = len(onsets.onset), onsets.law, np.empty(0)

    def named(name: str) -> np.random.Generator:
        return stream(seed, f"{onsets.prefix}{name}")

    uniform = onsets.rng.random((5, count))
    exponential = onsets.rng.standard_exponential((2, count))
    lognormal = bool(np.any(law.duration_law == LOGNORMAL))
    spread = bool(np.any(law.offset_sd_km > 0.0))
    command = named("command") if law.delay_law != FIXED else None
    service = named("service") if law.service_drawn else None
    return _Marks(
        uniform,
        exponential,
        stream(seed, "regimes").random(count) if regimes else nothing,
        draw_normals(named("durations"), count) if lognormal else nothing,
        draw_normals(named("offsets"), count) if spread else nothing,
        command.standard_exponential(count) if command else nothing,
        draw_normals(command, count) if command and law.delay_law == LOGNORMAL else nothing,
        service.standard_exponential(count) if service else nothing,
        draw_normals(service, count) if service and law.service_normal else nothing,
        named("areas").random((3, count)) if len(terrain.areas.edges) else np.empty((3, 0)),
    )


def fill_candidates(
    rows: Records, at: Ints, onsets: Onsets, terrain: Terrain, seed: int, regimes: bool = False
) -> Ints32:
    """Draw all that is to be known of candidates, and write it into their rows of a table.

    Parameters
    ----------
    rows
        Records of violations; what is there before is overwritten.
    at
        The row of each candidate, ascending.
    onsets
        When and where they take place.
    terrain
        Where they take place.
    seed
        Seed of the run, for the streams that only some scenarios need.
    regimes
        Whether they are thinned by the regime.

    Returns
    -------
    ndarray of int, shape (n,)
        Their kinds.
    """
    draws = _draw_marks(onsets, terrain, seed, regimes)
    origin = onsets.nature, onsets.look_kind
    kinds: Ints32 = _fill_rows(
        rows,
        at,
        onsets.onset,
        onsets.chainage,
        onsets.parents,
        origin,
        onsets.law,
        draws,
        terrain.ground,
        terrain.areas,
    )
    return kinds
