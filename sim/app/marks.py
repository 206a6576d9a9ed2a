"""Marks of the classes of monitors, the same on the page and in films: shape as well as colour."""

from collections.abc import Iterable

from sim.output.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

type Shape = tuple[tuple[float, float], ...]
"""Corners of a mark (px) around its place; what flies points to the right."""

COLOURS = (BLUE, GREEN, PURPLE, SKY, ORANGE, VERMILION, GREY)
ABBREVIATIONS = ("male", "hale")


def _both_sides(half: Shape) -> Shape:
    """Mirror the upper half of a mark, given from nose to tail."""
    lower = tuple((x, -y) for x, y in reversed(half) if y)
    return half + lower


# Numbers of flying and of fixed shapes have no divisor in common with the number of colours, so
# that 35 classes of each come before a mark is used twice.
FLYING: tuple[Shape, ...] = (
    _both_sides(((7, 0), (-5, 5), (-2, 0))),  # dart
    _both_sides(((7, 0), (2, 1.2), (-1, 7), (-3, 7), (-2, 1.2), (-5, 1.2), (-7, 3.5))),  # airliner
    _both_sides(((5, 0), (4, 2), (2, 8), (0, 8), (-2, 0))),  # flying wing
    _both_sides(((7, 0), (1, 5), (-5, 5), (-5, 2))),  # arrow of a road sign
    _both_sides(((2, 0), (6, 4), (4, 6), (0, 2), (-4, 6), (-6, 4), (-2, 0))),  # four rotors
)
FIXED: tuple[Shape, ...] = (
    ((5, 2), (2, 5), (-2, 5), (-5, 2), (-5, -2), (-2, -5), (2, -5), (5, -2)),  # octagon
    ((-5, -5), (5, -5), (0, 1), (5, 6), (-5, 6), (0, 1)),  # hourglass
    ((2, 6), (2, 2), (6, 2), (6, -2), (2, -2), (2, -6), (-2, -6), (-2, -2), (-6, -2), (-6, 2),
     (-2, 2), (-2, 6)),  # cross
    ((-5, -5), (5, -5), (5, 1), (0, 6), (-5, 1)),  # house
    ((-6, 4), (6, 4), (0, -6)),  # triangle on its tip
)  # fmt: skip


def mark_classes(drones: Iterable[tuple[str, bool]]) -> list[dict[str, object]]:
    """Return the mark of each class of monitors.

    Parameters
    ----------
    drones
        Platform of each monitor, and whether it is fixed.

    Returns
    -------
    list of dict
        Platform, whether it is fixed, words of the legend, colour and corners (px), one for each
        class in the order in which the classes come.
    """
    marks: list[dict[str, object]] = []
    used = {True: 0, False: 0}
    for platform, fixed in dict.fromkeys(drones):
        number, shapes = used[fixed], FIXED if fixed else FLYING
        used[fixed] += 1
        words = platform.upper() if platform in ABBREVIATIONS else platform.replace("_", " ")
        colour = COLOURS[(fixed + number) % len(COLOURS)]
        marks.append(
            {
                "platform": platform,
                "fixed": fixed,
                "words": f"{words} (fixed)" if fixed else f"{words} drone",
                "colour": colour,
                "corners": [list(corner) for corner in shapes[number % len(shapes)]],
            }
        )
    return marks
