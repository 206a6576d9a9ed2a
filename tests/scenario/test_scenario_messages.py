"""What a user reads when a value of a scenario is not allowed."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import Scenario


def tables(**changes: object) -> dict[str, Any]:
    """Make a small valid scenario, with some dotted keys (``__`` for the dot) set."""
    data: dict[str, Any] = {
        "title": "test",
        "run": {},
        "line": {},
        "violations": {
            "rate_per_day": 1,
            "kinds": {"shelling": {"mean_duration_min": 30}},
            "hot_spots": {"town": {"share": 0.5, "chainage_km": 10}},
        },
        "platforms": {"male": {}},
        "monitors": {"male": {"platform": "male", "count": 2, "patrol": "shuttle"}},
        "support": {"units": {"nation": "France", "count": 3}},
    }
    for path, value in changes.items():
        *way, last = path.split("__")
        table = data
        for part in way:
            table = table.setdefault(part, {})
        table[last] = value
    return data


def refusal(data: dict[str, Any]) -> str:
    """Return the message with which the tables of a scenario are refused."""
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(data, source="x.toml")
    return str(caught.value)


PHASE = {"name": "a", "from_day": 0, "factor": 1}

CASES = {
    "negative": (
        {"monitors__male__count": -3},
        "monitors.male.count = -3: must be a whole number from 0 to 100000 (monitors)",
    ),
    "fraction": ({"monitors__male__count": 2.5}, "monitors.male.count = 2.5: must be a whole"),
    "bool for whole": ({"monitors__male__count": True}, "monitors.male.count = true: must be a wh"),
    "text for whole": ({"monitors__male__count": "20"}, 'monitors.male.count = "20": must be a wh'),
    "bool for number": ({"run__duration_days": True}, "run.duration_days = true: must be a number"),
    "text for number": ({"run__duration_days": "9"}, 'run.duration_days = "9": must be a number'),
    "NaN": ({"run__duration_days": math.nan}, "run.duration_days = nan: must be a number > 0"),
    "infinite": ({"run__duration_days": math.inf}, "run.duration_days = inf: must be a number > 0"),
    "huge": ({"run__duration_days": 10**500}, "run.duration_days = 1000000"),
    "number for switch": ({"weather__enabled": 1}, "weather.enabled = 1: must be true or false"),
    "number for text": ({"title": 3}, "title = 3: must be text in quotes"),
    "misspelt key": (
        {"monitors__male__cuont": 3},
        "unknown key monitors.male.cuont; did you mean count?",
    ),
    "misspelt section": ({"monitrs": {}}, "unknown key monitrs; did you mean monitors?"),
    "unlike any key": ({"command__zzz": 1}, "unknown key command.zzz; known: delay, delay_cv, "),
    "line break in key": ({"command__a\nb": 1}, 'unknown key command."a\\nb"; known'),
    "line break in value": ({"support__units__role": "a\nb"}, 'support.units.role = "a\\nb": must'),
    "misspelt choice": (
        {"monitors__male__patrol": "shutle"},
        'monitors.male.patrol = "shutle": must be "shuttle", "circuit", "stream" or "static"',
    ),
    "group name": ({"support__Big": {}}, "support.Big: a name must be of lowercase letters"),
    "no group": ({"support__units": False}, "support.units = false: must be a table"),
    "date": ({"run__start_date": "soon"}, 'run.start_date = "soon": must be a date such as 2026'),
    "too few hours": (
        {"violations__hour_weights": [1, 2]},
        "violations.hour_weights = [1, 2]: must be a list of 24 numbers >= 0",
    ),
    "element": (
        {"violations__hour_weights": [1] * 23 + [-1]},
        "violations.hour_weights.23 = -1: must be a number >= 0",
    ),
    "no hours": ({"violations__hour_weights": [0] * 24}, "must hold at least one weight > 0"),
    "no severity": (
        {"violations__kinds__shelling__severity_weights": [0] * 5},
        "violations.kinds.shelling.severity_weights = [0, 0, 0, 0, 0]: must hold at least one",
    ),
    "no kinds": ({"violations__kinds": {}}, "violations.kinds = an empty table: must be a table"),
    "branching": ({"violations__branching_ratio": 1}, "must be a number >= 0 and < 1 (ratio)"),
    "late first phase": (
        {"violations__phases": [PHASE | {"from_day": 3}]},
        "violations.phases.0.from_day = 3: must be 0: the first phase begins with the ceasefire",
    ),
    "phases out of order": (
        {"violations__phases": [PHASE, PHASE]},
        "violations.phases.1.from_day = 0: must be later than the phase before it (0)",
    ),
    "no phases": ({"violations__phases": []}, "must be a list of tables, at least 1"),
    "warm-up": (
        {"run__warmup_days": 400},
        "run.warmup_days = 400: must be less than run.duration_days = 365",
    ),
    "two lines": (
        {"line__length_km": 3, "line__file": "x"},
        "line.length_km = 3: cannot stand beside line.file",
    ),
    "half a base": (
        {"monitors__male__base_lon": 30.0},
        "monitors.male.base_lat: base_lon and base_lat go together",
    ),
    "backward stretch": (
        {"monitors__male__from_km": 3, "monitors__male__to_km": 2},
        "monitors.male.to_km = 2: must be greater than from_km = 3",
    ),
    "backward support": (
        {"support__units__from_km": 3, "support__units__to_km": 3},
        "support.units.to_km = 3: must be greater than from_km = 3",
    ),
    "spot nowhere": (
        {"violations__hot_spots__town": {"share": 0.5}},
        "violations.hot_spots.town: needs either lon and lat, or chainage_km",
    ),
    "spot twice": (
        {"violations__hot_spots__town": {"share": 0.5, "lon": 1, "lat": 2, "chainage_km": 3}},
        "violations.hot_spots.town: needs either lon and lat, or chainage_km",
    ),
    "spot half": (
        {"violations__hot_spots__town": {"share": 0.5, "lon": 1}},
        "violations.hot_spots.town.lat: lon and lat go together",
    ),
    "spots over one": (
        {"violations__hot_spots__village": {"share": 0.6, "chainage_km": 3}},
        "violations.hot_spots: the shares sum to 1.1; they must sum to at most 1",
    ),
    "unknown platform": (
        {"monitors__male__platform": "mael"},
        'monitors.male.platform = "mael": is not a platform; did you mean male?',
    ),
    "patrol without speed": (
        {"monitors__male__platform": "aerostat"},
        'monitors.male.patrol = "shuttle": must be "static": platform aerostat has speed_kmh = 0',
    ),
    "chance over one": (
        {"platforms__male__look_chance": 1.5},
        "platforms.male.look_chance = 1.5: must be a number from 0 to 1 or a table of",
    ),
    "chance of a kind": (
        {"platforms__male__look_chance": {"artillery": 2}},
        "platforms.male.look_chance.artillery = 2: must be a number from 0 to 1",
    ),
    "misspelt kind": (
        {"platforms__male__look_chance": {"artilery": 0.2}},
        'platforms.male.look_chance: "artilery" is not a kind of violation; did you mean',
    ),
    "kind without chance": (
        {"platforms__x": {"radius_km": 1, "look_chance": {"artillery": 0.2}}},
        'platforms.x.look_chance: must name every kind or have a "default"; shelling has none',
    ),
    "answers": (
        {"support__units__answers": ["sheling"]},
        'support.units.answers.0 = "sheling": is not a kind of violation; did you mean shelling?',
    ),
    "no bases": (
        {"support__units__placement": "bases"},
        'support.units.bases: must name at least one place when placement = "bases"',
    ),
    "several": ({"run__duration_days": 0, "line__sectors": 0}, "(days) (and 1 more)"),
}


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES.keys())
def test_message(changes: dict[str, Any], expected: str) -> None:
    """Catches a check that is gone, or a message without file, key, value or what is allowed."""
    message = refusal(tables(**changes))
    assert message.startswith("x.toml: ")
    assert "\n" not in message
    assert expected in message


def test_the_base_case_is_allowed() -> None:
    """Catches cases above that fail for a reason other than the one they name."""
    assert Scenario.from_dict(tables()).monitors["male"].count == 2


@pytest.mark.parametrize("data", [3, None, [], "text"])
def test_what_is_not_a_table(data: dict[str, Any]) -> None:
    """Catches a crash of the messages where the whole scenario is of the wrong type."""
    assert refusal(data).endswith(": must be a table")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = sorted(Scenario.from_dict(tables()).flat())


@given(key=st.sampled_from(KEYS), depth=st.integers(1, 5), value=JSON)
def test_nothing_but_input_errors(key: str, depth: int, value: object) -> None:
    """Catches any value anywhere that ends in another exception or a message of several lines."""
    path = ".".join(key.split(".")[:depth])
    message = "x.toml: "
    try:
        Scenario.from_dict(tables()).with_values({path: value}, source="x.toml")
    except InputError as error:
        message = str(error)
    assert message.startswith("x.toml: ")
    assert "\n" not in message
