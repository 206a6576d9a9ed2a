"""Designs: lists, files, samples, formulas and variants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from sim.errors import InputError
from sim.experiment import Engine, SweepDesign, sweep
from sim.experiment.distributions import make_draw

Make = Callable[..., SweepDesign]
MALE = "monitors.male.count"
UNITS = "support.patrols.count"


def column(design: SweepDesign, key: str) -> list[Any]:
    return [point.levels[key] for point in design.points()]


def sampled(make_design: Make, kind: str, samples: int, **changes: Any) -> SweepDesign:
    factors = {
        "violations.rate_per_day": {"low": 10.0, "high": 50.0},
        MALE: {"low": 4, "high": 11, "integer": True},
    }
    return make_design(**{"design": kind, "samples": samples, "factors": factors, **changes})


def test_a_list_has_its_points(make_design: Make, engine: Engine) -> None:
    """Catches points that are mixed up, or a product made of a list."""
    rows = [{MALE: 10, UNITS: 4}, {MALE: 20, UNITS: 8}, {MALE: 10, UNITS: 8}]
    design = make_design(design="list", points=rows, factors={})
    assert [point.levels for point in design.points()] == rows
    runs = sweep(design, engine=engine)
    assert runs.groupby("point")[UNITS].first().tolist() == [4, 8, 8]


def test_a_file_has_its_points(make_design: Make, tmp_path: Path) -> None:
    """Catches cells read as text, and a changed file that passes for the old one."""
    path = tmp_path / "points.csv"
    path.write_text(f"{MALE},weather.enabled\n10,true\n20,false\n", encoding="utf-8")
    design = make_design(design="csv", points=str(path), factors={})
    assert [point.levels for point in design.points()] == [
        {MALE: 10, "weather.enabled": True},
        {MALE: 20, "weather.enabled": False},
    ]
    path.write_text(f"{MALE},weather.enabled\n10,true\n30,false\n", encoding="utf-8")
    assert make_design(design="csv", points=str(path), factors={}).digest() != design.digest()


def test_a_latin_hypercube_has_one_point_in_each_stratum(make_design: Make) -> None:
    """Catches a sample that is only random."""
    design = sampled(make_design, "latin_hypercube", 40)
    rates = np.array(column(design, "violations.rate_per_day"))
    assert sorted(((rates - 10.0) / 40.0 * 40).astype(int)) == list(range(40))
    assert np.bincount(column(design, MALE), minlength=12)[4:].tolist() == [5] * 8


def test_a_sobol_sample_is_that_of_scipy(make_design: Make) -> None:
    """Catches another sequence than the one that is stated."""
    design = sampled(make_design, "sobol", 16, design_seed=3)
    expected = qmc.Sobol(2, rng=np.random.default_rng(3)).random(16)
    rates = 10.0 + 40.0 * expected[:, 0]
    assert column(design, "violations.rate_per_day") == pytest.approx(rates.tolist())


@pytest.mark.parametrize("kind", ["random", "latin_hypercube", "sobol", "morris", "saltelli"])
def test_a_sample_is_the_same_again_and_another_with_another_seed(
    make_design: Make, kind: str
) -> None:
    """Catches a design that a resumed sweep can not make again."""
    one, again = (sampled(make_design, kind, 8) for _ in range(2))
    other = sampled(make_design, kind, 8, design_seed=2)
    assert list(one.points()) == list(again.points())
    assert one.digest() == again.digest() != other.digest()
    assert list(one.points()) != list(other.points())
    assert one.n_points == {"morris": 24, "saltelli": 32}.get(kind, 8)


def test_formulas_follow_the_factors_and_are_rounded(make_design: Make) -> None:
    """Catches a formula that is evaluated once, or a fraction of a unit."""
    design = make_design(
        factors={"soldiers": [100, 110, 290], MALE: [10, 20]},
        variables=["soldiers"],
        derived={UNITS: "soldiers / 30", "command.delay_min": f"2 * ({MALE} - 4) / -3 + 20"},
    )
    points = list(design.points())
    assert [point.levels[UNITS] for point in points] == [3, 3, 4, 4, 10, 10]
    assert points[1].levels["command.delay_min"] == pytest.approx(28.0 / 3.0)
    scenario = design.scenario_at(points[4])
    assert (scenario.support["patrols"].count, scenario.monitors["male"].count) == (10, 10)


def test_variants_are_a_factor(make_design: Make) -> None:
    """Catches a variant that is not applied, or stays for the next point."""
    design = make_design(
        factors={"variant": ["as_is", "no_weather"], MALE: [10, 20]},
        variants={"as_is": {}, "no_weather": {"weather.enabled": False, UNITS: 3}},
    )
    made = [design.scenario_at(point) for point in design.points()]
    assert [scenario.support["patrols"].count for scenario in made] == [10, 10, 3, 3]
    assert [scenario.weather.enabled for scenario in made][2:] == [False, False]


def test_independent_seeds_differ_everywhere(make_design: Make, engine: Engine) -> None:
    """Catches points that share their luck though they should not."""
    runs = sweep(make_design(seeds="independent"), engine=engine)
    assert runs["seed"].nunique() == 18
    assert (runs["seed"] <= 2**53).all()


@pytest.mark.parametrize(
    ("spec", "law"),
    [
        ({"low": 2.0, "high": 5.0}, stats.uniform(2.0, 3.0)),
        ({"low": 1.0, "high": 100.0, "log": True}, stats.loguniform(1.0, 100.0)),
        ({"distribution": "normal", "mean": 3.0, "sd": 2.0}, stats.norm(3.0, 2.0)),
        ({"distribution": "lognormal", "median": 3.0, "sigma": 0.5}, stats.lognorm(0.5, scale=3.0)),
        ({"distribution": "triangular", "low": 1, "mode": 2, "high": 5}, stats.triang(0.25, 1, 4)),
        ({"distribution": "beta", "a": 2, "b": 3}, stats.beta(2, 3)),
    ],
)
def test_factors_have_their_distribution(spec: dict[str, Any], law: Any) -> None:
    """Catches parameters in the wrong place."""
    draw = make_draw(spec, "x")
    for u in (0.01, 0.3, 0.5, 0.9, 0.999):
        assert law.cdf(draw.at(u)) == pytest.approx(u, abs=1e-9)


def test_whole_numbers_have_equal_shares() -> None:
    """Catches ends of an integer range that are half as likely as the rest."""
    draw = make_draw({"low": 3, "high": 6, "integer": True}, "x")
    values = [draw.at(u) for u in np.linspace(0.0, 1.0, 4001)]
    assert set(np.round(np.bincount(values)[3:] / 4001, 3)) == {0.25}
    cut = make_draw({"distribution": "normal", "mean": 0, "sd": 1, "low": 0.0}, "x")
    assert cut.at(0.0) == pytest.approx(0.0)


RANGE = {"low": 1, "high": 5}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"design": "sobol", "samples": 12, "factors": {MALE: RANGE}}, "must be a power of two"),
        ({"design": "sobol", "factors": {MALE: RANGE}}, "sobol needs samples and factors"),
        ({"samples": 8}, "only sampled designs"),
        ({"factors": {MALE: RANGE}}, "a range or distribution is for sampled designs"),
        ({"design": "list", "factors": {}}, "needs points"),
        ({"design": "list", "points": [{MALE: 1}, {UNITS: 2}], "factors": {}}, "same keys"),
        ({"design": "list", "points": [{MALE: 1}]}, "name their factors themselves"),
        ({"design": "csv", "points": "no.csv", "factors": {}}, "cannot be read as CSV"),
        ({"points": [{MALE: 1}]}, "takes no points"),
        ({"design": "spiral"}, "design"),
        ({"variables": ["soldiers"]}, "variables: soldiers is no factor"),
        ({"derived": {UNITS: "3"}}, "is set as well"),
        ({"derived": {"support.nobody.count": "3"}}, "unknown key support.nobody"),
        ({"derived": {"command.delay_min": "__import__('os')"}}, "must be made of numbers"),
        ({"derived": {"command.delay_min": "soldiers / 2"}}, "soldiers is no factor"),
        ({"derived": {"command.delay_min": f"1 / ({MALE} - 10)"}}, "divides by zero"),
        ({"factors": {"variant": ["x"]}, "variants": {"y": {}}}, "unknown variant x"),
    ],
)
def test_designs_that_do_not_fit_are_refused(
    make_design: Make, changes: dict[str, Any], said: str
) -> None:
    """Catches a slip that makes another design than was meant, or a traceback."""
    with pytest.raises(InputError, match=said):
        make_design(**changes)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"low": 5, "high": 1}, "low must be below high"),
        ({"low": 0, "high": 1, "log": True}, "above 0"),
        ({"low": 0.5, "high": 3, "integer": True}, "whole numbers"),
        ({"low": 1, "high": 3, "step": 1, "lag": True}, "a span must have"),
        ({"low": 1, "high": 3, "lag": True}, "unknown key lag"),
        ({"low": 1, "high": float("nan")}, "must be a number"),
        ({"low": 1}, "needs low and high"),
        ({"distribution": "normal", "mean": 1, "sd": 0}, "sd must be above 0"),
        ({"distribution": "norma", "mean": 1, "sd": 1}, "did you mean normal"),
        ({"distribution": "beta", "a": 1, "b": 1, "c": 1}, "unknown key c"),
    ],
)
def test_ranges_that_do_not_fit_are_refused(
    make_design: Make, spec: dict[str, Any], said: str
) -> None:
    """Catches a range that is drawn otherwise than was meant."""
    with pytest.raises(InputError, match=said):
        make_design(design="random", samples=4, factors={"violations.rate_per_day": spec})
