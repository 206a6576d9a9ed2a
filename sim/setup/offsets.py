"""Where violations lie beside a curved line: at their offset from the whole of it.

A step across the line may end nearer to another bend than it is long. `ContactLine.point` then
searches the nearest of places that have the offset, laid once for each offset; violations have an
offset each, so they are moved instead.

References
----------
Ma, J., Bae, S. W. and Choi, S. (2012), 3D medial axis point approximation using nearest neighbors
and the normal field, The Visual Computer 28, 7-19: the shrinking ball of `_room`.
"""

import numpy as np

from sim.geography.offsets import EXACT_KM
from sim.kernel.columns import Records
from sim.kernel.compile import compiled
from sim.setup.nearest import LinePieces, locate_around

MOST_MOVES = 8
MOST_BALLS = 64
CLEAR_KM = 1e-5
"""What is left of the room (a centimetre), so that no other part of the line is as near."""


@compiled
def _moved(row: Records, line: LinePieces) -> bool:
    """Move a violation straight away from the line's nearest place until its offset is true.

    There another bend may be nearer still; then it is moved again. Inside a narrow salient no place
    lies so far from both sides, and it is moved to and fro: tell whether it has come to rest.
    """
    x, y, at, goal = row.x, row.y, row.chainage, row.offset
    for move in range(MOST_MOVES):
        at, found, foot_x, foot_y = locate_around(x, y, at, abs(goal), line)
        if abs(found - goal) <= EXACT_KM:
            if move > 0:
                row.x, row.y, row.chainage = x, y, at
                row.normal_x, row.normal_y = (x - foot_x) / found, (y - foot_y) / found
            return True
        if abs(found) <= EXACT_KM:
            return False
        x = foot_x + goal / found * (x - foot_x)
        y = foot_y + goal / found * (y - foot_y)
    return False


@compiled
def _room(row: Records, line: LinePieces) -> float:
    """Return how far (km) a violation can lie from its place of the line, along the normal.

    That is the radius of the ball that touches the line there and holds no part of it: through
    whatever place of the line a ball holds goes a smaller one.
    """
    to_x, to_y = np.sign(row.offset) * row.normal_x, np.sign(row.offset) * row.normal_y
    foot_x, foot_y = row.x - row.offset * row.normal_x, row.y - row.offset * row.normal_y
    room = abs(row.offset)
    for _ in range(MOST_BALLS):
        x, y = foot_x + room * to_x, foot_y + room * to_y
        _, found, other_x, other_y = locate_around(x, y, row.chainage, room, line)
        if abs(found) >= room - EXACT_KM:
            break
        other_x, other_y = other_x - foot_x, other_y - foot_y
        square = other_x * other_x + other_y * other_y
        room = square / (2.0 * (other_x * to_x + other_y * to_y))
    return float(max(0.0, room - CLEAR_KM))


@compiled
def set_beside(row: Records, line: LinePieces) -> None:
    """Give a violation, placed a step across the line, the offset it has from the whole line.

    It is moved to a place nearby that has the offset. Where there is none, it keeps its chainage,
    and lies as far from the line as there is room.
    """
    if row.offset == 0.0 or len(line.vertices) == 2 or _moved(row, line):
        return
    foot_x, foot_y = row.x - row.offset * row.normal_x, row.y - row.offset * row.normal_y
    offset = np.sign(row.offset) * _room(row, line) + 0.0
    row.x, row.y = foot_x + offset * row.normal_x, foot_y + offset * row.normal_y
    row.offset = offset
