"""Marks of the classes of monitors."""

from itertools import product

import pytest

from sim.app.marks import FIXED, FLYING, mark_classes


def test_no_two_classes_share_a_mark():
    """Would catch classes that cannot be told apart on the map or in its legend."""
    classes = [(f"class_{number}", fixed) for number, fixed in product(range(35), (False, True))]
    marks = mark_classes(classes)
    assert len(marks) == len(classes)
    looks = {(mark["colour"], str(mark["corners"])) for mark in marks}
    assert len(looks) == len(classes)


@pytest.mark.parametrize("fixed", [False, True])
def test_neighbours_differ_in_shape_and_in_colour(fixed):
    """Would catch marks that only those who see all colours can tell apart."""
    shapes = FIXED if fixed else FLYING
    marks = mark_classes((f"class_{number}", fixed) for number in range(len(shapes)))
    assert len({str(mark["corners"]) for mark in marks}) == len(shapes)
    assert len({mark["colour"] for mark in marks}) == len(shapes)


def test_a_class_has_one_mark_however_many_it_has():
    """Would catch a legend with an entry for each drone."""
    marks = mark_classes([("male", False), ("mini", True), ("male", False)])
    assert [mark["words"] for mark in marks] == ["MALE drone", "mini (fixed)"]
