"""Land, air and sea: who may serve where, who answers what, and where violations take place."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from mission_scenarios import SHELLING, WATCHED, Tables, made, run
from scipy import stats

from sim.errors import InputError
from sim.rules.dispatch import forward_point
from sim.scenario import Scenario
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

ROUNDING_KM = 1e-6
LEAST_P = 5e-4
"""A right program falls below it in one of 2,000 tests; the seeds are fixed."""
L_SHAPE_KM = np.array(
    [[10.0, 30.0], [90.0, 30.0], [90.0, 60.0], [40.0, 60.0], [40.0, 90.0], [10.0, 90.0]]
)


def outline() -> list[list[float]]:
    """Return an area in the shape of an L behind the straight line, in degrees."""
    corners: list[list[float]] = build_plan(made(WATCHED)).line.to_lonlat(L_SHAPE_KM).tolist()
    return corners


def three_domains() -> Tables:
    kinds = {
        "shelling": SHELLING,
        "drone_flight": {**SHELLING, "domain": "air", "area": "sky"},
        "mine": {**SHELLING, "domain": "sea", "area": "sky"},
        "jet": {**SHELLING, "domain": "air"},
    }
    units = {"count": 2, "on_scene_h": 1.0, "readiness_min": 0.0}
    return {
        **WATCHED,
        "areas": {"sky": {"outline": outline()}},
        "violations": {"rate_per_day": 80.0, "kinds": kinds},
        "reports": {"radar": {"share": 1.0, "delay_min": 0.0}},
        "support": {
            "land": {"nation": "France", **units, "standoff_km": 10.0},
            "jets": {"nation": "Germany", "role": "air_policing", **units},
            "ships": {"nation": "Turkey", "role": "naval", **units},
            "divers": {"nation": "Belgium", "role": "naval_specialist", **units},
        },
    }


def naval(nation: str, role: str = "naval") -> Scenario:
    ships = {"ships": {"nation": nation, "count": 1, "role": role}}
    return Scenario.from_dict({**WATCHED, "support": ships})


@pytest.mark.parametrize("nation", ["France", "United Kingdom", "United States", "Russia"])
def test_warships_of_other_states_are_refused(nation: str) -> None:
    """Catches naval units that the Montreux Convention keeps out of the Black Sea."""
    with pytest.raises(InputError) as error:
        naval(nation)
    message = str(error.value)
    assert "support.ships.nation" in message
    assert "littoral state" in message
    assert "Montreux Convention" in message
    assert "\n" not in message


@pytest.mark.parametrize("nation", ["Turkey", "Romania", "Bulgaria", "Ukraine", "Georgia"])
def test_warships_of_littoral_states_are_allowed(nation: str) -> None:
    """Catches a rule that is stricter than the convention."""
    assert naval(nation).support["ships"].domain == "sea"


@pytest.mark.parametrize("nation", ["France", "Belgium", "Turkey"])
def test_specialist_teams_of_any_state_are_allowed(nation: str) -> None:
    """Catches the rule for warships applied to teams."""
    ships = {"nation": "Romania", "count": 1, "role": "naval"}
    teams = {"nation": nation, "count": 1, "role": "naval_specialist"}
    made = Scenario.from_dict({**WATCHED, "support": {"ships": ships, "teams": teams}})
    assert made.support["teams"].domain == "sea"


@pytest.mark.parametrize("ships", [0, None])
def test_teams_do_not_patrol_without_a_ship_of_a_littoral_state(ships: int | None) -> None:
    """Catches warships of other states under the name of teams."""
    support = {"teams": {"nation": "United States", "count": 6, "role": "naval_specialist"}}
    if ships is not None:
        support["ships"] = {"nation": "Turkey", "count": ships, "role": "naval"}
    with pytest.raises(InputError, match=r"support\.teams\.role.*Montreux Convention"):
        Scenario.from_dict({**WATCHED, "support": support})


def test_a_land_unit_nearer_than_the_mission_allows_is_refused() -> None:
    """Catches a stand-off below that of the mission, or Ukrainian and other units mixed up."""
    near = {"nation": "France", "count": 1, "standoff_km": 9.9}
    rule = {**WATCHED, "mission": {"land_standoff_km": 10.0}}
    with pytest.raises(InputError, match=r"support\.near\.standoff_km.*land_standoff_km = 10"):
        Scenario.from_dict({**rule, "support": {"near": near}})
    Scenario.from_dict({**rule, "support": {"near": {**near, "standoff_km": 10.0}}})
    Scenario.from_dict({**rule, "support": {"near": {**near, "nation": "Ukraine"}}})
    ships = {"nation": "Turkey", "role": "naval", "count": 1}
    Scenario.from_dict({**rule, "support": {"ships": ships}})


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ((38.5, 48.0), r"bases\.0 \(town\): lies \d+\.\d km in front of the line"),
        ((37.2, 48.25), r"bases\.0 \(town\): lies \d+\.\d km"),
        (None, r"base_offset_km = 5\.0: must be at least mission\.land_standoff_km = 10"),
    ],
    ids=["across", "near", "even"],
)
def test_a_base_nearer_to_the_line_than_the_mission_allows_is_refused(
    base: tuple[float, float] | None, words: str
) -> None:
    """Catches land units that are based in front of Ukrainian forces, and drive from there."""
    group: Tables = {"nation": "France", "count": 1, "standoff_km": 10.0, "base_offset_km": 5.0}
    if base is not None:
        town = {"name": "town", "lon": base[0], "lat": base[1]}
        group |= {"placement": "bases", "bases": [town]}
    rule = {"line": {"feature": "full"}, "mission": {"land_standoff_km": 10.0}, "monitors": {}}
    tables = {**WATCHED, **rule, "support": {"units": group}}
    with pytest.raises(InputError, match=rf"support\.units\.{words}"):
        build_plan(made(tables))
    allowed = {**tables, "support": {"units": {**group, "nation": "Ukraine"}}}
    build_plan(made(allowed))
    away = {"name": "Constanta", "lon": 28.65, "lat": 44.17}  # past an end of the line
    build_plan(
        made({**tables, "support": {"units": {**group, "placement": "bases", "bases": [away]}}})
    )


def test_units_answer_kinds_of_their_own_domain_only() -> None:
    """Catches a ship sent on land, and a domain whose calls nobody answers."""
    outcome = run(three_domains())
    sent = outcome.violations.dropna(subset="dispatched_h")
    domain_of = outcome.units.set_index("unit")["domain"]
    assert np.all(sent["unit"].astype(str).map(domain_of) == sent["domain"])
    assert {"land-1", "jets-1", "ships-1", "divers-1"} <= set(sent["unit"])
    assert set(sent["domain"]) == {"land", "air", "sea"}


def test_units_that_name_a_kind_of_another_domain_are_refused() -> None:
    """Catches a scenario that sends soldiers to the sea."""
    tables = three_domains()
    tables["support"]["land"]["answers"] = ["mine"]
    with pytest.raises(InputError, match=r"support\.land\.answers\.0.*\"sea\".*land kinds only"):
        Scenario.from_dict(tables)


def test_violations_in_an_area_lie_anywhere_in_it_with_equal_chance() -> None:
    """Catches points outside, and triangles or halves of the area that get too many."""
    outcome = run(three_domains(), violations__rate_per_day=1200.0)
    rows = outcome.violations
    area = shapely.Polygon(L_SHAPE_KM)
    for kind in ("drone_flight", "mine"):
        x, y = outcome.line.to_plane(*rows.loc[rows["kind"] == kind, ["lon", "lat"]].to_numpy().T).T
        assert shapely.contains_xy(area.buffer(ROUNDING_KM), x, y).all()
        edges_x, edges_y = np.linspace(10.0, 90.0, 9), np.linspace(30.0, 90.0, 7)
        counts = np.histogram2d(x, y, [edges_x, edges_y])[0]
        boxes = [
            [shapely.box(a, c, b, d) for c, d in pairwise(edges_y)] for a, b in pairwise(edges_x)
        ]
        expected = shapely.area(shapely.intersection(area, np.array(boxes)))
        some = expected > 0.0
        expected *= counts.sum() / expected.sum()
        assert counts[~some].sum() == 0
        assert stats.chisquare(counts[some], expected[some]).pvalue > LEAST_P


def test_the_place_in_an_area_is_reached_directly() -> None:
    """Catches units at sea or in the air that stop short, or drive to the line."""
    outcome = run(three_domains())
    sent = outcome.violations.dropna(subset="dispatched_h")
    away = sent[sent["kind"].isin(["drone_flight", "mine"])]
    units = outcome.units.set_index("unit").loc[away["unit"].astype(str)]
    base = outcome.line.to_plane(units["lon"].to_numpy(), units["lat"].to_numpy())
    place = outcome.line.to_plane(away["lon"].to_numpy(), away["lat"].to_numpy())
    assert away["distance_km"].to_numpy() == pytest.approx(np.hypot(*(place - base).T), abs=1e-4)


def test_no_land_unit_comes_nearer_to_the_line_than_its_stand_off() -> None:
    """Catches a forward point near another bend of the line: 10^5 calls on the real line."""
    kinds = {"shelling": {**SHELLING, "offset_sd_km": 8.0}}
    tables = {
        **WATCHED,
        "run": {"duration_days": 10.0},
        "line": {"feature": "full", "length_factor": 1.25, "sectors": 4},
        "violations": {"rate_per_day": 10_000.0, "kinds": kinds},
        "monitors": {},
        "mission": {"land_standoff_km": 10.0},
        "support": {"units": {"nation": "France", "count": 1, "standoff_km": 10.0}},
    }
    plan = build_plan(made(tables))
    world = make_world(plan, 1)
    base = world.bases[0]
    goals = np.array([forward_point(world, base, violation) for violation in world.violations])
    away_km = shapely.LineString(plan.line.xy).distance(shapely.points(goals))
    assert len(goals) > 99_000
    assert away_km.min() >= 10.0 - ROUNDING_KM
    # and on the side that Ukraine controls
    assert plan.line.locate(goals)[1].min() > 0.0


LED: Tables = {
    "command": {"delay_min": 15.0},
    "mission": {
        "land_lead": {"nation": "France", "absent_delay_min": 30.0},
        "air_lead": {"nation": "Germany", "absent_delay_min": 45.0},
    },
    "force_generation": {
        "enabled": True,
        "airlift_with_us_per_day": 5.0,
        "airlift_without_us_per_day": 5.0,
    },
    "nations": {
        "fr": {
            "name": "France",
            "mandate": "date",
            "mandate_day": 7.0,
            "strength": [
                {"day": 0.0, "soldiers": 20.0},
                {"day": 10.0, "soldiers": 20.0},
                {"day": 11.0, "soldiers": 0.0},
            ],
        }
    },
}


def test_calls_take_longer_exactly_while_the_lead_nation_is_absent() -> None:
    """Catches a delay in the wrong domain, at the wrong time, or of the wrong length."""
    outcome = run({**three_domains(), **LED})
    rows = outcome.violations.dropna(subset="called_h")
    forces = outcome.forces
    french = forces[forces["group"] == "land"].set_index("day")["units"]
    days = (rows["reported_h"] // 24.0).astype(int)
    absent = (rows["domain"] == "land") & (days.map(french) == 0)
    delay_min = 60.0 * (rows["called_h"] - rows["reported_h"])
    assert delay_min.to_numpy() == pytest.approx(np.where(absent, 45.0, 15.0))
    assert french.max() == 2
    assert set(french[:7]) == {0}
    assert set(french[18:]) == {0}
