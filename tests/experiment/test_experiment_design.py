"""Designs: read, refused, gone through."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.experiment import SweepDesign
from sim.experiment.levels import factor_levels, unquoted_keys

Make = Callable[..., SweepDesign]


def test_file_gives_grid_and_seeds(sweep_file: Path) -> None:
    """Catch a grid in the wrong order, a span without its end, and seeds that differ by point."""
    design = SweepDesign.load(sweep_file)
    levels = [tuple(point.levels.values()) for point in design.points()]
    assert levels == [(10, 4), (10, 6), (10, 8), (20, 4), (20, 6), (20, 8)]
    assert (design.n_points, design.n_runs) == (6, 18)
    assert [design.seed(4, r) for r in range(3)] == [5, 6, 7]


def test_point_scenario_has_levels_and_constants(make_design: Make) -> None:
    """Catch factors or constants that do not reach the scenario that is run."""
    design = make_design(constants={"run.duration_days": 30})
    scenario = design.scenario_at(list(design.points())[-1])
    assert scenario.monitors["male"].count == 20
    assert scenario.support["patrols"].count == 8
    assert scenario.run.duration_days == 30


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"factors": {"monitors.male.count": [10, -1]}},
            ["monitors.male.count", "-1", "whole number"],
        ),
        ({"factors": {"monitors.mal.count": [10]}}, ["monitors.mal.count", "did you mean male"]),
        ({"factors": {"monitors.male.count": []}}, ["factors.monitors.male.count", "at least one"]),
        ({"factors": {"monitors.male.count": 3}}, ["factors.monitors.male.count = 3", "list"]),
        ({"factors": {"monitors.male.count": [1, 2, 1]}}, ["the value 1 stands twice"]),
        ({"factors": {"monitors.male.count": {"from": 1, "to": 5}}}, ["from, to and step"]),
        ({"factors": {"monitors.male.count": {"from": 1, "to": 5, "step": 0}}}, ["step = 0"]),
        ({"factors": {"monitors.male.count": {"from": 5, "to": 1, "step": 1}}}, ["step = 1"]),
        ({"constants": {"monitors.male.count": 5}}, ["monitors.male.count is set as well"]),
        ({"constants": {"run.duration_days": -3}}, ["run.duration_days", "-3"]),
        ({"replications": 0}, ["replications = 0", "whole number"]),
        ({"replication": 5}, ["unknown key replication", "did you mean replications"]),
        ({"first_seed": -1}, ["first_seed = -1"]),
    ],
)
def test_mistake_is_one_clear_line(make_design: Make, changes: object, words: list[str]) -> None:
    """Catch a mistake that passes, and a message without file, key, value or what is allowed."""
    with pytest.raises(InputError) as caught:
        make_design(**changes)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in ["sweep.toml", *words]), message


def test_missing_scenario_is_named(sweep_file: Path) -> None:
    """Catch a message that does not say where the scenario was looked for."""
    (sweep_file.parent / "scenario.toml").unlink()
    with pytest.raises(InputError, match=r"sweep\.toml: scenario = .*there is no file"):
        SweepDesign.load(sweep_file)


def test_keys_without_quotes_are_read() -> None:
    """Catch dotted keys that TOML turned into tables, and tables that are values."""
    nested = {"monitors": {"male": {"count": [1, 2]}}, "support.x": {"nation": "France"}}
    assert unquoted_keys(nested) == {
        "monitors.male.count": [1, 2],
        "support.x": {"nation": "France"},
    }


def test_factor_may_refine_table_that_constant_adds(make_design: Make) -> None:
    """Catch constants applied after factors, which would undo them."""
    group = {"platform": "male", "count": 1, "patrol": "shuttle"}
    factors = {"monitors.extra.count": [3, 4]}
    design = make_design(constants={"monitors.extra": group}, factors=factors)
    assert design.scenario_at(next(design.points())).monitors["extra"].count == 3


@given(st.integers(-50, 50), st.integers(1, 40), st.integers(1, 30))
def test_span_in_tenths_is_exact(first: int, step: int, count: int) -> None:
    """Catch spans that miss their end, or drift, by floating-point rounding."""
    span = {"from": first / 10, "to": (first + step * (count - 1)) / 10, "step": step / 10}
    levels = factor_levels({"x": span}, "")["x"]
    assert levels == tuple((first + step * i) / 10 for i in range(count))


def test_digest_tells_designs_apart(make_design: Make) -> None:
    """Catch a changed design that passes for the old one, and a new title that does not."""
    digest = make_design().digest()
    assert make_design(title="Other", question="Why?").digest() == digest
    assert make_design(replications=4).digest() == digest
    assert make_design(first_seed=2).digest() != digest
    assert make_design(constants={"run.duration_days": 30.0}).digest() != digest
