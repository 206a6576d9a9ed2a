"""Measures of some of the violations, and of stretches of time."""

import numpy as np
import pytest
from engine_scenarios import RICH, scenario

from sim.errors import InputError
from sim.results.measures import MEASURES, further_requests, headline, key_measures, parse_request
from sim.results.measures.selection import parse_window, split_requests
from sim.results.outcome import Outcome, run_measures, simulate
from sim.scenario import Scenario

GONE = {
    "engagement": "schedule",
    "schedule": [
        {"from_day": 0, "state": "engaged"},
        {"from_day": 2, "state": "suspended"},
        {"from_day": 3, "state": "engaged"},
    ],
}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return simulate(scenario(RICH, united_states=GONE), 3)


def one(outcome: Outcome, request: str) -> float:
    return outcome.measure(request)[str(parse_request(request))]


@pytest.mark.parametrize(
    ("request_text", "query"),
    [
        ("n_violations[kind=shelling]", "kind == 'shelling'"),
        ("n_violations[severity>=3]", "severity >= 3"),
        ("n_violations[severity=1|5]", "severity == 1 or severity == 5"),
        ("n_violations[side=russian]", "side == 'russian'"),
        ("n_violations[sector=1]", "sector == 1"),
        ("n_violations[domain=land]", "domain == 'land'"),
        ("n_violations[day>=1.5,day<3]", "onset_h >= 36 and onset_h < 72"),
        ("n_violations[us=suspended]", "onset_h >= 48 and onset_h < 72"),
        ("n_violations[us=engaged,severity<3]", "(onset_h < 48 or onset_h >= 72) and severity < 3"),
    ],
)
def test_conditions_choose_the_rows_they_name(
    outcome: Outcome, request_text: str, query: str
) -> None:
    """Catches a condition that lets other violations pass than it says."""
    rows = outcome.violations[outcome.violations["onset_h"] >= 24.0]
    rows = rows.assign(kind=rows["kind"].astype(str), side=rows["side"].astype(str))
    assert one(outcome, request_text) == len(rows.query(query)) > 0


def test_parts_add_up_to_the_whole(outcome: Outcome) -> None:
    """Catches violations that belong to no part, or to two: shares weigh to that of the whole."""
    for keys in (("severity=1|2", "severity>=3"), ("us=engaged", "us=suspended|withdrawn")):
        counts = np.array([one(outcome, f"n_violations[{key}]") for key in keys])
        rates = np.array([one(outcome, f"confirmed_rate[{key}]") for key in keys])
        assert counts.sum() == outcome.measures["n_violations"]
        whole = outcome.measures["confirmed_rate"]
        assert (counts * rates).sum() / counts.sum() == pytest.approx(whole, abs=0.01)


@pytest.mark.parametrize("name", ["flight_h", "sorties", "drones_lost", "monitor_cost_usd"])
def test_totals_of_stretches_add_up(outcome: Outcome, name: str) -> None:
    """Catches totals of a stretch that are taken at other times than its ends."""
    parts = [one(outcome, f"{name}[{part}]") for part in ("day<2", "day>=2,day<3", "day>=3")]
    assert sum(parts) == pytest.approx(outcome.measures[name])
    assert parts[1] == pytest.approx(one(outcome, f"{name}[us=suspended]"))
    assert one(outcome, "us_engaged_share[day>=2,day<3]") == 0.0


def test_sweeps_and_outcomes_agree(outcome: Outcome) -> None:
    """Catches a run that is measured otherwise in a sweep, which notes its totals on the way."""
    texts = [
        "unit_utilisation[day>=1,day<4]",
        "answered_share[severity>=3]",
        "flight_h[us=engaged]",
    ]
    requests = [parse_request(text) for text in texts]
    found = run_measures(outcome.plan, outcome.seed, requests)
    assert {text: found[text] for text in texts} == outcome.measure(*texts)
    assert {name: found[name] for name in MEASURES} == pytest.approx(outcome.measures, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "unknown measure nonsense"),
        ("detection_rate[", "must be a name, or like"),
        ("detection_rate[]", "must be like kind=shelling"),
        ("detection_rate[kind]", "must be like kind=shelling"),
        ("detection_rate[colour=red]", "unknown property colour"),
        ("detection_rate[kind>=fire]", "kind takes = alone"),
        ("detection_rate[severity>=1|2]", "takes one value with"),
        ("detection_rate[severity=high]", "severity must be a whole number, not 'high'"),
        ("detection_rate[severity=2.5]", "severity must be a whole number"),
        ("detection_rate[day>=nan]", "day must be a number of days"),
        ("detection_rate[day=3]", "write day>=30,day<60"),
        ("flight_h[kind=shelling]", "flight_h is of the run as a whole"),
        ("detection_rate[kind=nonsense]", "unknown kind nonsense"),
        ("detection_rate[severity=6]", "unknown severity 6"),
        ("detection_rate[sector=99]", "unknown sector 99"),
        ("detection_rate[phase=nonsense]", "unknown phase nonsense"),
    ],
)
def test_what_cannot_be_asked_is_refused(text: str, said: str) -> None:
    """Catches a slip in a request that is passed over, or answered with a traceback."""
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        further_requests([text], [scenario(RICH)])


def test_requests_have_one_spelling() -> None:
    """Catches two columns of one measure: spaces and the order of conditions do not matter."""
    text = " detection_rate [ severity >= 3 , kind = shelling ] "
    assert str(parse_request(text)) == "detection_rate[kind=shelling,severity>=3]"
    assert split_requests("a[x=1,y=2], b ,c[z=3]") == ("a[x=1,y=2]", "b", "c[z=3]")


@pytest.mark.parametrize(
    ("text", "conditions"),
    [("30:60", ["day>=30", "day<60"]), (":60", ["day<60"]), ("1.5:", ["day>=1.5"])],
)
def test_windows_are_days(text: str, conditions: list[str]) -> None:
    """Catches a window that is not half-open."""
    assert [str(condition) for condition in parse_window(text, "--window")] == conditions


@pytest.mark.parametrize("text", ["", "30", "60:30", "a:b", "-1:2", "3:3", "nan:2"])
def test_windows_that_are_none_are_refused(text: str) -> None:
    """Catches a window that selects nothing, or everything, without a word."""
    with pytest.raises(InputError, match="must be FROM:TO in days"):
        parse_window(text, "--window")


def test_headlines_never_pool_help_of_several_domains() -> None:
    """Catches one response time for land, air and sea."""
    baseline = Scenario.load("configs/baseline.toml")
    names = headline([baseline])
    assert "answered_share[domain=sea]" in names
    pooled = {name for name in names if "[" not in name and MEASURES[name].by_domain}
    assert pooled == set()
    assert "answered_share[domain=land]" in key_measures(baseline)
    assert "answered_share" in key_measures(scenario(RICH))
