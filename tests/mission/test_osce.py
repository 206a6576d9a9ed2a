"""The OSCE mission of 2021: what the model records against what was recorded."""

from pathlib import Path

import numpy as np
import pytest

from sim.results.outcome import run_plan
from sim.scenario import Scenario
from sim.setup.plan import build_plan

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
MINSK = ROOT.parent / "shared" / "data" / "check" / "contact_line_minsk_ne10m.geojson"

RECORDED_2021 = 93_902
"""Ceasefire violations that the mission recorded in 2021 (OSCE, status report of 2021)."""
SEEDS = range(1, 11)


def daily_counts(scenario: Scenario) -> np.ndarray:
    """Return the number of violations recorded on each day, shape (runs, 365)."""
    plan = build_plan(scenario)
    rows = []
    for seed in SEEDS:
        recorded = run_plan(plan, seed).violations["detected_h"].dropna()
        rows.append(np.bincount((recorded // 24.0).astype(int), minlength=366)[:365])
    return np.array(rows)


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    return daily_counts(Scenario.load(CONFIGS / "osce_2021.toml"))


@pytest.mark.slow
def test_it_records_as_many_as_the_mission_did(counts: np.ndarray) -> None:
    """Catches a change that takes the historical scenario off its count (3 standard errors)."""
    years = counts.sum(axis=1)
    error = years.std(ddof=1) / np.sqrt(len(years))
    assert abs(years.mean() - RECORDED_2021) < 3.0 * error
    assert error < 0.03 * RECORDED_2021


@pytest.mark.slow
def test_days_differ_as_those_of_the_mission_did(counts: np.ndarray) -> None:
    """Catches daily counts that are too even or too wild: k of the record was about 1 to 3."""
    mean, variance = counts.mean(axis=1), counts.var(axis=1, ddof=1)
    k = mean**2 / (variance - mean)
    assert np.all((k > 1.0) & (k < 3.0))


@pytest.mark.slow
@pytest.mark.skipif(not MINSK.exists(), reason="the line of contact of 2021 is not here")
def test_the_real_line_records_about_as_many(counts: np.ndarray) -> None:
    """Catches a result that hangs on the line being straight (within a tenth)."""
    straight = Scenario.load(CONFIGS / "osce_2021.toml")
    real = daily_counts(straight.with_values({"line.file": str(MINSK), "line.length_km": None}))
    assert real.sum(axis=1).mean() == pytest.approx(counts.sum(axis=1).mean(), rel=0.1)
