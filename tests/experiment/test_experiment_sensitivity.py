"""Sensitivity and variance components, against known answers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment import Engine, SweepDesign, load_results, perform
from sim.experiment.components import split_runs, split_variance
from sim.experiment.sensitivity import sensitivity
from sim.scenario import Scenario

pytest.importorskip("SALib", reason="the extra [sensitivity] is not installed")

Make = Callable[..., SweepDesign]
KEYS = ("violations.rate_per_day", "command.delay_min", "violations.offspring_decay_h")
FIRST = (0.3139, 0.4424, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437)
"""Indices of the Ishigami function with a = 7, b = 0.1 (Ishigami and Homma 1990)."""


def prepare(scenario: Scenario) -> tuple[float, ...]:
    spec = scenario.violations
    return spec.rate_per_day, scenario.command.delay_min, spec.offspring_decay_h


def ishigami(plan: tuple[float, ...], seed: int) -> Mapping[str, float]:
    x, y, z = np.array(plan) - np.pi
    return {"detection_rate": np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x) + 0 * seed}


def linear(plan: tuple[float, ...], seed: int) -> Mapping[str, float]:
    x, y, z = plan
    return {"detection_rate": 3.0 * x - 2.0 * y + 0.0 * z + 0 * seed, "constant": 1.0}


def swept(make_design: Make, kind: str, samples: int, run: Any, out: Path) -> None:
    factors = {key: {"low": 1e-9, "high": 2.0 * np.pi} for key in KEYS}
    design = make_design(design=kind, samples=samples, factors=factors, replications=1)
    perform(design, out, engine=Engine(prepare, run))


@pytest.mark.slow
def test_sobol_indices_of_the_ishigami_function(make_design: Make, tmp_path: Path) -> None:
    """Catches factors in another order, or indices of another estimator (3 standard errors)."""
    swept(make_design, "saltelli", 1024, ishigami, tmp_path)
    found = sensitivity(tmp_path, ["detection_rate"]).set_index("factor")
    for key, first, total in zip(KEYS, FIRST, TOTAL, strict=True):
        row = found.loc[key]
        assert abs(row["first"] - first) < 3.0 * row["first_half"] / 1.96 + 0.005
        assert abs(row["total"] - total) < 3.0 * row["total_half"] / 1.96 + 0.005
        assert row["total_half"] < 0.1
    assert list(found.index) == [KEYS[0], KEYS[1], KEYS[2]]


def test_morris_is_exact_for_a_linear_function(make_design: Make, tmp_path: Path) -> None:
    """Catches effects in another unit than change over the range, and wrong signs."""
    swept(make_design, "morris", 6, linear, tmp_path)
    found = sensitivity(tmp_path).set_index("factor")
    assert found["measure"].unique().tolist() == ["detection_rate"]
    assert found.loc[KEYS[0], "mu"] == pytest.approx(6.0 * np.pi)
    assert found.loc[KEYS[1], "mu"] == pytest.approx(-4.0 * np.pi)
    assert found.loc[KEYS[1], "mu_star"] == pytest.approx(4.0 * np.pi)
    assert found["sigma"].to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)
    assert list(found.index) == list(KEYS)


def test_what_cannot_be_analysed_is_refused(make_design: Make, tmp_path: Path) -> None:
    """Catches indices from a grid, from half a sweep, or of a measure that is not there."""
    perform(make_design(replications=1), tmp_path / "grid", engine=Engine(prepare, linear))
    with pytest.raises(InputError, match="is a sweep of a grid design"):
        sensitivity(tmp_path / "grid")
    swept(make_design, "morris", 4, linear, tmp_path / "m")
    with pytest.raises(InputError, match="measure nothing: is not in the sweep"):
        sensitivity(tmp_path / "m", ["nothing"])
    part = next((tmp_path / "m" / "runs").glob("*"))
    part.unlink()
    with pytest.raises(InputError, match="undefined, or runs are missing"):
        sensitivity(tmp_path / "m", ["detection_rate"])


@pytest.mark.parametrize("common", [True, False])
def test_parts_of_a_planted_variance_are_found(common: bool) -> None:
    """Catches noise that is counted as input uncertainty (100 tables, 4 standard errors)."""
    found = []
    rng = np.random.default_rng(7)
    for _ in range(100):
        inputs = 2.0 * rng.standard_normal((30, 1))
        shared = 1.5 * rng.standard_normal((1, 10)) * common
        found.append(
            split_variance(inputs + shared + rng.standard_normal((30, 10)), common_seeds=common)
        )
    parts = np.array(found)[:, :3]
    error = parts.std(axis=0, ddof=1) / np.sqrt(100.0)
    expected = np.array([4.0, 2.25 * common, 1.0])
    assert np.all(np.abs(parts.mean(axis=0) - expected) <= 4.0 * error)
    # the interval of the share holds what these inputs really are in about 95 % of tables
    truth = 4.0 / expected.sum()
    holds = [part.share_low <= truth <= part.share_high for part in found]
    assert np.mean(holds) > (0.75 if common else 0.88)


def test_runs_are_split_by_measure(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catches a table that mixes points and replications."""
    perform(make_design(replications=20), tmp_path, engine=engine)
    found = split_runs(load_results(tmp_path), ["detection_rate", "delay_min"]).set_index("measure")
    # the stand-in: rates 1/3 and 1/2 with noise of 0.01 that all points share; no noise in delays
    assert found.loc["delay_min", "input_share"] == pytest.approx(1.0)
    assert found.loc["delay_min", "sd_chance"] == pytest.approx(0.0, abs=1e-9)
    assert found.loc["detection_rate", "sd_chance"] == pytest.approx(0.01, rel=0.4)
    assert found.loc["detection_rate", "sd_inputs"] == pytest.approx(0.0913, rel=0.02)
    assert isinstance(found, pd.DataFrame)
