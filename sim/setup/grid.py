"""The grid: which posts, and which parts of their tracks, can see into which square of the plane.

The grid only narrows the search; whether a place is in view is always decided by the exact
geometry.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints32
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.rules.patrol import BLOCK_CELLS
from sim.world.rows import BlockRow, ReachRow

type GridShape = tuple[float, float, float, int, int]
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
    def frame(self) -> GridShape:
        """The grid for compiled code."""
        return self.x0, self.y0, self.cell_km, self.columns, self.rows


@compiled
def cell_at(x: float, y: float, frame: GridShape) -> int:
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
def _window(
    low_x: float, low_y: float, high_x: float, high_y: float, frame: GridShape
) -> tuple[int, int, int, int]:
    """Return the first and last column, first and last row, of cells in a rectangle (km)."""
    x0, y0, cell_km, columns, rows = frame
    return (
        max(0, int((low_x - x0) / cell_km)),
        min(columns - 1, int((high_x - x0) / cell_km)),
        max(0, int((low_y - y0) / cell_km)),
        min(rows - 1, int((high_y - y0) / cell_km)),
    )


@compiled
def _mark_segment(
    marks: Ints32,
    window: tuple[int, int, int, int],
    segment: int,
    ends: tuple[float, float, float, float],
    reach_km: float,
    frame: GridShape,
) -> None:
    """Mark the cells of a window of the grid that one segment may see into.

    Marks of a cell: the first segment that does, the last, and the longest gap between those that
    do (its first segment, and the one that ends it).
    """
    ax, ay, bx, by = ends
    x0, y0, cell_km, _, _ = frame
    low_x, high_x = min(ax, bx) - reach_km, max(ax, bx) + reach_km
    low_y, high_y = min(ay, by) - reach_km, max(ay, by) + reach_km
    column0, column1, row0, row1 = _window(low_x, low_y, high_x, high_y, frame)
    left, right, bottom, _ = window
    allowed = reach_km + cell_km * 0.7072
    for row in range(row0, row1 + 1):
        for column in range(column0, column1 + 1):
            px = x0 + (column + 0.5) * cell_km
            py = y0 + (row + 0.5) * cell_km
            if _distance_to_segment(px, py, ax, ay, bx, by) <= allowed:
                mark = marks[(row - bottom) * (right - left + 1) + column - left]
                if mark[0] < 0:
                    mark[0] = segment
                elif segment - mark[1] - 1 > mark[3] - mark[2]:
                    mark[2], mark[3] = mark[1] + 1, segment
                mark[1] = segment


@compiled
def _cells_in_reach(track: Floats, reach_km: float, frame: GridShape) -> tuple[Ints32, Ints32]:
    """Return the cells that a track may see into, and their marks (see `_mark_segment`).

    Only cells of the rectangle around the track get marks: marks for the whole grid would cost
    most of the time of a plan with thousands of posts.
    """
    low_x, high_x = track[:, 0].min() - reach_km, track[:, 0].max() + reach_km
    low_y, high_y = track[:, 1].min() - reach_km, track[:, 1].max() + reach_km
    window = _window(low_x, low_y, high_x, high_y, frame)
    left, right, bottom, top = window
    width, height = max(0, right - left + 1), max(0, top - bottom + 1)
    marks = np.full((width * height, 4), -1, dtype=np.int32)
    for segment in range(max(1, len(track) - 1)):
        a, b = track[segment], track[min(segment + 1, len(track) - 1)]
        _mark_segment(marks, window, segment, (a[0], a[1], b[0], b[1]), reach_km, frame)
    found = np.nonzero(marks[:, 0] >= 0)[0]
    cells = (bottom + found // max(1, width)) * frame[3] + left + found % max(1, width)
    return cells.astype(np.int32), marks[found]


@compiled
def _reach_of_tracks(
    track_xy: Floats, first_vertex: Ints32, vertices: Ints32, radius_km: Floats, frame: GridShape
) -> tuple[Ints32, Ints32, Ints32]:
    """Return the cells that each track may see into, their marks, and how many each track has."""
    counts = np.zeros(len(first_vertex), dtype=np.int32)
    cells = np.empty(16 * len(counts) + 64, dtype=np.int32)
    marks = np.empty((len(cells), 4), dtype=np.int32)
    end = 0
    for post in range(len(counts)):
        track = track_xy[first_vertex[post] : first_vertex[post] + vertices[post]]
        found, mine = _cells_in_reach(track, radius_km[post], frame)
        if end + len(found) > len(cells):
            room = end + len(found)  # twice as much at once, so that copying stays linear
            cells = np.concatenate((cells, np.empty(room, dtype=np.int32)))
            marks = np.concatenate((marks, np.empty((room, 4), dtype=np.int32)))
        cells[end : end + len(found)] = found
        marks[end : end + len(found)] = mine
        counts[post] = len(found)
        end += len(found)
    return cells[:end], marks[:end], counts


@dataclass(frozen=True)
class Reach:
    """Who can see where, by cell and by post."""

    start: Ints32  # (cells + 2,) rows of each cell
    rows: Records  # ReachRow, by cell, then post
    post_start: Ints32  # (posts + 1,)
    post_blocks: Records  # BlockRow, by post, then block


def _in_blocks(posts: Ints32, cells: Ints32) -> tuple[Ints32, Records]:
    """Write the cells of posts as bits of blocks; return whose each block is, and the blocks.

    The cells come by post, those of one in ascending order.
    """
    block = cells // BLOCK_CELLS
    changes = (np.diff(posts) != 0) | (np.diff(block) != 0)
    first = np.flatnonzero(np.concatenate([np.ones(min(1, len(cells)), np.bool_), changes]))
    blocks = np.zeros(len(first), dtype=BlockRow.dtype)
    blocks["block"] = block[first]
    if len(first):
        bits = np.int64(1) << (cells % BLOCK_CELLS).astype(np.int64)
        blocks["cells"] = np.bitwise_or.reduceat(bits, first)
    return posts[first], blocks


def _starts(owners: Ints32, count: int) -> Ints32:
    """Return where the rows of each of `count` owners begin, and where the last ones end."""
    ends = np.cumsum(np.bincount(owners, minlength=count))
    return np.concatenate([[0], ends]).astype(np.int32)


def build_reach(grid: Grid, posts: Records, track_xy: Floats) -> Reach:
    """Find the cells that each post can see into.

    Parameters
    ----------
    grid
        The grid.
    posts
        Records of posts.
    track_xy
        Vertices (n, 2) of all tracks, km.
    """
    first, vertices, radius_km = (
        np.ascontiguousarray(posts[name]) for name in ("first_vertex", "vertices", "radius_km")
    )
    cells, marks, counts = _reach_of_tracks(track_xy, first, vertices, radius_km, grid.frame)
    post = np.repeat(np.arange(len(posts), dtype=np.int32), counts)
    order = np.argsort(cells, kind="stable")
    rows = np.zeros(len(cells), dtype=ReachRow.dtype)
    rows["post"] = post[order]
    rows["first_segment"], rows["end_segment"] = marks[order, 0], marks[order, 1] + 1
    rows["gap_from"], rows["gap_to"] = marks[order, 2], marks[order, 3]
    owner, blocks = _in_blocks(post, cells)
    return Reach(_starts(cells, grid.cells + 1), rows, _starts(owner, len(posts)), blocks)
