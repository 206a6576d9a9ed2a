"""Mesa models in sweeps, comparisons and sizings."""

import pandas as pd
import pytest
from engine_scenarios import RICH, TINY, scenario
from scouts import CrowdedModel, HomebodyModel

from sim import CeasefireModel, InputError, size
from sim.experiment import Engine, compare, compiled_engine, sweep

REQUESTS = ("detection_rate[kind=shelling,day>=1,day<3]", "flight_h[day>=2,day<4]")
SHORT = scenario(TINY, run__duration_days=6.0)
FACTORS = {"monitors.eyes.count": [2, 6]}


def test_runs_of_the_plain_model_are_those_of_the_engine() -> None:
    """Catches a batch run that meets another seed, ends early, or measures parts at other times."""
    rich = scenario(RICH)
    ours, theirs = compiled_engine(REQUESTS), Engine.from_model(CeasefireModel, REQUESTS)
    for seed in (1, 2):
        expected = ours.run(ours.prepare(rich), seed)
        found = theirs.run(theirs.prepare(rich), seed)
        assert found == pytest.approx(expected, nan_ok=True, rel=0.0, abs=0.0)


@pytest.mark.parametrize("model", [HomebodyModel, CrowdedModel])
def test_a_model_that_decides_is_swept(model: type[CeasefireModel]) -> None:
    """Catches a sweep that runs another model, or runs that leave something behind in the plan."""
    engine = Engine.from_model(model, step_minutes=360.0)
    once = sweep(scenario=SHORT, factors=FACTORS, replications=2, workers=1, engine=engine)
    again = sweep(scenario=SHORT, factors=FACTORS, replications=2, workers=2, engine=engine)
    pd.testing.assert_frame_equal(once, again)
    alone = model(SHORT.with_values({"monitors.eyes.count": 6}), rng=2, step_minutes=360.0)
    alone.run()
    assert (once["error"] == "").all()
    assert once["detection_rate"].iloc[-1] == alone.measures["detection_rate"]
    plain = sweep(scenario=SHORT, factors=FACTORS, replications=2, workers=1)
    assert (plain["detection_rate"] > once["detection_rate"]).all()


def test_a_model_that_decides_is_compared_and_sized() -> None:
    """Catches an engine of a model that only sweeps take."""
    engine = Engine.from_model(HomebodyModel, step_minutes=360.0)
    large = SHORT.with_values({"monitors.eyes.count": 9})
    compared = compare({"few": SHORT, "many": large}, replications=3, engine=engine)
    assert (compared.runs["error"] == "").all()
    found = size(
        SHORT,
        require=["detection_rate >= 0.3"],
        vary=["monitors.eyes.count=1:12"],
        engine=engine,
        max_replications=40,
    )
    (least,) = found.sufficient["monitors.eyes.count"]
    plain = size(SHORT, require=["detection_rate >= 0.3"], vary=["monitors.eyes.count=1:12"])
    assert least > plain.sufficient["monitors.eyes.count"].min()


def test_a_request_that_cannot_be_read_is_refused_at_once() -> None:
    """Catches a mistake that is found in the first run, after the plans are made."""
    with pytest.raises(InputError, match="detection_rat"):
        Engine.from_model(CeasefireModel, ["detection_rat"])
