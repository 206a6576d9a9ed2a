"""Replications until the means are known as closely as asked."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment import Engine, SweepDesign, load_results, mean_interval, summarise_results
from sim.experiment.merge import sweep_status
from sim.experiment.precision import perform_to_precision

Make = Callable[..., SweepDesign]


def noisy(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Noise in proportion to the number of monitors: points need different numbers of runs."""
    return {"detection_rate": 0.5 + 0.01 * plan[0] * np.random.default_rng(seed).normal()}


@pytest.fixture
def noise(engine: Engine) -> Engine:
    return Engine(engine.prepare, noisy)


def test_each_point_gets_the_runs_it_needs(
    make_design: Make, noise: Engine, tmp_path: Path
) -> None:
    """Catches points that stop too early, or all points run as long as the worst."""
    design = make_design(replications=20)
    report = perform_to_precision(design, tmp_path, {"detection_rate": 0.02}, 2000, engine=noise)
    runs = load_results(tmp_path)
    counts = runs.groupby("point").size()
    halves = runs.groupby("point")["detection_rate"].apply(
        lambda own: mean_interval(own, scale="share").reach
    )
    assert (halves <= 0.02).all()
    # sd 0.1 and 0.2: about (1.96 sd / 0.02) ** 2 runs
    assert counts.iloc[:3].between(60, 160).all()
    assert counts.iloc[3:].between(260, 600).all()
    assert report.n_made == len(runs)
    assert sweep_status(tmp_path).is_complete
    summary = summarise_results(tmp_path, design)
    assert summary["runs"].tolist() == counts.tolist()


def test_an_interrupted_one_goes_on_alike(make_design: Make, noise: Engine, tmp_path: Path) -> None:
    """Catches other runs, or rows made twice, where a sweep to a precision was interrupted."""
    design, made = make_design(replications=20), []

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        made.append(seed)
        if len(made) == 700:
            raise KeyboardInterrupt
        return noisy(plan, seed)

    targets = {"detection_rate": 0.02}
    broken = Engine(noise.prepare, run)
    with pytest.raises(KeyboardInterrupt):
        perform_to_precision(design, tmp_path / "a", targets, 2000, engine=broken, workers=1)
    perform_to_precision(design, tmp_path / "a", targets, 2000, engine=noise)
    perform_to_precision(design, tmp_path / "b", targets, 2000, engine=noise)
    pd.testing.assert_frame_equal(
        load_results(tmp_path / "a"), load_results(tmp_path / "b"), check_exact=True
    )


def test_no_point_gets_more_than_the_most(make_design: Make, noise: Engine, tmp_path: Path) -> None:
    """Catches a sweep that never ends because a measure can not be known that closely."""
    design = make_design(replications=20)
    perform_to_precision(design, tmp_path, {"detection_rate": 1e-6}, 50, engine=noise)
    assert (load_results(tmp_path).groupby("point").size() == 50).all()


def test_what_can_not_work_is_refused(make_design: Make, noise: Engine, tmp_path: Path) -> None:
    """Catches a measure that is not there, and a first look at one run."""
    with pytest.raises(InputError, match="delay_min is no measure"):
        perform_to_precision(make_design(), tmp_path / "a", {"delay_min": 1.0}, 50, engine=noise)
    with pytest.raises(InputError, match="must be from 2 to 50"):
        perform_to_precision(
            make_design(replications=1), tmp_path / "b", {"detection_rate": 1.0}, 50, engine=noise
        )


def test_the_first_look_is_at_20_runs_at_least(
    make_design: Make, engine: Engine, tmp_path: Path
) -> None:
    """Catches a design of 2 replications that stops as soon as both have the same value."""
    rare = Engine(
        engine.prepare,
        lambda _, seed: {"drones_lost": float(np.random.default_rng(seed).poisson(0.3))},
    )
    design = make_design(replications=2)
    perform_to_precision(design, tmp_path / "a", {"drones_lost": 10.0}, 100, engine=rare)
    assert (load_results(tmp_path / "a").groupby("point").size() == 20).all()
    perform_to_precision(design, tmp_path / "b", {"drones_lost": 0.1}, 15, engine=rare)
    assert (load_results(tmp_path / "b").groupby("point").size() == 15).all()


def test_equal_values_go_on(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catches a point that stops at half width 0: nothing seen in 20 runs may still be 3 in 20."""
    none = Engine(engine.prepare, lambda _plan, _seed: {"drones_lost": 0.0})
    perform_to_precision(make_design(), tmp_path, {"drones_lost": 0.05}, 1000, engine=none)
    assert load_results(tmp_path).groupby("point").size().between(60, 80).all()
