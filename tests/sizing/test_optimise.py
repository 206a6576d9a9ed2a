"""The search under several aims, on a problem whose front is known."""

import argparse
import sys
from collections.abc import Mapping

import pandas as pd
import pytest

from sim.cli.main import main
from sim.errors import InputError
from sim.experiment import Engine
from sim.scenario import Scenario
from sim.sizing.optimisation import Objective, on_front, optimise, read_statistic

EAST, WEST = "monitors.east.count", "monitors.west.count"
VARY = [f"{EAST}=0:30", f"{WEST}=0:30"]
FORMULA = f"{EAST} + {WEST}"


def prepare(scenario: Scenario) -> tuple[int, int]:
    return scenario.monitors["east"].count, scenario.monitors["west"].count


def run(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Plant a front: monitors in the west cost as much as those in the east and see nothing."""
    east, _ = plan
    return {"detection_rate": east / (east + 10), "n_violations": 1.0 + seed}


ENGINE = Engine(prepare, run)


def test_front_of_a_table() -> None:
    """Catches a row that is beaten, a tie that is dropped, and a value that is not finite."""
    aims = [
        Objective("detection_rate", read_statistic("detection_rate"), maximise=True),
        Objective("cost", None, maximise=False),
    ]
    table = pd.DataFrame(
        {
            "detection_rate": [0.5, 0.5, 0.6, 0.5, float("nan"), 0.4],
            "cost": [1.0, 2.0, 3.0, 1.0, 0.0, 1.0],
        }
    )
    assert on_front(table, aims).tolist() == [True, False, True, True, False, False]


@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_planted_front_is_found(scenario: Scenario, sampler: str) -> None:
    """Catches an aim turned round: 961 forces, of which the 31 without a west are the front.

    With a fifth of the forces tried, the found front is nowhere more than 3 above the planted.
    """
    pytest.importorskip("optuna")
    found = optimise(
        scenario, vary=VARY, maximise=["detection_rate"], minimise=["cost"], cost=FORMULA,
        trials=200, replications=1, sampler=sampler, engine=ENGINE, workers=1,
    )  # fmt: skip
    assert len(found.front) >= 8
    assert found.front[WEST].max() <= 3
    assert found.front["detection_rate"].is_monotonic_increasing
    again = optimise(
        scenario, vary=VARY, maximise=["detection_rate"], minimise=["cost"], cost=FORMULA,
        trials=20, replications=1, sampler=sampler, engine=ENGINE, workers=2,
    )  # fmt: skip
    keys = [EAST, WEST]
    if sampler == "tpe":  # the size of NSGA-II's generations follows the number of trials
        assert again.trials[keys].equals(found.trials[keys].head(20))


def test_front_is_checked_with_other_seeds(scenario: Scenario) -> None:
    """Catches a check with the seeds of the search, which shows what the search has seen."""
    pytest.importorskip("optuna")
    found = optimise(
        scenario, vary=VARY, maximise=["n_violations"], trials=3, replications=4, first_seed=11,
        engine=ENGINE, workers=1,
    )  # fmt: skip
    assert set(found.trials["n_violations"]) == {1.0 + (11 + 12 + 13 + 14) / 4}
    assert set(found.front["n_violations_fresh"]) == {1.0 + (15 + 22) / 2}


def test_missing_extra_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a traceback where Optuna is not installed."""
    monkeypatch.setitem(sys.modules, "optuna", None)
    words = ["optimise", "any.toml", "--vary", "a=1:2", "--maximise", "detection_rate"]
    assert main(words) == 2
    error = capsys.readouterr().err
    assert "pip install 'ceasefire-sim[optimise]'" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vary": []}, "nothing varies"),
        ({"vary": VARY[:1] * 2}, "stands there twice"),
        ({"maximise": []}, "no aim"),
        ({"minimise": ["cost"]}, "needs a formula"),
        ({"minimise": ["detection_rate"]}, "twice as an aim"),
        ({"maximise": ["detection_rat"]}, "did you mean detection_rate"),
        ({"trials": 0}, ">= 1"),
        ({"sampler": "best"}, "nsga2 or tpe"),
    ],
)
def test_mistakes_are_refused(scenario: Scenario, options: dict[str, object], words: str) -> None:
    """Catches a request without a sense that is carried out somehow."""
    pytest.importorskip("optuna")
    given = argparse.Namespace(**{"vary": VARY, "maximise": ["detection_rate"], **options})
    with pytest.raises(InputError, match=words):
        optimise(scenario, engine=ENGINE, **vars(given))


def test_what_is_given_holds_in_every_run(scenario: Scenario) -> None:
    """Catches a condition that is said and not set, in the search or in the check of its front."""
    pytest.importorskip("optuna")
    seen: set[str] = set()

    def look(changed: Scenario) -> tuple[int, int]:
        seen.add(changed.united_states.engagement)
        return prepare(changed)

    found = optimise(
        scenario.with_values({"united_states.engagement": "random"}),
        vary=VARY, maximise=["detection_rate"], trials=3, replications=2, workers=1,
        given=["united_states.engagement=engaged"], engine=Engine(look, run),
    )  # fmt: skip
    assert seen == {"engaged"}
    assert found.given == {"united_states.engagement": "engaged"}
    with pytest.raises(InputError, match="is varied too"):
        optimise(
            scenario, vary=VARY, maximise=["detection_rate"], given=[f"{EAST}=3"], engine=ENGINE
        )
