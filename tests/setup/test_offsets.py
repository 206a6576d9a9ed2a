"""Offsets on curved lines: every place laid has the offset that it is said to have."""

import numpy as np
import pytest
import shapely
from engine_scenarios import TINY, Floats, scenario
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.geography import ContactLine, forward_points, offsets
from sim.geography.offsets import places_at
from sim.kernel.columns import Records
from sim.setup.areas import build_areas
from sim.setup.candidates import draw_violations
from sim.setup.draw import make_world
from sim.setup.grid import Grid
from sim.setup.marks import build_terrain
from sim.setup.nearest import build_line_pieces, locate_around
from sim.setup.plan import build_plan
from sim.setup.support import build_support
from sim.setup.violations import build_process

FAR_KM = 1e4
EXACT_KM = 2e-6

DEPTHS = st.floats(0.1, 40.0) | st.floats(-40.0, -0.1)
TEETH = st.lists(
    st.tuples(st.floats(0.5, 30.0), st.floats(0.3, 20.0), DEPTHS),
    min_size=1,
    max_size=5,
)
OFFSETS = st.floats(0.05, 25.0)
SIDES = st.sampled_from([-1.0, 1.0])


def comb(teeth: list[tuple[float, float, float]]) -> ContactLine:
    """Return a line from west to east with salients: gap before each, width and depth, km."""
    xy = [(0.0, 0.0)]
    for gap, width, depth in teeth:
        x = xy[-1][0] + gap
        xy += [(x, 0.0), (x, depth), (x + width, depth), (x + width, 0.0)]
    xy.append((xy[-1][0] + 20.0, 0.0))
    return ContactLine(np.array(xy), (36.0, 48.0))


def wild(seed: int) -> ContactLine:
    """Return a line that wanders and turns back on itself, as detailed ones do."""
    rng = np.random.default_rng(seed)
    headings = np.cumsum(rng.normal(0.0, 0.7, 60))
    steps = rng.exponential(2.0, (60, 1)) * np.stack([np.cos(headings), np.sin(headings)], axis=1)
    xy = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    assume(shapely.LineString(xy).is_simple)
    return ContactLine(xy, (36.0, 48.0))


def signed_distance(line: ContactLine, points: Floats) -> Floats:
    """Return the offset of points from a comb by GEOS: the side is that of a polygon behind it."""
    behind = [(FAR_KM, 0.0), (FAR_KM, FAR_KM), (-FAR_KM, FAR_KM), (-FAR_KM, 0.0)]
    north = shapely.Polygon([*line.xy.tolist(), *behind])
    away = shapely.distance(shapely.LineString(line.xy), shapely.points(points))
    return np.asarray(np.where(shapely.intersects_xy(north, points), away, -away))


@settings(max_examples=25)
@given(TEETH, OFFSETS, SIDES, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_a_point_has_its_offset_from_the_whole_line(
    teeth: list[tuple[float, float, float]], offset_km: float, side: float, shares: list[float]
) -> None:
    """Catches a step across a salient that ends near its other flank, or in front of it."""
    line = comb(teeth)
    points = line.point(np.array(shares) * line.length_km, side * offset_km)
    assert signed_distance(line, points) == pytest.approx(side * offset_km, abs=EXACT_KM)


def all_places_at(line: ContactLine, offset_km: float) -> Floats:
    """Return the places with an offset, with the whole edge of the zone asked for its side."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offsets, "_PROBED", 1)
        return places_at(line.xy, line.chainage_km, offset_km)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), OFFSETS, SIDES)
def test_no_place_is_left_out_with_the_other_side(seed: int, offset_km: float, side: float) -> None:
    """Catches places that are lost where the edge of the zone changes sides, or in a pocket."""
    line = wild(seed)
    places = places_at(line.xy, line.chainage_km, side * offset_km)
    np.testing.assert_array_equal(places, all_places_at(line, side * offset_km))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), OFFSETS, SIDES)
def test_a_point_beside_a_wild_line_has_its_offset(
    seed: int, offset_km: float, side: float
) -> None:
    """Catches what only lines with many bends bring out; no room on a side is an error."""
    line = wild(seed)
    try:
        points = line.point(np.linspace(0.0, line.length_km, 30), side * offset_km)
    except InputError:
        assert len(places_at(line.xy, line.chainage_km, side * offset_km)) == 0
        return
    away = shapely.distance(shapely.LineString(line.xy), shapely.points(points))
    assert away == pytest.approx(offset_km, abs=EXACT_KM)
    assert (line.locate(points)[1] * side > 0.0).all()


def test_a_point_stays_where_the_step_across_has_its_offset() -> None:
    """Catches places that are moved where nothing is wrong with them."""
    line = ContactLine.default()
    chainage = np.linspace(0.0, line.length_km, 500)
    steps = line.across(chainage, 10.0)
    fine = np.abs(line.locate(steps)[1] - 10.0) < 1e-9
    assert 0.5 < fine.mean() < 1.0
    assert np.array_equal(line.point(chainage, 10.0)[fine], steps[fine])


def test_a_point_is_moved_to_the_nearest_place() -> None:
    """Catches a place far from the salient: its mouth is 8 km wide, the offset 5 km."""
    line = comb([(40.0, 8.0, -30.0)])
    point = line.point(55.0, 5.0)  # half way down the western flank
    assert point == pytest.approx([44.0, 3.0], abs=0.13)


def drawn(line: ContactLine, sd_km: float, seed: int) -> Records:
    """Draw candidate violations beside a line."""
    made = scenario(
        TINY,
        violations__rate_per_day=400.0,
        violations__kinds__shelling__offset_sd_km=sd_km,
    )
    grid = Grid.around(line.xy, 21.0)
    process = build_process(made, line)
    farthest_km = 2.0 * sd_km  # some lie farther out
    frame = build_terrain(line, grid, build_areas(made, line), 2, 2, farthest_km)
    return draw_violations(process, frame, seed)


def points_of(rows: Records) -> Floats:
    return np.column_stack([rows["x"], rows["y"]])


@settings(max_examples=20)
@given(TEETH, st.floats(0.5, 12.0), st.integers(0, 99))
def test_violations_have_their_offset_from_the_whole_line(
    teeth: list[tuple[float, float, float]], sd_km: float, seed: int
) -> None:
    """Catches a violation on the wrong side, or nearer to another bend than its row says."""
    line = comb(teeth)
    rows = drawn(line, sd_km, seed)
    assert signed_distance(line, points_of(rows)) == pytest.approx(rows["offset"], abs=EXACT_KM)
    foot = line.across(rows["chainage"])
    assert np.hypot(*(points_of(rows) - foot).T) == pytest.approx(np.abs(rows["offset"]), abs=1e-5)
    normal = np.column_stack([rows["normal_x"], rows["normal_y"]])
    stepped = foot + rows["offset"][:, None] * normal
    assert np.abs(stepped - points_of(rows)).max() < 1e-5
    assert (rows["depth"] == rows["offset"]).all()


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 12.0))
def test_violations_beside_a_wild_line_have_their_offset(seed: int, sd_km: float) -> None:
    """Catches a nearest bend that is not among those that are searched."""
    line = wild(seed)
    rows = drawn(line, sd_km, seed % 100)
    assert line.locate(points_of(rows))[1] == pytest.approx(rows["offset"], abs=EXACT_KM)


def test_violations_keep_their_law_across_the_line() -> None:
    """Catches offsets cut short at bends: only where a salient is too narrow, half its width."""
    line = comb([(100.0, 4.0, -50.0)])
    rows = drawn(line, 3.0, 1)
    outside = comb([(100.0, 200.0, -50.0)])  # no place of it is narrow
    plain = drawn(outside, 3.0, 1)
    inside = (np.abs(rows["x"] - 102.0) < 2.0) & (np.abs(rows["y"] + 25.0) < 25.0)
    assert np.abs(rows["offset"][inside]).max() == pytest.approx(2.0, abs=1e-3)
    assert np.mean(rows["offset"][inside] > 2.0 - 1e-3) > 0.1
    straight = drawn(ContactLine.straight(300.0), 3.0, 1)
    assert plain["offset"] == pytest.approx(straight["offset"], abs=EXACT_KM)


def test_the_search_around_a_place_finds_what_the_whole_search_finds() -> None:
    """Catches a segment left out of the list of a piece of the line."""
    line = ContactLine.default()
    laid = build_line_pieces(line, 12.0)
    rng = np.random.default_rng(3)
    chainage = rng.random(3000) * line.length_km
    away_km = rng.random(3000) * 15.0  # the last are beyond the lists
    points = line.across(chainage, away_km * rng.choice([-1.0, 1.0], 3000))
    found = [
        locate_around(x, y, s, away, laid)
        for (x, y), s, away in zip(points, chainage, away_km, strict=True)
    ]
    _, offset, foot_x, foot_y = np.array(found).T
    assert offset == pytest.approx(line.locate(points)[1], abs=1e-9)
    away = np.hypot(points[:, 0] - foot_x, points[:, 1] - foot_y)
    assert away == pytest.approx(np.abs(offset), abs=1e-9)


@settings(max_examples=20)
@given(TEETH, st.floats(1.0, 25.0), st.integers(1, 12))
def test_bases_keep_their_offset_from_the_whole_line(
    teeth: list[tuple[float, float, float]], offset_km: float, count: int
) -> None:
    """Catches an even base near another bend than its own, or in front of the line."""
    line = comb(teeth)
    made = scenario(
        TINY,
        mission__land_standoff_km=offset_km,
        support__units__standoff_km=offset_km,
        support__units__base_offset_km=offset_km,
        support__units__count=count,
    )
    bases = build_support(made, line, ("shelling",)).bases
    found = signed_distance(line, np.column_stack([bases["x"], bases["y"]]))
    assert found == pytest.approx(offset_km, abs=EXACT_KM)


@settings(max_examples=20)
@given(TEETH, st.floats(0.5, 25.0))
def test_forward_points_have_the_stand_off_as_offset(
    teeth: list[tuple[float, float, float]], standoff_km: float
) -> None:
    """Catches units that stop too near, too far back, or on the other side."""
    line = comb(teeth)
    found = signed_distance(line, forward_points(line, standoff_km, 0.25))
    assert found == pytest.approx(standoff_km, abs=EXACT_KM)


@pytest.mark.parametrize("placement", ["even", "random"])
def test_bases_on_the_packaged_line_keep_the_rule_of_the_mission(placement: str) -> None:
    """Catches a base of a run, drawn or not, nearer to any bend than the mission allows."""
    tables = {**TINY, "line": {"feature": "full"}, "mission": {"land_standoff_km": 10.0}}
    group = {"standoff_km": 10.0, "base_offset_km": 12.0, "count": 100, "placement": placement}
    made = scenario({**tables, "support": {"units": {"nation": "France", **group}}})
    plan = build_plan(made)
    for seed in range(3):
        bases = make_world(plan, seed).bases
        chainage, offset = plan.line.locate(np.column_stack([bases["x"], bases["y"]]))
        assert offset == pytest.approx(12.0, abs=EXACT_KM)
        share = chainage / plan.line.length_km
        sector = np.minimum(made.line.sectors - 1, share * made.line.sectors)
        assert (bases["sector"] == sector.astype(int)).all()


RING = np.linspace(0.1, 2.0 * np.pi - 0.1, 80)
"""The line runs around so that what is behind it, on the left, is a pocket 10 km wide."""


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"placement": "even"}, r"support\.units\.base_offset_km = 15"),
        ({"placement": "random"}, r"support\.units\.base_offset_km = 15"),
        ({"base_offset_km": 1.0, "standoff_km": 8.0}, r"support\.units\.standoff_km = 8"),
    ],
)
def test_no_room_behind_the_line_is_said(given: dict[str, object], named: str) -> None:
    """Catches bases and units that stand in front of a line that leaves no room behind it."""
    pocket = ContactLine(5.0 * np.column_stack([np.cos(RING), np.sin(RING)]), (36.0, 48.0))
    made = scenario({**TINY, "support": {"units": {"nation": "any", "count": 4, **given}}})
    with pytest.raises(InputError, match=f"{named}: the line bends so much that no place behind"):
        build_support(made, pocket, ("shelling",))
