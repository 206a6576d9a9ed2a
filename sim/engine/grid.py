"""The grid: which posts, and which parts of their tracks, can see into which square of the plane.

The grid only narrows the search; whether a place is in view is always decided by the exact
geometry.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agents.patrol import BLOCK, BLOCK_CELLS, REACH
from sim.kernel.compiled import compiled
from sim.kernel.world import Records

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int32]
type Frame = tuple[float, float, float, int, int]
"""Corner x and y (km), side of a cell (km), number of columns and of rows."""

LEAST_CELL_KM = 5.0
MOST_CELLS = 65_536


@dataclass(frozen=True)
class Grid:
    """A grid of square cells over the plane; the last, extra cell stands for everything outside."""

    x0: float
    y0: float
    cell_km: float
    columns: int
    rows: int

    @classmethod
    def around(cls, points: Floats, margin_km: float) -> "Grid":
        """Lay a grid over points (n, 2) and a margin (km) around them."""
        low = points.min(axis=0) - margin_km
        high = points.max(axis=0) + margin_km
        width, height = high - low
        cell_km = max(LEAST_CELL_KM, float(np.sqrt(width * height / MOST_CELLS)))
        columns, rows = (np.ceil((high - low) / cell_km)).astype(int) + 1
        return cls(float(low[0]), float(low[1]), cell_km, int(columns), int(rows))

    @property
    def cells(self) -> int:
        """Number of cells, without the one outside."""
        return self.columns * self.rows

    @property
    def blocks(self) -> int:
        """Number of blocks of cells, with the one that holds the cell outside."""
        return self.cells // BLOCK_CELLS + 1

    @property
    def frame(self) -> Frame:
        """The grid for compiled code."""
        return self.x0, self.y0, self.cell_km, self.columns, self.rows


@compiled
def cell_at(x: float, y: float, frame: Frame) -> int:
    """Return the cell of a point (km)."""
    x0, y0, cell_km, columns, rows = frame
    column = np.floor((x - x0) / cell_km)
    row = np.floor((y - y0) / cell_km)
    if 0.0 <= column < columns and 0.0 <= row < rows:
        return int(row) * columns + int(column)
    return columns * rows


@compiled
def _distance_to_segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    ux, uy = bx - ax, by - ay
    square = ux * ux + uy * uy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, ((px - ax) * ux + (py - ay) * uy) / square))
    return float(np.hypot(px - ax - share * ux, py - ay - share * uy))


@compiled
def _mark_segment(
    marks: Ints,
    segment: int,
    ends: tuple[float, float, float, float],
    reach_km: float,
    frame: Frame,
) -> None:
    """Mark the cells that one segment may see into.

    Marks of a cell: the first segment that does, the last, and the longest gap between those that
    do (its first segment, and the one that ends it).
    """
    ax, ay, bx, by = ends
    x0, y0, cell_km, columns, rows = frame
    column0 = max(0, int((min(ax, bx) - reach_km - x0) / cell_km))
    column1 = min(columns - 1, int((max(ax, bx) + reach_km - x0) / cell_km))
    row0 = max(0, int((min(ay, by) - reach_km - y0) / cell_km))
    row1 = min(rows - 1, int((max(ay, by) + reach_km - y0) / cell_km))
    allowed = reach_km + cell_km * 0.7072
    for row in range(row0, row1 + 1):
        for column in range(column0, column1 + 1):
            px = x0 + (column + 0.5) * cell_km
            py = y0 + (row + 0.5) * cell_km
            if _distance_to_segment(px, py, ax, ay, bx, by) <= allowed:
                mark = marks[row * columns + column]
                if mark[0] < 0:
                    mark[0] = segment
                elif segment - mark[1] - 1 > mark[3] - mark[2]:
                    mark[2], mark[3] = mark[1] + 1, segment
                mark[1] = segment


@compiled
def _cells_in_reach(
    track_xy: Floats,
    from_vertex: int,
    vertices: int,
    reach_km: float,
    frame: Frame,
) -> tuple[Ints, Ints]:
    """Return the cells that a track may see into, and their marks (see `_mark_segment`)."""
    marks = np.full((frame[3] * frame[4], 4), -1, dtype=np.int32)
    for segment in range(max(1, vertices - 1)):
        a = from_vertex + segment
        b = min(a + 1, from_vertex + vertices - 1)
        ends = (track_xy[a, 0], track_xy[a, 1], track_xy[b, 0], track_xy[b, 1])
        _mark_segment(marks, segment, ends, reach_km, frame)
    found = np.nonzero(marks[:, 0] >= 0)[0].astype(np.int32)
    return found, marks[found]


@dataclass(frozen=True)
class Reach:
    """Who can see where, by cell and by post."""

    start: Ints  # (cells + 2,) rows of each cell
    rows: Records  # REACH, by cell, then post
    post_start: Ints  # (posts + 1,)
    post_blocks: Records  # BLOCK, by post, then block


def _in_blocks(cells: Ints) -> Records:
    """Write cells, in ascending order, as the bits of blocks."""
    block, row = np.unique(cells // BLOCK_CELLS, return_inverse=True)
    blocks = np.zeros(len(block), dtype=BLOCK)
    blocks["block"] = block
    np.bitwise_or.at(blocks["cells"], row, np.int64(1) << (cells % BLOCK_CELLS).astype(np.int64))
    return blocks


def lay_reach(grid: Grid, posts: Records, track_xy: Floats, wander_km: Floats) -> Reach:
    """Find the cells that each post can see into.

    Parameters
    ----------
    grid
        The grid.
    posts
        Records of posts.
    track_xy
        Vertices (n, 2) of all tracks, km.
    wander_km
        For each post, how far its track may be moved from where it lies here (posts at random
        places).
    """
    frame = grid.frame
    cells, blocks, rows = [], [], []
    for index, post in enumerate(posts):
        reach_km = float(post["radius_km"]) + float(wander_km[index])
        found, marks = _cells_in_reach(
            track_xy, int(post["first_vertex"]), int(post["vertices"]), reach_km, frame
        )
        row = np.zeros(len(found), dtype=REACH)
        row["post"], row["first_segment"], row["end_segment"] = index, marks[:, 0], marks[:, 1] + 1
        row["gap_from"], row["gap_to"] = marks[:, 2], marks[:, 3]
        cells.append(found)
        blocks.append(_in_blocks(found))
        rows.append(row)
    all_cells = np.concatenate([*cells, np.empty(0, np.int32)]).astype(np.int32)
    all_rows = np.concatenate([*rows, np.empty(0, REACH)])
    order = np.argsort(all_cells, kind="stable")
    counts = np.bincount(all_cells, minlength=grid.cells + 1)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    post_start = np.cumsum([0, *map(len, blocks)]).astype(np.int32)
    return Reach(start, all_rows[order], post_start, np.concatenate([*blocks, np.empty(0, BLOCK)]))
